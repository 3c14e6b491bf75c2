/// Who is asked in a scan: one endpoint per name, none where it must not go, none twice.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ntp/budget.h"
#include "ntp/exchange_backoff.h"
#include "ntp/poller.h"
#include "system/scan_driver.h"

namespace clockwright::system {

/// What becomes of one target.
struct Admitted {
    ProbeOutcome outcome;               ///< its series is still empty
    std::optional<std::size_t> series;  ///< which series answers it; empty: it is not asked
    std::optional<ntp::Target> begin;   ///< set when that series is a new one
    std::optional<Endpoint> exchange;   ///< an nts:// host: keys are to be had there first
};

/// Decides in the order it is asked; touches nothing.
class Admission {
  public:
    Admission(const ScanSettings& settings, const ntp::RateBudget& budget,
              const ntp::ExchangeBackoff& exchanges);

    /// Nothing may be sent to a public address, whoever named it.
    void close_to_strangers(std::string why) { no_strangers_ = std::move(why); }

    Admitted admit(const ProbeTarget& target, const Resolved& resolved, Now now);

    /// With keys: may NTP be asked at `endpoint` with them? A series with keys is nobody else's,
    /// and the only one of its public address in a run.
    Admitted admit_time(const ProbeTarget& target, const Endpoint& endpoint, ntp::NtsKeys keys,
                        NtsReport report, Now now);

  private:
    Admitted admit_exchange(const ProbeTarget& target, const IpAddress& address, Now now);
    static bool is_its_own(const ntp::LastExchange& last, const ntp::KeyServer& server);
    static Admitted reuse(const ntp::LastExchange& last);
    Admitted wait_for_keys(const ntp::KeyServer& server, NtsReport report, Seconds wait,
                           Now now) const;
    std::string why_refused(const ProbeTarget& target, const IpAddress& address) const;
    bool is_one_too_many(const IpAddress& address) const;
    std::string why_too_many() const;
    static std::string why_asked(const IpAddress& address, const std::string& name);
    ntp::Target probe(const ProbeTarget& target, const Endpoint& endpoint) const;

    const ScanSettings& settings_;
    const ntp::RateBudget& budget_;
    const ntp::ExchangeBackoff& exchanges_;
    std::map<Endpoint, std::size_t> series_;
    struct Asked {
        std::string name;  ///< that its series is for
        bool by_nts;
    };
    std::map<IpAddress, Asked> asked_;  ///< strangers that have a series in this run
    std::string no_strangers_;
    std::size_t begun_ = 0;
    std::set<IpAddress> public_addresses_;
    std::map<IpAddress, std::string> exchanging_;  ///< strangers, and the name they are asked by
};

/// What an operator asks for holds by whatever name its server is asked: each target gets the
/// longest spacing of those at its address. `resolved`: of the same targets.
void share_spacing(std::vector<ProbeTarget>& targets, const std::vector<Resolved>& resolved);

/// Whom keys are asked of.
ntp::KeyServer key_server(const HostName& host, const IpAddress& address);

/// The outcome of a target whose NTS failed: not asked, and why.
void fail_nts(ProbeOutcome& outcome, NtsReport report);

/// Empty when `address` may be asked, else the reason.
std::string why_forbidden(const IpAddress& address, bool from_stranger);

/// Empty when a key exchange at `exchange` may send us to `server` for time, else the reason: what
/// is public must not reach into our network, and what is ours not send us to strangers.
std::string why_forbidden_server(const IpAddress& exchange, const IpAddress& server);

}  // namespace clockwright::system
