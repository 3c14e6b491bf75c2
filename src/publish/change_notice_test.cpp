#include "publish/change_notice.h"

#include <doctest/doctest.h>

#include "watch/notice_class.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime at{1'764'349'200s};

DaemonState listing(const char* name, Seconds offset) {
    DaemonSource source;
    source.name = name;
    source.stratum = 2;
    source.reach = 0xff;
    source.last_sample = Seconds{3};
    source.offset = offset;
    source.error = Seconds{0.0004};
    DaemonState state;
    state.sources.push_back(source);
    return state;
}

struct Case {
    Plan plan;
    DaemonState before = listing("ntp1.example", Seconds{0.0123});
    DaemonState after = listing("127.1.2.3", Seconds{-0.0003});
    Outcome outcome{OutcomeKind::applied, true, false, ""};

    Case() {
        plan.daemon = "chrony";
        plan.reason = "the set is better by 31 %";
        plan.add = {"127.1.2.3:11123"};
        plan.remove = {"ntp1.example"};
        plan.keep = {"a", "b", "c"};
    }
    std::optional<Alert> notice() const {
        return change_notice({plan, outcome, "7f3c9c", "root", "", &before, &after, at});
    }
};

}  // namespace

TEST_CASE("a change is told with old and new servers, their offsets, why, and how to undo it") {
    const auto notice = Case{}.notice();
    REQUIRE(notice.has_value());
    CHECK(notice->rule == changed_rule);
    CHECK(notice->severity == AlertSeverity::info);
    CHECK(notice->changed == at);
    CHECK(notice->text ==
          "chrony's time servers were changed and verified; in: 127.1.2.3:11123 (stratum 2, offset "
          "-300 µs ±400 µs, reach 377); out: ntp1.example (stratum 2, offset +12.3 ms ±400 "
          "µs, reach 377); 3 stay; why: the set is better by 31 %; change 7f3c9c by root");
    CHECK(notice->advice == "to undo it: clockwright rollback 7f3c9c");
}

TEST_CASE("what did not hold says why, and what could not be taken back is critical") {
    Case one;
    one.outcome = {OutcomeKind::rolled_back, true, false, "ntp9 gave no sample within 60 s"};
    CHECK(one.notice()->rule == taken_back_rule);
    CHECK(one.notice()->text.contains("was taken back: ntp9 gave no sample within 60 s"));
    one.outcome = {OutcomeKind::failed, false, false, "the file system is read-only"};
    CHECK(one.notice()->rule == change_failed_rule);
    CHECK(one.notice()->severity == AlertSeverity::critical);
    CHECK(one.notice()->text.contains("not proved: the file system is read-only"));
}

TEST_CASE("nothing is told of what touched nothing") {
    Case one;
    one.outcome = {OutcomeKind::failed, false, true, "the record cannot be written"};
    CHECK_FALSE(one.notice().has_value());
    one.outcome = {OutcomeKind::refused, false, false, "two hands"};
    CHECK_FALSE(one.notice().has_value());
    one.outcome = {OutcomeKind::unchanged, true, false, ""};
    CHECK_FALSE(one.notice().has_value());
}

TEST_CASE("a plan that waits is told with what it would do and how to apply it") {
    Proposal plan;
    plan.id = "0a1b2c";
    plan.reason = "ntp1 is bad for an hour";
    plan.add = {"ntp3"};
    plan.remove = {"ntp1"};
    const Alert notice = proposal_notice(plan);
    CHECK(notice.rule == proposed_rule);
    CHECK(notice.text ==
          "plan 0a1b2c is proposed and waits for a person; in: ntp3; out: ntp1; "
          "why: ntp1 is bad for an hour");
    CHECK(notice.advice == "clockwright apply 0a1b2c");
}
