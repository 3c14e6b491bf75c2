/// What a set is chosen for: weights on the expected error, the loss and the delay of each server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "judge/server_stats.h"

namespace clockwright {

/// cost = error · expected error + loss · share of probes lost + delay · least round trip
struct Profile {
    std::string_view name = "balanced";
    double error = 1;
    Seconds loss{0};  ///< what losing every probe would cost
    double delay = 0;
    int count = 5;    ///< wanted, unless the user says otherwise
    int minimum = 4;  ///< needed, unless the user says otherwise
};

/// `balanced`: the expected error alone. `reliable`: a tenth of the probes lost costs 2 ms.
/// `low-latency`: a millisecond of round trip costs 0.1 ms beside the 0.04 ms in the expected
/// error. `dev`: balanced with four wanted and three needed: one liar is still outvoted, fewer
/// packets go out, and a laptop with three answering servers gets a set. Empty: no such profile.
std::optional<Profile> find_profile(std::string_view name);

/// What the server costs a set of this profile; with `balanced` its expected error.
Seconds cost_of(const ServerStats& stats, const Profile& profile);

/// "1 x expected error 1.2 ms + 20 ms x loss 25 %"; empty for `balanced`.
std::string spell_cost(const ServerStats& stats, const Profile& profile);

}  // namespace clockwright
