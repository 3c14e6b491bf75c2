#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/own_event.h"
#include "app/rtc_facts.h"
#include "app/verbs.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/rtc_device.h"
#include "time/spell.h"
#include "watch/rtc_record.h"

namespace clockwright::app {
namespace {

constexpr Seconds set_well{0.1};

void print_report(const Context& context, const RtcReport& report) {
    print_result(context.command,
                 context.command.json ? rtc_json(report, 0).text() + "\n" : rtc_text(report));
}

Result<int> set_rtc(const Context& context, RealTimeClock* clock, const StatusReport& status,
                    const RtcReport& before, const system::LocalHost& host) {
    const auto& bound = status.verdict.bound;
    const bool right = status.verdict.demonstrated && !status.verdict.stale && bound;
    const std::string no =
        why_not_set(before, right ? std::optional(bound->total()) : std::nullopt);
    if (!no.empty()) return fail(Fault::refused, "the hardware clock is not set: " + no);
    if (!context.command.yes)
        return fail(Fault::usage, "it would be set to the UTC of the system clock; --yes does it");
    TRY(clock->set());
    // It moved, whatever it shows now.
    const auto by = before.facts.reading ? std::optional<Seconds>(before.facts.reading->offset())
                                         : std::nullopt;
    const std::string text = rtc_setting_text(by, context.command.reason);
    if (auto kept = remember_event(
            context, {system::read_clocks().wall, std::string(rtc_set_event), {}, text, by});
        !kept)
        print_remark(context.command, "not recorded: " + kept.error().message + "\n");
    const RtcReport after = look_at_rtc(clock, context.config, host, status.verdict);
    if (!after.facts.reading || std::abs(after.facts.reading->offset().count()) > set_well.count())
        return fail("the hardware clock was set and does not show it: " +
                    (after.facts.reading ? spell_signed(after.facts.reading->offset()) + " off"
                                         : after.facts.why_not));
    print_report(context, after);
    return exit_done;
}

}  // namespace

Result<int> run_rtc(const Context& context) {
    const system::LocalHost host;
    auto device = system::RtcDevice::find();
    RealTimeClock* clock = device ? &*device : nullptr;
    const StatusReport status = TRY(observe(context));
    const RtcReport report = look_at_rtc(clock, context.config, host, status.verdict);
    if (context.command.file == "set") return set_rtc(context, clock, status, report, host);
    print_report(context, report);
    const bool fine =
        report.facts.identity && report.facts.reading && report.verdict.findings.empty();
    return context.command.file == "check" && !fine ? exit_failed : exit_done;
}

}  // namespace clockwright::app
