#include "publish/pusher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const SteadyTime start{1000s};
const PushAnswer good{.status = 204}, bad{.status = 400, .text = "unable to parse"};

/// A database that refuses some lines, and what it holds after everything was posted: each line
/// once, in order.
struct Database {
    std::vector<int> refuses;
    std::vector<int> has{}, set_aside{};

    const PushAnswer& answer_to(int line) const {
        return std::ranges::find(refuses, line) == refuses.end() ? good : bad;
    }
    /// How long it took.
    Seconds take_all(std::vector<int> lines, Pusher& pusher) {
        SteadyTime now = pusher.next();
        const SteadyTime begin = now;
        for (int posts = 0; !lines.empty() && posts < 2000; ++posts) {
            now = std::max(now, pusher.next());
            if (pusher.asks_newest()) {
                pusher.newest_answered(answer_to(lines.back()), now);
                continue;
            }
            const std::size_t count = std::min(pusher.lines(), lines.size());
            const std::vector<int> batch(lines.begin(), lines.begin() + std::ptrdiff_t(count));
            const bool faulty = std::ranges::any_of(
                batch, [&](int line) { return std::ranges::find(refuses, line) != refuses.end(); });
            switch (pusher.answered(faulty ? bad : good, count, count < lines.size(), now)) {
                case PushOutcome::kept:
                    continue;
                case PushOutcome::refused:
                    set_aside.push_back(batch.front());
                    break;
                case PushOutcome::arrived:
                    has.insert(has.end(), batch.begin(), batch.end());
                    break;
            }
            lines.erase(lines.begin(), lines.begin() + std::ptrdiff_t(count));
        }
        return now - begin;
    }
};

}  // namespace

TEST_CASE("while all is well posts are an interval apart, and at once while lines wait") {
    Pusher pusher({.interval = 10s, .splay = 0.5}, start);
    CHECK(pusher.next() == start + 5s);
    CHECK(pusher.answered(good, 5000, true, start + 6s) == PushOutcome::arrived);
    CHECK(pusher.next() == start + 6s);
    CHECK(pusher.answered(good, 12, false, start + 7s) == PushOutcome::arrived);
    CHECK(pusher.next() == start + 17s);
}

TEST_CASE(
    "an outage is tried again after 1 s, 2 s, and so on up to 5 min, and nothing is dropped") {
    Pusher pusher({.splay = 0.5}, start);
    SteadyTime now = start;
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s}) {
        CAPTURE(pause.count());
        CHECK(pusher.answered({.status = 503, .text = "down"}, 10, false, now) ==
              PushOutcome::kept);
        CHECK(pusher.next() == now + pause);
        CHECK(pusher.fault() == "503: down");
        now = pusher.next();
    }
    CHECK(pusher.answered(good, 10, false, now) == PushOutcome::arrived);
    CHECK(pusher.fault().empty());
}

TEST_CASE("what is about the place or the way keeps the lines, whatever its status") {
    for (const int status : {0, 301, 401, 403, 404, 408, 429, 500, 502, 503}) {
        CAPTURE(status);
        Pusher pusher({}, start);
        CHECK(pusher.answered({.status = status, .text = "x"}, 1, false, start) ==
              PushOutcome::kept);
        CHECK_FALSE(pusher.fault().empty());
        CHECK(pusher.next() > start);
    }
}

TEST_CASE("the other side is asked again when it says so, within an hour") {
    Pusher pusher({}, start);
    pusher.answered({.status = 429, .text = "slow", .retry_after = Seconds{42}}, 1, false, start);
    CHECK(pusher.next() == start + 42s);
    pusher.answered({.status = 429, .text = "slow", .retry_after = Seconds{1e9}}, 1, false, start);
    CHECK(pusher.next() == start + 3600s);
}

TEST_CASE("hosts with another splay come back at another moment") {
    Pusher one({.splay = 0}, start), other({.splay = 1}, start);
    one.answered({}, 1, false, start);
    other.answered({}, 1, false, start);
    CHECK(one.next() == start + 750ms);
    CHECK(other.next() == start + 1250ms);
}

