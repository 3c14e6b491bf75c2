/// Any text as a world: no crash, and what is accepted keeps its limits.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "lab/world.h"

namespace {

using namespace clockwright;
using namespace clockwright::lab;

void require(bool claim) {
    if (!claim) {
        std::abort();
    }
}

bool is_within(Seconds value, double least, double most) {
    return value.count() >= least && value.count() <= most;
}

void check_server(const ServerSpec& spec) {
    constexpr double century = 100 * 365.25 * 86'400;
    require(spec.endpoint.address.is_loopback() && spec.endpoint.port != 0);
    require(spec.loss >= 0 && spec.loss <= 1);
    require(std::abs(spec.drift.value) <= 100'000);
    require(is_within(spec.offset, -century / 2, century / 2));
    require(is_within(spec.step, -century / 2, century / 2));
    require(is_within(spec.step_at, -1, century) && is_within(spec.dies_at, -1, century));
    for (const Seconds way : {spec.delay_out, spec.delay_back, spec.jitter}) {
        require(is_within(way, 0, 60));
    }
    require(is_within(spec.root_delay, 0, 65'535) && is_within(spec.root_dispersion, 0, 65'535));
    require(spec.stratum >= 1 && spec.stratum <= 16);
    require((spec.kiss != 0) == (spec.behaviour == Behaviour::kiss));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(octets), size);
    const auto world = parse_world(text, "fuzz.toml");
    if (!world) {
        require(world.error().fault == Fault::bad_input && !world.error().message.empty());
        return 0;
    }
    std::set<Endpoint> endpoints;
    for (const ServerSpec& spec : world->servers) {
        check_server(spec);
        require(endpoints.insert(spec.endpoint).second);
    }
    require(!endpoints.empty() && world->port != 0);
    return 0;
}
