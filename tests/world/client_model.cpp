#include "tests/world/client_model.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "judge/intersection.h"

namespace clockwright::worlds {
namespace {

constexpr int memory = 8;            // polls a sample lives
constexpr double combine_limit = 3;  // chrony's
constexpr double skew = 1e-6;        // of a clock that is being disciplined

struct Reading {
    Seconds offset{}, distance{};
};

std::optional<Reading> reading_of(const Series& series, SteadyTime now, Seconds step) {
    const Sample* best = nullptr;
    double squares = 0;
    int count = 0;
    const auto fresh = [&](const Sample& sample) {
        return sample.at <= now && Seconds(now - sample.at) < memory * step;
    };
    for (const Sample& sample : series.samples) {
        if (fresh(sample) && (best == nullptr || sample.delay < best->delay)) best = &sample;
    }
    if (best == nullptr) return std::nullopt;
    for (const Sample& sample : series.samples) {
        if (!fresh(sample) || &sample == best) continue;
        squares += std::pow((sample.offset - best->offset).count(), 2);
        ++count;
    }
    const Seconds jitter{count > 0 ? std::sqrt(squares / count) : 0};
    return Reading{.offset = best->offset,
                   .distance = (best->root_delay + best->delay) / 2 + best->root_dispersion +
                               jitter + skew * Seconds(now - best->at)};
}

std::vector<Reading> agreeing(const std::vector<Reading>& readings) {
    if (readings.size() < 2) return readings;
    std::vector<Interval> intervals;
    for (const Reading& it : readings) {
        intervals.push_back({it.offset - it.distance, it.offset, it.offset + it.distance});
    }
    const Intersection intersection = intersect(intervals);
    std::vector<Reading> good;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        if (intersection.overlaps[i]) good.push_back(readings[i]);
    }
    return good;
}

std::optional<Seconds> combined(const std::vector<Reading>& readings) {
    const auto good = agreeing(readings);
    if (good.empty()) return std::nullopt;
    const Seconds least = std::ranges::min(good, {}, &Reading::distance).distance;
    double sum = 0, weights = 0;
    for (const Reading& it : good) {
        if (it.distance > combine_limit * least) continue;
        const double weight = 1 / std::max(it.distance.count(), 1e-9);
        sum += weight * it.offset.count();
        weights += weight;
    }
    return Seconds{sum / weights};
}

}  // namespace

ClockError follow(const Polls& polls, std::span<const std::size_t> members, Seconds step,
                  Seconds begin) {
    SteadyTime last = SteadyTime::min();
    for (const Series& series : polls) {
        for (const Sample& sample : series.samples) last = std::max(last, sample.at);
    }
    ClockError error;
    double squares = 0;
    int count = 0;
    Seconds clock = begin;
    for (Seconds at = memory * step; SteadyTime{} + to_nanoseconds(at) <= last; at += step) {
        const SteadyTime now = SteadyTime{} + to_nanoseconds(at);
        std::vector<Reading> readings;
        for (const std::size_t member : members) {
            if (const auto it = reading_of(polls[member], now, step)) readings.push_back(*it);
        }
        clock = combined(readings).value_or(clock);
        squares += clock.count() * clock.count();
        error.worst = std::max(error.worst, Seconds{std::abs(clock.count())});
        ++count;
    }
    if (count > 0) error.rms = Seconds{std::sqrt(squares / count)};
    return error;
}

}  // namespace clockwright::worlds
