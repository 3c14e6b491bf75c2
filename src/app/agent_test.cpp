#include "app/agent.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <variant>

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE("each mode has its pace, and none asks strangers more often than every 64 seconds") {
    struct Row {
        const char* mode;
        Seconds cycle, near, strangers;
    };
    const Row rows[] = {{"lazy", 1800s, 1800s, 1800s},
                        {"normal", 64s, 64s, 256s},
                        {"fast", 64s, 64s, 65s},
                        {"ultrafast", 1s, 1s, 65s}};
    for (const Row& row : rows) {
        CAPTURE(row.mode);
        Config::Agent agent;
        agent.mode = row.mode;
        const AgentPace pace = pace_of(agent);
        CHECK(pace.cycle == row.cycle);
        CHECK(pace.rates.near == row.near);
        CHECK(pace.rates.strangers == row.strangers);
        CHECK(pace.rates.strangers >= Seconds{64});
        CHECK(pace.judged_each * pace.cycle >= Seconds{4});
    }
}

TEST_CASE("an agent wakes by a plan of cycles: a late wake delays none after it") {
    const Moment start{{WallTime{1700000000s}, SteadyTime{1000s}}, {}};
    Config config;
    Agent agent(config, {}, known_leap_table(), 0.5, start);
    Moment late = start;
    late.now.steady += 70s;
    late.now.wall += 70s;
    static_cast<void>(agent.wake(start));
    static_cast<void>(agent.wake(late));  // the first cycle's patience has ended
    CHECK(agent.next_wake() <= SteadyTime{1000s} + 128s);
    CHECK(agent.snapshot().cycles >= 1);
}

TEST_CASE(
    "whom the first look finds late is asked with the next cycle, and judged by that answer") {
    for (const char* mode : {"lazy", "normal", "fast"}) {
        CAPTURE(mode);
        Moment moment{{WallTime{1700000000s}, SteadyTime{1000s}}, {}};
        Config config;
        config.agent.mode = mode;
        Agent agent(config, {}, known_leap_table(), 0.5, moment);
        const auto asks = [](const std::vector<AgentEffect>& effects) {
            return std::ranges::count_if(effects, [](const AgentEffect& effect) {
                return std::holds_alternative<effect::Ask>(effect);
            });
        };
        const auto pass = [&](std::chrono::nanoseconds span) {
            moment.now.steady += span;
            moment.now.wall += span;
        };
        static_cast<void>(agent.wake(moment));
        pass(600ms);
        Sight sight;
        sight.setting.emplace();
        Candidate near;
        near.source.host.name = near.source.as_written = "10.0.0.9";
        near.address = parse_address("10.0.0.9");
        sight.setting->sources.push_back(near);
        REQUIRE(asks(agent.saw(sight, moment)) == 1);
        Answer answer;
        answer.host = "10.0.0.9";
        answer.series.sent = 1;
        answer.series.samples.push_back(Sample{.at = moment.now.steady, .delay = Seconds{0.001}});
        const auto cycles = agent.snapshot().cycles;
        static_cast<void>(agent.answered({answer}, moment));
        CHECK(agent.snapshot().cycles == cycles + 1);
        pass(agent.next_wake() - moment.now.steady);
        CHECK(moment.now.steady == SteadyTime{1000s} + to_nanoseconds(pace_of(config.agent).cycle));
        CHECK(asks(agent.wake(moment)) == 1);
        CHECK(agent.snapshot().cycles == cycles + 1);  // the answer is waited for
    }
}

TEST_CASE("a new configuration is looked at at once, however long the next look may wait") {
    Moment moment{{WallTime{1700000000s}, SteadyTime{1000s}}, {}};
    Config config;
    config.agent.mode = "ultrafast";
    Agent agent(config, {}, known_leap_table(), 0.5, moment);
    const auto looks = [&] {
        const auto effects = agent.wake(moment);
        return std::ranges::count_if(effects, [](const AgentEffect& effect) {
            return std::holds_alternative<effect::Look>(effect);
        });
    };
    CHECK(looks() == 1);
    static_cast<void>(agent.saw(Sight{}, moment));
    const auto pass = [&](std::chrono::seconds span) {
        std::ptrdiff_t seen = 0;
        for (; span > 0s; span -= 1s) {
            moment.now.steady += 1s;
            moment.now.wall += 1s;
            seen += looks();
        }
        return seen;
    };
    CHECK(pass(30s) == 0);
    static_cast<void>(agent.reload(config, moment));
    CHECK(pass(5s) == 1);
}

TEST_CASE("a record that fails is said once, and once when it works again") {
    const Moment start{{WallTime{1700000000s}, SteadyTime{1000s}}, {}};
    Agent agent({}, {}, known_leap_table(), 0.5, start);
    static_cast<void>(agent.record_is({}, 0));
    CHECK(agent.record_is("no space left", 3).size() == 1);
    CHECK(agent.record_is("no space left", 5).empty());
    CHECK(agent.snapshot().records_waiting == 5);
    CHECK(agent.record_is({}, 0).size() == 1);
}

TEST_CASE("a look at this host that hangs is told after three cycles, and not the last good word") {
    Moment moment{{WallTime{1700000000s}, SteadyTime{1000s}}, {}};
    Agent agent({}, {}, known_leap_table(), 0.5, moment);
    Sight good;
    good.status.verdict.demonstrated = true;
    static_cast<void>(agent.wake(moment));
    static_cast<void>(agent.saw(good, moment));
    const auto pass = [&](std::chrono::seconds span) {
        for (; span > 0s; span -= 1s) {
            moment.now.steady += 1s;
            moment.now.wall += 1s;
            if (agent.next_wake() <= moment.now.steady) static_cast<void>(agent.wake(moment));
        }
    };
    pass(64s + 3 * 64s);
    CHECK(agent.snapshot().status.verdict.demonstrated);
    pass(64s + 6s);
    CHECK_FALSE(agent.snapshot().status.verdict.demonstrated);
    CHECK(agent.snapshot().status.facts.why_not.starts_with("looking at this host takes "));
    static_cast<void>(agent.saw(good, moment));  // it came after all
    CHECK(agent.snapshot().status.verdict.demonstrated);
}
