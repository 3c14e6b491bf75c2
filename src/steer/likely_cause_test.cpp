#include "steer/likely_cause.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

TEST_CASE("errors of a telling size have their likely cause, to either side") {
    struct Row {
        double error;
        const char* cause;
    };
    for (const Row& row :
         {Row{1, "a leap second handled otherwise"}, Row{-0.995, "a leap second handled otherwise"},
          Row{0.5, "a leap smear half way"}, Row{18.002, "GPS time instead of UTC"},
          Row{-37, "TAI instead of UTC"}, Row{3600, "a time zone or its summer time"},
          Row{-19800.004, "a time zone or its summer time"},
          Row{1800, "a time zone or its summer time"},
          Row{-619'315'200, "a week number of GPS that rolled over"}, Row{0, ""}, Row{0.9, ""},
          Row{900, ""}, Row{3600.02, ""}, Row{2, ""}, Row{30 * 3600.0, ""}}) {
        CAPTURE(row.error);
        CHECK(likely_cause(Seconds{row.error}) == row.cause);
    }
}

}  // namespace
}  // namespace clockwright
