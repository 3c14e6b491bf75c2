#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "daemon/chrony_change.h"
#include "daemon/chrony_nts.h"
#include "daemon/chrony_steps.h"
#include "daemon/plan.h"
#include "daemon/verify.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using chrony::SourceChange;
using chrony::SourceLine;

/// chrony's makestep threshold when its argument cannot be read.
constexpr double default_step_threshold = 1.0;

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

const FileState* file_at(const Found& found, const std::string& path) {
    const auto file = std::ranges::find(found.files, path, &FileState::path);
    return file == found.files.end() ? nullptr : &*file;
}

/// Every file that the change would write, with what is there now.
std::vector<FileState> files_to_write(const Found& found, const SourceChange& change) {
    std::vector<FileState> files;
    const auto add = [&](const std::string& path) {
        if (std::ranges::find(files, path, &FileState::path) != files.end()) return;
        if (const auto* file = file_at(found, path)) files.push_back(*file);
    };
    if (found.own_file.empty())
        add(found.config.main_file);
    else
        files.push_back(found.own);
    for (const auto& line : change.taken) add(line.file);
    return files;
}

Result<void> refuse(std::string why) {
    return fail(Fault::refused, std::move(why));
}

/// After the sentence: our lines as they would be written, to paste where the configuration is
/// made.
std::string text_to_paste(const SourceChange& change) {
    auto lines = change.kept;
    std::ranges::copy(change.added, std::back_inserter(lines));
    std::string text = "\n";
    for (const auto& line : lines) text += chrony::render(line) + "\n";
    return text;
}

Result<void> check_managed(const Found& found, const SourceChange& change,
                           const PlanSettings& settings) {
    if (settings.managed_ours) return {};
    auto files = files_to_write(found, change);
    if (const auto* main = file_at(found, found.config.main_file)) files.push_back(*main);
    for (const auto& file : files)
        if (const auto marker = chrony::managed_marker(file.content))
            return refuse(fmt::format(
                "{} carries \"{}\" (line {}); put this where the configuration is made, or set "
                "[apply] managed = \"ours\"{}",
                file.path, printable(marker->second), marker->first, text_to_paste(change)));
    return {};
}

Result<void> check_writable(const Found& found, const SourceChange& change) {
    for (const auto& file : files_to_write(found, change)) {
        for (const auto& path : {file.path, directory_of(file.path)}) {
            const auto why = found.not_writable.find(path);
            if (why == found.not_writable.end()) continue;
            return refuse(
                fmt::format("{} cannot be written: {}; put this where the configuration is made{}",
                            file.path, why->second, text_to_paste(change)));
        }
    }
    return {};
}

Result<void> check_refclock(const Found& found) {
    if (!found.config.preferred_refclock()) return {};
    return refuse(
        fmt::format("{} prefers a refclock, which outranks NTP; only monitoring sources "
                    "(noselect) could be added beside it",
                    found.config.main_file));
}

Result<void> check_serving(const Found& found, const SourceChange& change,
                           const PlanSettings& settings) {
    if (!found.config.serves_time() || change.size() <= 1 || settings.serving_confirmed) return {};
    return refuse(
        fmt::format("this host serves time and {} sources would change at once; --serving "
                    "to confirm",
                    change.size()));
}

double step_threshold(const chrony::Directive& makestep) {
    double threshold = default_step_threshold;
    if (!makestep.arguments.empty()) {
        const auto& text = makestep.arguments.front();
        std::from_chars(text.data(), text.data() + text.size(), threshold);
    }
    return threshold;
}

/// A restart re-arms makestep, so it must not find anything to step.
Result<void> check_restart(const Found& found, const Selection& selection,
                           const PlanSettings& settings) {
    if (!found.own_file.empty()) return {};
    const auto line = "sourcedir " + chrony::directory_for_new_sourcedir(found.config);
    if (!settings.allow_restart)
        return refuse(
            fmt::format("{} has no sourcedir outside /run: add the line \"{}\" and restart "
                        "chronyd, or give --allow-restart",
                        found.config.main_file, line));
    if (settings.restart.empty())
        return fail(
            fmt::format("[daemon] restart names no command: add the line \"{}\" to {} and "
                        "restart chronyd",
                        line, found.config.main_file));
    if (!selection.consensus.majority)
        return refuse("chronyd would have to be restarted, and no majority says what time it is");
    if (const auto* makestep = found.config.find("makestep");
        makestep && std::abs(found.state.tracking.offset.count()) >= step_threshold(*makestep) / 2)
        return refuse(
            fmt::format("chronyd would have to be restarted, and makestep could step the "
                        "clock: it is {} off",
                        spell_signed(found.state.tracking.offset)));
    return {};
}

