#include "app/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <utility>

#include "app/cli_alert.h"
#include "app/cli_clock.h"
#include "app/cli_history.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright::app {
namespace {

/// "250ms" → Seconds, as a check that CLI11 runs.
CLI::Option* add_duration(CLI::App& app, const std::string& name, Seconds& target,
                          const std::string& help) {
    return app
        .add_option_function<std::string>(
            name, [&target](const std::string& text) { target = *parse_duration(text); }, help)
        ->type_name("DUR")
        ->check([](const std::string& text) {
            return parse_duration(text)
                       ? std::string{}
                       : "\"" + printable(text) + "\" is not a duration like 100ms or 2s";
        });
}

void add_measuring(CLI::App& app, Command& command, Seconds& spacing) {
    app.add_option_function<int>(
           "--samples", [&command](int n) { command.samples = n; }, "Probes per server (4)")
        ->type_name("N")
        ->check(CLI::Range(1, 1000));
    add_duration(app, "--spacing", spacing,
                 "Time between two probes of one server (0.25s; public servers 2s at least)");
    app.add_flag("--internet", command.internet, "Also ask servers of the catalogue and the pool");
    app.add_option_function<std::string>(
           "--profile", [&command](const std::string& p) { command.profile = p; },
           "balanced, reliable, low-latency or dev")
        ->type_name("NAME")
        ->check(CLI::IsMember({"balanced", "reliable", "low-latency", "dev"}));
    app.add_option_function<int>(
           "--minimum", [&command](int n) { command.minimum = n; },
           "Sources that must be reached (4)")
        ->type_name("N")
        ->check(CLI::Range(1, 16));
    app.add_option_function<int>(
           "--confirmations", [&command](int n) { command.confirmations = n; },
           "Scans on end that must find the better set (2)")
        ->type_name("N")
        ->check(CLI::Range(1, 100));
    auto* four = app.add_flag("-4", command.ipv4, "IPv4 only");
    app.add_flag("-6", command.ipv6, "IPv6 only")->excludes(four);
    app.add_option_function<std::string>(
           "--nts", [&command](const std::string& p) { command.nts = p; }, "off, prefer or require")
        ->type_name("POLICY")
        ->check(CLI::IsMember({"off", "prefer", "require"}));
    app.add_flag("--explain", command.explain, "Show every term of the judgement");
    app.add_option("--ca", command.ca, "A further trust anchor for NTS; may be given again")
        ->type_name("FILE")
        ->allow_extra_args(false);
}

void add_scan(CLI::App& app, Command& command, Seconds& spacing) {
    auto* scan = app.add_subcommand("scan", "Measure time servers, judge and rank them");
    scan->add_option("HOST", command.hosts,
                     "name, name:port, [v6]:port or nts://name; none: what this machine knows");
    add_measuring(*scan, command, spacing);
    scan->add_option("--record", command.record, "Write the samples as JSON lines")
        ->type_name("FILE");
    scan->add_option("--replay", command.replay, "Judge recorded samples; nothing is asked")
        ->type_name("FILE");
    scan->add_option("--render", command.render, "Print the chosen set as that daemon's lines")
        ->type_name("DAEMON")
        ->check(CLI::IsMember({"chrony", "ntpsec", "timesyncd", "openntpd", "ntpd-rs"}));
    scan->add_flag("--diagnose", command.diagnose,
                   "Try the way to a few servers: filters, interception, IPv6, asymmetry");
    scan->add_flag("--dry-run", command.dry_run, "Say what would be sent where, and stop");
    scan->footer("Example: clockwright scan ntp1.corp.example ntp2.corp.example:123");
}

void add_drift(CLI::App& app, Command& command, Seconds& spacing) {
    auto* drift = app.add_subcommand(
        "drift",
        "How far off this clock is, how its oscillator runs, how long it would stay right");
    drift->add_option("HOST", command.hosts,
                      "name, name:port, [v6]:port or nts://name; none: what this machine knows");
    add_measuring(*drift, command, spacing);
    drift->footer(
        "With --json one line a run; with -v the spread of the offsets and the stability.\n"
        "Exit code: 0 some server answered, 3 none.\n"
        "Example: clockwright drift --samples 2 --json >> drift.jsonl");
}

/// Longer is for ever, which is what no --for means.
constexpr Seconds longest_block{3650 * 24 * 3600.0};

void add_servers_list(CLI::App& servers, Command& command) {
    auto* list = servers.add_subcommand("list", "The catalogue and what is remembered of servers");
    list->add_flag("--blocked", command.servers.blocked, "Only those that are not asked now");
    list->add_flag("--allowed", command.servers.allowed, "Only those that you allowed");
    list->add_flag("--nts", command.servers.nts, "Only those that are known to speak NTS");
    list->add_flag("--new", command.servers.newcomers, "Only those that a fetched list brought");
    list->add_option_function<std::string>(
            "--country",
            [&command](const std::string& country) {
                command.servers.country.clear();
                for (const char letter : country)
                    command.servers.country +=
                        static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
            },
            "Only those in this country")
        ->type_name("CC")
        ->check([](const std::string& country) {
            const auto is_letter = [](unsigned char letter) { return std::isalpha(letter) != 0; };
            const bool two = country.size() == 2 && std::ranges::all_of(country, is_letter);
            return two ? std::string{} : std::string("a country is two letters, like CH");
        });
    auto* show = servers.add_subcommand(
        "show", "One server: operator, terms, smear class, where that is known from, its block");
    show->add_option("HOST", command.servers.host, "name, name:port or address")->required();
}

void add_servers_changes(CLI::App& servers, Command& command, Seconds& length) {
    auto* block = servers.add_subcommand("block", "Ask this server no more; it stays listed");
    block->add_option("HOST", command.servers.host,
                      "name or address; without port: whatever the port");
    block->add_option("--reason", command.reason, "Kept and shown")->type_name("TEXT");
    add_duration(*block, "--for", length, "For so long (default: until you allow it)");
    block
        ->add_option("--import", command.servers.import_file,
                     "A list of hosts as JSON, or blacklist.json")
        ->type_name("FILE");
    block->footer(
        "Example: clockwright servers block ntp9.corp.example --reason \"moved\" --for 30d");
    auto* allow = servers.add_subcommand(
        "allow", "Lift its block, never block it by ourselves, and take permission as given");
    allow->add_option("HOST", command.servers.host, "name, name:port or address")->required();
    allow->add_option("--reason", command.reason, "Kept and shown")->type_name("TEXT");
    auto* refresh = servers.add_subcommand("refresh", "Fetch and verify a signed list of servers");
    refresh->add_option("--url", command.servers.url, "Its place (default: that of the last one)")
        ->type_name("HTTPS_URL");
    refresh
        ->add_option("--key", command.servers.key,
                     "Public Ed25519 key of its keeper (/etc/clockwright/list-key.pem)")
        ->type_name("FILE");
    refresh->add_option("--ca", command.ca, "A further trust anchor for HTTPS")->type_name("FILE");
}

void add_servers(CLI::App& app, Command& command, Seconds& length) {
    auto* servers =
        app.add_subcommand("servers", "The catalogue; whom to ask no more, and whom always");
    servers->require_subcommand(0, 1);
    add_servers_list(*servers, command);
    add_servers_changes(*servers, command, length);
    servers->footer(
        "Without a word: list. A server that a list brings is asked only after `servers allow`.");
}

void add_plan(CLI::App& app, Command& command, Seconds& spacing) {
    auto* plan = app.add_subcommand("plan", "Show what would change and why; write nothing");
    add_measuring(*plan, command, spacing);
    plan->add_option("--out", command.file, "Save the plan for `apply FILE`")->type_name("FILE");
    plan->add_flag("--takeover", command.takeover,
                   "Comment out foreign source lines that are not chosen");
    plan->add_flag("--allow-restart", command.allow_restart,
                   "A restart of the daemon may be part of it");
    plan->add_flag("--serving", command.serving,
                   "This host serves time, and may change all the same");
    plan->footer(
        "Exit code: 0 nothing to change, 2 a change is due, 3 no acceptable set, 5 refused.");
}

void add_apply(CLI::App& app, Command& command, Seconds& spacing) {
    auto* apply = app.add_subcommand("apply", "Change the daemon's sources, verify, or walk back");
    apply->add_option("FILE", command.file,
                      "A saved plan, or the id of one that the agent proposed: exactly that");
    add_measuring(*apply, command, spacing);
    apply->add_flag("--yes,-y", command.yes, "Do not ask");
    apply->add_option("--reason", command.reason, "Kept in the record, e.g. a ticket")
        ->type_name("TEXT");
    apply->add_flag("--takeover", command.takeover,
                    "Comment out foreign source lines that are not chosen");
    apply->add_flag("--allow-restart", command.allow_restart,
                    "A restart of the daemon may be part of it");
    apply->add_flag("--serving", command.serving,
                    "This host serves time, and may change all the same");
    apply->add_flag("--dry-run", command.dry_run, "The same as plan");
    add_duration(*apply, "--probation", command.probation,
                 "Judge the change once more after so long, and take it back (10m; 0s: never)");
}

void add_service(CLI::App& app, Command& command) {
    auto* service =
        app.add_subcommand("service", "Look for a better set every few hours, by systemd or cron");
    service->require_subcommand(0, 1);
    auto* install = service->add_subcommand("install", "Write the units and start the timer");
    add_duration(*install, "--every", command.service.every, "Whole hours, 1h to 24h (6h)");
    install->add_flag("--allow-restart", command.allow_restart,
                      "A restart of the daemon may be part of it");
    install->add_flag("--takeover", command.takeover,
                      "Comment out foreign source lines that are not chosen");
    install->add_flag("--agent", command.service.agent,
                      "The agent as well: it watches, remembers, alerts, as a user of its own");
    install->add_flag("--dry-run", command.dry_run, "Print the units and write nothing");
    auto* remove = service->add_subcommand("remove", "Stop the timer and remove the units");
    remove->add_flag("--purge", command.service.purge, "And the record of changes");
    service->add_subcommand("status", "Whether it is installed, and its timer runs");
    service->add_subcommand("run-now", "Run it once, now");
    service->footer(
        "Without a word: status. Nothing is enabled by the installation of the program.");
}

void add_agent(CLI::App& app, Command& command) {
    auto* agent = app.add_subcommand(
        "agent", "Watch the clock and the servers for good: remember, judge, alert, serve");
    agent
        ->add_option("--mode", command.mode,
                     "lazy (30 min), normal (64 s), fast (also every watched server), ultrafast "
                     "(the local daemon every second)")
        ->type_name("MODE")
        ->check(CLI::IsMember({"lazy", "normal", "fast", "ultrafast"}));
    agent->add_option("--listen", command.listen, "Serve HTTP there, like 127.0.0.1:8123")
        ->type_name("ADDRESS:PORT");
    agent->add_flag("--once", command.once,
                    "One decision with the agent's restraint, now; for who may change the daemon");
    agent->footer(
        "Runs in the foreground until a signal ends it; SIGHUP reads the configuration anew.\n"
        "It changes nothing unless [agent] apply = \"auto\" or watchdog = true says so.");
}

void add_others(CLI::App& app, Command& command) {
    auto* rollback =
        app.add_subcommand("rollback", "Restore the state before a change; or list the changes");
    rollback->add_option("ID", command.file, "as apply printed it, or \"last\"");
    rollback->add_flag("--unless-verified", command.unless_verified,
                       "Only when the change no longer holds; what its probation runs");
    app.add_subcommand("status", "One screen: verdict and bound, daemon, sources, last change");
    auto* check =
        app.add_subcommand("check", "The same as a monitoring plug-in: one line and an exit code");
    add_duration(*check, "-w,--warning", command.warning, "Warn when the bound is above (100ms)");
    add_duration(*check, "-c,--critical", command.critical,
                 "Critical when the bound is above (500ms)");
    check->add_option("--expect", command.expect, "A sources file the daemon must agree with")
        ->type_name("FILE");
    app.add_subcommand("watch", "The screen of status, live: what the daemon says, every 2 s")
        ->footer(
            "Only the local daemon is asked. Ctrl-C ends it; it needs a terminal.\n"
            "In a browser: clockwright agent --listen 127.0.0.1:8123");
    auto* doctor = app.add_subcommand(
        "doctor",
        "Check the daemon's configuration and this host against the rules; change nothing");
    auto* fix = doctor->add_flag("--fix", command.doctor.fix,
                                 "Ask about each command that cures a finding, and run it");
    doctor
        ->add_flag("--post-install", command.doctor.post_install,
                   "What a new installation still lacks, step by step")
        ->excludes(fix);
    doctor->footer(
        "Every finding says where, why, by which rule, and the command or line that cures it.\n"
        "No packet is sent and no root is needed; what is closed to you is listed.\n"
        "Exit code: 0 clean (advice is no stain), 1 warnings, 2 errors.");
    auto* config = app.add_subcommand("config", "check, show or init the configuration");
    config->add_option("WORD", command.file, "check, show (when left out) or init")
        ->check(CLI::IsMember({"check", "show", "init"}));
    auto* lab = app.add_subcommand("lab", "Run a described world of time servers on loopback");
    lab->add_option("WORLD", command.file, "a TOML file, see docs/worlds.md")->required();
    auto* demo =
        app.add_subcommand("demo", "The whole life in a minute, on loopback, touching no clock");
    demo->add_option("--chronyd", command.chronyd, "The chronyd to run privately")
        ->type_name("FILE");
}

Verb verb_named(const std::string& name) {
    if (name == "scan") return Verb::scan;
    if (name == "servers") return Verb::servers;
    if (name == "plan") return Verb::plan;
    if (name == "apply") return Verb::apply;
    if (name == "rollback") return Verb::rollback;
    if (name == "check") return Verb::check;
    if (name == "watch") return Verb::watch;
    if (name == "drift") return Verb::drift;
    if (name == "sync") return Verb::sync;
    if (name == "rtc") return Verb::rtc;
    if (name == "report") return Verb::report;
    if (name == "doctor") return Verb::doctor;
    if (name == "alert") return Verb::alert;
    if (name == "config") return Verb::config;
    if (name == "service") return Verb::service;
    if (name == "agent") return Verb::agent;
    if (name == "history") return Verb::history;
    if (name == "lab") return Verb::lab;
    if (name == "demo") return Verb::demo;
    return Verb::status;
}

}  // namespace

