#include "store/retention.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "store/database.h"
#include "store/recorder.h"
#include "store/sqlite_history.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

/// Midnight, so that days are whole.
constexpr WallTime midnight = record_noon - 12h;
const HistoryQuery everything{.from = {}, .to = {}, .server = {}, .limit = 1'000'000};

struct House {
    House() { REQUIRE(recorder); }

    void write(const std::vector<Record>& rows) { REQUIRE(recorder->write(rows)); }
    void tidy(WallTime now, const store::RetentionSettings& settings = {}) {
        for (int slice = 0; slice < 10'000; ++slice)
            if (!recorder->tidy(now, settings).value()) return;
        FAIL("it never ends");
    }
    std::vector<RolledRow> rolled(Resolution resolution, const std::string& server) const {
        HistoryQuery query = everything;
        query.server = server;
        return store::SqliteHistory::open(directory.path())->rolled(resolution, query).value();
    }
    std::vector<SampleRow> samples() const {
        return store::SqliteHistory::open(directory.path())->samples(everything).value();
    }

    TemporaryDirectory directory;
    std::int64_t used() const {
        const auto file =
            store::Database::open(directory / "record.sqlite", store::Database::Access::read);
        return (file->number("PRAGMA page_count").value() -
                file->number("PRAGMA freelist_count").value()) *
               file->number("PRAGMA page_size").value();
    }

    Result<store::Recorder> recorder = store::Recorder::open(directory.path());
};

}  // namespace

TEST_CASE("hours that are over are rolled into minutes and hours, days that are over into days") {
    House house;
    house.write(polled_rows(midnight, 20s, 3 * 60 * 25));  // 25 hours, three polls a minute
    house.write({lost_row(midnight + 5s, "s0"), clock_row(midnight + 1min, Seconds{2e-3}),
                 clock_row(midnight + 2min, Seconds{4e-3})});
    house.tidy(midnight + 25h + 30min);
    CHECK(house.rolled(Resolution::minute, "s0").size() == 25 * 60);
    CHECK(house.rolled(Resolution::hour, "s0").size() == 25);
    const auto days = house.rolled(Resolution::day, "s0");
    REQUIRE(days.size() == 1);
    CHECK(days[0].at == midnight);
    CHECK(days[0].count == 3 * 60 * 24);
    CHECK(days[0].lost == 1);
    std::vector<Polled> polls;
    for (const SampleRow& row : house.samples())
        if (row.at < midnight + 24h)
            polls.push_back({row.at, !row.offset.has_value(), row.error, row.delay, {}});
    CHECK(days[0] == roll_up(midnight, "s0", polls));
    const auto clock = house.rolled(Resolution::hour, "");
    REQUIRE(clock.size() == 1);
    CHECK(clock[0].mean == Seconds{3e-3});
    CHECK(clock[0].bound_most == Seconds{0.6e-3});
}

TEST_CASE("an hour that is not over is not rolled") {
    House house;
    house.write(polled_rows(midnight, 64s, 10));
    house.tidy(midnight + 59min);
    CHECK(house.rolled(Resolution::hour, "s0").empty());
    house.tidy(midnight + 1h);
    CHECK(house.rolled(Resolution::hour, "s0").size() == 1);
}

TEST_CASE("an hour that was rolled is rolled once more when the same writer adds to it") {
    House house;
    REQUIRE(house.recorder->write(polled_rows(midnight, 10min, 3)));
    house.tidy(midnight + 1h);
    REQUIRE(house.recorder->write(polled_rows(midnight + 30min, 10min, 3)));
    house.tidy(midnight + 1h);
    REQUIRE(house.rolled(Resolution::hour, "s0").size() == 1);
    CHECK(house.rolled(Resolution::hour, "s0").front().count == 6);
}

TEST_CASE("rows that come late are rolled in, and rolling again gives the same") {
    House late, early;
    const auto rows = polled_rows(midnight, 64s, 2000, 2);
    early.write(rows);
    early.tidy(midnight + 50h);
    for (std::size_t n = 0; n < rows.size(); n += 2) late.write({rows[n]});
    late.tidy(midnight + 50h);
    for (std::size_t n = 1; n < rows.size(); n += 2) late.write({rows[n]});
    late.tidy(midnight + 50h);
    for (const auto resolution : {Resolution::minute, Resolution::hour, Resolution::day})
        for (const char* server : {"s0", "s1"})
            CHECK(late.rolled(resolution, server) == early.rolled(resolution, server));
    CHECK(early.rolled(Resolution::day, "s1").size() == 2);
}

