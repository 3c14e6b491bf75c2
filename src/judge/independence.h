/// What sources have in common: the groups of rule S-4 and the smear classes of rule L-3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "time/address.h"
#include "time/source.h"

namespace clockwright {

/// All that makes one source depend on another.
struct Ties {
    std::string operator_name;         ///< empty: not stated, a group of its own
    std::optional<IpAddress> address;  ///< empty: not known, shared with nobody
    std::uint16_t port = 123;          ///< of NTP; NTS serves the same clock on it
    Smear smear = Smear::unknown;
};

Ties ties_of(const Source& source, const std::optional<IpAddress>& address);

/// How many of `members` may share an operator or a network: max(1, ⌊(m−1)/2⌋) (rule S-4).
int group_bound(int members);

/// The same stated operator.
bool share_operator(const Ties& one, const Ties& other);

/// Public addresses of one /24 or /48; asked in the public domain only.
bool share_network(const Ties& one, const Ties& other, TrustDomain domain);

/// The same address and port: the same server, whatever its names are.
bool share_server(const Ties& one, const Ties& other);

/// Neither smears, as far as is known, or both smear alike. `other` stands for any method we do not
/// know: alike only within one stated operator.
bool share_smear(const Ties& one, const Ties& other);

}  // namespace clockwright
