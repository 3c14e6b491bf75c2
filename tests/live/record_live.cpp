// kill -9 at 100 random moments of a recorder that writes, rolls up and forgets: the database is
// whole, and nothing that was acknowledged is missing. And a disk that is really full.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/recorder.h"
#include "store/sqlite_history.h"
#include "system/wait.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr int crashes = 100;
constexpr int servers = 5;
const HistoryQuery everything{.from = {}, .to = {}, .server = {}, .limit = 100'000'000};

WallTime instant_of(std::int64_t batch) {
    return record_noon + batch * 20s;
}

std::vector<Record> rows_of(std::int64_t batch) {
    auto rows = polled_rows(instant_of(batch), Seconds{1}, 1, servers);
    rows.emplace_back(clock_row(instant_of(batch)));
    if (batch % 7 == 0) rows.emplace_back(event_row(instant_of(batch), "step", "stepped"));
    return rows;
}

/// Writes batch after batch from `first` on, and says so for each that was acknowledged.
[[noreturn]] void write_for_ever(const std::string& directory, std::int64_t first, int report) {
    auto recorder = store::Recorder::open(directory);
    if (!recorder) ::_exit(1);
    for (std::int64_t batch = first;; ++batch) {
        // Synced, which keeps the pace below what retention would remove within the test.
        if (!recorder->write(rows_of(batch)) || !recorder->sync()) ::_exit(2);
        if (!recorder->take_notices().empty()) ::_exit(3);
        if (::write(report, &batch, sizeof batch) != sizeof batch) ::_exit(4);
        if (batch % 10 == 0 && !recorder->tidy(instant_of(batch))) ::_exit(5);
    }
}

/// The last batch that a writer, killed after `life`, had acknowledged; `first` - 1: none.
std::int64_t last_of_killed_writer(const std::string& directory, std::int64_t first, Seconds life) {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        write_for_ever(directory, first, ends[1]);
    }
    ::close(ends[1]);
    system::wait(life);
    ::kill(child, SIGKILL);
    std::int64_t last = first - 1, batch = 0;
    while (::read(ends[0], &batch, sizeof batch) == sizeof batch) last = batch;
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE_MESSAGE(WIFSIGNALED(status), fmt::format("the writer ended: {}", WEXITSTATUS(status)));
    return last;
}

std::string integrity(const std::string& directory) {
    auto database =
        store::Database::open(directory + "/record.sqlite", store::Database::Access::write);
    REQUIRE(database);
    auto check = database->prepare("PRAGMA integrity_check");
    REQUIRE(check);
    REQUIRE(check->step().value());
    return check->text(0);
}

/// A file system of its own in a directory of the test; says why when there is none.
class SmallDisk {
  public:
    SmallDisk(const TemporaryDirectory& directory, const char* options)
        : path_(directory / "disk") {
        directory.make_directory("disk");
        if (::geteuid() != 0) {
            std::puts("skipped: mounting a small disk needs root");
        } else if (::mount("tmpfs", path_.c_str(), "tmpfs", 0, options) != 0) {
            std::puts("skipped: no small disk can be mounted here");
        } else {
            is_there_ = true;
        }
    }
    ~SmallDisk() {
        if (is_there_) CHECK(::umount2(path_.c_str(), MNT_DETACH) == 0);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool is_there() const { return is_there_; }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    bool is_there_ = false;
};

}  // namespace

TEST_CASE("a recorder killed at any moment leaves a whole database with all it acknowledged") {
    const TemporaryDirectory directory;
    std::mt19937 random(20261128);
    std::uniform_real_distribution<double> life(0.005, 0.3);
    std::int64_t acknowledged = -1;
    for (int crash = 0; crash < crashes; ++crash) {
        CAPTURE(crash);
        acknowledged =
            last_of_killed_writer(directory.path(), acknowledged + 1, Seconds{life(random)});
        REQUIRE(integrity(directory.path()) == "ok");
        const auto history = store::SqliteHistory::open(directory.path());
        REQUIRE_MESSAGE(history.has_value(), history.error().message);
        std::set<WallTime> clock;
        const std::vector<ClockRow> looks = history->clock(everything).value();
        for (const ClockRow& row : looks) clock.insert(row.at);
        std::size_t missing = 0;
        for (std::int64_t batch = 0; batch <= acknowledged; ++batch)
            missing += clock.contains(instant_of(batch)) ? 0 : 1;
        REQUIRE(missing == 0);
        // A batch is whole or not there.
        CHECK(history->samples(everything)->size() == clock.size() * servers);
    }
    MESSAGE(fmt::format("{} crashes, {} batches acknowledged, none missing", crashes,
                        acknowledged + 1));
    CHECK(acknowledged > 500);
    // What the crashes left is rolled up as if there had been none.
    auto recorder = store::Recorder::open(directory.path());
    REQUIRE(recorder);
    const WallTime end = instant_of(acknowledged) + 48h;
    while (recorder->tidy(end).value()) {
    }
    int polls = 0;
    HistoryQuery query = everything;
    query.server = "s0";
    const auto history = store::SqliteHistory::open(directory.path());
    const std::vector<RolledRow> hours = history->rolled(Resolution::hour, query).value();
    for (const RolledRow& hour : hours) polls += hour.count;
    CHECK(polls == static_cast<int>(history->samples(query)->size()));
}

TEST_CASE("on a disk that is really full the rows wait, and are written when there is room") {
    const TemporaryDirectory directory;
    const SmallDisk small(directory, "size=2m,mode=0755");
    if (!small.is_there()) return;
    const std::string& disk = small.path();
    std::uint64_t batches = 0;
    {
        auto recorder = store::Recorder::open(disk + "/state");
        REQUIRE_MESSAGE(recorder.has_value(), recorder.error().message);
        const std::string ballast(1 << 20, 'x');
        directory.write("disk/ballast", ballast);
        while (batches < 500 && recorder->write(polled_rows(record_noon + batches * 1h, 1s, 100)))
            ++batches;
        CHECK(batches > 1);
        REQUIRE(batches < 500);
        CHECK(recorder->fault().contains("cannot write " + disk));
        CHECK_FALSE(recorder->write(std::vector<Record>{alert_row(record_noon)}));
        CHECK(recorder->waiting() == 101);
        std::filesystem::remove(disk + "/ballast");
        REQUIRE(recorder->write({}));
        CHECK(recorder->waiting() == 0);
        CHECK(recorder->take_notices().empty());
        const auto history = store::SqliteHistory::open(disk + "/state");
        REQUIRE(history);
        CHECK(history->samples(everything)->size() == (batches + 1) * 100);
        CHECK(history->alerts({})->size() == 1);
    }
}

TEST_CASE("a recorder that begins on a full disk waits for room") {
    const TemporaryDirectory directory;
    const SmallDisk small(directory, "size=1m,mode=0755");
    if (!small.is_there()) return;
    const std::string& disk = small.path();
    {
        directory.write("disk/ballast", std::string(2 << 20, 'x'));
        auto recorder = store::Recorder::open(disk);
        REQUIRE_MESSAGE(recorder.has_value(), recorder.error().message);
        CHECK_FALSE(recorder->fault().empty());
        CHECK_FALSE(recorder->write(std::vector<Record>{alert_row(record_noon)}));
        std::filesystem::remove(disk + "/ballast");
        REQUIRE(recorder->write({}));
        CHECK(recorder->fault().empty());
        CHECK(store::SqliteHistory::open(disk)->alerts({})->size() == 1);
    }
}
