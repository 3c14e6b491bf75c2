#include "watch/server_watch.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

/// A server polled every 64 s whose error and delay the test decides.
struct Run {
    ServerWatch watch;
    SteadyTime at{1000s};
    Seconds consensus{0};  ///< what all servers say of this clock

    std::optional<ServerChange> poll(Seconds error, Seconds delay = 10ms) {
        at += 64s;
        Sample sample;
        sample.at = at;
        sample.offset = consensus + error;
        sample.delay = delay;
        watch.answered(sample);
        return watch.compared(error);
    }
    void settle(int polls = 10) {
        for (int i = 0; i < polls; ++i) CHECK_FALSE(poll(Seconds{(i % 3) * 20e-6}).has_value());
    }
};

}  // namespace

TEST_CASE("a server whose time jumps while its delay stays has stepped") {
    Run run;
    run.settle();
    CHECK_FALSE(run.poll(840ms));
    CHECK_FALSE(run.poll(840ms));
    const auto change = run.poll(840ms);
    REQUIRE(change);
    CHECK(change->kind == ServerChange::Kind::step);
    CHECK(change->shift.count() == doctest::Approx(0.84).epsilon(0.001));
    CHECK(change->since == run.at - 128s);
    CHECK(run.watch.series({}).samples.size() == 3);  // what was before it is forgotten
    CHECK_FALSE(run.poll(840ms));                     // told once
}

TEST_CASE("an offset that moves by half of what the delay gained is the path") {
    Run run;
    run.settle();
    static_cast<void>(run.poll(20ms, 50ms));
    static_cast<void>(run.poll(20ms, 50ms));
    const auto change = run.poll(20ms, 50ms);
    REQUIRE(change);
    CHECK(change->kind == ServerChange::Kind::path);
    CHECK(change->delay_shift.count() == doctest::Approx(0.04));
}

TEST_CASE("one or two stray samples are weather") {
    Run run;
    run.settle();
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(run.poll(30ms, 70ms));
        CHECK_FALSE(run.poll(-30ms, 70ms));
        CHECK_FALSE(run.poll(0ms));
    }
}

TEST_CASE("a step of this host's clock is no change of a server") {
    Run run;
    run.settle();
    run.watch.clock_moved(5s);  // the clock went forward: everything is 5 s behind it now
    run.consensus = -5s;
    for (int i = 0; i < 8; ++i) CHECK_FALSE(run.poll(0ms));
    for (const Sample& sample : run.watch.series({}).samples) {
        CHECK(sample.offset.count() == doctest::Approx(-5).epsilon(0.001));
    }
}

TEST_CASE("reach is judged by the polls there were") {
    Run run;
    static_cast<void>(run.poll(0ms));
    static_cast<void>(run.poll(0ms));
    CHECK(run.watch.polls() == 2);
    CHECK(run.watch.reach() == 3);
    Series series = run.watch.series({});
    CHECK(series.sent == 2);
    run.watch.lost(run.at + 64s, Rejection::time_out);
    CHECK(run.watch.reach() == 6);
    series = run.watch.series({});
    CHECK(series.sent == 3);
    CHECK(series.rejections == std::vector{Rejection::time_out});
}

TEST_CASE("samples older than the window are not judged any more") {
    Run run;
    run.settle(6);
    CHECK(run.watch.series(run.at - 64s).samples.size() == 2);
    CHECK(run.watch.series(run.at + 1s).samples.empty());
}
