#include "ntp/timestamp.h"

#include <doctest/doctest.h>

#include <limits>

namespace clockwright::ntp {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

WallTime at(std::int64_t unix_seconds, std::int64_t rest = 0) {
    return WallTime{seconds{unix_seconds} + nanoseconds{rest}};
}

constexpr std::int64_t era_1 = 4'294'967'296 - 2'208'988'800;  // 2036-02-07 06:28:16 UTC

TEST_CASE("a timestamp counts seconds since 1900 and a binary fraction") {
    struct Row {
        WallTime instant;
        std::uint64_t bits;
    };
    const Row rows[] = {
        {at(0), 0x83aa7e80'00000000U},
        {at(0, 500'000'000), 0x83aa7e80'80000000U},
        {at(0, 1), 0x83aa7e80'00000004U},  // 4.29 units, rounded to the nearest
        {at(0, 999'999'999), 0x83aa7e80'fffffffcU},
        {at(-1, 250'000'000), 0x83aa7e7f'40000000U},  // before 1970
        {at(-2'208'988'799), 0x00000001'00000000U},
        {at(era_1 - 1), 0xffffffff'00000000U},
        {at(era_1 + 1), 0x00000001'00000000U},  // era 1 looks like 1900
    };
    for (const Row& row : rows) {
        CAPTURE(row.bits);
        CHECK(to_timestamp(row.instant).bits == row.bits);
    }
}

TEST_CASE("no instant gives the timestamp that means unknown") {
    CHECK_FALSE(to_timestamp(at(era_1)).is_zero());
    CHECK_FALSE(to_timestamp(at(-2'208'988'800)).is_zero());
    CHECK(Timestamp{}.is_zero());
}

TEST_CASE("a timestamp is read as the instant within 68 years of the pivot") {
    const std::int64_t sixty_years = 60LL * 31'557'600;
    for (const std::int64_t instant :
         {std::int64_t{0}, std::int64_t{1'795'000'000}, era_1 - 1, era_1 + 5,
          std::int64_t{4'200'000'000}, std::int64_t{-1'000'000'000}}) {
        for (const std::int64_t away : {std::int64_t{0}, sixty_years, -sixty_years}) {
            CAPTURE(instant);
            CAPTURE(away);
            const WallTime wanted = at(instant, 123'456'789);
            CHECK(to_wall_time(to_timestamp(wanted), at(instant + away)) == wanted);
        }
    }
}

TEST_CASE("every nanosecond survives the way to a timestamp and back") {
    for (std::int64_t rest = 0; rest < 1'000'000'000; rest += 9'999'991) {
        CAPTURE(rest);
        const WallTime instant = at(1'795'000'000, rest);
        CHECK(to_wall_time(to_timestamp(instant), at(1'795'000'100)) == instant);
    }
}

TEST_CASE("at the ends of wall time the answer stays representable") {
    const WallTime last{nanoseconds{std::numeric_limits<std::int64_t>::max()}};
    const WallTime first{nanoseconds{std::numeric_limits<std::int64_t>::min()}};
    CHECK(to_wall_time(Timestamp{0xffffffff'ffffffffU}, last) <= last);
    CHECK(to_wall_time(Timestamp{to_timestamp(last).bits + 0x7fffffff'00000000U}, last) >
          at(era_1));
    CHECK(to_wall_time(Timestamp{to_timestamp(first).bits - 0x7fffffff'00000000U}, first) < at(0));
}

TEST_CASE("differences are right across an era roll-over") {
    const Timestamp before = to_timestamp(at(era_1 - 1, 500'000'000));
    const Timestamp after = to_timestamp(at(era_1 + 1, 250'000'000));
    CHECK(difference(after, before).count() == 1.75);
    CHECK(difference(before, after).count() == -1.75);
    CHECK(difference(after, after).count() == 0);
}

TEST_CASE("the short format is 16.16 seconds, clamped") {
    struct Row {
        double interval;
        std::uint32_t bits;
    };
    const Row rows[] = {
        {0, 0},  {1, 0x0001'0000},       {0.5, 0x0000'8000},   {1.0 / 65536, 1},
        {-3, 0}, {65535.5, 0xffff'8000}, {65536, 0xffff'ffff}, {1e300, 0xffff'ffff}};
    for (const Row& row : rows) {
        CAPTURE(row.interval);
        CHECK(to_short(Seconds{row.interval}).bits == row.bits);
    }
    CHECK(to_seconds(ShortTime{0x0002'4000}).count() == 2.25);
    CHECK(to_seconds(ShortTime{0xffff'ffff}).count() < 65536);
}

}  // namespace
}  // namespace clockwright::ntp
