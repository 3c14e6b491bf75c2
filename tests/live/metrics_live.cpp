// The metrics beside a real Prometheus: promtool lints them, a server scrapes and answers queries.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "publish/prometheus.h"
#include "system/child.h"
#include "tests/live/http_client.h"
#include "tests/live/private_chronyd.h"
#include "tests/live/served_snapshot.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

/// Without it all is skipped.
std::string peer_or_skip(const std::string& program) {
    const std::string path = CLOCKWRIGHT_SOURCE_DIR "/build/peers/prometheus/usr/bin/" + program;
    if (::access(path.c_str(), X_OK) != 0) skip("no " + program + " at " + path);
    return path;
}

system::TemporaryDirectory directory() {
    return std::move(system::TemporaryDirectory::make("clockwright-live-").value());
}

/// What `promtool check metrics` says of the text; empty: nothing.
std::string lint(const std::string& text) {
    const std::string promtool = peer_or_skip("promtool");
    const system::TemporaryDirectory place = directory();
    REQUIRE(place.write("metrics", text));
    const std::string said = place.path() + "/said";
    auto child = system::Child::start(
        {"/bin/sh", "-c", promtool + " check metrics < " + place.path() + "/metrics"}, said);
    REQUIRE(child);
    const int code = child->wait();
    std::stringstream words;
    words << std::ifstream(said).rdbuf();
    if (code == 0 || !words.str().empty()) return words.str();
    return fmt::format("exit {}", code);
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

/// A Prometheus of our own that scrapes one port every second.
class PrivatePrometheus {
  public:
    explicit PrivatePrometheus(std::uint16_t scraped) : place_(directory()), port_(free_port()) {
        const std::string program = peer_or_skip("prometheus");
        REQUIRE(
            place_.write("config.yml", fmt::format("global:\n  scrape_interval: 1s\n"
                                                   "scrape_configs:\n  - job_name: clockwright\n"
                                                   "    static_configs:\n"
                                                   "      - targets: [\"127.0.0.1:{}\"]\n",
                                                   scraped)));
        auto child =
            system::Child::start({program, "--config.file=" + place_.path() + "/config.yml",
                                  "--storage.tsdb.path=" + place_.path() + "/data",
                                  fmt::format("--web.listen-address=127.0.0.1:{}", port_),
                                  "--storage.remote.flush-deadline=1s"},
                                 place_.path() + "/log");
        REQUIRE(child);
        child_.emplace(std::move(*child));
    }

    /// The answer to an instant query once it has a result; empty: it had none in time.
    std::string query(const std::string& expression) const {
        for (int i = 0; i < 300; ++i) {
            HttpClient client(port_);
            client.send("GET /api/v1/query?query=" + expression +
                        " HTTP/1.0\r\nHost: localhost\r\n\r\n");
            const PlainAnswer answer = client.answer();
            if (answer.status == 200 && answer.body.contains("\"metric\"")) return answer.body;
            std::this_thread::sleep_for(100ms);
        }
        return {};
    }

  private:
    system::TemporaryDirectory place_;
    std::uint16_t port_;
    std::optional<system::Child> child_;
};

}  // namespace

TEST_CASE("promtool finds no fault in our metrics, whatever is known") {
    const Snapshot full = fakes::canned_snapshot(20);
    CHECK(lint(prometheus_text(&full, full.at)) == "");
    CHECK(lint(prometheus_text(nullptr, full.at)) == "");
    Snapshot hostile = fakes::canned_snapshot(2);
    hostile.scan.rows[0].candidate.source.as_written = "a\"} 1\n\xff\\";
    hostile.alerts[0].subject = "x\ny";
    CHECK(lint(prometheus_text(&hostile, hostile.at)) == "");
}

TEST_CASE("promtool would say so if something were wrong") {
    CHECK_FALSE(lint("clockwright_nonsense_milliseconds 1\n").empty());
    CHECK_FALSE(lint("no metric at all").empty());
}

TEST_CASE("names of other exporters parse, whatever is thought of their style") {
    const Snapshot snapshot = fakes::canned_snapshot(5);
    const std::string said = lint(prometheus_text(
        &snapshot, snapshot.at, {"chrony_exporter", "ntp_exporter", "node_timex", "ntpmon"}));
    CHECK_FALSE(said.contains("error while linting"));
    CHECK_FALSE(said.contains("clockwright_"));
}

TEST_CASE("a real Prometheus scrapes the server and answers what it was told") {
    peer_or_skip("prometheus");
    const ServedSnapshot served;
    const PrivatePrometheus prometheus(served.port());
    const std::string up = prometheus.query("up");
    CAPTURE(up);
    CHECK(prometheus.query("clockwright_bound_seconds").contains(",\"0.00183\"]"));
    const std::string liar = prometheus.query("clockwright_server_truechimer==0");
    CHECK(liar.contains("\"server\":\"ntp1.example\""));
    CHECK(liar.contains("\"address\":\"198.51.100.2\""));
    CHECK(prometheus.query("clockwright_condition_info").contains("at least 3 of its 4 sources"));
    CHECK(up.contains(",\"1\"]"));
}
