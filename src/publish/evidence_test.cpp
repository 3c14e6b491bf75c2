#include "publish/evidence.h"

#include <doctest/doctest.h>

#include "tests/fakes/record_rows.h"

using namespace clockwright;

TEST_CASE("sources are told apart by name and address, with what was authenticated") {
    SampleRow sample;
    sample.server = "pool.example";
    sample.address = "198.51.100.1";
    sample.offset = Seconds{0};
    sample.delay = Seconds{0.02};
    sample.root_distance = Seconds{0.03};
    sample.authenticated = true;
    SampleRow lost = sample;
    lost.offset.reset();
    SampleRow other = sample;
    other.address = "8.8.8.8";
    const auto sources = sources_of({sample, lost, sample, other});
    REQUIRE(sources.size() == 2);
    CHECK(sources[0].polls == 3);
    CHECK(sources[0].answered == 2);
    CHECK(sources[0].authenticated == 2);
    CHECK(sources[0].half_delay == Seconds{0.01});
    CHECK(sources[1].is_public);
}

TEST_CASE("a hop says who runs the server, what it follows, and how it treats a leap second") {
    SampleRow known = sample_row(record_noon, "time.google.com");
    known.stratum = 1;
    SampleRow own = sample_row(record_noon, "ntp1.corp.example");
    SampleRow worse = own;
    worse.stratum = 4;
    SampleRow mute = lost_row(record_noon, "ntp2.corp.example");
    const auto sources = sources_of({known, own, worse, mute});
    REQUIRE(sources.size() == 3);
    const Section section = sources_section(sources);
    const auto& rows = section.table->rows;
    REQUIRE(rows.size() == 3);
    CHECK(sources[0].stratum == 4);
    CHECK(rows[0][1] == "-");
    CHECK(rows[0][4] == "a server of stratum 3");
    CHECK(rows[0][5] == "unknown");
    CHECK(rows[1][4] == "-");
    CHECK(rows[2][1] == "Google");
    CHECK(rows[2][4] == "a reference clock (stratum 1)");
    CHECK(rows[2][5] == "google");
}

TEST_CASE("rows that only their age removed are not said never to have been recorded") {
    CHECK(removed_remark(record_noon, record_noon).empty());
    CHECK(removed_remark(record_noon - std::chrono::hours(1), record_noon) ==
          "Looks and samples of before 2027-01-15T12:00:00Z may have been removed for their age "
          "([record] keep): they count as not recorded, and may have been.");
}

TEST_CASE("nothing is told in a sentence") {
    CHECK(sources_section({}).paragraphs.size() == 1);
    CHECK(happenings_section({}).paragraphs.front() == "Nothing that is recorded.");
    CHECK(changes_section({}).paragraphs.front() == "None by Clockwright.");
}
