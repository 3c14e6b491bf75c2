#include "system/bus_library.h"

#include <dlfcn.h>

namespace clockwright::system {
namespace {

template <class Function>
bool find(void* library, const char* name, Function& target) {
    target = reinterpret_cast<Function>(::dlsym(library, name));
    return target != nullptr;
}

Result<BusLibrary> load() {
    void* library = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        return fail(
            "libsystemd.so.0 cannot be loaded, and systemd-timesyncd is asked with it: install the "
            "package libsystemd0");
    }
    BusLibrary bus;
    const bool whole = find(library, "sd_bus_open_system", bus.open_system) &&
                       find(library, "sd_bus_close_unref", bus.close_unref) &&
                       find(library, "sd_bus_is_ready", bus.is_ready) &&
                       find(library, "sd_bus_process", bus.process) &&
                       find(library, "sd_bus_wait", bus.wait) &&
                       find(library, "sd_bus_call", bus.call) &&
                       find(library, "sd_bus_error_free", bus.error_free) &&
                       find(library, "sd_bus_message_new_method_call", bus.new_method_call) &&
                       find(library, "sd_bus_message_set_auto_start", bus.set_auto_start) &&
                       find(library, "sd_bus_message_append_basic", bus.append_basic) &&
                       find(library, "sd_bus_message_read_basic", bus.read_basic) &&
                       find(library, "sd_bus_message_read_array", bus.read_array) &&
                       find(library, "sd_bus_message_peek_type", bus.peek_type) &&
                       find(library, "sd_bus_message_enter_container", bus.enter_container) &&
                       find(library, "sd_bus_message_exit_container", bus.exit_container) &&
                       find(library, "sd_bus_message_skip", bus.skip) &&
                       find(library, "sd_bus_message_unref", bus.message_unref);
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
