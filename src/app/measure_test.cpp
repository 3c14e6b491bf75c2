#include "app/measure.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "app/judgement.h"
#include "app/scan_memory.h"
#include "store/block_list.h"
#include "store/memory.h"
#include "system/clock.h"
#include "tests/fakes/asked_stranger.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

TEST_CASE("a stranger asked within the hour is not asked again: what it answered serves") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    REQUIRE(store::save(config.state.directory, asked(10min, true)).has_value());
    const auto measured = measure({public_candidate()}, config, {});
    REQUIRE(measured.has_value());
    CHECK(measured->packets == 0);
    CHECK_FALSE(measured->fresh);
    const Series& series = measured->candidates.front().series;
    REQUIRE(series.samples.size() == 1);
    CHECK(series.samples.front().offset == Seconds{0.001});
    CHECK(std::abs(series.samples.front().dispersion.count() - 598 * phi) < 1e-4);
    REQUIRE(measured->notes.size() == 1);
    const std::string& note = measured->notes.front();
    CHECK(
        note.starts_with("1 server was asked within the hour and is not asked again: what it "
                         "answered 9 min "));
    CHECK(note.ends_with(" ago serves, 9.0 ms less certain."));
}

TEST_CASE("what was heard before the clock was set is told as the clock that is set would see it") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    store::Memory memory = asked(10min, true);
    memory.series.front().series.samples.front().offset = Seconds{5.001};
    memory.series.front().at -= 5s;
    memory.series.front().booted -= 5s;
    REQUIRE(store::save(config.state.directory, memory).has_value());
    const auto measured = measure({public_candidate()}, config, {});
    REQUIRE(measured.has_value());
    const Series& series = measured->candidates.front().series;
    REQUIRE(series.samples.size() == 1);
    CHECK(std::abs((series.samples.front().offset - Seconds{0.001}).count()) < 1e-4);
    CHECK(std::abs(series.samples.front().dispersion.count() - 598 * phi) < 1e-4);
    REQUIRE(measured->notes.size() == 1);
    CHECK(measured->notes.front().ends_with(
        " This clock was moved by +5.0 s since, which is taken off."));
}

TEST_CASE("what was heard before the clock's rate was changed tells nothing: it may be slewed") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    store::Memory memory = asked(10min, true);
    memory.series.front().rate->value += 100;
    REQUIRE(store::save(config.state.directory, memory).has_value());
    const auto measured = measure({public_candidate()}, config, {});
    REQUIRE(measured.has_value());
    CHECK(measured->candidates.front().series.samples.empty());
    CHECK(measured->candidates.front().not_asked_why.contains("this clock was slewed since"));
    memory.series.front().rate.reset();  // by a service, which may not ask for it
    REQUIRE(store::save(config.state.directory, memory).has_value());
    CHECK(measure({public_candidate()}, config, {})->candidates.front().series.samples.size() == 1);
}

TEST_CASE("what was heard more than an hour ago does not serve, whoever is being asked now") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    store::Memory memory = asked(10min, false);  // by a run that is at it, or was killed
    memory.series = asked(26h, true).series;
    REQUIRE(store::save(config.state.directory, memory).has_value());
    const auto measured = measure({public_candidate()}, config, {});
    REQUIRE(measured.has_value());
    CHECK(measured->candidates.front().series.samples.empty());
    CHECK(measured->candidates.front().not_asked_why.contains("what it answered is not known"));
}

TEST_CASE("what was heard before this boot tells nothing of the clock as it is now") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    for (const char* boot : {"another", ""}) {
        CAPTURE(boot);
        store::Memory memory = asked(10min, true);
        memory.series.front().boot = boot;
        REQUIRE(store::save(config.state.directory, memory).has_value());
        const auto measured = measure({public_candidate()}, config, {});
        REQUIRE(measured.has_value());
        const Candidate& candidate = measured->candidates.front();
        CHECK(candidate.series.samples.empty());
        CHECK(candidate.not_asked == Rejection::time_out);
        CHECK(candidate.not_asked_why == "asked less than an hour ago, before this boot");
    }
}

