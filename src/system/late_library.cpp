// What the first call of a function of OpenSSL, c-ares or SQLite comes to (tools/late_library.py
// writes the way here from the functions that the program uses): a start that needs no NTS, TLS,
// name or record does not pay for the loading of their libraries, which takes as long as a one-shot
// measurement.
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "late_library.h"
#include "system/shared_library.h"

extern "C" {
/// Libraries that are loaded together. `names` and `libraries`: texts one after another, each ended
/// by a zero, the last one empty.
struct LateLibraries {
    const char* names;
    const char* libraries;
    void** targets;  ///< one entry for each name; on pages of their own
    const char* purpose;
    const char* package;
};

bool clockwright_late_prepare(std::string& why, const LateLibraries* wanted) noexcept;
void clockwright_late_load(const LateLibraries* wanted) noexcept;
}

namespace {

using namespace clockwright;

std::unexpected<Error> unusable(const LateLibraries& wanted, const char* library, const char* why) {
    return fail(fmt::format("{} cannot be used, which {} ({}); install it (apt install {})",
                            library, wanted.purpose, why, wanted.package));
}

Result<void> load(const LateLibraries& wanted) {
    std::vector<void*> libraries;
    const char* library = wanted.libraries;
    for (; *library != '\0'; library += std::strlen(library) + 1) {
        libraries.push_back(system::load_library(library));
        if (libraries.back() == nullptr) return unusable(wanted, library, ::dlerror());
    }
    std::vector<void*> functions;
    for (const char* name = wanted.names; *name != '\0'; name += std::strlen(name) + 1) {
        void* function = nullptr;
        for (void* candidate : libraries)
            if (function == nullptr) function = ::dlsym(candidate, name);
        if (function == nullptr) return unusable(wanted, name, "it is missing from the library");
        functions.push_back(function);
    }
    std::ranges::copy(functions, wanted.targets);
    // Nobody may lead a call elsewhere from now on.
    ::mprotect(static_cast<void*>(wanted.targets), functions.size() * sizeof(void*), PROT_READ);
    return {};
}

Result<void> load_once(const LateLibraries& wanted) {
    static std::mutex one_at_a_time;
    static std::set<const LateLibraries*> loaded;
    const std::scoped_lock lock(one_at_a_time);
    if (loaded.contains(&wanted)) return {};
    auto now = load(wanted);
    if (now) loaded.insert(&wanted);
    return now;
}

}  // namespace

bool clockwright_late_prepare(std::string& why, const LateLibraries* wanted) noexcept {
    auto ready = load_once(*wanted);
    if (!ready) why = std::move(ready.error().message);
    return ready.has_value();
}

/// Nobody asked before (late_library.h), and without the library the caller can do nothing at all,
/// as a program linked with it could not start.
void clockwright_late_load(const LateLibraries* wanted) noexcept {
    const auto ready = load_once(*wanted);
    if (ready) return;
    std::fprintf(stderr, "clockwright: %s.\n", ready.error().message.c_str());
    std::_Exit(EXIT_FAILURE);
}
