/// The units of the service, and where they lie.
#pragma once

#include <array>
#include <string>

#include "daemon/host.h"

namespace clockwright::app {

inline constexpr const char* service_name = "clockwright-apply.service";
inline constexpr const char* timer_name = "clockwright-apply.timer";
inline constexpr const char* heal_name = "clockwright-heal.service";
inline constexpr const char* agent_name = "clockwright-agent.service";
inline constexpr const char* wish_service_name = "clockwright-wish.service";
inline constexpr const char* wish_name = "clockwright-wish.path";
/// All of them; those that work and end are `working_units`.
inline constexpr std::array our_units{service_name, timer_name,        heal_name,
                                      agent_name,   wish_service_name, wish_name};
inline constexpr std::array working_units{service_name, wish_service_name};
inline constexpr const char* cron_directory = "/etc/cron.d";
inline constexpr const char* cron_path = "/etc/cron.d/clockwright";
/// Where root's runs keep theirs.
inline constexpr const char* system_state = "/var/lib/clockwright";
/// Where the agent of the service keeps its state (DynamicUser=yes), and the link that leads there.
inline constexpr const char* service_state = "/var/lib/private/clockwright-agent";
inline constexpr const char* service_state_link = "/var/lib/clockwright-agent";

inline std::string unit_path(const char* name) {
    return "/etc/systemd/system/" + std::string(name);
}

/// Something applies better sets by the clock here.
inline bool is_scheduled(const Host& host) {
    return !host.glob(unit_path(timer_name)).empty() || !host.glob(cron_path).empty();
}

}  // namespace clockwright::app
