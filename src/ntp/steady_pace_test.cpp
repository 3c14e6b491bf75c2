#include "ntp/steady_pace.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::ntp;

namespace {

constexpr Seconds usual{64};

double rest(const SteadyPace& pace, bool stranger = true) {
    return pace.rest(usual, stranger).count();
}

}  // namespace

TEST_CASE("RATE makes a server's pace half as fast each time, down to once in 2^13 s") {
    SteadyPace pace;
    CHECK(rest(pace) == 64);
    for (const double wanted : {128, 256, 512, 1024, 2048, 4096, 8192, 8192, 8192}) {
        pace.kissed(KissDuty::slow_down);
        CHECK(rest(pace) == wanted);
        CHECK(rest(pace, false) == wanted);
    }
    CHECK(pace.rest(Seconds{30000}, true) == Seconds{30000});
}

TEST_CASE("eight answers on end take back one step of RATE, fewer do not") {
    SteadyPace pace;
    pace.kissed(KissDuty::slow_down);
    pace.kissed(KissDuty::slow_down);
    for (int i = 0; i < 7; ++i) pace.answered();
    CHECK(rest(pace) == 256);
    pace.lost();
    for (int i = 0; i < 7; ++i) pace.answered();
    CHECK(rest(pace) == 256);
    pace.answered();
    CHECK(rest(pace) == 128);
    for (int i = 0; i < 8; ++i) pace.answered();
    CHECK(rest(pace) == 64);
}

TEST_CASE("who denies is left alone for a day, twice as long each time, a week at most") {
    constexpr double day = 86400;
    SteadyPace pace;
    for (const double days : {1, 2, 4, 7, 7, 7}) {
        pace.kissed(KissDuty::stop);
        CHECK(pace.is_denied());
        CHECK(rest(pace) == days * day);
    }
    pace.answered();
    CHECK_FALSE(pace.is_denied());
    CHECK(rest(pace) == 64);
    pace.kissed(KissDuty::stop);  // it is known still
    CHECK(rest(pace) == 7 * day);
}

TEST_CASE("a stranger that is silent three times is asked ever less, down to once a day") {
    SteadyPace pace;
    for (const double wanted : {64, 64, 128, 256, 512}) {
        pace.lost();
        CHECK(rest(pace) == wanted);
        CHECK(rest(pace, false) == 64);
    }
    CHECK(pace.is_silent());
    for (int i = 0; i < 1000; ++i) pace.kissed(KissDuty::no_time);
    CHECK(rest(pace) == 86400);
    pace.answered();
    CHECK_FALSE(pace.is_silent());
    CHECK(rest(pace) == 64);
}
