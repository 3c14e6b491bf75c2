#include "lab/rehearsal.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "ntp/kiss.h"

namespace clockwright::lab {
namespace {

ServerSpec server_at(std::uint8_t last_octet) {
    ServerSpec spec;
    spec.endpoint = {.address = {.family = Family::ipv4, .bytes = {127, 0, 9, last_octet}},
                     .port = 11123};
    spec.delay_out = spec.delay_back = Seconds{0.005};
    return spec;
}

World world_of(std::vector<ServerSpec> servers) {
    return {.title = "test", .port = 11123, .seed = 42, .servers = std::move(servers)};
}

Series series_of(const ServerSpec& spec, const RehearsalSettings& settings = {}) {
    return rehearse(world_of({spec}), settings).series.at(0);
}

TEST_CASE("offsets are recovered within half of what queueing and asymmetry add") {
    std::vector<ServerSpec> servers;
    for (std::uint8_t i = 0; i < 20; ++i) {
        ServerSpec spec = server_at(i);
        spec.offset = Seconds{0.01 * (i - 10)};
        spec.delay_out = Seconds{0.001 * i};
        spec.delay_back = Seconds{0.002};
        spec.jitter = Seconds{0.0005};
        servers.push_back(spec);
    }
    const Rehearsal rehearsal = rehearse(world_of(servers), {.samples = 8});
    REQUIRE(rehearsal.series.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) {
        CAPTURE(i);
        CHECK(rehearsal.series[i].samples.size() == 8);
        for (const Sample& sample : rehearsal.series[i].samples) {
            const double floors = (servers[i].delay_out + servers[i].delay_back).count();
            const double lopsided = (servers[i].delay_out - servers[i].delay_back).count() / 2;
            const double error = (sample.offset - servers[i].offset).count() - lopsided;
            CHECK(sample.delay.count() >= floors - 1e-8);
            CHECK(std::abs(error) <= (sample.delay.count() - floors) / 2 + 1e-8);
        }
    }
}

TEST_CASE("an error of the client's clock changes all offsets alike") {
    std::vector<ServerSpec> servers = {server_at(1), server_at(2), server_at(3)};
    servers[1].offset = Seconds{0.1};
    servers[2].offset = Seconds{-0.2};
    servers[2].jitter = Seconds{0.001};
    const World world = world_of(servers);
    const Rehearsal right = rehearse(world, {});
    const Rehearsal fast = rehearse(world, {.client_error = Seconds{2}});
    for (std::size_t i = 0; i < servers.size(); ++i) {
        CAPTURE(i);
        REQUIRE(right.series[i].samples.size() == 4);
        REQUIRE(fast.series[i].samples.size() == 4);
        for (std::size_t n = 0; n < 4; ++n) {
            const Seconds moved =
                fast.series[i].samples[n].offset - right.series[i].samples[n].offset;
            CHECK(moved.count() == doctest::Approx(-2));
        }
    }
}

TEST_CASE("a client clock that runs fast sees all offsets fall") {
    const Series series =
        series_of(server_at(1), {.samples = 5, .spacing = Seconds{10}, .client_drift = Ppm{100}});
    REQUIRE(series.samples.size() == 5);
    const Seconds fell = series.samples.back().offset - series.samples.front().offset;
    CHECK(fell.count() == doctest::Approx(-0.004));
}

TEST_CASE("a silent server costs its own time-out only") {
    ServerSpec silent = server_at(2);
    silent.behaviour = Behaviour::silent;
    const Rehearsal lively = rehearse(world_of({server_at(1)}), {});
    CHECK(lively.took.count() == doctest::Approx(0.760001));
    const Rehearsal both = rehearse(world_of({server_at(1), silent}), {});
    CHECK(both.took.count() == doctest::Approx(2.25));
    CHECK(both.series[0].samples.size() == 4);
    CHECK(both.series[1].rejections == std::vector<Rejection>(4, Rejection::time_out));
}

TEST_CASE("the same seeds give the same result") {
    ServerSpec spec = server_at(1);
    spec.jitter = Seconds{0.002};
    spec.loss = 0.2;
    World world = world_of({spec});
    const Rehearsal first = rehearse(world, {.samples = 50});
    CHECK(first.series == rehearse(world, {.samples = 50}).series);
    CHECK(first.series == rehearse(world, {.samples = 50, .seed = 2}).series);  // cookies only
    world.seed = 43;
    CHECK(first.series != rehearse(world, {.samples = 50}).series);
}

TEST_CASE("a server that dies in the middle is heard until then") {
    ServerSpec spec = server_at(1);
    spec.dies_at = Seconds{10.4};
    const Series series = series_of(spec, {.begin = Seconds{10}});
    CHECK(series.sent == 4);
    CHECK(series.samples.size() == 2);
    CHECK(series.rejections == std::vector<Rejection>(2, Rejection::time_out));
}

TEST_CASE("a step shows in the samples after it") {
    ServerSpec spec = server_at(1);
    spec.step_at = Seconds{30.4};
    spec.step = Seconds{1};
    const Series series = series_of(spec, {.begin = Seconds{30}});
    REQUIRE(series.samples.size() == 4);
    CHECK(series.samples[1].offset.count() == doctest::Approx(0).epsilon(1e-6));
    CHECK(series.samples[2].offset.count() == doctest::Approx(1).epsilon(1e-6));
}

TEST_CASE("loss shows as time-outs") {
    ServerSpec spec = server_at(1);
    spec.loss = 0.5;
    const Series series = series_of(spec, {.samples = 100});
    CHECK(series.sent == 100);
    CHECK(series.samples.size() > 30);
    CHECK(series.samples.size() < 70);
    CHECK(series.rejections.size() == 100 - series.samples.size());
}

TEST_CASE("an answer slower than the time-out is lost") {
    ServerSpec spec = server_at(1);
    spec.delay_back = Seconds{1.6};
    const Series series = series_of(spec, {.samples = 2, .spacing = Seconds{1}});
    CHECK(series.samples.empty());
    CHECK(std::ranges::count(series.rejections, Rejection::time_out) == 2);
}

TEST_CASE("each behaviour is refused for its own reason") {
    struct Row {
        Behaviour behaviour;
        Rejection why;
    };
    const Row rows[] = {{Behaviour::silent, Rejection::time_out},
                        {Behaviour::wrong_origin, Rejection::bogus_origin},
                        {Behaviour::truncated, Rejection::malformed},
                        {Behaviour::zero_timestamps, Rejection::zero_timestamp},
                        {Behaviour::wrong_mode, Rejection::wrong_mode},
                        {Behaviour::kiss, Rejection::kiss}};
    for (const Row& row : rows) {
        CAPTURE(to_string(row.behaviour));
        ServerSpec spec = server_at(1);
        spec.behaviour = row.behaviour;
        spec.kiss = row.behaviour == Behaviour::kiss ? ntp::kiss_code("DENY") : 0;
        const Series series = series_of(spec);
        CHECK(series.samples.empty());
        REQUIRE_FALSE(series.rejections.empty());
        CHECK(series.rejections.front() == row.why);
        CHECK(series.kiss == spec.kiss);
        CHECK(series.sent == (row.behaviour == Behaviour::kiss ? 1 : 4));
    }
    ServerSpec spec = server_at(1);
    spec.behaviour = Behaviour::garbage;
    const Series series = series_of(spec, {.samples = 50});
    CHECK(series.samples.empty());
    CHECK(series.rejections.size() == 100);  // each bad datagram, and each time-out
}

TEST_CASE("thousands of servers are rehearsed without waiting") {
    std::vector<ServerSpec> servers;
    for (std::size_t i = 0; i < 2'000; ++i) {
        servers.push_back(server_at(static_cast<std::uint8_t>(i % 250)));
        servers.back().endpoint.port = static_cast<std::uint16_t>(10'000 + i);
        servers.back().jitter = Seconds{0.001};
    }
    const Rehearsal rehearsal = rehearse(world_of(servers), {});
    CHECK(rehearsal.took < Seconds{1});
    CHECK(std::ranges::all_of(rehearsal.series,
                              [](const Series& s) { return s.samples.size() == 4; }));
}

}  // namespace
}  // namespace clockwright::lab
