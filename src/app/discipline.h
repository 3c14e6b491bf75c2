/// Steers the clock of a host that no daemon steers: `agent.discipline` (docs/discipline.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/verbs.h"
#include "app/watch_list.h"
#include "judge/candidate.h"
#include "judge/selection.h"
#include "ntp/steady_pace.h"
#include "steer/servo.h"

namespace clockwright::app {

/// Why this process may not steer, with what may: empty when it holds CAP_SYS_TIME.
std::string why_no_discipline();

/// What a majority says now; `slewed`: what the clock gained by a slew since the first packet left.
/// The bound is never better than half the least delay (rule M-3).
std::optional<ServoEvidence> servo_evidence(const Selection& selection, Seconds slewed);

/// One of the servers that the steering loop asks.
struct SteeringServer {
    Candidate candidate;
    int silent = 0;  ///< how many of the last questions were not answered
    ntp::SteadyPace pace;
    SteadyTime due{};  ///< its next question
};

/// What becomes of their paces after the answers of a look at `now`, each `look` long. While nobody
/// answers at all each is asked once an hour at least, for it may be this host's network.
void keep_paces(std::vector<SteeringServer>& servers, const std::vector<Answer>& answers,
                SteadyTime now, Seconds look);

/// Takes the answers to all of `servers`, in their order; `refused`: it was not asked. A name keeps
/// its address while that answers, and is resolved anew after three silent questions.
void keep_addresses(std::vector<SteeringServer>& servers, const std::vector<Answer>& answers);

std::string servo_memory_json(const ServoMemory& memory);
/// Empty for what is no such text, or holds a rate that no crystal has.
std::optional<ServoMemory> parse_servo_memory(std::string_view json);

/// Until a signal ends it (0), or another hand moves the clock (Fault::refused). Asks `[candidates]
/// hosts` and `[agent] watch` every 64 s (who sent a kiss or is a silent stranger less often), and
/// whether a daemon runs every four.
Result<int> run_discipline(const Context& context);

}  // namespace clockwright::app
