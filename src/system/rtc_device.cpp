#include "system/rtc_device.h"

#include <fcntl.h>
#include <linux/rtc.h>
#include <sys/ioctl.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "system/clock.h"
#include "system/descriptor.h"

namespace clockwright::system {
namespace {

using namespace std::chrono;

constexpr auto patience = 1500ms;
constexpr auto on_time = 20ms;  // for a write
constexpr auto glance = 1ms;    // between two readings while the edge is awaited

std::string first_line(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

Result<Descriptor> open_device(const std::string& device, int how) {
    Descriptor open(::open(device.c_str(), how | O_CLOEXEC));
    if (open) return open;
    if (errno == EBUSY) return fail(device + " is in use by another program");
    const Fault fault = errno == EACCES || errno == EPERM ? Fault::not_permitted : Fault::failed;
    return fail(fault, "cannot open " + device + ": " + errno_text(errno));
}

/// What it shows, as UTC, in whole seconds.
Result<WallTime> shown(const Descriptor& open, const std::string& device) {
    rtc_time time{};
    if (::ioctl(open.get(), RTC_RD_TIME, &time) < 0)
        return fail("cannot read " + device + ": " + errno_text(errno));
    const year_month_day date{year{time.tm_year + 1900},
                              month{static_cast<unsigned>(time.tm_mon + 1)},
                              day{static_cast<unsigned>(time.tm_mday)}};
    // Nanoseconds of an instant end in 2262.
    const bool is_time = date.ok() && time.tm_year < 300 && time.tm_hour < 24 && time.tm_min < 60 &&
                         time.tm_sec < 61;
    if (!is_time) return fail(device + " shows no valid time");
    return sys_days{date} + hours{time.tm_hour} + minutes{time.tm_min} + seconds{time.tm_sec};
}

rtc_time broken_down(WallTime instant) {
    const time_t seconds =
        system_clock::to_time_t(time_point_cast<system_clock::duration>(instant));
    struct tm utc{};
    ::gmtime_r(&seconds, &utc);
    rtc_time time{};
    time.tm_sec = utc.tm_sec;
    time.tm_min = utc.tm_min;
    time.tm_hour = utc.tm_hour;
    time.tm_mday = utc.tm_mday;
    time.tm_mon = utc.tm_mon;
    time.tm_year = utc.tm_year;
    return time;
}

}  // namespace

std::optional<RtcDevice> RtcDevice::find(const std::string& sysfs, const std::string& devices) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(sysfs, error))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    std::optional<RtcIdentity> chosen;
    for (const std::string& name : names) {
        const std::filesystem::path here = std::filesystem::path(sysfs) / name;
        const RtcIdentity found{devices + "/" + name, first_line(here / "name"),
                                first_line(here / "hctosys") == "1"};
        if (!chosen || (found.started_system && !chosen->started_system)) chosen = found;
    }
    if (!chosen) return std::nullopt;
    return RtcDevice(std::move(*chosen));
}

Result<RtcReading> RtcDevice::read() const {
    const Descriptor open = TRY(open_device(identity_.device, O_RDONLY));
    const WallTime first = TRY(shown(open, identity_.device));
    const SteadyTime begun = read_clocks().steady;
    Now before = read_clocks();
    while (before.steady - begun < patience) {
        const WallTime now = TRY(shown(open, identity_.device));
        const Now after = read_clocks();
        if (now != first) return RtcReading{after.wall, now, after.steady - before.steady};
        before = after;
        std::this_thread::sleep_for(glance);
    }
    return fail(identity_.device + " does not tick");
}

Result<RtcVoltage> RtcDevice::voltage() const {
    const Descriptor open = TRY(open_device(identity_.device, O_RDONLY));
    unsigned int bits = 0;
    if (::ioctl(open.get(), RTC_VL_READ, &bits) < 0)
        return fail("the driver of " + identity_.device + " does not tell of its supply");
    return RtcVoltage{.data_invalid = (bits & RTC_VL_DATA_INVALID) != 0,
                      .backup_low = (bits & RTC_VL_BACKUP_LOW) != 0,
                      .backup_empty = (bits & RTC_VL_BACKUP_EMPTY) != 0,
                      .accuracy_low = (bits & RTC_VL_ACCURACY_LOW) != 0,
                      .backup_switched = (bits & RTC_VL_BACKUP_SWITCH) != 0};
}

Result<void> RtcDevice::set() {
    const Descriptor open = TRY(open_device(identity_.device, O_RDWR));
    RtcWriting writing;
    for (int tries = 0;; ++tries) {
        const WallTime now = read_clocks().wall;
        writing = next_writing(now, identity_.driver);
        std::this_thread::sleep_for(writing.at - now);
        const auto late = read_clocks().wall - writing.at;
        if (late >= 0ms && late < on_time) break;
        // The clock was set meanwhile, or this process had to wait.
        if (tries == 2) return fail("the moment to set " + identity_.device + " was missed");
    }
    const rtc_time time = broken_down(writing.value);
    if (::ioctl(open.get(), RTC_SET_TIME, &time) == 0) return {};
    const Fault fault = errno == EACCES || errno == EPERM ? Fault::not_permitted : Fault::failed;
    return fail(fault, "cannot set " + identity_.device + ": " + errno_text(errno));
}

}  // namespace clockwright::system
