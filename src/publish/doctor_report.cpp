#include "publish/doctor_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/json_text.h"
#include "publish/provenance_report.h"
#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

std::ptrdiff_t count_of(const DoctorReport& report, Severity severity) {
    return std::ranges::count(report.findings, severity, &Finding::severity);
}

bool is_clean(const DoctorReport& report) {
    return doctor_code(report) == 0;
}

std::string counted(std::ptrdiff_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string conclusion(const DoctorReport& report) {
    const auto advices = count_of(report, Severity::advice);
    const std::string advice =
        advices == 0 ? "" : ", " + counted(advices, "piece of advice", "pieces of advice");
    const std::string words =
        is_clean(report)
            ? "Clean: no error, no warning" + advice
            : fmt::format("{}, {}{}", counted(count_of(report, Severity::error), "error", "errors"),
                          counted(count_of(report, Severity::warning), "warning", "warnings"),
                          advice);
    return fmt::format("{}; {}.", words, printable(report.daemon_text));
}

/// "  why   …", wrapped below itself.
std::string detail(std::string_view name, const std::string& text) {
    std::string out = wrap(printable(text), 10);
    out.replace(4, name.size(), name);
    return out;
}

std::string finding_text(const Finding& finding) {
    return wrap(printable(finding.what), 2) +
           detail("why", fmt::format("{} ({})", finding.reason, finding.rule)) +
           detail("do", finding.proposal);
}

std::string group_text(const DoctorReport& report, Severity severity, std::string_view title,
                       Tone tone, bool colour) {
    std::string out;
    for (const Finding& finding : report.findings)
        if (finding.severity == severity) out += finding_text(finding);
    if (out.empty()) return out;
    return toned(fmt::format("{}\n", title), colour ? tone : Tone::plain) + out;
}

std::string not_looked_at_text(const DoctorReport& report) {
    if (report.not_looked_at.empty()) return {};
    std::string out = "Not looked at\n";
    for (const NotLookedAt& thing : report.not_looked_at) {
        out += wrap(printable(fmt::format("{}, needs {}", thing.what, thing.needs)), 2);
        if (!thing.command.empty()) out += wrap("sudo " + printable(thing.command), 6);
    }
    out += wrap(
        "As root all of it is looked at. A line for sudoers that permits this and no more "
        "(visudo -f /etc/sudoers.d/clockwright):",
        2);
    return out +
           fmt::format("    %adm ALL=(root) NOPASSWD: {} doctor \"\"\n", printable(report.program));
}

std::string next_step(const DoctorReport& report) {
    if (is_clean(report)) return "Next: clockwright status";
    return fmt::format("Next: the first of them: {}", printable(report.findings.front().proposal));
}

JsonObject finding_json(const Finding& finding) {
    JsonObject object(2);
    object.add("id", finding.id);
    object.add("severity", to_string(finding.severity));
    object.add("what", finding.what);
    object.add("reason", finding.reason);
    object.add("rule", finding.rule);
    object.add("proposal", finding.proposal);
    object.add_json("commands", nlohmann::json(finding.commands).dump());
    object.add("file", finding.file.empty() ? std::nullopt : std::optional(finding.file));
    object.add("line", finding.line == 0 ? std::nullopt : std::optional(finding.line));
    return object;
}

JsonObject not_looked_at_json(const NotLookedAt& thing) {
    JsonObject object(2);
    object.add("what", thing.what);
    object.add("needs", thing.needs);
    object.add("command", thing.command.empty() ? std::nullopt : std::optional(thing.command));
    return object;
}

template <class Things, class Write>
std::string array_of(const Things& things, int depth, Write write) {
    JsonArray elements(depth);
    for (const auto& thing : things) elements.add(write(thing));
    return std::move(elements).text();
}

}  // namespace

int doctor_code(const DoctorReport& report) {
    if (count_of(report, Severity::error) > 0) return 2;
    return count_of(report, Severity::warning) > 0 ? 1 : 0;
}

std::string doctor_json(const DoctorReport& report) {
    JsonObject object(0);
    object.add("clockwright", version);
    object.add("daemon", to_string(report.kind));
    object.add("clean", is_clean(report));
    object.add("errors", count_of(report, Severity::error));
    object.add("warnings", count_of(report, Severity::warning));
    object.add("advice", count_of(report, Severity::advice));
    object.add_json("findings", array_of(report.findings, 1, finding_json));
    object.add_json("daemons", daemons_json(report.daemons, 1));
    object.add_json("provenance", provenance_json(report.provenance, 1));
    object.add_json("not_looked_at", array_of(report.not_looked_at, 1, not_looked_at_json));
    return object.text() + "\n";
}

std::string doctor_text(const DoctorReport& report, bool colour) {
    const Tone tone = doctor_code(report) == 2   ? Tone::bad
                      : doctor_code(report) == 1 ? Tone::warning
                                                 : Tone::plain;
    std::string out = toned(wrap(conclusion(report), 0), colour ? tone : Tone::plain);
    for (const DaemonPresence& daemon : report.daemons) out += wrap(daemon_line(daemon), 2);
    out += group_text(report, Severity::error, "Errors", Tone::bad, colour);
    out += group_text(report, Severity::warning, "Warnings", Tone::warning, colour);
    out += group_text(report, Severity::advice, "Advice", Tone::plain, colour);
    out += not_looked_at_text(report);
    std::string done = "Nothing was changed and no packet was sent";
    if (report.kernel_watched)
        done +=
            fmt::format("; the kernel's clock was watched for {}", spell(*report.kernel_watched));
    return out + wrap(done + ".", 0) + wrap(next_step(report), 0);
}

}  // namespace clockwright
