/// The octets of one request.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ntp/packet.h"

namespace clockwright::ntp {

/// A header alone, which costs no allocation, or a whole datagram with extension fields.
class RequestBytes {
  public:
    RequestBytes(const HeaderBytes& header) : header_(header) {}
    RequestBytes(std::vector<std::uint8_t> datagram) : datagram_(std::move(datagram)) {}

    operator std::span<const std::uint8_t>() const {
        return datagram_.empty() ? std::span<const std::uint8_t>(header_) : datagram_;
    }

  private:
    HeaderBytes header_{};
    std::vector<std::uint8_t> datagram_;
};

}  // namespace clockwright::ntp
