#include "publish/history_report.h"

#include <doctest/doctest.h>

#include "tests/fakes/record_rows.h"

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon = record_noon;

}  // namespace

TEST_CASE("a list says first what it comes to, and last what to do next") {
    const std::string samples =
        samples_text({sample_row(noon, "ntp1"), sample_row(noon + 1s, "ntp2", Seconds{0.84}),
                      lost_row(noon + 2s, "ntp1")},
                     false);
    CHECK(samples.starts_with("3 samples from 2027-01-15T12:00:00Z to 2027-01-15T12:00:02Z of 2"));
    CHECK(samples.contains("+840 ms (ntp2).\n"));
    CHECK(samples.ends_with("Next: clockwright history export --format csv\n"));
    CHECK(clock_text({clock_row(noon)}, true)
              .starts_with("1 look from 2027-01-15T12:00:00Z to 2027-01-15T12:00:00Z (the newest; "
                           "--limit N"));
    const std::string runs = runs_text({run_row(noon)}, false);
    CHECK(runs.contains("1 proposed."));
    CHECK(runs.contains("ntp1, nts://ntp2; a better set [plan 91ab02]"));
    CHECK(runs.contains("25 %"));
    CHECK(events_text({event_row(noon, "step", "it was stepped")}, false).contains("1 step."));
    const std::string verdicts = verdicts_text(
        {{noon, "ntp1", Verdict::falseticker, "apart from the consensus\x1b[1m"}}, false);
    CHECK(verdicts.contains("1 falseticker."));
    CHECK(verdicts.contains("apart from the consensus"));
    CHECK_FALSE(verdicts.contains('\x1b'));
    CHECK(alerts_text({alert_row(noon)}, false).contains("1 resolved."));
    CHECK(runs_text({}, false) ==
          "No runs recorded in that time.\nNext: clockwright history clock --since 7d\n");
}

TEST_CASE("no text from the network reaches the terminal as it is") {
    EventRow event = event_row(noon, "path", "\x1b[31mred");
    event.subject = "ntp\x1b]0;x";
    CHECK_FALSE(events_text({event}, false).contains('\x1b'));
    CHECK_FALSE(samples_text({lost_row(noon, "a\x1b")}, false).contains('\x1b'));
}

TEST_CASE("the JSON of a list is one document with the kind as its key") {
    CHECK(rows_json("events", std::vector<EventRow>{}).ends_with("  \"events\": []\n}\n"));
    const std::string json =
        rows_json("events", std::vector{event_row(noon, "step", "a"), event_row(noon, "b", "c")});
    CHECK(json.contains("\"events\": [\n    {\"timestamp\":\"2027-01-15T12:00:00.000000000Z\""));
    CHECK(json.ends_with("}\n  ]\n}\n"));
}
