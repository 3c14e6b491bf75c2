#include "store/purge.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;

TEST_CASE("a purge takes what is ours, follows no link, and leaves what is another's") {
    const TemporaryDirectory directory;
    const std::string state = directory / "state";
    std::filesystem::create_directories(state + "/changes");
    for (const char* place : {"audit", "proposals", "notices", "spool/influx"})
        std::filesystem::create_directories(state + "/" + place);
    for (const char* name : {"state/memory.json",
                             "state/memory.json.lock",
                             "state/changes/a.jsonl",
                             "state/theirs.txt",
                             "kept.jsonl",
                             "state/record.sqlite",
                             "state/record.sqlite-wal",
                             "state/agent.json",
                             "state/record.sqlite.damaged-2026-01-01T00:00:00Z",
                             "state/audit/2026-01-01.chain",
                             "state/audit/base",
                             "state/audit/2026-01-01.head",
                             "state/audit/2026-01-01.head.sig",
                             "state/audit/lock",
                             "state/agent.lock",
                             "state/changes/.clockwright-a.jsonl.AbC123",
                             "state/proposals/7f3c9a.plan",
                             "state/notices/1.json",
                             "state/spool/influx/1.lines",
                             "state/spool/influx/place",
                             "state/.clockwright-x"})
        directory.write(name, "x");
    std::filesystem::create_symlink(directory / "kept.jsonl", state + "/changes/b.jsonl");
    REQUIRE(store::purge(state));
    CHECK(std::filesystem::exists(state + "/theirs.txt"));
    CHECK(std::filesystem::exists(directory / "kept.jsonl"));
    CHECK_FALSE(std::filesystem::exists(state + "/memory.json"));
    CHECK_FALSE(std::filesystem::exists(state + "/changes"));
    std::filesystem::remove(state + "/theirs.txt");
    REQUIRE(store::purge(state));
    CHECK_FALSE(std::filesystem::exists(state));
    CHECK(store::purge(state));  // nothing there is done
}
