#include "app/transaction.h"

#include <doctest/doctest.h>
#include <signal.h>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("whom the daemon lists anew it greets by a burst, and nobody twice") {
    DaemonState state;
    const auto list = [&](const char* address) {
        state.sources.emplace_back();
        state.sources.back().address = parse_address(address);
    };
    for (const auto* address : {"192.0.2.1", "192.0.2.2", "10.0.0.1", "not resolved"})
        list(address);
    std::set<IpAddress> listed{*parse_address("192.0.2.1")};
    CHECK(greeted(listed, state) == std::vector{*parse_address("192.0.2.2")});
    CHECK(greeted(listed, state).empty());
    state.sources.erase(state.sources.begin());
    CHECK(greeted(listed, state).empty());
    list("192.0.2.1");  // walked back
    CHECK(greeted(listed, state) == std::vector{*parse_address("192.0.2.1")});
}

TEST_CASE("a daemon's burst begins 32 s after our last packet to a public server") {
    constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};
    const auto spent = [&](std::chrono::seconds age) {
        return ntp::Spent{*parse_address("198.51.100.7"), noon - age - std::chrono::seconds(6),
                          noon - age, 4};
    };
    using std::chrono::seconds;
    CHECK(rest_after({}, noon) == Seconds{0});
    CHECK(rest_after({spent(seconds(4))}, noon) == Seconds{28});
    CHECK(rest_after({spent(seconds(30)), spent(seconds(10)), spent(seconds(90))}, noon) ==
          Seconds{22});
    CHECK(rest_after({spent(seconds(32))}, noon) == Seconds{0});
    CHECK(rest_after({spent(seconds(-3600))}, noon) == Seconds{0});
}

TEST_CASE("a change leaves it to its caller what signals do: the agent reads its settings anew") {
    struct sigaction before{}, own{}, after{};
    own.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGHUP, &own, &before) == 0);
    const TemporaryDirectory directory;
    Context context;
    context.config.state.directory = directory.path() + "/state";
    DaemonPlace place;
    place.config_file = directory.path() + "/chrony.conf";
    CHECK(Transaction::begin(context, place));
    ::sigaction(SIGHUP, &before, &after);
    CHECK((after.sa_handler == own.sa_handler));
}
