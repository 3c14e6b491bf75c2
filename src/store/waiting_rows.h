/// Rows that could not be written yet: bounded; the least important are dropped first.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "watch/record.h"

namespace clockwright::store {

/// 4096 rows are about 1 MB; 20 servers at 64 s fill that in four hours.
class WaitingRows {
  public:
    explicit WaitingRows(std::size_t most = 4096) : most_(most) {}

    /// When they are too many: the oldest samples go first, then this clock's rows, then verdicts;
    /// events, alerts and runs last.
    void add(std::span<const Record> rows);
    std::vector<Record> all() const;
    void clear();

    std::size_t size() const;
    std::uint64_t dropped() const { return dropped_; }  ///< since the beginning

  private:
    static constexpr std::size_t ranks = 4;
    void drop_one();

    std::size_t most_;
    std::array<std::deque<Record>, ranks> rows_;  ///< by importance, least first
    std::uint64_t dropped_ = 0;
};

}  // namespace clockwright::store
