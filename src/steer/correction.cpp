#include "steer/correction.h"

#include <fmt/format.h>

#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

using enum CorrectionKind;

Seconds size_of(Seconds offset) {
    return Seconds{std::abs(offset.count())};
}

Correction refused(std::string why) {
    return {refuse, std::move(why)};
}

/// The instant a clock that reads `now` is set to.
WallTime target_of(const CorrectionFacts& facts) {
    return facts.now + to_nanoseconds(facts.evidence->offset);
}

/// What nobody can consent away.
std::optional<Correction> forbidden(const CorrectionFacts& facts, const CorrectionLimits& limits) {
    const ClockEvidence& evidence = *facts.evidence;
    const SteeringDaemon& daemon = facts.daemon;
    if (size_of(evidence.offset) > limits.panic)
        return refused(fmt::format(
            "{} off is more than {}: no daemon is told to correct that; set the clock by hand when "
            "you know why",
            spell(size_of(evidence.offset)), spell(limits.panic)));
    if (target_of(facts) < limits.built)
        return refused(fmt::format("the servers say {}, before this program was made",
                                   rfc3339(target_of(facts))));
    if (evidence.independent < 2)
        return refused("all servers that agree are of one operator: nothing else checks it");
    if (daemon.watches_only)
        return refused(daemon.name + " (-x) watches this clock and does not set it");
    if (daemon.hands == 0) return refused("no daemon disciplines this clock");
    if (!daemon.why_not_commanded.empty()) return refused(daemon.why_not_commanded);
    return std::nullopt;
}

std::optional<Correction> too_soon(const CorrectionFacts& facts, const CorrectionLimits& limits) {
    if (!facts.since_last || *facts.since_last >= limits.rest) return std::nullopt;
    return Correction{wait, fmt::format("the last correction was {} ago, the next may be in {}",
                                        spell_age(*facts.since_last),
                                        spell_age(limits.rest - *facts.since_last))};
}

Correction step_or_refuse(const CorrectionFacts& facts, const Consent& consent,
                          const CorrectionLimits& limits) {
    const ClockEvidence& evidence = *facts.evidence;
    if (evidence.agreeing < limits.step_agreeing)
        return refused(fmt::format("a step needs {} servers that agree, and {} do",
                                   limits.step_agreeing, evidence.agreeing));
    if (!facts.freeze.empty()) return refused(facts.freeze);
    if (evidence.offset >= Seconds{0})
        return {step, fmt::format("a step forward by {} was permitted", spell(evidence.offset))};
    const WallTime target = target_of(facts);
    const std::string back = fmt::format("a step back by {}, to about {}",
                                         spell(size_of(evidence.offset)), rfc3339(target));
    if (!consent.back_to)
        return refused(back +
                       ", breaks what relies on time going forward; --back-to with that time "
                       "permits it");
    if (size_of(Seconds(*consent.back_to - target)) > limits.typed)
        return refused(
            fmt::format("{}, is not the {} that was typed", back, rfc3339(*consent.back_to)));
    return {step, back + ", was permitted"};
}

}  // namespace

Seconds moved_between(const UnsteeredReading& before, const UnsteeredReading& after, Ppm rate) {
    const Seconds ran = after.raw - before.raw;
    return Seconds(after.wall - before.wall) - ran - rate.value * 1e-6 * ran;
}

ClockEvidence after_moving(ClockEvidence evidence, Seconds moved) {
    evidence.offset -= moved / 2;
    evidence.bound += size_of(moved) / 2;
    return evidence;
}

bool is_known(const ClockEvidence& evidence, std::optional<Seconds> outstanding,
              const CorrectionLimits& limits) {
    return outstanding && size_of(*outstanding - evidence.offset) <= evidence.bound + limits.fine;
}

Seconds slew_time(Seconds offset) {
    return size_of(offset) / 0.083333;
}

Correction decide_correction(const CorrectionFacts& facts, const Consent& consent,
                             const CorrectionLimits& limits) {
    if (facts.daemon.hands > 1)
        return refused(
            fmt::format("{} programs move this clock; stop all but one", facts.daemon.hands));
    if (!facts.evidence) return {no_evidence, facts.why_no_evidence};
    const ClockEvidence& evidence = *facts.evidence;
    const Seconds size = size_of(evidence.offset);
    if (size <= limits.fine || size <= evidence.bound)
        return {fine, fmt::format("{} ±{} off", spell(size), spell_bound(evidence.bound))};
    if (const auto no = forbidden(facts, limits)) return *no;
    const bool known = is_known(evidence, facts.daemon.outstanding, limits);
    const bool step_asked = consent.step && size > limits.stepped;
    if (known && !step_asked)
        return {wait, fmt::format("{} knows and slews it, done in {} at the earliest",
                                  facts.daemon.name, spell_age(slew_time(size)))};
    if (const auto rest = too_soon(facts, limits)) return *rest;
    if (step_asked) return step_or_refuse(facts, consent, limits);
    if (size > limits.slewed)
        return refused(
            fmt::format("{} off is more than is begun to be slewed ({}); --step permits "
                        "a step",
                        spell(size), spell(limits.slewed)));
    return {slew, fmt::format("{} does not know it yet: it is told to measure now, and slews",
                              facts.daemon.name)};
}

CorrectionOutcome prove_slew(const ClockEvidence& evidence, const CorrectionTrace& trace,
                             const CorrectionLimits& limits) {
    using enum CorrectionProof;
    if (!trace.updated) return {not_done, "the daemon has taken no new measurement"};
    ClockEvidence rest = evidence;
    rest.offset -= trace.moved;
    if (is_known(rest, trace.outstanding, limits))
        return {done, fmt::format("the daemon slews {}, done in {} at the earliest",
                                  spell_signed(*trace.outstanding),
                                  spell_age(slew_time(*trace.outstanding)))};
    return {not_done, fmt::format("the daemon is about to correct {}, the servers say {}",
                                  trace.outstanding ? spell_signed(*trace.outstanding) : "nothing",
                                  spell_signed(rest.offset))};
}

CorrectionOutcome prove_step(const ClockEvidence& evidence, const CorrectionTrace& trace,
                             const CorrectionLimits& limits) {
    using enum CorrectionProof;
    const Seconds slack = evidence.bound + limits.fine;
    const bool moved = size_of(evidence.offset - trace.moved) <= slack;
    const bool settled = trace.outstanding && size_of(*trace.outstanding) <= slack;
    if (moved && settled)
        return {done, fmt::format("the clock moved by {}, and the daemon has {} left to correct",
                                  spell_signed(trace.moved), spell_signed(*trace.outstanding))};
    const std::string seen =
        fmt::format("the clock moved by {} instead of {}, and the daemon says that {} is left",
                    spell_signed(trace.moved), spell_signed(evidence.offset),
                    trace.outstanding ? spell_signed(*trace.outstanding) : "an unknown offset");
    return {size_of(trace.moved) <= slack ? not_done : unproved, seen};
}

}  // namespace clockwright
