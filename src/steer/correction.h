/// What to do about a clock that is off, through the daemon that steers it: nothing, wait, let it
/// slew, a step with consent, or a refusal that says why (rules T-3, T-4, T-7).
#pragma once

#include <optional>
#include <string>

#include "time/units.h"
#include "time/unsteered.h"

namespace clockwright {

/// By how much the wall clock was moved between the two, but for `rate`, by which the daemon
/// corrects the oscillator all the time.
Seconds moved_between(const UnsteeredReading& before, const UnsteeredReading& after, Ppm rate);

/// What a majority of servers says of this clock.
struct ClockEvidence {
    Seconds offset{};  ///< must be added to the clock; < 0: it is fast, a step would go backward
    Seconds bound{};   ///< half-width
    int agreeing = 0;
    int independent = 0;  ///< operators of them; one that is not known counts as one of its own
};

/// The evidence for the end of a measurement during which the clock moved by `moved`: nobody knows
/// how much of it came before the sample that counted.
ClockEvidence after_moving(ClockEvidence evidence, Seconds moved);

/// The daemon through which anything is done.
struct SteeringDaemon {
    std::string name;  ///< "chronyd"
    int hands = 1;     ///< programs that can and do move this clock
    bool watches_only = false;
    std::string why_not_commanded;  ///< empty: it takes bursts and steps as commands
    /// What it is about to correct by itself, in our sign; empty: it follows nobody.
    std::optional<Seconds> outstanding;
};

struct CorrectionFacts {
    std::optional<ClockEvidence> evidence;  ///< empty: `why_no_evidence`
    std::string why_no_evidence;
    SteeringDaemon daemon;
    WallTime now;                       ///< by the clock in question
    std::optional<Seconds> since_last;  ///< age of the last correction asked for
    std::string freeze;                 ///< why nothing is switched near a leap second
};

/// What a person permitted.
struct Consent {
    bool step = false;
    std::optional<WallTime> back_to;  ///< the time that a backward step leads to, as typed
};

struct CorrectionLimits {
    Seconds fine{1e-3};    ///< what is less is the daemon's daily work (S2-21)
    Seconds stepped{0.1};  ///< nothing less is stepped (S2-22)
    Seconds slewed{1};     ///< nothing more is begun to be slewed
    Seconds panic{1000};   ///< nothing more is done at all
    Seconds rest{900};     ///< between two corrections
    Seconds typed{60};     ///< how far the typed time may be from the target
    int step_agreeing = 3;
    WallTime built;  ///< no clock may be set to before this program was made (rule A-4)
};

enum class CorrectionKind { no_evidence, fine, wait, slew, step, refuse };

struct Correction {
    CorrectionKind kind = CorrectionKind::no_evidence;
    std::string reason;  ///< one clause for people
};

Correction decide_correction(const CorrectionFacts& facts, const Consent& consent,
                             const CorrectionLimits& limits);

/// Whether what the daemon is about to correct is what the servers say, as far as both are known.
bool is_known(const ClockEvidence& evidence, std::optional<Seconds> outstanding,
              const CorrectionLimits& limits);

/// The least that chronyd takes for a slew of this size: 83333 ppm.
Seconds slew_time(Seconds offset);

/// What is to be seen afterwards.
struct CorrectionTrace {
    bool updated = false;  ///< the daemon has set its reference since
    Seconds moved{};       ///< of the clock since the measurement, as `moved_between` has it
    std::optional<Seconds> outstanding;
};

/// `unproved`: neither the old state nor the new one.
enum class CorrectionProof { done, not_done, unproved };

struct CorrectionOutcome {
    CorrectionProof proof = CorrectionProof::unproved;
    std::string reason;
};

/// A slew is done when the daemon is about to correct what is left of the evidence's offset; a step
/// when the clock moved by it and the daemon has nothing left to correct.
CorrectionOutcome prove_slew(const ClockEvidence& evidence, const CorrectionTrace& trace,
                             const CorrectionLimits& limits);
CorrectionOutcome prove_step(const ClockEvidence& evidence, const CorrectionTrace& trace,
                             const CorrectionLimits& limits);

}  // namespace clockwright
