#include "app/cli_clock.h"

#include <CLI/CLI.hpp>

#include "app/cli_history.h"

namespace clockwright::app {

void add_rtc(CLI::App& app, Command& command) {
    auto* rtc =
        app.add_subcommand("rtc", "The hardware clock: UTC or local time, offset, rate, battery");
    rtc->add_option("WORD", command.file, "show (when left out), check or set")
        ->check(CLI::IsMember({"show", "check", "set"}));
    rtc->add_flag("--yes", command.yes, "set: do it");
    rtc->add_option("--reason", command.reason, "set: kept in the record")->type_name("TEXT");
    rtc->footer(
        "set copies the UTC of a demonstrated system clock to it, once, and verifies it.\n"
        "Exit code: 0 done; check: 1 when something is to be mended; set: 5 when it may not be.");
}

void add_report(CLI::App& app, Command& command) {
    auto* report = app.add_subcommand("report", "What the record shows of this clock, as evidence");
    report->require_subcommand(0, 1);
    auto* compliance = report->add_subcommand(
        "compliance", "The measured bound against the limit of a regime: coverage, breaches");
    compliance
        ->add_option("--profile", command.report.profile,
                     "its name as `report profiles` lists it, or a file (own-50ms)")
        ->type_name("NAME|FILE");
    compliance->add_option("--format", command.report.format, "text, markdown, html or csv (text)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "markdown", "html", "csv"}));
    add_period(*compliance, command.history);
    compliance->footer(
        "Without a period: the last 24 hours. It never says that a law is complied with.\n"
        "Example: clockwright report compliance --profile finra-4590 --from 2026-11-20 --to "
        "2026-11-21");
    auto* verify = report->add_subcommand(
        "verify", "Whether the audit chain of the agent is whole, and where it is not");
    verify
        ->add_option("--expect", command.expect,
                     "A head that was noted elsewhere, as the log has one a day: it must be in it")
        ->type_name("HEAD");
    report->add_subcommand("profiles", "The regimes that are known, with their source and mark");
    report->footer("Without a word: compliance.");
}

}  // namespace clockwright::app
