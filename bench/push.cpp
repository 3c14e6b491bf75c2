// What it costs to push 20 servers at one poll a second: a second's points into the spool, and a
// day of them out of it again, compressed, to a database that takes everything at once. bench_push
// [PARTS]: a PARTS-th of a day (1)

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include "publish/influx.h"
#include "publish/pusher.h"
#include "store/spool.h"
#include "system/gzip.h"
#include "tests/fakes/temporary_directory.h"

namespace {

using namespace clockwright;

constexpr int servers = 20;
constexpr WallTime begin{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z
constexpr std::uint64_t room = std::uint64_t{4} << 30U;

/// Seconds of processor time that `act` takes.
double processor_time(const auto& act) {
    const std::clock_t before = std::clock();
    act();
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

template <class T>
T needed(Result<T> result) {
    if (result) return *std::move(result);
    fmt::print(stderr, "{}\n", result.error().message);
    std::exit(1);
}

std::vector<Record> polls_of(int second) {
    std::vector<Record> rows;
    for (int server = 0; server < servers; ++server) {
        SampleRow row;
        row.at = begin + std::chrono::seconds(second) + std::chrono::microseconds(3100 * server);
        row.server = fmt::format("ntp{}.corp.example", server);
        row.offset = Seconds{1.234567e-5 * (server + second % 97)};
        row.error = Seconds{2.5e-6 * server};
        row.delay = Seconds{0.012 + 1e-6 * (second % 89)};
        row.stratum = 2;
        rows.emplace_back(std::move(row));
    }
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    int parts = 1;
    if (argc > 1) std::from_chars(argv[1], argv[1] + std::string_view(argv[1]).size(), parts);
    const int seconds = 86400 / std::max(parts, 1);
    const TemporaryDirectory directory;
    store::Spool spool = needed(store::Spool::open(directory / "spool", room));
    const double in = processor_time([&] {
        for (int second = 0; second < seconds; ++second) {
            const auto rows = polls_of(second);
            if (!spool.append(influx_lines(rows, InfluxSchema::telegraf, "db1"))) std::exit(1);
        }
    });
    const std::uint64_t octets = spool.octets();
    std::uint64_t posted = 0, count = 0, posts = 0;
    const auto start = std::chrono::steady_clock::now();
    const double out = processor_time([&] {
        Pusher pusher({}, SteadyTime{});
        while (spool.octets() > 0) {
            const auto lines = needed(spool.front(pusher.lines(), std::size_t{4} << 20U));
            posted += system::gzip(lines.text).size();
            count += lines.count;
            ++posts;
            pusher.answered({.status = 204}, lines.count, true, SteadyTime{});
            if (!spool.drop(lines)) std::exit(1);
        }
    });
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("in:  {:.0f} us of processor a second of {} polls; {:.0f} octets a point\n",
               in / seconds * 1e6, servers,
               static_cast<double>(octets) / static_cast<double>(count));
    fmt::print(
        "out: {} points of {:.1f} h in {} posts: {:.1f} s of processor, {:.1f} s in all; "
        "{:.0f} MB, {:.0f} MB compressed\n",
        count, seconds / 3600.0, posts, out, wall, static_cast<double>(octets) / 1e6,
        static_cast<double>(posted) / 1e6);
    return count == static_cast<std::uint64_t>(seconds) * servers ? 0 : 1;
}
