#include "ntp/budget.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace clockwright::ntp {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return IpAddress{.family = Family::ipv4, .bytes = {a, b, c, d}};
}

const IpAddress stranger = ipv4(9, 9, 9, 9);
const IpAddress other = ipv4(8, 8, 8, 8);
const Now start{.wall = WallTime{seconds{1'795'000'000}}, .steady = SteadyTime{seconds{1'000}}};

Now later(Now now, nanoseconds by) {
    return {.wall = now.wall + by, .steady = now.steady + by};
}

/// Sends as early as allowed, `packets` times; gives the moments in seconds after `start`.
std::vector<double> sent_at(RateBudget& budget, int packets,
                            Seconds operator_spacing = Seconds{0}) {
    std::vector<double> moments;
    Now now = start;
    for (int i = 0; i < packets; ++i) {
        now = budget.earliest(stranger, now, operator_spacing);
        budget.spend(stranger, now);
        moments.push_back(Seconds{now.steady - start.steady}.count());
    }
    return moments;
}

TEST_CASE("a public address gets four packets 2 s apart, then one each 16 s") {
    RateBudget budget;
    CHECK(sent_at(budget, 7) == std::vector<double>{0, 2, 4, 6, 22, 38, 54});
}

TEST_CASE("an operator's wish lengthens the spacing and never shortens it") {
    RateBudget nist;
    CHECK(sent_at(nist, 5, Seconds{4}) == std::vector<double>{0, 4, 8, 12, 28});
    RateBudget slow;
    CHECK(sent_at(slow, 6, Seconds{20}) == std::vector<double>{0, 20, 40, 60, 80, 100});
    RateBudget eager;
    CHECK(sent_at(eager, 3, Seconds{0.1}) == std::vector<double>{0, 2, 4});
}

TEST_CASE("private and loopback addresses have no floor and are not remembered") {
    RateBudget budget;
    for (const IpAddress& address : {ipv4(127, 0, 1, 1), ipv4(10, 1, 2, 3), ipv4(192, 168, 0, 1)}) {
        for (int i = 0; i < 100; ++i) {
            CHECK(budget.earliest(address, start) == start);
            budget.spend(address, start);
        }
        CHECK(budget.may_begin_series(address, start));
    }
    CHECK(budget.memory().empty());
}

