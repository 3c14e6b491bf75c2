#include "ntp/conversation.h"

#include <algorithm>
#include <utility>

#include "ntp/kiss.h"

namespace clockwright::ntp {
namespace {

constexpr int most_losses_on_end = 3;
constexpr int most_reserved = 64;
constexpr int most_late = 4;  // a packet may be, by this part of its spacing
/// Of fewer probes one lost for the trial would be more than a server may lose (too_jittery: 30 %).
constexpr int fewest_to_try = 4;
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

/// Never zero: an origin of zero is never accepted.
Timestamp fresh(const Random& random, Timestamp other_than = {}) {
    const Timestamp bits{std::max<std::uint64_t>(random(), 1)};
    return bits == other_than ? Timestamp{bits.bits ^ 2U} : bits;
}

}  // namespace

Conversation::Conversation(Target target, SteadyTime begin, const Aead* aead)
    : target_(std::move(target)), sending_(target_.samples > 0), next_send_(begin) {
    if (!target_.nts) {
        return;
    }
    if (aead != nullptr) {
        nts_ = std::make_unique<NtsSession>(std::move(*target_.nts), *aead);
    } else {
        sending_ = false;
    }
    target_.nts.reset();
}

SteadyTime Conversation::due() const {
    const SteadyTime send = sending_ ? next_send_ : SteadyTime::max();
    const SteadyTime time_out = waiting_ > 0 ? probes_[oldest_].deadline : SteadyTime::max();
    return std::min(send, time_out);
}

std::optional<RequestBytes> Conversation::send(const Random& random, Now now,
                                               std::chrono::nanoseconds time_out) {
    Probe probe{.cookie = fresh(random),
                .receive = {},
                .deadline = now.steady + time_out,
                .stamps = {.t1 = now.wall, .t4 = {}, .t2 = {}}};
    Timestamp origin;
    if (asks_interleaved()) {
        probe.before = last_answered_;
        last_asked_ = static_cast<std::uint32_t>(probes_.size());
        probe.receive = fresh(random, probe.cookie);
        origin = probes_[last_answered_].stamps.t2;
    }
    const HeaderBytes header = encode_request(probe.cookie, origin, probe.receive);
    std::optional<RequestBytes> request;
    if (!nts_) {
        request = header;
    } else if (auto datagram = nts_->protect(header, random)) {
        request = std::move(*datagram);
    } else {
        stop_sending();
        return std::nullopt;
    }
    if (probes_.empty()) {
        const auto expected = static_cast<std::size_t>(std::min(target_.samples, most_reserved));
        probes_.reserve(expected);
        series_.samples.reserve(expected);
    }
    probes_.push_back(probe);
    ++waiting_;
    ++series_.sent;
    sending_ = series_.sent < target_.samples;
    next_send_ = next_after(now.steady);
    return request;
}

/// Between two packets is no less than a stranger's server must have. Near ones keep their times: a
/// packet that left late does not move those after it, unless so late that they would come in a
/// row.
SteadyTime Conversation::next_after(SteadyTime now) const {
    const auto spacing =
        to_nanoseconds(std::max({target_.spacing, target_.operator_spacing, Seconds{0}}));
    const bool near =
        !target_.endpoint.address.is_public() && target_.operator_spacing == Seconds{0};
    const bool in_time = now - next_send_ < spacing / most_late;
    return (near && in_time ? next_send_ : now) + spacing;
}

void Conversation::stamp(WallTime t1) {
    if (!probes_.empty() && probes_.back().state == Probe::State::waiting) {
        probes_.back().stamps.t1 = t1;
    }
}

void Conversation::expire(SteadyTime now) {
    while (waiting_ > 0 && probes_[oldest_].deadline <= now) {
        lose(probes_[oldest_], Rejection::time_out);
    }
}

void Conversation::receive(const Arrival& arrival, std::span<const std::uint8_t> bytes,
                           const Self& self) {
    const auto packet = decode(bytes);
    Probe* probe = packet ? find(packet->origin) : nullptr;
    if (probe != nullptr && probe->state != Probe::State::waiting &&
        arrival.from == target_.endpoint) {
        const bool answered = probe->state == Probe::State::answered;
        note_stray(answered ? Rejection::duplicate : Rejection::too_late);
        return;
    }
    Request request{.to = target_.endpoint, .cookie = {}, .t1 = {}, .stay = stay_};
    if (probe != nullptr) {
        request.cookie = probe->cookie;
        request.t1 = probe->stamps.t1;
        request.receive = probe->receive;
    }
    const auto reply = match_reply(request, packet, arrival.from, last_transmit_);
    if (!reply && nts_) {
        note_stray(reply.error().rejection);
        return;
    }
    if (!reply) {
        refuse(reply.error(), probe);
        return;
    }
    if (probe == nullptr) {
        return;  // never: what matches has its probe
    }
    if (const auto why = not_authentic(*probe, bytes)) {
        note_stray(*why);
        return;
    }
    const auto sample = measure_reply(request, *reply, arrival, self);
    if (!sample) {
        refuse(sample.error(), probe);
        return;
    }
    accept(*reply, *sample, arrival, *probe, self);
}

void Conversation::fail(Rejection why) {
    while (waiting_ > 0) {
        lose(probes_[oldest_], why);
    }
    const bool public_or_watched = target_.endpoint.address.is_public() || target_.steady;
    if (why == Rejection::refused && !public_or_watched) {
        stop_sending();
    }
}

/// A server that has shown no true T3 yet is asked for one only when all such requests before, and
/// the last of any kind, have been answered: so trying costs one sample at most.
bool Conversation::asks_interleaved() const {
    if (basic_only_ || target_.steady || target_.samples < fewest_to_try ||
        last_answered_ == none) {
        return false;
    }
    const bool all_answered =
        last_asked_ == none || probes_[last_asked_].state == Probe::State::answered;
    return interleaves_ || (all_answered && last_answered_ + 1 == probes_.size());
}

Conversation::Probe* Conversation::find(Timestamp origin) {
    const auto found = std::ranges::find_if(probes_, [origin](const Probe& probe) {
        return probe.cookie == origin || (probe.receive == origin && !origin.is_zero());
    });
    return found == probes_.end() ? nullptr : &*found;
}

std::optional<Rejection> Conversation::not_authentic(const Probe& probe,
                                                     std::span<const std::uint8_t> bytes) {
    if (!nts_) {
        return std::nullopt;
    }
    const auto number = static_cast<std::size_t>(&probe - probes_.data());
    switch (nts_->open(number, bytes)) {
        case Authenticity::authentic:
            return std::nullopt;
        case Authenticity::nak:
            return Rejection::nts_nak;
        case Authenticity::forged:
            break;
    }
    return Rejection::unauthenticated;
}

void Conversation::accept(const Reply& reply, const Sample& sample, const Arrival& arrival,
                          Probe& probe, const Self& self) {
    probe.stamps.t2 = reply.packet.receive;
    probe.stamps.t4 = arrival.t4;
    if (!reply.interleaved) {
        last_transmit_ = reply.packet.transmit;
        learn_stay(stay_of(probe.stamps, reply.packet.transmit), false);
    }
    losses_on_end_ = 0;
    probe.sample = static_cast<std::uint32_t>(series_.samples.size());
    const auto number = static_cast<std::uint32_t>(&probe - probes_.data());
    last_answered_ = last_answered_ == none ? number : std::max(last_answered_, number);
    series_.samples.push_back(sample);
    series_.samples.back().authenticated = nts_ != nullptr;
    settle(probe, Probe::State::answered);
    if (reply.interleaved) {
        improve(probes_[probe.before], reply.packet, self);
    }
}

/// `probe` gets its true T3 from a later reply.
void Conversation::improve(const Probe& probe, const Packet& later, const Self& self) {
    Sample& sample = series_.samples[probe.sample];
    const auto better = measure_again(sample, probe.stamps, later, self);
    if (!better) {
        basic_only_ = true;
        return;
    }
    sample = *better;
    learn_stay(stay_of(probe.stamps, later.transmit), true);
}

void Conversation::learn_stay(Seconds stay, bool is_true) {
    if (is_true == interleaves_) {
        stay_ = stay_known_ ? std::min(stay_, stay) : stay;
    } else if (is_true) {
        stay_ = stay;
        interleaves_ = true;
    }
    stay_known_ = true;
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
    basic_only_ = basic_only_ || (probe.before != none && !interleaves_);
    settle(probe, Probe::State::lost);
    if (losses_on_end_ >= most_losses_on_end && target_.endpoint.address.is_public()) {
        stop_sending();
    }
}

}  // namespace clockwright::ntp
