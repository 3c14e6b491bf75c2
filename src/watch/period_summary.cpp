#include "watch/period_summary.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "daemon/daemon_kind.h"

namespace clockwright {
namespace {

/// No bound is as wide: what is demonstrated at all is within it.
constexpr Seconds any_bound{1e9};

/// Numbers, each with the time it counts for.
class Numbers {
  public:
    void add(Seconds number, Seconds weight) {
        numbers_.push_back(number.count());
        sum_ += number.count() * weight.count();
        weights_ += weight.count();
    }
    std::optional<Distribution> spread() && {
        auto spread = distribution_of(std::move(numbers_));
        if (spread) spread->mean = std::clamp(sum_ / weights_, spread->least, spread->most);
        return spread;
    }

  private:
    std::vector<double> numbers_;
    double sum_ = 0, weights_ = 0;
};

struct Spread {
    Numbers offsets, bounds;

    void add(const HeldLook& held) {
        const Seconds length = held.period.length();
        if (const auto error = least_error(*held.look)) offsets.add(*error, length);
        if (held.bound) bounds.add(*held.bound, length);
    }
};

bool has_numbers(const ClockRow& look) {
    return look.demonstrated && look.offset && look.bound;
}

WallTime midnight_before(WallTime at) {
    return std::chrono::floor<std::chrono::days>(at);
}

/// Counted by when they were made, their numbers by the time that they speak for.
std::vector<ClockDay> days_of(std::span<const ClockRow> looks, std::span<const HeldLook> held,
                              const Period& period) {
    std::map<WallTime, std::pair<ClockDay, Spread>> days;
    for (const ClockRow& look : looks) {
        if (look.at < period.from || look.at >= period.to) continue;
        ClockDay& day = days[midnight_before(look.at)].first;
        ++day.looks;
        day.demonstrated += has_numbers(look) ? 1 : 0;
    }
    for (const HeldLook& one : held) days[midnight_before(one.period.from)].second.add(one);
    std::vector<ClockDay> all;
    for (auto& [at, entry] : days) {
        auto& [day, spread] = entry;
        day.at = at;
        day.offsets = std::move(spread.offsets).spread();
        day.bounds = std::move(spread.bounds).spread();
        all.push_back(day);
    }
    return all;
}

}  // namespace

std::optional<Seconds> PeriodSummary::longest_outage() const {
    std::optional<Seconds> longest;
    for (const Period& outage : outages)
        longest = std::max(longest.value_or(Seconds{0}), outage.length());
    return longest;
}

double PeriodSummary::coverage() const {
    return period.length() > Seconds{0} ? (period.length() - unrecorded) / period.length() : 0;
}

double PeriodSummary::demonstrated_share() const {
    return period.length() > Seconds{0} ? demonstrated / period.length() : 0;
}

double PeriodSummary::synchronised() const {
    const Seconds recorded = demonstrated + not_demonstrated;
    return recorded > Seconds{0} ? demonstrated / recorded : 0;
}

PeriodSummary summarise(std::span<const ClockRow> looks, const Period& period) {
    PeriodSummary summary;
    summary.period = period;
    const HeldLooks held = hold(looks, period);
    const ComplianceFinding finding = hold_looks_to_limit(held, period, any_bound);
    summary.demonstrated = finding.within;
    summary.not_demonstrated = finding.not_demonstrated;
    summary.unrecorded = finding.unrecorded;
    for (auto one = finding.stretches.begin(); one != finding.stretches.end(); ++one) {
        if (!one->recorded || one->standing == Standing::within) continue;
        summary.outages.push_back(one->period);
        const bool begins_here = one != finding.stretches.begin() && std::prev(one)->recorded;
        const bool ends_here =
            std::next(one) != finding.stretches.end() && std::next(one)->recorded;
        summary.outage_cut |= !begins_here || !ends_here;
    }
    Spread spread;
    for (const HeldLook& one : held.looks) spread.add(one);
    summary.offsets = std::move(spread.offsets).spread();
    summary.bounds = std::move(spread.bounds).spread();
    summary.days = days_of(looks, held.looks, period);
    return summary;
}

SourceQuality quality_of(std::span<const SampleRow> samples, std::span<const ClockRow> looks) {
    const bool followed = std::ranges::any_of(samples, &SampleRow::by_daemon);
    struct Seen {
        std::optional<double> last;
        std::vector<double> changes;
    };
    std::map<std::pair<std::string, std::string>, Seen> servers;
    SourceQuality quality;
    quality.losses_known = !followed || std::ranges::all_of(looks, [](const ClockRow& look) {
        const auto kind = parse_daemon_kind(look.daemon);
        return kind && traits_of(*kind).counts_losses;
    });
    for (const SampleRow& sample : samples) {
        if (followed && !sample.by_daemon) continue;
        ++quality.polls;
        if (!sample.offset) continue;
        ++quality.answered;
        if (sample.stratum)
            quality.worst_stratum =
                std::max(quality.worst_stratum.value_or(*sample.stratum), *sample.stratum);
        Seen& seen = servers[{sample.server, sample.address}];
        // What the server is off by, where that is known: a slew of this clock is no jitter of it.
        const double offset = sample.error.value_or(*sample.offset).count();
        if (seen.last) seen.changes.push_back(std::abs(offset - *seen.last));
        seen.last = offset;
    }
    std::vector<double> jitters;
    for (auto& [key, seen] : servers)
        if (const auto middle = median_of(std::move(seen.changes))) jitters.push_back(*middle);
    if (const auto middle = median_of(std::move(jitters))) quality.jitter = Seconds{*middle};
    return quality;
}

}  // namespace clockwright
