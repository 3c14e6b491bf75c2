/// What a server of a lab world answers to a request at a moment.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lab/world.h"
#include "ntp/packet.h"

namespace clockwright::lab {

/// A datagram to send back, and when.
struct Reply {
    std::vector<std::uint8_t> bytes;
    Seconds after{0};  ///< from the request's departure at the client: both ways and the queueing
};

/// Pure but for its own random sequence: (world seed, index) decide everything.
class Server {
  public:
    Server(const ServerSpec& spec, std::uint64_t seed);

    /// `departed`: true time at which the request left the client; `elapsed`: the world's age then.
    /// The server's T2 is departed + delay_out + queueing + its offset at that time; it stamps T3 a
    /// microsecond later, and the answer leaves `send_lag` after that. Empty: no reply (silent,
    /// dead, lost, or not a client request).
    std::optional<Reply> answer(std::span<const std::uint8_t> request, WallTime departed,
                                Seconds elapsed);

    /// Its clock minus true time at that age of the world.
    Seconds error_at(Seconds elapsed) const;

    const ServerSpec& spec() const { return spec_; }

  private:
    std::uint64_t random();
    double uniform();  // within [0, 1)
    Seconds queueing();
    std::vector<std::uint8_t> octets(const ntp::Packet& packet);
    ntp::Packet interleaved(ntp::Packet packet, const ntp::Packet& request);

    /// An answer sent: what a request for its true departure names it by, and that departure.
    struct Departure {
        ntp::Timestamp receive, transmit;
    };

    ServerSpec spec_;
    std::vector<Departure> departures_;  ///< the last few, when it interleaves
    std::uint64_t state_;                ///< of its random sequence
};

/// All servers of a world in its order, each with a random sequence of its own.
std::vector<Server> servers_of(const World& world);

}  // namespace clockwright::lab
