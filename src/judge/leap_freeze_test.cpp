#include "judge/leap_freeze.h"

#include <doctest/doctest.h>

#include "judge/candidate_builder.h"

namespace clockwright {
namespace {

using namespace std::chrono;

constexpr WallTime new_year{sys_days{year{2017} / 1 / 1}};

std::vector<Candidate> five(double offset, int announcing) {
    std::vector<Candidate> list;
    for (int i = 0; i < 5; ++i) {
        Candidate it = CandidateBuilder("ntp", Seconds{offset}, milliseconds(10));
        for (Sample& sample : it.series.samples) {
            sample.leap = i < announcing ? Leap::insert : Leap::none;
        }
        list.push_back(it);
    }
    return list;
}

std::string freeze_at(WallTime now, int announcing = 0, double offset = 0) {
    return freeze_reason(known_leap_table(), now, select(five(offset, announcing), {}));
}

TEST_CASE("nothing is switched within a day of a leap second, before or after") {
    const std::string why = "frozen within 24 h of the leap second before 2017-01-01T00:00:00Z";
    CHECK(freeze_at(new_year - hours{24}) == why);
    CHECK(freeze_at(new_year + hours{24}) == why);
    CHECK(freeze_at(new_year - hours{24} - seconds{1}).empty());
    CHECK(freeze_at(new_year + hours{24} + seconds{1}).empty());
}

TEST_CASE("nothing is switched within a day of where an expired table knows of no leap second") {
    const WallTime untold{sys_days{year{2027} / 1 / 1}};
    CHECK(freeze_at(untold - hours{24}) ==
          "frozen within 24 h of 2027-01-01T00:00:00Z: the table of leap seconds expired at "
          "2026-12-28T00:00:00Z, so nobody knows whether there is one then");
    CHECK_FALSE(freeze_at(untold + hours{24}).empty());
    CHECK(freeze_at(untold - hours{25}).empty());
    LeapTable renewed = known_leap_table();
    renewed.expires = untold + days{178};
    CHECK(freeze_reason(renewed, untold, select(five(0, 0), {})).empty());
}

TEST_CASE("the local clock is corrected by the consensus first") {
    CHECK(freeze_at(new_year - hours{48}).empty());
    CHECK_FALSE(freeze_at(new_year - hours{48}, 0, 48 * 3600.0).empty());
    CHECK(freeze_at(new_year, 0, -48 * 3600.0).empty());
}

TEST_CASE("more than half of the servers that announce a leap second freeze too") {
    const WallTime quiet = new_year + days{100};
    CHECK(freeze_at(quiet, 2).empty());
    CHECK(freeze_at(quiet, 3) == "frozen: 3 of 5 servers announce a leap second");
    const std::vector<Candidate> one{five(0, 1).front()};
    CHECK(freeze_reason(known_leap_table(), quiet, select(one, {})).empty());
}

}  // namespace
}  // namespace clockwright
