/// Is this host's time well, in one word: for load balancers and those who watch them.
#pragma once

#include <cstdint>
#include <string_view>

#include "publish/http.h"
#include "publish/snapshot.h"

namespace clockwright {

struct ApiCall;

/// What an error bound is called, up to and excluding each limit.
struct HealthClasses {
    Seconds excellent{1e-3}, good{5e-3}, acceptable{50e-3}, poor{500e-3};
};

/// "excellent", "good", "acceptable", "poor", "critical".
std::string_view classify(Seconds bound, const HealthClasses& classes);

/// `degraded`: the time is not demonstrated, or its bound critical. `warning`: poor, or stale, or
/// an alert is firing. `error`: nothing is known at all, for the agent itself does not work.
enum class Health : std::uint8_t { healthy, warning, degraded, error };
std::string_view to_string(Health health);
Health health_of(const Snapshot* snapshot, WallTime now, const HealthClasses& classes);

HttpResponse answer_health(const ApiCall& call);         ///< the agent lives and its cycles go on
HttpResponse answer_ready(const ApiCall& call);          ///< there is something to ask it for
HttpResponse answer_system_health(const ApiCall& call);  ///< this host's time, and its daemon
HttpResponse answer_time_status(const ApiCall& call);

}  // namespace clockwright
