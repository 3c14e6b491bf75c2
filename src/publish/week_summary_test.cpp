#include "publish/week_summary.h"

#include <doctest/doctest.h>

#include "time/spell.h"
#include "watch/notice_class.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

WallTime at(const char* text) {
    return parse_rfc3339(text).value();
}

RolledRow hour(std::string server, int count, int lost) {
    RolledRow row;
    row.server = std::move(server);
    row.count = count;
    row.lost = lost;
    return row;
}

AlertRow fired(std::string rule, std::string subject = {}) {
    AlertRow row;
    row.rule = std::move(rule);
    row.subject = std::move(subject);
    return row;
}

}  // namespace

TEST_CASE("a week ends on Monday at six") {
    CHECK(week_ends(at("2026-11-28T17:00:00Z")) == at("2026-11-23T06:00:00Z"));
    CHECK(week_ends(at("2026-11-23T06:00:00Z")) == at("2026-11-23T06:00:00Z"));
    CHECK(week_ends(at("2026-11-23T05:59:59Z")) == at("2026-11-16T06:00:00Z"));
    CHECK(week_ends(at("1970-01-01T00:00:00Z")) == at("1969-12-29T06:00:00Z"));
}

TEST_CASE("a week is told with its worst, and no share is rounded up") {
    WeekFacts facts{.from = at("2026-11-16T06:00:00Z"), .to = at("2026-11-23T06:00:00Z")};
    facts.clock = {hour({}, 39'998, 2), hour({}, 60'000, 1)};
    facts.clock[0].least = Seconds{-0.0031};
    facts.clock[0].most = Seconds{0.001};
    facts.clock[0].bound_most = Seconds{0.004};
    facts.clock[1].bound_most = Seconds{0.012};
    facts.servers = {hour("ntp1", 100, 0), hour("ntp2", 60, 40), hour("ntp2", 100, 0)};
    facts.alerts = {fired("server_wrong", "ntp2"), fired("clock_error"), fired("clock_error")};
    facts.alerts.push_back(fired("clock_error"));
    facts.alerts.back().state = AlertState::resolved;
    facts.events = {EventRow{.at = {}, .kind = "change", .subject = {}, .text = {}, .size = {}}};
    const Alert told = week_summary(facts);
    CHECK(told.rule == week_rule);
    CHECK(
        told.text ==
        "from 2026-11-16T06:00:00Z to 2026-11-23T06:00:00Z this clock was demonstrated in 99.99 % "
        "of the looks, UTC within ±12 ms at worst, at most -3.1 ms to be added; of 2 servers "
        "ntp2 lost 20 % of its polls; alerts: clock_error 2 times, server_wrong (ntp2); changes of "
        "servers: 1; steps of this clock: 0");
}

TEST_CASE("a week without a look claims nothing") {
    const Alert told =
        week_summary({.from = at("2026-11-16T06:00:00Z"), .to = at("2026-11-23T06:00:00Z")});
    CHECK(told.text.contains("nothing showed that this clock was right"));
    CHECK(told.text.contains("no alert fired"));
}
