#include <fmt/format.h>

#include <cmath>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/observe.h"
#include "app/output.h"
#include "app/rtc_facts.h"
#include "app/verbs.h"
#include "store/recorder.h"
#include "system/act_as.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/rtc_device.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr Seconds set_well{0.1};

void print_report(const Context& context, const RtcReport& report) {
    print_result(context.command,
                 context.command.json ? rtc_json(report, 0).text() + "\n" : rtc_text(report));
}

/// What moved the hardware clock, for the ledger.
Result<void> remember_setting(const Context& context, Seconds by, WallTime at) {
    const std::string place = agent_directory(context.config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    auto recorder = TRY(store::Recorder::open(place));
    const std::vector<Record> rows{
        EventRow{at,
                 "rtc_set",
                 {},
                 fmt::format("the hardware clock was set by {}{}", spell_signed(by),
                             context.command.reason.empty() ? "" : ": " + context.command.reason),
                 by}};
    return recorder.write(rows);
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
    const Seconds by = before.facts.reading ? before.facts.reading->offset() : Seconds{0};
    if (auto kept = remember_setting(context, by, system::read_clocks().wall); !kept)
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
