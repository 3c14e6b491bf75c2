// What the first call of a function of OpenSSL, c-ares or SQLite comes to (tools/late_library.py
// writes the way here from the functions that the program uses): a start that needs no NTS, TLS,
// name or record does not pay for the loading of their libraries, which takes as long as a one-shot
// measurement.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <vector>

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

void clockwright_late_load(const LateLibraries* wanted) noexcept;
}

namespace {

using namespace clockwright;

/// Without the library the caller can do nothing at all, as a program linked with it could not
/// start.
[[noreturn]] void give_up(const LateLibraries& wanted, const char* library, const char* why) {
    std::fprintf(stderr,
                 "clockwright: %s cannot be used, which %s (%s).\n"
                 "Next: install it (apt install %s).\n",
                 library, wanted.purpose, why, wanted.package);
    std::_Exit(EXIT_FAILURE);
}

void load(const LateLibraries& wanted) {
    std::vector<void*> libraries;
    const char* library = wanted.libraries;
    for (; *library != '\0'; library += std::strlen(library) + 1) {
        libraries.push_back(system::load_library(library));
        if (libraries.back() == nullptr) give_up(wanted, library, ::dlerror());
    }
    std::size_t count = 0;
    for (const char* name = wanted.names; *name != '\0'; name += std::strlen(name) + 1) {
        void* function = nullptr;
        for (void* candidate : libraries)
            if (function == nullptr) function = ::dlsym(candidate, name);
        if (function == nullptr) give_up(wanted, name, "it is missing from the library");
        wanted.targets[count++] = function;
    }
    // Nobody may lead a call elsewhere from now on.
    ::mprotect(static_cast<void*>(wanted.targets), count * sizeof(void*), PROT_READ);
}

}  // namespace

void clockwright_late_load(const LateLibraries* wanted) noexcept {
    static std::mutex one_at_a_time;
    static std::set<const LateLibraries*> loaded;
    const std::scoped_lock lock(one_at_a_time);
    if (loaded.insert(wanted).second) load(*wanted);
}
