#include "system/scan_driver.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>

#include "ntp/kiss.h"
#include "system/clock.h"
#include "system/event_loop.h"
#include "tests/fakes/lab_process.h"

namespace clockwright::system {

namespace {

lab::ServerSpec server(std::uint8_t host, Seconds offset = Seconds{0}) {
    lab::ServerSpec spec;
    spec.name = "s" + std::to_string(host);
    spec.endpoint = {private_loopback(host), 11123};
    spec.offset = offset;
    return spec;
}

ProbeTarget target(std::uint8_t host) {
    ProbeTarget result;
    result.host = {.name = to_string(private_loopback(host)), .port = 11123};
    return result;
}

/// Fast enough for a unit test, slow enough for a busy machine.
ScanSettings hurried() {
    ScanSettings settings;
    settings.samples = 3;
    settings.spacing = Seconds{0.01};
    settings.time_out = Seconds{0.3};
    return settings;
}

/// What `act` returns in a process of its own.
template <class Act>
int in_child(Act act) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("every server gets its own series: offsets, kisses, silence and refusals") {
    lab::World world;
    world.servers = {server(1), server(2, Seconds{0.5}), server(3), server(4)};
    world.servers[2].behaviour = lab::Behaviour::kiss;
    world.servers[2].kiss = ntp::kiss_code("DENY");
    world.servers[3].behaviour = lab::Behaviour::silent;
    const LabProcess lab(world);
    ntp::RateBudget budget;

    const SteadyTime began = read_clocks().steady;
    const auto outcomes =
        scan({target(1), target(2), target(3), target(4), target(5), target(2)}, hurried(), budget);
    const Seconds took = read_clocks().steady - began;
    REQUIRE(outcomes);
    REQUIRE(outcomes->size() == 6);

    const double wanted[] = {0, 0.5};
    for (std::size_t i = 0; i < 2; ++i) {
        CAPTURE(i);
        const Series& series = (*outcomes)[i].series;
        CHECK(series.sent == 3);
        CHECK(series.rejections.empty());
        REQUIRE(series.samples.size() == 3);
        for (const Sample& sample : series.samples) {
            CHECK(std::abs(sample.offset.count() - wanted[i]) < 0.05);
            CHECK(sample.delay < Seconds{0.1});
        }
    }
    CHECK((*outcomes)[2].series.kiss == ntp::kiss_code("DENY"));
    CHECK((*outcomes)[2].series.sent == 1);
    CHECK((*outcomes)[3].series.sent == 3);
    CHECK((*outcomes)[3].series.rejections == std::vector(3, Rejection::time_out));
    REQUIRE_FALSE((*outcomes)[4].series.rejections.empty());
    CHECK((*outcomes)[4].series.rejections.front() == Rejection::refused);
    CHECK((*outcomes)[5].series == (*outcomes)[1].series);
    CHECK(took < Seconds{0.3 + 2 * 0.01 + 0.3});
}

TEST_CASE("a target may be asked for a number of samples of its own") {
    lab::World world;
    world.servers = {server(1), server(2)};
    const LabProcess lab(world);
    ntp::RateBudget budget;
    std::vector<ProbeTarget> targets{target(1), target(2)};
    targets[1].samples = 1;
    const auto outcomes = scan(targets, hurried(), budget);
    REQUIRE(outcomes);
    CHECK((*outcomes)[0].series.sent == 3);
    CHECK((*outcomes)[1].series.sent == 1);
}

TEST_CASE("the announcement names packets and destinations before the first packet leaves") {
    lab::World world;
    world.servers = {server(1), server(2)};
    const LabProcess lab(world);
    ntp::RateBudget budget;
    int announced = 0;
    int finished_before = -1;
    int finished = 0;
    ScanSettings settings = hurried();
    settings.progress = [&](int done, int total) {
        finished = done;
        CHECK(total == 2);
    };
    settings.announce = [&](int packets, const std::vector<Endpoint>& to) {
        ++announced;
        finished_before = finished;
        CHECK(packets == 6);
        CHECK(to ==
              std::vector<Endpoint>{{private_loopback(1), 11123}, {private_loopback(2), 11123}});
    };
    const auto outcomes = scan({target(1), target(2), target(1)}, settings, budget);
    REQUIRE(outcomes);
    CHECK(announced == 1);
    CHECK(finished_before == 0);
    CHECK(finished == 2);
    CHECK((*outcomes)[2].series.samples.size() == 3);
}

TEST_CASE("scans may follow each other on one loop, whatever the one before left behind") {
    lab::World world;
    world.servers = {server(1), server(2)};
    const LabProcess lab(world);
    EventLoop loop;
    KeptSockets sockets;
    ntp::RateBudget budget;
    ScanSettings settings = hurried();
    settings.loop = &loop;
    settings.sockets = &sockets;
    settings.resolve_time_out = Seconds{0.05};
    ProbeTarget name = target(1);
    name.host.name = "no.such.host.invalid";
    ProbeTarget silent = target(9);
    for (int i = 0; i < 3; ++i) {
        const auto outcomes = scan({target(1), name, silent, target(2)}, settings, budget);
        REQUIRE(outcomes);
        CHECK((*outcomes)[0].series.samples.size() == 3);
        CHECK((*outcomes)[1].not_asked == Rejection::unresolved);
        CHECK((*outcomes)[2].series.samples.empty());
        CHECK((*outcomes)[3].series.samples.size() == 3);
    }
    CHECK(sockets.size() == 2);
}

TEST_CASE("who must not be asked is told why, and nothing is sent") {
    ProbeTarget multicast;
    multicast.host = {.name = "224.0.1.1"};
    ProbeTarget wrong_family;
    wrong_family.host = {.name = "127.0.0.1"};
    ScanSettings settings = hurried();
    settings.family = FamilyChoice::ipv6;
    ntp::RateBudget budget;
    const auto outcomes = scan({wrong_family}, settings, budget);
    REQUIRE(outcomes);
    CHECK((*outcomes)[0].not_asked == Rejection::unresolved);
    CHECK((*outcomes)[0].why == "127.0.0.1 is no IPv6 address");
    const auto forbidden = scan({multicast}, hurried(), budget);
    REQUIRE(forbidden);
    CHECK((*forbidden)[0].not_asked == Rejection::forbidden_address);
    CHECK((*forbidden)[0].series == Series{});
    CHECK(scan({}, hurried(), budget).value().empty());
}

TEST_CASE("in a burst to many every server gets its own series too") {
    constexpr std::uint8_t answering = 70, silent = 75, refusing = 80;  // the last of each
    lab::World world;
    std::vector<ProbeTarget> targets;
    for (std::uint8_t host = 1; host <= refusing; ++host) {
        if (host <= silent) world.servers.push_back(server(host));
        if (host > answering && host <= silent)
            world.servers.back().behaviour = lab::Behaviour::silent;
        targets.push_back(target(host));
    }
    const LabProcess lab(world);
    ntp::RateBudget budget;
    const auto outcomes = scan(targets, hurried(), budget);
    REQUIRE(outcomes);
    for (std::uint8_t host = 1; host <= refusing; ++host) {
        CAPTURE(host);
        const Series& series = (*outcomes)[host - 1U].series;
        CHECK(series.samples.size() == (host <= answering ? 3 : 0));
        if (host <= answering)
            CHECK(series.rejections.empty());
        else if (host <= silent)
            CHECK(series.rejections == std::vector(3, Rejection::time_out));
        else
            CHECK(series.rejections == std::vector{Rejection::refused});
    }
}

TEST_CASE("who asked many servers has soon closed all their sockets") {
    lab::World world;
    std::vector<ProbeTarget> targets;
    for (std::uint8_t host = 1; host <= 150; ++host) {
        world.servers.push_back(server(host));
        targets.push_back(target(host));
    }
    const LabProcess lab(world);
    const auto descriptors = [] {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::distance(begin(all), end(all));
    };
    ntp::RateBudget budget;
    REQUIRE(scan(std::vector{target(1)}, hurried(), budget));  // what the first scan leaves open
    const auto before = descriptors();
    REQUIRE(scan(targets, hurried(), budget));
    const auto patience = read_clocks().steady + std::chrono::seconds(10);
    while (descriptors() > before && read_clocks().steady < patience) ::sched_yield();
    CHECK(descriptors() <= before);
}

TEST_CASE("with too few descriptors the servers are asked one after the other, none is left out") {
    lab::World world;
    for (std::uint8_t host = 1; host <= 60; ++host) {
        world.servers.push_back(server(host));
    }
    const LabProcess lab(world);
    std::vector<ProbeTarget> targets;
    for (std::uint8_t host = 1; host <= 60; ++host) {
        targets.push_back(target(host));
    }
    CHECK(in_child([&] {
              const rlimit few{.rlim_cur = 45, .rlim_max = 45};
              ::setrlimit(RLIMIT_NOFILE, &few);
              ntp::RateBudget budget;
              const auto outcomes = scan(targets, hurried(), budget);
              return outcomes
                         ? static_cast<int>(std::ranges::count_if(
                               *outcomes, [](auto& one) { return one.series.samples.size() == 3; }))
                         : 255;
          }) == 60);
}

TEST_CASE("Ctrl-C ends a scan within 100 ms, as Fault::interrupted") {
    lab::World world;
    world.servers = {server(1)};
    world.servers[0].behaviour = lab::Behaviour::silent;
    const LabProcess lab(world);
    const ProbeTarget silent = target(1);
    CHECK(in_child([&] {
              ScanSettings settings = hurried();
              settings.time_out = Seconds{20};
              SteadyTime signalled;
              settings.announce = [&](int, const auto&) {
                  signalled = read_clocks().steady;
                  ::raise(SIGINT);
              };
              ntp::RateBudget budget;
              const auto outcomes = scan({silent}, settings, budget);
              const bool in_time = read_clocks().steady - signalled < Seconds{0.1};
              return !outcomes && outcomes.error().fault == Fault::interrupted && in_time ? 7 : 1;
          }) == 7);
}

TEST_CASE("Ctrl-C while the loop waits wakes it") {
    lab::World world;
    world.servers = {server(1)};
    world.servers[0].behaviour = lab::Behaviour::silent;
    const LabProcess lab(world);
    const ProbeTarget silent = target(1);
    CHECK(in_child([&] {
              const pid_t self = ::getpid();
              ScanSettings settings = hurried();
              settings.time_out = Seconds{20};
              settings.announce = [&](int, const auto&) {
                  if (::fork() == 0) {
                      ::usleep(50'000);
                      ::kill(self, SIGTERM);
                      ::_exit(0);
                  }
              };
              ntp::RateBudget budget;
              const SteadyTime began = read_clocks().steady;
              const auto outcomes = scan({silent}, settings, budget);
              const bool in_time = read_clocks().steady - began < settings.time_out / 2;
              return !outcomes && outcomes.error().fault == Fault::interrupted && in_time ? 7 : 1;
          }) == 7);
}

}  // namespace clockwright::system
