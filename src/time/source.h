/// Where time comes from, as configured: the source, its authentication, its smear class.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "time/host_name.h"

namespace clockwright {

enum class Authentication : std::uint8_t { none, nts };

/// How a server treats a leap second (rule L-3). `unknown` may stand beside `none`, never beside a
/// known smearer.
enum class Smear : std::uint8_t { none, unknown, google, aws, facebook, other };

/// What a name stands for. Of a rotation and of a pool the address is the identity; an anycast name
/// is one source, whichever machine answers.
enum class ServerKind : std::uint8_t { host, anycast, rotation, pool };

/// What a server serves: UT1 differs from UTC by up to 0.9 s and must never discipline a clock.
enum class Timescale : std::uint8_t { utc, smeared, ut1 };

/// How candidates depend on each other (product.md, *Choice and gate*).
enum class TrustDomain : std::uint8_t { public_internet, internal, platform };

/// Where we know a candidate from.
struct Origin {
    enum class Kind : std::uint8_t {
        command_line,
        hosts,
        daemon,
        lease,     ///< a lease, or a file that another program wrote for this machine
        platform,  ///< what the machine's maker provides
        catalogue,
        pool,
        replay
    };
    Kind kind = Kind::command_line;
    std::string file;  ///< the configuration file that put it there, or empty
    int line = 0;      ///< its line, or 0

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// One place that time can be had from.
struct Source {
    HostName host;
    std::string as_written;  ///< exactly what the user or the file says; the key of every output
    Origin origin;
    std::string operator_name;  ///< who runs it; empty: not known
    Smear smear = Smear::unknown;
    Authentication authentication = Authentication::none;
    bool permitted = false;  ///< the user listed it: permission is taken as given
    bool is_pool = false;    ///< a `pool` line: stays one line, members are the daemon's to replace
    ServerKind kind = ServerKind::host;
    Timescale timescale = Timescale::utc;

    friend bool operator==(const Source&, const Source&) = default;
};

std::string_view to_string(Authentication authentication);  ///< "none", "nts"
std::string_view to_string(Smear smear);                    ///< "none", "unknown", "google", …
Smear parse_smear(std::string_view text);        ///< empty: `unknown`; a word not known: `other`
std::string_view to_string(TrustDomain domain);  ///< "public", "internal", "platform"

/// "/etc/chrony/chrony.conf:3", "command line", "hosts", "catalogue", …
std::string to_string(const Origin& origin);

}  // namespace clockwright
