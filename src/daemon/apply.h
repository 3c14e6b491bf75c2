/// A plan as a state machine: step by step, journalled; verify; or walk back and prove it.
/// One effect out, its result in; it never waits and never touches anything.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/plan.h"
#include "daemon/verify.h"

namespace clockwright {

enum class OutcomeKind : std::uint8_t { unchanged, applied, rolled_back, failed, refused };
std::string_view to_string(OutcomeKind kind);

struct Outcome {
    OutcomeKind kind = OutcomeKind::failed;
    bool verified = false;  ///< applied: the new state holds; rolled_back: the old one does
    bool before_first_step = false;
    std::string reason;
    /// Failed, and not for another hand's edit: to go back once more may still prove the old state.
    bool left_open = false;
};

/// Effect: a line for the journal, durable before the next effect; answer: Continue. `event`:
/// "intend" before an action, "done" or "failed" after it, "verified" after a step, "walk back".
/// `step` and `action` count from 0; −1: neither.
struct JournalLine {
    std::string event;
    int step = -1;
    int action = -1;
    std::string detail;
};
/// Effect: do this; answer: Performed.
struct Perform {
    Action action;
};
/// Effect: read the daemon's state; answer: DaemonAnswered.
struct AskDaemon {};
/// Effect: compare by existence and digest; answer: FilesChecked.
struct CheckFiles {
    std::vector<FileState> files;
};
/// Effect: wait; answer: Continue.
struct Pause {
    Seconds interval;
};
/// Effect: progress for people; answer: Continue.
struct Say {
    std::string text;
};
using ApplyEffect = std::variant<JournalLine, Perform, AskDaemon, CheckFiles, Pause, Say, Outcome>;

/// Event: how an action, or a journal line that could not be written, went.
struct Performed {
    Result<void> result;
};
/// Event: what the daemon says, or why it says nothing.
struct DaemonAnswered {
    Result<DaemonState> state;
};
/// Event: the paths that are not as they were given.
struct FilesChecked {
    std::vector<std::string> different;
};
/// Event: the last effect is done.
struct Continue {};
/// Event, instead of the result of the last effect: Ctrl-C, walk back now.
struct Interrupt {};
using ApplyEvent = std::variant<Performed, DaemonAnswered, FilesChecked, Continue, Interrupt>;

struct ApplySettings {
    Seconds verify_timeout{60};
    Seconds ask_every{1};
    /// Before the first action: the new sources were asked a moment ago, and the daemon begins with
    /// a burst of its own (rule E-2). Not on the way back: an old state is not kept waiting.
    Seconds rest{0};
};

class WalkBack;

/// Forwards: files and sources as the plan found them, else refused; then each step, verified. On
/// any failure, or when interrupted: the walk back.
class Apply {
  public:
    Apply(Plan plan, Baseline baseline, ApplySettings settings);
    ~Apply();
    Apply(Apply&&) noexcept;
    Apply& operator=(Apply&&) noexcept;

    /// The first effect.
    ApplyEffect begin(const Now& now);
    /// The next one. After Outcome nothing follows. A journal that cannot be written is answered by
    /// a failed Performed: it stops the change, on the way back it does not.
    ApplyEffect next(const ApplyEvent& event, const Now& now);

    /// An Apply that starts in the walk back: for healing what a crash left. `begun`: the
    /// (step, action) intents that the journal shows.
    static Apply healing(Plan plan, std::vector<std::pair<int, int>> begun, Baseline baseline,
                         ApplySettings settings);

  private:
    enum class Stage {
        check_done,
        tell_rest,
        rest,
        check_ground,
        intend,
        perform,
        note_done,
        note_failed,
        tell_step,
        ask_daemon,
        wait,
        note_verified,
        tell_verified,
        walk_back,
        finished
    };

    ApplyEffect issue(Stage stage, ApplyEffect effect);
    ApplyEffect files_checked(const FilesChecked& checked, const Now& now);
    ApplyEffect check_ground(const Now& now);
    ApplyEffect begin_action();
    ApplyEffect action_performed(const Performed& performed, const Now& now);
    ApplyEffect action_noted(const Now& now);
    ApplyEffect daemon_answered(const DaemonAnswered& answer, const Now& now);
    ApplyEffect not_verified(const std::string& missing, bool hopeless, const Now& now);
    ApplyEffect next_step();
    ApplyEffect refuse(std::string why);
    ApplyEffect go_back(std::string why, const Now& now);
    std::string numbered(const std::string& what, const std::string& text, const Now& now) const;
    const Step& step() const { return plan_.steps[step_]; }
    /// When the daemon was told, by the clock as it is set now: it may have been set since.
    WallTime reload_by(const Now& now) const;
    bool daemon_lists(const Expectation& expectation) const;

    Plan plan_;
    Baseline baseline_;
    ApplySettings settings_;
    Stage stage_ = Stage::check_done;
    std::size_t step_ = 0, action_ = 0;
    std::vector<std::pair<int, int>> begun_;
    std::string failure_;       ///< of the action that failed
    std::string confirmation_;  ///< what the verification of the step found
    SteadyTime step_since_{};   ///< the step began
    SteadyTime asked_since_{};  ///< its last action was done
    /// The daemon was told of the new files; empty: not yet.
    std::optional<SteadyTime> reloaded_at_;
    std::optional<SteadyTime> silent_since_;  ///< the daemon has not answered since
    std::unique_ptr<WalkBack> walk_back_;
};

}  // namespace clockwright
