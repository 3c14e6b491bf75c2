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

/// Its basic T3 comes 400 µs before the true departure: an error of −200 µs, and 400 µs of delay.
ServerSpec lagging(Interleaving interleaved) {
    ServerSpec spec = server_at(1);
    spec.offset = Seconds{0.25};
    spec.send_lag = Seconds{0.000'4};
    spec.interleaved = interleaved;
    return spec;
}

TEST_CASE("interleaved answers measure what a server's late sending hides from basic ones") {
    for (const Sample& sample : series_of(lagging(Interleaving::no)).samples) {
        CHECK(sample.offset.count() == doctest::Approx(0.2498).epsilon(1e-7));
        CHECK(sample.delay.count() == doctest::Approx(0.0104).epsilon(1e-6));
        CHECK_FALSE(sample.interleaved);
    }
    for (const Seconds client_error : {Seconds{0}, Seconds{-3}}) {
        const Series series = series_of(lagging(Interleaving::yes), {.client_error = client_error});
        REQUIRE(series.samples.size() == 4);
        CHECK(series.rejections.empty());
        for (std::size_t i = 0; i < 3; ++i) {
            CAPTURE(i);
            const Sample& sample = series.samples[i];
            CHECK(sample.interleaved);
            CHECK((sample.offset + client_error).count() == doctest::Approx(0.25).epsilon(1e-7));
            CHECK(sample.delay.count() == doctest::Approx(0.01).epsilon(1e-6));
            CHECK(sample.at ==
                  SteadyTime{std::chrono::microseconds{static_cast<int>(i) * 250'000 + 10'401}});
        }
    }
}

TEST_CASE("the last sample of an interleaved series presumes its stay and is no one's favourite") {
    const Series series = series_of(lagging(Interleaving::yes));
    const Sample& last = series.samples.back();
    CHECK_FALSE(last.interleaved);
    CHECK(last.offset.count() == doctest::Approx(0.25).epsilon(1e-7));
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(series.samples[i].delay < last.delay);
        CHECK(series.samples[i].dispersion < last.dispersion);
    }
    CHECK(last.delay.count() == doctest::Approx(0.010'401).epsilon(1e-6));
}

TEST_CASE("a server that calls a basic answer interleaved loses no sample and changes none") {
    const Series plain = series_of(lagging(Interleaving::no));
    const Series wrong = series_of(lagging(Interleaving::wrong));
    REQUIRE(wrong.samples.size() == plain.samples.size());
    CHECK(wrong.rejections.empty());
    for (std::size_t i = 0; i < plain.samples.size(); ++i) {
        CAPTURE(i);
        CHECK_FALSE(wrong.samples[i].interleaved);
        CHECK(std::abs((wrong.samples[i].offset - plain.samples[i].offset).count()) < 1e-6);
    }
    CHECK(wrong.samples[0] == plain.samples[0]);
    CHECK(wrong.samples[2] == plain.samples[2]);  // asked for basic answers from then on
    CHECK(wrong.samples[3] == plain.samples[3]);
}

TEST_CASE("in a series of fewer than four nobody is asked for an interleaved answer") {
    for (const int samples : {2, 3}) {
        const Series series = series_of(lagging(Interleaving::drops), {.samples = samples});
        CHECK(std::ssize(series.samples) == samples);
    }
}

TEST_CASE("a server that drops what asks for interleaved answers loses one sample") {
    const Series series = series_of(lagging(Interleaving::drops), {.samples = 6});
    CHECK(series.samples.size() == 5);
    CHECK(series.rejections == std::vector{Rejection::time_out});
}

TEST_CASE("an interleaved series with losses has a sample for every answer") {
    ServerSpec spec = lagging(Interleaving::yes);
    spec.loss = 0.3;
    const Series series = series_of(spec, {.samples = 200});
    CHECK(series.samples.size() + series.rejections.size() == 200);
    const auto interleaved = std::ranges::count_if(series.samples, &Sample::interleaved);
    CHECK(static_cast<std::size_t>(interleaved) == series.samples.size() - 1);
    for (const Sample& sample : series.samples) {
        CHECK(sample.offset.count() == doctest::Approx(0.25).epsilon(1e-7));
    }
}

TEST_CASE("basic servers are measured as if nobody had asked for more") {
    ServerSpec spec = server_at(1);
    spec.jitter = Seconds{0.001};
    spec.loss = 0.2;
    const Series series = series_of(spec, {.samples = 100});
    for (const Sample& sample : series.samples) {
        CHECK_FALSE(sample.interleaved);
        CHECK(sample.delay >= Seconds{0.01 - 1e-8});
    }
    CHECK(series.samples.size() + series.rejections.size() == 100);
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