Result<Parsed> parse_command_line(int argc, char** argv) {
    Command command;
    Seconds spacing{-1}, block_length{-1};
    CLI::App app("Clockwright keeps a machine's clock right, and can prove it.", "clockwright");
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
    add_scan(app, command, spacing);
    add_drift(app, command, spacing);
    add_sync(app, command);
    add_rtc(app, command);
    add_report(app, command);
    add_servers(app, command, block_length);
    add_plan(app, command, spacing);
    add_apply(app, command, spacing);
    add_service(app, command);
    add_agent(app, command);
    add_history(app, command.history);
    add_alert(app, command);
    add_others(app, command);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return Parsed{std::nullopt, app.help()};
    } catch (const CLI::CallForAllHelp&) {
        return Parsed{std::nullopt, app.help("", CLI::AppFormatMode::All)};
    } catch (const CLI::CallForVersion&) {
        return Parsed{std::nullopt, std::string("clockwright ") + version + "\n"};
    } catch (const CLI::ParseError& error) {
        const std::string verb = first_word(argc, argv);
        const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
        if (!verb.empty() && std::ranges::find(verbs, verb, &CLI::App::get_name) == verbs.end()) {
            return fail(Fault::usage, "\"" + printable(verb) +
                                          "\" is no verb of this release (see clockwright --help)");
        }
        return fail(Fault::usage, printable(error.what()) + " (see clockwright --help)");
    }
    if (spacing.count() >= 0) command.spacing = spacing;
    const CLI::App* verb = app.get_subcommands().front();
    command.verb = verb_named(verb->get_name());
    const auto words = verb->get_subcommands();
    for (const auto& [whose, word] : {std::pair(Verb::service, &command.service.word),
                                      {Verb::history, &command.history.word},
                                      {Verb::servers, &command.servers.word},
                                      {Verb::alert, &command.alert.word},
                                      {Verb::report, &command.report.word}})
        if (command.verb == whose && !words.empty()) *word = words.front()->get_name();
    if (block_length.count() >= 0) command.servers.length = block_length;
    if (block_length == Seconds{0} || block_length > longest_block)
        return fail(Fault::usage, "--for: a block lasts longer than nothing and at most 3650d");
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
