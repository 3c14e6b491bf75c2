#include "daemon/places.h"

#include <algorithm>
#include <array>

namespace clockwright {
namespace {

using enum DaemonKind;

constexpr std::string_view mode6 = "127.0.0.1:123";
constexpr std::string_view openntpd_socket = "/var/run/ntpd.sock";

constexpr std::array places{
    InstallPlace{chrony, "Debian, Ubuntu", "/etc/chrony/chrony.conf", "chrony", ""},
    InstallPlace{chrony, "Alpine", "/etc/chrony/chrony.conf", "chronyd", ""},
    InstallPlace{chrony, "RHEL, Fedora, SUSE, Arch", "/etc/chrony.conf", "chronyd", ""},
    InstallPlace{chrony, "FreeBSD", "/usr/local/etc/chrony.conf", "chronyd", ""},
    InstallPlace{ntpsec, "Debian, Ubuntu", "/etc/ntpsec/ntp.conf", "ntpsec", mode6},
    InstallPlace{ntpsec, "RHEL, Fedora, SUSE, Arch, FreeBSD", "/etc/ntp.conf", "ntpd", mode6},
    InstallPlace{ntpsec, "Debian to 11, Ubuntu to 22.04 (ntp)", "/etc/ntp.conf", "ntp", mode6},
    InstallPlace{timesyncd, "all with systemd", "/etc/systemd/timesyncd.conf", "systemd-timesyncd",
                 "org.freedesktop.timesync1"},
    InstallPlace{openntpd, "Debian, Ubuntu", "/etc/openntpd/ntpd.conf", "openntpd",
                 "/var/lib/openntpd/run/ntpd.sock"},
    InstallPlace{openntpd, "Alpine, Arch", "/etc/ntpd.conf", "openntpd", openntpd_socket},
    InstallPlace{openntpd, "OpenBSD", "/etc/ntpd.conf", "ntpd", openntpd_socket},
    InstallPlace{openntpd, "FreeBSD", "/usr/local/etc/ntpd.conf", "openntpd", openntpd_socket},
    InstallPlace{ntpd_rs, "all", "/etc/ntpd-rs/ntp.toml", "ntpd-rs", "/var/run/ntpd-rs/observe"},
    InstallPlace{ntpd_rs, "FreeBSD", "/usr/local/etc/ntpd-rs/ntp.toml", "ntpd-rs",
                 "/var/run/ntpd-rs/observe"},
};

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace

std::span<const InstallPlace> install_places() {
    return places;
}

const InstallPlace* place_of(DaemonKind kind, std::string_view config) {
    const InstallPlace* first = nullptr;
    for (const auto& place : places) {
        if (place.kind != kind) continue;
        if (first == nullptr) first = &place;
        if (place.config == config) return &place;
    }
    return first;
}

const InstallPlace* place_named(std::string_view config) {
    if (config.contains("openntpd")) return place_of(openntpd, config);
    const auto exact = std::ranges::find(places, config, &InstallPlace::config);
    if (exact != places.end()) return &*exact;
    const auto alike = std::ranges::find(places, base_name(config),
                                         [](const auto& place) { return base_name(place.config); });
    return alike == places.end() ? nullptr : &*alike;
}

}  // namespace clockwright
