// What the agent says of a host in virtual time: who was blamed, when, and that it ends.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "tests/world/agent_world.h"

using namespace clockwright;
using namespace clockwright::worlds;
using namespace std::chrono_literals;

namespace {

/// Sanitizers take a hundred times as long, and find in a week what they find in a month.
#ifdef CLOCKWRIGHT_SANITIZED
constexpr int month = 7;
#else
constexpr int month = 30;
#endif

app::Config fast() {
    app::Config config;
    config.agent.mode = "fast";
    return config;
}

std::vector<std::string> told_of(const AgentWorld& world, const std::string& rule) {
    std::vector<std::string> out;
    std::ranges::copy_if(world.told, std::back_inserter(out),
                         [&](const std::string& text) { return text.starts_with(rule + " "); });
    return out;
}

/// A plan that takes ntp2 out, as a scan would make it.
app::Decided replaces_ntp2(AgentWorld&) {
    app::Decided decided;
    decided.plan = Proposal{"7f3c9a", "ntp2 is wrong", {}, {"ntp6"}, {"ntp2"}};
    return decided;
}

Blame blame_of(AgentWorld& world) {
    return world.agent().snapshot().blame;
}

/// A day in which a source falls silent, a guest comes, lies and goes, and this clock is set.
void day_of_churn(AgentWorld& world, int day) {
    const std::string guest = fmt::format("guest{}", day);
    world.at(2h, [guest, day](AgentWorld& it) {
        it.servers.push_back({.name = guest,
                              .address = fmt::format("10.1.{}.{}", day / 200, day % 200 + 1),
                              .by_daemon = false});
    });
    world.at(7h, [](AgentWorld& it) { it.server("ntp5").answers = false; });
    world.at(9h, [](AgentWorld& it) { it.server("ntp5").answers = true; });
    world.at(12h, [guest](AgentWorld& it) { it.server(guest).error = 840ms; });
    world.at(16h, [](AgentWorld& it) { it.set_clock(2s); });
    world.at(22h, [guest](AgentWorld& it) {
        std::erase_if(it.servers, [&](const NetServer& one) { return one.name == guest; });
    });
    world.run(24h);
    world.records = {};
    world.told = {};
}

std::size_t heap_octets() {
    return ::mallinfo2().uordblks;
}

}  // namespace

TEST_CASE("on a quiet day nobody is blamed and nothing happens") {
    AgentWorld world(fast());
    world.run(24h);
    CHECK(blame_of(world).culprit == Culprit::nobody);
    CHECK(world.events().size() == 1);  // the start
    CHECK(world.agent().snapshot().status.verdict.demonstrated);
    CHECK(world.agent().snapshot().cycles >= 1349);
}

