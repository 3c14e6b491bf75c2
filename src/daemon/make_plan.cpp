#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "daemon/dialect.h"
#include "daemon/marks.h"
#include "daemon/plan.h"
#include "daemon/verify.h"
#include "time/spell.h"

namespace clockwright {
namespace {

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
    if (found.config.own_file.empty()) add(found.config.main_file);
    if (!found.own.path.empty() && !found.config.own_file.empty()) files.push_back(found.own);
    if (!traits_of(found.config.kind).resets)
        for (const auto& line : change.taken) add(line.file);
    return files;
}

Result<void> refuse(std::string why) {
    return fail(Fault::refused, std::move(why));
}

/// After the sentence: our lines as they would be written, to paste where the configuration is
/// made.
std::string text_to_paste(const Found& found, const SourceChange& change) {
    return "\n" + dialect_of(found.config.kind).render(change.wanted);
}

Result<void> check_managed(const Found& found, const SourceChange& change,
                           const PlanSettings& settings) {
    if (settings.managed_ours) return {};
    auto files = files_to_write(found, change);
    if (const auto* main = file_at(found, found.config.main_file)) files.push_back(*main);
    for (const auto& file : files)
        if (const auto marker = managed_marker(file.content))
            return refuse(fmt::format(
                "{} carries \"{}\" (line {}); put this where the configuration is made, or set "
                "[apply] managed = \"ours\"{}",
                file.path, printable(marker->second), marker->first, text_to_paste(found, change)));
    return {};
}

Result<void> check_writable(const Found& found, const SourceChange& change) {
    for (const auto& file : files_to_write(found, change)) {
        for (const auto& path : {file.path, directory_of(file.path)}) {
            const auto why = found.not_writable.find(path);
            if (why == found.not_writable.end()) continue;
            return refuse(
                fmt::format("{} cannot be written: {}; put this where the configuration is made{}",
                            file.path, why->second, text_to_paste(found, change)));
        }
    }
    return {};
}

Result<void> check_serving(const Found& found, const SourceChange& change,
                           const PlanSettings& settings) {
    if (!found.config.serves_time || change.size() <= 1 || settings.serving_confirmed) return {};
    return refuse(
        fmt::format("this host serves time and {} sources would change at once; --serving "
                    "to confirm",
                    change.size()));
}

Result<void> check_refclock(const Found& found) {
    if (!found.config.preferred_refclock) return {};
    return refuse(
        fmt::format("{} prefers a refclock, which outranks NTP; only monitoring sources "
                    "(noselect) could be added beside it",
                    found.config.main_file));
}

/// Refused when `nts = require` and the set cannot be written with NTS.
Result<void> check_nts(const SourceChange& change, NtsPolicy policy) {
    if (policy != NtsPolicy::require || change.nts.write) return {};
    return refuse(fmt::format("nts = require cannot be kept: {}", change.nts.decision));
}

/// What would be lost, and how the user may have his way.
std::string why_unsecured(const SourceChange& change) {
    const auto count = change.unsecured.size();
    return fmt::format(
        "{} source{} written with NTS ({}) would give way to plain ones; name others by nts:// in "
        "[candidates] hosts, block one that is gone for good (clockwright servers block HOST), or "
        "permit it with --nts off",
        count, count == 1 ? "" : "s",
        printable(fmt::format("{}", fmt::join(change.unsecured, ", "))));
}

/// Whatever fails, NTS is not given up without the user's word (rule A-2).
Result<void> check_downgrade(const SourceChange& change) {
    if (change.unsecured.empty()) return {};
    return refuse(why_unsecured(change));
}

/// A start of the daemon may step the clock, so it must not find anything to step.
Result<void> check_restart(const Found& found, const SourceChange& change,
                           const Selection& selection) {
    const Dialect& dialect = dialect_of(found.config.kind);
    if (!dialect.needs_restart(found, change)) return {};
    const auto program = dialect.traits().program;
    if (!selection.consensus.majority)
        return refuse(fmt::format(
            "{} would have to be restarted, and no majority says what time it is", program));
    // What a restarted daemon will see is what the new servers say, whatever it follows now; one
    // that reloads tells its own view as well.
    Seconds offset = selection.consensus.offset;
    const Seconds told = found.state.tracking.offset;
    if (dialect.traits().reloads && std::abs(told.count()) > std::abs(offset.count()))
        offset = told;
    if (std::abs(offset.count()) >= dialect.start_step(found.config).count() / 2)
        return refuse(
            fmt::format("{} would have to be restarted, and {} could step the clock: it is {} off",
                        program, found.config.kind == DaemonKind::chrony ? "makestep" : "its start",
                        spell_signed(offset)));
    return {};
}

Result<void> check_policy(const Found& found, const SourceChange& change,
                          const Selection& selection, const PlanSettings& settings) {
    const Dialect& dialect = dialect_of(found.config.kind);
    if (auto held = check_managed(found, change, settings); !held) return held;
    if (auto held = check_refclock(found); !held) return held;
    if (auto held = check_nts(change, settings.nts); !held) return held;
    if (auto held = check_downgrade(change); !held) return held;
    if (auto held = dialect.check(found, change, settings); !held) return held;
    if (auto held = check_restart(found, change, selection); !held) return held;
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
            plan.notes.push_back(fmt::format("{}: the pool stays one line, {} replaces its members",
                                             printable(line.name),
                                             traits_of(found.config.kind).program));
    if (selection.ensemble.foreign_rule)
        plan.notes.push_back(
            "foreign sources hold half of the votes or more: the result is theirs");
    std::ranges::move(dialect_of(found.config.kind).notes(found, change, selection),
                      std::back_inserter(plan.notes));
}

/// Without the newline.
std::string one_line(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    std::ranges::replace(text, '\n', ' ');
    return text;
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

/// That a file to be made is not there is ground too.
void stand_on_new_files(Plan& plan) {
    for (FileState file : files_before(plan)) {
        if (std::ranges::find(plan.rests_on, file.path, &FileState::path) != plan.rests_on.end())
            continue;
        file.content.clear();
        plan.rests_on.push_back(std::move(file));
    }
}

Plan frame(const Found& found, const GateDecision& gate, const PlanSettings& settings,
           const Now& now) {
    Plan plan;
    plan.made_at = std::chrono::floor<std::chrono::microseconds>(now.wall);  // as a file keeps it
    plan.daemon = to_string(found.config.kind);
    plan.config_file = settings.config_file;
    plan.control = settings.control;
    plan.reason = gate.reason;
    plan.confirmations_have = gate.have;
    plan.confirmations_need = gate.need;
    plan.rests_on = ground_of(found);
    plan.daemon_sources = listed_names(found.state);
    plan.before = present_state(found);
    return plan;
}

}  // namespace

Result<Plan> make_plan(const Found& found, std::span<const Candidate> candidates,
                       const Selection& selection, const GateDecision& gate,
                       const PlanSettings& settings, const Now& now) {
    if (auto held = check_ensemble(selection.ensemble); !held) return std::unexpected(held.error());
    auto plan = frame(found, gate, settings, now);
    const Dialect& dialect = dialect_of(found.config.kind);
    auto change = decide_change(found, candidates, selection, settings);
    plan.keep = change.keep;
    // For a mere gain no NTS is given up: it is not even asked for.
    const bool gain_forgone = gate.change && !gate.at_once && !change.unsecured.empty();
    if (gain_forgone) plan.reason = "the present set stays: " + why_unsecured(change);
    if (!gate.change || gain_forgone) {  // all stays, what a change would have removed too
        std::ranges::copy(change.remove, std::back_inserter(plan.keep));
        std::ranges::sort(plan.keep);
        return plan;
    }
    if (change.empty()) {
        plan.reason = "the daemon already uses this set";
        return plan;
    }
    change.globals = dialect.globals(found, change, selection, settings);
    if (auto held = check_policy(found, change, selection, settings); !held)
        return std::unexpected(held.error());
    plan.change = true;
    plan.restart = dialect.needs_restart(found, change);
    plan.add = change.add;
    plan.remove = change.remove;
    for (const auto& line : change.taken)
        plan.taken_over.push_back(
            fmt::format("{}  {}", line.location(),
                        dialect.traits().resets ? line.name : one_line(dialect.render({line}))));
    add_notes(plan, found, change, selection);
    plan.steps = dialect.build_steps(found, change, settings);
    stand_on_new_files(plan);
    plan.diff = diff_of(plan);
    return plan;
}

}  // namespace clockwright
