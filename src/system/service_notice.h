/// Tells the service manager how we are (sd_notify(3)); nothing where none listens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "time/units.h"

namespace clockwright::system {

/// "READY=1", "WATCHDOG=1", "STOPPING=1", "RELOADING=1\nMONOTONIC_USEC=…"; lines of one message.
void tell_service_manager(std::string_view state);

/// How often it wants to hear WATCHDOG=1 from this process; empty: not at all.
std::optional<Seconds> service_watchdog();

/// The directory under /run that it made for this service; empty: none.
std::string runtime_directory();

/// The directory under /var/log that it made for this service; empty: none.
std::string logs_directory();

/// Where it hands secrets to this service; empty: nowhere.
std::string credentials_directory();

}  // namespace clockwright::system
