#include "publish/history_at.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/fakes/record_rows.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon = record_noon;

/// Looks every 16 s from five minutes before to five minutes after, without those in between.
AtFacts facts_without(WallTime from, WallTime to, WallTime at) {
    AtFacts facts;
    facts.at = at;
    for (WallTime look = noon - 5min; look <= noon + 5min; look += 16s)
        if (look < from || look > to) facts.looks.push_back(clock_row(look));
    return facts;
}

AtFacts facts_at(WallTime at) {
    return facts_without(noon + 1h, noon, at);
}

EventRow step_at(WallTime at, const std::string& subject = {}) {
    EventRow step = event_row(at, "step", "this clock was stepped");
    step.subject = subject;
    step.size = Seconds{0.84};
    return step;
}

}  // namespace

TEST_CASE("an instant between two looks has the offset and a bound that both allow") {
    const AtAnswer answer = answer_at(facts_at(noon - 5min + 20s));
    REQUIRE(answer.demonstrated);
    CHECK(answer.offset == Seconds{30e-6});
    // 0.6 ms, and 15 ppm over the 4 s since the nearer look
    CHECK(answer.bound->count() == doctest::Approx(0.6e-3 + 15e-6 * 4));
    CHECK(at_text(answer) ==
          "offset +30 µs, UTC within 660 µs (measured 4 s before and 12 s after); chronyd,\n"
          "5 of 5 agreeing, 2 by NTS\n"
          "no step recorded within 24 h; no change by Clockwright was in force\n"
          "Next: clockwright history events --from 2027-01-15T10:55:20Z --to "
          "2027-01-15T12:55:20Z\n");
}

TEST_CASE("between two looks at a clock that no daemon steers it may stray by 100 ppm") {
    AtFacts facts = facts_at(noon - 5min + 20s);
    for (ClockRow& look : facts.looks) look.daemon = no_daemon_word;
    CHECK(answer_at(facts).bound->count() == doctest::Approx(0.6e-3 + 100e-6 * 4));
}

TEST_CASE("between two different looks the offset goes straight from one to the other") {
    AtFacts facts;
    facts.at = noon + 4s;
    facts.looks = {clock_row(noon, Seconds{0}), clock_row(noon + 16s, Seconds{100e-6})};
    const AtAnswer answer = answer_at(facts);
    CHECK(answer.offset->count() == doctest::Approx(25e-6));
    CHECK(answer.demonstrated);
}

TEST_CASE("what was slewed between two looks may still have been there") {
    AtFacts facts;
    facts.looks = {clock_row(noon, Seconds{0.1}), clock_row(noon + 64s, Seconds{0})};
    facts.looks.front().bound = Seconds{0.102};
    facts.looks.back().bound = Seconds{0.002};
    for (const auto passed : {1s, 32s, 63s}) {
        facts.at = noon + passed;
        const AtAnswer answer = answer_at(facts);
        REQUIRE(answer.demonstrated);
        for (const double truth : {0.1, 0.0}) {
            CAPTURE(truth);
            CHECK(std::abs(answer.offset->count() - truth) <= answer.bound->count());
        }
    }
}

TEST_CASE("a step and what was slewed back of it are both allowed for") {
    AtFacts facts;
    facts.at = noon + 8s;
    facts.looks = {clock_row(noon), clock_row(noon + 16s)};
    CHECK(answer_at(facts).bound < Seconds{0.84});
    facts.events = {step_at(noon + 4s)};
    CHECK(answer_at(facts).bound > Seconds{0.84});
    facts.looks.pop_back();  // and after the newest look
    CHECK(answer_at(facts).bound > Seconds{0.84});
    facts.events = {step_at(noon - 4s)};
    CHECK(answer_at(facts).bound < Seconds{0.84});
}

TEST_CASE("two looks that exclude each other give all that lies between") {
    AtFacts facts;
    facts.at = noon + 8s;
    facts.looks = {clock_row(noon, Seconds{0}), clock_row(noon + 16s, Seconds{0.84})};
    const AtAnswer answer = answer_at(facts);
    REQUIRE(answer.demonstrated);
    CHECK(answer.offset->count() == doctest::Approx(0.42));
    CHECK(answer.bound->count() > 0.42);
}

