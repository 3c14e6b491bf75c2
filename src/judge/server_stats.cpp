#include "judge/server_stats.h"

#include <algorithm>
#include <cmath>

#include "judge/weighted_median.h"
#include "time/weighted_line.h"

namespace clockwright {
namespace {

constexpr std::size_t least_samples_for_slope = 3;
constexpr Seconds least_span_for_slope{4};
constexpr std::size_t least_servers_for_drift = 3;
/// Below this the scatter of offsets is luck: it keeps three samples on a line from outweighing
/// all.
constexpr double least_scatter = 1e-6;

struct Slope {
    double value = 0;  ///< seconds per second
    double variance = 0;
};

Seconds median(std::vector<Seconds> sorted) {
    std::ranges::sort(sorted);
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

Seconds median_delay(std::span<const Sample> samples) {
    std::vector<Seconds> delays;
    delays.reserve(samples.size());
    for (const Sample& sample : samples) {
        delays.push_back(sample.delay);
    }
    return median(std::move(delays));
}

/// How much each sample counts: one that queued for q longer than the least delayed is wrong by up
/// to q/2. 1: not more than is usual here.
std::vector<double> weights_of(const std::vector<Sample>& samples) {
    const Seconds least = std::ranges::min(samples, {}, &Sample::delay).delay;
    const Seconds usual = (median_delay(samples) - least) / 2;
    const double floor = std::pow(std::max(usual.count(), least_scatter), 2);
    std::vector<double> weights;
    for (const Sample& sample : samples)
        weights.push_back(floor / (floor + std::pow((sample.delay - least).count() / 2, 2)));
    return weights;
}

/// Weighted least squares through (at, offset); empty when the series is too short to tell. A burst
/// of delay that meets all servers at once would else look like a drift of this clock.
std::optional<Slope> slope_of(const Series& series) {
    const auto& samples = series.samples;
    if (samples.size() < least_samples_for_slope) {
        return std::nullopt;
    }
    const auto [first, last] = std::ranges::minmax(samples, {}, &Sample::at);
    if (last.at - first.at < least_span_for_slope) {
        return std::nullopt;
    }
    const std::vector<double> weights = weights_of(samples);
    std::vector<WeightedPoint> points;
    for (std::size_t i = 0; i < samples.size(); ++i)
        points.push_back(
            {Seconds(samples[i].at - first.at).count(), samples[i].offset.count(), weights[i]});
    const WeightedLine line = line_through(points);
    const double scatter = std::max(line.variance(), least_scatter * least_scatter);
    return Slope{.value = line.slope, .variance = scatter / line.spread};
}

Seconds mean_offset(std::span<const Sample> samples) {
    Seconds sum{};
    for (const Sample& sample : samples) {
        sum += sample.offset;
    }
    return sum / static_cast<double>(samples.size());
}

Seconds standard_deviation(std::span<const Sample> samples) {
    if (samples.size() < 2) {
        return Seconds{};
    }
    const Seconds mean = mean_offset(samples);
    double squares = 0;
    for (const Sample& sample : samples) {
        squares += std::pow((sample.offset - mean).count(), 2);
    }
    return Seconds{std::sqrt(squares / static_cast<double>(samples.size() - 1))};
}

/// The samples as a clock without `drift` would have measured them at `reference`, least delay
/// first.
std::vector<Sample> without_drift(std::vector<Sample> samples, Ppm drift, SteadyTime reference) {
    for (Sample& sample : samples) {
        sample.offset += drift.value * 1e-6 * Seconds(reference - sample.at);
    }
    std::ranges::stable_sort(samples, {}, &Sample::delay);
    return samples;
}

}  // namespace

std::optional<ServerStats> summarise(const Series& series, Ppm drift, SteadyTime reference) {
    if (series.samples.empty()) {
        return std::nullopt;
    }
    const auto samples = without_drift(series.samples, drift, reference);
    const std::size_t nearest = (samples.size() + 2) / 3;  // ⌈n/3⌉
    const Sample& best = samples.front();
    const Sample& last = std::ranges::max(series.samples, {}, &Sample::at);

    ServerStats stats;
    stats.received = static_cast<int>(samples.size());
    stats.sent = std::max(series.sent, stats.received);
    stats.loss = static_cast<double>(stats.sent - stats.received) / stats.sent;
    stats.least_offset = best.offset;
    stats.offset = mean_offset(std::span(samples).first(nearest));
    stats.delay_min = best.delay;
    stats.delay_median = median_delay(samples);
    stats.queueing = stats.delay_median - stats.delay_min;
    stats.jitter = standard_deviation(samples);
    stats.root_delay = best.root_delay;
    stats.root_dispersion = best.root_dispersion;
    stats.root_distance = (stats.root_delay + stats.delay_min) / 2 + stats.root_dispersion +
                          best.dispersion + stats.jitter;
    stats.expected_error = 0.04 * stats.delay_min +
                           0.1 * (stats.root_delay / 2 + stats.root_dispersion) +
                           0.5 * stats.queueing;
    stats.stratum = last.stratum;
    stats.refid = last.refid;
    stats.leap = last.leap;
    return stats;
}

Ppm common_drift(std::span<const Series* const> all) {
    std::vector<Weighted> slopes;
    for (const Series* series : all) {
        if (const auto slope = slope_of(*series)) {
            slopes.push_back({slope->value, 1 / slope->variance});
        }
    }
    if (slopes.size() < least_servers_for_drift) {
        return Ppm{};
    }
    return Ppm{weighted_median(std::move(slopes)) * 1e6};
}

}  // namespace clockwright
