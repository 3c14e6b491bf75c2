#include "daemon/walk_back.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "daemon/chrony_source_line.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// How long the daemon may take to list its old sources again.
Seconds proof_time(const DaemonAnswered& answer) {
    constexpr Seconds usual{10};
    const bool slow = answer.state && !traits_of(answer.state->kind).lists_at_once;
    return slow ? traits_of(answer.state->kind).verify_at_least : usual;
}

/// How long a restart may be refused. A daemon that failed to start is started again by systemd,
/// five times within 10 s by default; then nobody may for the rest of them.
constexpr Seconds restart_patience{20};
constexpr Seconds restart_pause{2};

using Begun = std::vector<std::pair<int, int>>;

const Action* action_at(const Plan& plan, const std::pair<int, int>& place) {
    const auto [step, action] = place;
    if (step < 0 || std::cmp_greater_equal(step, plan.steps.size())) return nullptr;
    const auto& actions = plan.steps[static_cast<std::size_t>(step)].actions;
    if (action < 0 || std::cmp_greater_equal(action, actions.size())) return nullptr;
    return &actions[static_cast<std::size_t>(action)];
}

/// The files that begun actions write, as they were before the plan.
std::vector<FileState> originals_of(const Plan& plan, const Begun& begun) {
    auto originals = files_before(plan);
    std::erase_if(originals, [&](const FileState& file) {
        return std::ranges::none_of(begun, [&](const auto& place) {
            const auto* action = action_at(plan, place);
            const auto* write = action ? std::get_if<WriteFile>(action) : nullptr;
            return write && write->before.path == file.path;
        });
    });
    return originals;
}

/// Whether an action that undoes is due: a restart or an added source answers its own action; a
/// reload is due after anything.
bool is_due(const Action& undo, const std::vector<const Action*>& begun) {
    const auto any = [&](auto matches) { return std::ranges::any_of(begun, matches); };
    if (std::holds_alternative<WriteFile>(undo)) return false;
    if (std::holds_alternative<RestartDaemon>(undo))
        return any([](const auto* done) { return std::holds_alternative<RestartDaemon>(*done); });
    if (const auto* added = std::get_if<AddSource>(&undo)) {
        const auto line = chrony::parse_source_line(added->line);
        return any([&](const auto* done) {
            const auto* gone = std::get_if<DeleteSource>(done);
            return gone && line && gone->name == line->name;
        });
    }
    return true;
}

/// What the daemon must be told, the last step first.
std::deque<Action> commands_of(const Plan& plan, const Begun& begun) {
    std::vector<Action> commands;
    for (auto step = static_cast<int>(plan.steps.size()); step-- > 0;) {
        std::vector<const Action*> of_step;
        for (const auto& place : begun)
            if (const auto* action = action_at(plan, place); action && place.first == step)
                of_step.push_back(action);
        if (of_step.empty()) continue;
        std::vector<Action> due;
        std::ranges::copy_if(plan.steps[static_cast<std::size_t>(step)].undo,
                             std::back_inserter(due),
                             [&](const Action& action) { return is_due(action, of_step); });
        join_commands(commands, due);
    }
    return {commands.begin(), commands.end()};
}

/// Every state in which the plan may have left a file, the newest first.
std::deque<FileState> states_of(const Plan& plan, const std::string& path) {
    std::deque<FileState> states;
    for (const auto& step : plan.steps)
        for (const auto& action : step.actions)
            if (const auto* write = std::get_if<WriteFile>(&action);
                write && write->after.path == path)
                states.push_front(write->after);
    return states;
}

}  // namespace

WalkBack::WalkBack(const Plan& plan, const Begun& begun, std::string reason, ApplySettings settings)
    : plan_(plan),
      reason_(std::move(reason)),
      settings_(settings),
      originals_(originals_of(plan, begun)),
      commands_(commands_of(plan, begun)) {}

ApplyEffect WalkBack::issue(Stage stage, ApplyEffect effect) {
    stage_ = stage;
    last_ = effect;
    return effect;
}

ApplyEffect WalkBack::begin(const Now&) {
    return issue(Stage::announce, JournalLine{.event = "walk back", .detail = reason_});
}

