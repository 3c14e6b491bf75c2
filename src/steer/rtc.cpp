#include "steer/rtc.h"

#include <chrono>

namespace clockwright {

RtcWriting next_writing(WallTime now, std::string_view driver) {
    using namespace std::chrono;
    const nanoseconds into_second = driver.starts_with("rtc_cmos") ? 500ms : 0ms;
    const WallTime value = ceil<seconds>(now - into_second);
    return {value + into_second, value};
}

}  // namespace clockwright
