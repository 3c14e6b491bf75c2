#include "app/agent_record.h"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>

#include "publish/roll_up.h"
#include "store/database.h"
#include "system/clock.h"
#include "tests/fakes/record_rows.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;

TEST_CASE("samples wait for those of the next cycles, and for nothing else") {
    const TemporaryDirectory directory;
    app::Config config;
    config.state.directory = directory.path();
    boost::asio::io_context loop;
    const auto goes_on = boost::asio::make_work_guard(loop);
    int writes = 0;
    app::AgentRecord record(loop, config, [&](const std::string&, std::uint64_t) { ++writes; });
    REQUIRE(record.open());
    const auto file =
        store::Database::open(directory / "record.sqlite", store::Database::Access::read);
    const auto samples = [&] { return file->number("SELECT count(*) FROM sample").value(); };
    const auto samples_after = [&](int number) {
        for (int turns = 0; writes < number && turns < 100; ++turns) loop.run_one_for(2s);
        return samples();
    };
    record.remember({sample_row(record_noon, "ntp1")});
    CHECK(samples_after(1) == 1);  // the first at once
    record.remember({sample_row(record_noon + 4s, "ntp1"), clock_row(record_noon + 4s)});
    record.remember({sample_row(record_noon + 8s, "ntp1")});
    CHECK(samples() == 1);
    record.remember({event_row(record_noon + 9s, "step", "stepped")});
    CHECK(samples_after(2) == 3);
    record.remember({sample_row(record_noon + 12s, "ntp1")});
    record.finish();  // the end of the agent
    CHECK(samples() == 4);
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
