#include "app/agent.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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

namespace {

constexpr SteadyTime begin{1000s};

/// An address, or a name.
Candidate server(const std::string& address) {
    Candidate candidate;
    candidate.source.host.name = candidate.source.as_written = address;
    candidate.address = parse_address(address);
    return candidate;
}

/// An agent whose every answer is given by hand.
struct ByHand {
    explicit ByHand(const std::string& mode)
        : agent(in(mode), {}, known_leap_table(), 0.5, moment) {}

    static Config in(const std::string& mode) {
        Config config;
        config.agent.mode = mode;
        return config;
    }

    void pass(std::chrono::nanoseconds span) {
        moment.now.steady += span;
        moment.now.wall += span;
    }

    /// At the moment it asked for, or now when that is over: whom it asks.
    std::vector<std::string> wake() {
        pass(std::max(agent.next_wake() - moment.now.steady, std::chrono::nanoseconds{0}));
        return asked(agent.wake(moment));
    }

    std::vector<std::string> sees(std::vector<Candidate> sources) {
        Sight sight;
        sight.setting.emplace().sources = std::move(sources);
        return asked(agent.saw(std::move(sight), moment));
    }

    std::vector<std::string> hears(const std::vector<std::string>& hosts) {
        std::vector<Answer> answers;
        for (const std::string& host : hosts) {
            Answer& answer = answers.emplace_back();
            answer.host = host;
            answer.series.sent = 1;
            answer.series.samples.push_back(
                Sample{.at = moment.now.steady, .delay = Seconds{0.001}});
        }
        return asked(agent.answered(answers, moment));
    }

    std::vector<std::string> resolves(const std::string& host, const std::string& address) {
        Answer answer;
        answer.host = host;
        if (!address.empty()) answer.address = parse_address(address);
        return asked(agent.resolved({answer}, moment));
    }

    std::vector<std::string> asked(const std::vector<AgentEffect>& effects) {
        std::vector<std::string> hosts;
        for (const AgentEffect& one : effects) {
            looks += std::holds_alternative<effect::Look>(one) ? 1 : 0;
            lookups += std::holds_alternative<effect::Resolve>(one) ? 1 : 0;
            if (const auto* ask = std::get_if<effect::Ask>(&one))
                for (const Question& question : ask->questions)
                    hosts.push_back(question.whom.source.as_written);
        }
        return hosts;
    }

    Moment moment{{WallTime{1700000000s}, begin}, {}};
    Agent agent;
    int looks = 0, lookups = 0;
};

using Hosts = std::vector<std::string>;
const std::string near = "10.0.0.9", stranger = "192.0.2.9";

}  // namespace

TEST_CASE(
    "whom the first look finds late is asked with the next cycle, and judged by that answer") {
    for (const std::string mode : {"lazy", "normal", "fast"}) {
        CAPTURE(mode);
        ByHand host(mode);
        CHECK(host.wake().empty());
        host.pass(600ms);
        CHECK(host.sees({server(near)}) == Hosts{near});
        CHECK(host.hears({near}).empty());
        CHECK(host.agent.snapshot().cycles == 1);
        CHECK(host.wake() == Hosts{near});
        CHECK(host.moment.now.steady ==
              begin + to_nanoseconds(pace_of(ByHand::in(mode).agent).cycle));
        CHECK(host.agent.snapshot().cycles == 1);  // the answer is waited for
    }
}

TEST_CASE("who falls due while others are awaited is asked after them, and waited for") {
    ByHand host("fast");
    CHECK(host.wake().empty());
    CHECK(host.sees({server(near), server(stranger)}) == Hosts{near});
    CHECK(host.hears({near}).empty());
    CHECK(host.wake() == Hosts{stranger});  // its first time is drawn by lot
    CHECK(host.moment.now.steady < begin + 64s);
    CHECK(host.wake().empty());
    CHECK(host.moment.now.steady == begin + 64s);
    CHECK(host.sees({server(near), server(stranger)}).empty());
    CHECK(host.hears({stranger}) == Hosts{near});
    CHECK(host.agent.snapshot().cycles == 1);
    CHECK(host.hears({near}).empty());
    CHECK(host.agent.snapshot().cycles == 2);
}

TEST_CASE("a name that was not found is looked up again after a minute, in every mode") {
    for (const std::string mode : {"lazy", "normal", "fast"}) {
        CAPTURE(mode);
        ByHand host(mode);
        CHECK(host.wake().empty());
        CHECK(host.sees({server("ntp.example")}).empty());
        CHECK(host.lookups == 1);
        CHECK(host.agent.snapshot().cycles == 0);  // the first time names are waited for
        CHECK(host.resolves("ntp.example", {}).empty());
        CHECK(host.agent.snapshot().cycles == 1);
        CHECK(host.wake().empty());
        CHECK(host.moment.now.steady == begin + 60s);
        CHECK(host.lookups == 2);
        CHECK(host.resolves("ntp.example", near) == Hosts{"ntp.example"});
    }
}

TEST_CASE("whose address comes while others are awaited is asked after them") {
    ByHand host("lazy");
    CHECK(host.wake().empty());
    CHECK(host.sees({server(near), server("ntp.example")}) == Hosts{near});
    CHECK(host.resolves("ntp.example", "10.0.0.8").empty());
    CHECK(host.hears({near}) == Hosts{"ntp.example"});
    CHECK(host.agent.snapshot().cycles == 0);
    CHECK(host.hears({"ntp.example"}).empty());
    CHECK(host.agent.snapshot().cycles == 1);
}

TEST_CASE("in ultrafast a question that is left over costs the near ones one second, not three") {
    ByHand host("ultrafast");
    CHECK(host.wake().empty());
    CHECK(host.sees({server(near), server("ntp.example")}) == Hosts{near});
    CHECK(host.hears({near}).empty());
    host.pass(300ms);
    CHECK(host.resolves("ntp.example", "10.0.0.8") == Hosts{"ntp.example"});
    CHECK(host.wake().empty());
    CHECK(host.agent.snapshot().cycles == 1);
    CHECK(host.wake().empty());
    CHECK(host.moment.now.steady == begin + 1s);
    CHECK(host.agent.next_wake() == begin + 2s);
}

TEST_CASE("for a daemon to come is looked each minute, however late the last look began") {
    ByHand host("normal");
    host.pass(2ms);
    CHECK(host.wake().empty());
    CHECK(host.sees({}).empty());
    CHECK(host.looks == 1);
    CHECK(host.wake().empty());
    CHECK(host.moment.now.steady == begin + 64s);
    CHECK(host.looks == 2);
}

TEST_CASE("whom a new configuration names is asked as soon as that is known") {
    ByHand host("lazy");
    CHECK(host.wake().empty());
    CHECK(host.sees({server(near)}) == Hosts{near});
    CHECK(host.hears({near}).empty());
    host.pass(10s);
    static_cast<void>(host.agent.reload(ByHand::in("lazy"), host.moment));
    CHECK(host.wake().empty());
    CHECK(host.sees({server(near), server("10.0.0.8")}) == Hosts{"10.0.0.8"});
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
