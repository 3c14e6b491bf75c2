/// The way back from any point of a plan: files, then the daemon, then the proof that both are as
/// they were. Used after a failed step and to heal what a crash left.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/apply.h"

namespace clockwright {

/// One effect out, its result in, like Apply. It does not trust how far the change came: each file
/// is put back from whichever state of the plan it is found in, and a file that is in none of them
/// was edited by another hand and is left alone.
class WalkBack {
  public:
    /// `begun`: the (step, action) pairs that were started.
    WalkBack(const Plan& plan, const std::vector<std::pair<int, int>>& begun, std::string reason,
             ApplySettings settings);

    ApplyEffect begin(const Now& now);
    ApplyEffect next(const ApplyEvent& event, const Now& now);

  private:
    /// What the last effect was for.
    enum class Stage {
        announce,
        journal,
        restore_files,
        match_file,
        write_file,
        command,
        command_again,
        prove_files,
        ask_daemon,
        wait,
        tell,
        finished
    };

    ApplyEffect examine_files();
    ApplyEffect files_examined(const FilesChecked& checked);
    ApplyEffect next_file();
    ApplyEffect match_file();
    ApplyEffect file_matched(const FilesChecked& checked);
    ApplyEffect next_command();
    ApplyEffect command_done(const Performed& performed, const Now& now);
    ApplyEffect prove_files();
    ApplyEffect daemon_answered(const DaemonAnswered& answer, const Now& now);
    ApplyEffect conclude(std::string proof);
    Outcome outcome() const;
    ApplyEffect issue(Stage stage, ApplyEffect effect);

    const Plan plan_;
    const std::string reason_;
    const ApplySettings settings_;
    std::vector<FileState> originals_;         ///< of the files that were begun
    std::deque<FileState> to_restore_;         ///< not yet as they were
    std::deque<FileState> possible_states_;    ///< what the first of them may hold now
    std::deque<Action> commands_;              ///< what the daemon must still be told
    std::vector<std::string> faults_;          ///< why the old state is not proved
    bool met_another_hand_ = false;            ///< a file was edited meanwhile: nothing mends that
    std::optional<SteadyTime> refused_since_;  ///< the first of `commands_` has failed since
    std::optional<SteadyTime> asked_since_;
    Stage stage_ = Stage::announce;
    std::optional<ApplyEffect> last_;
};

}  // namespace clockwright
