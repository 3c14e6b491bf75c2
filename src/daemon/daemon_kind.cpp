#include "daemon/daemon_kind.h"

#include <array>

namespace clockwright {
namespace {

constexpr std::array<std::string_view, 5> names{"chrony", "ntpsec", "timesyncd", "openntpd",
                                                "ntpd-rs"};

constexpr DaemonTraits chrony{.program = "chronyd",
                              .reloads = true,
                              .nts = true,
                              .ports = true,
                              .pools = true,
                              .counts_losses = true,
                              .follows = DaemonTraits::Follows::by_reference,
                              .dispersion = DaemonTraits::Dispersion::by_skew,
                              .start_step = Seconds{1},
                              .why_restart = {}};
/// Its control protocol takes new sources only with a key that few hosts have.
constexpr DaemonTraits ntpsec{.program = "ntpd",
                              .nts = true,
                              .pools = true,
                              .counts_losses = true,
                              .follows = DaemonTraits::Follows::by_state,
                              .dispersion = DaemonTraits::Dispersion::by_phi,
                              .start_step = Seconds{0.128},
                              .verify_at_least = Seconds{120},
                              .why_restart = "ntpd reads its sources only when it starts"};
constexpr DaemonTraits timesyncd{
    .program = "systemd-timesyncd",
    .one_server = true,
    .resets = true,
    .follows = DaemonTraits::Follows::by_reference,
    .samples_wanted = 1,
    .start_step = Seconds{0.4},
    .verify_at_least = Seconds{60},
    .why_restart = "systemd-timesyncd reads its servers only when it starts"};
constexpr DaemonTraits openntpd{.program = "openntpd",
                                .pools = true,
                                .samples_wanted = 1,
                                .start_step = Seconds{180},
                                .verify_at_least = Seconds{300},
                                .why_restart = "OpenNTPD reads its servers only when it starts"};
constexpr DaemonTraits ntpd_rs{.program = "ntpd-rs",
                               .nts = true,
                               .ports = true,
                               .pools = true,
                               .lists_at_once = false,
                               .samples_wanted = 1,
                               .default_minpoll = 4,
                               .start_step = Seconds{0.01},
                               .verify_at_least = Seconds{60},
                               .why_restart = "ntpd-rs reads its sources only when it starts"};

}  // namespace

std::string_view to_string(DaemonKind kind) {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<DaemonKind> parse_daemon_kind(std::string_view word) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == word) return static_cast<DaemonKind>(i);
    return std::nullopt;
}

const DaemonTraits& traits_of(DaemonKind kind) {
    switch (kind) {
        case DaemonKind::chrony:
            return chrony;
        case DaemonKind::ntpsec:
            return ntpsec;
        case DaemonKind::timesyncd:
            return timesyncd;
        case DaemonKind::openntpd:
            return openntpd;
        case DaemonKind::ntpd_rs:
            break;
    }
    return ntpd_rs;
}

}  // namespace clockwright
