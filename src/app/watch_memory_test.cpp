#include "app/watch_memory.h"

#include <doctest/doctest.h>

#include "app/scan_memory.h"
#include "system/clock.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

constexpr ntp::Manners steady{.series = 1,
                              .spacing = Seconds{64},
                              .further = Seconds{64},
                              .series_rest = Seconds{64},
                              .addresses = 1000,
                              .wait = Seconds{0}};
const Endpoint stranger{*parse_address("198.51.100.7"), 123};
const ntp::KeyServer a_example{"nts://a.example", stranger.address};

Now later(Now now, std::chrono::seconds by) {
    return {now.wall + by, now.steady + by};
}

/// One packet to the stranger, if it may go.
bool sends(WatchMemory& memory, const std::string& state, const Now& now) {
    REQUIRE(memory.hold(state).empty());
    if (!memory.budget().may_begin_series(stranger.address, now)) return false;
    memory.plan({stranger}, now);
    memory.budget().spend(stranger.address, now);
    REQUIRE(memory.keep(now));
    return true;
}

}  // namespace

TEST_CASE("a watch that is started again and again sends a stranger one packet in 64 s") {
    const TemporaryDirectory directory;
    const Now began = system::read_clocks();
    int sent = 0;
    for (int start = 0; start < 12; ++start) {
        WatchMemory memory(steady);
        sent += sends(memory, directory / "state", later(began, 10s * start));
    }
    CHECK(sent == 2);
}

TEST_CASE(
    "what a scan sent keeps the watch from sending, and the watch keeps no scan from a series") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    const Now now = system::read_clocks();
    WatchMemory watch(steady);
    CHECK(sends(watch, state, later(now, -100s)));
    ScanMemory scan(state);
    CHECK(scan.hold().empty());
    CHECK(scan.budget().may_begin_series(stranger.address, now));
    scan.plan({stranger}, 4, {});
    CHECK_FALSE(sends(watch, state, now));
    CHECK(sends(watch, state, later(now, 70s)));
    const auto spent = store::load(state, nullptr).spent;
    REQUIRE(spent.size() == 1);
    CHECK(spent.front().sent == 4);
    ScanMemory again(state);
    CHECK_FALSE(again.budget().may_begin_series(stranger.address, later(now, 70s)));
}

TEST_CASE("an exchange of keys is remembered before it is made, and how it ended afterwards") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    const Now now = system::read_clocks();
    WatchMemory watch(steady);
    REQUIRE(watch.hold(state).empty());
    watch.exchanges().begin(a_example, now);
    watch.plan({}, now);
    REQUIRE(store::load(state, nullptr).exchanges.size() == 1);
    CHECK(store::load(state, nullptr).exchanges.front().failures == 1);
    watch.exchanges().succeeded(a_example, stranger);
    REQUIRE(watch.keep(now));
    CHECK(store::load(state, nullptr).exchanges.front().failures == 0);
    WatchMemory next(steady);
    REQUIRE(next.hold(state).empty());
    CHECK(next.exchanges().wait(a_example, later(now, 60s)) > Seconds{3500});
    ScanMemory scan(state);
    CHECK(scan.exchanges().wait(a_example, later(now, 60s)) > Seconds{3500});
}

TEST_CASE("a scan remembers its exchanges of keys before they are made") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    ScanMemory scan(state);
    REQUIRE(scan.hold().empty());
    scan.exchanges().begin(a_example, system::read_clocks());
    scan.plan({{stranger.address, 4460}}, 4, {});
    const auto memory = store::load(state, nullptr);  // and here it is killed
    REQUIRE(memory.exchanges.size() == 1);
    CHECK(memory.exchanges.front().failures == 1);
}

TEST_CASE("where nothing can be remembered no stranger may be asked") {
    const TemporaryDirectory directory;
    directory.write("file", "");
    directory.write("memory.json", "{");
    for (const std::string& state : {directory / "file/state", directory.path()}) {
        CAPTURE(state);
        WatchMemory watch(steady);
        CHECK(watch.hold(state).contains("cannot be remembered"));
        CHECK(ScanMemory(state).hold().contains("cannot be remembered"));
    }
    CHECK(directory.read("memory.json") == "{");
}
