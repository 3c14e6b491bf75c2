#include "app/measure.h"

#include <doctest/doctest.h>

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
    const Seconds age = system::read_clocks().steady - series.samples.front().at;
    CHECK(age.count() == doctest::Approx(598).epsilon(0.01));
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
