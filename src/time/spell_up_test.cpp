#include "time/spell_up.h"

#include <doctest/doctest.h>

#include "time/spell.h"

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

TEST_CASE("an interval that speaks against a clock is rounded up to the digits that are shown") {
    struct Row {
        double seconds;
        const char* text;
    };
    for (const Row& row : {Row{0.117, "117 ms"}, Row{0.1166, "117 ms"}, Row{0.11601, "117 ms"},
                           Row{0.00211, "2.11 ms"}, Row{0.0021101, "2.12 ms"}}) {
        CAPTURE(row.seconds);
        CHECK(spell_up(Seconds{row.seconds}) == row.text);
    }
    CHECK(spell_up(Seconds{0}) == spell(Seconds{0}));
}

}  // namespace
}  // namespace clockwright
