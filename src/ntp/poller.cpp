#include "ntp/poller.h"

#include <algorithm>
#include <utility>

namespace clockwright::ntp {

Poller::Poller(RateBudget& budget, Self self, Random random, Seconds time_out, const Aead* aead)
    : budget_(budget),
      self_(std::move(self)),
      random_(std::move(random)),
      time_out_(to_nanoseconds(time_out)),
      aead_(aead) {}

TargetId Poller::add(Target target, Now now) {
    const TargetId id = seats_.size();
    seats_.push_back(
        {.conversation = Conversation(std::move(target), now.steady, aead_), .due = now.steady});
    heap_.push({.at = now.steady, .target = id});
    return id;
}

void Poller::tick(Now now, Effects& effects) {
    while (!heap_.empty() && heap_.top().at <= now.steady) {
        const Due due = heap_.top();
        heap_.pop();
        Seat& seat = seats_[due.target];
        if (seat.due != due.at) {
            continue;
        }
        seat.due = SteadyTime::max();
        advance(seat, due.target, now, effects);
        reschedule(due.target, effects);
    }
    drop_stale();
}

void Poller::sent(TargetId target, WallTime t1) {
    seats_[target].conversation.stamp(t1);
}

void Poller::received(TargetId target, const Arrival& arrival, std::span<const std::uint8_t> bytes,
                      Effects& effects) {
    Conversation& conversation = seats_[target].conversation;
    if (conversation.is_finished()) {
        return;
    }
    conversation.receive(arrival, bytes, self_);
    reschedule(target, effects);
    drop_stale();
}

void Poller::failed(TargetId target, Rejection why, Now now, Effects& effects) {
    Conversation& conversation = seats_[target].conversation;
    if (conversation.is_finished()) {
        return;
    }
    conversation.expire(now.steady);
    conversation.fail(why);
    reschedule(target, effects);
    drop_stale();
}

std::optional<SteadyTime> Poller::next_tick() const {
    if (heap_.empty()) {
        return std::nullopt;
    }
    return heap_.top().at;
}

bool Poller::awaits(TargetId target) const {
    return seats_[target].conversation.is_waiting();
}
bool Poller::done() const {
    return finished_ == seats_.size();
}
const Series& Poller::series(TargetId target) const {
    return seats_[target].conversation.series();
}
Series Poller::take_series(TargetId target) {
    return seats_[target].conversation.take_series();
}
const NtsSession* Poller::nts(TargetId target) const {
    return seats_[target].conversation.nts();
}
const Target& Poller::target(TargetId target) const {
    return seats_[target].conversation.target();
}
std::size_t Poller::size() const {
    return seats_.size();
}

void Poller::advance(Seat& seat, TargetId target, Now now, Effects& effects) {
    Conversation& conversation = seat.conversation;
    conversation.expire(now.steady);
    if (!conversation.wants_to_send(now.steady)) {
        return;
    }
    const Target& wanted = conversation.target();
    const IpAddress& address = wanted.endpoint.address;
    const SteadyTime allowed = budget_.earliest(address, now, wanted.operator_spacing).steady;
    if (allowed == SteadyTime::max()) {
        conversation.stop_sending();
    } else if (allowed > now.steady) {
        conversation.postpone(allowed);
    } else {
        if (auto request = conversation.send(random_, now, time_out_)) {
            budget_.spend(address, now);
            effects.sends.push_back({.target = target, .bytes = std::move(*request)});
        }
    }
}

void Poller::reschedule(TargetId target, Effects& effects) {
    Seat& seat = seats_[target];
    if (seat.conversation.is_finished() && !seat.announced) {
        seat.announced = true;
        ++finished_;
        effects.finished.push_back({target});
    }
    const SteadyTime due = seat.conversation.due();
    if (due == seat.due) {
        return;
    }
    seat.due = due;
    if (due != SteadyTime::max()) {
        heap_.push({.at = due, .target = target});
    }
}

void Poller::drop_stale() {
    while (!heap_.empty() && seats_[heap_.top().target].due != heap_.top().at) {
        heap_.pop();
    }
}

}  // namespace clockwright::ntp
