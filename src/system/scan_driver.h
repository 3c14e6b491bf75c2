/// Runs a poller against the real network: names, sockets with kernel stamps, timers, one loop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ntp/budget.h"
#include "ntp/exchange.h"
#include "ntp/exchange_backoff.h"
#include "result.h"
#include "system/kept_keys.h"
#include "system/kept_sockets.h"
#include "time/address.h"
#include "time/host_name.h"
#include "time/nts.h"
#include "time/series.h"

namespace clockwright::system {

class EventLoop;

enum class FamilyChoice { any, ipv4, ipv6 };

bool suits(const IpAddress& address, FamilyChoice family);

/// What to ask; several entries that resolve to one endpoint share one series.
struct ProbeTarget {
    HostName host;
    /// The name came from a catalogue, pool or list: private, loopback, link-local are forbidden.
    bool from_stranger = false;
    Seconds operator_spacing{0};
    HostName named{};  ///< as it is known to people, when `host` holds its address; for `refusal`
    bool asked_anyway = false;     ///< `refusal` does not hold for it
    std::optional<int> samples{};  ///< empty: as many as `ScanSettings` says
};

struct ScanSettings {
    int samples = 4;
    bool steady = false;             ///< a part of a watch: `ntp::Target::steady`
    std::optional<Seconds> spacing;  ///< empty: 0.25 s for private and loopback, 2 s for public
    Seconds time_out{1.5};
    Seconds resolve_time_out{4};
    Seconds key_exchange_time_out{4};      ///< of TCP, TLS and records together
    std::vector<std::string> trust_files;  ///< PEM; further trust anchors of key exchanges
    FamilyChoice family = FamilyChoice::any;
    ntp::Manners manners;
    EventLoop* loop = nullptr;       ///< of this thread, from scan to scan; null: one for each scan
    KeptSockets* sockets = nullptr;  ///< likewise; null: each opens its own
    KeptKeys* keys = nullptr;        ///< likewise, of nts:// hosts
    std::optional<ntp::Self> self;   ///< empty: this host is looked at anew
    /// Why nothing may be sent to this target at this address ("blocked until …"); empty: it may.
    std::function<std::string(const ProbeTarget&, const IpAddress&)> refusal;
    /// Called now and then with "12 of 40 answered"; empty: silent.
    std::function<void(int finished, int total)> progress;
    /// Called once when all names are resolved and some are strangers' (public addresses), before
    /// it is decided who is asked: `budget` and `exchanges` may then be set anew. Why none of them
    /// may be asked; empty: they may. Needs `announce`.
    std::function<std::string()> before_strangers;
    /// Called once when it is decided, before a packet leaves: the packets planned and
    /// their destinations; of an nts:// host the one of its key exchange, for only that tells more.
    /// `exchanges` counts these exchanges as begun.
    std::function<void(int packets, const std::vector<Endpoint>&)> announce;
};

struct ProbeOutcome {
    std::optional<Endpoint> endpoint;  ///< empty: not resolved
    Series series;
    std::optional<Rejection> not_asked;  ///< unresolved, forbidden_address
    std::string why;                     ///< "no such name", "resolves to 10.0.0.1, which …"
    bool reused = false;  ///< refused by the budget: the caller has remembered samples
    /// The samples are those of an nts:// host at the same place, whose packets they were.
    bool shared = false;
    /// Of an nts:// host only. Without keys its series is empty: never is it asked without NTS.
    std::optional<NtsReport> nts{};
    bool too_soon = false;  ///< of an nts:// host: the budget let no packet go to it
};

/// One event loop; ends when every target has. `budget` is asked for every packet and knows after
/// it what was spent; `exchanges` likewise of key exchanges with public addresses. Error:
/// interrupted; a file of trust anchors is none; or no socket can be opened at all.
Result<std::vector<ProbeOutcome>> scan(std::vector<ProbeTarget> targets,
                                       const ScanSettings& settings, ntp::RateBudget& budget,
                                       ntp::ExchangeBackoff& exchanges);

/// The same without a memory of key exchanges.
Result<std::vector<ProbeOutcome>> scan(std::vector<ProbeTarget> targets,
                                       const ScanSettings& settings, ntp::RateBudget& budget);

/// Names to addresses only (for plans: who is who). Same order; empty: unresolved, with why.
struct Resolved {
    std::vector<IpAddress> addresses;
    std::string why;
};
Result<std::vector<Resolved>> resolve(const std::vector<HostName>& hosts, FamilyChoice family,
                                      Seconds time_out);

/// Who would be a loop, and how finely this clock counts. Link-local addresses are left out of the
/// refids: none of them is one that anybody could take for ours.
ntp::Self describe_self();

/// Addresses of this host's non-loopback interfaces, for the loop test.
std::vector<IpAddress> own_addresses();

}  // namespace clockwright::system
