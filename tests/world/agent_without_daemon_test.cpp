// A host that no time daemon steers, in virtual time: UTC is where its agent says.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "tests/world/agent_world.h"

using namespace clockwright;
using namespace clockwright::worlds;
using namespace std::chrono_literals;

namespace {

/// Five servers that the agent asks, one by a lopsided path and one that errs; a crystal that is 80
/// ppm off.
AgentWorld host_without_daemon(const char* mode) {
    app::Config config;
    config.agent.mode = mode;
    AgentWorld world(config);
    world.has_no_daemon = true;
    world.daemon_runs = false;
    world.drift = Ppm{80};
    world.kernel_unsynchronised = true;
    for (NetServer& server : world.servers) server.by_daemon = false;
    world.server("ntp2").out = 20ms;  // asymmetric, within its delay
    world.server("ntp5").error = 3ms;
    return world;
}

const Snapshot& shown(AgentWorld& world) {
    return world.agent().snapshot();
}

}  // namespace

TEST_CASE("UTC lies within what the servers asked give, at every moment of two days") {
    // After an outage a lazy agent needs hours to call a server reliable again.
    for (const auto& [mode, share] : {std::pair{"normal", 0.8}, std::pair{"lazy", 0.5}}) {
        AgentWorld world = host_without_daemon(mode);
        world.at(5h, [](AgentWorld& it) { it.server("ntp1").answers = false; });
        world.at(9h, [](AgentWorld& it) { it.set_clock(2s); });
        world.at(15h, [](AgentWorld& it) { it.network = false; });
        world.at(22h, [](AgentWorld& it) { it.network = true; });
        world.at(30h, [](AgentWorld& it) { it.server("ntp1").answers = true; });
        world.at(33h, [](AgentWorld& it) {
            it.clock_error += 300ms;  // what a clock loses in its sleep nobody counts
            it.sleep(2h);
        });
        int moments = 0, demonstrated = 0, outside = 0;
        for (; moments < 2 * 86400 / 17; ++moments) {
            world.run(17s);
            const ClockVerdict& verdict = shown(world).status.verdict;
            if (!verdict.demonstrated) continue;
            ++demonstrated;
            const Seconds since = world.now().wall - shown(world).at;
            const Seconds bound = bound_after(verdict, since).value_or(Seconds{0});
            if (std::abs(world.clock_error.count()) > bound.count()) ++outside;
        }
        CHECK(outside == 0);
        // All but the start and the hours without a network.
        CHECK(demonstrated > moments * share);
        CHECK(demonstrated < moments * 0.95);
    }
}

TEST_CASE("where there is no daemon none is called dead, and nobody is blamed") {
    AgentWorld world = host_without_daemon("fast");
    world.run(6h);
    CHECK(shown(world).status.verdict.by_quorum);
    CHECK(shown(world).status.verdict.sentence.contains("no daemon of this host steers it"));
    CHECK(shown(world).blame.culprit == Culprit::nobody);
    CHECK(world.restarts == 0);
    CHECK(std::ranges::none_of(world.told, [](const std::string& text) {
        return text.contains("daemon") || text.contains("demonstrated");
    }));
}

TEST_CASE("a daemon that went away without a trace is missed all the same") {
    app::Config config;
    config.agent.mode = "fast";
    AgentWorld world(config);
    world.at(2h, [](AgentWorld& it) {
        it.daemon_runs = false;
        it.has_no_daemon = true;
    });
    world.run(3h);
    CHECK(std::ranges::any_of(world.told,
                              [](const std::string& text) { return text.contains("daemon"); }));
}