TEST_CASE("a falseticker appears: it is named within five minutes, and cleared when it is right") {
    AgentWorld world(fast());
    world.at(3h, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.at(6h, [](AgentWorld& it) { it.server("ntp2").error = 0ms; });
    world.run(3h + 5min);
    CHECK(blame_of(world).culprit == Culprit::server);
    CHECK(blame_of(world).subject == "ntp2");
    CHECK(blame_of(world).sentence.contains("+840 ms"));
    CHECK(blame_of(world).sentence.contains("the server, not the path"));
    CHECK(world.agent().snapshot().status.verdict.demonstrated);
    world.run(9h);
    CHECK(blame_of(world).culprit == Culprit::nobody);
    CHECK(world.events("server_step").size() == 2);
    const std::vector<std::string> wrong{"server_wrong ntp2 firing", "server_wrong ntp2 resolved"};
    std::string all;
    for (const std::string& text : world.told) all += text + "; ";
    CAPTURE(all);
    CHECK(told_of(world, "server_wrong") == wrong);
    CHECK(world.events("blame").size() == 2);  // it began, it ended
}

TEST_CASE("this clock is set wrong: the host is blamed at once, no server is") {
    AgentWorld world(fast());
    world.daemon_disciplines = false;  // it does not notice
    world.at(2h, [](AgentWorld& it) { it.set_clock(-5s); });
    world.run(2h + 3min);
    CHECK(blame_of(world).culprit == Culprit::host);
    REQUIRE(world.events("step").size() == 1);
    CHECK(world.events("step")[0].size->count() == doctest::Approx(-5).epsilon(0.001));
    CHECK(world.events("pause").empty());
    CHECK(world.events("server_step").empty());
    CHECK(world.events("path").empty());
}

TEST_CASE("what the daemon told before somebody set the clock demonstrates nothing") {
    AgentWorld world(fast());
    world.at(2h + 5s, [](AgentWorld& it) { it.set_clock(5s); });
    world.run(2h + 10s);
    const auto verdict = [&]() -> const ClockVerdict& {
        return world.agent().snapshot().status.verdict;
    };
    CHECK_FALSE(verdict().demonstrated);
    CHECK(verdict().sentence ==
          "Not demonstrated: the clock was set by +5.0 s since chronyd's last update.");
    world.run(3min);
    CHECK(verdict().demonstrated);
    CHECK(world.events("step").size() == 1);  // what the daemon slews is none
}

TEST_CASE("a leap second is nobody's step: no server is wrong for it, and none blames this host") {
    AgentWorld world(fast());
    world.start_at(std::chrono::sys_days{std::chrono::year{2016} / 12 / 31} + 22h);
    world.at(2h, [](AgentWorld& it) { it.leap(); });
    world.run(3h);
    CHECK(world.events("leap").size() == 1);
    CHECK(world.events("step").empty());
    CHECK(world.events("blame").empty());
    CHECK(told_of(world, "clock_stepped_back").empty());
    CHECK(world.agent().snapshot().status.verdict.demonstrated);
}

TEST_CASE("a virtual machine that stood still is in the ledger, and nobody set the clock") {
    AgentWorld world(fast());
    world.at(2h, [](AgentWorld& it) { it.pause(3s); });
    world.run(2h + 30min);
    CHECK(world.events("step").empty());
    REQUIRE(world.events("pause").size() == 1);
    // The daemon has slewed a part of it back already.
    CHECK(world.events("pause")[0].size < Seconds{-0.3});
    CHECK(world.events("server_step").empty());
    CHECK(told_of(world, "clock_stood_still").size() == 2);
}

TEST_CASE("a clock source that is given up is in the ledger and told; a quiet day has no entry") {
    AgentWorld world(fast());
    world.run(24h);
    for (const char* kind : {"clocksource", "pause", "frequency", "hands", "restart"}) {
        CAPTURE(kind);
        CHECK(world.events(kind).empty());
    }
    world.clocksource = "hpet";
    world.drift = Ppm{-30};
    world.run(30min);
    CHECK(world.events("clocksource").size() == 1);
    CHECK(world.events("frequency").size() == 1);
    CHECK(told_of(world, "clocksource_changed").size() == 1);
}

TEST_CASE("the hardware clock is recorded, shown, and told when it keeps local time") {
    AgentWorld world(fast());
    RtcReport report;
    report.facts.identity = RtcIdentity{"/dev/rtc0", "rtc_cmos", true};
    report.facts.zone = Seconds{3600};
    report.facts.clock_demonstrated = true;
    report.facts.reading = RtcReading{world.now().wall, world.now().wall + 3599s, Seconds{1e-3}};
    report.verdict = judge_rtc(report.facts);
    world.rtc = std::make_shared<const RtcReport>(report);
    world.run(30min);
    REQUIRE(world.events("rtc").size() == 1);
    CHECK(world.events("rtc")[0].size == Seconds{-3599});
    REQUIRE(world.agent().snapshot().rtc);
    CHECK(world.agent().snapshot().rtc->verdict.offset == Seconds{1});
    CHECK(told_of(world, "rtc_local_time").size() == 1);
    report.facts.kernel_writes = true;
    world.rtc = std::make_shared<const RtcReport>(report);
    world.run(30min);
    REQUIRE(world.events("rtc").size() == 2);
    CHECK_FALSE(world.events("rtc")[1].size);
}

TEST_CASE("a rate that moves week by week is told, and one that stays is not") {
    AgentWorld world(fast());
    world.rate_trend = Ppm{0};
    world.at(1h, [](AgentWorld& it) { it.rate_trend = Ppm{-7.5}; });
    world.run(1h);
    CHECK(told_of(world, "frequency_trend").empty());
    world.run(30min);
    CHECK(told_of(world, "frequency_trend").size() == 1);
}

TEST_CASE("a hardware clock that runs otherwise than in the weeks before is told") {
    AgentWorld world(fast());
    RtcReport report;
    report.facts.identity = RtcIdentity{"/dev/rtc0", "rtc_cmos", true};
    report.verdict.rate_change = Ppm{22};
    world.rtc = std::make_shared<const RtcReport>(report);
    world.run(30min);
    CHECK(told_of(world, "rtc_rate_changed").size() == 1);
}

TEST_CASE("a kernel that is not told of the daemon's work is named, and again when it is") {
    AgentWorld world(fast());
    world.kernel_unsynchronised = true;
    world.at(1h, [](AgentWorld& it) { it.kernel_unsynchronised = false; });
    world.run(2h);
    const auto told = told_of(world, "kernel_disagrees");
    REQUIRE(told.size() == 2);
    CHECK(told[1].ends_with("resolved"));
}

TEST_CASE("servers that follow each other are named while their strata climb") {
    AgentWorld world(fast());
    for (const char* name : {"ntp4", "ntp5"}) world.server(name).by_daemon = false;
    world.server("ntp4").refid = 0x0a000005;
    world.server("ntp5").refid = 0x0a000004;
    for (int step = 1; step <= 8; ++step)
        world.at(1h + step * 64s, [step](AgentWorld& it) { it.server("ntp4").stratum = 2 + step; });
    world.run(2h);
    CHECK(told_of(world, "reference_circle ntp4").size() == 1);
    CHECK(told_of(world, "reference_circle ntp5").size() == 1);
    CHECK(told_of(world, "stratum_climbs ntp4").size() == 2);
    CHECK(told_of(world, "stratum_climbs ntp5").empty());
}

TEST_CASE("a member of a pool that is wrong is named, whichever it is") {
    AgentWorld world(fast());
    const std::string pool = "pool.example";
    for (int i = 1; i <= 3; ++i)
        world.servers.push_back({.name = pool, .address = "10.2.0." + std::to_string(i)});
    world.at(1h, [](AgentWorld& it) { it.servers.back().error = 840ms; });
    world.run(1h + 15min);
    CHECK(told_of(world, "server_wrong pool.example (10.2.0.3)").size() == 1);
    CHECK(told_of(world, "server_wrong pool.example (10.2.0.1)").empty());
}

TEST_CASE("primary servers with one kind of clock that jump together are told as one fault") {
    AgentWorld world(fast());
    for (const char* name : {"ntp4", "ntp5"}) {
        world.server(name).stratum = 1;
        world.server(name).refid = 0x47505300;
    }
    world.at(2h, [](AgentWorld& it) {
        it.server("ntp4").error = 1s;
        it.server("ntp5").error = 1s;
    });
    world.run(2h + 15min);
    CHECK(told_of(world, "reference_jumped").size() == 1);
    world.run(2h);
    REQUIRE(told_of(world, "reference_jumped").size() == 2);
    CHECK(told_of(world, "reference_jumped")[1].ends_with("resolved"));
}

TEST_CASE(
    "a server that states no error of its own is named, a primary one or a measured one not") {
    AgentWorld world(fast());
    for (const char* name : {"ntp3", "ntp4", "ntp5"}) world.server(name).by_daemon = false;
    world.server("ntp3").root_dispersion = Seconds{0};
    world.server("ntp4").root_dispersion = Seconds{0};
    world.server("ntp4").stratum = 1;
    world.run(1h);
    CHECK(told_of(world, "error_untold ntp3").size() == 1);
    CHECK(told_of(world, "error_untold ntp4").empty());
    CHECK(told_of(world, "error_untold ntp5").empty());
}

TEST_CASE("a path becomes asymmetric: the path is blamed, the server is not") {
    AgentWorld world(fast());
    world.server("ntp3").by_daemon = false;
    world.at(2h, [](AgentWorld& it) { it.server("ntp3").out += 60ms; });
    world.run(2h + 10min);
    REQUIRE(world.events("path").size() == 1);
    CHECK(world.events("path")[0].subject == "ntp3");
    CHECK(world.events("server_step").empty());
    CHECK(blame_of(world).culprit == Culprit::path);
}

TEST_CASE(
    "the network goes away for a day: nobody's server is blamed, and all is well afterwards") {
    AgentWorld world(fast());
    world.at(6h, [](AgentWorld& it) { it.network = false; });
    world.at(30h, [](AgentWorld& it) { it.network = true; });
    world.run(10h);
    CHECK(blame_of(world).culprit == Culprit::path);
    CHECK(blame_of(world).subject.empty());
    world.run(22h);
    CHECK(blame_of(world).culprit == Culprit::nobody);
    CHECK(world.events("server_step").empty());
    CHECK(world.restarts == 0);
}

TEST_CASE("a majority of liars is followed by nobody quietly: the disagreement is said") {
    AgentWorld world(fast());
    world.servers.resize(4);
    world.at(2h, [](AgentWorld& it) {
        it.server("ntp1").error = 1s;
        it.server("ntp2").error = 1s;
    });
    world.run(2h + 30min);
    CHECK(blame_of(world).culprit == Culprit::unknown);
    CHECK(blame_of(world).sentence.contains("disagree"));
    CHECK(world.events("server_step").empty());
    CHECK(told_of(world, "server_wrong").empty());
    CHECK(told_of(world, "server_whole_seconds").empty());
    CHECK(told_of(world, "no_majority") == std::vector<std::string>{"no_majority firing"});
}

TEST_CASE("while nobody can tell who is right, a server that was outvoted stays told as wrong") {
    AgentWorld world(fast());
    world.servers.resize(4);
    world.at(2h, [](AgentWorld& it) { it.server("ntp1").error = 1s; });
    world.at(3h, [](AgentWorld& it) { it.server("ntp2").error = 1s; });
    world.at(4h, [](AgentWorld& it) { it.server("ntp1").error = 0s; });
    world.run(4h);
    const std::vector<std::string> wrong{"server_wrong ntp1 firing"};
    CHECK(told_of(world, "server_wrong") == wrong);
    world.run(1h);
    const std::vector<std::string> right{"server_wrong ntp1 firing", "server_wrong ntp1 resolved",
                                         "server_wrong ntp2 firing"};
    CHECK(told_of(world, "server_wrong") == right);
}

TEST_CASE("one server alone is not called wrong, and no disagreement is told") {
    AgentWorld world(fast());
    world.servers.resize(1);
    world.run(3h);
    CHECK(blame_of(world).culprit == Culprit::unknown);
    CHECK(blame_of(world).sentence == "one server answers; nothing else checks it");
    CHECK(told_of(world, "server_wrong").empty());
    CHECK(told_of(world, "no_majority").empty());
}

TEST_CASE("the daemon dies: it is started again after three minutes, only when that is wanted") {
    app::Config config = fast();
    config.agent.watchdog = true;
    AgentWorld world(config);
    world.at(2h, [](AgentWorld& it) { it.daemon_runs = false; });
    world.run(2h + 6min);
    CHECK(world.restarts == 1);
    world.daemon_runs = true;
    world.run(24h);
    CHECK(world.restarts == 1);

    AgentWorld closed(config);  // it had answered before
    closed.daemon_is_closed = true;
    closed.at(2h, [](AgentWorld& it) { it.daemon_runs = false; });
    closed.run(2h + 6min);
    CHECK(closed.restarts == 1);

    AgentWorld careful(fast());
    careful.at(2h, [](AgentWorld& it) { it.daemon_runs = false; });
    careful.run(12h);
    CHECK(careful.restarts == 0);
    CHECK(careful.events("daemon").empty());  // nor does it say that restarts did not help
}

TEST_CASE("an anycast server moves: delay and offset change once, told once") {
    AgentWorld world(fast());
    world.at(5h, [](AgentWorld& it) {
        it.server("ntp4").out = it.server("ntp4").back = 25ms;
        it.server("ntp4").error = 3ms;
    });
    world.run(30h);
    const auto changes = world.events("path").size() + world.events("server_step").size();
    CHECK(changes == 1);
    CHECK(blame_of(world).culprit == Culprit::nobody);
}

TEST_CASE("a host that slept is not called wrong for it") {
    AgentWorld world(fast());
    world.at(2h, [](AgentWorld& it) { it.sleep(22min); });
    world.run(4h);
    CHECK(world.events("suspend").size() == 1);
    CHECK(world.events("step").empty());
    CHECK(blame_of(world).culprit == Culprit::nobody);
}

TEST_CASE("thirty days of weather: nothing oscillates") {
    AgentWorld world(fast(), 7);
    for (NetServer& server : world.servers) server.jitter = 2ms;
    for (int day = 1; day < month; ++day) {
        world.at(day * 24h + 7h, [](AgentWorld& it) { it.server("ntp5").answers = false; });
        world.at(day * 24h + 9h, [](AgentWorld& it) { it.server("ntp5").answers = true; });
    }
    world.run(24h * month);
    CHECK(world.events("blame").size() <= 2);
    CHECK(world.events("server_step").empty());
    CHECK(world.events("path").size() <= 2);
    CHECK(world.restarts == 0);
}

TEST_CASE("a month of churn leaves no memory behind") {
    AgentWorld world(fast(), 11);
    for (int day = 0; day < 3; ++day) day_of_churn(world, day);
    const std::size_t before = heap_octets();
    for (int day = 3; day < month; ++day) day_of_churn(world, day);
    CHECK(heap_octets() <= before + 16'000);
}

TEST_CASE("strangers are never asked more often than every 64 seconds, whatever the mode") {
    app::Config config;
    config.agent.mode = "ultrafast";
    AgentWorld world(config);
    world.servers.push_back(
        NetServer{.name = "stranger", .address = "192.0.2.1", .by_daemon = false});
    world.servers.push_back(NetServer{.name = "near", .address = "10.0.0.99", .by_daemon = false});
    world.names_are_unknown = true;  // who it is shows with the first answer
    world.run(1h);
    CHECK(world.asked["stranger"] <= 3600 / 64 + 1);
    CHECK(world.asked["stranger"] >= 50);
    CHECK(world.asked["near"] >= 3400);
    CHECK_FALSE(world.asked.contains("ntp1"));  // the daemon asks it
}

TEST_CASE("everybody is asked at the rate of the mode, however late each wake of the agent comes") {
    struct Row {
        std::string mode;
        std::chrono::seconds near, stranger;
    };
    for (const Row& row : {Row{"lazy", 1800s, 1800s}, Row{"normal", 64s, 256s},
                           Row{"fast", 64s, 65s}, Row{"ultrafast", 1s, 65s}}) {
        CAPTURE(row.mode);
        app::Config config;
        config.agent.mode = row.mode;
        AgentWorld world(config);
        world.wakes_late = Seconds{2e-3};
        world.servers.push_back(
            NetServer{.name = "near", .address = "10.0.0.99", .by_daemon = false});
        world.servers.push_back(
            NetServer{.name = "stranger", .address = "192.0.2.1", .by_daemon = false});
        const auto span = row.near > 1s ? 10h : 1h;
        world.run(span);
        world.asked.clear();
        world.run(span);
        CHECK(world.asked["near"] >= span / row.near - 1);
        CHECK(world.asked["near"] <= span / row.near + 1);
        CHECK(world.asked["stranger"] >= span / row.stranger * 95 / 100);
        CHECK(world.asked["stranger"] <= span / row.stranger + 1);
        std::optional<WallTime> before;
        for (const Record& record : world.records) {
            const auto* sample = std::get_if<SampleRow>(&record);
            if (sample == nullptr || sample->server != "stranger") continue;
            if (before) CHECK(Seconds(sample->at - *before) >= Seconds{64});
            before = sample->at;
        }
    }
}

TEST_CASE(
    "in ultrafast near servers are asked each second, and a judgement has that second's answers") {
    app::Config config;
    config.agent.mode = "ultrafast";
    AgentWorld world(config);
    world.servers.push_back(NetServer{.name = "near", .address = "10.0.0.99", .by_daemon = false});
    world.run(1min);
    CHECK(world.asked["near"] >= 59);
    std::vector<WallTime> samples;
    WallTime judged{};
    for (const Record& record : world.records) {
        if (const auto* row = std::get_if<SampleRow>(&record); row && row->server == "near")
            samples.push_back(row->at);
        if (const auto* row = std::get_if<ClockRow>(&record)) judged = row->at;
    }
    REQUIRE(samples.size() >= 50);
    for (std::size_t i = 1; i < samples.size(); ++i)
        CHECK(Seconds(samples[i] - samples[i - 1]).count() == doctest::Approx(1).epsilon(0.01));
    CHECK(std::abs(Seconds(judged - samples.back()).count()) < 0.1);
}

TEST_CASE("ultrafast looks each second at a daemon that answers, now and then for one to come") {
    app::Config config;
    config.agent.mode = "ultrafast";
    for (const bool runs : {true, false}) {
        CAPTURE(runs);
        AgentWorld world(config);
        world.daemon_runs = runs;
        world.run(2min);
        CHECK(world.looks >= (runs ? 120 : 2));
        CHECK(world.looks <= (runs ? 121 : 3));
        world.daemon_runs = false;
        const int before = world.looks;
        world.run(2min);
        CHECK(world.looks - before >= (runs ? 6 : 2));  // one that was there is missed
        CHECK(world.looks - before <= (runs ? 8 : 3));
    }
}

TEST_CASE("a stranger that is silent for a week is asked once a day in the end, and found again") {
    AgentWorld world(fast());
    world.servers.push_back(NetServer{
        .name = "stranger", .address = "192.0.2.1", .by_daemon = false, .answers = false});
    world.run(3 * 24h);
    CHECK(world.asked["stranger"] <= 15);
    const int before = world.asked["stranger"];
    world.run(4 * 24h);
    CHECK(world.asked["stranger"] - before <= 5);
    world.server("stranger").answers = true;
    world.run(25h);
    const int found = world.asked["stranger"];
    world.run(1h);
    CHECK(world.asked["stranger"] - found >= 25);
}

TEST_CASE("after a day without a network silent strangers are asked again with the first answer") {
    AgentWorld world(fast());
    world.servers.push_back(
        NetServer{.name = "stranger", .address = "192.0.2.1", .by_daemon = false});
    world.run(1h);
    world.network = false;
    world.run(24h);
    world.network = true;
    const int before = world.asked["stranger"];
    world.run(10min);
    CHECK(world.asked["stranger"] - before >= 4);
}

TEST_CASE("a name without an address holds up nobody, and is asked for its address again") {
    AgentWorld world(fast());
    world.servers.push_back(NetServer{.name = "lost.example", .address = "", .by_daemon = false});
    world.servers.push_back(NetServer{.name = "near", .address = "10.0.0.99", .by_daemon = false});
    world.names_are_unknown = true;
    world.run(10min);
    CHECK(world.asked["near"] >= 9);
    CHECK_FALSE(world.asked.contains("lost.example"));
    world.server("lost.example").address = "10.0.0.98";
    world.run(10min);
    CHECK(world.asked["lost.example"] >= 7);
}

TEST_CASE("auto: a source that is wrong for an hour is replaced once, and kept away") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.decide = replaces_ntp2;
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.run(80min);
    CHECK(world.applied == 0);  // slow on purpose
    world.run(30min);
    CHECK(world.applied == 1);
    REQUIRE(world.excluded.size() == 1);
    CHECK(world.excluded[0].server == "ntp2");
    CHECK(world.remembered_at_apply == world.excluded);  // a crash on the way forgets nothing
    CHECK(world.run_outcomes() == std::vector<std::string>{"applied"});
    world.run(20h);
    CHECK(world.applied == 1);  // one source in 24 h
}

TEST_CASE("auto: a change that did not hold is recorded as that, and nobody is kept away for it") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.decide = replaces_ntp2;
    world.apply_outcome = "rolled_back";
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.run(2h);
    CHECK(world.applied == 1);
    CHECK(world.run_outcomes() == std::vector<std::string>{"rolled_back"});
    CHECK(world.excluded.empty());
    CHECK(world.agent().memory().done.replaced.empty());
    world.run(20h);
    CHECK(world.applied == 1);
    world.restart_agent();
    world.run(26h);
    CHECK(world.applied == 2);  // once more after a day, then after two
    world.run(22h);
    CHECK(world.applied == 2);
}

