#include "ntp/kiss.h"

#include <fmt/format.h>

#include <iterator>

namespace clockwright::ntp {

KissDuty duty_of(std::uint32_t code) {
    switch (code) {
        case kiss_code("RATE"):
            return KissDuty::slow_down;
        case kiss_code("DENY"):
        case kiss_code("RSTR"):
            return KissDuty::stop;
        default:
            return KissDuty::no_time;
    }
}

std::string kiss_text(std::uint32_t code) {
    std::string text;
    for (unsigned shift = 32; shift > 0;) {
        shift -= 8;
        const std::uint32_t octet = (code >> shift) & 0xffU;
        const bool plain = octet >= 0x20 && octet <= 0x7e && octet != '\\';
        if (plain) {
            text += static_cast<char>(octet);
        } else {
            fmt::format_to(std::back_inserter(text), "\\x{:02x}", octet);
        }
    }
    return text;
}

}  // namespace clockwright::ntp
