#include "app/clock_record.h"

#include <doctest/doctest.h>

#include "tests/fakes/record_rows.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE("the last bound is that of the newest look at a demonstrated clock") {
    ClockRow lost = clock_row(record_noon - 1min);
    lost.demonstrated = false;
    lost.bound.reset();
    std::vector<ClockRow> looks{clock_row(record_noon - 3h), clock_row(record_noon - 2h), lost};
    looks[1].bound = Seconds{2.1e-3};
    const auto last = last_bound(looks, record_noon);
    REQUIRE(last);
    CHECK(last->at == record_noon - 2h);
    CHECK(last->bound == Seconds{2.1e-3});
    CHECK_FALSE(last_bound({lost}, record_noon));
}

TEST_CASE("a record that nobody goes on with tells no last bound: the daemon ran unwatched") {
    CHECK_FALSE(last_bound({clock_row(record_noon - 61min)}, record_noon));
    CHECK(last_bound({clock_row(record_noon - 60min)}, record_noon));
    CHECK_FALSE(last_bound({}, record_noon));
}
