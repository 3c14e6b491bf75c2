#include "watch/notice_limit.h"

#include <algorithm>

namespace clockwright {

using namespace std::chrono_literals;

SteadyTime NoticeLimit::next(const NoticeRate& most, SteadyTime now) {
    while (!sent_.empty() && now - sent_.front() >= 1h) sent_.pop_front();
    return std::max(room(most.an_hour, 1h, now), room(most.a_minute, 1min, now));
}

SteadyTime NoticeLimit::room(int most, std::chrono::minutes span, SteadyTime now) const {
    const auto limit = static_cast<std::size_t>(most);
    if (most == 0 || sent_.size() < limit) return now;
    return std::max<SteadyTime>(now, sent_[sent_.size() - limit] + span);
}

}  // namespace clockwright