TEST_CASE("auto: outside the window a change is proposed and told, and made when it opens") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.window_open = false;
    world.decide = [](AgentWorld& it) {
        app::Decided decided = replaces_ntp2(it);
        if (it.window_open == false) decided.question.outside_window = "Sat 02:00-04:00";
        return decided;
    };
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.run(2h);
    CHECK(world.applied == 0);
    CHECK(world.said("is proposed").size() == 1);
    world.window_open = true;
    SUBCASE("it lasts") {
        world.run(10min);
        CHECK(world.applied == 1);
    }
    SUBCASE("it closes on the way, or what the plan rests on has changed") {
        world.apply_outcome = "refused";
        world.run(10min);
        CHECK(world.run_outcomes().back() == "refused");
        CHECK(world.agent().memory().proposal);
        CHECK(world.agent().memory().done == ReplacementMemory{});
    }
}

TEST_CASE("in every mode a member that is bad for an hour is worth a scan before its time") {
    app::Config config;
    config.agent.mode = "ultrafast";
    config.agent.apply = "propose";
    AgentWorld world(config);
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    // From here on an hour is no whole number of judgements.
    world.at(45min + 500ms, [](AgentWorld& it) { it.sleep(1min); });
    world.run(100min);
    CHECK(world.decisions == 1);
}

