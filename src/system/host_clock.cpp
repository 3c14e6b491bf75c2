#include "system/host_clock.h"

#include <sys/timex.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <string>

#include "system/file_io.h"

namespace clockwright::system {
namespace {

constexpr double kernel_ppm = 65536;     // of `freq`
constexpr long most_error = 16'000'000;  // µs; from there on the kernel calls itself unsynchronised

Result<void> tell_kernel(timex& words) {
    if (::adjtimex(&words) >= 0) return {};
    return fail(errno == EPERM ? Fault::not_permitted : Fault::failed,
                "cannot steer the clock: " + errno_text(errno));
}

}  // namespace

Result<ClockSetting> KernelHostClock::read() const {
    timex words{};
    words.modes = ADJ_OFFSET_SS_READ;  // needs no right; `freq` is told with it
    if (::adjtimex(&words) < 0) return fail("cannot read the clock's rate: " + errno_text(errno));
    return ClockSetting{Ppm{static_cast<double>(words.freq) / kernel_ppm},
                        std::chrono::microseconds(words.offset)};
}

Result<void> KernelHostClock::steer(const ClockSetting& setting, Seconds bound) {
    timex rate{};
    rate.modes = ADJ_FREQUENCY | ADJ_MAXERROR | ADJ_ESTERROR | ADJ_STATUS;
    rate.freq = std::lround(setting.frequency.value * kernel_ppm);
    rate.maxerror = rate.esterror = std::clamp(std::lround(bound.count() * 1e6), 1L, most_error);
    rate.status = 0;  // synchronised, and no loop of the kernel's own
    TRY(tell_kernel(rate));
    timex slew{};
    slew.modes = ADJ_OFFSET_SINGLESHOT;
    slew.offset = std::lround(setting.outstanding.count() * 1e6);
    return tell_kernel(slew);
}

}  // namespace clockwright::system
