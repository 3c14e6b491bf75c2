/// One line of chrony's configuration: its words, and the source it names if it is a source line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clockwright::chrony {

/// One server, peer or pool directive with its options (chrony.conf(5), up to 4.8).
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
    std::string file;    ///< absolute path
    int line = 0;        ///< from 1
    bool lease = false;  ///< the file lies under /run: DHCP or a dispatcher wrote it

    std::string location() const;  ///< "/etc/chrony/chrony.conf:3"

    friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

/// The words of a line as chrony takes it apart: white space between them, nothing behind a NUL.
/// Empty for a blank line and for a comment, which starts with one of ! ; # %.
std::vector<std::string_view> words(std::string_view line);

/// Directives and options ignore case.
bool same_word(std::string_view a, std::string_view b);

/// True for a line whose first non-blank is one of ! ; # %.
bool is_comment(std::string_view line);

/// One line; empty when it is blank, a comment or no source directive. A directive without a name
/// is a fault and empty; faults carry no place, the caller knows it.
std::optional<SourceLine> parse_source_line(std::string_view text,
                                            std::vector<std::string>* faults = nullptr);

/// "server ntp4.corp.example iburst minpoll 6 maxpoll 6" without newline. What is at its default is
/// left out; unknown options come last, as they were.
std::string render(const SourceLine& line);

}  // namespace clockwright::chrony
