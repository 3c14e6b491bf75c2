/// Notices of alerts, and the limit on how many there are in a minute: the rest becomes one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "watch/alert.h"

namespace clockwright {

/// Why people are told of an alert.
enum class NoticeKind : std::uint8_t {
    began,     ///< it fires
    ended,     ///< it does no more
    repeated,  ///< it still fires
    flapping,  ///< it comes and goes: from here on it stays firing until it is calm
    withheld,  ///< a sum of notices that were too many
};

std::string_view to_string(NoticeKind kind);  ///< "began", …

struct AlertNotice {
    Alert alert;
    NoticeKind kind = NoticeKind::began;

    friend bool operator==(const AlertNotice&, const AlertNotice&) = default;
};

/// The rule that the sum of withheld notices has.
inline constexpr std::string_view withheld_rule = "alerts_withheld";

class NoticeLimit {
  public:
    explicit NoticeLimit(int most_a_minute) : most_(most_a_minute) {}

    /// Of `wanted`, most important first, what may be told now; the last one may be the sum of what
    /// may not. What is not told is summed up in the next minute that has room.
    std::vector<AlertNotice> pass(std::vector<AlertNotice> wanted, Now now);

  private:
    AlertNotice sum_up(Now now);

    int most_;
    std::deque<SteadyTime> sent_;  // within the last minute
    std::map<std::string, int> withheld_;
    AlertSeverity most_severe_ = AlertSeverity::info;
    WallTime first_withheld_;
};

}  // namespace clockwright
