#include "store/journal.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/plan_case.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::fakes;
using store::Journal;
using store::Lock;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

struct Record {
    TemporaryDirectory directory;
    DaemonWorld world = office_world({}, own_1_to_4);
    Plan plan = made(world);
    std::string state = directory / "state";

    static Plan made(const DaemonWorld& world) {
        auto plan = plan_case(world, {"ntp1", "ntp2", "ntp3", "ntp5"}).make().value();
        plan.id = "7f3c9a";
        return plan;
    }
    Journal open() const { return Journal::open(state).value(); }
    std::string begin(Journal& journal, WallTime at = noon) const {
        return journal.begin(plan, {*world.state()}, "uid 0", "CHG1", at).value();
    }
    std::string file() const {
        for (const auto& entry : std::filesystem::directory_iterator(state + "/changes"))
            return entry.path().string();
        return {};
    }
    std::string text() const { return directory.read(file().substr(directory.path().size() + 1)); }
    void put(const std::string& text) const {
        directory.write(file().substr(directory.path().size() + 1), text);
    }
};

unsigned mode_of(const std::string& path) {
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("the newest change is the last one though the clock was set back before it") {
    using namespace std::chrono_literals;
    Record record;
    auto journal = record.open();
    const Outcome applied{.kind = OutcomeKind::applied, .verified = true, .reason = "better"};
    const auto first = record.begin(journal);
    REQUIRE(journal.close(first, applied, noon));
    const auto second = record.begin(journal, noon - 50min);
    REQUIRE(journal.close(second, applied, noon - 49min));
    CHECK(journal.find("last")->id == second);
    CHECK(journal.changes()->back().id == second);
    const auto third = record.begin(journal, noon - 40min);
    REQUIRE(journal.close(third, {.kind = OutcomeKind::failed, .reason = "x", .left_open = true},
                          noon - 39min));
    const auto open = journal.unfinished();
    REQUIRE(open);
    REQUIRE(*open);
    CHECK((*open)->id == third);
}

TEST_CASE("a change is read back as it was written") {
    Record record;
    auto journal = record.open();
    const auto id = record.begin(journal);
    CHECK(id == "7f3c9a");
    REQUIRE(journal.append(id, {.event = "intend", .step = 0, .action = 1, .detail = "x"}, noon));
    REQUIRE(journal.append(id, {.event = "done", .step = 0, .action = 1, .detail = {}}, noon));
    const auto open = journal.unfinished();
    REQUIRE(open);
    REQUIRE(*open);
    CHECK((*open)->plan == record.plan);
    CHECK((*open)->at == noon);
    CHECK((*open)->by == "uid 0");
    CHECK((*open)->reason == "CHG1");
    CHECK((*open)->begun == std::vector<std::pair<int, int>>{{0, 1}});
    const auto before = *record.world.state();
    CHECK((*open)->baseline.state.tracking.reference == before.tracking.reference);
    CHECK((*open)->baseline.state.tracking.reference_time == before.tracking.reference_time);
    CHECK(listed_names((*open)->baseline.state) == listed_names(before));

    REQUIRE(journal.close(id, {.kind = OutcomeKind::applied, .verified = true, .reason = "better"},
                          noon));
    CHECK_FALSE(*journal.unfinished());
    const auto done = journal.find("last");
    REQUIRE(done);
    CHECK(done->outcome == OutcomeKind::applied);
    CHECK(done->verified);
    CHECK(done->outcome_reason == "better");
}

TEST_CASE("a change that could not be taken back stays open until it is, or another one follows") {
    Record record;
    auto journal = record.open();
    const auto id = record.begin(journal);
    const Outcome stuck{.kind = OutcomeKind::failed, .reason = "read-only", .left_open = true};
    REQUIRE(journal.close(id, stuck, noon));
    const auto open = journal.unfinished().value();
    REQUIRE(open);
    CHECK(open->outcome == OutcomeKind::failed);
    REQUIRE(journal.close(id, {.kind = OutcomeKind::rolled_back, .verified = true, .reason = {}},
                          noon));
    CHECK_FALSE(*journal.unfinished());
    REQUIRE(journal.close(id, stuck, noon));
    const auto later = record.begin(journal, noon + std::chrono::hours(1));
    REQUIRE(
        journal.close(later, {.kind = OutcomeKind::applied, .verified = true, .reason = {}}, noon));
    CHECK_FALSE(*journal.unfinished());
}

TEST_CASE("what another daemon's change left is not this one's to heal or to take back") {
    Record record;
    auto journal = record.open();
    const Outcome applied{.kind = OutcomeKind::applied, .verified = true, .reason = "better"};
    record.plan.config_file = "/etc/one.conf";
    const auto one = record.begin(journal);
    REQUIRE(journal.close(one, applied, noon));
    record.plan.config_file = "/etc/other.conf";
    const auto other = record.begin(journal, noon + std::chrono::minutes(1));
    CHECK_FALSE(journal.unfinished("/etc/one.conf").value());
    CHECK(journal.unfinished("/etc/other.conf").value()->id == other);
    CHECK(journal.unfinished().value()->id == other);
    REQUIRE(journal.close(other, applied, noon));
    CHECK(journal.find("last")->id == other);
    CHECK(journal.find("last", "/etc/one.conf")->id == one);
    CHECK(journal.find(other, "/etc/one.conf")->id == other);
}

TEST_CASE("runs that changed nothing do not push the way back out") {
    Record record;
    auto journal = record.open();
    const auto kept = record.begin(journal);
    REQUIRE(
        journal.close(kept, {.kind = OutcomeKind::applied, .verified = true, .reason = {}}, noon));
    for (int i = 1; i <= 6; ++i) {
        const auto id = record.begin(journal, noon + std::chrono::minutes(i));
        REQUIRE(journal.close(
            id, {.kind = OutcomeKind::rolled_back, .verified = true, .reason = {}}, noon));
        REQUIRE(journal.prune(2));
    }
    CHECK_FALSE(journal.find("last")->contents_dropped);
    CHECK(journal.changes()->at(1).contents_dropped);
}

TEST_CASE("the record is nobody else's to read") {
    Record record;
    auto journal = record.open();
    record.begin(journal);
    CHECK(mode_of(record.state + "/changes") == 0700);
    CHECK(mode_of(record.file()) == 0600);
}

TEST_CASE("the same plan again gets an id of its own") {
    Record record;
    auto journal = record.open();
    CHECK(record.begin(journal) == "7f3c9a");
    CHECK(record.begin(journal) == "7f3c9a-2");
    CHECK(record.begin(journal, noon + std::chrono::seconds(1)) == "7f3c9a-3");
    CHECK(journal.changes()->size() == 3);
    CHECK(journal.find("7f3c9a-2")->id == "7f3c9a-2");
    CHECK_FALSE(journal.find("7f3c9b"));
}

TEST_CASE("an id that is no file name is refused") {
    Record record;
    auto journal = record.open();
    for (const auto* id : {"", "../x", "7f/..", "A", "7f3c9a\n"}) {
        CAPTURE(id);
        record.plan.id = id;
        CHECK_FALSE(journal.begin(record.plan, {}, "", "", noon));
    }
}

TEST_CASE("a torn line at the end is ignored and written over") {
    Record record;
    auto journal = record.open();
    const auto id = record.begin(journal);
    REQUIRE(journal.append(id, {.event = "intend", .step = 0, .action = 0, .detail = {}}, noon));
    const auto whole = record.text();
    REQUIRE(journal.append(id, {.event = "intend", .step = 0, .action = 1, .detail = {}}, noon));
    const auto longer = record.text();
    for (auto length = whole.size(); length < longer.size(); ++length) {
        CAPTURE(length);
        record.put(longer.substr(0, length));
        const auto change = journal.unfinished();
        REQUIRE(*change);
        CHECK((*change)->fault.empty());
        CHECK((*change)->begun.size() == 1);
    }
    REQUIRE(journal.append(id, {.event = "intend", .step = 1, .action = 0, .detail = {}}, noon));
    CHECK((*journal.unfinished())->begun == std::vector<std::pair<int, int>>{{0, 0}, {1, 0}});
}

TEST_CASE("a begin that was torn is no change") {
    Record record;
    auto journal = record.open();
    record.begin(journal);
    record.put(record.text().substr(0, 100));
    CHECK(journal.changes()->empty());
    CHECK_FALSE(*journal.unfinished());
}

TEST_CASE("a record that cannot be read is named with file and line, not lost") {
    Record record;
    auto journal = record.open();
    const auto id = record.begin(journal);
    REQUIRE(journal.append(id, {.event = "intend", .step = 0, .action = 0, .detail = {}}, noon));
    const auto whole = record.text();
    const auto first = whole.find('\n') + 1;
    for (const auto& damaged :
         {"garbage\n" + whole.substr(first), whole.substr(0, first) + "garbage\n",
          whole.substr(0, first) + "{\"event\":\"intend\"}\n", whole + std::string("\0\0\n", 3)}) {
        record.put(damaged);
        const auto change = journal.unfinished();
        REQUIRE(change);
        REQUIRE(*change);
        CHECK((*change)->id == "7f3c9a");
        CHECK((*change)->fault.contains(".jsonl:"));
    }
}

TEST_CASE("an absent journal is empty to a reader, and not made") {
    const TemporaryDirectory directory;
    const auto journal = Journal::open_to_read(directory / "state");
    REQUIRE(journal);
    CHECK(journal->changes()->empty());
    CHECK_FALSE(std::filesystem::exists(directory / "state"));
}

TEST_CASE("prune drops contents but keeps the facts") {
    Record record;
    auto journal = record.open();
    for (int i = 0; i < 4; ++i) {
        const auto id = record.begin(journal, noon + std::chrono::minutes(i));
        if (i != 0)
            REQUIRE(journal.close(
                id, {.kind = OutcomeKind::applied, .verified = true, .reason = {}}, noon));
    }
    REQUIRE(journal.prune(2));
    REQUIRE(journal.prune(2));
    const auto changes = journal.changes();
    REQUIRE(changes);
    REQUIRE(changes->size() == 4);
    const bool dropped[] = {false, true, false, false};
    for (std::size_t i = 0; i < 4; ++i) {
        CAPTURE(i);
        const auto& change = (*changes)[i];
        CHECK(change.fault.empty());
        CHECK(change.contents_dropped == dropped[i]);
        CHECK((change.plan == record.plan) != dropped[i]);
        CHECK(change.plan.add == record.plan.add);
    }
    CHECK_FALSE((*changes)[0].outcome);
}

TEST_CASE("a lock is held by one, and named") {
    const TemporaryDirectory directory;
    const auto path = directory / "lock";
    {
        const auto lock = Lock::take(path);
        REQUIRE(lock);
        CHECK(mode_of(path) == 0600);
        const auto second = Lock::take(path);
        REQUIRE_FALSE(second);
        CHECK(second.error().fault == Fault::refused);
        CHECK(second.error().message.contains("(pid " + std::to_string(::getpid()) + ")"));
    }
    CHECK(Lock::take(path));
}

TEST_CASE("a lock does not follow a link") {
    const TemporaryDirectory directory;
    directory.write("target", "");
    std::filesystem::create_symlink(directory / "target", directory / "lock");
    CHECK_FALSE(Lock::take(directory / "lock"));
}