TEST_CASE("a line that is refused is found and set aside; all others arrive once") {
    Pusher pusher({.lines = 100}, start);
    std::vector<int> lines(300), expected;
    for (int i = 0; i < 300; ++i) {
        lines[std::size_t(i)] = i;
        if (i != 7 && i != 8 && i != 250) expected.push_back(i);
    }
    Database database{.refuses = {7, 8, 250}};
    database.take_all(lines, pusher);
    CHECK(database.has == expected);
    CHECK(database.set_aside == std::vector<int>{7, 8, 250});
}

TEST_CASE("a batch that is too large is halved, and grows again") {
    Pusher pusher({.lines = 64}, start);
    CHECK(pusher.answered({.status = 413, .text = "large"}, 64, true, start) == PushOutcome::kept);
    CHECK(pusher.lines() == 32);
    CHECK(pusher.next() == start);
    pusher.answered(good, 32, true, start);
    CHECK(pusher.lines() == 64);
    pusher.answered(good, 64, true, start);
    CHECK(pusher.lines() == 64);
}

TEST_CASE("many lines on end that are refused hold up nothing behind them") {
    for (const bool in_order : {false, true}) {
        CAPTURE(in_order);
        Pusher pusher({.lines = 100, .in_order = in_order}, start);
        std::vector<int> lines(400), good_ones;
        Database database;
        for (int i = 0; i < 400; ++i) {
            lines[std::size_t(i)] = i;
            (i < 250 ? database.refuses : good_ones).push_back(i);
        }
        CHECK(database.take_all(lines, pusher) == Seconds{0});
        CHECK(database.has == good_ones);
        CHECK(database.set_aside == database.refuses);
    }
}

TEST_CASE("a place that refuses every line is given them slowly, and is said to") {
    Pusher pusher({.lines = 1}, start);
    for (int i = 0; i < Pusher::most_refused; ++i) {
        CHECK(pusher.answered(bad, 1, true, start) == PushOutcome::refused);
        CHECK_FALSE(pusher.asks_newest());
    }
    SteadyTime now = start;
    for (const auto pause : {750ms, 1500ms, 3000ms}) {
        pusher.answered(bad, 1, true, now);
        CHECK(pusher.next() == now);
        REQUIRE(pusher.asks_newest());
        pusher.newest_answered(bad, now);
        CHECK_FALSE(pusher.asks_newest());
        CHECK(pusher.next() == now + pause);
        CHECK(pusher.fault() == "every line is refused with 400: unable to parse");
        now = pusher.next();
    }
    pusher.answered(bad, 1, true, now);
    pusher.newest_answered(good, now);
    CHECK(pusher.next() == now);
    CHECK(pusher.fault().empty());
}

TEST_CASE("where no line may go before the others, a thousand refusals on end are the place's") {
    Pusher pusher({.lines = 1, .in_order = true}, start);
    for (int i = 0; i < Pusher::most_refused_in_order; ++i) pusher.answered(bad, 1, true, start);
    CHECK(pusher.next() == start);
    CHECK(pusher.fault().empty());
    pusher.answered(bad, 1, true, start);
    CHECK_FALSE(pusher.asks_newest());
    CHECK(pusher.next() > start);
    CHECK(pusher.fault() == "every line is refused with 400: unable to parse");
}

TEST_CASE("an outage while the newest line is asked says nothing about it") {
    Pusher pusher({.lines = 1}, start);
    for (int i = 0; i <= Pusher::most_refused; ++i) pusher.answered(bad, 1, true, start);
    pusher.newest_answered({.status = 503, .text = "down"}, start);
    CHECK(pusher.fault() == "503: down");
    CHECK(pusher.next() > start);
    CHECK_FALSE(pusher.asks_newest());
}

TEST_CASE("a conflict is about the lines") {
    Pusher pusher({}, start);
    CHECK(pusher.answered({.status = 409, .text = "x"}, 4, false, start) == PushOutcome::kept);
    CHECK(pusher.lines() == 2);
    CHECK(pusher.answered({.status = 409, .text = "x"}, 1, false, start) == PushOutcome::refused);
}