TEST_CASE("an agent without rights has another decide, and tells what came of it") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.decide = [](AgentWorld&) {
        app::Decided asked;
        asked.asked = true;
        return asked;
    };
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.run(100min);
    REQUIRE(world.decisions == 1);
    CHECK(world.run_outcomes().empty());
    SUBCASE("it was decided") {
        world.service = app::AgentMemory{.decided = world.now().wall,
                                         .done = {.replaced = {{"ntp2", world.now().wall, {}, 1}},
                                                  .not_held = {},
                                                  .unknown_before = {}},
                                         .proposal = {},
                                         .outcome = "applied",
                                         .reason = "plan 7f3c9a"};
        world.run(2min);
        CHECK(world.run_outcomes() == std::vector<std::string>{"applied"});
        CHECK(world.agent().memory().done.replaced.size() == 1);
        CHECK(world.applied == 0);  // by itself it applies nothing
    }
    SUBCASE("nobody decided: it is said, and asked again in its time") {
        world.run(10h);
        CHECK(world.run_outcomes().empty());
        CHECK(world.said("no decision was made for the agent").size() >= 1);
        CHECK(world.decisions > 1);
    }
}

TEST_CASE("auto: several sources gone bad at once may be this host, so it is only proposed") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.decide = replaces_ntp2;
    world.at(30min, [](AgentWorld& it) {
        it.server("ntp2").error = 840ms;
        it.server("ntp3").error = -300ms;
    });
    world.run(3h);
    CHECK(world.decisions >= 1);
    CHECK(world.applied == 0);
    REQUIRE(world.agent().snapshot().proposal);
    CHECK(world.said("is proposed").size() == 1);
    CHECK(std::ranges::count(world.told, "plan_waits firing") == 1);
    world.restart_agent();  // it is remembered, and not told again
    REQUIRE(world.agent().snapshot().proposal);
    world.run(12h);
    CHECK(world.said("is proposed").size() == 1);
}

