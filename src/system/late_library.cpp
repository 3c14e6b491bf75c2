// What the first call of a function of OpenSSL comes to (tools/late_library.py writes the way here
// from the functions that this room uses): a start that asks nobody by NTS or TLS does not pay for
// the loading of its libraries, which takes longer than a one-shot measurement.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "system/shared_library.h"

extern "C" {
// Texts one after another, each ended by a zero, the last one empty.
extern const char clockwright_late_names[];
extern const char clockwright_late_libraries[];
// One entry for each name; on pages of their own.
extern void* clockwright_late_targets[];

void clockwright_late_load() noexcept;
}

namespace {

using namespace clockwright;

/// Without the library the caller can do nothing at all, as a program linked with it could not
/// start.
[[noreturn]] void give_up(const char* library, const char* why) {
    std::fprintf(stderr,
                 "clockwright: %s cannot be used, which NTS and TLS need (%s).\n"
                 "Next: install it (apt install libssl3).\n",
                 library, why);
    std::_Exit(EXIT_FAILURE);
}

bool load() {
    std::vector<void*> libraries;
    const char* library = clockwright_late_libraries;
    for (; *library != '\0'; library += std::strlen(library) + 1) {
        libraries.push_back(system::load_library(library));
        if (libraries.back() == nullptr) give_up(library, ::dlerror());
    }
    std::size_t count = 0;
    for (const char* name = clockwright_late_names; *name != '\0'; name += std::strlen(name) + 1) {
        void* function = nullptr;
        for (void* candidate : libraries)
            if (function == nullptr) function = ::dlsym(candidate, name);
        if (function == nullptr) give_up(name, "it is missing from the library");
        clockwright_late_targets[count++] = function;
    }
    // Nobody may lead a call elsewhere from now on.
    ::mprotect(static_cast<void*>(clockwright_late_targets), count * sizeof(void*), PROT_READ);
    return true;
}

}  // namespace

void clockwright_late_load() noexcept {
    [[maybe_unused]] static const bool loaded = load();
}
