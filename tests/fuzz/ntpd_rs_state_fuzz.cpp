/// Anything for what ntpd-rs writes to its observation socket.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/ntpd_rs_state.h"

namespace {

void require(bool claim) {
    if (!claim) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace clockwright;
    const WallTime now{std::chrono::hours(500'000)};
    const auto state =
        ntpd_rs::parse_state(std::string_view(reinterpret_cast<const char*>(octets), size), now);
    if (!state) return 0;
    const auto& tracking = state->tracking;
    require(std::isfinite(tracking.root_delay.count()));
    require(std::isfinite(tracking.root_dispersion.count()));
    require(tracking.root_dispersion >= Seconds{-1e10});
    require(tracking.stratum >= 0 && tracking.stratum <= 16);
    require(tracking.reference_time <= now);
    for (const auto& source : state->sources) {
        require(source.poll >= 0 && source.poll <= 17);
        require(std::isfinite(source.offset.count()) && std::isfinite(source.error.count()));
        require(!source.last_sample || *source.last_sample >= Seconds{0});
    }
    return 0;
}
