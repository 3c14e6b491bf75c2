#include "find/block_list.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};
using std::chrono::hours;

Hearing hearing(int last, Heard heard, bool listed = false) {
    const std::string address = "198.51.100." + std::to_string(last);
    return {{*parse_address(address), 123},
            *parse_host("ntp" + std::to_string(last) + ".example"),
            heard,
            listed};
}

/// One silent server among three that answer.
std::vector<Hearing> one_silent(bool listed = false) {
    return {hearing(1, Heard::nothing, listed), hearing(2, Heard::time), hearing(3, Heard::time),
            hearing(4, Heard::time)};
}

const Standing* blocked_at(const BlockList& list, int last, WallTime now) {
    const Hearing who = hearing(last, Heard::time);
    return blocked(list, who.host, who.endpoint.address, now);
}

}  // namespace

TEST_CASE("three scans on end without an answer block for a day") {
    BlockList list;
    for (int scan = 0; scan < 2; ++scan) {
        CHECK(learn(list, one_silent(), 0, noon + scan * hours(2)).empty());
        CHECK(blocked_at(list, 1, noon + scan * hours(2)) == nullptr);
    }
    const auto remarks = learn(list, one_silent(), 0, noon + hours(4));
    REQUIRE(remarks.size() == 1);
    CHECK(remarks[0] ==
          "ntp1.example is blocked until 2027-01-16T12:00:00Z because it did not answer in 3 scans "
          "on end.");
    CHECK(blocked_at(list, 1, noon + hours(27)) != nullptr);
    CHECK(blocked_at(list, 1, noon + hours(28)) == nullptr);
    CHECK(blocked_at(list, 2, noon + hours(4)) == nullptr);
}

TEST_CASE("scans within one hour count once") {
    BlockList list;
    for (int scan = 0; scan < 10; ++scan)
        learn(list, one_silent(), 0, noon + scan * std::chrono::minutes(5));
    CHECK(blocked_at(list, 1, noon + hours(1)) == nullptr);
    CHECK(list.at(0).silent_scans == 1);
}

TEST_CASE("when most are silent the fault is ours and nobody is blamed") {
    BlockList list;
    const std::vector<Hearing> cut_off{hearing(1, Heard::nothing), hearing(2, Heard::nothing),
                                       hearing(3, Heard::time)};
    for (int scan = 0; scan < 5; ++scan) learn(list, cut_off, 0, noon + scan * hours(2));
    CHECK(list.empty());
}

TEST_CASE("each block on end is twice as long, up to a week, and an answer halves the next") {
    BlockList list;
    WallTime now = noon;
    for (const int days : {1, 2, 4, 7, 7}) {
        CAPTURE(days);
        for (int scan = 0; scan < 3; ++scan) learn(list, one_silent(), 0, now += hours(2));
        const Standing* standing = blocked_at(list, 1, now);
        REQUIRE(standing != nullptr);
        CHECK(*standing->block->until - now == hours(24 * days));
        now = *standing->block->until;
    }
    CHECK(list.at(0).blocks == 5);
    learn(list, {hearing(1, Heard::time), hearing(2, Heard::time)}, 0, now += hours(2));
    CHECK(list.at(0).blocks == 4);
    CHECK(list.at(0).silent_scans == 0);
}

TEST_CASE("a falseticker of three scans on end is blocked, a single lie is not") {
    BlockList list;
    const std::vector<Hearing> liar{hearing(1, Heard::false_time), hearing(2, Heard::time),
                                    hearing(3, Heard::time)};
    learn(list, liar, 0, noon);
    learn(list, {hearing(1, Heard::time)}, 0, noon + hours(2));
    learn(list, liar, 0, noon + hours(4));
    learn(list, liar, 0, noon + hours(6));
    CHECK(blocked_at(list, 1, noon + hours(6)) == nullptr);
    learn(list, liar, 0, noon + hours(8));
    const Standing* standing = blocked_at(list, 1, noon + hours(8));
    REQUIRE(standing != nullptr);
    CHECK(standing->block->reason == BlockReason::falseticker);
}

TEST_CASE("DENY blocks at once and doubles, RATE is a day each time") {
    BlockList list;
    const auto set = [](Heard heard) {
        return std::vector<Hearing>{hearing(1, heard), hearing(2, Heard::time),
                                    hearing(3, Heard::time)};
    };
    learn(list, set(Heard::denied), 0, noon);
    REQUIRE(blocked_at(list, 1, noon) != nullptr);
    CHECK(blocked_at(list, 1, noon)->block->reason == BlockReason::denied);
    learn(list, set(Heard::denied), 0, noon + hours(30));
    CHECK(*blocked_at(list, 1, noon + hours(30))->block->until - noon == hours(78));
    BlockList other;
    for (int time = 0; time < 3; ++time) {
        const WallTime now = noon + time * hours(30);
        learn(other, set(Heard::rate), 0, now);
        CHECK(*blocked_at(other, 1, now)->block->until - now == hours(24));
    }
}