ApplyEffect WalkBack::next(const ApplyEvent& event, const Now& now) {
    if (std::holds_alternative<Interrupt>(event)) {
        // Going back is what an interrupt asks for. A write may or may not have happened: look.
        return stage_ == Stage::write_file ? examine_files() : *last_;
    }
    switch (stage_) {
        case Stage::announce:
            return issue(Stage::journal, Say{fmt::format("walking back: {}", reason_)});
        case Stage::journal:
            return examine_files();
        case Stage::restore_files:
            if (const auto* checked = std::get_if<FilesChecked>(&event))
                return files_examined(*checked);
            break;
        case Stage::match_file:
            if (const auto* checked = std::get_if<FilesChecked>(&event))
                return file_matched(*checked);
            break;
        case Stage::write_file:
            if (const auto* done = std::get_if<Performed>(&event); done && !done->result)
                faults_.push_back(done->result.error().message);
            to_restore_.pop_front();
            return next_file();
        case Stage::command:
            if (const auto* done = std::get_if<Performed>(&event)) return command_done(*done, now);
            break;
        case Stage::command_again:
            return next_command();
        case Stage::prove_files:
            if (const auto* checked = std::get_if<FilesChecked>(&event))
                for (const auto& path : checked->different)
                    faults_.push_back(fmt::format("{} is not as it was before", path));
            asked_since_ = now.steady;
            return issue(Stage::ask_daemon, AskDaemon{});
        case Stage::ask_daemon:
            if (const auto* answer = std::get_if<DaemonAnswered>(&event))
                return daemon_answered(*answer, now);
            break;
        case Stage::wait:
            return issue(Stage::ask_daemon, AskDaemon{});
        case Stage::tell:
        case Stage::finished:
            return issue(Stage::finished, outcome());
    }
    return *last_;
}

ApplyEffect WalkBack::examine_files() {
    if (originals_.empty()) return next_command();
    return issue(Stage::restore_files, CheckFiles{originals_});
}

ApplyEffect WalkBack::files_examined(const FilesChecked& checked) {
    to_restore_.clear();
    for (const auto& file : originals_ | std::views::reverse)
        if (std::ranges::find(checked.different, file.path) != checked.different.end())
            to_restore_.push_back(file);
    return next_file();
}

ApplyEffect WalkBack::next_file() {
    if (to_restore_.empty()) return next_command();
    possible_states_ = states_of(plan_, to_restore_.front().path);
    return match_file();
}

ApplyEffect WalkBack::match_file() {
    if (!possible_states_.empty())
        return issue(Stage::match_file, CheckFiles{{possible_states_.front()}});
    met_another_hand_ = true;
    faults_.push_back(
        fmt::format("{} was edited by another hand during the change and is left alone",
                    to_restore_.front().path));
    to_restore_.pop_front();
    return next_file();
}

ApplyEffect WalkBack::file_matched(const FilesChecked& checked) {
    if (!checked.different.empty()) {
        possible_states_.pop_front();
        return match_file();
    }
    return issue(Stage::write_file, Perform{WriteFile{.before = possible_states_.front(),
                                                      .after = to_restore_.front()}});
}

ApplyEffect WalkBack::next_command() {
    if (commands_.empty()) return prove_files();
    return issue(Stage::command, Perform{commands_.front()});
}

ApplyEffect WalkBack::command_done(const Performed& performed, const Now& now) {
    if (!performed.result) {
        if (!refused_since_) refused_since_ = now.steady;
        if (std::holds_alternative<RestartDaemon>(commands_.front()) &&
            now.steady - *refused_since_ < restart_patience)
            return issue(Stage::command_again, Pause{restart_pause});
        faults_.push_back(performed.result.error().message);
    }
    refused_since_.reset();
    commands_.pop_front();
    return next_command();
}

ApplyEffect WalkBack::prove_files() {
    return issue(Stage::prove_files, CheckFiles{originals_});
}

ApplyEffect WalkBack::daemon_answered(const DaemonAnswered& answer, const Now& now) {
    std::string missing;
    if (answer.state) {
        const Plan plan = as_others_left_it(plan_, *answer.state);
        const auto verification = verify(plan.before, *answer.state, {}, {});
        if (verification.holds)
            return conclude(fmt::format("the daemon lists the same sources as before ({})",
                                        verification.summary));
        missing = fmt::format("{}", fmt::join(verification.missing, "; "));
    } else {
        missing = answer.state.error().message;
    }
    if (asked_since_ && now.steady - *asked_since_ < proof_time(answer))
        return issue(Stage::wait, Pause{settings_.ask_every});
    faults_.push_back(std::move(missing));
    return conclude({});
}

ApplyEffect WalkBack::conclude(std::string proof) {
    if (!faults_.empty())
        return issue(Stage::tell,
                     Say{fmt::format("proof         missing: {}", fmt::join(faults_, "; "))});
    return issue(Stage::tell, Say{fmt::format("proof         {}; files byte-identical", proof)});
}

Outcome WalkBack::outcome() const {
    if (faults_.empty())
        return {.kind = OutcomeKind::rolled_back, .verified = true, .reason = reason_};
    return {.kind = OutcomeKind::failed,
            .reason = fmt::format("{}; the old state is not proved: {}", reason_,
                                  fmt::join(faults_, "; ")),
            .left_open = !met_another_hand_};
}

}  // namespace clockwright
