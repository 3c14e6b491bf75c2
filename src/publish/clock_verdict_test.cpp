#include "publish/clock_verdict.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

DaemonSource source(const char* name, char state, Seconds offset = Seconds{1e-4}) {
    DaemonSource source;
    source.name = name;
    source.address = parse_address("10.0.0.1");
    source.state = state;
    source.reach = 0377;
    source.poll = 6;
    source.stratum = 2;
    source.last_sample = Seconds{12};
    source.offset = offset;
    source.error = Seconds{1e-3};
    source.authentication = Authentication::none;
    return source;
}

/// chronyd that follows its first source, 12 s after an update; E = 40 µs + 850 µs + 2.02 ms / 2.
ClockFacts following(std::vector<DaemonSource> sources) {
    ClockFacts facts;
    DaemonState state;
    state.read_at = noon;
    state.complete = true;
    state.tracking.leap = Leap::none;
    state.tracking.stratum = 3;
    state.tracking.refid = 0x0a000001;
    state.tracking.reference = parse_address("10.0.0.1");
    state.tracking.reference_time = noon - 12s;
    state.tracking.offset = Seconds{40e-6};
    state.tracking.root_dispersion = Seconds{850e-6};
    state.tracking.root_delay = Seconds{2.02e-3};
    state.sources = std::move(sources);
    facts.state = state;
    return facts;
}

ClockFacts good() {
    return following(
        {source("a", '*'), source("b", '+'), source("c", '+'), source("d", '-'), source("e", 'x')});
}

}  // namespace

TEST_CASE("the bound is |offset| + root dispersion + root delay/2, with its condition") {
    ClockFacts facts = good();
    facts.state->sources[1].authentication = Authentication::nts;
    facts.state->sources[2].authentication = Authentication::nts;
    const ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.demonstrated);
    CHECK(verdict.bound->total().count() == doctest::Approx(1.9e-3));
    CHECK(verdict.sentence ==
          "UTC is within ±1.9 ms of this clock, if at least 3 of its 5 sources are honest (2 by "
          "NTS); "
          "last update 12 s ago.");
    CHECK(verdict.voting == 5);
    CHECK(verdict.agreeing == 4);
}

TEST_CASE("one source alone is a condition of its own") {
    const ClockVerdict verdict = judge_clock(following({source("ntp1.corp.example", '*')}));
    CHECK(verdict.demonstrated);
    CHECK(verdict.sentence ==
          "UTC is within ±1.9 ms of this clock if ntp1.corp.example is right; nothing else checks "
          "it.");
}

TEST_CASE("an unsynchronised daemon is not demonstrated, and drift is counted") {
    ClockFacts facts = following({source("a", '?')});
    facts.state->sources[0].reach = 0;
    facts.state->tracking.leap = Leap::unsynchronised;
    facts.state->tracking.reference_time = noon - 130min;
    const ClockVerdict verdict = judge_clock(facts);
    CHECK_FALSE(verdict.demonstrated);
    CHECK_FALSE(verdict.bound.has_value());
    CHECK(verdict.sentence ==
          "Not demonstrated: chronyd runs but has set nothing for 2 h 10 min (no source answers). "
          "By drift alone the error grew by up to 117 ms since the last bound, ±1.9 ms.");
}

TEST_CASE("the last bound of a daemon whose dispersion grows is told as it was at its update") {
    ClockFacts facts = following({source("a", '?')});
    facts.state->kind = DaemonKind::ntpsec;
    facts.state->tracking.leap = Leap::unsynchronised;
    facts.state->tracking.reference_time = noon - 130min;
    facts.state->tracking.root_dispersion = Seconds{800e-6 + 7800 * 15e-6};
    CHECK(judge_clock(facts).sentence.ends_with(
        "By drift alone the error grew by up to 117 ms since the last bound, ±1.9 ms."));
}

TEST_CASE(
    "for a daemon that forgets its last update the remembered bound stands, if there is one") {
    ClockFacts facts = following({source("a", '?')});
    facts.state->sources[0].reach = 0;
    facts.state->tracking.leap = Leap::unsynchronised;
    facts.state->tracking.reference_time = WallTime{};
    facts.state->tracking.root_dispersion = facts.state->tracking.root_delay = Seconds{1};
    CHECK(judge_clock(facts).sentence ==
          "Not demonstrated: chronyd runs but has set nothing yet (no source answers).");
    facts.last_bound = LastBound{noon - 130min, Seconds{2.1e-3}};
    CHECK(judge_clock(facts).sentence ==
          "Not demonstrated: chronyd runs but has set nothing for 2 h 10 min (no source answers). "
          "By drift alone the error grew by up to 117 ms since the last bound, ±2.1 ms.");
}

