#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/cli_verbs.h"

namespace clockwright::app {
namespace {

void add_signing(CLI::App& app, ReportCommand& report) {
    auto* out = app.add_option("--out", report.out, "Into this file")->type_name("FILE");
    app.add_option("--sign", report.sign,
                   "Sign it with this private Ed25519 key (PEM, 0600); the signature is FILE.sig")
        ->type_name("KEY")
        ->needs(out);
}

void add_form(CLI::App& app, ReportCommand& report,
              const std::vector<std::string>& forms = {"text", "markdown", "html", "csv"}) {
    app.add_option("--format", report.format, fmt::format("{} (text)", fmt::join(forms, ", ")))
        ->type_name("FORMAT")
        ->check(CLI::IsMember(forms));
    add_signing(app, report);
}

void add_periodic(CLI::App& report, Command& command) {
    for (const auto& [word, help] :
         {std::pair("daily",
                    "The last 24 hours: offset, bound, outages, objectives, what happened"),
          std::pair("weekly", "The same of the last seven days, day by day"),
          std::pair("drift", "How the oscillator ran over 30 days, and the hardware clock"),
          std::pair("maintenance", "Weekly and drift in one, with what a person should do")})
        add_form(*report.add_subcommand(word, help), command.report,
                 {"text", "markdown", "html", "csv", "svg"});
    auto* change = report.add_subcommand(
        "change", "A day before and a day after a change of the sources, side by side");
    change->add_option("ID", command.report.id, "as `history changes` has it; none: the last");
    add_form(*change, command.report);
}

}  // namespace

void add_sync(CLI::App& sync, Command& command) {
    auto* step = sync.add_flag("--step", command.step, "A step is permitted, above 100 ms");
    add_instant(sync, "--back-to", command.back_to,
                "A step back is permitted, to this time (±1 min)")
        ->needs(step);
    sync.add_flag("--yes,-y", command.yes, "Do not ask");
    add_reason(sync, command, "Kept in the record, e.g. a ticket");
    sync.add_flag("--dry-run", command.dry_run, "Measure, decide, and stop");
    sync.footer(
        "The servers must agree first; what was done is verified by asking the daemon.\n"
        "Exit code: 0 done or nothing to do, 1 failed, 2 due (--dry-run), 3 no majority, 5 "
        "refused.\n"
        "Example: clockwright sync --step --back-to 2026-11-20T10:31:00Z --reason \"INC-12\"");
}

void add_rtc(CLI::App& rtc, Command& command) {
    rtc.add_option("WORD", command.file, "show (when left out), check or set")
        ->check(CLI::IsMember({"show", "check", "set"}));
    rtc.add_flag("--yes", command.yes, "set: do it");
    add_reason(rtc, command, "set: kept in the record");
    rtc.footer(
        "set copies the UTC of a demonstrated system clock to it, once, and verifies it.\n"
        "Exit code: 0 done; check: 1 when something is to be mended; set: 5 when it may not be.");
}

void add_report(CLI::App& report, Command& command) {
    report.require_subcommand(0, 1);
    auto* compliance = report.add_subcommand(
        "compliance", "The measured bound against the limit of a regime: coverage, breaches");
    compliance
        ->add_option("--profile", command.report.profile,
                     "its name as `report profiles` lists it, or a file (own-50ms)")
        ->type_name("NAME|FILE");
    add_period(*compliance, command.history);
    add_form(*compliance, command.report);
    compliance->footer(
        "Without a period: the last 24 hours. It never says that a law is complied with.\n"
        "Example: clockwright report compliance --profile finra-4590 --from 2026-11-20 --to "
        "2026-11-21");
    auto* verify = report.add_subcommand(
        "verify", "Whether the audit chain of the agent is whole, and where it is not");
    verify
        ->add_option("--expect", command.expect,
                     "A head that was noted elsewhere, as the log has one a day: it must be in it")
        ->type_name("HEAD");
    auto* document = verify
                         ->add_option("--document", command.report.document,
                                      "A signed file: a report, or a head that --sign made")
                         ->type_name("FILE");
    verify->add_option("--key", command.report.key, "The public Ed25519 key (PEM) of who signed it")
        ->type_name("KEY")
        ->needs(document);
    add_signing(*verify, command.report);
    add_periodic(report, command);
    report.add_subcommand("profiles", "The regimes that are known, with their source and mark");
    report.footer("Without a word: compliance.");
}

}  // namespace clockwright::app
