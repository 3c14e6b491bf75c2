#include "publish/history_at.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/history_words.h"
#include "app/output.h"
#include "publish/roll_up.h"
#include "store/journal.h"
#include "store/sqlite_history.h"

namespace clockwright::app {
namespace {

/// Enough looks on one side to know their usual distance.
constexpr int looks_a_side = 50;

/// The first looks after an instant; the record gives the newest, so the stretch grows.
Result<std::vector<ClockRow>> looks_after(const History& history, WallTime from) {
    using namespace std::chrono;
    constexpr std::array<Seconds, 4> stretches{minutes(20), hours(6), days(30), days(36'500)};
    std::vector<ClockRow> looks;
    for (const Seconds stretch : stretches) {
        looks = TRY(history.clock(
            {.from = from, .to = from + to_nanoseconds(stretch), .server = {}, .limit = 100'000}));
        if (!looks.empty()) break;
    }
    if (looks.size() > looks_a_side) looks.resize(looks_a_side);
    return looks;
}

/// A journal that is closed to this user leaves the answer without its last part.
std::vector<ConfigurationChange> applied_changes(const Context& context) {
    std::vector<ConfigurationChange> applied;
    const auto journal = store::Journal::open_to_read(context.config.state.directory);
    const auto changes = journal ? journal->changes() : std::unexpected(journal.error());
    if (!changes) {
        print_remark(context.command, changes.error().message + "\n");
        return applied;
    }
    for (const store::Change& change : *changes)
        if (change.outcome == OutcomeKind::applied) applied.push_back({change.id, change.at});
    return applied;
}

Result<AtFacts> facts_at(const Context& context, const History& history, WallTime at) {
    AtFacts facts;
    facts.at = at;
    const WallTime next = at + std::chrono::nanoseconds(1);
    facts.looks = TRY(history.clock({.from = {}, .to = next, .server = {}, .limit = looks_a_side}));
    if (facts.looks.empty()) {
        const WallTime hour = beginning_of(Resolution::hour, at);
        const auto rolled =
            TRY(history.rolled(Resolution::hour, {.from = hour, .to = next, .server = {}}));
        if (!rolled.empty()) facts.hour = rolled.front();
    }
    WallTime from = at - std::chrono::days(1), to = at + std::chrono::days(1);
    if (!facts.looks.empty()) from = std::min(from, facts.looks.back().at);
    const auto after = TRY(looks_after(history, next));
    if (!after.empty()) to = std::max(to, after.front().at + std::chrono::nanoseconds(1));
    facts.looks.insert(facts.looks.end(), after.begin(), after.end());
    facts.events = TRY(history.events({.from = from, .to = to, .server = {}, .limit = 100'000}));
    facts.changes = applied_changes(context);
    return facts;
}

}  // namespace

Result<int> history_at(const Context& context) {
    const auto history = TRY(open_record(context.config));
    const AtAnswer answer = answer_at(TRY(facts_at(context, history, *context.command.history.at)));
    print_result(context.command, context.command.json ? at_json(answer) : at_text(answer));
    return exit_done;
}

}  // namespace clockwright::app
