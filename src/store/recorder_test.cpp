#include "store/recorder.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "store/schema.h"
#include "store/sqlite_history.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon = record_noon;

std::vector<Record> one_of_each() {
    return {sample_row(noon, "ntp1"),
            lost_row(noon + 1s, "ntp2"),
            clock_row(noon + 2s),
            verdict_row(noon + 3s, "ntp2"),
            event_row(noon + 4s, "step", "stepped"),
            alert_row(noon + 5s),
            run_row(noon + 6s)};
}

/// The names in a directory that begin so.
std::vector<std::string> files_beginning(const TemporaryDirectory& directory,
                                         const std::string& with) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
        if (entry.path().filename().string().starts_with(with))
            names.push_back(entry.path().filename().string());
    return names;
}

std::size_t samples_in(const std::string& directory) {
    const auto history = store::SqliteHistory::open(directory);
    REQUIRE_MESSAGE(history.has_value(), history.error().message);
    return history->samples({.from = {}, .to = {}, .server = {}, .limit = 1'000'000})
        .value()
        .size();
}

/// The samples that lie by time, as they came.
std::int64_t unsorted_in(const TemporaryDirectory& directory) {
    const auto database =
        store::Database::open(directory / "record.sqlite", store::Database::Access::read);
    REQUIRE(database);
    return database->number("SELECT count(*) FROM sample_by_time").value();
}

}  // namespace

TEST_CASE("what is written comes back, each row of each kind") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    REQUIRE(recorder->write(one_of_each()));
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    CHECK(history->samples({}).value() ==
          std::vector{sample_row(noon, "ntp1"), lost_row(noon + 1s, "ntp2")});
    CHECK(history->clock({}).value() == std::vector{clock_row(noon + 2s)});
    CHECK(history->verdicts({}).value() == std::vector{verdict_row(noon + 3s, "ntp2")});
    CHECK(history->events({}).value() == std::vector{event_row(noon + 4s, "step", "stepped")});
    CHECK(history->alerts({}).value() == std::vector{alert_row(noon + 5s)});
    CHECK(history->runs({}).value() == std::vector{run_row(noon + 6s)});
    CHECK(recorder->fault().empty());
    CHECK(recorder->take_notices().empty());
}

TEST_CASE("the record is synced when it is asked for, whether or not anything waits in its log") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    REQUIRE(recorder->write(one_of_each()));
    CHECK(recorder->sync());
    const std::string log = directory / "record.sqlite-wal";
    REQUIRE(std::filesystem::remove(log));
    CHECK(recorder->sync());
    std::filesystem::create_symlink("/dev/null", log);
    const auto foreign = recorder->sync();
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().message.contains("record.sqlite-wal"));
}

TEST_CASE("the record may be read by its group, and written by its owner alone") {
    const TemporaryDirectory directory;
    const ::mode_t before = ::umask(0);
    const auto recorder = store::Recorder::open(directory.path());
    ::umask(before);
    REQUIRE(recorder);
    struct stat status{};
    REQUIRE(::stat((directory / "record.sqlite").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0640);
}

TEST_CASE("the same rows again add nothing") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    CHECK(recorder->import(one_of_each()).value() == 7);
    CHECK(recorder->import(one_of_each()).value() == 0);
    CHECK(samples_in(directory.path()) == 2);
}

TEST_CASE("what the agent has written does not count as new when it is read in") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    REQUIRE(recorder->write(polled_rows(noon, 64s, 5, 2)));
    CHECK(recorder->import(polled_rows(noon, 64s, 6, 2)).value() == 2);
    CHECK(samples_in(directory.path()) == 12);
}

TEST_CASE("each sample is shown once and in order, before it is sorted, after, and in between") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    const std::vector<Record> early = polled_rows(noon, 64s, 10, 3);
    const std::vector<Record> both = polled_rows(noon, 64s, 12, 3);
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    const auto shown = [&] { return history->samples({}).value(); };
    const auto as_samples = [](const std::vector<Record>& rows) {
        std::vector<SampleRow> samples;
        for (const Record& row : rows) samples.push_back(std::get<SampleRow>(row));
        return samples;
    };
    REQUIRE(recorder->write(early));
    CHECK(unsorted_in(directory) == 30);
    CHECK(shown() == as_samples(early));
    REQUIRE(recorder->tidy(noon));
    CHECK(unsorted_in(directory) == 0);
    CHECK(shown() == as_samples(early));
    REQUIRE(recorder->write(both));
    CHECK(unsorted_in(directory) == 36);
    CHECK(shown() == as_samples(both));
    const HistoryQuery newest{.from = {}, .to = {}, .server = "s1", .limit = 3};
    CHECK(history->samples(newest)->front().at == noon + 9 * 64s);
    CHECK(history->oldest().value() == noon);
}

