/// A conversation with its clock, and the server at its other end.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "ntp/conversation.h"

namespace clockwright::ntp {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

inline constexpr Endpoint server{.address = {.family = Family::ipv4, .bytes = {9, 9, 9, 9}},
                                 .port = 123};
inline constexpr Endpoint neighbour{.address = {.family = Family::ipv4, .bytes = {10, 0, 0, 1}},
                                    .port = 123};
inline constexpr nanoseconds time_out = milliseconds{1'500};
inline const Now start{.wall = WallTime{std::chrono::seconds{1'795'000'000}},
                       .steady = SteadyTime{}};
inline const Self self;

/// A conversation with its clock; probe n has the cookie 100 + n.
struct Talk {
    explicit Talk(const Endpoint& endpoint = server, int samples = 4, bool steady = false)
        : conversation({.endpoint = endpoint, .samples = samples, .nts = {}, .steady = steady},
                       start.steady) {}

    void advance(nanoseconds by) {
        now.wall += by;
        now.steady += by;
        conversation.expire(now.steady);
    }
    void send() {
        const auto number = static_cast<std::uint64_t>(conversation.series().sent);
        std::uint64_t draws = 0;  // an interleaved answer would be to 10'000'000 + number
        const Random random = [&] { return 100 + number + 10'000'000 * draws++; };
        conversation.send(random, now, time_out);
    }
    /// What a server whose clock is 1 s ahead answers at once to probe `number`.
    Packet answer(std::uint64_t number) const {
        const Timestamp there = to_timestamp(now.wall + std::chrono::seconds{1});
        return {.mode = Mode::server,
                .stratum = 1,
                .precision = -20,
                .reference = there,
                .origin = {100 + number},
                .receive = there,
                .transmit = there};
    }
    void receive(const Packet& packet, const Endpoint& from) {
        conversation.receive({.from = from, .t4 = now.wall, .at = now.steady}, encode(packet),
                             self);
    }
    void receive(const Packet& packet) { receive(packet, conversation.target().endpoint); }

    const std::vector<Rejection>& rejections() const { return conversation.series().rejections; }
    std::size_t samples() const { return conversation.series().samples.size(); }

    Now now = start;
    Conversation conversation;
};

/// As the server that answered at `talk.now`, sends a true T3 of `t3` for the probe before.
inline Packet interleaved(const Talk& talk, std::uint64_t number, Timestamp t3) {
    Packet packet = talk.answer(number);
    packet.origin = {10'000'100 + number};
    packet.transmit = t3;
    return packet;
}

}  // namespace clockwright::ntp
