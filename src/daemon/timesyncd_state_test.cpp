#include "daemon/timesyncd_state.h"

#include <doctest/doctest.h>

#include <functional>

using namespace clockwright;
using namespace clockwright::timesyncd;

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t sent = 1'800'000'000 * second;
constexpr WallTime read_moment = WallTime{1'800'000'010s};

/// The server is 5 ms ahead, 10 ms away, and held the packet for 2 ms.
Properties asked() {
    Properties properties;
    properties.runtime_servers = {"runtime.example"};
    properties.system_servers = {"a.example", "b.example", "runtime.example"};
    properties.link_servers = {"192.168.1.1"};
    properties.fallback_servers = {"fallback.example"};
    properties.server_name = "a.example";
    properties.server_address = parse_address("192.0.2.7");
    properties.poll_interval_us = 64 * second;
    properties.frequency = -3 * 65536 / 2;
    properties.message = {.leap = 0,
                          .version = 4,
                          .mode = 4,
                          .stratum = 2,
                          .precision = -25,
                          .root_delay_us = 3000,
                          .root_dispersion_us = 700,
                          .refid = {10, 1, 2, 3},
                          .origin_us = sent,
                          .receive_us = sent + 10'000,
                          .transmit_us = sent + 12'000,
                          .destination_us = sent + 12'000,
                          .spike = false,
                          .packet_count = 3,
                          .jitter_us = 150};
    return properties;
}

const DaemonSource& named(const DaemonState& state, const std::string& name) {
    for (const auto& source : state.sources)
        if (source.name == name) return source;
    throw std::out_of_range(name);
}

std::vector<std::string> names_of(const DaemonState& state) {
    std::vector<std::string> names;
    for (const auto& source : state.sources) names.push_back(source.name);
    return names;
}

}  // namespace

TEST_CASE("servers are listed in the order in which they are asked, each once") {
    CHECK(names_of(state_of(asked(), read_moment)) ==
          std::vector<std::string>{"runtime.example", "a.example", "b.example", "192.168.1.1"});
}

TEST_CASE("fallback servers are sources only where nothing else is known") {
    auto properties = asked();
    properties.runtime_servers = properties.system_servers = properties.link_servers = {};
    properties.server_name = "fallback.example";
    const auto state = state_of(properties, read_moment);
    REQUIRE(names_of(state) == std::vector<std::string>{"fallback.example"});
    CHECK(state.sources[0].fallback);
    CHECK(state.sources[0].state == '*');
}

TEST_CASE("the server that is asked is measured by the four stamps of its answer") {
    const auto state = state_of(asked(), read_moment);
    const auto& source = named(state, "a.example");
    CHECK(source.state == '*');
    CHECK(source.address == parse_address("192.0.2.7"));
    CHECK(source.offset.count() == doctest::Approx(5e-3));  // it is ahead: add it
    CHECK(source.error.count() == doctest::Approx(5e-3 + 1.5e-3 + 0.7e-3));
    CHECK(source.stratum == 2);
    CHECK(source.refid == 0x0a010203);
    CHECK(source.samples == 3);
    CHECK(source.reach == 7);
    CHECK(source.poll == 6);
    CHECK(source.last_sample->count() == doctest::Approx(9.988));
    for (const auto* other : {"runtime.example", "b.example", "192.168.1.1"}) {
        CAPTURE(other);
        CHECK(named(state, other).state == ' ');
        CHECK_FALSE(named(state, other).address);
        CHECK_FALSE(named(state, other).last_sample);
    }
}

TEST_CASE("the clock is steered by what that answer said") {
    const auto state = state_of(asked(), read_moment);
    const auto& tracking = state.tracking;
    CHECK(state.complete);
    CHECK(state.read_at == read_moment);
    CHECK(tracking.synchronised());
    CHECK(tracking.reference == parse_address("192.0.2.7"));
    CHECK(tracking.refid == 0xc0000207);
    CHECK(tracking.stratum == 3);
    CHECK(tracking.leap == Leap::none);
    CHECK(tracking.reference_time == WallTime{1'800'000'000s + 12ms});
    CHECK(tracking.offset.count() == doctest::Approx(5e-3));
    CHECK(tracking.root_delay.count() == doctest::Approx(13e-3));
    CHECK(tracking.root_dispersion.count() == doctest::Approx(0.85e-3));
    CHECK(tracking.frequency == Ppm{-1.5});
    CHECK_FALSE(tracking.skew);
    CHECK(tracking.update_interval == Seconds{64});
}

TEST_CASE("only an answer of the server that is named makes a clock synchronised") {
    const struct {
        std::string what;
        std::function<void(Properties&)> change;
        char state;
        bool synchronised = false;
    } rows[] = {
        {"no packet came", [](auto& p) { p.message.packet_count = 0; }, '?'},
        {"no server is named", [](auto& p) { p.server_name.clear(); }, ' '},
        {"its name has no address", [](auto& p) { p.server_address.reset(); }, '?'},
        {"its answer is overdue", [](auto& p) { p.poll_interval_us = 0; }, '*', true},
        {"long overdue",
         [](auto& p) {
             p.poll_interval_us = 32 * second;
             p.message.destination_us -= 33 * second;
         },
         '?'},
        {"a server that is in no list", [](auto& p) { p.server_name = "gone.example"; }, ' ', true},
        {"timesyncd did not use it", [](auto& p) { p.message.spike = true; }, '~', true},
        {"the server is not synchronised itself", [](auto& p) { p.message.leap = 3; }, '*'},
        {"no leap indicator", [](auto& p) { p.message.leap = 77; }, '*'},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        auto properties = asked();
        row.change(properties);
        const auto state = state_of(properties, read_moment);
        CHECK(named(state, "a.example").state == row.state);
        CHECK(state.tracking.synchronised() == row.synchronised);
        if (row.state == '?') CHECK(named(state, "a.example").reach == 0);
    }
}

TEST_CASE("no value of the bus is out of bounds here") {
    auto properties = asked();
    constexpr auto most = ~std::uint64_t{0};
    properties.poll_interval_us = most;
    properties.message = {.leap = ~0U,
                          .version = ~0U,
                          .mode = ~0U,
                          .stratum = ~0U,
                          .precision = -1,
                          .root_delay_us = most,
                          .root_dispersion_us = most,
                          .refid = {255, 255, 255, 255},
                          .origin_us = most,
                          .receive_us = 0,
                          .transmit_us = most / 2,
                          .destination_us = most,
                          .spike = false,
                          .packet_count = most,
                          .jitter_us = most};
    const auto state = state_of(properties, read_moment);
    CHECK(state.tracking.reference_time == WallTime{});
    CHECK(named(state, "a.example").stratum == 255);
    CHECK(named(state, "a.example").reach == 255);
    CHECK(named(state, "a.example").samples == 8);
}