TEST_CASE("off: nothing is ever decided or changed") {
    AgentWorld world(fast());
    world.decide = replaces_ntp2;
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.run(48h);
    CHECK(world.decisions == 0);
    CHECK(world.applied == 0);
}

TEST_CASE("near a leap second nothing is replaced") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.start_at(WallTime{std::chrono::sys_days{std::chrono::year{2016} / 12 / 31}} + 6h);
    world.decide = replaces_ntp2;
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.run(6h);
    CHECK(world.decisions >= 1);
    CHECK(world.applied == 0);
}

TEST_CASE("a leap table that became known while the agent runs holds") {
    app::Config config = fast();
    config.agent.apply = "auto";
    AgentWorld world(config);
    world.decide = replaces_ntp2;
    world.at(30min, [](AgentWorld& it) { it.server("ntp2").error = 840ms; });
    world.leaps = known_leap_table();
    world.leaps->steps.push_back({world.now().wall + 24h, 38});
    world.run(6h);
    CHECK(world.decisions >= 1);
    CHECK(world.applied == 0);
}

TEST_CASE("each week that ends is summed up once, over a restart too, and none that ended before") {
    AgentWorld world(fast());
    world.run(1h);
    CHECK(world.weeks.empty());
    world.run(8 * 24h);
    const std::size_t first = world.weeks.size();
    CHECK(first >= 1);
    CHECK(first <= 2);  // the world may begin on any day
    world.restart_agent();
    world.run(14 * 24h);
    REQUIRE(world.weeks.size() == first + 2);
    CHECK(world.weeks.back().to - world.weeks.back().from == std::chrono::weeks{1});
    CHECK(world.weeks.back().from == world.weeks[first].to);
    CHECK(world.weeks.back().servers.size() == world.servers.size());
}

