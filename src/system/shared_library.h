/// A library of the system that is loaded at first use: what nobody uses costs nobody its start-up.
#pragma once

#include <dlfcn.h>

namespace clockwright::system {

/// Stays loaded. Null when it is not installed.
inline void* load_library(const char* name) {
    return ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/// False when the library has no such function.
template <class Function>
bool find_function(void* library, const char* name, Function& target) {
    target = reinterpret_cast<Function>(::dlsym(library, name));
    return target != nullptr;
}

}  // namespace clockwright::system
