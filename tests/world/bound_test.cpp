// Rules D-1 … D-5 in virtual time: the true error of a clock lies within E at every moment, while
// its daemon follows honest servers and while nobody corrects it.
#include "steer/bound.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

#include "lab/generated_worlds.h"
#include "lab/server.h"
#include "steer/wander.h"
#include "tests/world/oscillator.h"

namespace clockwright::worlds {
namespace {

constexpr double poll = 64;

/// A daemon that follows one server: each sample corrects the phase, and a tenth of what that
/// leaves over the poll corrects the rate.
class Follower {
  public:
    /// It knows the crystal's rate as its drift file does: within a few ppm.
    Follower(const lab::ServerSpec& server, std::uint64_t seed, double rate)
        : server_(server), lab_(server, seed), random_(seed), frequency_(2 - rate) {}

    void pass(double rate) { error_ += (rate + frequency_) * 1e-6; }

    void ask(double t) {
        std::exponential_distribution<double> queue(1 / server_.jitter.count());
        const double out = server_.delay_out.count() + queue(random_);
        const double back = server_.delay_back.count() + queue(random_);
        const double offset = lab_.error_at(Seconds{t}).count() - error_ + (out - back) / 2;
        if (asked_) {
            const double correction = 0.1 * offset / (t - *asked_) * 1e6;
            frequency_ += correction;
            skew_ = 0.9 * skew_ + 0.1 * (1 + 30 * std::abs(correction));
        }
        error_ += offset;
        delay_ = out + back;
        asked_ = t;
    }

    /// `by_skew`: its dispersion grows with its own skew; else it stands still.
    DaemonReading reading(double t, bool by_skew) const {
        const Seconds age{t - *asked_};
        DaemonReading reading{.root_dispersion = server_.root_dispersion,
                              .root_delay = server_.root_delay + Seconds{delay_},
                              .age = age,
                              .grows = std::nullopt,
                              .holdover = age.count() > 3 * poll};
        if (by_skew) {
            reading.grows = Ppm{skew_};
            reading.root_dispersion += growth(age, *reading.grows);
        }
        return reading;
    }

    bool began() const { return asked_.has_value(); }
    double error() const { return error_; }
    Ppm frequency() const { return Ppm{frequency_}; }

  private:
    lab::ServerSpec server_;
    lab::Server lab_;
    std::mt19937_64 random_;
    std::optional<double> asked_;
    double frequency_, delay_ = 0, error_ = 0.2, skew_ = 20;
};

struct Tally {
    long moments = 0, holdover = 0, outside = 0, sharper = 0;
};

bool is_away(double t) {
    return (t > 8 * 3600 && t < 9 * 3600) || (t > 20 * 3600 && t < 24 * 3600);
}

/// 26 h of one world, looked at each second.
void live(std::uint64_t seed, bool by_skew, Tally& tally) {
    const lab::GeneratedWorld made = lab::generate_world(seed, {.least_false = 0, .most_false = 0});
    // The nearest: its delay leaves the least room for what the clock does meanwhile.
    lab::ServerSpec spec =
        *std::ranges::min_element(made.world.servers, {}, &lab::ServerSpec::delay_out);
    // Honest for all of 26 h: worlds are made for two, after which its drift exceeds what it
    // admits.
    spec.step_at = spec.dies_at = Seconds{-1};
    spec.drift = Ppm{};
    Oscillator crystal(seed, {});
    Follower daemon(spec, seed, crystal.rate(0));
    std::vector<FrequencyPoint> record;
    std::optional<Ppm> wandered;
    for (int second = 0; second < 26 * 3600; ++second) {
        const double t = second;
        const bool due = second % static_cast<int>(poll) == 0;
        if (due && !is_away(t)) daemon.ask(t);
        if (due && daemon.began() && !is_away(t))
            record.push_back({WallTime{} + std::chrono::seconds{second}, daemon.frequency()});
        daemon.pass(crystal.rate(t));
        if (!daemon.began()) continue;
        const DaemonReading reading = daemon.reading(t + 1, by_skew);
        if (!reading.holdover) wandered.reset();
        if (reading.holdover && due) wandered = wander(record, reading.age);
        const ErrorBound bound = bound_of(reading, wandered);
        ++tally.moments;
        if (reading.holdover) ++tally.holdover;
        if (reading.holdover && bound.drift < Ppm{15}) ++tally.sharper;
        if (std::abs(daemon.error()) > bound.total().count()) ++tally.outside;
    }
}

TEST_CASE("UTC lies within the bound at every one of a million moments, holdover included") {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) live(seed, seed % 3 != 0, tally);
    MESSAGE(tally.moments << " moments, " << tally.holdover << " in holdover, " << tally.sharper
                          << " of them by the record; outside: " << tally.outside);
    CHECK(tally.moments > 1'000'000);
    CHECK(tally.holdover > 100'000);
    CHECK(tally.sharper > 10'000);
    CHECK(tally.outside == 0);
}

}  // namespace
}  // namespace clockwright::worlds
