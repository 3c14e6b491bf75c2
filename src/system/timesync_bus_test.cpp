#include "system/timesync_bus.h"

#include <doctest/doctest.h>

namespace clockwright::system {

TEST_CASE("a name that nobody owns, or no bus at all, is unreachable and starts nothing") {
    const auto state = read_timesync_state("org.example.clockwright.NobodyHasThisName");
    REQUIRE_FALSE(state);
    CHECK(state.error().fault == Fault::unreachable);
}

}  // namespace clockwright::system
