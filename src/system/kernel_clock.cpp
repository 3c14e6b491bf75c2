#include "system/kernel_clock.h"

#include <sys/timex.h>
#include <unistd.h>

namespace clockwright::system {

std::optional<KernelClock> read_kernel_clock() {
    struct timex words{};  // modes = 0: only read
    if (::adjtimex(&words) < 0) return std::nullopt;
    KernelClock clock;
    clock.unsynchronised = (static_cast<unsigned>(words.status) & STA_UNSYNC) != 0;
    clock.most_error = std::chrono::microseconds(words.maxerror);
    clock.tai = words.tai;
    // chronyd corrects by the length of a tick as well, and leaves little to the frequency.
    const auto hz = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const double tick = static_cast<double>(words.tick) - 1e6 / hz;
    clock.frequency.value = static_cast<double>(words.freq) / 65536.0 + tick * hz;
    clock.later_frequency = clock.frequency;
    return clock;
}

}  // namespace clockwright::system
