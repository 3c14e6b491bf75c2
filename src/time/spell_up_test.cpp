#include "time/spell_up.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

TEST_CASE("an age that speaks against a clock is never told as less than it is") {
    struct Row {
        double seconds;
        const char* text;
    };
    for (const Row& row : {Row{0, "0 s"}, Row{0.2, "1 s"}, Row{59.5, "1 min"}, Row{119.2, "2 min"},
                           Row{120.2, "2 min 1 s"}, Row{3601, "1 h 1 min"}, Row{86399, "1 d"},
                           Row{86401, "1 d 1 h"}, Row{863999, "10 d"}, Row{864001, "11 d"}}) {
        CAPTURE(row.seconds);
        CHECK(spell_age_up(Seconds{row.seconds}) == row.text);
    }
}

}  // namespace
}  // namespace clockwright
