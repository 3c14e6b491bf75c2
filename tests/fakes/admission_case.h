/// Names, as the resolver and the command line have them, for tests of who is asked.
#pragma once

#include <initializer_list>

#include "system/admission.h"

namespace clockwright::fakes {

inline const Now noon{WallTime{std::chrono::seconds(1'700'000'000)},
                      SteadyTime{std::chrono::seconds(1000)}};

inline system::Resolved found(std::initializer_list<const char*> addresses) {
    system::Resolved resolved;
    for (const char* text : addresses) {
        resolved.addresses.push_back(parse_address(text).value());
    }
    return resolved;
}

inline system::ProbeTarget target(const char* host, bool from_stranger = false) {
    return {.host = parse_host(host).value(), .from_stranger = from_stranger};
}

}  // namespace clockwright::fakes
