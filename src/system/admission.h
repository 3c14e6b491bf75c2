/// Who is asked in a scan: one endpoint per name, none where it must not go, none twice.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "ntp/budget.h"
#include "ntp/poller.h"
#include "system/scan_driver.h"

namespace clockwright::system {

/// What becomes of one target.
struct Admitted {
    ProbeOutcome outcome;               ///< its series is still empty
    std::optional<std::size_t> series;  ///< which series answers it; empty: it is not asked
    std::optional<ntp::Target> begin;   ///< set when that series is a new one
};

/// Decides in the order it is asked; touches nothing.
class Admission {
  public:
    Admission(const ScanSettings& settings, const ntp::RateBudget& budget);

    Admitted admit(const ProbeTarget& target, const Resolved& resolved, Now now);

  private:
    std::string why_refused(const ProbeTarget& target, const IpAddress& address) const;
    bool is_one_too_many(const IpAddress& address) const;
    ntp::Target probe(const ProbeTarget& target, const Endpoint& endpoint) const;

    const ScanSettings& settings_;
    const ntp::RateBudget& budget_;
    std::map<Endpoint, std::size_t> series_;
    std::set<IpAddress> public_addresses_;
};

/// Empty when `address` may be asked, else the reason.
std::string why_forbidden(const IpAddress& address, bool from_stranger);

}  // namespace clockwright::system
