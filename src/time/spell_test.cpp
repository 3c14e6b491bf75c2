#include "time/spell.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace clockwright {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("an interval is spelled with three digits at most, in the unit that fits") {
    struct Row {
        double seconds;
        const char* text;
    };
    const std::vector<Row> rows{
        {0, "0 s"},
        {1.9e-3, "1.9 ms"},
        {120e-6, "120 µs"},
        {2.1, "2.1 s"},
        {12.3456e-6, "12.3 µs"},
        {1.23456, "1.23 s"},
        {1, "1.0 s"},
        {0.84, "840 ms"},
        {0.010, "10 ms"},
        {0.0105, "10.5 ms"},
        {4e-9, "4.0 ns"},
        {0.25e-9, "0.25 ns"},
        {999.4e-6, "999 µs"},
        {999.6e-6, "1.0 ms"},
        {0.9996, "1.0 s"},
        {999.4, "999 s"},
        {999.6, "1000 s"},
        {3600.4, "3600 s"},
        {619315200, "619315200 s"},
        {-0.0015, "-1.5 ms"},
        {-18.4, "-18.4 s"},
        {infinity, "infinite"},
        {-infinity, "-infinite"},
        {not_a_number, "unknown"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(spell(Seconds{row.seconds}) == row.text);
    }
}

TEST_CASE("a signed interval shows its plus") {
    CHECK(spell_signed(Seconds{0.04e-3}) == "+40 µs");
    CHECK(spell_signed(Seconds{-1}) == "-1.0 s");
    CHECK(spell_signed(Seconds{0}) == "0 s");
}

