// Goal P8: CPU per probe of a scan, against a bare loop with the same sockets and stamps.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "bench/bare_loop.h"
#include "bench/busy_lab.h"
#include "system/scan_driver.h"
#include "tests/fakes/lab_process.h"

namespace clockwright::bench {
namespace {

constexpr int server_count = 200;
constexpr int probes_each = 20;
constexpr int repetitions = 21;
constexpr Seconds spacing{0.005};
constexpr double limit = 1.3;

lab::World many_servers() {
    lab::World world;
    for (int i = 0; i < server_count; ++i) {
        lab::ServerSpec server;
        server.name = fmt::format("s{}", i);
        server.endpoint = {private_loopback(static_cast<std::uint8_t>(i + 1)), 11123};
        world.servers.push_back(server);
    }
    return world;
}

std::vector<system::ProbeTarget> targets_of(const std::vector<Endpoint>& servers) {
    std::vector<system::ProbeTarget> targets;
    for (const Endpoint& server : servers) {
        system::ProbeTarget target;
        target.host = {.name = to_string(server.address), .port = server.port};
        targets.push_back(target);
    }
    return targets;
}

/// User and system time of this process so far, in microseconds.
double cpu_microseconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto microseconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

struct Cost {
    double per_probe = 0;  ///< microseconds of CPU
    int answered = 0;
};

template <class Run>
Cost measure(Run run) {
    const double before = cpu_microseconds();
    const int answered = run();
    return {.per_probe = (cpu_microseconds() - before) / (server_count * probes_each),
            .answered = answered};
}

int run_scan(const std::vector<system::ProbeTarget>& targets) {
    system::ScanSettings settings;
    settings.samples = probes_each;
    settings.spacing = spacing;
    ntp::RateBudget budget;
    const auto outcomes = system::scan(targets, settings, budget);
    int answered = 0;
    if (outcomes) {
        for (const system::ProbeOutcome& outcome : *outcomes) {
            answered += static_cast<int>(outcome.series.samples.size());
        }
    }
    return answered;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

int run() {
    const lab::World world = many_servers();
    const BusyLab lab(world);
    std::vector<Endpoint> servers;
    for (const lab::ServerSpec& server : world.servers) {
        servers.push_back(server.endpoint);
    }
    const auto targets = targets_of(servers);
    std::vector<double> ratios, scans, bares;
    int fewest = server_count * probes_each;
    for (int i = 0; i < repetitions; ++i) {
        const Cost bare = measure([&] { return run_bare_loop(servers, probes_each, spacing); });
        const Cost scan = measure([&] { return run_scan(targets); });
        fewest = std::min({fewest, bare.answered, scan.answered});
        ratios.push_back(scan.per_probe / bare.per_probe);
        scans.push_back(scan.per_probe);
        bares.push_back(bare.per_probe);
    }
    const double ratio = median(ratios);
    fmt::print(
        "P8 ratio={:.2f} limit={:.2f} (scan {:.2f} us, bare loop {:.2f} us CPU per probe, "
        "{} probes x {}, at least {} answered)\n",
        ratio, limit, median(scans), median(bares), server_count * probes_each, repetitions,
        fewest);
    const bool answered = fewest * 100 >= server_count * probes_each * 99;
    return ratio <= limit && answered ? 0 : 1;
}

}  // namespace
}  // namespace clockwright::bench

int main() {
    return clockwright::bench::run();
}
