#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "app/cli_verbs.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright::app {
namespace {

struct VerbRow {
    Verb verb;
    const char* name;
    const char* help;
    void (*add_options)(CLI::App&, Command&);  ///< null: it has none
};

constexpr VerbRow verb_table[] = {
    {Verb::scan, "scan", "Measure time servers, judge and rank them", add_scan},
    {Verb::drift, "drift",
     "How far off this clock is, how its oscillator runs, how long it would stay right", add_drift},
    {Verb::sync, "sync",
     "Correct this clock through its daemon: measure now and slew, or a permitted step", add_sync},
    {Verb::rtc, "rtc", "The hardware clock: UTC or local time, offset, rate, battery", add_rtc},
    {Verb::report, "report", "What the record shows of this clock, as evidence", add_report},
    {Verb::servers, "servers", "The catalogue; whom to ask no more, and whom always", add_servers},
    {Verb::plan, "plan", "Show what would change and why; write nothing", add_plan},
    {Verb::apply, "apply", "Change the daemon's sources, verify, or walk back", add_apply},
    {Verb::service, "service", "Look for a better set every few hours, by systemd or cron",
     add_service},
    {Verb::agent, "agent",
     "Watch the clock and the servers for good: remember, judge, alert, serve", add_agent},
    {Verb::history, "history",
     "What the agent recorded: runs, samples, changes, or one past instant", add_history},
    {Verb::alert, "alert", "What is wrong now, the rules, and who is told", add_alert},
    {Verb::rollback, "rollback", "Restore the state before a change; or list the changes",
     add_rollback},
    {Verb::status, "status", "One screen: verdict and bound, daemon, sources, last change",
     nullptr},
    {Verb::check, "check", "The same as a monitoring plug-in: one line and an exit code",
     add_check},
    {Verb::watch, "watch", "The screen of status, live: what the daemon says, every 2 s",
     add_watch},
    {Verb::doctor, "doctor",
     "Check the daemon's configuration and this host against the rules; change nothing",
     add_doctor},
    {Verb::config, "config", "check, show or init the configuration", add_config},
    {Verb::lab, "lab", "Run a described world of time servers on loopback", add_lab},
    {Verb::demo, "demo", "The whole life in a minute, on loopback, touching no clock", add_demo},
};

void add_global(CLI::App& app, Command& command) {
    app.set_version_flag("--version", std::string("clockwright ") + version);
    app.fallthrough();
    app.require_subcommand(1);
    app.add_option("--config", command.config_file, "Configuration file")->type_name("FILE");
    app.add_flag("--json", command.json, "One JSON document on stdout");
    app.add_flag("-q,--quiet", command.quiet, "Print nothing but errors");
    app.add_flag("-v,--verbose", command.verbose, "Say more; twice: everything");
    app.add_flag("--no-color", command.no_color, "No colours");
    app.footer(
        "First steps: clockwright status, clockwright doctor, clockwright scan, clockwright plan.");
}

/// Where a verb's own word goes, like `list` of `servers list`; null: it has none.
std::string* word_of(Command& command) {
    switch (command.verb) {
        case Verb::servers:
            return &command.servers.word;
        case Verb::service:
            return &command.service.word;
        case Verb::history:
            return &command.history.word;
        case Verb::alert:
            return &command.alert.word;
        case Verb::report:
            return &command.report.word;
        default:
            return nullptr;
    }
}

}  // namespace

Result<Parsed> parse_command_line(int argc, char** argv) {
    Command command;
    CLI::App app("Clockwright keeps a machine's clock right, and can prove it.", "clockwright");
    add_global(app, command);
    const std::string asked = first_word(argc, argv);
    const auto* const row = std::ranges::find(verb_table, asked, &VerbRow::name);
    const bool known = row != std::end(verb_table);
    for (const VerbRow& verb : verb_table) {
        if (known && &verb != row) continue;
        CLI::App* const options = app.add_subcommand(verb.name, verb.help);
        if (known && verb.add_options != nullptr) verb.add_options(*options, command);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return Parsed{std::nullopt, app.help()};
    } catch (const CLI::CallForVersion&) {
        return Parsed{std::nullopt, std::string("clockwright ") + version + "\n"};
    } catch (const CLI::ParseError& error) {
        return fail(Fault::usage, (asked.empty() || known ? printable(error.what())
                                                          : "\"" + printable(asked) +
                                                                "\" is no verb of this release") +
                                      " (see clockwright --help)");
    }
    const CLI::App* const given = app.get_subcommands().front();
    command.verb = std::ranges::find(verb_table, given->get_name(), &VerbRow::name)->verb;
    const auto words = given->get_subcommands();
    if (!words.empty()) *word_of(command) = words.front()->get_name();
    return Parsed{command, {}};
}

std::string first_word(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--config") {
            ++i;
        } else if (!word.starts_with('-')) {
            return std::string(word);
        }
    }
    return {};
}

}  // namespace clockwright::app
