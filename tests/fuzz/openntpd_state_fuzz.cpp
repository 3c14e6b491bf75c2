/// Anything for what ntpctl prints.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/openntpd_state.h"

namespace {

void require(bool claim) {
    if (!claim) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using namespace clockwright;
    const auto state =
        openntpd::parse_state(std::string_view(reinterpret_cast<const char*>(octets), size));
    if (!state) return 0;
    require(state->unresolved <= static_cast<int>(state->sources.size()));
    require(std::isfinite(state->tracking.offset.count()));
    require(state->tracking.stratum >= 0 && state->tracking.stratum <= 16);
    for (const auto& source : state->sources) {
        require(!source.name.empty());
        require(std::isfinite(source.offset.count()) && std::isfinite(source.error.count()));
        require(source.stratum >= 0 && source.stratum <= 16);
        require(!source.last_sample || *source.last_sample >= Seconds{0});
    }
    return 0;
}
