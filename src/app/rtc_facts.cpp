#include "app/rtc_facts.h"

#include <chrono>

#include "app/agent_files.h"
#include "app/host_facts.h"
#include "store/sqlite_history.h"
#include "system/clock.h"
#include "system/kernel_clock.h"
#include "system/time_zone.h"
#include "watch/rtc_record.h"

namespace clockwright::app {
namespace {

constexpr auto record_length = std::chrono::days(60);
constexpr int most_events = 20'000;

std::vector<RtcPoint> recorded(const Config& config) {
    const auto history = open_record(config);
    if (!history) return {};
    const auto events = history->events({.from = system::read_clocks().wall - record_length,
                                         .to = {},
                                         .server = {},
                                         .limit = most_events});
    return events ? comparisons_of(*events) : std::vector<RtcPoint>{};
}

}  // namespace

RtcReport look_at_rtc(const RealTimeClock* clock, const Config& config, const Host& host,
                      const ClockVerdict& system_clock) {
    RtcReport report;
    RtcFacts& facts = report.facts;
    if (clock != nullptr) {
        facts.identity = clock->identity();
        if (auto reading = clock->read()) {
            facts.reading = *reading;
        } else {
            facts.why_not = reading.error().message;
        }
        if (auto voltage = clock->voltage()) facts.voltage = *voltage;
        facts.local_by_file = keeps_local_time(host);
        facts.zone = system::zone_offset();
        facts.bios_date = bios_date(host);
        const auto kernel = system::read_kernel_clock();
        // Where the file says LOCAL the kernel does not write (rule R-1).
        facts.kernel_writes = (!kernel || !kernel->unsynchronised) && !facts.local_by_file;
        facts.record = recorded(config);
        facts.clock_demonstrated = system_clock.demonstrated;
    }
    report.verdict = judge_rtc(facts);
    return report;
}

}  // namespace clockwright::app
