#include "watch/hourly_limit.h"

namespace clockwright {

using namespace std::chrono_literals;

SteadyTime HourlyLimit::next(int most, SteadyTime now) {
    while (!sent_.empty() && now - sent_.front() >= 1h) sent_.pop_front();
    const auto limit = static_cast<std::size_t>(most);
    return most == 0 || sent_.size() < limit ? now : sent_[sent_.size() - limit] + 1h;
}

}  // namespace clockwright