TEST_CASE(
    "public servers that were asked half an hour ago agree with own ones that are asked now") {
    const TemporaryDirectory directory;
    const Now now = system::read_clocks();
    std::mt19937 luck(7);
    std::normal_distribution<double> jitter(0, 0.5e-3);
    const auto series_from = [&](SteadyTime first, std::chrono::milliseconds spacing, Seconds delay,
                                 double noise) {
        Series series;
        series.sent = 4;
        for (int i = 0; i < 4; ++i) {
            Sample sample;
            sample.at = first + i * spacing;
            sample.offset = Seconds{noise * jitter(luck)};
            sample.delay = delay;
            sample.root_dispersion = Seconds{0.001};
            sample.stratum = 2;
            series.samples.push_back(sample);
        }
        return series;
    };
    store::Memory memory;
    std::vector<Candidate> candidates;
    for (int i = 0; i < 8; ++i) {
        Candidate candidate;
        const bool is_public = i < 5;
        candidate.address =
            parse_address(fmt::format("{}.{}.7", is_public ? "198.51" : "192.168", i));
        candidate.source.host.name = candidate.source.as_written = to_string(*candidate.address);
        if (is_public) {
            memory.series.push_back(remembered(
                *candidate.address, series_from(SteadyTime{}, 2s, Seconds{0.010}, 1), 30min));
        } else {
            candidate.series = series_from(now.steady, 250ms, Seconds{0.0003}, 0.01);
        }
        candidates.push_back(candidate);
    }
    REQUIRE(store::save(directory.path(), memory));
    const ScanMemory known(directory.path());
    for (std::size_t i = 0; i < 5; ++i)
        REQUIRE(known.recall(candidates[i], {*candidates[i].address, 123}, now));
    const Judged judged = judge(candidates, {}, {});
    const Consensus& consensus = judged.selection.consensus;
    CHECK(consensus.agreeing == 8);
    CHECK(std::abs(consensus.offset.count()) < 0.001);
}

TEST_CASE("a stranger asked within the hour whose answer is lost is named, not asked") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    REQUIRE(store::save(config.state.directory, asked(59min, false)).has_value());
    const auto measured = measure({public_candidate()}, config, {});
    REQUIRE(measured.has_value());
    CHECK(measured->packets == 0);
    CHECK(measured->candidates.front().not_asked.has_value());
    CHECK(measured->candidates.front().not_asked_why.find("less than an hour ago") !=
          std::string::npos);
}

TEST_CASE("a blocked server gets no packet and says until when and why") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    REQUIRE(store::change_block_list(config.state.directory, [](BlockList& list) {
        block_by_user(list, {to_string(stranger)}, "moved away",
                      system::read_clocks().wall + std::chrono::hours(1),
                      system::read_clocks().wall);
    }));
    Candidate candidate = public_candidate();
    candidate.source.origin.kind = Origin::Kind::hosts;
    const auto measured = measure({candidate}, config, {});
    REQUIRE(measured.has_value());
    CHECK(measured->packets == 0);
    CHECK(measured->asked.empty());
    CHECK(measured->candidates.front().not_asked == Rejection::refused);
    CHECK(measured->candidates.front().blocked_by_user);
    const std::string& why = measured->candidates.front().not_asked_why;
    CHECK(why.starts_with("blocked until 2"));
    CHECK(why.ends_with("because the user said so: moved away"));
}

TEST_CASE("a faulty block list stops a scan before it sends anything") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    directory.write("block-list.json", "{");
    CHECK(measure({public_candidate()}, config, {}).error().fault == Fault::bad_input);
}

TEST_CASE("a stranger is not asked where what is sent cannot be remembered, named or not") {
    const TemporaryDirectory directory;
    directory.write("file", "");
    directory.write("memory.json", "{");
    for (const std::string& state : {directory / "file/state", directory.path()}) {
        CAPTURE(state);
        Config config;
        config.state.directory = state;
        Candidate named = public_candidate();
        named.source.origin.kind = Origin::Kind::command_line;
        const auto measured = measure({named}, config, {});
        if (!measured) {  // the block list could not be read either
            CHECK(state != directory.path());
            continue;
        }
        CHECK(measured->packets == 0);
        CHECK(measured->candidates.front().not_asked == Rejection::refused);
        CHECK(measured->candidates.front().not_asked_why.contains("cannot be remembered"));
    }
}
