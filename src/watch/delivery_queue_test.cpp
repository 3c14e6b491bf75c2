#include "watch/delivery_queue.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

Alert alert_named(std::string rule, AlertSeverity severity = AlertSeverity::warning) {
    Alert alert;
    alert.rule = std::move(rule);
    alert.severity = severity;
    return alert;
}

}  // namespace

TEST_CASE("alerts are delivered in their order, one at a time") {
    DeliveryQueue queue;
    const SteadyTime now{100s};
    CHECK(queue.take(now).empty());
    queue.push(alert_named("a"));
    queue.push(alert_named("b"));
    CHECK(queue.take(now).at(0).rule == "a");
    CHECK(queue.take(now).empty());
    CHECK(queue.size() == 2);
    queue.done(Delivery::arrived, now);
    CHECK(queue.take(now).at(0).rule == "b");
    queue.done(Delivery::arrived, now);
    CHECK(queue.size() == 0);
    CHECK_FALSE(queue.next().has_value());
}

TEST_CASE("a failed delivery is tried again after 10 s, 20 s, and so on up to 10 min") {
    DeliveryQueue queue;
    queue.push(alert_named("a"));
    SteadyTime now{1000s};
    for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s, 600s}) {
        CAPTURE(pause.count());
        REQUIRE_FALSE(queue.take(now).empty());
        queue.done(Delivery::failed, now);
        CHECK(queue.next() == now + pause);
        CHECK(queue.take(now + pause - 1s).empty());
        now += pause;
    }
    REQUIRE_FALSE(queue.take(now).empty());
    queue.done(Delivery::arrived, now);
    CHECK(queue.failures() == 0);
    queue.push(alert_named("b"));
    CHECK_FALSE(queue.take(now).empty());
}

TEST_CASE("who asks to be left alone for a while is, for an hour at most") {
    DeliveryQueue queue;
    queue.push(alert_named("a"));
    const SteadyTime now{1000s};
    REQUIRE_FALSE(queue.take(now).empty());
    queue.done(Delivery::way_failed, now, Seconds{120});
    CHECK(queue.next() == now + 120s);
    REQUIRE_FALSE(queue.take(now + 120s).empty());
    queue.done(Delivery::way_failed, now, Seconds{3});
    CHECK(queue.next() == now + 20s);
    REQUIRE_FALSE(queue.take(now + 20s).empty());
    queue.done(Delivery::way_failed, now, Seconds{86400});
    CHECK(queue.next() == now + 1h);
}

TEST_CASE("nothing is lost below a thousand, and the least severe first above") {
    DeliveryQueue queue;
    for (int i = 0; i < 500; ++i) {
        queue.push(alert_named("w" + std::to_string(i)));
        queue.push(alert_named("c" + std::to_string(i), AlertSeverity::critical));
    }
    CHECK(queue.dropped() == 0);
    CHECK(queue.size() == 1000);
    queue.push(alert_named("last", AlertSeverity::critical));
    CHECK(queue.dropped() == 1);
    CHECK(queue.size() == 1000);
    CHECK(queue.take(SteadyTime{0s}).at(0).rule == "c0");
    queue.push(alert_named("more"));
    CHECK(queue.size() == 1000);
    queue.done(Delivery::failed, SteadyTime{0s});
    CHECK(queue.take(SteadyTime{10s}).at(0).rule == "c0");
}

TEST_CASE("many that wait are told as one, and come back one by one when that fails") {
    DeliveryQueue queue;
    for (int i = 0; i < 30; ++i) {
        Alert alert = alert_named("r" + std::to_string(i));
        alert.state = i == 3 ? AlertState::firing : AlertState::resolved;
        alert.text = "sentence " + std::to_string(i);
        queue.push(alert);
    }
    const auto taken = queue.take(SteadyTime{0s}, 25);
    REQUIRE(taken.size() == 25);
    const Alert digest = digest_of(taken);
    CHECK(digest.rule == digest_rule);
    CHECK(digest.state == AlertState::firing);
    CHECK(
        digest.text.starts_with("25 notices at once; firing: sentence 3; resolved: sentence 0; "));
    CHECK(digest.text.ends_with("; resolved: sentence 19; and 5 more"));
    CHECK(queue.all().size() == 30);
    queue.done(Delivery::failed, SteadyTime{0s});
    CHECK(queue.take(SteadyTime{10s}).at(0).rule == "r0");
    queue.done(Delivery::arrived, SteadyTime{10s});
    CHECK(queue.all().front().rule == "r1");
    CHECK(queue.size() == 29);
}

