#include "watch/notice_limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace clockwright {

std::string_view to_string(NoticeKind kind) {
    switch (kind) {
        case NoticeKind::began:
            return "began";
        case NoticeKind::ended:
            return "ended";
        case NoticeKind::repeated:
            return "repeated";
        case NoticeKind::flapping:
            return "flapping";
        case NoticeKind::withheld:
            break;
    }
    return "withheld";
}

std::vector<AlertNotice> NoticeLimit::pass(std::vector<AlertNotice> wanted, Now now) {
    while (!sent_.empty() && now.steady - sent_.front() >= std::chrono::minutes{1})
        sent_.pop_front();
    const std::size_t room =
        static_cast<std::size_t>(std::max(most_, 1)) -
        std::min<std::size_t>(sent_.size(), static_cast<std::size_t>(std::max(most_, 1)));
    const bool all = withheld_.empty() && wanted.size() <= room;
    // One place is for the sum.
    const std::size_t passed = all ? wanted.size() : std::min(wanted.size(), room - (room > 0));
    for (std::size_t i = passed; i < wanted.size(); ++i) {
        const Alert& alert = wanted[i].alert;
        if (withheld_.empty()) {
            first_withheld_ = now.wall;
            most_severe_ = AlertSeverity::info;
        }
        ++withheld_[alert.rule];
        most_severe_ = std::max(most_severe_, alert.severity);
    }
    wanted.resize(passed);
    if (!all && room > 0) wanted.push_back(sum_up(now));
    sent_.insert(sent_.end(), wanted.size(), now.steady);
    return wanted;
}

AlertNotice NoticeLimit::sum_up(Now now) {
    int count = 0;
    std::string names;
    for (const auto& [rule, times] : std::exchange(withheld_, {})) {
        count += times;
        names += fmt::format("{}{} {}", names.empty() ? "" : ", ", times, rule);
    }
    Alert sum;
    sum.rule = withheld_rule;
    sum.severity = most_severe_;
    sum.state = AlertState::firing;
    sum.text = fmt::format("{} further notices were too many for one minute: {}", count, names);
    sum.since = first_withheld_;
    sum.changed = now.wall;
    sum.advice = "see all that is open: clockwright alert list";
    return {std::move(sum), NoticeKind::withheld};
}

}  // namespace clockwright
