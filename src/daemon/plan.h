/// Found + wanted → steps, undo, what to expect after, a diff and the reasons. Values only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/action.h"
#include "daemon/daemon_config.h"
#include "daemon/state.h"
#include "judge/hysteresis.h"
#include "judge/nts_policy.h"
#include "judge/selection.h"
#include "result.h"

namespace clockwright {

/// A source the daemon must list after a step.
struct ExpectedSource {
    std::string name;           ///< as the daemon will show it
    bool added = false;         ///< needs three samples taken after the reload
    bool kept_foreign = false;  ///< not ours: listed, but may be bad
    bool pool = false;          ///< a pool line: at least one member
    bool leaving = false;  ///< goes with the next step: listed, but it no longer counts as usable
    bool may_be_absent =
        false;  ///< no fault when it is not listed: a file and the daemon differ on it
    Authentication authentication = Authentication::none;
    friend bool operator==(const ExpectedSource&, const ExpectedSource&) = default;
};

/// What must hold after a step (product.md, *What counts as verified*).
struct Expectation {
    std::vector<ExpectedSource> sources;
    bool exactly = true;  ///< a source that is not named here must not be listed
    int minimum = 4;      ///< that many with three samples and a state among * + - P U D
    bool proof_only =
        false;  ///< an undo: the same names listed, the files byte-identical; no minimum
    friend bool operator==(const Expectation&, const Expectation&) = default;
};

struct Step {
    std::string title;  ///< "add", "final", "undo"
    std::vector<Action> actions;
    std::vector<Action> undo;  ///< in the order to run them
    Expectation expect;
    friend bool operator==(const Step&, const Step&) = default;
};

/// The whole decision. Saved, it can be applied exactly, or refused when its ground has moved.
struct Plan {
    std::string id;  ///< six hex digits or more, from the content
    WallTime made_at;
    std::string daemon;                ///< "chrony"
    std::string config_file, control;  ///< which chronyd
    bool change = false;
    bool restart = false;
    std::string reason;
    std::optional<double> gain;
    int confirmations_have = 0, confirmations_need = 0;
    std::vector<std::string> add, remove, keep;  ///< hosts, as written
    std::vector<std::string> taken_over;         ///< "file:line  server …"
    std::vector<std::string>
        notes;         ///< what a person should know: foreign sources rule, advice left out …
    std::string diff;  ///< unified
    int packets_planned = 0;
    std::vector<Step> steps;
    std::vector<FileState>
        rests_on;  ///< path and sha256 of every file it was made from (content dropped)
    std::vector<std::string> daemon_sources;  ///< names listed when it was made, sorted
    Expectation before;                       ///< what an undo must prove
    friend bool operator==(const Plan&, const Plan&) = default;
};

/// What was found on the host.
struct Found {
    DaemonConfig config;
    std::vector<FileState> files;  ///< every file of config, and our own drop-in
    DaemonState state;
    FileState own;  ///< the file our lines go to, as it is now; that of the one to be made
    /// Path → why it cannot be written: directories that are closed (Host::why_not_writable) and
    /// files that are links. Asked for our drop-in and every file of the configuration.
    std::map<std::string, std::string> not_writable;
};

/// SHA-256 in hex of a text: a plan names the digest of every file it will leave behind.
using Digest = std::function<std::string(std::string_view)>;

struct PlanSettings {
    int minimum = 4;
    bool takeover = false;
    bool allow_restart = false;
    bool serving_confirmed = false;
    std::vector<std::string> restart;  ///< argv
    bool managed_ours = false;
    NtsPolicy nts = NtsPolicy::prefer;
    std::string config_file, control;
    Digest sha256;  ///< must be given
};

/// Makes the plan for the chosen set, the gate's decision given. Refused (Fault::refused): a
/// managed file, a preferred refclock (unless additions are `noselect`), no own sourcedir without
/// --allow-restart, a set the foreign sources do not allow, `nts = require` that cannot be kept,
/// NTS sources that would give way to plain ones.
/// The id is left empty: the caller digests.
Result<Plan> make_plan(const Found& found, std::span<const Candidate> candidates,
                       const Selection& selection, const GateDecision& gate,
                       const PlanSettings& settings, const Now& now);

/// The source line we would write for a candidate: iburst, poll limits by permission
/// (product.md, *Choice and gate*: poll settings). An NTS source written without `nts` is named as
/// its key exchange named it, for there its time was measured.
SourceLine line_for(const Candidate& candidate, const std::optional<ServerStats>& stats,
                    bool with_nts, const DaemonTraits& traits);

/// What a line asks for that the daemon has no words for; empty: nothing.
std::string why_not_written(const SourceLine& line, const DaemonTraits& traits);

/// The way back from an applied plan as a plan of its own: every file as it was before the first
/// step, the daemon listing what it listed then. `daemon_sources` and the id are the caller's.
Plan rollback_plan(const Plan& applied, std::string reason);

/// The same for a daemon that is dead: it takes no command, and reads the old files when it starts.
Plan for_dead_daemon(Plan way_back, const std::vector<std::string>& restart);

/// Whether `rollback_plan` made it.
bool is_rollback(const Plan& plan);

/// Plans that were applied one after another, the oldest first, as one. Refused where a file was
/// not, at the beginning of one, as those before it had left it: another hand's edit lies between
/// them, and one way back over both would lose it.
Result<Plan> joined(const std::vector<Plan>& plans);

/// `plan` on a host where others changed the daemon's sources since it was made (a lease came or
/// went): what the daemon lists and neither end of the plan knows may stay, and what both ends had
/// of others' and is not listed may stay away. Nothing of ours and no line taken over is let off.
Plan as_others_left_it(Plan plan, const DaemonState& state);

/// Every file that the plan writes, once, as it is before the first step, or after the last.
std::vector<FileState> files_before(const Plan& plan);
std::vector<FileState> files_after(const Plan& plan);

/// Paths whose digest is not that of their content; a plan that came from outside must have none.
std::vector<std::string> wrong_digests(const Plan& plan, const Digest& sha256);

/// Unified diff of two texts, `---`/`+++` with the path, three lines of context.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

/// One JSON document; round trip. Error: Fault::bad_input naming the faulty key.
std::string plan_to_json(const Plan& plan);
Result<Plan> plan_from_json(std::string_view text);

}  // namespace clockwright
