#include "system/rtc_device.h"

#include <fcntl.h>
#include <linux/rtc.h>
#include <sys/ioctl.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
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
constexpr std::int64_t nanoseconds_end = 9'223'372'036;  // in 2262

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
Result<WallTime> shown(const std::string& epoch_file) {
    const std::string text = first_line(epoch_file);
    std::int64_t since_epoch = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), since_epoch);
    const bool is_time = error == std::errc{} && end == text.data() + text.size() &&
                         since_epoch >= 0 && since_epoch < nanoseconds_end;
    if (!is_time) return fail(epoch_file + " shows no valid time");
    return WallTime{seconds{since_epoch}};
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
    std::optional<RtcDevice> chosen;
    for (const std::string& name : names) {
        const std::filesystem::path here = std::filesystem::path(sysfs) / name;
        RtcIdentity found{devices + "/" + name, first_line(here / "name"),
                          first_line(here / "hctosys") == "1"};
        if (!chosen || (found.started_system && !chosen->identity_.started_system))
            chosen = RtcDevice(std::move(found), here / "since_epoch");
    }
    return chosen;
}

Result<RtcReading> RtcDevice::read() const {
    const WallTime first = TRY(shown(epoch_file_));
    const SteadyTime begun = read_clocks().steady;
    Now before = read_clocks();
    while (before.steady - begun < patience) {
        const WallTime now = TRY(shown(epoch_file_));
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
