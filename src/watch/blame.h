/// Who is wrong: a server, this host, or the path; by the agent's own quorum.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "judge/selection.h"
#include "time/units.h"
#include "watch/server_watch.h"

namespace clockwright {

enum class Culprit : std::uint8_t { nobody, server, host, path, unknown };
std::string_view to_string(Culprit culprit);  ///< "nobody", "server", …

struct Blame {
    Culprit culprit = Culprit::nobody;
    std::string subject;   ///< the server; empty: this host, or nobody
    std::string sentence;  ///< "server ntp2 is wrong by +840 ms ±4 ms (3 of 4 agree it is)"

    friend bool operator==(const Blame&, const Blame&) = default;
};

/// One server as the question needs it.
struct Witness {
    std::string host;
    Verdict verdict = Verdict::unreachable;
    std::optional<Seconds> error;         ///< its offset less the consensus
    Seconds distance{};                   ///< its root distance: how far it may be off anyway
    std::optional<ServerChange> changed;  ///< within the last hour
    bool answered_before = false;         ///< it did, within the last day
};

/// What this host's clock is said to be.
struct HostClaim {
    std::optional<Seconds> offset, bound;  ///< by the daemon; empty: not demonstrated
    std::optional<Seconds> stepped;        ///< it was set within the last five minutes
};

/// The worst server is named when several are wrong. Without a majority nobody is blamed.
Blame who_is_wrong(std::span<const Witness> witnesses, const Consensus& consensus,
                   const HostClaim& host);

/// This host's clock is off by more than its daemon's bound and the quorum's together allow.
bool contradicts(const Consensus& consensus, const HostClaim& host);

}  // namespace clockwright
