#include "ntp/kiss.h"

#include <doctest/doctest.h>

namespace clockwright::ntp {
namespace {

TEST_CASE("a kiss code is four octets, the first one highest") {
    CHECK(kiss_code("RATE") == 0x5241'5445);
    CHECK(kiss_code("X\xff\x01Y") == 0x58ff'0159);
}

TEST_CASE("RATE slows down, DENY and RSTR stop, all others give no time") {
    struct Row {
        std::uint32_t code;
        KissDuty duty;
    };
    const Row rows[] = {
        {kiss_code("RATE"), KissDuty::slow_down}, {kiss_code("DENY"), KissDuty::stop},
        {kiss_code("RSTR"), KissDuty::stop},      {kiss_code("INIT"), KissDuty::no_time},
        {kiss_code("STEP"), KissDuty::no_time},   {kiss_code("NTSN"), KissDuty::no_time},
        {kiss_code("rate"), KissDuty::no_time},   {0, KissDuty::no_time},
    };
    for (const Row& row : rows) {
        CAPTURE(kiss_text(row.code));
        CHECK(duty_of(row.code) == row.duty);
    }
}

TEST_CASE("octets that are no printable ASCII are escaped, and so is the escape itself") {
    CHECK(kiss_text(kiss_code("RATE")) == "RATE");
    CHECK(kiss_text(0x1b5b'324a) == "\\x1b[2J");
    CHECK(kiss_text(0x417f'80ff) == "A\\x7f\\x80\\xff");
    CHECK(kiss_text(kiss_code("a\\ b")) == "a\\x5c b");
}

}  // namespace
}  // namespace clockwright::ntp
