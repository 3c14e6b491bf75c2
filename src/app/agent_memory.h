/// What the agent remembers over a restart, as text for the state directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "publish/snapshot.h"
#include "result.h"
#include "watch/replacement.h"

namespace clockwright::app {

struct AgentMemory {
    std::optional<WallTime> decided;  ///< the last scan
    ReplacementMemory done;
    std::optional<Proposal> proposal;
    std::optional<WallTime> summed_up{};  ///< the end of the last week that people were told of
    std::string outcome, reason;          ///< of the last decision that was made for the agent
};

std::string agent_memory_json(const AgentMemory& memory);

/// Fault::bad_input for what is no such text, or one of a newer version.
Result<AgentMemory> parse_agent_memory(std::string_view json);

}  // namespace clockwright::app
