/// What sources have in common: the groups of rule S-4 and the smear classes of rule L-3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "time/address.h"
#include "time/source.h"

namespace clockwright {

/// All that makes one source depend on another. What is not known binds to nobody.
struct Ties {
    std::string operator_name;         ///< empty: not stated, a group of its own
    std::optional<IpAddress> address;  ///< empty: not known, shared with nobody
    std::uint16_t port = 123;          ///< of NTP; NTS serves the same clock on it
    Smear smear = Smear::unknown;
    /// The DNS rotation it is, or is a member of ("time.nist.gov"); empty: none.
    std::string rotation;
    bool rotates = false;        ///< it is the rotation itself: its address is another every time
    bool anycast = false;        ///< one name, many places: routing may move it (rule C-6)
    std::uint32_t upstream = 0;  ///< refid of what it follows at stratum ≥ 2; 0: not known
};

/// A name is a rotation of its own: two addresses that it gave are bound together.
Ties ties_of(const Source& source, const std::optional<IpAddress>& address);

/// The upstream that a header tells: its refid at stratum 2 and more, unless it is a local clock's
/// or nobody's. 0: none; what a stratum 1 says ("GPS") is a kind of clock and no upstream.
std::uint32_t upstream_of(int stratum, std::uint32_t refid);

/// How many of `members` may share an operator or a network: max(1, ⌊(m−1)/2⌋) (rule S-4).
int group_bound(int members);

/// The same stated operator.
bool share_operator(const Ties& one, const Ties& other);

/// Public addresses of one /24 or /48; asked in the public domain only.
bool share_network(const Ties& one, const Ties& other, TrustDomain domain);

/// Members of one DNS rotation: public addresses, asked in the public domain only.
bool share_rotation(const Ties& one, const Ties& other, TrustDomain domain);

/// One is the rotation that the other is a member of: both would be a double vote (rule C-7).
bool is_rotation_of(const Ties& one, const Ties& other);

/// Both follow one server, or one of them follows the other. Only claimed: good for lowering a
/// newcomer, never for evicting a member (rule S-4).
bool share_upstream(const Ties& one, const Ties& other);

/// The same address and port: the same server, whatever its names are.
bool share_server(const Ties& one, const Ties& other);

/// Neither smears, as far as is known, or both smear alike. `other` stands for any method we do not
/// know: alike only within one stated operator.
bool share_smear(const Ties& one, const Ties& other);

}  // namespace clockwright
