#include "steer/correction.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

namespace clockwright {
namespace {

using enum CorrectionKind;

const WallTime now = WallTime{} + std::chrono::hours{500'000};
const WallTime built = now - std::chrono::hours{24 * 300};

CorrectionLimits limits() {
    CorrectionLimits made;
    made.built = built;
    return made;
}

/// Four servers of four operators agree within a millisecond; chronyd knows nothing of it.
CorrectionFacts off_by(Seconds offset) {
    CorrectionFacts facts;
    facts.evidence = ClockEvidence{offset, Seconds{1e-3}, 4, 4};
    facts.why_no_evidence = "nobody answered";
    facts.daemon.name = "chronyd";
    facts.daemon.outstanding = Seconds{0};
    facts.now = now;
    return facts;
}

WallTime set_to(Seconds offset) {
    return now + to_nanoseconds(offset);
}

TEST_CASE("each cell of the decision has its answer") {
    struct Row {
        const char* cell;
        CorrectionFacts facts;
        Consent consent;
        CorrectionKind kind;
    };
    const auto with = [](CorrectionFacts facts, auto change) {
        change(facts);
        return facts;
    };
    const Consent step_forward{true, std::nullopt};
    const std::array rows{
        Row{"no majority", with(off_by(Seconds{5}), [](auto& it) { it.evidence.reset(); }),
            step_forward, no_evidence},
        Row{"two hands, even when all is well",
            with(off_by(Seconds{0}), [](auto& it) { it.daemon.hands = 2; }),
            {},
            refuse},
        Row{"nothing to speak of", off_by(Seconds{0.9e-3}), step_forward, fine},
        Row{"less than its own bound",
            with(off_by(Seconds{0.2}), [](auto& it) { it.evidence->bound = Seconds{0.25}; }),
            step_forward, fine},
        Row{"fine, and nothing steers",
            with(off_by(Seconds{0}), [](auto& it) { it.daemon.hands = 0; }),
            {},
            fine},
        Row{"beyond the panic limit", off_by(Seconds{1000.5}), step_forward, refuse},
        Row{"before the build date",
            with(off_by(Seconds{-900}),
                 [](auto& it) { it.now = built + std::chrono::seconds{60}; }),
            {true, built - std::chrono::seconds{840}},
            refuse},
        Row{"one operator",
            with(off_by(Seconds{0.3}), [](auto& it) { it.evidence->independent = 1; }),
            {},
            refuse},
        Row{"a daemon that only watches",
            with(off_by(Seconds{0.3}), [](auto& it) { it.daemon.watches_only = true; }),
            {},
            refuse},
        Row{"nobody steers",
            with(off_by(Seconds{0.3}), [](auto& it) { it.daemon.hands = 0; }),
            {},
            refuse},
        Row{"a daemon without commands",
            with(off_by(Seconds{0.3}), [](auto& it) { it.daemon.why_not_commanded = "no words"; }),
            {},
            refuse},
        Row{"the daemon slews it already",
            with(off_by(Seconds{0.3}), [](auto& it) { it.daemon.outstanding = Seconds{0.2995}; }),
            {},
            wait},
        Row{"… also what is more than is begun to be slewed",
            with(off_by(Seconds{30}), [](auto& it) { it.daemon.outstanding = Seconds{30}; }),
            {},
            wait},
        Row{"… and a step was permitted, but is not worth it",
            with(off_by(Seconds{0.09}), [](auto& it) { it.daemon.outstanding = Seconds{0.09}; }),
            step_forward, wait},
        Row{"… and a step was permitted",
            with(off_by(Seconds{0.3}), [](auto& it) { it.daemon.outstanding = Seconds{0.3}; }),
            step_forward, step},
        Row{"a correction was just made",
            with(off_by(Seconds{0.3}), [](auto& it) { it.since_last = Seconds{899}; }),
            step_forward, wait},
        Row{"… and long ago",
            with(off_by(Seconds{0.3}), [](auto& it) { it.since_last = Seconds{900}; }),
            {},
            slew},
        Row{"the daemon does not know", off_by(Seconds{-0.3}), {}, slew},
        Row{"… and follows nobody",
            with(off_by(Seconds{0.3}), [](auto& it) { it.daemon.outstanding.reset(); }),
            {},
            slew},
        Row{"a permitted step is too small: slewed", off_by(Seconds{0.1}), step_forward, slew},
        Row{"more than a second without consent", off_by(Seconds{1.001}), {}, refuse},
        Row{"a step forward", off_by(Seconds{0.101}), step_forward, step},
        Row{"a step with two servers",
            with(off_by(Seconds{5}), [](auto& it) { it.evidence->agreeing = 2; }), step_forward,
            refuse},
        Row{"a step near a leap second",
            with(off_by(Seconds{5}), [](auto& it) { it.freeze = "a leap second is near"; }),
            step_forward, refuse},
        Row{"a step back without a typed time", off_by(Seconds{-5}), step_forward, refuse},
        Row{"a step back to another time",
            off_by(Seconds{-5}),
            {true, set_to(Seconds{-66})},
            refuse},
        Row{"a step back to the typed time",
            off_by(Seconds{-5}),
            {true, set_to(Seconds{-64})},
            step},
        Row{"a typed time is no consent to step",
            off_by(Seconds{-5}),
            {false, set_to(Seconds{-5})},
            refuse},
    };
    for (const Row& row : rows) {
        CAPTURE(row.cell);
        const Correction decided = decide_correction(row.facts, row.consent, limits());
        CAPTURE(decided.reason);
        CHECK(static_cast<int>(decided.kind) == static_cast<int>(row.kind));
        CHECK_FALSE(decided.reason.empty());
    }
}

TEST_CASE(
    "whatever comes together, a step has consent, three servers, two operators and one hand") {
    int steps = 0, cells = 0;
    for (const double offset : {-2000.0, -5.0, -0.5, -0.01, 0.0, 0.01, 0.5, 5.0, 2000.0})
        for (const int agreeing : {2, 3})
            for (const int independent : {1, 2})
                for (const int hands : {0, 1, 2})
                    for (const int bits : {0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 20, 31}) {
                        CorrectionFacts facts = off_by(Seconds{offset});
                        facts.evidence->agreeing = agreeing;
                        facts.evidence->independent = independent;
                        facts.daemon.hands = hands;
                        facts.daemon.watches_only = (bits & 2) != 0;
                        if ((bits & 8) != 0) facts.since_last = Seconds{10};
                        if ((bits & 16) != 0) facts.daemon.outstanding = Seconds{offset};
                        Consent consent{(bits & 1) != 0, std::nullopt};
                        if ((bits & 4) != 0) consent.back_to = set_to(Seconds{offset});
                        const auto kind = decide_correction(facts, consent, limits()).kind;
                        ++cells;
                        if (hands != 1) CHECK((kind == refuse || kind == fine));
                        if (kind != step) continue;
                        ++steps;
                        CHECK(consent.step);
                        CHECK((offset > 0 || consent.back_to));
                        CHECK(agreeing >= 3);
                        CHECK(independent >= 2);
                        CHECK_FALSE(facts.daemon.watches_only);
                        CHECK_FALSE(facts.since_last);
                        CHECK(std::abs(offset) > 0.1);
                        CHECK(std::abs(offset) <= 1000);
                    }
    CHECK(cells == 9 * 2 * 2 * 3 * 14);
    CHECK(steps > 0);
}

TEST_CASE("a slew is proved by what the daemon is about to correct") {
    const ClockEvidence evidence{Seconds{0.3}, Seconds{1e-3}, 4, 4};
    using enum CorrectionProof;
    struct Row {
        CorrectionTrace trace;
        CorrectionProof proof;
    };
    for (const Row& row : {Row{{false, Seconds{0}, Seconds{0.3}}, not_done},
                           Row{{true, Seconds{0}, Seconds{0.3}}, done},
                           Row{{true, Seconds{0.1}, Seconds{0.2}}, done},
                           Row{{true, Seconds{0.3}, Seconds{0}}, done},
                           Row{{true, Seconds{0.1}, Seconds{0.3}}, not_done},
                           Row{{true, Seconds{0}, Seconds{-0.3}}, not_done},
                           Row{{true, Seconds{0}, std::nullopt}, not_done}}) {
        CAPTURE(row.trace.moved.count());
        CHECK((prove_slew(evidence, row.trace, limits()).proof == row.proof));
    }
}

TEST_CASE("a step is proved by the clock and the daemon together") {
    const ClockEvidence evidence{Seconds{-5}, Seconds{1e-3}, 4, 4};
    using enum CorrectionProof;
    struct Row {
        CorrectionTrace trace;
        CorrectionProof proof;
    };
    for (const Row& row : {Row{{true, Seconds{-5.001}, Seconds{0.001}}, done},
                           // What a daemon says that does not set the clock (-x).
                           Row{{true, Seconds{0}, Seconds{0}}, not_done},
                           Row{{true, Seconds{0}, Seconds{-5}}, not_done},
                           Row{{true, Seconds{-5}, Seconds{-5}}, unproved},
                           Row{{true, Seconds{5}, Seconds{0}}, unproved},
                           Row{{true, Seconds{-5}, std::nullopt}, unproved}}) {
        CAPTURE(row.trace.moved.count());
        CHECK((prove_step(evidence, row.trace, limits()).proof == row.proof));
    }
}

TEST_CASE("a slew is seen against the oscillator, less the rate it is corrected by") {
    using namespace std::chrono_literals;
    const UnsteeredReading before{now, 500s};
    struct Row {
        std::chrono::nanoseconds wall, raw;
        double rate, moved;
    };
    for (const Row& row :
         {Row{100s, 100s, 0, 0}, Row{100s + 4ms, 100s, 40, 0}, Row{100s - 4ms, 100s, -40, 0},
          Row{100s + 304ms, 100s, 40, 0.3}, Row{95s + 4ms, 100s, 40, -5}}) {
        CAPTURE(row.moved);
        const UnsteeredReading after{now + row.wall, 500s + row.raw};
        CHECK(moved_between(before, after, Ppm{row.rate}).count() ==
              doctest::Approx(row.moved).epsilon(1e-9));
    }
}

TEST_CASE("evidence that was gathered while the clock moved is less sure by half of that") {
    const ClockEvidence evidence{Seconds{0.3}, Seconds{1e-3}, 4, 3};
    const ClockEvidence still = after_moving(evidence, Seconds{0});
    CHECK(still.offset == evidence.offset);
    CHECK(still.bound == evidence.bound);
    // All of it before, or all of it after the samples: 0.3 or 0.1 s are left.
    for (const double sign : {1.0, -1.0}) {
        ClockEvidence mirrored = evidence;
        mirrored.offset *= sign;
        const ClockEvidence moved = after_moving(mirrored, Seconds{sign * 0.2});
        CHECK(moved.offset.count() == doctest::Approx(sign * 0.2));
        CHECK(moved.bound.count() == doctest::Approx(0.101));
        CHECK(moved.agreeing == 4);
        CHECK(moved.independent == 3);
    }
}

TEST_CASE("a slew of a second takes twelve") {
    CHECK(slew_time(Seconds{-1}).count() == doctest::Approx(12).epsilon(0.001));
}

}  // namespace
}  // namespace clockwright
