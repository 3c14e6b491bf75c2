#include "watch/delivery_queue.h"

#include <algorithm>
#include <utility>

namespace clockwright {

void DeliveryQueue::push(Alert alert) {
    if (size() >= most && !waiting_.empty()) {
        waiting_.erase(std::ranges::min_element(waiting_, {}, &Alert::severity));
        ++dropped_;
    }
    waiting_.push_back(std::move(alert));
}

std::optional<Alert> DeliveryQueue::take(SteadyTime now) {
    if (taken_ || waiting_.empty() || now < not_before_) return std::nullopt;
    taken_ = std::move(waiting_.front());
    waiting_.pop_front();
    return taken_;
}

void DeliveryQueue::done(bool arrived, SteadyTime now) {
    auto alert = std::exchange(taken_, std::nullopt);
    if (arrived) {
        failures_ = 0;
        return;
    }
    if (alert) waiting_.push_front(std::move(*alert));
    const std::chrono::seconds pause = first_pause * (1 << std::min(failures_, 10));
    not_before_ = now + std::min<std::chrono::seconds>(pause, longest_pause);
    ++failures_;
}

std::optional<SteadyTime> DeliveryQueue::next() const {
    if (taken_ || waiting_.empty()) return std::nullopt;
    return not_before_;
}

}  // namespace clockwright
