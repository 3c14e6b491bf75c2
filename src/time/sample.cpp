#include "time/sample.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "time/address.h"
#include "time/spell.h"

namespace clockwright {

std::string_view to_string(Leap leap) {
    switch (leap) {
        case Leap::none:
            return "none";
        case Leap::insert:
            return "insert";
        case Leap::remove:
            return "delete";
        case Leap::unsynchronised:
            return "unsynchronised";
    }
    std::unreachable();
}

std::string_view describe(Rejection rejection) {
    switch (rejection) {
        case Rejection::time_out:
            return "no answer";
        case Rejection::refused:
            return "port unreachable";
        case Rejection::unresolved:
            return "the name has no address";
        case Rejection::forbidden_address:
            return "the address may not be asked";
        case Rejection::wrong_source:
            return "answer from another address or port (spoofed?)";
        case Rejection::malformed:
            return "not an NTP packet";
        case Rejection::wrong_version:
            return "wrong NTP version";
        case Rejection::wrong_mode:
            return "wrong mode: not a server's answer";
        case Rejection::bogus_origin:
            return "bogus origin timestamp (spoofed?)";
        case Rejection::duplicate:
            return "duplicate answer";
        case Rejection::zero_timestamp:
            return "timestamp is zero";
        case Rejection::bad_interval:
            return "transmitted before or long after it received";
        case Rejection::kiss:
            return "kiss code";
        case Rejection::unsynchronised:
            return "not synchronised itself";
        case Rejection::bad_root:
            return "root distance of 16 s or more, or reference in the future";
        case Rejection::loop:
            return "takes its time from this host";
        case Rejection::too_late:
            return "answer took longer than 3 s";
        case Rejection::unauthenticated:
            return "not authentic";
        case Rejection::nts_nak:
            return "server does not know our cookie (NTS NAK)";
    }
    std::unreachable();
}

std::string refid_text(std::uint32_t refid, std::uint8_t stratum) {
    std::array<std::uint8_t, 4> octets;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<std::uint8_t>(refid >> (24 - 8 * i) & 0xff);
    }
    const bool is_text = stratum <= 1 && refid != 0;
    if (!is_text) {
        return dotted(octets);
    }
    std::string letters(octets.begin(), octets.end());
    letters.erase(letters.find_last_not_of('\0') + 1);
    return printable(letters);
}

}  // namespace clockwright
