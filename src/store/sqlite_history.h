/// The record, asked: read-only, beside an agent that writes it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "publish/history.h"
#include "result.h"
#include "steer/wander.h"

namespace clockwright::store {

class SqliteHistory : public History {
  public:
    /// No record yet is Fault::failed, and so is one of another release.
    static Result<SqliteHistory> open(const std::string& state_directory);
    SqliteHistory(SqliteHistory&&) noexcept;
    SqliteHistory& operator=(SqliteHistory&&) noexcept;
    ~SqliteHistory() override;

    /// The oldest row of all kinds; empty when there is none.
    Result<std::optional<WallTime>> oldest() const;
    /// Before this retention has removed looks and samples.
    Result<WallTime> raw_since() const;

    Result<std::vector<SampleRow>> samples(const HistoryQuery& query) const override;
    Result<std::vector<ClockRow>> clock(const HistoryQuery& query) const override;
    Result<std::vector<VerdictRow>> verdicts(const HistoryQuery& query) const override;
    Result<std::vector<EventRow>> events(const HistoryQuery& query) const override;
    Result<std::vector<AlertRow>> alerts(const HistoryQuery& query) const override;
    Result<std::vector<RunRow>> runs(const HistoryQuery& query) const override;
    Result<std::vector<RolledRow>> rolled(Resolution resolution,
                                          const HistoryQuery& query) const override;
    /// What the daemon corrected this clock's rate by while it was demonstrated: the mean of each
    /// stretch since `from`, at the mean of its moments; oldest first.
    Result<std::vector<FrequencyPoint>> rates(WallTime from,
                                              std::chrono::nanoseconds stretch) const;

  private:
    struct File;
    explicit SqliteHistory(std::unique_ptr<File> file);
    std::unique_ptr<File> file_;
};

}  // namespace clockwright::store
