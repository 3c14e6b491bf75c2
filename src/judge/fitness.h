/// Whether a source may take part in judgement at all: the first six verdicts.
#pragma once

#include <optional>
#include <string>

#include "judge/candidate.h"
#include "judge/server_stats.h"

namespace clockwright {

struct Unfit {
    Verdict verdict = Verdict::unreachable;
    std::string reason;
};

/// Why the candidate is not judged; empty when it is. Never asked: unreachable. A kiss of DENY or
/// RSTR, or any kiss and no sample: denied. Without a sample the most informative rejection speaks,
/// so that anything received beats a time-out. With samples: a server that says it is not
/// synchronised, or a public one that serves its own undisciplined clock (rule C-9: such a clock is
/// synchronised to nothing), is unsynchronised; then come stratum, root distance, jitter and loss.
std::optional<Unfit> unfitness(const Candidate& candidate, const std::optional<ServerStats>& stats,
                               int max_stratum);

/// "LOCL" at stratum 1, or 127.127.1.x: the server's own clock without a reference (rule C-9).
bool serves_own_clock(const ServerStats& stats);
/// The same of one answer.
bool serves_own_clock(int stratum, std::uint32_t refid);

}  // namespace clockwright
