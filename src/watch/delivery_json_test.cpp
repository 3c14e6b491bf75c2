#include "watch/delivery_json.h"

#include <doctest/doctest.h>

#include "tests/fakes/alert_case.h"

using namespace clockwright;

namespace {

WaitingAlerts two_channels() {
    const WallTime since{std::chrono::seconds{1'800'000'000}};
    Alert first = fakes::firing_alert(since), second = first;
    first.hazard = "H-1";
    first.changed = since + std::chrono::microseconds{1};
    second.state = AlertState::resolved;
    second.silenced = true;
    return {{"mail smtp.example", {first, second}}, {"slack", {second}}};
}

}  // namespace

TEST_CASE("what waits is read back as it was, in its order") {
    CHECK(read_waiting_alerts(waiting_alerts_json(two_channels())).value() == two_channels());
    CHECK(read_waiting_alerts(waiting_alerts_json({})).value().empty());
}

TEST_CASE("cut at any octet, the text is refused and not guessed") {
    const std::string text = waiting_alerts_json(two_channels());
    for (std::size_t cut = 0; cut + 2 < text.size(); ++cut) {
        CAPTURE(cut);
        CHECK_FALSE(read_waiting_alerts(text.substr(0, cut)).has_value());
    }
}

TEST_CASE("what is of a newer version or has other words is refused") {
    for (const char* bad : {"[]", R"({"format": 2, "waiting": []})", R"({"format": 1})",
                            R"({"format": 1, "waiting": [{"channel": "x"}]})"}) {
        CAPTURE(bad);
        CHECK_FALSE(read_waiting_alerts(bad).has_value());
    }
}
