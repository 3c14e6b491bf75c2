#include "app/push_lane.h"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "tests/fakes/one_answer.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

/// Takes what it is posted, or holds on to the post while it is told to.
struct Database {
    std::atomic<bool> holds{false}, asked{false};
    std::function<bool(const std::string&)> refuses = [](const std::string&) { return false; };
    std::mutex mutex;
    std::string has;

    PushPlace place() {
        PushPlace place{
            .name = "a database", .section = "test", .settings = {}, .in_order = false, .post = {}};
        place.settings.interval = Seconds{0.01};
        place.post = [this](const std::string& lines) -> PushAnswer {
            asked = true;
            while (holds) std::this_thread::sleep_for(1ms);
            if (refuses(lines)) return {.status = 400, .text = "unable to parse"};
            const std::lock_guard lock(mutex);
            has += lines;
            return {.status = 204};
        };
        return place;
    }
    std::string content() {
        const std::lock_guard lock(mutex);
        return has;
    }
};

/// Turns the loop until it is so, ten seconds at most.
bool comes_true(boost::asio::io_context& loop, const auto& so) {
    const auto keep = boost::asio::make_work_guard(loop);
    for (int tries = 0; tries < 1000 && !so(); ++tries) {
        loop.restart();
        loop.run_for(10ms);
    }
    return so();
}

/// What its files have; they go when all of it has been taken.
std::string spooled(const TemporaryDirectory& directory) {
    std::string lines;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator(directory / "spool", gone)) {
        std::ostringstream content;
        if (entry.path().extension() == ".lines") content << std::ifstream(entry.path()).rdbuf();
        lines += content.str();
    }
    return lines;
}

}  // namespace

TEST_CASE("a post in hand holds up neither what comes in nor a change of the place") {
    const TemporaryDirectory directory;
    boost::asio::io_context loop;
    Database slow, quick;
    slow.holds = true;
    PushLane lane(loop, directory / "spool", 0);
    lane.use(slow.place());
    lane.add([] { return "a 1\n"; });
    REQUIRE(comes_true(loop, [&] { return slow.asked.load(); }));
    lane.add([] { return "b 2\n"; });
    CHECK(comes_true(loop, [&] { return spooled(directory) == "a 1\nb 2\n"; }));
    lane.use(quick.place());
    lane.add([] { return "c 3\n"; });
    CHECK(comes_true(loop, [&] { return spooled(directory) == "a 1\nb 2\nc 3\n"; }));
    slow.holds = false;
    CHECK(comes_true(loop, [&] { return quick.content() == "b 2\nc 3\n"; }));
    CHECK(slow.content() == "a 1\n");
    CHECK(comes_true(loop, [&] { return spooled(directory).empty(); }));
}

TEST_CASE("what waits for a place that is no longer wanted goes to the one that is wanted next") {
    const TemporaryDirectory directory;
    boost::asio::io_context loop;
    Database database;
    PushLane lane(loop, directory / "spool", 0);
    database.holds = true;
    lane.use(database.place());
    lane.add([] { return "a 1\n"; });
    REQUIRE(comes_true(loop, [&] { return database.asked.load(); }));
    lane.add([] { return "b 2\n"; });
    lane.use(std::nullopt);
    lane.add([] { return "to nobody\n"; });
    database.holds = false;
    CHECK(comes_true(loop, [&] { return database.content() == "a 1\n"; }));
    lane.use(database.place());
    CHECK(comes_true(loop, [&] { return spooled(directory).empty(); }));
    CHECK(database.content() == "a 1\nb 2\n");
}

TEST_CASE("lines that are refused in a long row hold up none behind them") {
    const TemporaryDirectory directory;
    boost::asio::io_context loop;
    Database database;
    database.refuses = [](const std::string& lines) { return lines.contains("bad"); };
    PushLane lane(loop, directory / "spool", 0);
    std::string bad;
    for (int i = 0; i < 60; ++i) bad += "bad " + std::to_string(i) + "\n";
    lane.use(database.place());
    lane.add([bad] { return bad + "good 1\ngood 2\n"; });
    CHECK(comes_true(loop, [&] { return spooled(directory) == bad; }));  // refused.lines
    CHECK(database.content().ends_with("good 1\ngood 2\n"));
}

TEST_CASE("what comes while there is no spool waits in memory until there is one") {
    const TemporaryDirectory directory;
    directory.write("spool", "a file where the directory should be");
    boost::asio::io_context loop;
    Database database;
    database.holds = true;  // what is in the spool stays to be seen
    PushLane lane(loop, directory / "spool", 0);
    lane.use(database.place());
    lane.add([] { return "a 1\n"; });
    std::atomic<bool> tried{false};
    lane.add([&] {
        tried = true;
        return std::string{};
    });
    REQUIRE(comes_true(loop, [&] { return tried.load(); }));
    std::filesystem::remove(directory / "spool");
    lane.add([] { return "b 2\n"; });
    CHECK(comes_true(loop, [&] { return spooled(directory) == "a 1\nb 2\n"; }));
    database.holds = false;
}

TEST_CASE("samples that are too early for the database's clock are kept, as if nobody answered") {
    const fakes::OneAnswer prometheus(
        "HTTP/1.1 400 x\r\nContent-Length: 49\r\n\r\n"
        "out of bounds: timestamp is too far in the future");
    RemoteWriteSettings settings;
    settings.push.url = prometheus.url();
    const PushAnswer answer = remote_write_place(settings).post("up{job=\"x\"} 1 1000\n");
    CHECK(answer.status == 0);
    CHECK(answer.text.contains("400: out of bounds"));
}