TEST_CASE("rows are kept by their age: raw, minutes, hours; days for ever") {
    House house;
    house.write(polled_rows(midnight, 30min, 48 * 12));
    house.write({event_row(midnight, "step", "old")});
    house.tidy(midnight + 13 * 24h);
    const store::RetentionSettings settings{.raw = 2 * 24h, .minute = 4 * 24h, .hour = 6 * 24h};
    const WallTime now = midnight + 12 * 24h;
    house.write({clock_row(now)});
    house.tidy(now, settings);
    REQUIRE(house.samples().size() == 96);
    CHECK(house.samples().front().at == now - 2 * 24h);
    CHECK(store::SqliteHistory::open(house.directory.path())->raw_since() == now - 2 * 24h);
    CHECK(house.rolled(Resolution::minute, "s0").front().at == now - 4 * 24h);
    CHECK(house.rolled(Resolution::hour, "s0").front().at == now - 6 * 24h);
    CHECK(house.rolled(Resolution::day, "s0").size() == 12);
    CHECK(store::SqliteHistory::open(house.directory.path())->events({})->empty());
}

TEST_CASE("a clock that jumped ahead deletes nothing until it is demonstrated") {
    House house;
    house.write(polled_rows(midnight, 64s, 100));
    ClockRow wrong = clock_row(midnight + 24h * 3650);
    wrong.demonstrated = false;
    house.write({clock_row(midnight + 2h), wrong});
    house.tidy(midnight + 24h * 3650);
    CHECK(house.samples().size() == 100);
}

TEST_CASE("a clock that is set ahead deletes nothing while its daemon still calls it right") {
    const WallTime ahead = midnight + 24h * 730;
    struct Row {
        const char* what;
        void (*change)(ClockRow&);
    };
    const Row rows[] = {
        {"the quorum contradicts", [](ClockRow& row) { row.consensus = -Seconds{24h * 730}; }},
        {"the bound is wide", [](ClockRow& row) { row.consensus.reset(), row.bound = 63s; }}};
    for (const Row& row : rows) {
        CAPTURE(row.what);
        House house;
        house.write(polled_rows(midnight, 64s, 100));
        ClockRow look = clock_row(ahead);
        row.change(look);
        house.write({clock_row(midnight + 2h), look, event_row(midnight, "step", "old")});
        house.tidy(ahead + 1min);
        CHECK(house.samples().size() == 100);
        CHECK(house.rolled(Resolution::minute, "s0").size() == 100);
        CHECK(store::SqliteHistory::open(house.directory.path())->events({})->size() == 1);
    }
}

TEST_CASE("what a clock that was ahead did to the record ends when the clock is mended") {
    House house;
    house.write(polled_rows(midnight, 64s, 100));
    ClockRow alone = clock_row(midnight + 24h * 730);  // nobody is there to contradict it
    alone.consensus.reset();
    house.write({alone});
    house.tidy(alone.at);
    CHECK(house.samples().empty());
    const WallTime mended = midnight + 3h;
    house.write({clock_row(mended)});
    house.tidy(mended);
    house.write(polled_rows(mended, 64s, 100));
    house.tidy(mended + 2h);
    CHECK(house.samples().size() == 100);
    CHECK(house.rolled(Resolution::hour, "s0").size() >= 4);  // those of before are still there
}

TEST_CASE("a clock that is behind brings no row back that was to go") {
    House house;
    const store::RetentionSettings settings{.raw = 24h};
    const WallTime now = midnight + 10 * 24h;
    house.write({clock_row(now)});
    house.tidy(now, settings);
    ClockRow behind = clock_row(midnight);
    behind.demonstrated = false;
    house.write({behind, sample_row(midnight + 1h, "s0")});
    house.tidy(midnight + 3h, settings);
    CHECK(house.samples().empty());
}

