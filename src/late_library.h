/// A library of the system that the program loads at first use (system/late_library.cpp). Whoever
/// calls one asks here before the first call: without the library only that fails.
#pragma once

#include <string>

#include "result.h"

extern "C" {
/// False: it cannot be used, and `why` is a sentence that says what to install. Null where the
/// program is linked with the library as usual.
[[gnu::weak]] bool clockwright_load_openssl(std::string& why) noexcept;
[[gnu::weak]] bool clockwright_load_cares(std::string& why) noexcept;
[[gnu::weak]] bool clockwright_load_sqlite(std::string& why) noexcept;
}

namespace clockwright {

/// `load`: one of the functions above.
inline Result<void> loaded(bool (*load)(std::string& why) noexcept) {
    std::string why;
    if (load != nullptr && !load(why)) return fail(std::move(why));
    return {};
}

}  // namespace clockwright
