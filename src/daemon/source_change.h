/// Which source lines come, stay and go for a chosen set, whatever the daemon.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/plan.h"
#include "judge/nts_policy.h"
#include "judge/selection.h"

namespace clockwright {

struct SourceChange {
    std::vector<SourceLine> added, kept, removed;  ///< of our own lines
    std::vector<SourceLine> wanted;                ///< kept and added together, best first
    std::vector<SourceLine> taken;                 ///< foreign lines that takeover takes
    std::vector<SourceLine> staying;               ///< foreign lines that nobody touches
    std::vector<SourceLine> yielding;            ///< used for want of better; they go by themselves
    std::vector<std::string> add, remove, keep;  ///< hosts as written, sorted
    std::vector<std::string> notes;              ///< what was decided on the way and why
    NtsChoice nts;                               ///< whether NTS sources are written as such
    std::vector<std::string> unsecured{};        ///< NTS sources that would give way to plain ones
    /// What the daemon's file of ours with directives that belong to no source becomes (chrony;
    /// read at its start only). Empty: it stays. It never is a change by itself.
    std::optional<std::string> globals{};

    bool empty() const { return added.empty() && removed.empty() && taken.empty(); }
    std::size_t size() const { return added.size() + removed.size() + taken.size(); }
};

/// Lines that will be there afterwards, in no order: what is kept, added and foreign.
std::vector<SourceLine> lines_after(const SourceChange& change);

/// A chosen candidate that a foreign line already provides, by name or by address, is not added. A
/// line of ours that stays is kept with its options, so that the daemon keeps what it learned. A
/// source that the daemon's configuration has no words for is left out, with a note.
SourceChange decide_change(const Found& found, std::span<const Candidate> candidates,
                           const Selection& selection, const PlanSettings& settings);

/// Whether one of the lines has this name.
bool names(const std::vector<SourceLine>& lines, const std::string& name);

/// chronyd reads it anew at a reload: the line stands in a .sources file.
bool is_reloaded(const SourceLine& line);

/// Our own lines, or those of others that are in use.
std::vector<SourceLine> own_lines(const Found& found);
std::vector<SourceLine> foreign_lines(const Found& found);

}  // namespace clockwright
