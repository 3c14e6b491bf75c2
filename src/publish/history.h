/// Port: what may be asked of the record. Answers are in order of time, oldest first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "result.h"
#include "watch/record.h"

namespace clockwright {

/// Which rows. All bounds are optional; `limit` keeps the newest rows.
struct HistoryQuery {
    std::optional<WallTime> from, to;  ///< from ≤ at < to
    std::string server;                ///< as written; empty: all
    int limit = 1000;
};

/// How finely the roll-ups are asked.
enum class Resolution : std::uint8_t { minute, hour, day };

/// A stretch of one server's samples, rolled up; `server` empty: this clock's offset.
struct RolledRow {
    WallTime at;  ///< where the stretch begins
    std::string server;
    int count = 0, lost = 0;  ///< polls answered; polls lost
    /// Of `error` for a server, of `offset` for the clock; empty without a value.
    std::optional<Seconds> least, mean, most, median, p95, p99;
    std::optional<Seconds> delay_least, delay_median;
    std::optional<Seconds> bound_most;  ///< of the clock only

    friend bool operator==(const RolledRow&, const RolledRow&) = default;
};

class History {
  public:
    virtual ~History() = default;
    virtual Result<std::vector<SampleRow>> samples(const HistoryQuery& query) const = 0;
    virtual Result<std::vector<ClockRow>> clock(const HistoryQuery& query) const = 0;
    virtual Result<std::vector<VerdictRow>> verdicts(const HistoryQuery& query) const = 0;
    virtual Result<std::vector<EventRow>> events(const HistoryQuery& query) const = 0;
    virtual Result<std::vector<AlertRow>> alerts(const HistoryQuery& query) const = 0;
    virtual Result<std::vector<RunRow>> runs(const HistoryQuery& query) const = 0;
    /// Of this clock when no server is asked for. A stretch is rolled when it is over, and a while
    /// later in a busy record: the newest rows are to be had from `samples` and `clock`.
    virtual Result<std::vector<RolledRow>> rolled(Resolution resolution,
                                                  const HistoryQuery& query) const = 0;
};

}  // namespace clockwright
