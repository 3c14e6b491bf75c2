#include "steer/rtc_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "steer/aging.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using namespace std::chrono;

constexpr Seconds same_clock{300};  // within this it runs on UTC, or on the zone
constexpr Seconds zone_step{900}, zone_slack{60}, widest_zone{15 * 3600.0};
constexpr Seconds set_right{1};    // a comparison this near to the truth was preceded by a setting
constexpr Seconds least_jump{10};  // between two comparisons, beyond what its rate explains
constexpr double worst_rate = 500e-6, suspect_rate = 200e-6, poor_rate = 100e-6;
constexpr Seconds shortest_record{4 * 3600.0};

Seconds size_of(Seconds interval) {
    return Seconds{std::abs(interval.count())};
}

/// Off by whole quarters of an hour: some zone's time.
bool is_some_zone(Seconds offset) {
    const Seconds size = size_of(offset);
    const Seconds nearest = std::round(size / zone_step) * zone_step;
    return nearest > Seconds{0} && size <= widest_zone && size_of(size - nearest) < zone_slack;
}

void judge_mode(const RtcFacts& facts, RtcVerdict& verdict) {
    const Seconds offset = facts.reading->offset();
    const bool is_utc = size_of(offset) < same_clock;
    const bool is_local = size_of(offset + facts.zone) < same_clock;
    // In a zone that is UTC's the file alone can tell.
    if (is_utc && (!is_local || !facts.local_by_file)) {
        verdict.mode = RtcMode::utc;
        verdict.offset = offset;
        if (facts.local_by_file)
            verdict.findings.emplace_back(
                "/etc/adjtime says LOCAL and the hardware clock runs on UTC: timedatectl "
                "set-local-rtc 0.");
        return;
    }
    if (is_local) {
        verdict.mode = RtcMode::local;
        verdict.offset = offset + facts.zone;
        verdict.findings.emplace_back(
            "it runs on local time: wrong by an hour twice a year, and the kernel does not correct "
            "it; timedatectl set-local-rtc 0, and RealTimeIsUniversal = 1 where Windows shares "
            "it.");
        return;
    }
    if (is_some_zone(offset)) {
        verdict.mode = RtcMode::local;
        verdict.findings.push_back(fmt::format(
            "it is off by {}, the size of a time zone that is not this machine's: the firmware or "
            "another system set it.",
            spell_signed(offset)));
        return;
    }
    verdict.offset = offset;
    verdict.findings.push_back(fmt::format(
        "it is off by {}: this machine would start with that error.", spell_signed(offset)));
}

/// Where clocks begin anew that lost their memory (rule R-6).
bool is_reset_date(WallTime shows) {
    constexpr std::array resets{sys_days{year{1970} / 1 / 1}, sys_days{year{1980} / 1 / 1},
                                sys_days{year{2000} / 1 / 1}, sys_days{year{2001} / 1 / 1}};
    return std::ranges::any_of(
        resets, [&](sys_days reset) { return shows >= reset && shows < reset + days{366}; });
}

bool jumped(const RtcPoint& before, const RtcPoint& after) {
    return size_of(after.offset - before.offset) >=
           least_jump + worst_rate * size_of(after.at - before.at);
}

/// The newest stretch of the record without a jump.
std::span<const RtcPoint> unbroken(std::span<const RtcPoint> record) {
    std::size_t begin = 0;
    for (std::size_t i = 1; i < record.size(); ++i)
        if (jumped(record[i - 1], record[i])) begin = i;
    return record.subspan(begin);
}

void judge_jumps(std::span<const RtcPoint> record, RtcVerdict& verdict) {
    for (std::size_t i = 1; i < record.size(); ++i) {
        const Seconds moved = record[i].offset - record[i - 1].offset;
        // Who sets it for summer time or for another system sets it by quarters of an hour; who
        // sets it right (chronyd's rtcautotrim, hwclock --systohc) leaves it right.
        const bool was_set = is_some_zone(moved) || size_of(record[i].offset) < set_right;
        if (!jumped(record[i - 1], record[i]) || was_set) continue;
        verdict.battery = std::max(verdict.battery, Battery::suspect);
        verdict.evidence.push_back(fmt::format("it jumped by {} between {} and {}",
                                               spell_signed(moved), rfc3339(record[i - 1].at),
                                               rfc3339(record[i].at)));
    }
}

