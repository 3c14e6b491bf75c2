#include "time/leap_table.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

namespace clockwright {
namespace {

using namespace std::chrono;

constexpr std::string_view list_text =
    "# a comment\n"
    "#$\t3676924800\n"
    "#@\t4007404800\n"
    "#\n"
    "2272060800\t10\t# 1 Jan 1972\n"
    "2287785600\t11\t# 1 Jul 1972\n"
    "3692217600\t12 # shortened\r\n"
    "#h\tA1b2c3d4 1 22 333 4444\n";

constexpr WallTime at(int y, unsigned m, unsigned d) {
    return WallTime(sys_days{year{y} / month{m} / day{d}});
}

TEST_CASE("a list tells its steps, its expiry and what its hash is made of") {
    const auto list = parse_leap_list(list_text);
    REQUIRE(list);
    CHECK(list->table.steps ==
          std::vector<LeapStep>{{at(1972, 1, 1), 10}, {at(1972, 7, 1), 11}, {at(2017, 1, 1), 12}});
    CHECK(list->table.expires == at(2026, 12, 28));
    CHECK(list->sha1 == "a1b2c3d400000001000000220000033300004444");
    CHECK(list->hashed == "36769248004007404800227206080010228778560011369221760012");
}

TEST_CASE("TAI - UTC changes with the second after the leap second") {
    const LeapTable table = known_leap_table();
    CHECK_FALSE(table.tai_minus_utc(at(1971, 12, 31)));
    CHECK(table.tai_minus_utc(at(1972, 1, 1)) == 10);
    CHECK(table.tai_minus_utc(at(2017, 1, 1) - nanoseconds{1}) == 36);
    CHECK(table.tai_minus_utc(at(2017, 1, 1)) == 37);
    CHECK(table.tai_minus_utc(at(2026, 11, 28)) == 37);
    CHECK(table.steps.size() == 28);
}

TEST_CASE("the next leap second is known as far as the table goes") {
    const LeapTable table = known_leap_table();
    CHECK(table.next(at(2016, 12, 31)) == LeapStep{at(2017, 1, 1), 37});
    CHECK_FALSE(table.next(at(2017, 1, 1)));
    CHECK_FALSE(table.is_expired(at(2026, 12, 27)));
    CHECK(table.is_expired(at(2026, 12, 28)));
}

TEST_CASE("the beginning of the count is no leap second") {
    CHECK_FALSE(known_leap_table().leap_within(at(1972, 1, 1), hours{24}));
    CHECK(known_leap_table().leap_within(at(1972, 6, 30), hours{24}) == at(1972, 7, 1));
}

TEST_CASE("an expired table cannot tell of the end of a June or December") {
    LeapTable table = known_leap_table();
    const WallTime new_year = at(2027, 1, 1), july = at(2027, 7, 1);
    const auto within_day = [&](WallTime now) { return table.untold_within(now, hours{24}); };
    for (const WallTime end : {new_year, july}) {
        CHECK(within_day(end - hours{24}) == end);
        CHECK(within_day(end + hours{24}) == end);
        CHECK_FALSE(within_day(end - hours{25}));
        CHECK_FALSE(within_day(end + hours{25}));
    }
    table.expires = new_year + hours{1};
    CHECK_FALSE(within_day(new_year + hours{2}));  // of that one it tells
    CHECK(within_day(july) == july);
    table.expires = july + hours{1};
    CHECK_FALSE(within_day(july));
}

TEST_CASE("what is no list is refused") {
    const std::vector<std::pair<std::string, std::string>> rows{
        {"", "the table has no leap second"},
        {"#@ 4007404800\n", "the table has no leap second"},
        {"2272060800 10\n", "the table does not say when it expires"},
        {"#@ never\n", "the expiry is no instant"},
        {"#@ 99999999999\n", "the expiry is no instant"},
        {"2272060800\n", "a line is no leap second"},
        {"2272060800 ten\n", "a line is no leap second"},
        {"2272060800 5000\n", "a line is no leap second"},
        {"-5 10\n", "a line is no leap second"},
        {"2287785600 11\n2272060800 10\n", "the leap seconds are not in order"},
        {"2272060800 10\n2287785600 12\n", "the leap seconds are not in order"},
        {"2272060800 10\n2287785600 10\n", "the leap seconds are not in order"},
    };
    for (const auto& [text, why] : rows) {
        CAPTURE(text);
        const auto list = parse_leap_list(text);
        REQUIRE_FALSE(list);
        CHECK(list.error().message == why);
        CHECK(list.error().fault == Fault::bad_input);
    }
}

TEST_CASE("a negative leap second is a step too") {
    const auto list = parse_leap_list("#@ 4007404800\n2272060800 10\n2287785600 9\n");
    REQUIRE(list);
    CHECK(list->table.tai_minus_utc(at(1972, 7, 1)) == 9);
}

TEST_CASE("the number of steps is bounded") {
    std::string text = "#@ 4007404800\n";
    for (int i = 0; i < 1001; ++i) text += fmt::format("{} {}\n", 2272060800 + i, 10 + i % 2);
    CHECK(parse_leap_list(text).error().message == "too many leap seconds");
}

TEST_CASE("a list cut at any length is read or refused, never misread") {
    const auto whole = parse_leap_list(list_text);
    REQUIRE(whole);
    for (std::size_t length = 0; length < list_text.size(); ++length) {
        const auto list = parse_leap_list(list_text.substr(0, length));
        if (!list) continue;
        REQUIRE(list->table.steps.size() <= whole->table.steps.size());
        for (std::size_t i = 0; i + 1 < list->table.steps.size(); ++i) {  // the last may be cut
            CHECK(list->table.steps[i] == whole->table.steps[i]);
        }
    }
}

TEST_CASE("a digest that is none is not taken for one") {
    for (const char* line :
         {"#h 1 2 3 4", "#h 1 2 3 4 5 6", "#h 1 2 3 4 xyz", "#h 1 2 3 4 123456789"}) {
        CAPTURE(line);
        CHECK(
            parse_leap_list(fmt::format("#@ 4007404800\n2272060800 10\n{}\n", line))->sha1.empty());
    }
}

TEST_CASE("the table of tzdata says the same in other words") {
    const auto table = parse_tz_leapseconds(
        "# comment\nLeap\t1972\tJun\t30\t23:59:60\t+\tS\nLeap 1972 Dec 31 23:59:60 + S\n"
        "#updated 1751846400\n#expires 1798416000 (2026-12-28 00:00:00 UTC)\n");
    REQUIRE(table);
    CHECK(table->steps ==
          std::vector<LeapStep>{{at(1972, 1, 1), 10}, {at(1972, 7, 1), 11}, {at(1973, 1, 1), 12}});
    CHECK(table->expires == at(2026, 12, 28));
    for (const char* bad : {"", "Leap 1972 Jun 31 23:59:60 + S\n#expires 1798416000\n",
                            "Leap 1972 Foo 30 23:59:60 + S\n#expires 1798416000\n",
                            "Leap 1972 Jun 30 23:59:60 * S\n#expires 1798416000\n", "Leap 1972\n",
                            "Leap 1972 Jun 30 23:59:60 + S\n", "#expires soon\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_tz_leapseconds(bad));
    }
}

}  // namespace
}  // namespace clockwright
