#include "watch/server_watch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

namespace clockwright {
namespace {

constexpr std::size_t kept_polls = 8;
constexpr std::size_t kept_points = 32;
constexpr std::size_t rule_needs = 8;    // points, before anything can be apart from them
constexpr std::size_t change_needs = 3;  // points in a row; never one sample (rule AL-2)
constexpr Seconds least_shift{500e-6};
constexpr double spreads = 6;

/// `share` 0.5: the median.
Seconds quantile(std::vector<Seconds> values, double share) {
    const auto place = values.begin() + std::lround(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, place);
    return *place;
}

template <class Points, class Member>
Seconds median_of(const Points& points, Member member) {
    std::vector<Seconds> values;
    for (const auto& point : points) values.push_back(point.*member);
    return quantile(std::move(values), 0.5);
}

template <class Points>
Seconds least_delay(const Points& points) {
    Seconds least = points.front().delay;
    for (const auto& point : points) least = std::min(least, point.delay);
    return least;
}

}  // namespace

double reach_share(std::uint8_t reach, int polls) {
    if (polls <= 0) return 0;
    return static_cast<double>(std::popcount(reach)) / std::min(8, polls);
}

void ServerWatch::shift_in(bool answered) {
    reach_ = static_cast<std::uint8_t>((reach_ << 1U) | (answered ? 1U : 0U));
    ++polls_;
    if (!answered) ++lost_;
}

void ServerWatch::answered(const Sample& sample) {
    shift_in(true);
    series_.kiss = 0;
    series_.samples.push_back(sample);
    if (series_.samples.size() > kept_polls) series_.samples.erase(series_.samples.begin());
    last_ = sample;
}

void ServerWatch::lost(SteadyTime at, Rejection why) {
    shift_in(false);
    missed_.push_back({at, why});
    if (missed_.size() > kept_polls) missed_.pop_front();
}

void ServerWatch::reach_is(std::uint8_t reach, int polls) {
    reach_ = reach;
    polls_ = std::max(polls, polls_);
}

std::optional<ServerChange> ServerWatch::compared(Seconds error) {
    error_ = error;
    const Point point{last_->at, error, last_->delay};
    if (before_.size() < rule_needs) {
        before_.push_back(point);
        return std::nullopt;
    }
    const Seconds usual = median_of(before_, &Point::error);
    std::vector<Seconds> distances;
    for (const Point& one : before_) {
        distances.emplace_back(std::abs((one.error - usual).count()));
    }
    // Queueing moves an offset by half of what it adds to the delay.
    const Seconds queueing = (median_of(before_, &Point::delay) - least_delay(before_)) / 2;
    // Not by the median: a server that often is the reference itself has an error of 0 as often.
    const Seconds spread = std::max(quantile(std::move(distances), 0.9) / 1.645, queueing);
    const bool is_apart =
        std::abs((error - usual).count()) > std::max(spreads * spread, least_shift).count();
    const bool same_side = apart_.empty() || (apart_.front().error > usual) == (error > usual);
    if (!is_apart || !same_side) {
        // A lone outlier was weather. What came back belongs to the rule again.
        apart_.clear();
    }
    if (!is_apart) {
        before_.push_back(point);
        if (before_.size() > kept_points) before_.pop_front();
        return std::nullopt;
    }
    apart_.push_back(point);
    if (apart_.size() < change_needs) return std::nullopt;

    ServerChange change{ServerChange::Kind::step, apart_.front().at,
                        median_of(apart_, &Point::error) - usual,
                        least_delay(apart_) - least_delay(before_)};
    // Asymmetry moves the offset by at most half of what it adds to the round trip (rule H-6).
    const double half = std::abs(change.delay_shift.count()) / 2;
    if (std::abs(change.shift.count()) <= 1.2 * half + (spreads * spread).count()) {
        change.kind = ServerChange::Kind::path;
    }
    std::erase_if(series_.samples, [&](const Sample& sample) { return sample.at < change.since; });
    before_ = std::exchange(apart_, {});
    return change;
}

void ServerWatch::clock_moved(Seconds size) {
    for (Sample& sample : series_.samples) sample.offset -= size;
    if (last_) last_->offset -= size;
}

Series ServerWatch::series(SteadyTime oldest) const {
    Series out = series_;
    std::erase_if(out.samples, [&](const Sample& sample) { return sample.at < oldest; });
    const auto answered = static_cast<int>(out.samples.size());
    const int polls = std::min<int>(kept_polls, polls_);
    int unanswered = 0;
    for (int bit = 0; bit < polls; ++bit) {
        if ((reach_ >> static_cast<unsigned>(bit) & 1U) == 0) ++unanswered;
    }
    out.sent = answered + unanswered;
    for (const Missed& missed : missed_) {
        if (missed.at >= oldest) out.rejections.push_back(missed.why);
    }
    return out;
}

}  // namespace clockwright
