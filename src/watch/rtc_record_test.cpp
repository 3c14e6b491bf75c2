#include "watch/rtc_record.h"

#include <doctest/doctest.h>

#include "tests/fakes/record_rows.h"

namespace clockwright {
namespace {

using namespace std::chrono_literals;

EventRow rtc_row(std::chrono::hours after, std::string_view kind, std::optional<Seconds> size) {
    EventRow row = event_row(record_noon + after, std::string(kind), "");
    row.size = size;
    return row;
}

TEST_CASE(
    "what was compared before the clock was set, by us or by the kernel, is of another clock") {
    std::vector<EventRow> events{rtc_row(0h, rtc_event, Seconds{40}),
                                 rtc_row(6h, rtc_event, Seconds{40.1})};
    CHECK(comparisons_of(events).size() == 2);
    events.push_back(rtc_row(7h, rtc_set_event, Seconds{40.1}));
    CHECK(comparisons_of(events).empty());
    events.push_back(rtc_row(12h, rtc_event, Seconds{0.1}));
    events.push_back(rtc_row(13h, "step", Seconds{5}));
    REQUIRE(comparisons_of(events).size() == 1);
    CHECK(comparisons_of(events)[0].at == record_noon + 12h);
    CHECK(comparisons_of(events)[0].offset == Seconds{0.1});
    events.push_back(rtc_row(18h, rtc_event, {}));
    CHECK(comparisons_of(events).empty());
}

}  // namespace
}  // namespace clockwright
