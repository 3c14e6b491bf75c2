/// One measurement of one source, or the reason why a reply gave none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "time/units.h"

namespace clockwright {

/// The leap indicator (RFC 5905 §7.3).
enum class Leap : std::uint8_t { none = 0, insert = 1, remove = 2, unsynchronised = 3 };

std::string_view to_string(Leap leap);  ///< "none", "insert", "delete", "unsynchronised"

/// One valid exchange: RFC 5905 §8 in our words. `offset` > 0: the source is ahead, add it.
struct Sample {
    SteadyTime at;              ///< when the reply arrived
    Seconds offset{};           ///< θ
    Seconds delay{};            ///< δ, at least the local precision
    Seconds dispersion{};       ///< ε at `at`; grows with PHI
    Seconds root_delay{};       ///< Δ
    Seconds root_dispersion{};  ///< E
    Leap leap = Leap::none;
    std::uint8_t stratum = 0;
    std::uint32_t refid = 0;     ///< big-endian: the first octet is the highest byte
    bool interleaved = false;    ///< T3 is the server's later, truer stamp (RFC 9769)
    bool authenticated = false;  ///< by NTS

    friend bool operator==(const Sample&, const Sample&) = default;
};

/// Why a datagram, or its absence, gave no sample. `time_out … unresolved` come from outside the
/// exchange; the others are the checks of rule M-5.
enum class Rejection : std::uint8_t {
    time_out,           ///< no answer in time
    refused,            ///< port unreachable
    unresolved,         ///< the name has no address
    forbidden_address,  ///< resolves to where it must not (multicast; catalogue name to private)
    wrong_source,       ///< other address or port than the one asked (10)
    malformed,          ///< shorter than 48 octets or otherwise no NTP packet
    wrong_version,      ///< version not 3 or 4 (9)
    wrong_mode,         ///< mode not 4 (9)
    bogus_origin,       ///< origin is not the value we sent (2): a sign of spoofing
    duplicate,          ///< transmit timestamp seen before (1)
    zero_timestamp,     ///< T2 or T3 is zero (3)
    bad_interval,       ///< T3 before T2, or more than 4 s after it
    kiss,               ///< stratum 0: a kiss code, with a valid origin
    unsynchronised,     ///< leap 3 or stratum ≥ 16 (5)
    bad_root,           ///< Δ/2 + E ≥ 16 s, or the reference time is later than T3 (6)
    loop,               ///< its refid is one of our addresses (8)
    too_late,           ///< delay above the limit, 3 s (11)
    unauthenticated,    ///< NTS was asked for, and the reply is not authentic (4)
    nts_nak,            ///< the server does not know our cookie (RFC 8915 §5.7)
};

/// For people: "no answer", "bogus origin timestamp (spoofed?)", …
std::string_view describe(Rejection rejection);

/// A refid as people read it: stratum 1 as text ("GPS", control characters escaped), else dotted.
std::string refid_text(std::uint32_t refid, std::uint8_t stratum);

}  // namespace clockwright
