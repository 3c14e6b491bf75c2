// The record of 20 servers polled every 64 s: its size for a year, the time of a cycle's write, of
// a slice of tidying, and of a week's chart. Writes a part of a year and scales the size.
// bench_record [PARTS]: a PARTS-th of a year (4)

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>

#include "store/recorder.h"
#include "store/sqlite_history.h"
#include "tests/fakes/temporary_directory.h"

namespace {

using namespace clockwright;

constexpr int servers = 20;
constexpr Seconds cycle{64};
constexpr WallTime begin{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z
constexpr double cycles_a_year = 365 * 86400.0 / 64;

/// Milliseconds that `act` takes.
double timed(const auto& act) {
    const auto before = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before)
        .count();
}

[[noreturn]] void stop(const Error& error) {
    fmt::print(stderr, "{}\n", error.message);
    std::exit(1);
}

template <class T>
T needed(Result<T> result) {
    if (!result) stop(result.error());
    return *std::move(result);
}

std::vector<Record> rows_of_cycle(WallTime at, std::mt19937_64& random) {
    std::normal_distribution<double> noise(0, 1e-4);
    std::vector<Record> rows;
    for (int server = 0; server < servers; ++server) {
        SampleRow row;
        row.at = at + std::chrono::microseconds(3100 * server) +
                 std::chrono::nanoseconds(random() % 1'000'000);
        row.server = fmt::format("ntp{}.corp.example", server);
        row.address = fmt::format("10.0.0.{}", server + 1);
        row.offset = Seconds{noise(random)};
        row.error = Seconds{noise(random)};
        row.delay = Seconds{2e-3 + std::abs(noise(random))};
        row.root_distance = Seconds{5e-3 + std::abs(noise(random))};
        row.stratum = 2;
        rows.emplace_back(row);
    }
    ClockRow clock;
    clock.at = at + std::chrono::milliseconds(100);
    clock.offset = Seconds{noise(random)};
    clock.bound = Seconds{2e-3};
    clock.frequency = Ppm{-12.3};
    clock.demonstrated = true;
    clock.stratum = 3;
    clock.agreeing = clock.judged = servers;
    clock.consensus = clock.offset;
    clock.consensus_bound = clock.bound;
    clock.daemon = "chrony";
    clock.sentence =
        "UTC is within ±1.9 ms of this clock, if at least 11 of its 20 sources are honest; last "
        "update 12 s ago.";
    rows.emplace_back(clock);
    return rows;
}

std::uintmax_t octets(const TemporaryDirectory& directory) {
    return std::filesystem::file_size(directory / "record.sqlite");
}

std::string private_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return line.substr(8);
    return "unknown";
}

struct Written {
    double seconds = 0, longest = 0;  ///< longest cycle in milliseconds
};

Written write_cycles(store::Recorder& recorder, int cycles) {
    std::mt19937_64 random(1);
    Written written;
    for (int n = 0; n < cycles; ++n) {
        const auto rows = rows_of_cycle(begin + to_nanoseconds(cycle * n), random);
        const double took = timed([&] { needed(recorder.import(rows)); });
        written.seconds += took / 1000;
        written.longest = std::max(written.longest, took);
    }
    return written;
}

/// The best of five.
double query_time(const auto& act) {
    double best = timed(act);
    for (int n = 0; n < 4; ++n) best = std::min(best, timed(act));
    return best;
}

void tidy(store::Recorder& recorder, WallTime now, const store::RetentionSettings& settings,
          std::string_view what) {
    int slices = 0;
    double all = 0, longest = 0;
    for (bool more = true; more; ++slices) {
        const double took = timed([&] { more = needed(recorder.tidy(now, settings)); });
        all += took;
        longest = std::max(longest, took);
    }
    fmt::print("{}: {} slices, {:.1f} s, the longest {:.0f} ms\n", what, slices, all / 1000,
               longest);
}

}  // namespace

int main(int argc, char** argv) {
    int parts = 4;
    if (argc > 1) std::from_chars(argv[1], argv[1] + std::string_view(argv[1]).size(), parts);
    const int cycles = static_cast<int>(cycles_a_year / std::max(parts, 1));
    const WallTime end = begin + to_nanoseconds(cycle * cycles);
    const TemporaryDirectory directory;
    auto recorder = needed(store::Recorder::open(directory.path()));
    const Written written = write_cycles(recorder, cycles);
    const double raw = static_cast<double>(octets(directory));
    fmt::print("1/{} of a year, {} servers at {} s: {} rows\n", parts, servers, cycle.count(),
               cycles * (servers + 1));
    fmt::print("raw: {:.1f} octets a row, {:.0f} MB a year\n", raw / cycles / (servers + 1),
               raw * parts / 1e6);
    fmt::print("write: {:.2f} ms a cycle, the longest {:.0f} ms\n", written.seconds * 1000 / cycles,
               written.longest);
    const store::RetentionSettings keep_raw{.raw = Seconds{1e9}, .minute = Seconds{1e9}};
    tidy(recorder, end, keep_raw, "roll-ups of all of it");
    fmt::print("with all roll-ups: {:.0f} MB a year\n",
               static_cast<double>(octets(directory)) * parts / 1e6);
    const auto history = needed(store::SqliteHistory::open(directory.path()));
    const HistoryQuery week{.from = end - std::chrono::days(8),
                            .to = end - std::chrono::days(1),
                            .server = "ntp7.corp.example",
                            .limit = 1'000'000};
    const double raw_week = query_time([&] { needed(history.samples(week)); });
    const double hour_week = query_time([&] { needed(history.rolled(Resolution::hour, week)); });
    fmt::print("a week of one server: {} rows in {:.1f} ms; by the hour {} rows in {:.2f} ms\n",
               needed(history.samples(week)).size(), raw_week,
               needed(history.rolled(Resolution::hour, week)).size(), hour_week);
    tidy(recorder, end, {}, "retention by default");
    fmt::print("as kept by default: {:.0f} MB; private memory{}\n",
               static_cast<double>(octets(directory)) / 1e6, private_memory());
    return 0;
}
