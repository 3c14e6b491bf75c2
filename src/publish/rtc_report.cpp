#include "publish/rtc_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "publish/table.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr Seconds widest_bound{0.1};  // of a system clock that is worth copying

std::optional<double> ppm(const std::optional<Trend>& rate, double Trend::* member) {
    return rate ? std::optional((*rate).*member * 1e6) : std::nullopt;
}

std::string offset_text(const RtcReport& report) {
    const RtcFacts& facts = report.facts;
    if (!facts.reading) return fmt::format("Not read: {}.", facts.why_not);
    const std::string_view mode = report.verdict.mode == RtcMode::utc     ? "UTC"
                                  : report.verdict.mode == RtcMode::local ? "local time"
                                                                          : "neither UTC nor local";
    std::string text = fmt::format("{} ({}) keeps {}", facts.identity->device,
                                   printable(facts.identity->driver), mode);
    if (const auto& offset = report.verdict.offset)
        text += fmt::format(" and is {} ±{} {}", spell(Seconds{std::abs(offset->count())}),
                            spell_bound(facts.reading->uncertainty),
                            *offset >= Seconds{0} ? "slow" : "fast");
    if (!facts.clock_demonstrated) text += " against a system clock that nothing shows to be right";
    return text + ".";
}

std::string rate_text(const RtcReport& report) {
    if (report.facts.kernel_writes)
        return "Rate: not to be told while the kernel copies the system clock to it every 11 "
               "minutes.";
    const auto& rate = report.verdict.rate;
    if (!rate)
        return "Rate: not known; the agent compares every six hours, and eight comparisons are "
               "needed.";
    return fmt::format("Rate: it {} {:.2f} ppm, {} a day (95 %: {:+.2f} to {:+.2f} ppm).",
                       rate->slope >= 0 ? "loses" : "gains", std::abs(rate->slope) * 1e6,
                       spell(Seconds{std::abs(rate->slope) * 86400}), rate->low * 1e6,
                       rate->high * 1e6);
}

std::string battery_text(const RtcVerdict& verdict) {
    if (verdict.battery == Battery::unknown)
        return "Battery: unknown; the driver does not tell, and nothing else speaks against it.";
    if (verdict.battery == Battery::no_sign) return "Battery: no sign of weakness.";
    return fmt::format("Battery: {}: {}.", to_string(verdict.battery),
                       fmt::join(verdict.evidence, "; "));
}

std::string strings_json(const std::vector<std::string>& texts, int depth) {
    JsonArray quoted(depth);
    for (const std::string& text : texts) quoted.add_json(json_string(text));
    return std::move(quoted).text();
}

}  // namespace

JsonObject rtc_json(const RtcReport& report, int depth) {
    const RtcFacts& facts = report.facts;
    const RtcVerdict& verdict = report.verdict;
    const auto& reading = facts.reading;
    JsonObject json(depth);
    json.add("device", facts.identity ? std::optional(facts.identity->device) : std::nullopt);
    json.add("driver", facts.identity ? std::optional(facts.identity->driver) : std::nullopt);
    json.add("mode", to_string(verdict.mode));
    json.add("offset_seconds",
             verdict.offset ? std::optional(verdict.offset->count()) : std::nullopt);
    json.add("uncertainty_seconds",
             reading ? std::optional(reading->uncertainty.count()) : std::nullopt);
    json.add("read_at", reading ? std::optional(rfc3339(reading->at)) : std::nullopt);
    json.add("rate_ppm", ppm(verdict.rate, &Trend::slope));
    json.add("rate_low_ppm", ppm(verdict.rate, &Trend::low));
    json.add("rate_high_ppm", ppm(verdict.rate, &Trend::high));
    json.add("battery", to_string(verdict.battery));
    json.add_json("evidence", strings_json(verdict.evidence, depth + 1));
    json.add("kernel_writes", facts.kernel_writes);
    json.add_json("findings", strings_json(verdict.findings, depth + 1));
    json.add("fault", facts.why_not.empty() ? std::nullopt : std::optional(facts.why_not));
    return json;
}

std::string rtc_text(const RtcReport& report) {
    if (!report.facts.identity)
        return "This machine has no hardware clock: its time is not known before a source "
               "answers.\nNext: clockwright status\n";
    std::string text = wrap(offset_text(report), 0) + wrap(rate_text(report), 0) +
                       wrap(battery_text(report.verdict), 0);
    for (const std::string& finding : report.verdict.findings) text += wrap("! " + finding, 0);
    return text + (report.verdict.findings.empty() ? "Nothing to mend.\n"
                                                   : "Next: clockwright rtc set --yes, or mend the "
                                                     "cause named above\n");
}

std::string why_not_set(const RtcReport& report, std::optional<Seconds> bound) {
    const RtcFacts& facts = report.facts;
    if (!facts.identity) return "this machine has no hardware clock";
    if (!bound) return "nothing shows that the system clock is right: clockwright status";
    if (*bound > widest_bound)
        return fmt::format("the system clock is only known within {}", spell_bound(*bound));
    if (facts.kernel_writes)
        return "the kernel copies the system clock to it every 11 minutes: there is nothing to do";
    if (facts.local_by_file)
        return "/etc/adjtime says that it keeps local time: first timedatectl set-local-rtc 0";
    return {};
}

std::string rtc_setting_text(std::optional<Seconds> by, const std::string& reason) {
    return fmt::format("the hardware clock was set{}{}",
                       by ? " by " + spell_signed(*by) : "; what it showed could not be read",
                       reason.empty() ? "" : ": " + reason);
}

}  // namespace clockwright