TEST_CASE("rows older than what is kept raw are rolled, then go; they spoil no earlier roll-up") {
    House house;
    const store::RetentionSettings settings{.raw = 24h};
    const WallTime now = midnight + 10 * 24h;
    house.write(polled_rows(midnight, 10min, 144));
    house.write({clock_row(now)});
    house.tidy(now, settings);
    CHECK(house.samples().empty());
    const auto before = house.rolled(Resolution::day, "s0");
    REQUIRE(before.size() == 1);
    house.write({sample_row(midnight + 1h + 1s, "s0", Seconds{9}),
                 sample_row(midnight + 25h, "s0", Seconds{8})});
    house.tidy(now, settings);
    CHECK(house.samples().empty());
    const auto after = house.rolled(Resolution::day, "s0");
    REQUIRE(after.size() == 2);
    CHECK(after[0] == before[0]);
    CHECK(after[1].mean == Seconds{8});
}

TEST_CASE("above its size the oldest raw days go first, and the file gives room back") {
    House house;
    for (int day = 0; day < 20; ++day)
        house.write(polled_rows(midnight + day * 24h, 20s, 3 * 60 * 24));
    house.tidy(midnight + 21 * 24h);
    const auto full = std::filesystem::file_size(house.directory / "record.sqlite");
    const int half = static_cast<int>(full / 2 / 1024 / 1024);
    REQUIRE(half > 1);
    const store::RetentionSettings settings{.most_mb = half};
    house.tidy(midnight + 21 * 24h, settings);
    const auto samples = house.samples();
    REQUIRE_FALSE(samples.empty());
    CHECK(samples.front().at > midnight + 5 * 24h);
    CHECK(samples.front().at == beginning_of(Resolution::day, samples.front().at));
    CHECK(house.rolled(Resolution::day, "s0").size() == 20);
    REQUIRE(house.recorder->write({}));
    house.recorder = store::Recorder::open((TemporaryDirectory() / "x"));  // closes the log
    constexpr std::uintmax_t reserve = 512 * 4096;
    CHECK(std::filesystem::file_size(house.directory / "record.sqlite") <= full / 2 + reserve);
}

TEST_CASE("above its size roll-ups of minutes go as well, and the present stays") {
    House house;
    constexpr int servers = 8, days = 4;
    const store::RetentionSettings settings{.most_mb = 2};
    const auto rows = polled_rows(midnight, 60s, days * 24 * 60 - 30, servers);
    const auto an_hour = static_cast<std::ptrdiff_t>(60 * servers);
    for (int hour = 0; hour < days * 24; ++hour) {
        const auto first = rows.begin() + hour * an_hour;
        house.write({first, hour + 1 == days * 24 ? rows.end() : first + an_hour});
        house.tidy(midnight + (hour + 1) * 1h, settings);
    }
    CHECK(house.used() <= settings.most_mb * 1024 * 1024);
    const WallTime today = midnight + (days - 1) * 24h;
    const auto samples = house.samples();
    CHECK(std::ranges::count_if(samples, [&](const SampleRow& row) { return row.at >= today; }) ==
          servers * (23 * 60 + 30));
    for (const char* server : {"s0", "s7"}) {
        const auto hours = house.rolled(Resolution::hour, server);
        CHECK(hours.size() == days * 24);
        CHECK(std::ranges::count(hours, 60, &RolledRow::count) == days * 24 - 1);
        CHECK(house.rolled(Resolution::day, server).size() == days);
        const auto minutes = house.rolled(Resolution::minute, server);
        CHECK(minutes.size() < days * 24 * 60 - 30);
        CHECK(minutes.back().at >= today + 22h);
    }
}

TEST_CASE(
    "a day that alone is above the size loses its first hours, and has no roll-up of a part") {
    House house;
    const store::RetentionSettings settings{.most_mb = 1};
    const auto rows = polled_rows(midnight, 10s, 6 * 360, 10);
    house.write(rows);
    house.tidy(midnight + 6h, settings);
    CHECK(house.used() <= settings.most_mb * 1024 * 1024);
    const auto samples = house.samples();
    REQUIRE_FALSE(samples.empty());
    CHECK(samples.back().at == std::get<SampleRow>(rows.back()).at);
    CHECK(samples.front().at == beginning_of(Resolution::hour, samples.front().at));
    CHECK(samples.size() < rows.size());
    const auto hours = house.rolled(Resolution::hour, "s9");
    CHECK(hours.size() == 6);
    CHECK(std::ranges::count(hours, 360, &RolledRow::count) == 6);
    house.tidy(midnight + 25h, settings);
    CHECK(house.rolled(Resolution::day, "s9").empty());
}