TEST_CASE("without a majority nobody can tell who is right") {
    const ClockVerdict verdict =
        judge_clock(following({source("a", 'x'), source("b", 'x'), source("c", 'x', Seconds{1}),
                               source("d", 'x', Seconds{1})}));
    CHECK_FALSE(verdict.demonstrated);
    CHECK(verdict.sentence.starts_with("Not demonstrated: the sources disagree (2 say +"));
    CHECK(verdict.sentence.ends_with("; nobody can tell which is right. chronyd is coasting."));
}

TEST_CASE("a daemon that serves its own clock says nothing about UTC") {
    ClockFacts facts = following({});
    facts.state->tracking.refid = 0x7f7f0101;
    facts.state->tracking.reference.reset();
    facts.state->tracking.stratum = 10;
    const ClockVerdict verdict = judge_clock(facts);
    CHECK_FALSE(verdict.demonstrated);
    CHECK(verdict.sentence ==
          "Not demonstrated: chronyd serves its own clock (local stratum 10); \"synchronised\" "
          "here means "
          "nothing about UTC.");
}

TEST_CASE("two hands on the wheel come before every number") {
    ClockFacts facts = good();
    facts.hands = {{"chronyd", 611, {}, true, false}, {"phc2sys", 812, {}, true, false}};
    const ClockVerdict verdict = judge_clock(facts);
    CHECK_FALSE(verdict.demonstrated);
    CHECK(verdict.sentence ==
          "Not demonstrated: chronyd (611) and phc2sys (812) both move this clock. Clockwright "
          "changes "
          "nothing until one stops.");
}

TEST_CASE("a stale update is said with the growth since") {
    ClockFacts facts = good();
    facts.state->tracking.reference_time = noon - 47min;
    const ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.stale);
    CHECK(verdict.bound->growth.count() == doctest::Approx(47 * 60 * 15e-6));
    CHECK(verdict.sentence.starts_with(
        "UTC was within ±1.9 ms at 11:13:00Z, 47 min ago; it is within ±"));
    CHECK(verdict.sentence.ends_with(" now if this clock drifts less than 15 ppm."));
}

TEST_CASE(
    "in holdover the record of the rate takes the place of 15 ppm, and the sentence says so") {
    ClockFacts facts = good();
    facts.state->tracking.reference_time = noon - 47min;
    facts.state->tracking.skew = Ppm{0.1};
    facts.wander = Ppm{0.302};
    const ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.bound->growth.count() == doctest::Approx(47 * 60 * 0.202e-6));
    CHECK(verdict.condition == "this clock drifts less than 0.31 ppm, as in 99 % of its record");
    CHECK(verdict.sentence.starts_with("UTC was within ±1.7 ms at 11:13:00Z, 47 min ago; it is"));
}

TEST_CASE("each daemon's bound grows between its updates, by itself or by us") {
    ClockFacts facts = good();
    facts.state->tracking.skew = Ppm{0.5};
    CHECK(judge_clock(facts).bound->growth == Seconds{0});
    facts.state->kind = DaemonKind::ntpsec;
    CHECK(judge_clock(facts).bound->growth == Seconds{0});
    facts.state->kind = DaemonKind::timesyncd;
    CHECK(judge_clock(facts).bound->growth.count() == doctest::Approx(12 * 15e-6));
}

TEST_CASE("a daemon without a selected source coasts, however young its last update") {
    const ClockVerdict verdict = judge_clock(following({source("a", '?'), source("b", '-')}));
    CHECK(verdict.stale);
}

TEST_CASE("mixed smear is named before a leap second shows it") {
    ClockFacts facts = good();
    facts.sources = {{"a", "", Smear::google, "", false}, {"b", "", Smear::unknown, "", false}};
    CHECK(judge_clock(facts).sentence.find(
              "but not during a leap second: a smears, b does not; up to 0.5 s apart then.") !=
          std::string::npos);
    // What the falseticker does is of no account.
    facts.sources = {{"a", "", Smear::google, "", false}, {"e", "", Smear::none, "", false}};
    CHECK(judge_clock(facts).sentence.find("e does not") == std::string::npos);
    facts.sources.front().smear = Smear::none;
    CHECK(judge_clock(facts).sentence.find("leap second") == std::string::npos);
}

