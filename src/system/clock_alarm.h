/// Wakes when somebody sets the wall clock or this host wakes up (timerfd_create(2)).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <ctime>
#include <functional>
#include <limits>

#include "result.h"

namespace clockwright::system {

class ClockAlarm {
  public:
    /// `was_set` runs on the loop, each time.
    /// A moment that a clock never shows, however wrong it is: one that had come would wake the
    /// loop for ever.
    static constexpr time_t never = std::numeric_limits<time_t>::max();

    ClockAlarm(boost::asio::io_context& loop, std::function<void()> was_set);

    /// Fault::failed where the kernel offers no such timer; nothing is told then.
    Result<void> arm();

  private:
    void wait();

    boost::asio::posix::stream_descriptor timer_;
    std::function<void()> was_set_;
};

}  // namespace clockwright::system
