/// A plan as a state machine: step by step, journalled; verify; or walk back and prove it.
/// One effect out, its result in; it never waits and never touches anything.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/plan.h"
#include "daemon/verify.h"

namespace clockwright {

enum class OutcomeKind : std::uint8_t { unchanged, applied, rolled_back, failed, refused };
std::string_view to_string(OutcomeKind kind);

struct Outcome {
    OutcomeKind kind = OutcomeKind::failed;
    bool verified = false;       ///< applied: the new state holds; rolled_back: the old one does
    bool before_first_step = false;
    std::string reason;
};

/// Effects.
struct JournalLine { std::string event; int step = -1; int action = -1; std::string detail; };
struct Perform { Action action; };                    ///< answer: Performed
struct AskDaemon {};                                  ///< answer: DaemonAnswered
struct CheckFiles { std::vector<FileState> files; };  ///< answer: FilesChecked: which differ by hash
struct Pause { Seconds interval; };                   ///< answer: Paused
struct Say { std::string text; };                     ///< progress for people; answer: Paused
using ApplyEffect = std::variant<JournalLine, Perform, AskDaemon, CheckFiles, Pause, Say, Outcome>;

/// Events: the result of the effect given last.
struct Performed { Result<void> result; };
struct DaemonAnswered { Result<DaemonState> state; };
struct FilesChecked { std::vector<std::string> different; };
struct Continue {};                                   ///< after JournalLine, Pause, Say
struct Interrupt {};                                  ///< Ctrl-C: walk back now
using ApplyEvent = std::variant<Performed, DaemonAnswered, FilesChecked, Continue, Interrupt>;

struct ApplySettings {
    Seconds verify_timeout{60};
    Seconds ask_every{1};
};

class Apply {
  public:
    Apply(Plan plan, Baseline baseline, ApplySettings settings);

    /// The first effect.
    ApplyEffect begin(const Now& now);
    /// The next one. After Outcome nothing follows.
    ApplyEffect next(const ApplyEvent& event, const Now& now);

    /// An Apply that starts in the walk back: for healing what a crash left. `done_actions`: how
    /// many (step, action) intents the journal shows.
    static Apply healing(Plan plan, std::vector<std::pair<int, int>> begun, Baseline baseline,
                         ApplySettings settings);

  private:
    // The implementer chooses.
};

}  // namespace clockwright
