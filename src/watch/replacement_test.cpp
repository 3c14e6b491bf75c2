#include "watch/replacement.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

const WallTime start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

ReplacementQuestion one_bad_source() {
    ReplacementQuestion question;
    question.remove = {"ntp2"};
    question.went_bad = 1;
    question.majority = question.bound_known = true;
    return question;
}

}  // namespace

TEST_CASE("one bad source of ours may be replaced when everything else is well") {
    CHECK(why_not_replace(one_bad_source(), {}, start).empty());
}

TEST_CASE("one source in 24 hours, three in 30 days") {
    ReplacementMemory memory;
    WallTime now = start;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(why_not_replace(one_bad_source(), memory, now).empty());
        replace(memory.replaced, "ntp" + std::to_string(i), now);
        CHECK(why_not_replace(one_bad_source(), memory, now + 23h).contains("24 h"));
        now += 25h;
    }
    CHECK(why_not_replace(one_bad_source(), memory, now).contains("30 days"));
    CHECK(why_not_replace(one_bad_source(), memory, start + 24h * 31).empty());
}

TEST_CASE("nothing is replaced when it may be us, or when a change would be dangerous") {
    struct Row {
        const char* word;
        void (*change)(ReplacementQuestion&);
    };
    const Row rows[] = {
        {"at once", [](auto& q) { q.went_bad = 2; }},
        {"majority", [](auto& q) { q.majority = false; }},
        {"bound", [](auto& q) { q.bound_known = false; }},
        {"serves time", [](auto& q) { q.serves_time = true; }},
        {"restarted", [](auto& q) { q.restarts = true; }},
        {"leap second", [](auto& q) { q.to_leap = 23h; }},
        {"leap second", [](auto& q) { q.to_leap = -23h; }},
        {"not ours", [](auto& q) { q.removes_foreign = true; }},
        {"pool", [](auto& q) { q.removes_pool_member = true; }},
        {"2 sources", [](auto& q) { q.remove.push_back("ntp3"); }},
        {"outside the window", [](auto& q) { q.outside_window = "Sat 02:00-04:00"; }},
    };
    for (const Row& row : rows) {
        CAPTURE(row.word);
        ReplacementQuestion question = one_bad_source();
        row.change(question);
        CHECK(why_not_replace(question, {}, start).contains(row.word));
    }
}

TEST_CASE("a replaced source stays away seven days, and twice as long each time") {
    std::vector<Replaced> memory;
    CHECK(Seconds(replace(memory, "ntp2", start).returns - start) == Seconds(24h * 7));
    CHECK(Seconds(replace(memory, "ntp2", start).returns - start) == Seconds(24h * 14));
    CHECK(Seconds(replace(memory, "ntp3", start).returns - start) == Seconds(24h * 7));
    CHECK(Seconds(replace(memory, "ntp2", start).returns - start) == Seconds(24h * 28));
}

TEST_CASE(
    "a change that did not hold holds the next one back for a day, the same one ever longer") {
    ReplacementMemory memory;
    ReplacementQuestion same = one_bad_source(), other = one_bad_source();
    same.plan = "7f3c9a";
    other.plan = "91ab02";
    did_not_hold(memory.not_held, same.plan, start);
    CHECK(why_not_replace(same, memory, start + 23h) == "a change did not hold within 24 h");
    CHECK(why_not_replace(other, memory, start + 23h) == "a change did not hold within 24 h");
    CHECK(why_not_replace(same, memory, start + 25h).empty());
    did_not_hold(memory.not_held, same.plan, start + 25h);
    CHECK(why_not_replace(same, memory, start + 72h) == "a change did not hold within 48 h");
    CHECK(why_not_replace(other, memory, start + 50h).empty());
    CHECK(why_not_replace(same, memory, start + 74h).empty());
    CHECK(memory.not_held.size() == 1);
}

TEST_CASE(
    "while it is not known what was replaced before, nothing is, for as long as a limit goes") {
    ReplacementMemory memory;
    memory.unknown_before = start;
    CHECK(why_not_replace(one_bad_source(), memory, start + 24h * 29).contains("not known"));
    CHECK(why_not_replace(one_bad_source(), memory, start + 24h * 31).empty());
}