TEST_CASE("what another run left to be told is told once, recorded, and held back by a silence") {
    AgentWorld world(fast());
    Alert notice;
    notice.rule = "servers_changed";
    notice.state = AlertState::firing;
    notice.text = "chrony's time servers were changed";
    world.at(20min, [&](AgentWorld& it) { it.notices = {notice}; });
    world.at(40min, [&](AgentWorld& it) {
        Silence silence;
        silence.rule = "servers_*";
        silence.from = it.now().wall;
        silence.until = silence.from + 24h;
        it.silences = {silence};
        it.notices = {notice};
    });
    world.run(1h);
    CHECK(std::ranges::count(world.told, "servers_changed firing") == 1);
    CHECK(world.events("change").size() == 2);
}

TEST_CASE("a clock that is set back is told at once, in the laziest mode too") {
    app::Config config = fast();
    config.agent.mode = "lazy";
    AgentWorld world(config);
    world.at(2h + 10min, [](AgentWorld& it) { it.set_clock(Seconds{-2}); });
    world.run(2h + 12min);
    CHECK(told_of(world, "clock_stepped_back").size() == 1);
}

TEST_CASE("a host that wakes up is looked at at once, in the laziest mode too") {
    app::Config config = fast();
    config.agent.mode = "lazy";
    AgentWorld world(config);
    world.run(2h + 10min);
    const auto before = world.agent().snapshot().cycles;
    world.sleep(8h);
    world.run(1min);
    CHECK(world.agent().snapshot().cycles == before + 1);
}

TEST_CASE(
    "a watched server that the daemon has, too, hides no silence, and is no server of its own") {
    AgentWorld world(fast());
    world.servers.push_back(NetServer{.name = "alias", .address = "10.0.0.1", .by_daemon = false});
    world.at(1h, [](AgentWorld& it) { it.network = false; });
    world.run(2h);
    CHECK(told_of(world, "all_silent").size() == 1);
    CHECK(told_of(world, "server_reach alias").empty());
    const auto& watched = world.agent().snapshot().watched;
    CHECK_FALSE(std::ranges::find(watched, "alias", &WatchedServer::host)->since);
}