TEST_CASE("kisses never block what the user listed or allowed") {
    BlockList list;
    std::vector<Hearing> set{hearing(1, Heard::denied, true), hearing(2, Heard::rate, true),
                             hearing(3, Heard::denied)};
    for (int more = 4; more < 20; ++more) set.push_back(hearing(more, Heard::time));
    CHECK_FALSE(allow_by_user(list, *parse_host("NTP3.example"), "mine", noon));
    CHECK(learn(list, set, 0, noon).empty());
    for (const int last : {1, 2, 3}) CHECK(blocked_at(list, last, noon) == nullptr);
}

TEST_CASE("silence never blocks what the user listed") {
    BlockList list;
    for (int scan = 0; scan < 6; ++scan) learn(list, one_silent(true), 0, noon + scan * hours(2));
    CHECK(blocked_at(list, 1, noon + hours(12)) == nullptr);
    CHECK(list.at(0).silent_scans == 6);
}

TEST_CASE("at most a third of a set is silenced by kisses") {
    BlockList list;
    std::vector<Hearing> set;
    for (int last = 1; last <= 9; ++last) set.push_back(hearing(last, Heard::denied));
    auto remarks = learn(list, set, 0, noon);
    REQUIRE(remarks.size() == 4);
    CHECK(remarks.back().starts_with("6 more servers sent a kiss and stay unblocked"));
    CHECK(list.size() == 3);
    remarks = learn(list, {set.begin() + 3, set.end()}, 3, noon + hours(2));
    CHECK(remarks.size() == 1);
    CHECK(list.size() == 3);
}

TEST_CASE("a host blocked by the user stays so until then, whatever its port and case") {
    BlockList list;
    block_by_user(list, *parse_host("Ntp1.Example"), "moved away", noon + hours(2), noon);
    CHECK(blocked(list, *parse_host("ntp1.example:1123"), {}, noon) != nullptr);
    CHECK(blocked(list, *parse_host("NTP1.example"), {}, noon + hours(2)) == nullptr);
    CHECK(blocked(list, *parse_host("ntp11.example"), {}, noon) == nullptr);
    CHECK(block_text(list.at(0)) ==
          "blocked until 2027-01-15T10:00:00Z because the user said so: moved away");
    block_by_user(list, *parse_host("[2001:DB8::1]:1123"), "", {}, noon);
    const auto address = parse_address("2001:db8:0::1");
    CHECK(blocked(list, *parse_host("x.example:1123"), address, noon + hours(99999)) != nullptr);
    CHECK(blocked(list, *parse_host("x.example"), address, noon) == nullptr);
}

TEST_CASE("an address the user blocked is not asked under an allowed name") {
    BlockList list;
    block_by_user(list, *parse_host("198.51.100.1"), "", {}, noon);
    allow_by_user(list, *parse_host("ntp1.example"), "", noon);
    CHECK(blocked_at(list, 1, noon) != nullptr);
}

TEST_CASE("allow lifts the blocks of a host and of the addresses it was asked at") {
    BlockList list;
    learn(list, {hearing(1, Heard::denied), hearing(2, Heard::time), hearing(3, Heard::time)}, 0,
          noon);
    block_by_user(list, *parse_host("ntp1.example"), "", {}, noon);
    CHECK(allow_by_user(list, *parse_host("ntp1.example"), "they agreed", noon + hours(1)));
    CHECK(blocked_at(list, 1, noon + hours(1)) == nullptr);
    CHECK(is_allowed(list, *parse_host("ntp1.EXAMPLE:77"), {}));
    CHECK_FALSE(allow_by_user(list, *parse_host("ntp1.example"), "", noon + hours(2)));
}

TEST_CASE("a block of our own from a clock that was wrong does not last") {
    BlockList list;
    const WallTime future = noon + hours(24 * 365);
    learn(list, {hearing(1, Heard::denied), hearing(2, Heard::time), hearing(3, Heard::time)}, 0,
          future);
    CHECK(blocked_at(list, 1, future) != nullptr);
    CHECK(blocked_at(list, 1, noon) == nullptr);
}

TEST_CASE("what is over is forgotten, and the list stays bounded") {
    BlockList list;
    learn(list, one_silent(), 0, noon);
    REQUIRE(list.size() == 1);
    forget_old(list, noon + hours(24 * 31));
    CHECK(list.empty());
    allow_by_user(list, *parse_host("mine.example"), "", noon);
    for (int i = 0; i < 5000; ++i) {
        Standing standing;
        standing.server = {"h" + std::to_string(i) + ".example"};
        standing.silent_scans = 1;
        standing.last_heard_from = noon + hours(1);
        list.push_back(standing);
    }
    forget_old(list, noon + hours(2));
    CHECK(list.size() == 4096);
    CHECK(is_allowed(list, *parse_host("mine.example"), {}));
}

TEST_CASE("reasons are words that read back") {
    for (const auto reason : {BlockReason::user, BlockReason::time_outs, BlockReason::denied,
                              BlockReason::rate, BlockReason::falseticker})
        CHECK(parse_block_reason(to_string(reason)) == reason);
    CHECK_FALSE(parse_block_reason("").has_value());
}
