#include "steer/rtc.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace std::chrono_literals;

TEST_CASE("a CMOS clock is written in the middle of a second, any other at its beginning") {
    constexpr WallTime noon{std::chrono::seconds(1'800'014'400)};
    struct Row {
        const char* driver;
        std::chrono::nanoseconds now, at, value;
    };
    for (const Row& row :
         {Row{"rtc_cmos 00:01", 200ms, 500ms, 0s}, Row{"rtc_cmos 00:01", 500ms, 500ms, 0s},
          Row{"rtc_cmos", 501ms, 1500ms, 1s}, Row{"rtc-ds1307 1-0068", 200ms, 1s, 1s},
          Row{"rtc-ds1307 1-0068", 0s, 0s, 0s}, Row{"", 999ms, 1s, 1s}}) {
        CAPTURE(row.driver);
        CAPTURE(row.now.count());
        const RtcWriting writing = next_writing(noon + row.now, row.driver);
        CHECK(writing.at == noon + row.at);
        CHECK(writing.value == noon + row.value);
    }
}