Result<void> check_policy(const Found& found, const SourceChange& change,
                          const Selection& selection, const PlanSettings& settings) {
    if (auto held = check_managed(found, change, settings); !held) return held;
    if (auto held = check_refclock(found); !held) return held;
    if (auto held = chrony::check_nts(change, settings.nts); !held) return held;
    if (auto held = check_restart(found, selection, settings); !held) return held;
    if (auto held = check_writable(found, change); !held) return held;
    return check_serving(found, change, settings);
}

Result<void> check_ensemble(const Ensemble& ensemble) {
    if (ensemble.members.empty() || !ensemble.refusal.empty())
        return refuse(fmt::format(
            "{}{}", ensemble.refusal.empty() ? "there is no set to configure" : ensemble.refusal,
            ensemble.takeover_would_help ? "; --takeover would comment the foreign lines out"
                                         : ""));
    return {};
}

/// Rule S-7: how many sources should agree before chronyd believes them.
std::optional<std::string> advice_on_minsources(const Found& found, std::size_t members) {
    const auto special = std::ranges::any_of(
        found.config.sources, [](const auto& line) { return line.prefer || line.trust; });
    if (members < 4 || special || found.config.find("minsources") ||
        found.config.find("refclock") || found.config.find("local"))
        return std::nullopt;
    return fmt::format(
        "left out: minsources {} needs a restart of chronyd, which would re-arm "
        "makestep",
        members >= 5 ? 3 : 2);
}

void add_notes(Plan& plan, const Found& found, const SourceChange& change,
               const Selection& selection) {
    plan.notes = change.notes;
    std::vector<std::string> places;
    for (const auto& line : change.staying) places.push_back(printable(line.location()));
    if (!places.empty())
        plan.notes.push_back(
            fmt::format("kept, foreign (never edited): {}", fmt::join(places, ", ")));
    for (const auto& line : change.staying)
        if (line.type == SourceLine::Type::pool)
            plan.notes.push_back(fmt::format(
                "{}: the pool stays one line, chronyd replaces its members", printable(line.name)));
    if (selection.ensemble.foreign_rule)
        plan.notes.push_back(
            "foreign sources hold half of the votes or more: the result is theirs");
    if (auto advice = advice_on_minsources(found, selection.ensemble.members.size()))
        plan.notes.push_back(std::move(*advice));
    std::ranges::move(chrony::nts_notes(found.config, change), std::back_inserter(plan.notes));
}

std::vector<FileState> ground_of(const Found& found) {
    std::vector<FileState> ground = found.files;
    if (!found.own.path.empty() && !file_at(found, found.own.path)) ground.push_back(found.own);
    for (auto& file : ground) file.content.clear();
    return ground;
}

std::string diff_of(const Plan& plan) {
    std::string diff;
    const auto before = files_before(plan);
    for (const auto& after : files_after(plan)) {
        const auto was = std::ranges::find(before, after.path, &FileState::path);
        diff += unified_diff(after.path, was->content, after.content);
    }
    return diff;
}

Plan frame(const Found& found, const GateDecision& gate, const PlanSettings& settings,
           const Now& now) {
    Plan plan;
    plan.made_at = std::chrono::floor<std::chrono::microseconds>(now.wall);  // as a file keeps it
    plan.daemon = "chrony";
    plan.config_file = settings.config_file;
    plan.control = settings.control;
    plan.reason = gate.reason;
    plan.confirmations_have = gate.have;
    plan.confirmations_need = gate.need;
    plan.rests_on = ground_of(found);
    plan.daemon_sources = listed_names(found.state);
    plan.before = chrony::present_state(found);
    return plan;
}

}  // namespace

Result<Plan> make_plan(const Found& found, std::span<const Candidate> candidates,
                       const Selection& selection, const GateDecision& gate,
                       const PlanSettings& settings, const Now& now) {
    if (auto held = check_ensemble(selection.ensemble); !held) return std::unexpected(held.error());
    auto plan = frame(found, gate, settings, now);
    const auto change = chrony::decide_change(found, candidates, selection, settings);
    plan.keep = change.keep;
    if (!gate.change) {  // all that is there stays, what a change would have removed too
        std::ranges::copy(change.remove, std::back_inserter(plan.keep));
        std::ranges::sort(plan.keep);
        return plan;
    }
    if (change.empty()) {
        plan.reason = "the daemon already uses this set";
        return plan;
    }
    if (auto held = check_policy(found, change, selection, settings); !held)
        return std::unexpected(held.error());
    plan.change = true;
    plan.restart = found.own_file.empty() && !change.added.empty();
    plan.add = change.add;
    plan.remove = change.remove;
    for (const auto& line : change.taken)
        plan.taken_over.push_back(fmt::format("{}  {}", line.location(), chrony::render(line)));
    add_notes(plan, found, change, selection);
    plan.steps = chrony::build_steps(found, change, settings);
    plan.diff = diff_of(plan);
    return plan;
}

}  // namespace clockwright
