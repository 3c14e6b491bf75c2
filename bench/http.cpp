// What the HTTP server costs: /metrics of a thousand servers, a thousand idle clients of the
// stream.

#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "publish/prometheus.h"
#include "publish/stream_events.h"
#include "tests/live/http_client.h"
#include "tests/live/served_snapshot.h"

namespace clockwright::bench {
namespace {

constexpr int server_count = 1000;
constexpr int client_count = 1000;
constexpr int repetitions = 21;

using Clock = std::chrono::steady_clock;

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + values.size() / 2);
    return values[values.size() / 2];
}

template <class Work>
double milliseconds_of(Work work) {
    std::vector<double> times;
    for (int i = 0; i < repetitions; ++i) {
        const auto began = Clock::now();
        work();
        times.push_back(1e3 * Seconds(Clock::now() - began).count());
    }
    return median(times);
}

/// What this process has allocated, in octets: its resident memory goes up and down in huge pages.
double allocated() {
    return static_cast<double>(::mallinfo2().uordblks);
}

/// Giving memory back between two runs would cost more than the runs.
void keep_memory() {
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
    ::mallopt(M_TOP_PAD, 64 << 20);
    ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
}

void measure_metrics() {
    const Snapshot snapshot = fakes::canned_snapshot(server_count);
    std::size_t size = 0;
    const double making =
        milliseconds_of([&] { size = prometheus_text(&snapshot, snapshot.at).size(); });
    const ServedSnapshot served(server_count);
    HttpClient client(served.port());
    bool whole = true;
    const double served_in = milliseconds_of([&] {
        client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        whole = whole && client.answer().body.size() == size;
    });
    fmt::print("/metrics of {} servers: {:.2f} MB, made in {:.1f} ms, served in {:.1f} ms{}\n",
               server_count, static_cast<double>(size) / 1e6, making, served_in,
               whole ? "" : " (NOT WHOLE)");
}

/// Clients in a process of their own, so that their memory is not counted. Each octet written to
/// `done` says: all have what was sent to them so far.
void run_clients(std::uint16_t port, int done) {
    std::vector<HttpClient> clients;
    for (int i = 0; i < client_count; ++i) {
        clients.emplace_back(port);
        clients.back().send("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
        clients.back().read_until("event: snapshot\n");
        clients.back().read_until("\n\n");
    }
    for (;;) {
        if (::write(done, "x", 1) != 1) return;
        for (HttpClient& client : clients) client.read_until("\n\n", std::chrono::minutes{1});
    }
}

void measure_streams() {
    ServedSnapshot served;
    int pipe[2];
    if (::pipe(pipe) != 0) return;
    const auto wait_for_all = [&] {
        char octet;
        return ::read(pipe[0], &octet, 1) == 1;
    };
    {
        HttpClient first(served.port());  // what the first one costs is no client's
        first.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        first.answer();
    }
    const double before = allocated();
    const pid_t clients = ::fork();
    if (clients == 0) {
        run_clients(served.port(), pipe[1]);
        ::_exit(0);
    }
    wait_for_all();
    const double each = (allocated() - before) / client_count;
    const std::string event = snapshot_event(fakes::canned_snapshot(5));
    std::vector<double> sent, received;
    for (int i = 0; i < repetitions; ++i) {
        const auto began = Clock::now();
        served.broadcast(event);
        sent.push_back(1e3 * Seconds(Clock::now() - began).count());
        wait_for_all();
        received.push_back(1e3 * Seconds(Clock::now() - began).count());
    }
    fmt::print(
        "{} idle streams: {:.0f} octets each; an event of {} octets to all of them: {:.1f} "
        "ms to send, {:.1f} ms until the last has it\n",
        client_count, each, event.size(), median(sent), median(received));
    ::kill(clients, SIGKILL);
    ::waitpid(clients, nullptr, 0);
}

}  // namespace
}  // namespace clockwright::bench

int main() {
    clockwright::bench::keep_memory();
    clockwright::bench::measure_streams();
    clockwright::bench::measure_metrics();
    return 0;
}
