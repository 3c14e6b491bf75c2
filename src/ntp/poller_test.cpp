#include "ntp/poller.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "ntp/kiss.h"
#include "tests/fakes/plain_aead.h"

namespace clockwright::ntp {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Endpoint ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return {.address = {.family = Family::ipv4, .bytes = {a, b, c, d}}, .port = 123};
}

const Endpoint stranger = ipv4(9, 9, 9, 9);
const Endpoint near = ipv4(127, 0, 1, 1);
const Now start{.wall = WallTime{seconds{1'795'000'000}}, .steady = SteadyTime{seconds{50}}};

/// A poller and a network that answers at once, or does not; only next_tick moves its clock.
struct Network {
    explicit Network(std::vector<Spent> remembered = {}) : budget({}, std::move(remembered)) {}

    TargetId add(const Endpoint& endpoint, int samples = 4, Seconds spacing = Seconds{0.25}) {
        return poller.add({.endpoint = endpoint, .samples = samples, .spacing = spacing}, now);
    }

    void run_until(nanoseconds end) {
        while (const auto next = poller.next_tick()) {
            if (*next > start.steady + end) {
                break;
            }
            const nanoseconds late = wakes < lateness.size() ? lateness[wakes] : nanoseconds{0};
            ++wakes;
            const nanoseconds by = std::max(*next - now.steady, nanoseconds{0}) + late;
            now = {.wall = now.wall + by, .steady = now.steady + by};
            Effects effects;
            poller.tick(now, effects);
            carry(effects);
        }
    }
    void run() { run_until(seconds{86'400}); }

    void carry(const Effects& effects) {
        for (const Send& send : effects.sends) {
            sent_at[send.target].push_back(Seconds{now.steady - start.steady}.count());
            cookies.insert(decode(send.bytes)->transmit.bits);
            poller.sent(send.target, now.wall);
            if (answers.contains(send.target)) {
                answer(send);
            }
        }
        for (const Finished& finished : effects.finished) {
            finished_at.emplace(finished.target, Seconds{now.steady - start.steady}.count());
            ++announcements;
        }
    }

    void answer(const Send& send) {
        const Timestamp here = to_timestamp(now.wall);
        const Packet reply{.mode = Mode::server,
                           .stratum = kiss == 0 ? std::uint8_t{1} : std::uint8_t{0},
                           .precision = -20,
                           .refid = kiss,
                           .origin = decode(send.bytes)->transmit,
                           .receive = here,
                           .transmit = here};
        Effects effects;
        poller.received(
            send.target,
            {.from = poller.target(send.target).endpoint, .t4 = now.wall, .at = now.steady},
            encode(reply), effects);
        carry(effects);
    }

    Now now = start;
    RateBudget budget;
    std::mt19937_64 random{7};
    Poller poller{budget, Self{}, [this] { return random(); }};
    std::vector<nanoseconds> lateness;  ///< of its wakes, one after the other; then none
    std::size_t wakes = 0;
    std::set<TargetId> answers;
    std::uint32_t kiss = 0;
    std::map<TargetId, std::vector<double>> sent_at;
    std::map<TargetId, double> finished_at;
    int announcements = 0;
    std::set<std::uint64_t> cookies;
};

TEST_CASE("sends go out at the spacing, whether replies come or not") {
    for (const bool answered : {true, false}) {
        CAPTURE(answered);
        Network network;
        const TargetId id = network.add(near);
        if (answered) {
            network.answers.insert(id);
        }
        network.run();
        CHECK(network.sent_at[id] == std::vector<double>{0, 0.25, 0.5, 0.75});
        CHECK(network.poller.series(id).sent == 4);
        CHECK(network.poller.series(id).samples.size() == (answered ? 4 : 0));
        CHECK(network.poller.series(id).rejections.size() == (answered ? 0 : 4));
        CHECK(network.finished_at[id] == (answered ? 0.75 : 2.25));
        CHECK(network.poller.done());
        CHECK(network.announcements == 1);
    }
}

TEST_CASE("a packet that leaves late does not move those after it, unless spacing is owed") {
    struct Case {
        Endpoint endpoint;
        Seconds spacing, owed;              ///< wanted, and what its operator asks for
        std::vector<nanoseconds> lateness;  ///< of its wakes
        std::vector<double> sent;
    };
    constexpr milliseconds none{0}, little{10}, more{60}, much{100};
    const std::vector<Case> cases{
        {near, Seconds{0.25}, Seconds{0}, {none, little}, {0, 0.26, 0.5, 0.75}},
        {near, Seconds{0.25}, Seconds{0}, {little}, {0.01, 0.25, 0.5, 0.75}},
        {near, Seconds{0.25}, Seconds{0}, {more}, {0.06, 0.25, 0.5, 0.75}},
        // Nor do they come in a row.
        {near, Seconds{0.25}, Seconds{0}, {none, much}, {0, 0.35, 0.6, 0.85}},
        {near, Seconds{0.25}, Seconds{0}, {much}, {0.1, 0.35, 0.6, 0.85}},
        {near, Seconds{0.25}, Seconds{0.5}, {none, little}, {0, 0.51, 1.01, 1.51}},
        {near, Seconds{0.25}, Seconds{0.5}, {little}, {0.01, 0.51, 1.01, 1.51}},
        {stranger, Seconds{2}, Seconds{0}, {none, much}, {0, 2.1, 4.1, 6.1}},
        {stranger, Seconds{2}, Seconds{0}, {much}, {0.1, 2.1, 4.1, 6.1}},
    };
    for (const Case& one : cases) {
        CAPTURE(one.sent);
        Network network;
        network.lateness = one.lateness;
        const TargetId id = network.poller.add(
            {.endpoint = one.endpoint, .spacing = one.spacing, .operator_spacing = one.owed},
            start);
        network.answers.insert(id);
        network.run();
        REQUIRE(network.sent_at[id].size() == one.sent.size());
        for (std::size_t i = 0; i < one.sent.size(); ++i)
            CHECK(network.sent_at[id][i] == doctest::Approx(one.sent[i]));
    }
}

TEST_CASE("a silent server costs its own time-out only") {
    Network network;
    const TargetId silent = network.add(ipv4(127, 0, 1, 2));
    const TargetId lively = network.add(near);
    network.answers = {lively};
    network.run();
    CHECK(network.finished_at[lively] == 0.75);
    CHECK(network.finished_at[silent] == 2.25);
}

TEST_CASE("every request has a cookie of its own") {
    Network network;
    for (std::uint8_t i = 1; i <= 50; ++i) {
        network.add(ipv4(127, 0, 1, i));
    }
    network.run();
    CHECK(network.cookies.size() == 200);
}

TEST_CASE("a cookie is never zero") {
    RateBudget budget;
    Poller poller(budget, Self{}, [] { return 0; });
    poller.add({.endpoint = near}, start);
    Effects effects;
    poller.tick(start, effects);
    REQUIRE(effects.sends.size() == 1);
    CHECK_FALSE(decode(effects.sends.front().bytes)->transmit.is_zero());
}

TEST_CASE("public addresses get what the manners allow, whatever the target says") {
    Network network;
    const TargetId id = network.add(stranger, 7, Seconds{0.01});
    network.answers.insert(id);
    network.run();
    CHECK(network.sent_at[id] == std::vector<double>{0, 2, 4, 6, 22, 38, 54});
}

TEST_CASE("the operator's spacing is kept") {
    Network network;
    const TargetId id = network.poller.add(
        {.endpoint = stranger, .spacing = Seconds{1}, .operator_spacing = Seconds{4}}, start);
    network.answers.insert(id);
    network.run();
    CHECK(network.sent_at[id] == std::vector<double>{0, 4, 8, 12});
}

TEST_CASE("two targets of one public address share its budget") {
    Network network;
    const TargetId one = network.add(stranger, 3, Seconds{2});
    const TargetId two = network.add({.address = stranger.address, .port = 1'123}, 3, Seconds{2});
    network.answers = {one, two};
    network.run();
    std::vector<double> all = network.sent_at[one];
    all.insert(all.end(), network.sent_at[two].begin(), network.sent_at[two].end());
    std::ranges::sort(all);
    CHECK(all == std::vector<double>{0, 2, 4, 6, 22, 38});
    CHECK(network.poller.done());
}

TEST_CASE("what an earlier run sent counts") {
    Network network({{.address = stranger.address,
                      .series_began = start.wall - seconds{20},
                      .last = start.wall - seconds{6},
                      .sent = 4}});
    const TargetId id = network.add(stranger, 2);
    network.answers.insert(id);
    network.run();
    CHECK(network.sent_at[id] == std::vector<double>{10, 26});
}

TEST_CASE("an address beyond the run's forty is not asked and ends without a packet") {
    Network network;
    for (std::uint8_t i = 1; i <= 41; ++i) {
        network.answers.insert(network.add(ipv4(9, 9, 9, i), 1));
    }
    network.run();
    CHECK(network.sent_at.size() == 40);
    CHECK(network.poller.series(40).sent == 0);
    CHECK(network.poller.done());
}

TEST_CASE("a public server that is silent three times on end is left alone") {
    Network network;
    const TargetId id = network.add(stranger, 4, Seconds{2});
    network.run();
    CHECK(network.poller.series(id).sent == 3);
    CHECK(network.finished_at[id] == 5.5);
}

TEST_CASE("a kiss with a valid origin ends the series") {
    Network network;
    network.kiss = kiss_code("RATE");
    const TargetId id = network.add(near);
    network.answers.insert(id);
    network.run();
    CHECK(network.poller.series(id).sent == 1);
    CHECK(network.poller.series(id).kiss == kiss_code("RATE"));
    CHECK(network.finished_at[id] == 0);
}

TEST_CASE("a refused port ends a near server's series at once") {
    Network network;
    const TargetId id = network.add(near);
    network.run_until(seconds{0});
    Effects effects;
    network.poller.failed(id, Rejection::refused, network.now, effects);
    REQUIRE(effects.finished.size() == 1);
    CHECK(effects.finished.front().target == id);
    CHECK(network.poller.series(id).rejections == std::vector{Rejection::refused});
    CHECK(network.poller.done());
    CHECK_FALSE(network.poller.next_tick().has_value());

    network.poller.failed(id, Rejection::refused, network.now, effects);
    CHECK(effects.finished.size() == 1);
}

TEST_CASE("a refused port costs a public server one probe each, and three end it") {
    Network network;
    const TargetId id = network.add(stranger, 6, Seconds{2});
    for (int i = 0; i < 3; ++i) {
        network.run_until(seconds{2 * i});
        CHECK_FALSE(network.poller.done());
        Effects effects;
        network.poller.failed(id, Rejection::refused, network.now, effects);
    }
    CHECK(network.poller.done());
    CHECK(network.poller.series(id).rejections == std::vector<Rejection>(3, Rejection::refused));
}

TEST_CASE("what had timed out before an error came stays a time-out") {
    Network network;
    const TargetId id = network.add(near, 2, Seconds{1});
    network.run_until(seconds{1});
    Effects effects;
    const Now late{.wall = start.wall + milliseconds{1'500},
                   .steady = start.steady + milliseconds{1'500}};
    network.poller.failed(id, Rejection::refused, late, effects);
    CHECK(network.poller.series(id).rejections ==
          std::vector{Rejection::time_out, Rejection::refused});
}

TEST_CASE("a target of no samples ends without a packet") {
    Network network;
    const TargetId id = network.add(near, 0);
    network.run();
    CHECK(network.sent_at.empty());
    CHECK(network.poller.series(id).sent == 0);
    CHECK(network.announcements == 1);
}

TEST_CASE("a target added later begins when it is added") {
    Network network;
    network.answers.insert(network.add(near));
    network.run();
    CHECK(network.poller.done());
    const TargetId late = network.add(ipv4(127, 0, 1, 2), 2);
    CHECK_FALSE(network.poller.done());
    network.run();
    CHECK(network.sent_at[late] == std::vector<double>{0.75, 1});
}

TEST_CASE("a target with NTS and a poller without an AEAD: not a packet leaves") {
    Network network;
    network.poller.add({.endpoint = near, .nts = NtsKeys{}}, start);
    network.run();
    CHECK(network.sent_at.empty());
    CHECK(network.poller.done());
    CHECK(network.announcements == 1);
}

TEST_CASE("a target whose cookies are used up ends, and spends nothing of its budget") {
    const PlainAead aead;
    RateBudget budget;
    Poller poller(budget, Self{}, [] { return 7; }, Seconds{1.5}, &aead);
    NtsKeys keys;
    keys.to_server = keys.to_client = std::vector<std::uint8_t>(32);
    keys.cookies.assign(1, std::vector<std::uint8_t>(100));
    const TargetId id = poller.add({.endpoint = near, .spacing = Seconds{0}, .nts = keys}, start);
    Effects effects;
    poller.tick(start, effects);
    poller.tick(start, effects);
    REQUIRE(effects.sends.size() == 1);
    CHECK(std::span<const std::uint8_t>(effects.sends[0].bytes).size() > header_size);
    poller.tick({.wall = start.wall + seconds{2}, .steady = start.steady + seconds{2}}, effects);
    CHECK(poller.done());
    CHECK(poller.series(id).sent == 1);
    CHECK(poller.nts(id)->keys().cookies.empty());
}

TEST_CASE("a thousand targets wake the caller only when something is due") {
    Network network;
    for (std::size_t i = 0; i < 1'000; ++i) {
        const TargetId id = network.add(
            ipv4(127, 1, static_cast<std::uint8_t>(i / 250), static_cast<std::uint8_t>(i % 250)));
        if (i % 10 != 0) {
            network.answers.insert(id);
        }
    }
    std::vector<double> wakes;
    while (const auto next = network.poller.next_tick()) {
        wakes.push_back(Seconds{*next - start.steady}.count());
        network.run_until(*next - start.steady);
    }
    CHECK(wakes == std::vector<double>{0, 0.25, 0.5, 0.75, 1.5, 1.75, 2, 2.25});
    CHECK(network.poller.done());
    CHECK(network.announcements == 1'000);
}

}  // namespace
}  // namespace clockwright::ntp