TEST_CASE("a bound is rounded up to two digits") {
    struct Row {
        double seconds;
        const char* text;
    };
    const std::vector<Row> rows{
        {0.0019, "1.9 ms"},        {0.00190001, "2.0 ms"},
        {0.0020000001, "2.1 ms"},  {0.000612, "620 µs"},
        {0.00199, "2.0 ms"},       {0.00991, "10 ms"},
        {0.000991, "1.0 ms"},      {0.9901, "1.0 s"},
        {4e-3, "4.0 ms"},          {1234, "1300 s"},
        {1200, "1200 s"},          {12.1e-9, "13 ns"},
        {0.11e-9, "0.11 ns"},      {0, "0 s"},
        {-0.00151, "1.6 ms"},      {infinity, "infinite"},
        {not_a_number, "unknown"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(spell_bound(Seconds{row.seconds}) == row.text);
    }
}

TEST_CASE("a spelled bound read back is never smaller than the bound, and close to it") {
    double bound = 1.0e-6;
    for (int i = 0; i < 2000; ++i) {
        bound *= 1.00573;
        std::string text = spell_bound(Seconds{bound});
        CAPTURE(text);
        text.erase(text.find(' '), 1);
        const auto read = parse_duration(text);
        REQUIRE(read);
        CHECK(read->count() >= bound);
        CHECK(read->count() <= bound * 1.1001);
    }
}

TEST_CASE("an age is spelled in its two largest units, rounded down") {
    struct Row {
        double seconds;
        const char* text;
    };
    const std::vector<Row> rows{
        {0, "0 s"},
        {0.9, "0 s"},
        {12, "12 s"},
        {59.99, "59 s"},
        {60, "1 min"},
        {1342, "22 min 22 s"},
        {3600, "1 h"},
        {7800, "2 h 10 min"},
        {7859, "2 h 10 min"},
        {86400, "1 d"},
        {100000, "1 d 3 h"},
        {41 * 86400 + 7200, "41 d"},
        {-0.5, "0 s"},
        {-90, "-1 min 30 s"},
        {infinity, "unknown"},
        {not_a_number, "unknown"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(spell_age(Seconds{row.seconds}) == row.text);
    }
}

TEST_CASE("a duration is numbers with units, from long to short") {
    struct Row {
        const char* text;
        double seconds;
    };
    const std::vector<Row> rows{
        {"100ms", 0.1},   {"2s", 2},     {"0.25s", 0.25}, {"15min", 900},
        {"15m", 900},     {"6h", 21600}, {"10us", 1e-5},  {"10µs", 1e-5},
        {"500ns", 5e-7},  {"1d", 86400}, {"1h30m", 5400}, {"1d12h5min3s", 129903},
        {"1s500ms", 1.5}, {"0s", 0},     {"0.5h", 1800},  {"007s", 7},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto duration = parse_duration(row.text);
        REQUIRE(duration);
        CHECK(duration->count() == row.seconds);
    }
}

TEST_CASE("what is no duration is refused") {
    const std::vector<std::string> rows{
        "",       "5",     "0",
        "ms",     "-5s",   "+5s",
        " 5s",    "5s ",   "5 s",
        "5S",     "5sec",  "1.s",
        ".5s",    "1..5s", "1,5s",
        "1e3s",   "infs",  "nans",
        "0x1s",   "30m1h", "1m1min",
        "1s1s",   "1h30",  "5y",
        "5\xc2s", "1s\n",  std::string(400, '9') + "s",
    };
    for (const std::string& row : rows) {
        CAPTURE(row);
        CHECK_FALSE(parse_duration(row));
    }
}

WallTime at(std::int64_t nanoseconds) {
    return WallTime(std::chrono::nanoseconds(nanoseconds));
}

TEST_CASE("an instant is written in UTC and reads back") {
    struct Row {
        std::int64_t nanoseconds;
        const char* whole;
        const char* fraction;
    };
    const std::vector<Row> rows{
        {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
        {1795197851123456000, "2026-11-20T18:04:11Z", "2026-11-20T18:04:11.123456Z"},
        {951827696000000000, "2000-02-29T12:34:56Z", "2000-02-29T12:34:56.000000Z"},
        {-1000, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.whole);
        CHECK(rfc3339(at(row.nanoseconds)) == row.whole);
        CHECK(rfc3339(at(row.nanoseconds), true) == row.fraction);
        CHECK(parse_rfc3339(row.fraction) == at(row.nanoseconds));
        CHECK(parse_rfc3339(row.whole) ==
              std::chrono::floor<std::chrono::seconds>(at(row.nanoseconds)));
    }
}

TEST_CASE("a fraction may have one to nine digits") {
    CHECK(parse_rfc3339("1970-01-01T00:00:01.5Z") == at(1'500'000'000));
    CHECK(parse_rfc3339("1970-01-01T00:00:00.000000001Z") == at(1));
}

TEST_CASE("nothing but an RFC 3339 instant with Z is an instant") {
    const std::string good = "2026-11-20T18:04:11.123456Z";
    for (std::size_t length = 0; length < good.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(parse_rfc3339(good.substr(0, length)));
    }
    const std::vector<const char*> rows{
        "2026-11-20T18:04:11+00:00",
        "2026-11-20T18:04:11z",
        "2026-11-20 18:04:11Z",
        "2026-11-20T18:04:60Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T18:60:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "1677-01-01T00:00:00Z",
        "2262-01-01T00:00:00Z",
        "2026-11-20T18:04:11.Z",
        "2026-1-20T18:04:11Z",
        "+026-11-20T18:04:11Z",
        "2026-11-20T18:04:11Z ",
        " 2026-11-20T18:04:11Z",
        "2026-11-20T18:04:11.1234567890Z",
    };
    for (const char* row : rows) {
        CAPTURE(row);
        CHECK_FALSE(parse_rfc3339(row));
    }
}

TEST_CASE("text from outside cannot steer a terminal") {
    struct Row {
        std::string text;
        const char* shown;
    };
    const std::vector<Row> rows{
        {"plain text 1.2", "plain text 1.2"},
        {"", ""},
        {"\x1b[31mred", "\\x1b[31mred"},
        {"a\nb\r\tc\x7f", "a\\x0ab\\x0d\\x09c\\x7f"},
        {std::string("a\0b", 3), "a\\x00b"},
        {"back\\slash", "back\\x5cslash"},
        {"\xc3\xa9 µ 時", "é µ 時"},
        {"\xf0\x9f\x95\xb0", "\xf0\x9f\x95\xb0"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc3", "\\xc3"},
        {"\xc3(", "\\xc3("},
        {"\xe2\x82", "\\xe2\\x82"},
        {"\x80", "\\x80"},
        {"\xc0\xaf", "\\xc0\\xaf"},
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        {"\xc2\x9b", "\\xc2\\x9b"},
        {"\xe2\x80\xae"
         "txt",
         "\\xe2\\x80\\xaetxt"},
        {"\xe2\x80\x8b", "\\xe2\\x80\\x8b"},
        {"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.shown);
        CHECK(printable(row.text) == row.shown);
    }
}

TEST_CASE("every single byte is shown as itself or escaped") {
    for (int byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        const std::string shown = printable(std::string(1, static_cast<char>(byte)));
        const bool plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
        CHECK(shown.size() == (plain ? 1 : 4));
    }
}

}  // namespace
}  // namespace clockwright