TEST_CASE("a new series may begin an hour after the last began, and not close to a packet") {
    RateBudget budget({.wait = Seconds{0}});
    CHECK(budget.may_begin_series(stranger, start));
    sent_at(budget, 4);
    CHECK_FALSE(budget.may_begin_series(stranger, later(start, seconds{3'599})));
    CHECK(budget.may_begin_series(stranger, later(start, hours{1})));

    budget.spend(stranger, later(start, seconds{3'590}));
    CHECK_FALSE(budget.may_begin_series(stranger, later(start, hours{1})));
    CHECK(budget.earliest(stranger, later(start, hours{1})) == later(start, seconds{3'606}));
    CHECK(budget.may_begin_series(stranger, later(start, seconds{3'606})));
}

TEST_CASE("a series may begin that waits for its first packet, as long as a further one does") {
    RateBudget budget;
    sent_at(budget, 4);
    budget.spend(stranger, later(start, seconds{3'599}));
    CHECK(budget.may_begin_series(stranger, later(start, hours{1})));
    CHECK(budget.earliest(stranger, later(start, hours{1})) == later(start, seconds{3'615}));
}

TEST_CASE("single packets keep no series from beginning, and count between two packets") {
    std::vector<Spent> remembered{
        {.address = other, .series_began = start.wall, .last = start.wall, .sent = 4}};
    const Now then = later(start, seconds{100});
    remember_packets(remembered, {stranger, other, ipv4(10, 0, 0, 1)}, then.wall);
    CHECK(remembered.size() == 2);
    const RateBudget scan({}, remembered),
        watch({.further = Seconds{64}, .series_rest = Seconds{64}, .wait = Seconds{0}}, remembered);
    CHECK(scan.may_begin_series(stranger, then));
    CHECK(scan.earliest(stranger, then) == later(then, seconds{16}));
    CHECK_FALSE(scan.may_begin_series(other, then));  // its series was within the hour
    CHECK(scan.earliest(other, then) == later(then, seconds{16}));
    for (const IpAddress& address : {stranger, other}) {
        CHECK_FALSE(watch.may_begin_series(address, later(then, seconds{63})));
        CHECK(watch.may_begin_series(address, later(then, seconds{64})));
    }
}

TEST_CASE("what another process sent counts from when it is heard of") {
    RateBudget budget;
    budget.heard_of(
        {.address = stranger, .series_began = start.wall, .last = start.wall, .sent = 4});
    CHECK_FALSE(budget.may_begin_series(stranger, start));
    CHECK(budget.earliest(stranger, start) == later(start, seconds{16}));
}

TEST_CASE("at most forty public addresses are asked in one run") {
    RateBudget budget;
    const Now never{.wall = WallTime::max(), .steady = SteadyTime::max()};
    for (std::uint8_t i = 1; i <= 40; ++i) {
        CAPTURE(int{i});
        CHECK(budget.earliest(ipv4(9, 9, 9, i), start) == start);
        budget.spend(ipv4(9, 9, 9, i), start);
    }
    CHECK(budget.earliest(other, start) == never);
    CHECK_FALSE(budget.may_begin_series(other, start));
    CHECK(budget.earliest(ipv4(9, 9, 9, 40), start) == later(start, seconds{2}));
    CHECK(budget.earliest(ipv4(10, 0, 0, 1), start) == start);
}

TEST_CASE("what was sent is remembered over a restart, public addresses sorted") {
    RateBudget before;
    before.spend(stranger, start);
    before.spend(stranger, later(start, seconds{2}));
    before.spend(other, start);
    before.spend(ipv4(127, 0, 0, 1), start);
    const std::vector<Spent> wanted = {
        {.address = other, .series_began = start.wall, .last = start.wall, .sent = 1},
        {.address = stranger,
         .series_began = start.wall,
         .last = start.wall + seconds{2},
         .sent = 2}};
    REQUIRE(before.memory() == wanted);

    // The steady clock begins anew; only the wall clock tells how long ago it was.
    RateBudget after({}, before.memory());
    CHECK(after.memory() == wanted);
    Now now{.wall = start.wall + seconds{3}, .steady = SteadyTime{seconds{5}}};
    CHECK_FALSE(after.may_begin_series(stranger, now));
    CHECK(after.earliest(stranger, now) == later(now, seconds{1}));
    now = later(now, seconds{1});
    after.spend(stranger, now);
    after.spend(stranger, later(now, seconds{2}));
    CHECK(after.memory().back().sent == 4);
    CHECK(after.earliest(stranger, later(now, seconds{2})) == later(now, seconds{18}));
    CHECK(after.may_begin_series(stranger, later(now, seconds{3'596})));
    CHECK_FALSE(after.may_begin_series(stranger, later(now, milliseconds{3'595'999})));
}

TEST_CASE("a step of the wall clock buys no packet from what this process sent") {
    RateBudget budget;
    sent_at(budget, 4);
    const Now stepped{.wall = start.wall + hours{48}, .steady = start.steady + seconds{10}};
    CHECK_FALSE(budget.may_begin_series(stranger, stepped));
    CHECK(budget.earliest(stranger, stepped).steady == start.steady + seconds{22});
}

TEST_CASE(
    "a wall clock that went back a little is no time gone; a memory from the future is void") {
    struct Row {
        seconds ahead;  // of the memory to the clock
        bool may_begin;
        seconds wait;
    };
    const Row rows[] = {{seconds{0}, false, seconds{16}},     {seconds{60}, false, seconds{16}},
                        {seconds{3'599}, false, seconds{16}}, {seconds{3'600}, true, seconds{0}},
                        {seconds{86'400}, true, seconds{0}},  {seconds{-3'600}, true, seconds{0}}};
    for (const Row& row : rows) {
        CAPTURE(row.ahead.count());
        const WallTime then = start.wall + row.ahead;
        const RateBudget budget(
            {}, {{.address = stranger, .series_began = then, .last = then, .sent = 4}});
        CHECK(budget.may_begin_series(stranger, start) == row.may_begin);
        CHECK(budget.earliest(stranger, start) == later(start, row.wait));
    }
}

TEST_CASE("of what two processes remember of one address the later counts") {
    const Spent early{stranger, start.wall, start.wall, 4};
    const Spent late{stranger, start.wall + hours{2}, start.wall + hours{3}, 1};
    const Spent elsewhere{other, start.wall, start.wall, 2};
    const std::vector<Spent> both =
        stranger < other ? std::vector{late, elsewhere} : std::vector{elsewhere, late};
    CHECK(joined({early}, {elsewhere, late}) == both);
    CHECK(joined({late}, {early, elsewhere}) == both);
    CHECK(joined({}, {early}) == std::vector{early});
}

}  // namespace
}  // namespace clockwright::ntp
