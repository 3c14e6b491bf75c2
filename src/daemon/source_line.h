/// One configured source, whatever daemon's configuration names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace clockwright {

/// One source of a configuration with its options. The words are those of chrony.conf(5) up to
/// 4.8, which has the most; other daemons know some of them.
struct SourceLine {
    enum class Type { server, peer, pool };
    Type type = Type::server;
    std::string name;  ///< host or address as written
    std::uint16_t port = 123;
    bool iburst = false, burst = false, prefer = false, noselect = false, trust = false,
         require = false, nts = false, xleave = false, offline = false, auto_offline = false,
         copy = false;
    bool ipv4 = false, ipv6 = false;  ///< only this family (4.6)
    bool mono_root = false;           ///< `extfield F323`: monotonic root timestamps (4.2)
    bool net_correction = false;      ///< `extfield F324`: network correction (4.5)
    /// Polls are log2 seconds.
    std::optional<int> minpoll, maxpoll, maxsources, polltarget, presend, minstratum, minsamples,
        maxsamples, maxunreach, ntsport, version, filter;
    std::optional<std::uint32_t> key, certset;
    /// Delays and offset in seconds with chrony's sign: `offset` is *added* to the measured offset
    /// of the source; the rest are plain ratios.
    std::optional<double> maxdelay, maxdelayratio, maxdelaydevratio, maxdelayquant, mindelay,
        asymmetry, offset;
    /// Kept for the record, a known option with a value chronyd would refuse among them ("minpoll
    /// x"); such a line cannot be re-added by command.
    std::vector<std::string> unknown_options;
    std::string file;       ///< absolute path
    int line = 0;           ///< from 1
    int last_line = 0;      ///< where it ends, when it has more than one; else 0
    bool lease = false;     ///< the file lies under /run: DHCP or a dispatcher wrote it
    bool ours = false;      ///< stands in our drop-in or in our marked block
    bool fallback = false;  ///< used only while nothing else is known (timesyncd)
    /// Read after our drop-in, which so cannot take it away (timesyncd).
    bool after_ours = false;

    std::string location() const;  ///< "/etc/chrony/chrony.conf:3"

    friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

}  // namespace clockwright
