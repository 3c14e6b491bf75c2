// A clock without a daemon, steered by the servo in virtual time: docs/discipline.md has the
// numbers.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

#include "steer/servo.h"
#include "tests/world/oscillator.h"

namespace clockwright::worlds {
namespace {

constexpr int poll = 64, hour = 3600, day = 86400;

/// A kernel's clock: a crystal, a rate that is added to it, and a slew of 500 ppm at most.
class VirtualClock {
  public:
    VirtualClock(std::uint64_t seed, const Restlessness& restless, double slow)
        : crystal_(seed, restless), slow_(slow) {}

    void pass(int t) {
        rate_ = crystal_.rate(t);
        const double slewed = std::clamp(setting_.outstanding.count(), -500e-6, 500e-6);
        setting_.outstanding -= Seconds{slewed};
        gained_ += (rate_ + setting_.frequency.value) * 1e-6 + slewed;
    }

    /// What must be added to it.
    double slow() const { return slow_ - gained_; }
    double wrong_rate() const { return rate_ + setting_.frequency.value; }
    const ClockSetting& setting() const { return setting_; }
    void steer(const ClockSetting& setting) { setting_ = setting; }
    void step(double by) { gained_ += by; }
    /// The steady clock is slewed with the other, as the kernel's is.
    Now now(int t) const {
        const auto since = std::chrono::seconds{t} + to_nanoseconds(Seconds{gained_});
        return {WallTime{} + std::chrono::hours{500'000} + since, SteadyTime{} + since};
    }

  private:
    Oscillator crystal_;
    ClockSetting setting_;
    double slow_, gained_ = 0, rate_ = 0;
};

/// Four servers behind one path.
struct Network {
    double delay = 0.5e-3, queue = 20e-6;  ///< one way: floor, and mean of what comes on top
    int step_at = -1;                      ///< from then on the way back takes `step` longer
    double step = 0;
    int gone_from = -1, gone_to = -1;
};

struct Answer {
    double offset, delay;
};

Answer ask(const Network& network, const VirtualClock& clock, int t, std::mt19937_64& random) {
    std::exponential_distribution<double> queue(1 / network.queue);
    const double out = network.delay + queue(random);
    const double back = network.delay + queue(random) +
                        (network.step_at >= 0 && t >= network.step_at ? network.step : 0);
    return {clock.slow() + (out - back) / 2, out + back};
}

std::optional<ServoEvidence> consensus(const Network& network, const VirtualClock& clock, int t,
                                       std::mt19937_64& random) {
    if (t >= network.gone_from && t < network.gone_to) return std::nullopt;
    std::array<Answer, 4> answers;
    for (Answer& answer : answers) answer = ask(network, clock, t, random);
    std::ranges::sort(answers, {}, &Answer::offset);
    std::array<double, 4> delays;
    std::ranges::transform(answers, delays.begin(), &Answer::delay);
    return ServoEvidence{Seconds{(answers[1].offset + answers[2].offset) / 2},
                         Seconds{std::ranges::max(delays) / 2}};
}

/// Its error and that of its rate, second by second.
struct Life {
    std::vector<double> error, rate;

    double worst(int from, int to) const {
        double most = 0;
        for (int t = from; t < to; ++t) most = std::max(most, std::abs(error[at(t)]));
        return most;
    }
    double rms(int from, int to) const {
        double sum = 0;
        for (int t = from; t < to; ++t) sum += error[at(t)] * error[at(t)];
        return std::sqrt(sum / (to - from));
    }
    double worst_rate(int from, int to) const {
        double most = 0;
        for (int t = from; t < to; ++t) most = std::max(most, std::abs(rate[at(t)]));
        return most;
    }
    static std::size_t at(int t) { return static_cast<std::size_t>(t); }
};

struct Begin {
    std::uint64_t seed = 1;
    Restlessness restless;
    double slow = 0.05;
    std::optional<ServoMemory> memory = std::nullopt;
};

Life disciplined(const Begin& begin, const Network& network, int length) {
    VirtualClock clock(begin.seed, begin.restless, begin.slow);
    std::mt19937_64 random(begin.seed + 1000);
    Servo servo(begin.memory);
    Life life;
    for (int t = 0; t < length; ++t) {
        if (t % poll == 0) {
            const auto set = servo.look({.now = clock.now(t),
                                         .slept = {},
                                         .shows = clock.setting(),
                                         .hand = {},
                                         .evidence = consensus(network, clock, t, random)});
            if (set) clock.steer(*set);
        }
        clock.pass(t);
        life.error.push_back(clock.slow());
        life.rate.push_back(clock.wrong_rate());
    }
    CHECK(servo.let_go() == "");
    return life;
}

/// What many small clients do: ask one server, set the clock by what it says, know nothing of
/// rates.
Life simple_loop(const Begin& begin, const Network& network, int length) {
    VirtualClock clock(begin.seed, begin.restless, begin.slow);
    std::mt19937_64 random(begin.seed + 1000);
    Life life;
    for (int t = 0; t < length; ++t) {
        if (t % poll == 0 && !(t >= network.gone_from && t < network.gone_to))
            clock.step(ask(network, clock, t, random).offset);
        clock.pass(t);
        life.error.push_back(clock.slow());
        life.rate.push_back(clock.wrong_rate());
    }
    return life;
}

constexpr Restlessness calm{.walk = 0.0004, .warmth = 0.1};
constexpr Restlessness warm{.walk = 0.0004, .warmth = 1};
constexpr Restlessness restless{.walk = 0.003, .warmth = 2, .flicker = 0.02};
constexpr Network internet{.delay = 15e-3, .queue = 1e-3};

bool told() {
    return std::getenv("CLOCKWRIGHT_NUMBERS") != nullptr;
}

TEST_CASE("after an hour of a quiet network the rate is right to 0.1 ppm and the clock to 50 µs") {
    double rate = 0, error = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        const Life life = disciplined({.seed = seed, .restless = calm}, {}, 2 * hour);
        rate = std::max(rate, life.worst_rate(hour, 2 * hour));
        error = std::max(error, life.worst(hour, 2 * hour));
    }
    if (told()) std::cerr << "quiet: " << rate << " ppm, " << error << " s\n";
    CHECK(rate < 0.1);
    CHECK(error < 50e-6);
}

TEST_CASE("it comes to the truth from one side, and never swings") {
    for (const double slow : {0.05, -0.05, 1.5}) {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CAPTURE(slow);
            CAPTURE(seed);
            const Life life =
                disciplined({.seed = seed, .restless = warm, .slow = slow}, {}, 6 * hour);
            // What the unknown rate adds until it is known is no swing: 100 ppm for five polls.
            const double side = slow > 0 ? -1 : 1;
            for (int t = 0; t < 6 * hour; ++t)
                REQUIRE(side * life.error[Life::at(t)] < 100e-6 * 5 * poll);
            const double first = life.worst(2 * hour, 3 * hour);
            for (int h = 3; h < 6; ++h) CHECK(life.worst(h * hour, (h + 1) * hour) < 3 * first);
        }
    }
}

TEST_CASE("it beats a loop that asks one server, on every kind of network and crystal") {
    struct Row {
        const char* name;
        Restlessness restless;
        Network network;
        double least;  ///< ratio of the RMS errors
    };
    for (const Row& row : {Row{"quiet, calm", calm, {}, 10}, Row{"quiet, warm", warm, {}, 10},
                           Row{"internet, warm", warm, internet, 4},
                           Row{"internet, restless", restless, internet, 3}}) {
        CAPTURE(row.name);
        double ours = 0, theirs = 0, worst = 0, their_worst = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const Begin begin{.seed = seed, .restless = row.restless};
            const Life good = disciplined(begin, row.network, day);
            const Life simple = simple_loop(begin, row.network, day);
            ours += std::pow(good.rms(hour, day), 2);
            theirs += std::pow(simple.rms(hour, day), 2);
            worst = std::max(worst, good.worst(hour, day));
            their_worst = std::max(their_worst, simple.worst(hour, day));
        }
        if (told())
            std::cerr << row.name << ": " << std::sqrt(ours / 20) << " s RMS, worst " << worst
                      << "; the loop " << std::sqrt(theirs / 20) << ", worst " << their_worst
                      << "\n";
        CHECK(std::sqrt(theirs / ours) > row.least);
        CHECK(worst < their_worst);
    }
}

TEST_CASE("a path that becomes slower one way moves the clock by half of it, and no more") {
    Network network = internet;
    network.step_at = 6 * hour;
    network.step = 10e-3;
    const Life life = disciplined({.seed = 3, .restless = warm}, network, 12 * hour);
    const double before = life.worst(hour, 6 * hour);
    const double after = life.worst(6 * hour, 12 * hour);
    if (told()) std::cerr << "path: " << before << " s, then " << after << "\n";
    CHECK(before < 1e-3);
    CHECK(after < 5e-3 + 2 * before);
}

TEST_CASE("a day without a network costs what the crystal wanders, and is slewed back") {
    double worst = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Network network;
        network.gone_from = 12 * hour;
        network.gone_to = 36 * hour;
        const Life life = disciplined({.seed = seed, .restless = warm}, network, 48 * hour);
        worst = std::max(worst, life.worst(12 * hour, 36 * hour));
        CHECK(life.worst(39 * hour, 48 * hour) < 200e-6);
    }
    if (told()) std::cerr << "a day alone: " << worst << " s\n";
    CHECK(worst < 0.3);  // 15 ppm would be 1.3 s
}

TEST_CASE("what is remembered of the rate is worth an hour") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        CAPTURE(seed);
        const double rate = Oscillator(seed, calm).rate(0);
        const Begin cold{.seed = seed, .restless = calm, .slow = 0};
        Begin known = cold;
        known.memory = ServoMemory{Ppm{-rate + 0.05}, Ppm{0.1}};
        CHECK(disciplined(known, {}, hour).worst(0, hour) < 100e-6);
        CHECK(disciplined(known, {}, hour).worst(0, 600) <=
              disciplined(cold, {}, hour).worst(0, 600));
    }
}

}  // namespace
}  // namespace clockwright::worlds