void judge_rate(const RtcFacts& facts, RtcVerdict& verdict) {
    verdict.rate = rtc_rate(facts.record);
    if (!verdict.rate) return;
    verdict.rate_change = rtc_rate_change(unbroken(facts.record));
    const double rate = std::abs(verdict.rate->slope);
    if (rate > suspect_rate) {
        verdict.battery = std::max(verdict.battery, Battery::suspect);
        verdict.evidence.push_back(
            fmt::format("it runs {:.0f} ppm off, more than crystals do", rate * 1e6));
    } else if (rate > poor_rate) {
        verdict.findings.push_back(fmt::format("it runs {:.0f} ppm off, which is poor: {} a day.",
                                               rate * 1e6, spell(Seconds{rate * 86400})));
    }
}

/// Far behind a clock that is right: it stood still, or began anew at the date of its BIOS.
void judge_years(const RtcFacts& facts, RtcVerdict& verdict) {
    if (!facts.reading || !facts.clock_demonstrated) return;
    const WallTime shows = facts.reading->shows;
    const Seconds behind = facts.reading->offset();
    if (facts.bios_date && shows >= *facts.bios_date && shows < *facts.bios_date + days{366} &&
        behind > days{30}) {
        verdict.battery = Battery::failing;
        verdict.evidence.push_back(
            fmt::format("it shows {}, soon after the date of the BIOS ({}), where such clocks "
                        "begin anew after they lost their supply",
                        rfc3339(shows), rfc3339(*facts.bios_date).substr(0, 10)));
    } else if (behind > days{366}) {
        verdict.battery = std::max(verdict.battery, Battery::suspect);
        verdict.evidence.push_back(
            fmt::format("it shows {}, more than a year ago", rfc3339(shows)));
    }
}

void judge_voltage(const RtcVoltage& voltage, RtcVerdict& verdict) {
    verdict.battery = Battery::no_sign;
    const auto sign = [&](bool there, Battery meaning, const char* text) {
        if (!there) return;
        verdict.battery = std::max(verdict.battery, meaning);
        verdict.evidence.emplace_back(text);
    };
    sign(voltage.data_invalid, Battery::failing, "its driver says that its time is invalid");
    sign(voltage.backup_empty, Battery::failing, "its driver says that the battery is empty");
    sign(voltage.backup_low, Battery::failing, "its driver says that the battery is low");
    sign(voltage.accuracy_low, Battery::suspect, "its driver says that its supply was too low");
}

}  // namespace

std::string_view to_string(RtcMode mode) {
    switch (mode) {
        case RtcMode::utc:
            return "utc";
        case RtcMode::local:
            return "local";
        case RtcMode::unknown:
            break;
    }
    return "unknown";
}

std::string_view to_string(Battery battery) {
    switch (battery) {
        case Battery::no_sign:
            return "no sign";
        case Battery::suspect:
            return "suspect";
        case Battery::failing:
            return "failing";
        case Battery::unknown:
            break;
    }
    return "unknown";
}

std::optional<Trend> rtc_rate(std::span<const RtcPoint> record) {
    const auto stretch = unbroken(record);
    if (stretch.empty() || stretch.back().at - stretch.front().at < shortest_record)
        return std::nullopt;
    std::vector<TrendPoint> points;
    for (const RtcPoint& point : stretch)
        points.push_back({Seconds(point.at - stretch.front().at).count(), point.offset.count()});
    return trend_of(points);
}

RtcVerdict judge_rtc(const RtcFacts& facts) {
    RtcVerdict verdict;
    if (facts.voltage) judge_voltage(*facts.voltage, verdict);
    if (facts.reading && is_reset_date(facts.reading->shows)) {
        verdict.battery = Battery::failing;
        verdict.evidence.push_back(
            fmt::format("it shows {}, where such clocks begin anew after they lost their supply",
                        rfc3339(facts.reading->shows)));
    }
    if (verdict.battery != Battery::failing) judge_years(facts, verdict);
    if (facts.reading) judge_mode(facts, verdict);
    if (!facts.kernel_writes) {
        judge_jumps(facts.record, verdict);
        judge_rate(facts, verdict);
    }
    if (verdict.battery >= Battery::suspect)
        verdict.findings.push_back(
            fmt::format("its battery is {}: {}.",
                        verdict.battery == Battery::failing ? "failing, replace it" : "suspect",
                        verdict.evidence.front()));
    return verdict;
}

}  // namespace clockwright
