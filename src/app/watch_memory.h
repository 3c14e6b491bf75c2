/// What the watch shares with the scans of this host: what was sent to whom, and the exchanges of
/// keys, in the state directory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ntp/budget.h"
#include "ntp/exchange_backoff.h"
#include "result.h"
#include "store/memory.h"
#include "time/address.h"

namespace clockwright::app {

/// Of all rounds of one watch. Single packets to public addresses keep no scan from its series; all
/// that anybody sent counts for the time between two packets, over restarts.
class WatchMemory {
  public:
    explicit WatchMemory(ntp::Manners manners) : budget_(manners) {}

    ntp::RateBudget& budget() { return budget_; }
    ntp::ExchangeBackoff& exchanges() { return exchanges_; }

    /// Before it is decided who is asked in a round: what others sent is known, and held until
    /// `plan`. Why no stranger may be asked; empty: they may.
    std::string hold(const std::string& state_directory);
    /// Before the first packet leaves: what is about to be sent is remembered.
    void plan(const std::vector<Endpoint>& endpoints, const Now& now);
    /// After the round: how its exchanges of keys ended.
    Result<void> keep(const Now& now);

  private:
    void know(const store::Memory& memory);

    std::string directory_;
    ntp::RateBudget budget_;
    ntp::ExchangeBackoff exchanges_;
    std::optional<store::HeldMemory> held_;
    std::vector<ntp::Spent> known_spent_;             ///< as they were read last
    std::vector<ntp::LastExchange> known_exchanges_;  ///< likewise
};

}  // namespace clockwright::app
