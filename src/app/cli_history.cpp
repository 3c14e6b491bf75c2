#include <CLI/CLI.hpp>
#include <chrono>
#include <climits>

#include "app/cli_verbs.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// "+01:00" → 3600 s; "Z" is none.
std::optional<Seconds> parse_zone(const std::string& text) {
    if (text == "Z") return Seconds{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
    const auto hours = parse_duration(text.substr(1, 2) + "h");
    const auto minutes = parse_duration(text.substr(4, 2) + "min");
    if (!hours || !minutes || *hours > std::chrono::hours(14) ||
        *minutes > std::chrono::minutes(59))
        return {};
    return (text[0] == '-' ? -1 : 1) * (*hours + *minutes);
}

void add_stretch(CLI::App& history, HistoryCommand& command) {
    add_period(history, command);
    history
        .add_option("--server", command.server,
                    "Of this server alone, as it is written; for import: whose samples they are")
        ->type_name("HOST");
    history
        .add_option_function<int>(
            "--limit", [&command](int limit) { command.limit = limit; },
            "The newest N (50; 1000 with --json; export: all)")
        ->type_name("N")
        ->check(CLI::Range(1, INT_MAX));
}

void add_lists(CLI::App& history, HistoryCommand& command) {
    history.add_subcommand("runs", "Scans with what was decided, chosen and gained");
    history.add_subcommand("samples", "Each poll of each server");
    history.add_subcommand("clock", "This clock: offset, bound, frequency, agreement");
    history.add_subcommand("verdicts", "When a server began to be judged otherwise, and why");
    history.add_subcommand("events", "Steps, suspensions, changed paths, restarts");
    history.add_subcommand("alerts", "What fired, and when it ended");
    auto* changes =
        history.add_subcommand("changes", "Changes of the daemon's configuration, by apply");
    changes->add_flag("--last", command.last, "Only the newest");
}

void add_questions(CLI::App& history, HistoryCommand& command) {
    auto* at = history.add_subcommand(
        "at", "How wrong this clock was at a past instant, and how that is known");
    add_instant(*at, "TIME", command.at, "2026-11-20T10:31:07Z")->required();
    at->footer("Example: clockwright history at 2026-11-20T10:31:07Z");
    auto* show = history.add_subcommand("show", "One change: why, what, and what came of it");
    show->add_option("ID", command.id, "as apply printed it, or \"last\"")->required();
}

void add_traffic(CLI::App& history, HistoryCommand& command) {
    auto* import = history.add_subcommand("import", "Take in what another program remembered");
    import
        ->add_option("FILE", command.import_file,
                     "server_history.json, memo.json, status.log, or CSV timestamp,offset,delay")
        ->required();
    import
        ->add_option_function<std::string>(
            "--zone", [&command](const std::string& text) { command.zone = *parse_zone(text); },
            "Of time stamps without one: +HH:MM (UTC)")
        ->type_name("ZONE")
        ->check([](const std::string& text) {
            return parse_zone(text) ? std::string{} : std::string("a zone is Z, +01:00 or -05:30");
        });
    import->add_flag("--skip-faulty", command.skip_faulty, "Name faulty lines and take the others");
    import->footer("All or nothing; the same file again adds nothing.");
    auto* exporting = history.add_subcommand("export", "The record for other programs, to stdout");
    exporting
        ->add_option("WHAT", command.exported, "samples, clock, verdicts, events, alerts or runs")
        ->check(CLI::IsMember({"samples", "clock", "verdicts", "events", "alerts", "runs"}));
    exporting->add_option("--format", command.format, "csv, jsonl or json (csv)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"csv", "jsonl", "json"}));
    exporting->footer("Example: clockwright history export samples --since 7d --format csv");
}

}  // namespace

void add_history(CLI::App& history, Command& command) {
    history.require_subcommand(0, 1);
    add_stretch(history, command.history);
    add_lists(history, command.history);
    add_questions(history, command.history);
    add_traffic(history, command.history);
    history.footer(
        "Without a word: runs. The record is read beside the agent, which goes on writing.\n"
        "Example: clockwright history samples --server ntp1.corp.example --since 24h");
}

}  // namespace clockwright::app
