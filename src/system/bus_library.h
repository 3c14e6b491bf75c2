/// libsystemd's D-Bus, loaded at first use: where no systemd is, nothing of it is needed.
#pragma once

#include <systemd/sd-bus.h>

#include "result.h"

namespace clockwright::system {

/// The entry points that are used here.
struct BusLibrary {
    decltype(&::sd_bus_open_system) open_system = nullptr;
    decltype(&::sd_bus_close_unref) close_unref = nullptr;
    decltype(&::sd_bus_is_ready) is_ready = nullptr;
    decltype(&::sd_bus_process) process = nullptr;
    decltype(&::sd_bus_wait) wait = nullptr;
    decltype(&::sd_bus_call) call = nullptr;
    decltype(&::sd_bus_error_free) error_free = nullptr;
    decltype(&::sd_bus_message_new_method_call) new_method_call = nullptr;
    decltype(&::sd_bus_message_set_auto_start) set_auto_start = nullptr;
    decltype(&::sd_bus_message_append_basic) append_basic = nullptr;
    decltype(&::sd_bus_message_read_basic) read_basic = nullptr;
    decltype(&::sd_bus_message_read_array) read_array = nullptr;
    decltype(&::sd_bus_message_peek_type) peek_type = nullptr;
    decltype(&::sd_bus_message_enter_container) enter_container = nullptr;
    decltype(&::sd_bus_message_exit_container) exit_container = nullptr;
    decltype(&::sd_bus_message_skip) skip = nullptr;
    decltype(&::sd_bus_message_unref) message_unref = nullptr;
};

/// Stays loaded. Error: it is not installed, and how to get it.
Result<const BusLibrary*> bus_library();

}  // namespace clockwright::system
