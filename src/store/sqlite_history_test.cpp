#include "store/sqlite_history.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "store/recorder.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon = record_noon;

void record(const TemporaryDirectory& directory, const std::vector<Record>& rows) {
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    REQUIRE(recorder->write(rows));
}

}  // namespace

TEST_CASE("without a record there is nothing to ask, and the answer names the file") {
    const TemporaryDirectory directory;
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE_FALSE(history);
    CHECK(history.error().message.contains(directory / "record.sqlite"));
}

TEST_CASE("a query takes what lies from its first instant to before its last") {
    const TemporaryDirectory directory;
    record(directory, polled_rows(noon, 64s, 10, 2));
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    const HistoryQuery query{
        .from = noon + 64s, .to = noon + 3 * 64s, .server = "s1", .limit = 1000};
    const auto rows = history->samples(query).value();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at == noon + 64s);
    CHECK(rows[1].at == noon + 2 * 64s);
    CHECK(rows[0].server == "s1");
    HistoryQuery unknown = query;
    unknown.server = "s2";
    CHECK(history->samples(unknown)->empty());
}

TEST_CASE("a limit keeps the newest rows of all servers, in order of time") {
    const TemporaryDirectory directory;
    auto rows = polled_rows(noon, 64s, 50, 3);
    rows.emplace_back(sample_row(noon + 24h, "newest"));
    rows.emplace_back(sample_row(noon - 24h, "oldest"));
    record(directory, rows);
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    const auto newest = history->samples({.from = {}, .to = {}, .server = {}, .limit = 7}).value();
    REQUIRE(newest.size() == 7);
    CHECK(newest.back().server == "newest");
    CHECK(newest.front().at == noon + 48 * 64s);
    CHECK(std::ranges::is_sorted(newest, {}, &SampleRow::at));
    CHECK(history->samples({.from = {}, .to = {}, .server = {}, .limit = 0})->empty());
}

TEST_CASE("the rate of the clock is told as the mean of each stretch, where it was demonstrated") {
    const TemporaryDirectory directory;
    std::vector<Record> rows;
    for (int i = 0; i < 24; ++i) {
        ClockRow row;
        row.at = noon + i * 1h;
        row.demonstrated = i != 3;
        row.frequency = Ppm{i == 3 ? 400.0 : i};
        rows.emplace_back(row);
    }
    ClockRow silent;
    silent.at = noon + 24h;
    silent.demonstrated = true;
    rows.emplace_back(silent);
    record(directory, rows);
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    const auto rates = history->rates(noon, 6h).value();
    REQUIRE(rates.size() == 4);
    CHECK(rates[0].frequency.value == doctest::Approx((0 + 1 + 2 + 4 + 5) / 5.0));
    CHECK(rates[1].at == noon + 8h + 30min);
    CHECK(rates[1].frequency.value == doctest::Approx(8.5));
    CHECK(history->rates(noon + 18h, 6h)->size() == 1);
    CHECK(history->rates(noon + 48h, 6h)->empty());
}

TEST_CASE("events and alerts are asked by their subject, verdicts by their server") {
    const TemporaryDirectory directory;
    EventRow about = event_row(noon, "path", "the path changed");
    about.subject = "ntp2";
    record(directory, {about, event_row(noon, "step", "x"), verdict_row(noon, "ntp2"),
                       verdict_row(noon, "ntp3"), alert_row(noon)});
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    const HistoryQuery query{.from = {}, .to = {}, .server = "ntp2", .limit = 1000};
    CHECK(history->events(query).value() == std::vector{about});
    CHECK(history->events({})->size() == 2);
    CHECK(history->alerts(query)->size() == 1);
    CHECK(history->verdicts(query).value() == std::vector{verdict_row(noon, "ntp2")});
}

TEST_CASE("a pool's verdicts, events and alerts are those of its members") {
    const TemporaryDirectory directory;
    AlertRow alert = alert_row(noon);
    EventRow event = event_row(noon, "path", "the path changed");
    alert.subject = event.subject = "pool (192.0.2.1)";
    record(directory, {event, alert, verdict_row(noon, "pool (192.0.2.1)"),
                       verdict_row(noon, "pool (192.0.2.2)"), verdict_row(noon, "pools")});
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    HistoryQuery query{.from = {}, .to = {}, .server = "pool", .limit = 1000};
    CHECK(history->verdicts(query)->size() == 2);
    CHECK(history->events(query)->size() == 1);
    CHECK(history->alerts(query)->size() == 1);
    query.server = "pool (192.0.2.2)";
    CHECK(history->verdicts(query)->size() == 1);
}

TEST_CASE("a reader sees what a writer wrote a moment ago, and hinders it not") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    for (int n = 1; n <= 5; ++n) {
        REQUIRE(recorder->write(std::vector<Record>{clock_row(noon + n * 1s)}));
        CHECK(history->clock({})->size() == static_cast<std::size_t>(n));
    }
}

TEST_CASE("a record in a directory that may not be written can be read when no agent runs") {
    const TemporaryDirectory directory;
    directory.make_directory("state");
    {
        auto recorder = store::Recorder::open(directory / "state");
        REQUIRE(recorder);
        REQUIRE(recorder->write(std::vector<Record>{clock_row(noon)}));
    }
    ::chmod(directory.path().c_str(), 0755);
    ::chmod((directory / "state").c_str(), 0555);
    ::chmod((directory / "state/record.sqlite").c_str(), 0444);
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
        const auto history = store::SqliteHistory::open(directory / "state");
        if (!history) ::_exit(2);
        const auto rows = history->clock({});
        ::_exit(rows && rows->size() == 1 ? 0 : 3);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
    ::chmod((directory / "state").c_str(), 0755);
}
