#include "watch/clock_ledger.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

Now at(std::chrono::nanoseconds after) {
    return {noon + after, SteadyTime{1000s} + after};
}

ClockProgram program(const char* name, int pid) {
    return {name, pid, {}, true, false};
}

LedgerLook quiet() {
    return {.clocksource = "tsc",
            .hands = {program("chronyd", 611)},
            .frequency = Ppm{-12},
            .quorum = std::pair(Seconds{1e-4}, Seconds{2e-3})};
}

}  // namespace

TEST_CASE("a step is told with before, after, likely cause and who may have done it") {
    ClockLedger ledger;
    CHECK(ledger.stepped(at(0s), Seconds{-1.5}) ==
          "this clock was set back by 1.5 s, from 2026-11-20T12:00:01.500000Z to "
          "2026-11-20T12:00:00.000000Z");
    ledger.look(at(0s), quiet());
    CHECK(ledger.stepped(at(1s), Seconds{3600})
              .ends_with("to 2026-11-20T12:00:01.000000Z; of that size is a time zone or its "
                         "summer time; who may "
                         "set it: chronyd (611)"));
    LedgerLook nobody = quiet();
    nobody.hands.clear();
    ledger.look(at(2s), nobody);
    CHECK(ledger.stepped(at(3s), Seconds{2}).ends_with("somebody by hand?"));
}

TEST_CASE("nothing happened: nothing is told") {
    ClockLedger ledger;
    for (int i = 0; i < 100; ++i) CHECK(ledger.look(at(i * 64s), quiet()).empty());
    CHECK(ledger.stood_still(at(0s).steady) == Seconds{0});
    CHECK(ledger.restarts(at(6400s).steady) == 0);
}

TEST_CASE("another clock source is told once, and known for an hour") {
    ClockLedger ledger;
    ledger.look(at(0s), quiet());
    LedgerLook other = quiet();
    other.clocksource = "hpet";
    const auto entries = ledger.look(at(64s), other);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].kind == "clocksource");
    CHECK(entries[0].text == "the kernel counts time by hpet now, by tsc before");
    CHECK(ledger.look(at(128s), other).empty());
    CHECK(ledger.changed_clocksource(at(30min).steady));
    CHECK_FALSE(ledger.changed_clocksource(at(2h).steady));
    other.clocksource.clear();
    CHECK(ledger.look(at(192s), other).empty());  // not known is no change
}

TEST_CASE("two programs of one name are no restart of each other") {
    ClockLedger ledger;
    LedgerLook two = quiet();
    two.hands = {program("chronyd", 10), program("chronyd", 20)};
    ledger.look(at(0s), two);
    for (int i = 1; i < 6; ++i) CHECK(ledger.look(at(i * 64s), two).empty());
    two.hands[1].pid = 21;
    const auto entries = ledger.look(at(6 * 64s), two);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].kind == "restart");
    CHECK(entries[0].text.contains("as 21 instead of 20"));
}

TEST_CASE("a second hand and a restarted daemon are told, restarts counted for an hour") {
    ClockLedger ledger;
    ledger.look(at(0s), quiet());
    LedgerLook two = quiet();
    two.hands.push_back(program("phc2sys", 700));
    auto entries = ledger.look(at(64s), two);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].kind == "hands");
    CHECK(entries[0].text == "2 programs move this clock: chronyd (611), phc2sys (700)");
    for (int i = 2; i < 5; ++i) {
        two.hands[0].pid = 611 + i;
        entries = ledger.look(at(i * 64s), two);
        REQUIRE(entries.size() == 1);
        CHECK(entries[0].kind == "restart");
    }
    CHECK(ledger.restarts(at(10min).steady) == 3);
    CHECK(ledger.restarts(at(2h).steady) == 0);
}

TEST_CASE("a rate that moves by more than 10 ppm within an hour is told once a jump") {
    ClockLedger ledger;
    LedgerLook look = quiet();
    int told = 0;
    for (int i = 0; i < 120; ++i) {
        look.frequency = Ppm{i < 60 ? -12.0 : 3.0};
        for (const LedgerEntry& entry : ledger.look(at(i * 64s), look)) {
            CHECK(entry.kind == "frequency");
            CHECK(entry.text.contains("+3.0 ppm instead of -12.0"));
            ++told;
        }
    }
    CHECK(told == 1);
    for (int i = 120; i < 400; ++i) {  // 0.1 ppm each 64 s are 5.6 an hour: no jump
        look.frequency->value += 0.1;
        CHECK(ledger.look(at(i * 64s), look).empty());
    }
}

TEST_CASE("a clock that falls behind all servers at once stood still, unless it was set") {
    ClockLedger ledger, set;
    for (ClockLedger* one : {&ledger, &set}) one->look(at(0s), quiet());
    LedgerLook behind = quiet();
    behind.quorum->first = Seconds{3.2};
    const auto entries = ledger.look(at(64s), behind);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].kind == "pause");
    CHECK(entries[0].size->count() == doctest::Approx(-3.1999));
    CHECK(ledger.stood_still(at(65s).steady).count() == doctest::Approx(3.1999));
    CHECK(ledger.stood_still(at(10min).steady) == Seconds{0});
    set.stepped(at(32s), Seconds{-3.2});
    set.look(at(64s), quiet());
    CHECK(set.look(at(1024s), behind).empty());  // the servers are asked seldom
    behind.quorum->first = Seconds{10};
    CHECK(set.look(at(1088s), behind).size() == 1);
}

TEST_CASE("what a host lost in its sleep is told as that, and is no standing still") {
    LedgerLook behind = quiet();
    behind.quorum->first = Seconds{3.2};
    ClockLedger slept, awake;
    slept.look(at(0s), quiet());
    slept.slept(at(40s).steady);
    const auto entries = slept.look(at(64s), behind);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].text.ends_with("what it lost while this host was suspended"));
    CHECK(slept.stood_still(at(65s).steady) == Seconds{0});
    awake.slept(at(0s).steady);
    awake.look(at(1h), quiet());
    const auto later = awake.look(at(2h), behind);
    REQUIRE(later.size() == 1);
    CHECK(later[0].text.ends_with("a virtual machine that was paused or moved"));
}

TEST_CASE("what bounds, drift or a slew towards right explain is no pause") {
    ClockLedger ledger;
    LedgerLook look = quiet();
    look.quorum = std::pair(Seconds{-2}, Seconds{2e-3});
    ledger.look(at(0s), look);
    look.quorum->first = Seconds{-0.5};  // the daemon slews a clock that is fast
    CHECK(ledger.look(at(64s), look).empty());
    look.quorum = std::pair(Seconds{0}, Seconds{0.3});
    CHECK(ledger.look(at(128s), look).empty());
    look.quorum = std::pair(Seconds{0.4}, Seconds{0.3});
    CHECK(ledger.look(at(192s), look).empty());  // within both bounds
    look.quorum.reset();
    CHECK(ledger.look(at(256s), look).empty());
}
