/// The last polls of each server, kept in memory, and what they are like under NTP Monitor's names.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "watch/record.h"

namespace clockwright {

class PollWindows {
  public:
    static constexpr std::size_t most = 1000;  ///< answered polls of each server
    static constexpr int told_each = 10;       ///< of these

    /// Takes the samples among the rows. For a server that has been told nothing of for ten polls:
    /// its `ntp_offset_stats` and `ntp_delay_stats` in InfluxDB's line protocol, in milliseconds.
    std::string add(std::span<const Record> rows, std::string_view host);

  private:
    struct Window {
        std::deque<double> offsets, delays;  ///< milliseconds, oldest first
        int untold = 0;
    };

    std::map<std::pair<std::string, std::string>, Window> servers_;  ///< by name and address
};

}  // namespace clockwright
