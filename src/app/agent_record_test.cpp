#include "app/agent_record.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <filesystem>

#include "publish/roll_up.h"
#include "store/database.h"
#include "system/clock.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;

TEST_CASE("the audit chain tells of nothing that the record could not sync") {
    const TemporaryDirectory directory;
    app::Config config;
    config.state.directory = directory.path();
    boost::asio::io_context loop;
    const auto goes_on = boost::asio::make_work_guard(loop);
    int writes = 0;
    app::AgentRecord record(loop, config, [&](const std::string&, std::uint64_t) { ++writes; });
    REQUIRE(record.open());
    const auto lines_after = [&](int number) {
        for (int turns = 0; writes < number && turns < 100; ++turns) loop.run_one_for(2s);
        std::size_t lines = 0;
        for (const std::string& name : store::chain_files(directory.path()))
            lines +=
                static_cast<std::size_t>(std::ranges::count(directory.read("audit/" + name), '\n'));
        return lines;
    };
    record.remember({event_row(record_noon, "step", "stepped")});
    CHECK(lines_after(1) == 1);
    const std::string log = directory / "record.sqlite-wal";
    std::filesystem::rename(log, log + ".kept");
    std::filesystem::create_symlink("/dev/null", log);  // is not followed
    record.remember({event_row(record_noon + 1s, "step", "stepped again")});
    CHECK(lines_after(2) == 1);
    std::filesystem::rename(log + ".kept", log);
    record.remember({event_row(record_noon + 2s, "step", "and again")});
    CHECK(lines_after(3) == 3);  // with what waited
    record.finish();
}

TEST_CASE(
    "what is due when the agent starts is tidied slice after slice, not one each five minutes") {
    const TemporaryDirectory directory;
    const WallTime hour = beginning_of(Resolution::hour, system::read_clocks().wall);
    REQUIRE(store::Recorder::open(directory.path())
                ->write(polled_rows(hour - 9h, 10s, 9 * 360)));  // more than one slice takes
    app::Config config;
    config.state.directory = directory.path();
    boost::asio::io_context loop;
    const auto goes_on = boost::asio::make_work_guard(loop);
    app::AgentRecord record(loop, config, [](const std::string&, std::uint64_t) {});
    REQUIRE(record.open());
    const auto file =
        store::Database::open(directory / "record.sqlite", store::Database::Access::read);
    const auto due = [&] {
        return file->number("SELECT count(*) FROM due WHERE resolution = 1").value();
    };
    REQUIRE(due() > 0);
    for (int turns = 0; due() > 0 && turns < 100; ++turns) loop.run_one_for(2s);
    CHECK(due() == 0);
    record.finish();
}
