/// When a host may be asked for keys again: back-off after failures, an hour after a success
/// (RFC 8915 §4.2; rule E-6.5).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "time/address.h"
#include "time/nts.h"
#include "time/units.h"

namespace clockwright::ntp {

/// The wait after so many failures on end: 10 s, then half as much again each time, at most five
/// days. No failure: zero.
Seconds back_off(int failures);

/// The last exchange with one host; kept by the store over restarts, in wall time.
struct LastExchange {
    std::string host;  ///< as `to_string(HostName)` writes it
    WallTime at{};
    int failures = 0;               ///< on end; 0: the last one gave keys
    std::optional<Endpoint> asked;  ///< where its keys were used; empty: nowhere
    NtsReport report;               ///< what it told

    friend bool operator==(const LastExchange&, const LastExchange&) = default;
};

/// What two processes remember of the same hosts: of each the later, sorted.
std::vector<LastExchange> joined(const std::vector<LastExchange>& one,
                                 const std::vector<LastExchange>& other);

/// One per process; every exchange with a public address is asked of it first. Private and
/// loopback addresses have no floors, and nothing of them is kept.
class ExchangeBackoff {
  public:
    static constexpr Seconds rest{3600};

    explicit ExchangeBackoff(std::vector<LastExchange> remembered = {});

    /// How long this host must still be left alone; zero: no longer. What this process did is aged
    /// by the steady clock, what is remembered by the wall clock: one that went back by less than
    /// an hour counts as no time gone, and a memory from the future is forgotten.
    Seconds wait(const std::string& host, Now now) const;

    /// What is known of the last exchange; null: nothing.
    const LastExchange* last(const std::string& host) const;

    /// An exchange with this host begins now; until `succeeded` it counts as a failure.
    void begin(const std::string& host, Now now);
    void report(const std::string& host, const NtsReport& report);
    void succeeded(const std::string& host, const Endpoint& asked);

    /// What must be remembered over a restart, sorted by host; what binds nobody any more is left
    /// out.
    std::vector<LastExchange> memory(Now now) const;

  private:
    struct Record {
        LastExchange last;
        std::optional<SteadyTime> began;  ///< once this process has begun one
    };
    static Seconds age(const Record& record, Now now);

    std::map<std::string, Record> exchanges_;
};

}  // namespace clockwright::ntp