TEST_CASE("where all followed sources smear alike the sentence says what it holds without") {
    ClockFacts facts = good();
    for (const char* name : {"a", "b", "c", "d"})
        facts.sources.push_back({name, "", Smear::google, "", false});
    const ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.demonstrated);
    CHECK(verdict.condition ==
          "at least 3 of its 5 sources are honest, and no leap second is near");
    CHECK(verdict.sentence.ends_with(
        "last update 12 s ago; but not during a leap second: a smears; up to 0.5 s from UTC "
        "then."));
    facts.state->tracking.reference_time = noon - 47min;
    for (SourceFacts& source : facts.sources) source.smear = Smear::facebook;
    CHECK(judge_clock(facts).sentence.ends_with(
        "drifts less than 15 ppm; but not during a leap second: a smears; up to 1 s from UTC "
        "then."));
}

TEST_CASE("the condition speaks of the sources that have a vote") {
    std::vector<DaemonSource> sources = good().state->sources;
    for (const char state : {'N', 'M', 's', 'd', '~', 'w', 'S', '?'})
        sources.push_back(source("more", state));
    const ClockVerdict verdict = judge_clock(following(sources));
    CHECK(verdict.condition == "at least 3 of its 5 sources are honest");
    CHECK(verdict.voting == 13);
    CHECK(judge_clock(following({source("a", '*'), source("b", 'N')})).sentence ==
          "UTC is within ±1.9 ms of this clock if a is right; nothing else checks it.");
}

TEST_CASE("what a daemon said before somebody set the clock demonstrates nothing") {
    ClockFacts facts = good();
    facts.set_since = Seconds{5};
    const ClockVerdict verdict = judge_clock(facts);
    CHECK_FALSE(verdict.demonstrated);
    CHECK_FALSE(verdict.bound);
    CHECK(verdict.sentence ==
          "Not demonstrated: the clock was set by +5.0 s since chronyd's last update.");
}

TEST_CASE("NTS that was asked for and is not there is said; required, nothing is demonstrated") {
    ClockFacts facts = good();
    facts.nts_set = true;
    CHECK(judge_clock(facts).sentence.find("if nobody alters packets on the way: nts = prefer") !=
          std::string::npos);
    facts.nts = "require";
    CHECK_FALSE(judge_clock(facts).demonstrated);
    facts.nts = "off";
    CHECK(judge_clock(facts).sentence.find("nts") == std::string::npos);
}

TEST_CASE("chronyd -x watches: the offset of this clock is the verdict") {
    ClockFacts facts = good();
    facts.watches_only = true;
    facts.state->tracking.offset = Seconds{0.1};
    facts.state->tracking.root_dispersion = Seconds{0.08e-3};
    const ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.demonstrated);
    CHECK(verdict.sentence ==
          "This clock is 100 ms ±1.1 ms slow; chronyd (-x) watches and does not set it.");
    facts.state->tracking.offset = Seconds{-0.1};
    CHECK(judge_clock(facts).sentence.find(" fast; ") != std::string::npos);
}

TEST_CASE("where NTS is wanted and missing, the sentence says with how many its exchange fails") {
    ClockFacts facts = good();
    facts.nts_set = true;
    const std::string plain = judge_clock(facts).sentence;
    CHECK(plain.ends_with("nts = prefer, but no source is authenticated."));
    for (DaemonSource* source : {&facts.state->sources[1], &facts.state->sources[2]}) {
        source->nts.emplace();
        source->nts->failed_exchanges = 4;
    }
    CHECK(judge_clock(facts).sentence.ends_with(
        "but no source is authenticated (key exchanges fail with 2)."));
}

TEST_CASE("a daemon that does not answer is not reachable, and no number is given") {
    ClockFacts facts;
    facts.why_not = "chronyd does not answer at /run/chrony/chronyd.sock";
    const ClockVerdict verdict = judge_clock(facts);
    CHECK_FALSE(verdict.reachable);
    CHECK_FALSE(verdict.bound.has_value());
    CHECK(verdict.sentence ==
          "Not demonstrated: chronyd does not answer at /run/chrony/chronyd.sock.");
}

TEST_CASE("a daemon that tells no root distance demonstrates nothing, and no bound is shown") {
    ClockFacts facts = good();
    facts.daemon = "openntpd";
    facts.state->tracking.bound_known = false;
    facts.state->tracking.root_delay = facts.state->tracking.root_dispersion = Seconds{0};
    facts.state->tracking.reference_time = {};
    ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.reachable);
    CHECK_FALSE(verdict.demonstrated);
    CHECK(verdict.bound_untold);
    CHECK_FALSE(verdict.bound);
    CHECK(verdict.age == Seconds{0});
    CHECK(verdict.sentence ==
          "Not demonstrated: openntpd is synced and 4 of its 5 sources are valid, but it tells no "
          "root distance; clockwright scan measures how far off this clock is.");

    facts.state->tracking.leap = Leap::unsynchronised;
    verdict = judge_clock(facts);
    CHECK_FALSE(verdict.bound_untold);
    CHECK(verdict.sentence ==
          "Not demonstrated: openntpd says that it is not synced; 4 of its 5 sources are valid.");
}

