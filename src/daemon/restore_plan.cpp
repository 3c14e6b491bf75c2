#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

#include "daemon/different_files.h"
#include "daemon/plan.h"
#include "daemon/verify.h"

namespace clockwright {
namespace {

constexpr std::string_view way_back_title = "restore";

template <class Visit>
void each_write(const Plan& plan, Visit visit) {
    for (const auto& step : plan.steps)
        for (const auto& action : step.actions)
            if (const auto* write = std::get_if<WriteFile>(&action)) visit(*write);
}

auto find_path(std::vector<FileState>& files, const std::string& path) {
    return std::ranges::find(files, path, &FileState::path);
}

bool is_write(const Action& action) {
    return std::holds_alternative<WriteFile>(action);
}

/// The control actions of a plan, forwards or backwards.
std::vector<Action> control_of(const Plan& plan, bool backwards) {
    std::vector<Action> control;
    const auto add = [&](const std::vector<Action>& actions) {
        std::vector<Action> commands;
        std::ranges::remove_copy_if(actions, std::back_inserter(commands), is_write);
        join_commands(control, commands);
    };
    if (backwards) {
        for (const auto& step : plan.steps | std::views::reverse) add(step.undo);
    } else {
        for (const auto& step : plan.steps) add(step.actions);
    }
    return control;
}

bool restarts(const std::vector<Action>& actions) {
    return std::ranges::any_of(actions, [](const Action& action) {
        return std::holds_alternative<RestartDaemon>(action);
    });
}

bool knows(const Expectation& expectation, const std::string& name) {
    return std::ranges::find(expectation.sources, name, &ExpectedSource::name) !=
           expectation.sources.end();
}

bool knows_as_foreign(const Expectation& expectation, const std::string& name) {
    return std::ranges::any_of(expectation.sources, [&](const ExpectedSource& source) {
        return source.name == name && source.kept_foreign;
    });
}

}  // namespace

std::vector<FileState> files_before(const Plan& plan) {
    std::vector<FileState> files;
    each_write(plan, [&](const WriteFile& write) {
        if (find_path(files, write.before.path) == files.end()) files.push_back(write.before);
    });
    return files;
}

std::vector<FileState> files_after(const Plan& plan) {
    std::vector<FileState> files;
    each_write(plan, [&](const WriteFile& write) {
        const auto known = find_path(files, write.after.path);
        if (known == files.end())
            files.push_back(write.after);
        else
            *known = write.after;
    });
    return files;
}

std::vector<std::string> wrong_digests(const Plan& plan, const Digest& sha256) {
    std::vector<std::string> wrong;
    const auto check = [&](const FileState& file) {
        const auto digest = file.exists ? sha256(file.content) : std::string();
        if (digest != file.sha256 && std::ranges::find(wrong, file.path) == wrong.end())
            wrong.push_back(file.path);
    };
    each_write(plan, [&](const WriteFile& write) {
        check(write.before);
        check(write.after);
    });
    return wrong;
}

Plan as_others_left_it(Plan plan, const DaemonState& state) {
    if (plan.steps.empty()) return plan;
    const auto listed = listed_names(state);
    const Expectation before = plan.before, after = plan.steps.back().expect;
    const auto adjust = [&](Expectation& expectation) {
        for (ExpectedSource& source : expectation.sources)
            source.may_be_absent |= knows_as_foreign(before, source.name) &&
                                    knows_as_foreign(after, source.name) &&
                                    std::ranges::find(listed, source.name) == listed.end();
        for (const std::string& name : listed)
            if (!knows(before, name) && !knows(after, name) && !knows(expectation, name))
                expectation.sources.push_back(
                    {.name = name, .kept_foreign = true, .may_be_absent = true});
    };
    adjust(plan.before);
    for (Step& step : plan.steps) adjust(step.expect);
    return plan;
}

bool is_rollback(const Plan& plan) {
    return plan.steps.size() == 1 && plan.steps.front().title == way_back_title;
}

Result<Plan> joined(const std::vector<Plan>& plans) {
    Plan all;
    for (const Plan& plan : plans) {
        auto left = files_after(all);
        for (const FileState& found : files_before(plan)) {
            const auto before = find_path(left, found.path);
            if (before == left.end() || is_same_file(*before, found)) continue;
            return fail(Fault::refused,
                        fmt::format("{} was edited by another hand before change {}, and the way "
                                    "back over it would lose that; roll back {} alone, then look "
                                    "at the file",
                                    found.path, plan.id, plan.id));
        }
        if (all.steps.empty()) {
            all = plan;
        } else {
            std::ranges::copy(plan.steps, std::back_inserter(all.steps));
        }
    }
    return all;
}

Plan rollback_plan(const Plan& applied, std::string reason) {
    Plan plan;
    Step step{
        .title = std::string(way_back_title), .actions = {}, .undo = {}, .expect = applied.before};
    const auto now = files_after(applied);
    for (const auto& then : files_before(applied)) {
        const auto present = std::ranges::find(now, then.path, &FileState::path);
        if (*present == then) continue;
        step.actions.emplace_back(WriteFile{.before = *present, .after = then});
        step.undo.emplace_back(WriteFile{.before = then, .after = *present});
        plan.diff += unified_diff(then.path, present->content, then.content);
        plan.rests_on.push_back(*present);
        plan.rests_on.back().content.clear();
    }
    auto control = control_of(applied, true);
    if (control.empty()) control = {ReloadSources{}};
    plan.restart = restarts(control);
    std::ranges::copy(control, std::back_inserter(step.actions));
    std::ranges::copy(control_of(applied, false), std::back_inserter(step.undo));
    plan.steps.push_back(std::move(step));
    if (!applied.steps.empty()) {
        plan.before = applied.steps.back().expect;
        plan.before.proof_only = true;
    }
    plan.change = true;
    plan.reason = std::move(reason);
    plan.daemon = applied.daemon;
    plan.config_file = applied.config_file;
    plan.control = applied.control;
    plan.add = applied.remove;
    plan.remove = applied.add;
    plan.keep = applied.keep;
    return plan;
}

Plan for_dead_daemon(Plan way_back, const std::vector<std::string>& restart) {
    for (Step& step : way_back.steps) {
        for (std::vector<Action>* actions : {&step.actions, &step.undo}) {
            std::erase_if(*actions, [](const Action& action) { return !is_write(action); });
            actions->emplace_back(RestartDaemon{restart});
        }
    }
    way_back.restart = true;
    return way_back;
}

}  // namespace clockwright
