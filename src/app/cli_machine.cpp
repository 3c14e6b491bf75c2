#include <CLI/CLI.hpp>

#include "app/cli_verbs.h"

namespace clockwright::app {

void add_rollback(CLI::App& rollback, Command& command) {
    auto* id = rollback.add_option("ID", command.file, "as apply printed it, or \"last\"");
    rollback.add_flag("--unless-verified", command.unless_verified,
                      "Only when the change no longer holds; what its probation runs");
    rollback
        .add_flag("--unfinished", command.unfinished,
                  "Only a change that was left unfinished; what a boot runs (service install)")
        ->excludes(id);
}

void add_check(CLI::App& check, Command& command) {
    add_duration(check, "-w,--warning", command.warning, "Warn when the bound is above (100ms)");
    add_duration(check, "-c,--critical", command.critical,
                 "Critical when the bound is above (500ms)");
    check.add_option("--expect", command.expect, "A sources file the daemon must agree with")
        ->type_name("FILE");
}

void add_watch(CLI::App& watch, Command& command) {
    watch.add_option("--count", command.count, "That many looks as plain text, then the end")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    watch.footer(
        "Only the local daemon is asked. Ctrl-C ends it; without --count it needs a terminal.\n"
        "In a browser: clockwright agent --listen 127.0.0.1:8123");
}

void add_doctor(CLI::App& doctor, Command& command) {
    auto* fix = doctor.add_flag("--fix", command.doctor.fix,
                                "Ask about each command that cures a finding, and run it");
    doctor
        .add_flag("--post-install", command.doctor.post_install,
                  "What a new installation still lacks, step by step")
        ->excludes(fix);
    doctor.footer(
        "Every finding says where, why, by which rule, and the command or line that cures it.\n"
        "No packet is sent and no root is needed; what is closed to you is listed.\n"
        "Exit code: 0 clean (advice is no stain), 1 warnings, 2 errors.");
}

void add_config(CLI::App& config, Command& command) {
    config.add_option("WORD", command.file, "check, show (when left out) or init")
        ->check(CLI::IsMember({"check", "show", "init"}));
}

void add_service(CLI::App& service, Command& command) {
    service.require_subcommand(0, 1);
    auto* install = service.add_subcommand("install", "Write the units and start the timer");
    add_duration(*install, "--every", command.service.every, "Whole hours, 1h to 24h (6h)");
    install->add_flag("--allow-restart", command.allow_restart,
                      "A restart of the daemon may be part of it");
    install->add_flag("--takeover", command.takeover,
                      "Comment out foreign source lines that are not chosen");
    install->add_flag("--agent", command.service.agent,
                      "The agent as well: it watches, remembers, alerts, as a user of its own");
    install->add_flag("--dry-run", command.dry_run, "Print the units and write nothing");
    auto* remove = service.add_subcommand("remove", "Stop the timer and remove the units");
    remove->add_flag("--purge", command.service.purge, "And the record of changes");
    service.add_subcommand("status", "Whether it is installed, and its timer runs");
    service.add_subcommand("run-now", "Run it once, now");
    service.footer(
        "Without a word: status. Nothing is enabled by the installation of the program.");
}

void add_agent(CLI::App& agent, Command& command) {
    agent
        .add_option("--mode", command.mode,
                    "lazy (30 min), normal (64 s), fast (also every watched server), ultrafast "
                    "(the local daemon every second)")
        ->type_name("MODE")
        ->check(CLI::IsMember({"lazy", "normal", "fast", "ultrafast"}));
    agent.add_option("--listen", command.listen, "Serve HTTP there, like 127.0.0.1:8123")
        ->type_name("ADDRESS:PORT");
    agent.add_flag("--once", command.once,
                   "One decision with the agent's restraint, now; for who may change the daemon");
    agent.footer(
        "Runs in the foreground until a signal ends it; SIGHUP reads the configuration anew.\n"
        "It changes nothing unless [agent] apply = \"auto\" or watchdog = true says so.");
}

void add_lab(CLI::App& lab, Command& command) {
    lab.add_option("WORLD", command.file, "a TOML file, see docs/worlds.md")->required();
}

void add_demo(CLI::App& demo, Command& command) {
    demo.add_option("--chronyd", command.chronyd, "The chronyd to run privately")
        ->type_name("FILE");
}

}  // namespace clockwright::app