TEST_CASE(
    "samples are sorted by themselves when nobody tidies, so that a reader finds few unsorted") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    for (int i = 0; i < 30; ++i) REQUIRE(recorder->write(polled_rows(noon + i * 100s, 1s, 100)));
    CHECK(unsorted_in(directory) <= 1024);
    CHECK(samples_in(directory.path()) == 3000);
}

TEST_CASE("of many samples at once each is written, once, with what comes between them") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    std::vector<SampleRow> samples;
    for (int i = 0; i < 70; ++i) {
        const WallTime at = noon + std::chrono::seconds{i};
        samples.push_back(i % 7 == 0 ? lost_row(at, "ntp2") : sample_row(at, "ntp1"));
    }
    const std::vector<Record> earlier{samples[3], samples[69]};
    REQUIRE(recorder->import(earlier).value() == 2);
    std::vector<Record> rows(samples.begin(), samples.end());
    rows.insert(rows.begin() + 45, clock_row(noon));
    CHECK(recorder->import(rows).value() == 69);
    CHECK(recorder->import(rows).value() == 0);
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    CHECK(history->samples({}).value() == samples);
    CHECK(history->clock({})->size() == 1);
}

TEST_CASE("a link in the place of the record is not followed") {
    const TemporaryDirectory directory;
    directory.write("elsewhere", "");
    std::filesystem::create_symlink(directory / "elsewhere", directory / "record.sqlite");
    const auto recorder = store::Recorder::open(directory.path());
    REQUIRE_FALSE(recorder);
    CHECK(recorder.error().fault == Fault::bad_input);
    CHECK(std::filesystem::file_size(directory / "elsewhere") == 0);
}

TEST_CASE("a record that is no database is kept aside, and a new one begun") {
    const TemporaryDirectory directory;
    const std::string rubbish(5000, 'x');
    directory.write("record.sqlite", rubbish);
    ::chmod((directory / "record.sqlite").c_str(), 0640);
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE_MESSAGE(recorder.has_value(), recorder.error().message);
    const auto notices = recorder->take_notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].contains("is damaged and is kept as"));
    const auto aside = files_beginning(directory, "record.sqlite.corrupt-");
    REQUIRE(aside.size() == 1);
    CHECK(directory.read(aside[0]) == rubbish);
    CHECK(recorder->write(one_of_each()));
    CHECK(samples_in(directory.path()) == 2);
}

TEST_CASE("a record that lost its end is kept aside, and no row of the new cycle is lost") {
    const TemporaryDirectory directory;
    {
        auto recorder = store::Recorder::open(directory.path());
        REQUIRE(recorder);
        REQUIRE(recorder->write(polled_rows(noon, 1s, 2000, 2)));
    }
    const auto size = std::filesystem::file_size(directory / "record.sqlite");
    REQUIRE(size > 100'000);
    std::filesystem::resize_file(directory / "record.sqlite", size / 2);
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    REQUIRE(recorder->write(one_of_each()));
    CHECK(recorder->take_notices().size() == 1);
    CHECK(samples_in(directory.path()) == 2);
}

TEST_CASE("a record damaged in the middle is put aside when it is met") {
    const TemporaryDirectory directory;
    {
        auto recorder = store::Recorder::open(directory.path());
        REQUIRE(recorder);
        REQUIRE(recorder->write(polled_rows(noon, 1s, 3000, 2)));
    }
    std::string bytes = directory.read("record.sqlite");
    for (std::size_t at = 2 * 4096; at < bytes.size(); ++at) bytes[at] = '\x5a';
    directory.write("record.sqlite", bytes);
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    REQUIRE(recorder->write(one_of_each()));
    CHECK(recorder->take_notices().size() == 1);
    CHECK(files_beginning(directory, "record.sqlite.corrupt-").size() == 1);
    CHECK(samples_in(directory.path()) == 2);
}

TEST_CASE("a record of a later release is kept aside, or left alone by who only imports") {
    const TemporaryDirectory directory;
    {
        REQUIRE(store::Recorder::open(directory.path()));
        auto database =
            store::Database::open(directory / "record.sqlite", store::Database::Access::write);
        REQUIRE(database);
        REQUIRE(database->execute("PRAGMA user_version = 99"));
    }
    const auto refused = store::Recorder::open(directory.path(), store::Unusable::refuse);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.contains("was written by a later release (version 99"));
    CHECK_FALSE(store::SqliteHistory::open(directory.path()));
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    CHECK(files_beginning(directory, "record.sqlite.newer-").size() == 1);
    const auto notices = recorder->take_notices();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].contains("by a later release and is kept as"));
}

TEST_CASE("somebody else's database is put aside, not written into") {
    const TemporaryDirectory directory;
    {
        auto other =
            store::Database::open(directory / "record.sqlite", store::Database::Access::write);
        REQUIRE(other);
        REQUIRE(other->execute("CREATE TABLE sample(x)"));
    }
    ::chmod((directory / "record.sqlite").c_str(), 0640);
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    CHECK(recorder->take_notices().size() == 1);
    CHECK(recorder->write(one_of_each()));
}

