/// The strict grammar of what a user may write for a server: name, name:port, [v6]:port,
/// nts://name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "result.h"

namespace clockwright {

inline constexpr std::uint16_t ntp_port = 123;            ///< RFC 5905
inline constexpr std::uint16_t key_exchange_port = 4460;  ///< of NTS, by TCP (RFC 8915)

/// A server as written. Nothing reaches a resolver, a configuration file or a screen unless it
/// passed `parse_host`.
struct HostName {
    std::string name;               ///< host name or address literal, as written, without port
    std::uint16_t port = ntp_port;  ///< for nts:// the port of the key exchange, default 4460
    bool nts = false;

    friend bool operator==(const HostName&, const HostName&) = default;
};

/// Refuses everything that is not an address literal or a host name of RFC 1123 (letters, digits,
/// '-', '.', each label 1–63, in all at most 253, no label starts or ends with '-', the last label
/// no number, neither "1" nor "0x7f"; '_' is allowed inside a label; no trailing dot), or a port
/// outside 1–65535. The scheme is written "nts://", in lower case.
/// Error: Fault::usage, one sentence that names the text (escaped) and what is wrong with it.
Result<HostName> parse_host(std::string_view text);

/// The text that `parse_host` reads back; the default port is left out.
std::string to_string(const HostName& host);

/// ASCII only, as in names of hosts.
std::string lower_case(std::string_view text);

/// Files may end a name with the dot of the root, which our grammar does not have.
std::string_view without_root_dot(std::string_view name);

/// True when the name is an address literal.
bool is_address_literal(const HostName& host);

}  // namespace clockwright
