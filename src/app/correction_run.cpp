#include "app/correction_run.h"

namespace clockwright::app {
namespace {

constexpr Seconds look_every{1};
constexpr Seconds settle_within{5};  // chronyd steps before it answers

/// One correction at work.
class Work {
  public:
    Work(CorrectionStreet& street, const ClockEvidence& evidence, const UnsteeredReading& measured,
         const CorrectionLimits& limits)
        : street_(street), evidence_(evidence), measured_(measured), limits_(limits) {}

    /// Until the daemon slews what the servers say.
    CorrectionOutcome slew(Seconds patience) {
        const auto before = street_.read();
        if (!before) return failed(before.error());
        if (const auto told = street_.burst(); !told) return failed(told.error());
        return watch(patience, [&](const DaemonState& state) {
            note(state, state.tracking.reference_time != before->tracking.reference_time);
            return prove_slew(evidence_, trace_, limits_);
        });
    }

    CorrectionOutcome step(Seconds patience) {
        const auto before = street_.read();
        if (!before) return failed(before.error());
        note(*before, true);
        if (prove_slew(evidence_, trace_, limits_).proof != CorrectionProof::done)
            if (const auto learnt = slew(patience); learnt.proof != CorrectionProof::done)
                return learnt;
        // What was not acknowledged may have been done: the clock is looked at all the same.
        const auto told = street_.make_step();
        CorrectionOutcome outcome = watch(settle_within, [&](const DaemonState& state) {
            note(state, true);
            return prove_step(evidence_, trace_, limits_);
        });
        if (!told && outcome.proof != CorrectionProof::done)
            outcome.reason = told.error().message + "; " + outcome.reason;
        return outcome;
    }

    CorrectionRun run(CorrectionOutcome outcome) {
        return {std::move(outcome), trace_, street_.clocks().raw - measured_.raw};
    }

  private:
    static CorrectionOutcome failed(const Error& error) {
        return {CorrectionProof::not_done, error.message};
    }

    void note(const DaemonState& state, bool updated) {
        trace_.updated = updated;
        trace_.moved =
            moved_between(measured_, street_.clocks(), state.tracking.frequency.value_or(Ppm{}));
        trace_.outstanding =
            state.tracking.synchronised() ? std::optional(state.tracking.offset) : std::nullopt;
    }

    /// Looks until it is proved, or the patience is over; then what was seen last.
    template <class Prove>
    CorrectionOutcome watch(Seconds patience, const Prove& prove) {
        CorrectionOutcome seen{CorrectionProof::unproved,
                               "interrupted before the daemon was asked"};
        const std::chrono::nanoseconds end = street_.clocks().raw + to_nanoseconds(patience);
        while (street_.wait(look_every)) {
            const auto state = street_.read();
            seen = state ? prove(*state)
                         : CorrectionOutcome{CorrectionProof::unproved, state.error().message};
            if (seen.proof == CorrectionProof::done || street_.clocks().raw >= end) break;
        }
        return seen;
    }

    CorrectionStreet& street_;
    const ClockEvidence& evidence_;
    const UnsteeredReading& measured_;
    const CorrectionLimits& limits_;
    CorrectionTrace trace_;
};

}  // namespace

CorrectionRun carry_out_correction(CorrectionStreet& street, CorrectionKind kind,
                                   const ClockEvidence& evidence, const UnsteeredReading& measured,
                                   const CorrectionLimits& limits, Seconds patience) {
    Work work(street, evidence, measured, limits);
    CorrectionOutcome outcome =
        kind == CorrectionKind::step ? work.step(patience) : work.slew(patience);
    return work.run(std::move(outcome));
}

}  // namespace clockwright::app
