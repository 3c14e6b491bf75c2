/// The agent's last word, left for `status` and `check`: who is wrong, what fires, and when it was.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "publish/snapshot.h"
#include "result.h"

namespace clockwright {

struct AgentWord {
    WallTime at;
    Seconds cycle{64};
    std::string mode;
    Blame blame;
    bool blame_silenced = false;  ///< a silence covers what is told of that server
    std::vector<Alert> firing;    ///< told to people; most severe first
    /// What the servers asked agree on, as of now, for want of a daemon's bound.
    std::optional<QuorumWord> quorum;
    Seconds age{};       ///< when it was read
    bool stale = false;  ///< older than three cycles: the agent hangs or was killed
};

/// It begins and ends with its moment, so that half of one text and half of another show.
std::string agent_word_json(const Snapshot& snapshot);

/// Fault::bad_input for what is no such text, or of two.
Result<AgentWord> read_agent_word(std::string_view text, WallTime now);

/// Of what lies at several places the word of an agent that lives, else the newest: one that was
/// killed leaves its own behind. Empty: none can be read.
std::optional<AgentWord> last_word(std::span<const std::string> texts, WallTime now);

/// "mode fast, 12 s ago; server ntp2 is wrong by +840 ms ±4 ms (3 of 4 agree it is)"
std::string agent_text(const AgentWord& word);

}  // namespace clockwright
