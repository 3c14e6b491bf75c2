#include <CLI/CLI.hpp>

#include "app/cli_verbs.h"

namespace clockwright::app {
namespace {

void add_measuring(CLI::App& app, Command& command) {
    app.add_option_function<int>(
           "--samples", [&command](int n) { command.samples = n; }, "Probes per server (4)")
        ->type_name("N")
        ->check(CLI::Range(1, 1000));
    add_duration(app, "--spacing", command.spacing,
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

/// What a change may do beside naming other sources.
void add_permissions(CLI::App& app, Command& command) {
    app.add_flag("--takeover", command.takeover,
                 "Comment out foreign source lines that are not chosen");
    app.add_flag("--allow-restart", command.allow_restart,
                 "A restart of the daemon may be part of it");
    app.add_flag("--serving", command.serving,
                 "This host serves time, and may change all the same");
}

}  // namespace

void add_scan(CLI::App& scan, Command& command) {
    scan.add_option("HOST", command.hosts,
                    "name, name:port, [v6]:port or nts://name; none: what this machine knows");
    add_measuring(scan, command);
    scan.add_option("--record", command.record, "Write the samples as JSON lines")
        ->type_name("FILE");
    scan.add_option("--replay", command.replay, "Judge recorded samples; nothing is asked")
        ->type_name("FILE");
    scan.add_option("--render", command.render, "Print the chosen set as that daemon's lines")
        ->type_name("DAEMON")
        ->check(CLI::IsMember({"chrony", "ntpsec", "timesyncd", "openntpd", "ntpd-rs"}));
    scan.add_flag("--csv", command.csv,
                  "A table for spreadsheets on stdout, a line for each server");
    scan.add_flag("--diagnose", command.diagnose,
                  "Try the way to a few servers: filters, interception, IPv6, asymmetry");
    scan.add_flag("--dry-run", command.dry_run, "Say what would be sent where, and stop");
    scan.footer("Example: clockwright scan ntp1.corp.example ntp2.corp.example:123");
}

void add_drift(CLI::App& drift, Command& command) {
    drift.add_option("HOST", command.hosts,
                     "name, name:port, [v6]:port or nts://name; none: what this machine knows");
    add_measuring(drift, command);
    drift.footer(
        "With --json one line a run; with -v the spread of the offsets and the stability.\n"
        "Exit code: 0 some server answered, 3 none.\n"
        "Example: clockwright drift --samples 2 --json >> drift.jsonl");
}

void add_plan(CLI::App& plan, Command& command) {
    add_measuring(plan, command);
    plan.add_option("--out", command.file, "Save the plan for `apply FILE`")->type_name("FILE");
    add_permissions(plan, command);
    plan.footer(
        "Exit code: 0 nothing to change, 2 a change is due, 3 no acceptable set, 5 refused.");
}

void add_apply(CLI::App& apply, Command& command) {
    apply.add_option("FILE", command.file,
                     "A saved plan, or the id of one that the agent proposed: exactly that");
    add_measuring(apply, command);
    apply.add_flag("--yes,-y", command.yes, "Do not ask");
    add_reason(apply, command, "Kept in the record, e.g. a ticket");
    add_permissions(apply, command);
    apply.add_flag("--dry-run", command.dry_run, "The same as plan");
    add_duration(apply, "--probation", command.probation,
                 "Judge the change once more after so long, and take it back (10m; 0s: never)");
}

}  // namespace clockwright::app
