/// Carries a decided correction out through the daemon, and proves it by asking afterwards.
#pragma once

#include "daemon/state.h"
#include "result.h"
#include "steer/correction.h"

namespace clockwright::app {

/// The daemon and the clocks, as a correction needs them.
class CorrectionStreet {
  public:
    virtual ~CorrectionStreet() = default;
    virtual Result<DaemonState> read() = 0;
    virtual Result<void> burst() = 0;
    virtual Result<void> make_step() = 0;
    virtual UnsteeredReading clocks() = 0;
    virtual bool wait(Seconds interval) = 0;  ///< false: a signal came
};

struct CorrectionRun {
    CorrectionOutcome outcome;
    CorrectionTrace trace;
    Seconds took{};  ///< from the measurement to the proof
};

/// `kind`: slew or step. A daemon that does not know of the offset is told to measure, and has
/// `patience` to learn it; one that would step by anything else than the evidence steps not at all.
CorrectionRun carry_out_correction(CorrectionStreet& street, CorrectionKind kind,
                                   const ClockEvidence& evidence, const UnsteeredReading& measured,
                                   const CorrectionLimits& limits, Seconds patience);

}  // namespace clockwright::app
