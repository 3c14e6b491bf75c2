#include "system/clock_alarm.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "system/descriptor.h"

namespace clockwright::system {
namespace {

/// Only the setting of the clock ends the wait (ECANCELED).
bool set_far_away(int timer) {
    itimerspec never{};
    never.it_value.tv_sec = ClockAlarm::never;
    return ::timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) ==
           0;
}

}  // namespace

ClockAlarm::ClockAlarm(boost::asio::io_context& loop, std::function<void()> was_set)
    : timer_(loop), was_set_(std::move(was_set)) {}

Result<void> ClockAlarm::arm() {
    const int timer = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer < 0 || !set_far_away(timer)) {
        if (timer >= 0) ::close(timer);
        return fail("the kernel does not tell when the clock is set: " + errno_text(errno));
    }
    timer_.assign(timer);
    wait();
    return {};
}

void ClockAlarm::wait() {
    timer_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                      [this](const boost::system::error_code& error) {
                          if (error) return;
                          std::uint64_t expired = 0;
                          const ssize_t got =
                              ::read(timer_.native_handle(), &expired, sizeof expired);
                          const bool was_set = got < 0 && errno == ECANCELED;
                          if (!set_far_away(timer_.native_handle())) return;
                          wait();
                          if (was_set) was_set_();
                      });
}

}  // namespace clockwright::system
