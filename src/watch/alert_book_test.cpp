#include "watch/alert_book.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <string>

#include "watch/alert_book_json.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds cycle{64};

/// A book that lives in virtual time, a cycle a step.
struct Watch {
    std::vector<Rule> rules;
    AlertBook book{};
    Now now{WallTime{1'800'000'000s}, SteadyTime{1000s}};
    std::vector<Silence> silences{};
    std::vector<Alert> changes{};
    std::vector<AlertNotice> notices{};

    void pass(std::chrono::seconds time) {
        now.wall += time;
        now.steady += time;
    }
    AlertNews step(const std::vector<Fact>& facts, int times = 1) {
        AlertNews last;
        for (int i = 0; i < times; ++i) {
            pass(cycle);
            last = book.step(now, rules, facts, silences);
            changes.insert(changes.end(), last.changes.begin(), last.changes.end());
            notices.insert(notices.end(), last.notices.begin(), last.notices.end());
        }
        return last;
    }
    /// "began wide", "ended wide ntp1", …
    std::vector<std::string> told() const {
        std::vector<std::string> words;
        for (const AlertNotice& notice : notices) {
            std::string word = std::string(to_string(notice.kind)) + " " + notice.alert.rule;
            if (!notice.alert.subject.empty()) word += " " + notice.alert.subject;
            words.push_back(word);
        }
        return words;
    }
    AlertState state() const { return book.open().at(0).state; }
    Watch restarted() const;
};

Watch Watch::restarted() const {
    Watch next{rules};
    next.now = now;
    auto saved = read_alert_book(alert_book_json(book, now, true), now);
    REQUIRE(saved.has_value());
    next.book.restore(saved->entries);
    return next;
}

using Words = std::vector<std::string>;

Rule wide(Seconds hold = {}, int samples = 1) {
    Rule rule{.name = "wide",
              .family = "wide",
              .conditions = {{.fact = "bound_seconds", .limit = 0.1, .clear = 0.08}},
              .hold = hold,
              .samples = samples};
    rule.message = "the bound is {value}";
    return rule;
}

Rule wrong() {
    Rule rule{.name = "wrong",
              .family = "wrong",
              .conditions = {{.fact = "wrong", .relation = Relation::equal, .limit = 1}},
              .samples = 1};
    rule.message = "{subject} is wrong";
    return rule;
}

std::vector<Fact> bound(double value) {
    return {{"bound_seconds", "", value, ""}};
}

std::vector<Fact> wrong_servers(int count, double value = 1) {
    static std::deque<std::string> names;  // which outlive the facts
    std::vector<Fact> facts;
    for (int i = 0; i < count; ++i) {
        names.push_back("s" + std::to_string(i));
        facts.push_back({"wrong", names.back(), value, ""});
    }
    return facts;
}

Silence silence(const Watch& watch, std::chrono::seconds length) {
    return {.number = 1,
            .from = watch.now.wall,
            .until = watch.now.wall + length,
            .reason = "known",
            .by = "root"};
}

}  // namespace

TEST_CASE("what holds is pending until it has held long enough") {
    Watch watch{{wide(200s)}};
    watch.step(bound(0.2), 4);  // seen at 0, 64, 128 and 192 s
    CHECK(watch.state() == AlertState::pending);
    CHECK(watch.notices.empty());
    watch.step(bound(0.2));
    CHECK(watch.state() == AlertState::firing);
    CHECK(watch.told() == Words{"began wide"});
    CHECK(watch.book.open().at(0).text == "the bound is 200 ms");
}

TEST_CASE("no single sample fires a rule that wants three") {
    Watch watch{{wide({}, 3)}};
    watch.step(bound(0.2), 2);
    watch.step(bound(0.01));
    watch.step(bound(0.2), 2);
    CHECK(watch.state() == AlertState::pending);
    watch.step(bound(0.2));
    CHECK(watch.state() == AlertState::firing);
}

TEST_CASE("what is pending ends without a word to anybody but the record") {
    Watch watch{{wide({}, 3)}};
    watch.step(bound(0.2));
    watch.step(bound(0.01));
    CHECK(watch.book.open().empty());
    CHECK(watch.notices.empty());
    REQUIRE(watch.changes.size() == 2);
    CHECK(watch.changes[0].state == AlertState::pending);
    CHECK(watch.changes[1].state == AlertState::resolved);
}

TEST_CASE("what fires ends only behind its clear limit, and after as many samples") {
    Watch watch{{wide({}, 2)}};
    watch.step(bound(0.2), 2);
    watch.step(bound(0.09), 5);
    CHECK(watch.state() == AlertState::firing);
    watch.step(bound(0.07));
    CHECK(watch.state() == AlertState::firing);
    watch.step(bound(0.07));
    CHECK(watch.book.open().empty());
    CHECK(watch.told() == Words{"began wide", "ended wide"});
}

TEST_CASE("an alert is told once, and again after its repeat") {
    Watch watch{{wide()}};
    watch.step(bound(0.2), 4 * 3600 / 64 - 1);
    CHECK(watch.told() == Words{"began wide"});
    watch.step(bound(0.2), 3);
    CHECK(watch.told() == Words{"began wide", "repeated wide"});
}

TEST_CASE("an unknown fact leaves an alert as it is") {
    Watch watch{{wide()}};
    watch.step(bound(0.2));
    watch.step({}, 100);
    CHECK(watch.state() == AlertState::firing);
    watch.step(bound(0.01));
    CHECK(watch.book.open().empty());
}

TEST_CASE("silence is an error where the rule says so") {
    Watch watch{{wide({}, 3)}};
    watch.rules[0].absent = Absent::fires;
    watch.step({}, 3);
    CHECK(watch.told() == Words{"began wide"});
    CHECK(watch.book.open().at(0).text == "the bound is unknown");
}

TEST_CASE("a rule of servers has an alert for each of them") {
    Watch watch{{wrong()}};
    watch.step({{"wrong", "a", 1, ""}, {"wrong", "b", 0, ""}, {"wrong", "c", 1, ""}});
    CHECK(watch.told() == Words{"began wrong a", "began wrong c"});
    watch.rules[0].server = "c";
    watch.step({{"wrong", "a", 1, ""}, {"wrong", "b", 1, ""}, {"wrong", "c", 1, ""}});
    CHECK(watch.told().back() == "ended wrong a");
    CHECK(watch.book.open().size() == 1);
}

TEST_CASE("the alert of a server that is watched no more ends, and says so") {
    Watch watch{{wrong()}};
    watch.step(wrong_servers(1));
    watch.step({}, 2);
    CHECK(watch.state() == AlertState::firing);
    watch.step({});
    CHECK(watch.book.open().empty());
    CHECK(watch.notices.back().alert.text == "s0 is wrong; it is watched no more");
}

TEST_CASE("an alert whose rule is gone ends") {
    Watch watch{{wide()}};
    watch.step(bound(0.2));
    watch.rules.clear();
    watch.step(bound(0.2));
    CHECK(watch.told() == Words{"began wide", "ended wide"});
}

TEST_CASE("a critical rule hides the warning of its family") {
    Watch watch{{wide(), wide()}};
    watch.rules[1].name = "wide_critical";
    watch.rules[1].severity = AlertSeverity::critical;
    watch.rules[1].conditions[0] = {.fact = "bound_seconds", .limit = 0.5};
    watch.step(bound(0.6));
    CHECK(watch.told() == Words{"began wide_critical"});
    REQUIRE(watch.book.open().size() == 1);
    CHECK(watch.book.open()[0].rule == "wide_critical");
    watch.step(bound(0.2));
    CHECK(watch.told() == Words{"began wide_critical", "ended wide_critical", "began wide"});
    watch.step(bound(0.6));
    watch.step(bound(0.01));
    CHECK(watch.told().size() == 6);
    CHECK(std::ranges::count(watch.told(), "ended wide") == 1);
    CHECK(watch.book.open().empty());
}

TEST_CASE("what comes and goes too often stays firing until it is calm") {
    Watch watch{{wide()}};
    for (int i = 0; i < 20; ++i) watch.step(bound(i % 2 == 0 ? 0.2 : 0.01));
    CHECK(watch.notices.size() == 7);  // three times on and off, then flapping
    CHECK(watch.told().back() == "flapping wide");
    CHECK(watch.notices.back().alert.text.find("stays firing until it is calm") !=
          std::string::npos);
    CHECK(watch.state() == AlertState::firing);
    watch.step(bound(0.01), 50);
    CHECK(watch.state() == AlertState::firing);
    watch.step(bound(0.01), 10);
    CHECK(watch.book.open().empty());
    CHECK(watch.told().back() == "ended wide");
    CHECK(watch.notices.size() == 8);
}

TEST_CASE("each firing and each end is a notice, however many there are") {
    Watch watch{{wrong()}};
    watch.step(wrong_servers(400));
    CHECK(watch.notices.size() == 400);
    watch.step(wrong_servers(400, 0));
    REQUIRE(watch.notices.size() == 800);
    CHECK(watch.told().front() == "began wrong s0");
    CHECK(watch.told().back() == "ended wrong s99");
}

TEST_CASE("the most severe is told first") {
    Watch watch{{wrong(), wide()}};
    watch.rules[1].severity = AlertSeverity::critical;
    auto facts = wrong_servers(100);
    facts.push_back(bound(1).front());
    watch.step(facts);
    CHECK(watch.told().front() == "began wide");
}

TEST_CASE("nobody is told of what is silenced, and of what lasts longer than the silence") {
    Watch watch{{wide()}};
    watch.silences = {silence(watch, 3600s)};
    watch.step(bound(0.2), 50);
    CHECK(watch.notices.empty());
    CHECK(watch.book.open().at(0).silenced);
    CHECK(watch.changes.size() == 2);
    watch.step(bound(0.2), 10);
    CHECK(watch.told() == Words{"began wide"});
    CHECK_FALSE(watch.book.open().at(0).silenced);
}

TEST_CASE("the end of what was told is told, silenced or not") {
    Watch watch{{wide()}};
    watch.step(bound(0.2));
    watch.silences = {silence(watch, 3600s)};
    watch.step(bound(0.01));
    CHECK(watch.told() == Words{"began wide", "ended wide"});
}

TEST_CASE("a young start is quiet, logged, and told afterwards when it is still true") {
    Watch watch{{wide(), wrong()}};
    watch.rules[1].quiet_after_start = false;
    watch.book.be_quiet_until(watch.now.steady + 512s);
    auto facts = bound(0.2);
    facts.push_back({"wrong", "a", 1, ""});
    watch.step(facts, 7);
    CHECK(watch.told() == Words{"began wrong a"});
    CHECK(watch.changes.size() == 3);  // both pending, one firing
    watch.step(facts);
    CHECK(watch.told() == Words{"began wrong a", "began wide"});
}

TEST_CASE("what was well again before the quiet ended was never told") {
    Watch watch{{wide()}};
    watch.book.be_quiet_until(watch.now.steady + 512s);
    watch.step(bound(0.2), 5);
    watch.step(bound(0.01), 20);
    CHECK(watch.notices.empty());
}

TEST_CASE("a wall clock that steps by a year changes no age") {
    Watch watch{{wide(200s)}};
    watch.step(bound(0.2));
    watch.now.wall += 365 * 24h;
    watch.step(bound(0.2), 3);
    CHECK(watch.state() == AlertState::pending);
    watch.now.wall -= 2 * 365 * 24h;
    watch.step(bound(0.2));
    CHECK(watch.state() == AlertState::firing);
    watch.step(bound(0.2), 10);
    CHECK(watch.notices.size() == 1);
}

TEST_CASE("nothing is told twice over a restart") {
    Watch watch{{wide(), wrong()}};
    auto facts = wrong_servers(3);
    facts.push_back(bound(0.2).front());
    watch.step(facts);
    CHECK(watch.notices.size() == 4);
    Watch next = watch.restarted();
    next.pass(30s);
    next.book.be_quiet_until(next.now.steady + 512s);
    next.step(facts, 20);
    CHECK(next.notices.empty());
    CHECK(next.book.open().size() == 4);
    next.step(bound(0.01), 4);
    CHECK(next.told() == Words{"ended wide", "ended wrong s0", "ended wrong s1", "ended wrong s2"});
}

TEST_CASE("a repeat counts over a restart, also over one of the machine") {
    Watch watch{{wide()}};
    watch.step(bound(0.2));
    const std::string text = alert_book_json(watch.book, watch.now, true);
    Watch next{{wide()}};
    next.now = {watch.now.wall + 3h, SteadyTime{5s}};
    next.book.restore(read_alert_book(text, next.now)->entries);
    next.step(bound(0.2), 50);
    CHECK(next.notices.empty());
    next.step(bound(0.2), 10);
    CHECK(next.told() == Words{"repeated wide"});
}
