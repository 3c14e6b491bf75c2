#include "watch/objective.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace clockwright {
namespace {

using namespace std::chrono_literals;
using enum ObjectiveAnswer;

/// A day of which all is recorded and demonstrated.
PeriodSummary good_day() {
    PeriodSummary summary;
    summary.period = {WallTime{}, WallTime{} + 24h};
    summary.demonstrated = Seconds(24h);
    summary.offsets = distribution_of({1e-3, 2e-3, 9e-3});
    summary.bounds = distribution_of({5e-3, 0.02});
    return summary;
}

const SourceQuality good_servers{100, 100, 2, Seconds{1e-3}};

const ObjectiveResult& result(const std::vector<ObjectiveResult>& all, std::string_view name) {
    const auto found = std::ranges::find_if(
        all, [&](const ObjectiveResult& one) { return one.objective.name == name; });
    REQUIRE(found != all.end());
    return *found;
}

TEST_CASE("a good day meets every objective") {
    for (const ObjectiveResult& one : hold_to_objectives(good_day(), good_servers, {})) {
        CAPTURE(one.objective.name);
        CHECK((one.answer == met));
        CHECK(one.measured != "-");
    }
}

TEST_CASE("each objective is missed by what it forbids, and by nothing else") {
    struct Row {
        const char* name;
        PeriodSummary summary;
        SourceQuality servers;
        const char* measured;
    };
    const auto day = [](auto change) {
        PeriodSummary summary = good_day();
        change(summary);
        return summary;
    };
    const auto offsets = [&](std::vector<double> numbers) {
        return day([&](auto& it) { it.offsets = distribution_of(numbers); });
    };
    for (const Row& row :
         {Row{"offset_10ms", offsets({1e-3, 0.010}), good_servers, "10 ms"},
          Row{"offset_mean_10ms", offsets({9e-3, 0.012}), good_servers, "10.5 ms"},
          Row{"offset_50ms", offsets({1e-3, 0.05}), good_servers, "50 ms"},
          Row{"bound_1s", day([](auto& it) { it.bounds = distribution_of({1.5}); }), good_servers,
              "1.5 s"},
          Row{"bound_kerberos", day([](auto& it) { it.bounds = distribution_of({301}); }),
              good_servers, "301 s"},
          Row{"stratum_3", good_day(), {100, 100, 4, Seconds{1e-3}}, "worst 4"},
          Row{"jitter_5ms", good_day(), {100, 100, 2, Seconds{5e-3}}, "5.0 ms"},
          Row{"reach_100", good_day(), {100'000, 99'999, 2, Seconds{1e-3}}, "99.999 %"},
          Row{"synchronised_999", day([](auto& it) {
                  it.demonstrated = Seconds(1000s);
                  it.not_demonstrated = Seconds(2s);
              }),
              good_servers, "99.800 %"},
          Row{"recovery_1min", day([](auto& it) { it.outages = {{WallTime{}, WallTime{} + 60s}}; }),
              good_servers, "longest 1 min"},
          Row{"monitored", day([](auto& it) { it.unrecorded = Seconds(1min); }), good_servers,
              "99.930 %"}}) {
        CAPTURE(row.name);
        const auto one = result(hold_to_objectives(row.summary, row.servers, {}), row.name);
        CHECK((one.answer == missed));
        CHECK(one.measured == row.measured);
    }
}

TEST_CASE("an outage that was seen in part may have been longer, and meets nothing") {
    PeriodSummary summary = good_day();
    summary.outages = {{WallTime{}, WallTime{} + 59s}};
    const auto recovery = [&] {
        return result(hold_to_objectives(summary, good_servers, {}), "recovery_1min");
    };
    CHECK((recovery().answer == met));
    summary.outage_cut = true;
    CHECK((recovery().answer == unknown));
    CHECK(recovery().measured == "longest 59 s, seen in part");
    summary.outages.front().to += 1s;
    CHECK((recovery().answer == missed));
}

TEST_CASE("to be told late of a clock that is far off, or never, misses the aim") {
    const auto held = [](const Promptness& promptness) {
        return result(hold_to_objectives(good_day(), good_servers, promptness), "alert_10min");
    };
    CHECK((held({1, 0, Seconds{600}}).answer == met));
    CHECK((held({1, 0, Seconds{601}}).answer == missed));
    CHECK((held({2, 1, Seconds{60}}).answer == missed));
    CHECK(held({2, 1, Seconds{60}}).measured == "untold: 1");
}

TEST_CASE("what is hardly recorded meets nothing, but may miss") {
    PeriodSummary summary = good_day();
    summary.unrecorded = Seconds(12h);
    summary.demonstrated = Seconds(12h);
    const auto results = hold_to_objectives(summary, good_servers, {});
    CHECK((result(results, "offset_10ms").answer == unknown));
    CHECK((result(results, "synchronised_999").answer == unknown));
    CHECK((result(results, "monitored").answer == missed));
    summary.offsets = distribution_of({0.2});
    CHECK((result(hold_to_objectives(summary, good_servers, {}), "offset_50ms").answer == missed));
}

TEST_CASE("an error that was not demonstrated for half of the period is not always small") {
    PeriodSummary summary = good_day();
    summary.demonstrated = Seconds(12h);
    summary.not_demonstrated = Seconds(12h);
    const auto results = hold_to_objectives(summary, good_servers, {});
    for (const char* name : {"offset_10ms", "offset_mean_10ms", "offset_50ms", "bound_1s",
                             "bound_kerberos", "alert_10min"}) {
        CAPTURE(name);
        CHECK((result(results, name).answer == unknown));
    }
    CHECK((result(results, "monitored").answer == met));
    CHECK((result(results, "stratum_3").answer == met));
    summary.demonstrated = Seconds(22h);
    summary.not_demonstrated = Seconds(2h);
    CHECK((result(hold_to_objectives(summary, good_servers, {}), "bound_1s").answer == met));
}

TEST_CASE("without a number there is no answer") {
    for (const ObjectiveResult& one : hold_to_objectives(PeriodSummary{}, SourceQuality{}, {})) {
        CAPTURE(one.objective.name);
        CHECK((one.answer == (one.objective.name == "monitored" ? missed : unknown)));
    }
}

}  // namespace
}  // namespace clockwright