TEST_CASE("a record of the first version is brought forward, and its rows are due") {
    const TemporaryDirectory directory;
    {
        auto database =
            store::Database::open(directory / "record.sqlite", store::Database::Access::write);
        REQUIRE(database);
        REQUIRE(store::migrate(*database, 1));
        CHECK(store::version_of(*database).value() == 1);
        REQUIRE(database->execute(
            "INSERT INTO word VALUES(7, 'ntp1');"
            "INSERT INTO sample VALUES(7, 1800014400123456789, 0, 0, 1, 2, 0, 0.5, NULL, 0.25, 1);"
            "INSERT INTO clock(at, demonstrated, stratum, agreeing, judged, daemon, sentence) "
            "VALUES(1800014400000000000, 0, 3, 2, 2, 0, 'x')"));
    }
    ::chmod((directory / "record.sqlite").c_str(), 0640);
    CHECK_FALSE(store::SqliteHistory::open(directory.path()));
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    CHECK(recorder->take_notices().empty());
    while (recorder->tidy(noon + 48h).value()) {
    }
    const auto history = store::SqliteHistory::open(directory.path());
    REQUIRE(history);
    const auto rows = history->samples({}).value();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].at == noon + 123456789ns);
    CHECK(rows[0].offset == Seconds{0.5});
    CHECK(history->rolled(Resolution::hour, {.from = {}, .to = {}, .server = "ntp1"})->size() == 1);
    CHECK(history->rolled(Resolution::day, {})->size() == 1);
}

TEST_CASE("rows wait while another program writes, and are written after it") {
    const TemporaryDirectory directory;
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    auto other = store::Database::open(directory / "record.sqlite", store::Database::Access::write);
    REQUIRE(other);
    {
        const auto transaction = store::Transaction::begin(*other);
        REQUIRE(transaction);
        CHECK_FALSE(recorder->write(one_of_each()));
        CHECK(recorder->fault().contains("another program is writing to it"));
        CHECK(recorder->waiting() == 7);
    }
    CHECK(recorder->write(std::vector<Record>{sample_row(noon + 64s, "ntp1")}));
    CHECK(recorder->fault().empty());
    CHECK(recorder->waiting() == 0);
    CHECK(samples_in(directory.path()) == 3);
}

TEST_CASE("when too many rows wait the oldest samples are dropped, alerts and events never first") {
    store::WaitingRows waiting(4);
    const std::vector<Record> rows = {
        alert_row(noon), sample_row(noon, "a"),  sample_row(noon + 1s, "a"),
        clock_row(noon), verdict_row(noon, "a"), event_row(noon, "step", "x")};
    waiting.add(rows);
    CHECK(waiting.dropped() == 2);
    CHECK(waiting.all() == std::vector<Record>{clock_row(noon), verdict_row(noon, "a"),
                                               alert_row(noon), event_row(noon, "step", "x")});
    waiting.add(std::vector<Record>{run_row(noon), sample_row(noon + 2s, "a")});
    CHECK(waiting.dropped() == 4);
    CHECK(waiting.all() == std::vector<Record>{verdict_row(noon, "a"), alert_row(noon),
                                               event_row(noon, "step", "x"), run_row(noon)});
}

TEST_CASE("a full disk is told in one sentence; the rows wait and are written when there is room") {
    const TemporaryDirectory directory;
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const auto run = [&]() -> int {
            auto recorder = store::Recorder::open(directory.path());
            if (!recorder) return 1;
            struct rlimit limit{};
            ::getrlimit(RLIMIT_FSIZE, &limit);
            const ::rlim_t most = limit.rlim_max;
            limit.rlim_cur = 200'000;
            ::setrlimit(RLIMIT_FSIZE, &limit);
            int batch = 0;
            while (batch < 200 && recorder->write(polled_rows(noon + batch * 1h, 1s, 100))) ++batch;
            if (batch < 2 || batch == 200) return 2;
            if (recorder->fault().find("cannot write") != 0) return 3;
            if (recorder->write(std::vector<Record>{alert_row(noon)})) return 4;
            if (recorder->waiting() != 101) return 5;
            limit.rlim_cur = most;
            ::setrlimit(RLIMIT_FSIZE, &limit);
            if (!recorder->write({})) return 6;
            if (!recorder->fault().empty() || recorder->waiting() != 0) return 7;
            const auto history = store::SqliteHistory::open(directory.path());
            if (!history || history->alerts({})->size() != 1) return 8;
            const HistoryQuery all{.from = {}, .to = {}, .server = {}, .limit = 1'000'000};
            const auto rows = static_cast<std::size_t>(batch + 1) * 100;
            return history->samples(all)->size() == rows ? 0 : 9;
        };
        ::_exit(run());
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
