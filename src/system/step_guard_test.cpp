#include "system/step_guard.h"

#include <doctest/doctest.h>

namespace clockwright::system {

TEST_CASE("a wall clock that goes another way than the steady one was stepped") {
    struct Row {
        const char* what;
        std::chrono::nanoseconds wall, steady;
        bool stepped;
    };
    using namespace std::chrono_literals;
    const Row rows[] = {
        {"both went on alike", 100ms, 100ms, false},
        {"read 0.9 ms apart", 100'900us, 100ms, false},
        {"set ahead by 2 ms", 102ms, 100ms, true},
        {"set back by 2 ms", 98ms, 100ms, true},
        {"set back to before the request", -5s, 100ms, true},
        {"set ahead by 2 ms within 100 s", 100s + 2ms, 100s, true},
        {"no time gone", 0ns, 0ns, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const Now earlier{WallTime{1'700'000'000s}, SteadyTime{5000s}};
        const Now later{earlier.wall + row.wall, earlier.steady + row.steady};
        CHECK(wall_clock_stepped(earlier, later) == row.stepped);
    }
}

}  // namespace clockwright::system
