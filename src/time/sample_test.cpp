#include "time/sample.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace clockwright {
namespace {

TEST_CASE("a refid is text at stratum 0 and 1 and dotted above") {
    struct Row {
        std::uint32_t refid;
        std::uint8_t stratum;
        const char* text;
    };
    const std::vector<Row> rows{
        {0x47505300, 1, "GPS"},         {0x50505300, 1, "PPS"},
        {0x4c4f434c, 1, "LOCL"},        {0x52415445, 0, "RATE"},
        {0x7f7f0101, 2, "127.127.1.1"}, {0xc0000201, 3, "192.0.2.1"},
        {0x00000000, 1, "0.0.0.0"},     {0xffffffff, 16, "255.255.255.255"},
        {0x1b5b324a, 1, "\\x1b[2J"},    {0x47005300, 1, "G\\x00S"},
        {0xff414243, 1, "\\xffABC"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(refid_text(row.refid, row.stratum) == row.text);
    }
}

TEST_CASE("every rejection has its own words") {
    std::set<std::string_view> words;
    constexpr int count = static_cast<int>(Rejection::too_late) + 1;
    for (int i = 0; i < count; ++i) {
        words.insert(describe(static_cast<Rejection>(i)));
    }
    CHECK(words.size() == count);
    CHECK_FALSE(words.contains(""));
    CHECK(describe(Rejection::time_out) == "no answer");
}

TEST_CASE("the words for the leap indicator") {
    CHECK(to_string(Leap::none) == "none");
    CHECK(to_string(Leap::insert) == "insert");
    CHECK(to_string(Leap::remove) == "delete");
    CHECK(to_string(Leap::unsynchronised) == "unsynchronised");
}

}  // namespace
}  // namespace clockwright
