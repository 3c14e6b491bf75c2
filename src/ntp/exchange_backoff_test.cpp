#include "ntp/exchange_backoff.h"

#include <doctest/doctest.h>

namespace clockwright::ntp {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Now start{WallTime{seconds{1'795'000'000}}, SteadyTime{seconds{500}}};
constexpr Endpoint asked{{Family::ipv4, {192, 0, 2, 1}}, 4123};
constexpr IpAddress one{Family::ipv4, {192, 0, 2, 7}}, two{Family::ipv4, {192, 0, 2, 8}};
const KeyServer host{"nts://a.example", one}, other_host{"nts://b.example", two};

Now after(std::chrono::nanoseconds interval) {
    return {start.wall + interval, start.steady + interval};
}

TEST_CASE("the wait after a failure begins at 10 s, grows by half, and ends at five days (V-10)") {
    CHECK(back_off(0) == Seconds{0});
    const double wanted[] = {10, 15, 22.5, 33.75, 50.625, 75.9375, 113.90625};
    for (int i = 0; i < 7; ++i) {
        CHECK(back_off(i + 1).count() == doctest::Approx(wanted[i]));
    }
    CHECK(back_off(27) < Seconds{432000});
    CHECK(back_off(28) == Seconds{432000});
    CHECK(back_off(1'000'000'000) == Seconds{432000});
}

TEST_CASE("a host that gave keys rests for an hour") {
    ExchangeBackoff backoff;
    CHECK(backoff.wait(host, start) == Seconds{0});
    backoff.begin(host, start);
    backoff.succeeded(host, asked);
    CHECK(backoff.wait(host, start) == Seconds{3600});
    CHECK(backoff.wait(host, after(minutes{59})) == Seconds{60});
    CHECK(backoff.wait(host, after(hours{1})) == Seconds{0});
    CHECK(backoff.wait(other_host, start) == Seconds{0});
    CHECK(backoff.last(host, start)->asked == asked);
}

TEST_CASE("keys of a certificate that a wrong clock could not check rest for 64 s only") {
    ExchangeBackoff backoff;
    NtsReport report;
    report.failure = NtsFailure::clock_wrong;
    backoff.begin(host, start);
    backoff.report(host, report);
    CHECK(backoff.wait(host, start) == Seconds{10});  // no keys yet
    backoff.succeeded(host, asked);
    CHECK(backoff.wait(host, start) == Seconds{64});
    CHECK(backoff.wait(host, after(seconds{64})) == Seconds{0});
    backoff.begin(host, after(seconds{64}));
    backoff.succeeded(host, asked);
    CHECK(backoff.wait(host, after(seconds{64})) == Seconds{3600});
}

TEST_CASE("each failure on end lengthens the wait, a success ends the run") {
    ExchangeBackoff backoff;
    backoff.begin(host, start);
    CHECK(backoff.wait(host, start) == Seconds{10});
    backoff.begin(host, after(seconds{10}));
    CHECK(backoff.wait(host, after(seconds{10})) == Seconds{15});
    backoff.begin(host, after(seconds{25}));
    backoff.succeeded(host, asked);
    backoff.begin(host, after(hours{2}));
    CHECK(backoff.wait(host, after(hours{2})) == Seconds{10});
}

TEST_CASE("another name for an address and another address of a name share the wait") {
    ExchangeBackoff backoff;
    const KeyServer renamed{"nts://b.example", one}, moved{"nts://a.example", two};
    backoff.begin(host, start);
    CHECK(backoff.wait(renamed, start) == Seconds{10});
    CHECK(backoff.wait(moved, start) == Seconds{10});
    CHECK(backoff.wait(other_host, start) == Seconds{0});
    backoff.begin(renamed, after(seconds{10}));
    CHECK(backoff.wait(host, after(seconds{10})) == Seconds{15});
    backoff.begin(host, after(seconds{25}));
    backoff.succeeded(host, asked);
    CHECK(backoff.last(renamed, after(seconds{25}))->with == host);
    CHECK(backoff.wait(renamed, after(seconds{25})) == Seconds{3600});
    CHECK(backoff.wait(renamed, after(hours{2})) == Seconds{0});
    CHECK(backoff.memory(after(seconds{26})).size() == 1);
}

TEST_CASE("what was remembered by name alone binds the name, until it is asked again") {
    ExchangeBackoff backoff({LastExchange{{host.host, {}}, start.wall, 3, {}, {}}});
    CHECK(backoff.wait(host, start) == back_off(3));
    CHECK(backoff.wait({"nts://b.example", one}, start) == Seconds{0});
    backoff.begin(host, after(hours{1}));
    CHECK(backoff.wait(host, after(hours{1})) == back_off(4));
    REQUIRE(backoff.memory(after(hours{1})).size() == 1);
    CHECK(backoff.memory(after(hours{1})).front().with == host);
}

TEST_CASE("of what two processes remember of one server the later counts") {
    const LastExchange early{host, start.wall, 3, {}, {}};
    const LastExchange late{host, start.wall + seconds{1}, 0, asked, {}};
    const LastExchange elsewhere{other_host, start.wall, 1, {}, {}};
    const std::vector<LastExchange> both{late, elsewhere};
    CHECK(joined({early}, {elsewhere, late}) == both);
    CHECK(joined({late, elsewhere}, {early}) == both);
}

TEST_CASE("within the process the steady clock counts, whatever the wall clock does") {
    ExchangeBackoff backoff;
    backoff.begin(host, start);
    const Now stepped{start.wall + days{900}, start.steady + seconds{4}};
    CHECK(backoff.wait(host, stepped) == Seconds{6});
}

TEST_CASE("what was remembered binds the next process") {
    ExchangeBackoff before;
    before.begin(host, start);
    NtsReport report;
    report.failure = NtsFailure::refused;
    before.report(host, report);
    before.begin(other_host, start);
    before.succeeded(other_host, asked);
    const auto memory = before.memory(after(seconds{1}));
    REQUIRE(memory.size() == 2);
    CHECK(memory[0].report == report);

    const ExchangeBackoff later(memory);
    const Now other{start.wall + seconds{4}, SteadyTime{seconds{1}}};
    CHECK(later.wait(host, other) == Seconds{6});
    CHECK(later.wait(other_host, other) == Seconds{3596});
    CHECK(later.memory(other) == memory);
}

TEST_CASE("a wall clock that went back lets no time go, a memory from the future is forgotten") {
    const ExchangeBackoff backoff({LastExchange{host, start.wall, 1, {}, {}}});
    CHECK(backoff.wait(host, {start.wall - minutes{30}, {}}) == Seconds{10});
    CHECK(backoff.wait(host, {start.wall - hours{2}, {}}) == Seconds{0});
    CHECK(backoff.memory({start.wall - hours{2}, {}}).empty());
}

TEST_CASE("what binds nobody any more is not kept: an hour for keys, two weeks for failures") {
    ExchangeBackoff backoff;
    backoff.begin(host, start);
    backoff.begin(other_host, start);
    backoff.succeeded(other_host, asked);
    CHECK(backoff.memory(after(minutes{59})).size() == 2);
    CHECK(backoff.memory(after(hours{1})).size() == 1);
    CHECK(backoff.memory(after(days{14})).empty());
}

}  // namespace
}  // namespace clockwright::ntp
