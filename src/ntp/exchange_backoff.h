/// When a server may be asked for keys again: back-off after failures, an hour after a success, 64
/// s after one whose certificate could not be checked (RFC 8915 §4.2; rule E-6.5). It is known by
/// its name and by its address: neither another name for an address nor another address of a name
/// is a way around.
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

/// Whom keys are asked of.
struct KeyServer {
    std::string host;                  ///< as `to_string(HostName)` writes it, in lower case
    std::optional<IpAddress> address;  ///< empty: not remembered; it is known by its name alone

    friend auto operator<=>(const KeyServer&, const KeyServer&) = default;
};

/// The last exchange with one server; kept by the store over restarts, in wall time.
struct LastExchange {
    KeyServer with;
    WallTime at{};
    int failures = 0;               ///< on end; 0: the last one gave keys
    std::optional<Endpoint> asked;  ///< where its keys were used; empty: nowhere
    NtsReport report;               ///< what it told

    friend bool operator==(const LastExchange&, const LastExchange&) = default;
};

/// What two processes remember of the same servers: of each the later, sorted.
std::vector<LastExchange> joined(const std::vector<LastExchange>& one,
                                 const std::vector<LastExchange>& other);

/// One per process; every exchange with a public address is asked of it first. Private and
/// loopback addresses have no floors, and nothing of them is kept.
class ExchangeBackoff {
  public:
    static constexpr Seconds rest{3600};
    /// After keys of a certificate whose dates could not be checked: soon another exchange shall
    /// check them (rule A-4). As often as chrony's servers give keys by default.
    static constexpr Seconds unchecked_rest{64};

    explicit ExchangeBackoff(const std::vector<LastExchange>& remembered = {});

    /// How long this server must still be left alone, by its name or its address; zero: no longer.
    /// What this process did is aged by the steady clock, what is remembered by the wall clock: one
    /// that went back by less than an hour counts as no time gone, and a memory from the future is
    /// forgotten.
    Seconds wait(const KeyServer& server, Now now) const;

    /// The exchange that makes it wait, or would have: the one with the same name when several do;
    /// null: nothing is known.
    const LastExchange* last(const KeyServer& server, Now now) const;

    /// An exchange with this server begins now; until `succeeded` it counts as a failure.
    void begin(const KeyServer& server, Now now);
    void report(const KeyServer& server, const NtsReport& report);
    void succeeded(const KeyServer& server, const Endpoint& asked);
    /// Another process had this exchange, since what is known of the server.
    void heard_of(const LastExchange& last);

    /// What must be remembered over a restart, sorted by server; what binds nobody any more is left
    /// out.
    std::vector<LastExchange> memory(Now now) const;

  private:
    struct Record {
        LastExchange last;
        std::optional<SteadyTime> began;  ///< once this process has begun one
    };
    static Seconds age(const Record& record, Now now);
    static Seconds left(const Record& record, Now now);
    static bool is_same(const KeyServer& known, const KeyServer& server);

    std::map<KeyServer, Record> exchanges_;
};

}  // namespace clockwright::ntp
