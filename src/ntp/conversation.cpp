#include "ntp/conversation.h"

#include <algorithm>

#include "ntp/kiss.h"

namespace clockwright::ntp {
namespace {

constexpr int most_losses_on_end = 3;
constexpr int most_strays = 64;  // noted per series, so that a flood of datagrams costs no memory

/// Rejections that anybody can cause who never saw our request, or that say nothing about it.
bool is_stray(Rejection why) {
    switch (why) {
        case Rejection::wrong_source:
        case Rejection::malformed:
        case Rejection::wrong_version:
        case Rejection::wrong_mode:
        case Rejection::bogus_origin:
            return true;
        default:
            return false;
    }
}

}  // namespace

Conversation::Conversation(const Target& target, SteadyTime begin)
    : target_(target), sending_(target.samples > 0), next_send_(begin) {}

SteadyTime Conversation::due() const {
    const SteadyTime send = sending_ ? next_send_ : SteadyTime::max();
    const SteadyTime time_out = waiting_ > 0 ? probes_[oldest_].deadline : SteadyTime::max();
    return std::min(send, time_out);
}

HeaderBytes Conversation::send(Timestamp cookie, Now now, std::chrono::nanoseconds time_out) {
    probes_.push_back({.cookie = cookie, .t1 = now.wall, .deadline = now.steady + time_out});
    ++waiting_;
    ++series_.sent;
    sending_ = series_.sent < target_.samples;
    const Seconds spacing = std::max({target_.spacing, target_.operator_spacing, Seconds{0}});
    next_send_ = now.steady + to_nanoseconds(spacing);
    return encode_request(cookie);
}

void Conversation::stamp(WallTime t1) {
    if (!probes_.empty() && probes_.back().state == Probe::State::waiting) {
        probes_.back().t1 = t1;
    }
}

void Conversation::expire(SteadyTime now) {
    while (waiting_ > 0 && probes_[oldest_].deadline <= now) {
        lose(probes_[oldest_], Rejection::time_out);
    }
}

void Conversation::receive(const Arrival& arrival, std::span<const std::uint8_t> bytes,
                           const Self& self) {
    Probe* probe = find(bytes);
    if (probe != nullptr && probe->state != Probe::State::waiting &&
        arrival.from == target_.endpoint) {
        const bool answered = probe->state == Probe::State::answered;
        note_stray(answered ? Rejection::duplicate : Rejection::too_late);
        return;
    }
    Request request{.to = target_.endpoint, .cookie = {}, .t1 = {}};
    if (probe != nullptr) {
        request.cookie = probe->cookie;
        request.t1 = probe->t1;
    }
    const auto judged = judge_reply(request, bytes, arrival, last_transmit_, self);
    if (!judged) {
        refuse(judged.error(), probe);
        return;
    }
    last_transmit_ = decode(bytes)->transmit;
    losses_on_end_ = 0;
    series_.samples.push_back(*judged);
    settle(*probe, Probe::State::answered);
}

void Conversation::fail(Rejection why) {
    while (waiting_ > 0) {
        lose(probes_[oldest_], why);
    }
    if (why == Rejection::refused && !target_.endpoint.address.is_public()) {
        stop_sending();
    }
}

Conversation::Probe* Conversation::find(std::span<const std::uint8_t> bytes) {
    const auto packet = decode(bytes);
    if (!packet) {
        return nullptr;
    }
    const auto found = std::ranges::find(probes_, packet->origin, &Probe::cookie);
    return found == probes_.end() ? nullptr : &*found;
}

void Conversation::refuse(const Refusal& refusal, Probe* probe) {
    if (probe == nullptr || is_stray(refusal.rejection)) {
        note_stray(refusal.rejection);
        return;
    }
    if (refusal.rejection != Rejection::kiss) {
        series_.rejections.push_back(refusal.rejection);
        losses_on_end_ = 0;  // somebody is there
        settle(*probe, Probe::State::answered);
        return;
    }
    series_.kiss = refusal.kiss;
    lose(*probe, Rejection::kiss);
    if (duty_of(refusal.kiss) != KissDuty::no_time) {
        stop_sending();
    }
}

void Conversation::note_stray(Rejection why) {
    if (strays_ < most_strays) {
        ++strays_;
        series_.rejections.push_back(why);
    }
}

void Conversation::settle(Probe& probe, Probe::State state) {
    probe.state = state;
    --waiting_;
    while (oldest_ < probes_.size() && probes_[oldest_].state != Probe::State::waiting) {
        ++oldest_;
    }
}

void Conversation::lose(Probe& probe, Rejection why) {
    series_.rejections.push_back(why);
    ++losses_on_end_;
    settle(probe, Probe::State::lost);
    if (losses_on_end_ >= most_losses_on_end && target_.endpoint.address.is_public()) {
        stop_sending();
    }
}

}  // namespace clockwright::ntp