TEST_CASE("a daemon that does not name its reference is not stale while its sources answer") {
    ClockFacts facts = following({source("a", '+'), source("b", '+'), source("c", '+')});
    CHECK(judge_clock(facts).stale);
    facts.state->kind = DaemonKind::ntpd_rs;
    CHECK_FALSE(judge_clock(facts).stale);
    facts.state->tracking.reference_time -= 10min;
    CHECK(judge_clock(facts).stale);
}

namespace {

/// Four of five servers agree on 2 ms slow, 16 s ago; two of them by NTS.
ClockFacts asked() {
    ClockFacts facts;
    facts.quorum = QuorumWord{{.offset = Seconds{0.002},
                               .bound = Seconds{0.003},
                               .agreeing = 4,
                               .judged = 5,
                               .authenticated = 2,
                               .age = Seconds{6}},
                              Seconds{10},
                              undisciplined,
                              {}};
    return facts;
}

}  // namespace

TEST_CASE("a clock that no daemon steers is bounded by the servers that are asked") {
    ClockFacts facts = asked();
    facts.no_daemon = true;
    ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.demonstrated);
    CHECK(verdict.by_quorum);
    CHECK_FALSE(verdict.reachable);
    CHECK(verdict.bound->total().count() == doctest::Approx(0.002 + 0.003 + 10 * 100e-6));
    CHECK(verdict.sentence ==
          "UTC is within ±6.0 ms of this clock, if at least 3 of the 5 servers asked are honest (2 "
          "by NTS) and it drifts less than 100 ppm; no daemon of this host steers it, last answer "
          "16 s "
          "ago.");
    facts.quorum->smears = "time.google.com";
    facts.own_discipline = true;
    CHECK(judge_clock(facts).sentence.ends_with(
        "clockwright itself steers it, last answer 16 s ago; but not during a leap second: "
        "time.google.com smears."));
    facts.quorum.reset();
    verdict = judge_clock(facts);
    CHECK_FALSE(verdict.demonstrated);
    CHECK_FALSE(verdict.bound);
    CHECK(verdict.sentence ==
          "Not demonstrated: no time daemon is set up on this host, and no agent hears servers of "
          "which a majority agrees.");
}

TEST_CASE("a bound that was told grows until it is told anew") {
    ClockFacts facts = good();
    facts.state->tracking.skew = Ppm{0.5};
    const ClockVerdict chrony = judge_clock(facts);
    CHECK(bound_after(chrony, Seconds{64})->count() ==
          doctest::Approx(chrony.bound->total().count() + 64 * 0.5e-6));
    facts = asked();
    facts.no_daemon = true;
    CHECK(bound_after(judge_clock(facts), Seconds{64})->count() ==
          doctest::Approx(0.006 + 64 * 100e-6));
    facts.quorum.reset();
    CHECK_FALSE(bound_after(judge_clock(facts), Seconds{0}));
}

TEST_CASE("a daemon that is meant to steer and is dead is not excused by the servers asked") {
    ClockFacts facts = asked();
    facts.why_not = "chronyd does not answer";
    CHECK_FALSE(judge_clock(facts).demonstrated);
}

TEST_CASE("where NTS is required, servers without it demonstrate nothing") {
    ClockFacts facts = asked();
    facts.no_daemon = facts.nts_set = true;
    facts.nts = "require";
    CHECK(judge_clock(facts).demonstrated);
    facts.quorum->bound.authenticated = 0;
    CHECK_FALSE(judge_clock(facts).demonstrated);
}

TEST_CASE("a daemon that tells no bound is bounded by the servers asked, once it is synced") {
    ClockFacts facts = following({source("a", '*')});
    facts.daemon = "ntpd";
    facts.state->tracking.bound_known = false;
    CHECK(judge_clock(facts).bound_untold);
    facts.quorum = asked().quorum;
    facts.quorum->drift = slewing;
    const ClockVerdict verdict = judge_clock(facts);
    CHECK(verdict.demonstrated);
    CHECK_FALSE(verdict.bound_untold);
    CHECK(verdict.sentence ==
          "UTC is within ±10 ms of this clock, if at least 3 of the 5 servers asked are honest (2 "
          "by NTS) and it is slewed by less than 500 ppm; ntpd tells no bound of its own, last "
          "answer 16 s ago.");
    facts.state->tracking.leap = Leap::unsynchronised;
    CHECK_FALSE(judge_clock(facts).demonstrated);
}
