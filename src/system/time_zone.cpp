#include "system/time_zone.h"

#include <time.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace clockwright::system {

std::string time_zone() {
    static constexpr std::string_view tree = "/zoneinfo/";
    std::error_code error;
    const std::string link = std::filesystem::read_symlink("/etc/localtime", error).string();
    if (const std::size_t found = link.find(tree); !error && found != std::string::npos) {
        return link.substr(found + tree.size());
    }
    std::string line;
    std::ifstream file("/etc/timezone");
    std::getline(file, line);
    return line;
}

Seconds zone_offset() {
    const time_t now = ::time(nullptr);
    struct tm local{};
    ::localtime_r(&now, &local);
    return Seconds{static_cast<double>(local.tm_gmtoff)};
}

LocalMoment local_moment() {
    const time_t now = ::time(nullptr);
    struct tm local{};
    ::localtime_r(&now, &local);
    return {local.tm_wday, local.tm_hour * 60 + local.tm_min};
}

}  // namespace clockwright::system
