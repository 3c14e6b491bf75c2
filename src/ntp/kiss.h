/// Kiss codes and what each obliges us to do (RFC 5905 §7.4, RFC 8633 §5.4, rule E-3).
#pragma once

#include <cstdint>
#include <string>

namespace clockwright::ntp {

enum class KissDuty : std::uint8_t {
    slow_down,  ///< RATE: no further packet in this scan, longer intervals after it
    stop,       ///< DENY, RSTR: do not ask this server again (24 h, doubling to 7 d)
    no_time,    ///< all others: treat as no answer
};

inline constexpr std::uint32_t kiss_code(const char (&text)[5]) {
    return (static_cast<std::uint32_t>(static_cast<unsigned char>(text[0])) << 24U) |
           (static_cast<std::uint32_t>(static_cast<unsigned char>(text[1])) << 16U) |
           (static_cast<std::uint32_t>(static_cast<unsigned char>(text[2])) << 8U) |
           static_cast<std::uint32_t>(static_cast<unsigned char>(text[3]));
}

KissDuty duty_of(std::uint32_t code);

/// "RATE"; octets that are no printable ASCII become \xNN.
std::string kiss_text(std::uint32_t code);

}  // namespace clockwright::ntp
