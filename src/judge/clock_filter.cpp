#include "judge/clock_filter.h"

#include <algorithm>
#include <cmath>

namespace clockwright {
namespace {

constexpr Seconds max_dispersion{16};  // MAXDISP
constexpr double spike_gate = 3;       // SGATE

Seconds aged_dispersion(const Sample& sample, SteadyTime now) {
    return std::min(max_dispersion, sample.dispersion + phi * Seconds(now - sample.at));
}

}  // namespace

ClockFilter::ClockFilter(Seconds precision) : precision_(precision) {}

Filtered ClockFilter::add(const Sample& sample, Seconds poll_interval) {
    shift_in(sample);
    const std::vector<Sample> valid = by_delay();
    Filtered result{.best = valid.front()};
    result.dispersion = dispersion(sample.at);
    result.jitter = jitter_around(result.best);
    result.distance = result.best.delay / 2 + result.dispersion;
    result.fresh = !last_used_ || result.best.at > last_used_->at;
    result.spike = result.fresh && is_spike(result.best, poll_interval);
    if (result.fresh && !result.spike) {
        last_used_ = result.best;
    }
    if (!result.spike && valid.size() > 1) {
        known_jitter_ = result.jitter;
    }
    return result;
}

void ClockFilter::add_dummy() {
    shift_in(std::nullopt);
}

Seconds ClockFilter::dispersion(SteadyTime now) const {
    Seconds sum{};
    double weight = 0.5;
    for (const Sample& sample : by_delay()) {
        sum += weight * aged_dispersion(sample, now);
        weight /= 2;
    }
    // Dummies sort last: their delay is 16 s. Their weights are what is left, but the last one.
    const double smallest_weight = std::ldexp(1.0, -static_cast<int>(stages_.size()));
    return sum + (2 * weight - smallest_weight) * max_dispersion;
}

void ClockFilter::shift_in(std::optional<Sample> sample) {
    std::ranges::move_backward(stages_.begin(), stages_.end() - 1, stages_.end());
    stages_.front() = sample;
}

/// The valid samples by delay, least first; of equal delays the newest first.
std::vector<Sample> ClockFilter::by_delay() const {
    std::vector<Sample> valid;
    for (const auto& stage : stages_) {
        if (stage) {
            valid.push_back(*stage);
        }
    }
    std::ranges::stable_sort(valid, {}, &Sample::delay);
    return valid;
}

Seconds ClockFilter::jitter_around(const Sample& best) const {
    double sum = 0;
    int count = 0;
    for (const auto& stage : stages_) {
        if (stage) {
            sum += std::pow((best.offset - stage->offset).count(), 2);
            ++count;
        }
    }
    // ψ = √(Σ(θ₀ − θⱼ)²/(n − 1)); the term of θ₀ itself is zero.
    return count < 2 ? precision_ : std::max(precision_, Seconds{std::sqrt(sum / (count - 1))});
}

bool ClockFilter::is_spike(const Sample& best, Seconds poll_interval) const {
    if (!last_used_ || !known_jitter_) {
        return false;
    }
    const Seconds moved{std::abs((best.offset - last_used_->offset).count())};
    return moved > spike_gate * *known_jitter_ && best.at - last_used_->at < 2 * poll_interval;
}

}  // namespace clockwright
