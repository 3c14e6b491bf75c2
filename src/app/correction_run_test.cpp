#include "app/correction_run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace clockwright::app {
namespace {

/// A clock that is off by `wrong`, and a chronyd that learns it some seconds after a burst and then
/// slews it at 83333 ppm. As in a kernel the oscillator itself runs on unmoved: slow by 40 ppm,
/// which the daemon corrects all the time.
class SteeredClock : public CorrectionStreet {
  public:
    explicit SteeredClock(Seconds wrong) : wrong_(wrong) {}

    Seconds learns_after{6};
    bool sets_the_clock = true;  ///< false: -x
    bool acknowledges = true;    ///< a step
    Seconds lie{};               ///< what it believes besides
    int bursts = 0, steps = 0;

    Result<DaemonState> read() override {
        DaemonState state;
        state.tracking.leap = Leap::none;
        state.tracking.refid = 0xc0000201;
        state.tracking.reference_time = reference_;
        state.tracking.offset = outstanding_;
        state.tracking.frequency = corrected;
        return state;
    }
    Result<void> burst() override {
        ++bursts;
        learns_at_ = raw_ + learns_after;
        return {};
    }
    Result<void> make_step() override {
        ++steps;
        if (sets_the_clock) {
            wall_moved_ += outstanding_;
            wrong_ -= outstanding_;
        }
        outstanding_ = Seconds{0};
        if (!acknowledges) return fail(Fault::unreachable, "no answer from chronyd");
        return {};
    }
    UnsteeredReading clocks() override {
        return {WallTime{} + std::chrono::hours{500'000} +
                    to_nanoseconds(raw_ * (1 + corrected.value * 1e-6) + wall_moved_),
                to_nanoseconds(raw_)};
    }
    bool wait(Seconds interval) override {
        raw_ += interval;
        if (learns_at_ > Seconds{0} && raw_ >= learns_at_) {
            learns_at_ = Seconds{0};
            outstanding_ = wrong_ + lie;
            reference_ = clocks().wall;
        } else if (sets_the_clock) {
            const double most = 0.083333 * interval.count();
            const Seconds slewed{std::clamp(outstanding_.count(), -most, most)};
            outstanding_ -= slewed;
            wall_moved_ += slewed;
            wrong_ -= slewed;
        }
        return true;
    }
    Seconds wrong() const { return wrong_; }

  private:
    static constexpr Ppm corrected{40};

    Seconds wrong_, outstanding_{0}, wall_moved_{0}, raw_{0}, learns_at_{0};
    WallTime reference_;
};

CorrectionRun correct(SteeredClock& clock, CorrectionKind kind, Seconds offset) {
    const ClockEvidence evidence{offset, Seconds{1e-3}, 4, 4};
    return carry_out_correction(clock, kind, evidence, clock.clocks(), CorrectionLimits{},
                                Seconds{30});
}

TEST_CASE("a slew is begun by a burst, and proved when the daemon knows") {
    SteeredClock clock(Seconds{-0.4});
    const CorrectionRun run = correct(clock, CorrectionKind::slew, Seconds{-0.4});
    CHECK((run.outcome.proof == CorrectionProof::done));
    CHECK(clock.bursts == 1);
    CHECK(clock.steps == 0);
    CHECK(run.took == Seconds{6});
}

TEST_CASE("what a slew has done meanwhile is seen, and the daemon need not correct it again") {
    SteeredClock clock(Seconds{0.4});
    const UnsteeredReading measured = clock.clocks();
    (void)clock.burst();
    for (int i = 0; i < 8; ++i) clock.wait(Seconds{1});
    clock.learns_after = Seconds{1};
    const ClockEvidence evidence{Seconds{0.4}, Seconds{1e-3}, 4, 4};
    const CorrectionRun run = carry_out_correction(clock, CorrectionKind::slew, evidence, measured,
                                                   CorrectionLimits{}, Seconds{30});
    CHECK((run.outcome.proof == CorrectionProof::done));
    CHECK(run.trace.moved.count() == doctest::Approx(2 * 0.083333));
}

TEST_CASE("the rate that the oscillator is corrected by is no move of the clock") {
    SteeredClock clock(Seconds{0.4});
    clock.learns_after = Seconds{100};
    const CorrectionRun run = correct(clock, CorrectionKind::slew, Seconds{0.4});
    CHECK(run.took == Seconds{30});  // 40 ppm of it are 1.2 ms
    CHECK(std::abs(run.trace.moved.count()) < 1e-6);
}

TEST_CASE("a step is within ten seconds of being decided, and the clock is right after it") {
    SteeredClock clock(Seconds{5});
    const CorrectionRun run = correct(clock, CorrectionKind::step, Seconds{5});
    CHECK((run.outcome.proof == CorrectionProof::done));
    CHECK(clock.steps == 1);
    CHECK(std::abs(clock.wrong().count()) < 1e-3);
    CHECK(run.trace.moved.count() == doctest::Approx(5));
    CHECK(run.took < Seconds{10});
}

TEST_CASE("a daemon that only watches proves nothing by saying that it stepped") {
    SteeredClock clock(Seconds{5});
    clock.sets_the_clock = false;
    const CorrectionRun run = correct(clock, CorrectionKind::step, Seconds{5});
    CHECK((run.outcome.proof == CorrectionProof::not_done));
    CHECK(std::abs(run.trace.moved.count()) < 1e-6);
    CHECK(run.outcome.reason.contains(" instead of +5.0 s"));
}

TEST_CASE("a daemon that would step by something else is not told to") {
    SteeredClock clock(Seconds{5});
    clock.lie = Seconds{0.7};
    const CorrectionRun run = correct(clock, CorrectionKind::step, Seconds{5});
    CHECK((run.outcome.proof == CorrectionProof::not_done));
    CHECK(clock.steps == 0);
}

TEST_CASE("a daemon that learns nothing has its patience, and no longer") {
    SteeredClock clock(Seconds{0.4});
    clock.learns_after = Seconds{100};
    const CorrectionRun run = correct(clock, CorrectionKind::slew, Seconds{0.4});
    CHECK((run.outcome.proof == CorrectionProof::not_done));
    CHECK(run.outcome.reason == "the daemon has taken no new measurement");
    CHECK(run.took == Seconds{30});
}

TEST_CASE("a step that nobody acknowledged is judged by the clock") {
    SteeredClock clock(Seconds{5});
    clock.acknowledges = false;
    CHECK(
        (correct(clock, CorrectionKind::step, Seconds{5}).outcome.proof == CorrectionProof::done));
    SteeredClock stuck(Seconds{5});
    stuck.acknowledges = stuck.sets_the_clock = false;
    const CorrectionRun run = correct(stuck, CorrectionKind::step, Seconds{5});
    CHECK((run.outcome.proof == CorrectionProof::not_done));
    CHECK(std::abs(run.trace.moved.count()) < 1e-6);
    CHECK(run.outcome.reason.starts_with("no answer from chronyd; the clock moved by "));
}

}  // namespace
}  // namespace clockwright::app
