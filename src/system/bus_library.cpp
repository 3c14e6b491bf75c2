#include "system/bus_library.h"

#include "system/shared_library.h"

namespace clockwright::system {
namespace {

Result<BusLibrary> load() {
    void* library = load_library("libsystemd.so.0");
    if (library == nullptr) {
        return fail(
            "libsystemd.so.0 cannot be loaded, and systemd-timesyncd is asked with it: install the "
            "package libsystemd0");
    }
    BusLibrary bus;
    const bool whole =
        find_function(library, "sd_bus_open_system", bus.open_system) &&
        find_function(library, "sd_bus_close_unref", bus.close_unref) &&
        find_function(library, "sd_bus_is_ready", bus.is_ready) &&
        find_function(library, "sd_bus_process", bus.process) &&
        find_function(library, "sd_bus_wait", bus.wait) &&
        find_function(library, "sd_bus_call", bus.call) &&
        find_function(library, "sd_bus_error_free", bus.error_free) &&
        find_function(library, "sd_bus_message_new_method_call", bus.new_method_call) &&
        find_function(library, "sd_bus_message_set_auto_start", bus.set_auto_start) &&
        find_function(library, "sd_bus_message_append_basic", bus.append_basic) &&
        find_function(library, "sd_bus_message_read_basic", bus.read_basic) &&
        find_function(library, "sd_bus_message_read_array", bus.read_array) &&
        find_function(library, "sd_bus_message_peek_type", bus.peek_type) &&
        find_function(library, "sd_bus_message_enter_container", bus.enter_container) &&
        find_function(library, "sd_bus_message_exit_container", bus.exit_container) &&
        find_function(library, "sd_bus_message_skip", bus.skip) &&
        find_function(library, "sd_bus_message_unref", bus.message_unref);
    if (!whole) return fail("libsystemd.so.0 is older than 241: it cannot be used here");
    return bus;
}

}  // namespace

Result<const BusLibrary*> bus_library() {
    static const Result<BusLibrary> loaded = load();
    if (!loaded) return std::unexpected(loaded.error());
    return &*loaded;
}

}  // namespace clockwright::system
