#include "watch/delivery_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "watch/notice_class.h"

namespace clockwright {
namespace {

/// Of each rule and subject the last one, and every event: what fires first, then by severity.
std::vector<Alert> last_notices(std::span<const Alert> alerts) {
    std::vector<Alert> last;
    for (const Alert& alert : alerts) {
        const auto same = std::ranges::find_if(last, [&](const Alert& one) {
            return !is_event(alert.rule) && one.rule == alert.rule && one.subject == alert.subject;
        });
        if (same == last.end())
            last.push_back(alert);
        else
            *same = alert;
    }
    std::ranges::stable_sort(last, std::ranges::greater{}, [](const Alert& alert) {
        return std::pair(alert.state == AlertState::firing, alert.severity);
    });
    return last;
}

}  // namespace

void DeliveryQueue::push(Alert alert) {
    if (size() >= most && !waiting_.empty()) {
        const auto least = std::ranges::min_element(waiting_, {}, &Alert::severity);
        if (least == waiting_.begin()) passing_ = last_try_ = false;
        waiting_.erase(least);
        ++dropped_;
    }
    waiting_.push_back(std::move(alert));
}

std::vector<Alert> DeliveryQueue::take(SteadyTime now, std::size_t count) {
    if (!taken_.empty() || waiting_.empty() || now < not_before_) return {};
    if (failures_ >= most_tries) count = 1;
    passing_ = !last_try_ && failures_ > most_tries && failures_ % 2 == 1 && waiting_.size() > 1;
    const auto begin = waiting_.begin() + (passing_ ? 1 : 0);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(count, waiting_.size()));
    taken_.assign(std::move_iterator(begin), std::move_iterator(end));
    waiting_.erase(begin, end);
    return taken_;
}

std::optional<Alert> DeliveryQueue::done(Delivery delivery, SteadyTime now,
                                         std::optional<Seconds> wanted) {
    const bool refused = delivery == Delivery::refused, last_try = std::exchange(last_try_, false);
    if (delivery == Delivery::arrived) {
        taken_.clear();
        last_try_ = std::exchange(passing_, false);
        not_before_ = now;
        if (!last_try_) failures_ = 0;
        return std::nullopt;
    }
    if (taken_.size() == 1 && (refused || (last_try && delivery == Delivery::failed))) {
        if (last_try) failures_ = 0;
        return std::exchange(taken_, {}).front();
    }
    put_back(now, std::min(wanted.value_or(Seconds{}), longest_wanted));
    if (refused) {
        failures_ = most_tries;
        not_before_ = now;
    }
    return std::nullopt;
}

void DeliveryQueue::put_back(SteadyTime now, Seconds wanted) {
    waiting_.insert(waiting_.begin() + (std::exchange(passing_, false) ? 1 : 0),
                    std::move_iterator(taken_.begin()), std::move_iterator(taken_.end()));
    taken_.clear();
    const std::chrono::seconds growing = first_pause * (1 << std::min(failures_, 10));
    const Seconds own = std::min<std::chrono::seconds>(growing, longest_pause);
    not_before_ = now + to_nanoseconds(std::max(own, wanted));
    ++failures_;
}

std::optional<SteadyTime> DeliveryQueue::next() const {
    if (!taken_.empty() || waiting_.empty()) return std::nullopt;
    return not_before_;
}

std::vector<Alert> DeliveryQueue::all() const {
    std::vector<Alert> all = taken_;
    all.insert(all.end(), waiting_.begin(), waiting_.end());
    return all;
}

Alert digest_of(std::span<const Alert> alerts) {
    constexpr std::size_t most_named = 20;
    const std::vector<Alert> last = last_notices(alerts);
    if (last.size() == 1) return last.front();
    Alert digest = last.front();
    digest.rule = digest_rule;
    digest.subject.clear();
    digest.hazard.clear();
    digest.since = alerts.front().since;
    digest.changed = alerts.back().changed;
    digest.text = fmt::format("{} notices at once", last.size());
    for (std::size_t i = 0; i < std::min(most_named, last.size()); ++i)
        digest.text += fmt::format("; {}: {}", to_string(last[i].state), last[i].text);
    if (last.size() > most_named)
        digest.text += fmt::format("; and {} more", last.size() - most_named);
    digest.advice = "clockwright alert list";
    return digest;
}

}  // namespace clockwright
