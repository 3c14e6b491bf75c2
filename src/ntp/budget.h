/// The rate budget: how often one remote address may be asked, whatever the caller wants.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "time/address.h"
#include "time/units.h"

namespace clockwright::ntp {

/// *Manners of a scan* (product.md): floors for public addresses; others have none.
struct Manners {
    int series = 4;             ///< packets of one series …
    Seconds spacing{2};         ///< … this far apart
    Seconds further{16};        ///< any packet after the series
    Seconds series_rest{3600};  ///< a new series, at most so often
    int addresses = 40;         ///< public addresses of one run
    Seconds wait{16};  ///< a series may begin that has to wait so long for its first packet
};

/// What has been sent to one address; kept by the store over restarts, in wall time.
struct Spent {
    IpAddress address{};
    WallTime series_began{};
    WallTime last{};
    int sent = 0;  ///< since series_began

    friend bool operator==(const Spent&, const Spent&) = default;
};

/// What must be remembered of single packets to public addresses, apart from any series: none of
/// them keeps a series from beginning, and all of them count for the time between two packets.
void remember_packets(std::vector<Spent>& remembered, const std::vector<IpAddress>& to,
                      WallTime now);

/// What two processes remember of the same addresses: of each the later, sorted by address.
std::vector<Spent> joined(const std::vector<Spent>& one, const std::vector<Spent>& other);

/// One per process; every packet to the outside is asked of it first. What this process sent is
/// aged by the steady clock, what is remembered by the wall clock.
class RateBudget {
  public:
    explicit RateBudget(Manners manners = {}, const std::vector<Spent>& remembered = {});

    /// The earliest moment a packet may go to `address`; `now` when nothing stands against it, the
    /// end of time (WallTime::max(), SteadyTime::max()) when the run has had its `addresses`.
    /// `spacing`: what the operator asks for at least (NIST: 4 s). A wall clock that went back by
    /// less than `series_rest` counts as no time gone; a memory from the future is forgotten.
    Now earliest(const IpAddress& address, Now now, Seconds spacing = Seconds{0}) const;

    /// True when a whole new series may begin now.
    bool may_begin_series(const IpAddress& address, Now now) const;

    /// A packet leaves for `address` now.
    void spend(const IpAddress& address, Now now);

    /// Another process has sent this, since what is known of the address was sent.
    void heard_of(const Spent& spent);

    /// What must be remembered over a restart: public addresses only, sorted.
    std::vector<Spent> memory() const;

  private:
    struct Record {
        Spent spent;
        std::optional<SteadyTime> began, last;  // both, once this process has sent something
    };
    struct Ages {
        std::chrono::nanoseconds began, last;
    };

    std::optional<Ages> ages(const IpAddress& address, Now now) const;
    bool is_full(const IpAddress& address) const;

    Manners manners_;
    std::map<IpAddress, Record> records_;
    int asked_ = 0;  // addresses of this run
};

}  // namespace clockwright::ntp
