/// Asks the candidates, with manners: names, probes, and the memory of what was sent.
#pragma once

#include <string>
#include <vector>

#include "app/cli.h"
#include "app/config.h"
#include "judge/candidate.h"
#include "result.h"
#include "time/address.h"

namespace clockwright::app {

struct Measured {
    std::vector<Candidate> candidates;  ///< with addresses and series
    int samples = 0;                    ///< probes per server that were wanted
    int planned = 0;                    ///< packets that were announced, before the first left
    int packets = 0;                    ///< sent
    std::vector<Endpoint> asked;        ///< packets were sent to them in this run; sorted
    int silenced = 0;                   ///< candidates that were not asked because of a kiss
    bool fresh = true;                  ///< false: some series was remembered, not measured now
    std::vector<std::string> notes;
};

/// One scan of all candidates. What was sent to public addresses is remembered in the state
/// directory, before the first packet leaves and whatever ends the run, and asked again after an
/// hour only; remembered samples serve until then. A blocked server gets no packet, unless it
/// stands on the command line. Fault::bad_input when the block list is faulty.
Result<Measured> measure(std::vector<Candidate> candidates, const Config& config,
                         const Command& command);

}  // namespace clockwright::app
