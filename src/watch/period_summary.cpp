#include "watch/period_summary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "daemon/daemon_kind.h"

namespace clockwright {
namespace {

/// No bound is as wide: what is demonstrated at all is within it.
constexpr Seconds any_bound{1e9};

struct Numbers {
    std::vector<double> offsets, bounds;

    void add(const ClockRow& look) {
        offsets.push_back(std::abs(look.offset->count()));
        bounds.push_back(look.bound->count());
    }
};

bool has_numbers(const ClockRow& look) {
    return look.demonstrated && look.offset && look.bound;
}

ClockDay day_of(WallTime at, const std::vector<const ClockRow*>& looks) {
    ClockDay day{.at = at,
                 .looks = static_cast<int>(looks.size()),
                 .demonstrated = 0,
                 .offsets = {},
                 .bounds = {}};
    Numbers numbers;
    for (const ClockRow* look : looks) {
        if (!has_numbers(*look)) continue;
        ++day.demonstrated;
        numbers.add(*look);
    }
    day.offsets = distribution_of(std::move(numbers.offsets));
    day.bounds = distribution_of(std::move(numbers.bounds));
    return day;
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

double PeriodSummary::synchronised() const {
    const Seconds recorded = demonstrated + not_demonstrated;
    return recorded > Seconds{0} ? demonstrated / recorded : 0;
}

PeriodSummary summarise(std::span<const ClockRow> looks, const Period& period) {
    PeriodSummary summary;
    summary.period = period;
    const ComplianceFinding finding = hold_to_limit(looks, period, any_bound);
    summary.demonstrated = finding.within;
    summary.not_demonstrated = finding.not_demonstrated;
    summary.unrecorded = finding.unrecorded;
    summary.bounds = finding.bounds;
    for (const StandingStretch& stretch : finding.stretches)
        if (stretch.recorded && stretch.standing != Standing::within)
            summary.outages.push_back(stretch.period);
    std::map<WallTime, std::vector<const ClockRow*>> days;
    std::vector<double> offsets;
    for (const ClockRow& look : looks) {
        if (look.at < period.from || look.at >= period.to) continue;
        days[std::chrono::floor<std::chrono::days>(look.at)].push_back(&look);
        if (has_numbers(look)) offsets.push_back(std::abs(look.offset->count()));
    }
    summary.offsets = distribution_of(std::move(offsets));
    for (const auto& [at, of_day] : days) summary.days.push_back(day_of(at, of_day));
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
