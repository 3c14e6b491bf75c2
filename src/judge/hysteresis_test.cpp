#include "judge/hysteresis.h"

#include <doctest/doctest.h>

#include <vector>

#include "judge/candidate_builder.h"

namespace clockwright {
namespace {

CandidateBuilder server(double theta, double lambda, Membership membership = Membership::none) {
    return CandidateBuilder("ntp.example", milliseconds(theta), milliseconds(lambda))
        .member(membership);
}

CandidateBuilder ours(double lambda) {
    return server(0, lambda, Membership::ours);
}
CandidateBuilder theirs(double lambda) {
    return server(0, lambda, Membership::foreign);
}
CandidateBuilder wrong(Membership membership) {
    return server(800, 5, membership);
}

SetComparison compare_all(const std::vector<Candidate>& candidates, const GateSettings& gate = {}) {
    return compare(candidates, select(candidates, {.minimum = gate.minimum}), gate);
}

TEST_CASE("the set that is there already is no change") {
    const auto same = compare_all({ours(10), ours(10), ours(10), ours(10), ours(10)});
    CHECK(same.same);
    CHECK(same.present_usable);
    CHECK(*same.gain == doctest::Approx(0));
    const auto with_foreign = compare_all({ours(10), ours(10), ours(10), ours(10), theirs(50)});
    CHECK(with_foreign.same);
    const auto with_wrong_foreign =
        compare_all({ours(10), ours(10), ours(10), ours(10), ours(10), wrong(Membership::foreign)});
    CHECK(with_wrong_foreign.same);
}

TEST_CASE("a source to add or to remove is a change") {
    CHECK_FALSE(compare_all({ours(10), ours(10), ours(10), ours(10), server(0, 10)}).same);
    CHECK_FALSE(compare_all({ours(10), ours(10), ours(10), ours(10), ours(10), ours(20)}).same);
    CHECK_FALSE(
        compare_all({ours(10), ours(10), ours(10), ours(10), ours(10), wrong(Membership::ours)})
            .same);
}

TEST_CASE("a source of ours that a rule has closed since is due to go, a foreign one stays") {
    std::vector<Candidate> candidates{ours(10), ours(10), ours(10), ours(10), ours(10), ours(10)};
    candidates.back().selectable = false;
    candidates.back().why_not_selectable = "it is not authenticated, and nts = require";
    const auto comparison = compare_all(candidates);
    CHECK_FALSE(comparison.same);
    CHECK_FALSE(comparison.present_usable);
    CHECK(comparison.present_fault ==
          "1 of our sources may not stay: it is not authenticated, and nts = require");
    candidates.back().membership = Membership::foreign;
    CHECK(compare_all(candidates).same);
}

TEST_CASE("nothing is due for NTS under a daemon that has no words for it") {
    std::vector<Candidate> candidates{ours(10), ours(10), ours(10), ours(10)};
    for (Candidate& candidate : candidates) {
        candidate.source.authentication = Authentication::nts;
        candidate.written = Authentication::none;
        for (Sample& sample : candidate.series.samples) sample.authenticated = true;
    }
    CHECK(compare_all(candidates).present_fault == "nts = prefer: 4 of the sources gain NTS");
    const GateSettings without{.daemon_has_nts = false};
    CHECK(compare_all(candidates, without).same);
    CHECK(compare_all(candidates, without).present_usable);
}

TEST_CASE("the gain is the share of the present mean that the wanted mean saves") {
    const auto comparison = compare_all({ours(10), ours(10), ours(10), ours(30), server(0, 10)});
    REQUIRE(comparison.present_error);
    REQUIRE(comparison.wanted_error);
    CHECK(comparison.present_error->count() == doctest::Approx(15 * 0.098e-3));
    CHECK(comparison.wanted_error->count() == doctest::Approx(14 * 0.098e-3));
    CHECK(*comparison.gain == doctest::Approx(1.0 / 15));
}

TEST_CASE(
    "a member of ours that is no truechimer makes the mean infinite, a foreign one does not") {
    const std::vector<Candidate> four{ours(10), ours(10), ours(10), ours(10), server(0, 10)};
    auto with_ours = four;
    with_ours.push_back(wrong(Membership::ours));
    const auto infinite = compare_all(with_ours);
    CHECK_FALSE(infinite.present_error);
    CHECK_FALSE(infinite.gain);
    CHECK(infinite.present_usable);

    auto with_foreign = four;
    with_foreign.push_back(wrong(Membership::foreign));
    const auto finite = compare_all(with_foreign);
    CHECK(finite.present_error->count() == doctest::Approx(0.98e-3));
    CHECK(finite.wanted_error->count() == doctest::Approx(0.98e-3));
}

TEST_CASE("a present set that breaks a rule is not usable, and says which") {
    struct Row {
        const char* fault;
        std::vector<Candidate> candidates;
    };
    const auto of_corp = [] { return ours(10).run_by("Corp"); };
    const auto in_one_net = [](const char* address) { return ours(10).at(address); };
    const std::vector<Row> rows{
        {"", {ours(10), ours(10), ours(10), ours(10)}},
        {"there is no present set", {server(0, 1), server(0, 1), server(0, 1), server(0, 1)}},
        {"only 3 of the 4 present sources are truechimers, 4 are needed",
         {ours(10), ours(10), ours(10), wrong(Membership::ours), server(0, 10)}},
        {"more than 2 of the 5 present sources have one operator",
         {of_corp(), of_corp(), of_corp(), ours(10), ours(10)}},
        {"", {of_corp(), of_corp(), ours(10), ours(10), ours(10)}},
        {"more than 1 of the 4 present sources are in one network",
         {in_one_net("192.0.2.1"), in_one_net("192.0.2.2"), ours(10), ours(10)}},
        {"", {in_one_net("10.0.0.1"), in_one_net("10.0.0.2"), ours(10), ours(10)}},
        {"the present set mixes smear classes",
         {ours(10), ours(10), ours(10), ours(10).smearing(Smear::google)}},
        {"", {ours(10), ours(10), ours(10).smearing(Smear::none), ours(10)}},
        // No change of ours could cure what foreign sources do among themselves.
        {"",
         {theirs(10).run_by("Corp"), theirs(10).run_by("Corp"), theirs(10).run_by("Corp"), ours(10),
          ours(10)}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.fault);
        const auto comparison = compare_all(row.candidates);
        CHECK(comparison.present_fault == row.fault);
        CHECK(comparison.present_usable == std::string_view(row.fault).empty());
    }
}

SetComparison better(double present_ms, double wanted_ms) {
    SetComparison it;
    it.present_usable = true;
    it.present_error = milliseconds(present_ms);
    it.wanted_error = milliseconds(wanted_ms);
    it.gain = (present_ms - wanted_ms) / present_ms;
    return it;
}

TEST_CASE("the gate opens for a gain that was confirmed") {
    struct Row {
        const char* name;
        SetComparison comparison;
        int earlier;
        bool change;
        int have, need;
        const char* reason;
    };
    SetComparison same = better(2, 2);
    same.same = true;
    SetComparison unusable = better(2, 1.99);
    unusable.present_usable = false;
    unusable.present_fault = "the present set mixes smear classes";
    SetComparison infinite = better(2, 1);
    infinite.present_error.reset();
    infinite.gain.reset();
    SetComparison nothing = unusable;
    nothing.wanted_error.reset();
    nothing.refusal = "no majority among the 4 servers judged";
    SetComparison perfect = better(2, 1);
    perfect.present_error = Seconds{0};
    perfect.gain.reset();

    const std::vector<Row> rows{
        {"same", same, 5, false, 0, 2, "the present set is the wanted one"},
        {"first run", better(2.1, 1.7), 0, false, 1, 2,
         "expected error 2.1 ms -> 1.7 ms, confirmed by 1 of 2 runs"},
        {"second run", better(2.1, 1.7), 1, true, 2, 2,
         "expected error 2.1 ms -> 1.7 ms, confirmed by 2 of 2 runs"},
        {"exactly the gate", better(10, 8.5), 1, true, 2, 2,
         "expected error 10 ms -> 8.5 ms, confirmed by 2 of 2 runs"},
        {"below the gate", better(2, 1.8), 9, false, 0, 2,
         "expected error 2.0 ms -> 1.8 ms: the gain of 10 % is below the gate of 15 %"},
        {"worse", better(2, 3), 9, false, 0, 2,
         "expected error 2.0 ms -> 3.0 ms: the gain of -50 % is below the gate of 15 %"},
        {"not usable: at once", unusable, 0, true, 1, 1,
         "due at once: the present set mixes smear classes"},
        {"infinite, first run", infinite, 0, false, 1, 2,
         "expected error infinite -> 1.0 ms, confirmed by 1 of 2 runs"},
        {"infinite, second run", infinite, 1, true, 2, 2,
         "expected error infinite -> 1.0 ms, confirmed by 2 of 2 runs"},
        {"no set", nothing, 3, false, 0, 2,
         "no acceptable set: no majority among the 4 servers judged"},
        {"nothing can be gained", perfect, 3, false, 0, 2,
         "expected error 0 s -> 1.0 ms: the gain of 0 % is below the gate of 15 %"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const GateDecision decision = decide(row.comparison, row.earlier, {});
        CHECK(decision.change == row.change);
        CHECK(decision.have == row.have);
        CHECK(decision.need == row.need);
        CHECK(decision.at_once == decision.reason.starts_with("due at once"));
        CHECK(decision.reason == row.reason);
    }
}

TEST_CASE("one confirmation is the run in hand") {
    CHECK(decide(better(2, 1), 0, {.confirmations = 1}).change);
    CHECK(decide(better(2, 1), 0, {.confirmations = 0}).change);
    CHECK_FALSE(decide(better(2, 1), 1, {.confirmations = 3}).change);
}

TEST_CASE("without a majority nothing is changed, however bad the present set is") {
    const std::vector<Candidate> candidates{ours(0.3), server(1, 0.3, Membership::ours),
                                            server(2, 0.3), server(3, 0.3)};
    const auto comparison = compare_all(candidates);
    CHECK_FALSE(comparison.present_usable);
    const GateDecision decision = decide(comparison, 5, {});
    CHECK_FALSE(decision.change);
    CHECK(decision.reason == "no acceptable set: no majority among the 4 servers judged");
}

TEST_CASE("around a leap second a change that is due waits, confirmed or forced") {
    const GateSettings frozen{.freeze = "frozen for a test"};
    SetComparison answering = better(2, 1);
    answering.present_answers = true;
    const GateDecision confirmed = decide(answering, 1, frozen);
    CHECK_FALSE(confirmed.change);
    CHECK(confirmed.frozen);
    CHECK(confirmed.have == 2);
    CHECK(confirmed.reason.starts_with("frozen for a test; without that: expected error"));

    // Those who smear and those who do not disagree now; that is no reason to switch.
    const auto disagreeing = compare_all(
        {wrong(Membership::ours), server(0, 10), server(0, 10), server(0, 10), server(0, 10)});
    CHECK(decide(disagreeing, 0, {}).change);
    CHECK(decide(disagreeing, 0, frozen).frozen);
}

TEST_CASE("a freeze does not keep what does not answer at all, nor an empty set") {
    const GateSettings frozen{.freeze = "frozen for a test"};
    const std::vector<Candidate> silent{ours(10).losing(4), server(0, 10), server(0, 10),
                                        server(0, 10), server(0, 10)};
    CHECK(decide(compare_all(silent), 0, frozen).change);
    const std::vector<Candidate> none{server(0, 10), server(0, 10), server(0, 10), server(0, 10)};
    CHECK(decide(compare_all(none), 0, frozen).change);
}

TEST_CASE("a gate that holds anyway is not called frozen") {
    const GateDecision decision = decide(better(2, 1), 0, {.freeze = "frozen for a test"});
    CHECK_FALSE(decision.change);
    CHECK_FALSE(decision.frozen);
}

}  // namespace
}  // namespace clockwright