TEST_CASE("a gap is not demonstrated, and says between which looks and why") {
    AtFacts facts = facts_without(noon - 2min, noon + 2min, noon);
    CHECK_FALSE(answer_at(facts).demonstrated);
    CHECK(at_text(answer_at(facts))
              .starts_with("Not demonstrated: no sample between 2027-01-15T11:57:56Z and\n"
                           "2027-01-15T12:02:12Z"));
    facts.events = {event_row(noon - 1min, "agent", "the agent was started"),
                    event_row(noon + 1min, "suspend", "host suspended, 3 min 20 s")};
    const AtAnswer answer = answer_at(facts);
    REQUIRE(answer.gap);
    CHECK(answer.gap->reason == "host suspended, 3 min 20 s");
    CHECK(at_text(answer).contains("(host suspended, 3 min 20 s)."));
    CHECK(at_json(answer).contains("\"offset_seconds\": null"));
}

TEST_CASE("the gap's length is judged by how often this record looks") {
    AtFacts lazy;
    lazy.at = noon + 10min;
    for (int n = -5; n <= 5; ++n) lazy.looks.push_back(clock_row(noon + n * 30min));
    CHECK(answer_at(lazy).demonstrated);
}

TEST_CASE("before all looks nothing is known; after the newest, for three cycles") {
    CHECK(answer_at(facts_at(noon - 1h)).why_not.starts_with("no sample before"));
    CHECK(answer_at(facts_at(noon + 5min + 30s)).demonstrated);
    CHECK(answer_at(facts_at(noon + 6min)).why_not.starts_with("no sample after"));
    AtFacts nothing;
    CHECK(answer_at(nothing).why_not == "no sample of this clock in the record");
}

TEST_CASE("a look that did not demonstrate says in its own words why") {
    AtFacts facts = facts_at(noon);
    for (ClockRow& look : facts.looks)
        if (look.at > noon - 1min) {
            look.demonstrated = false;
            look.sentence = "Not demonstrated: the sources disagree.";
        }
    CHECK(at_text(answer_at(facts)).starts_with("Not demonstrated: the sources disagree.\n"));
}

TEST_CASE("steps of this clock within a day are told, those of servers are not") {
    AtFacts facts = facts_at(noon);
    facts.events = {step_at(noon - 30h), step_at(noon - 2h), step_at(noon, "ntp2"),
                    step_at(noon + 23h)};
    const AtAnswer answer = answer_at(facts);
    CHECK(answer.steps.size() == 2);
    CHECK(at_text(answer).contains("2 steps within 24 h: +840 ms at 2027-01-15T10:00:00Z"));
}

TEST_CASE("the configuration in force is the last one applied before") {
    AtFacts facts = facts_at(noon);
    facts.changes = {{"aaaaaa", noon - 48h}, {"7f3c9a", noon - 1h}, {"bbbbbb", noon + 1h}};
    const std::string text = at_text(answer_at(facts));
    CHECK(text.contains("configuration 7f3c9a in force since"));
    CHECK(text.contains("2027-01-15T11:00:00Z\n"));
    CHECK(text.contains("Next: clockwright history show 7f3c9a\n"));
}

TEST_CASE("where the raw rows are gone the hour answers, and says that it is the hour") {
    AtFacts facts;
    facts.at = noon + 10min;
    facts.looks = {clock_row(noon + 24h)};
    RolledRow hour;
    hour.at = noon;
    hour.count = 56;
    hour.least = Seconds{-1e-3};
    hour.most = Seconds{3e-3};
    hour.bound_most = Seconds{2e-3};
    facts.hour = hour;
    const AtAnswer answer = answer_at(facts);
    REQUIRE(answer.demonstrated);
    CHECK(answer.offset == Seconds{1e-3});
    CHECK(answer.bound->count() == doctest::Approx(4e-3 + 3 * 3600.0 / 56 * 15e-6));
    CHECK(at_text(answer).contains("at each of the 56 looks of that hour"));
    facts.hour->count = 2;  // they tell little of what lies between
    CHECK(answer_at(facts).bound->count() == doctest::Approx(4e-3 + 3600 * 15e-6));
    facts.hour->lost = 1;
    CHECK_FALSE(answer_at(facts).demonstrated);
}
