/// Asks an ntpd, NTPsec or classic, over UDP what it does, in mode 6. It changes nothing.
#pragma once

#include <array>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/mode6.h"
#include "daemon/state.h"
#include "result.h"
#include "system/descriptor.h"

namespace clockwright::system {

/// One conversation. Each question is sent up to three times with a new sequence, with 0.1, 0.2 and
/// 0.4 seconds of patience on this host (a check may take a second), ten times as long elsewhere;
/// only the address asked is heard.
class Mode6Channel {
  public:
    /// `address`: "127.0.0.1:123", "[::1]:123". Faults: unreachable, not_permitted; bad_input when
    /// it is no address.
    static Result<Mode6Channel> open(const std::string& address = "127.0.0.1:123");

    using Answer = std::expected<mode6::Bytes, mode6::ErrorCode>;
    /// The whole answer, or the daemon's refusal. Fault::unreachable when nobody is there or
    /// nothing comes, which is also how ntpd treats those whom its configuration does not let ask.
    Result<Answer> ask(mode6::Operation operation, std::uint16_t association,
                       std::string_view names);

    /// The system and its sources, 100 at most. `complete` is false when something was closed to us
    /// or left out. Fault::not_permitted when the daemon refuses to tell of itself.
    Result<DaemonState> read_state();

    const std::string& address() const { return address_; }

  private:
    Mode6Channel(std::string address, Descriptor socket, bool near)
        : address_(std::move(address)), socket_(std::move(socket)), near_(near) {}

    Result<void> send(std::span<const std::uint8_t> request);
    /// False when `patience` ran out first.
    Result<bool> receive(mode6::Reassembly& answer, Seconds patience);

    std::string address_;
    Descriptor socket_;
    bool near_;
    std::array<std::uint8_t, 2048> buffer_{};  ///< a fragment has 480 octets
};

}  // namespace clockwright::system
