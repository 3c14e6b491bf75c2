#include "system/wait.h"

#include <time.h>

namespace clockwright::system {

void wait(Seconds interval) {
    const auto nanoseconds = to_nanoseconds(interval).count();
    const timespec span{static_cast<time_t>(nanoseconds / 1'000'000'000),
                        static_cast<long>(nanoseconds % 1'000'000'000)};
    ::nanosleep(&span, nullptr);
}

}  // namespace clockwright::system