TEST_CASE("as one, of each alert its last state counts, and what fires comes first") {
    const auto notice = [](std::string rule, AlertState state, AlertSeverity severity) {
        Alert alert = alert_named(rule, severity);
        alert.state = state;
        alert.text = std::move(rule);
        return alert;
    };
    const auto began = [&](const char* rule, AlertSeverity severity) {
        return notice(rule, AlertState::firing, severity);
    };
    const auto ended = [&](const char* rule, AlertSeverity severity) {
        return notice(rule, AlertState::resolved, severity);
    };
    using enum AlertSeverity;
    SUBCASE("all have ended") {
        const std::vector<Alert> all{began("a", critical), began("b", warning),
                                     ended("a", critical), ended("b", warning)};
        const Alert digest = digest_of(all);
        CHECK(digest.state == AlertState::resolved);
        CHECK(digest.text == "2 notices at once; resolved: a; resolved: b");
    }
    SUBCASE("the most severe has ended") {
        const std::vector<Alert> all{began("a", critical), ended("a", critical), began("i", info),
                                     began("b", warning)};
        const Alert digest = digest_of(all);
        CHECK(digest.state == AlertState::firing);
        CHECK(digest.severity == warning);
        CHECK(digest.text == "3 notices at once; firing: b; firing: i; resolved: a");
    }
    SUBCASE("only one is left: it is told as it is") {
        const std::vector<Alert> all{began("a", critical), ended("a", critical)};
        CHECK(digest_of(all) == all[1]);
    }
    SUBCASE("servers are told apart, and events stand for themselves") {
        std::vector<Alert> all{began("servers_changed", info), began("servers_changed", info),
                               began("a", warning), began("a", warning)};
        all[3].subject = "ntp2";
        CHECK(digest_of(all).text.starts_with("4 notices at once; firing: a; firing: a; "));
    }
    SUBCASE("a critical one behind twenty others is named") {
        std::vector<Alert> all;
        for (int i = 0; i < 25; ++i)
            all.push_back(began(("w" + std::to_string(i)).c_str(), warning));
        all.push_back(began("worst", critical));
        CHECK(digest_of(all).text.starts_with("26 notices at once; firing: worst; firing: w0; "));
    }
}

TEST_CASE("one that the other side will never take is set aside at once, and the rest goes on") {
    DeliveryQueue queue;
    const SteadyTime now{100s};
    queue.push(alert_named("bad"));
    queue.push(alert_named("good"));
    REQUIRE(queue.take(now).size() == 1);
    const auto aside = queue.done(Delivery::refused, now);
    REQUIRE(aside.has_value());
    CHECK(aside->rule == "bad");
    CHECK(queue.next() == SteadyTime::min());
    CHECK(queue.take(now).at(0).rule == "good");
    CHECK_FALSE(queue.done(Delivery::arrived, now).has_value());
    CHECK(queue.size() == 0);
}

TEST_CASE("many that are refused as one are tried one by one, and then as one again") {
    DeliveryQueue queue;
    const SteadyTime now{100s};
    for (const char* rule : {"a", "bad", "c", "d"}) queue.push(alert_named(rule));
    REQUIRE(queue.take(now, 3).size() == 3);
    CHECK_FALSE(queue.done(Delivery::refused, now).has_value());
    CHECK(queue.size() == 4);
    REQUIRE(queue.take(now, 4).size() == 1);
    CHECK(queue.all().front().rule == "a");
    queue.done(Delivery::arrived, now);
    REQUIRE(queue.take(now, 3).size() == 3);
    CHECK_FALSE(queue.done(Delivery::refused, now).has_value());
    REQUIRE(queue.take(now, 3).size() == 1);
    CHECK(queue.done(Delivery::refused, now)->rule == "bad");
    CHECK(queue.take(now).at(0).rule == "c");
}

TEST_CASE("an alert that never arrives is set aside when those behind it do") {
    DeliveryQueue queue;
    SteadyTime now{1000s};
    for (const char* rule : {"bad", "b", "c"}) queue.push(alert_named(rule));
    for (int i = 0; i <= DeliveryQueue::most_tries; ++i) {
        CHECK(queue.take(now).at(0).rule == "bad");
        queue.done(Delivery::failed, now);
        now += 10min;
    }
    CHECK(queue.take(now).at(0).rule == "b");
    CHECK(queue.size() == 3);
    SUBCASE("it does") {
        CHECK_FALSE(queue.done(Delivery::arrived, now).has_value());
        CHECK(queue.take(now).at(0).rule == "bad");
        CHECK(queue.done(Delivery::failed, now)->rule == "bad");
        CHECK(queue.failures() == 0);
        CHECK(queue.take(now).at(0).rule == "c");
    }
    SUBCASE("it does, as the first does then: there was an outage") {
        CHECK_FALSE(queue.done(Delivery::arrived, now).has_value());
        CHECK(queue.take(now).at(0).rule == "bad");
        CHECK_FALSE(queue.done(Delivery::arrived, now).has_value());
        CHECK(queue.failures() == 0);
        CHECK(queue.take(now).at(0).rule == "c");
    }
    SUBCASE("it does, and the way fails again: no alert is at fault") {
        CHECK_FALSE(queue.done(Delivery::arrived, now).has_value());
        CHECK(queue.take(now).at(0).rule == "bad");
        CHECK_FALSE(queue.done(Delivery::way_failed, now).has_value());
        CHECK(queue.size() == 2);
        CHECK(queue.next() == now + 10min);
        now += 10min;
        CHECK(queue.take(now).at(0).rule == "bad");
        CHECK_FALSE(queue.done(Delivery::arrived, now).has_value());
        CHECK(queue.take(now).at(0).rule == "c");
    }
    SUBCASE("it does not either: nothing is lost, in its order") {
        CHECK_FALSE(queue.done(Delivery::failed, now).has_value());
        now += 10min;
        CHECK(queue.take(now).at(0).rule == "bad");
        queue.done(Delivery::arrived, now);
        CHECK(queue.take(now).at(0).rule == "b");
        queue.done(Delivery::arrived, now);
        CHECK(queue.take(now).at(0).rule == "c");
    }
    SUBCASE("it is refused itself") {
        CHECK(queue.done(Delivery::refused, now)->rule == "b");
        CHECK(queue.take(now).at(0).rule == "c");
    }
}
