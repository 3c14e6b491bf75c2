#include "watch/poll_register.h"

#include <doctest/doctest.h>

#include <random>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

/// A daemon that polls each 64 s and loses what `is_lost` says, looked at each `rest`: how many of
/// its polls were lost and how many of the looks saw that.
struct Seen {
    int polls = 0, lost = 0, told = 0;
};

template <class IsLost>
Seen watch(std::chrono::nanoseconds rest, std::chrono::nanoseconds length, IsLost is_lost) {
    Seen seen;
    PollRegister polls;
    std::uint8_t reach = 0xff;
    SteadyTime now{1000s}, next_poll = now + 30s;
    const SteadyTime end = now + length;
    polls.lost(reach, Seconds{64}, now);
    for (; now < end; now += rest) {
        for (; next_poll <= now; next_poll += 64s) {
            const bool gone = is_lost(seen.polls++);
            seen.lost += gone ? 1 : 0;
            reach = static_cast<std::uint8_t>(reach << 1U | (gone ? 0U : 1U));
        }
        seen.told += polls.lost(reach, Seconds{64}, now) ? 1 : 0;
    }
    return seen;
}

}  // namespace

TEST_CASE("every lost poll is told when looks are more frequent than polls") {
    std::mt19937 random(4);
    for (const auto rest : {1s, 10s, 25s}) {
        const Seen seen = watch(rest, 24h, [&](int) { return random() % 3 == 0; });
        CHECK(seen.polls > 1300);
        CHECK(seen.lost > 400);
        CHECK(std::abs(seen.told - seen.lost) <= 4);
    }
}

TEST_CASE("a server that never answers loses each poll, by the time alone") {
    const Seen seen = watch(10s, 24h, [](int) { return true; });
    CHECK(std::abs(seen.told - seen.lost) <= 1);
    CHECK(watch(10s, 24h, [](int) { return false; }).told == 0);
}

TEST_CASE("looked at seldom, the share that is lost stays true") {
    std::mt19937 random(5);
    const Seen seen = watch(30min, 30 * 24h, [&](int) { return random() % 4 == 0; });
    const double looks = 30 * 48;
    CHECK(seen.told / looks == doctest::Approx(0.25).epsilon(0.2));
}

TEST_CASE("a daemon that was started anew has lost nothing") {
    PollRegister polls;
    CHECK_FALSE(polls.lost(0xff, Seconds{64}, SteadyTime{0s}));
    CHECK_FALSE(polls.lost(0x00, Seconds{64}, SteadyTime{10s}));
    CHECK_FALSE(polls.lost(0x0f, Seconds{64}, SteadyTime{20s}));
    CHECK(polls.lost(0x1e, Seconds{64}, SteadyTime{80s}));
    polls.forget();
    CHECK_FALSE(polls.lost(0x00, Seconds{64}, SteadyTime{144s}));
}
