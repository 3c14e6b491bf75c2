#include "steer/servo.h"

#include <doctest/doctest.h>

namespace clockwright {
namespace {

using std::chrono::seconds;

ServoLook look_at(int second, ClockSetting shows, std::optional<ServoEvidence> evidence) {
    return {.now = {WallTime{} + seconds{1'800'000'000 + second}, SteadyTime{} + seconds{second}},
            .slept = {},
            .shows = shows,
            .hand = {},
            .evidence = evidence};
}

const ServoEvidence ten_ms{Seconds{0.01}, Seconds{1e-4}};

TEST_CASE("a first offset is slewed, and the rate stays as it was") {
    Servo servo(std::nullopt);
    const auto set = servo.look(look_at(0, {Ppm{7}, Seconds{0}}, ten_ms));
    REQUIRE(set);
    CHECK(set->frequency == Ppm{7});
    CHECK(set->outstanding == Seconds{0.01});
    CHECK_FALSE(servo.memory());
}

TEST_CASE("what is remembered of the rate is set before any server answers") {
    Servo servo(ServoMemory{Ppm{-12}, Ppm{0.1}});
    const auto set = servo.look(look_at(0, {}, std::nullopt));
    REQUIRE(set);
    CHECK(set->frequency == Ppm{-12});
    CHECK_FALSE(servo.look(look_at(64, *set, std::nullopt)));
}

TEST_CASE("the rate comes out of several offsets, whatever was slewed meanwhile") {
    // The clock loses 20 ppm; each look finds the slew done, and the rate as it was set.
    Servo servo(std::nullopt);
    ClockSetting set;
    double off = 0.01;
    for (int second = 0; second <= 640; second += 64) {
        const auto wanted = servo.look(look_at(second, set, ServoEvidence{Seconds{off}, {}}));
        REQUIRE(wanted);
        off -= wanted->outstanding.count();
        off += 64 * (20 - wanted->frequency.value) * 1e-6;
        set = {wanted->frequency, Seconds{0}};
    }
    CHECK(set.frequency.value == doctest::Approx(20).epsilon(1e-6));
    CHECK(off == doctest::Approx(0).epsilon(1e-6));
    REQUIRE(servo.memory());
    CHECK(servo.memory()->frequency.value == doctest::Approx(20).epsilon(1e-6));
}

TEST_CASE("it lets go when somebody else moves the clock, and stays so") {
    struct Row {
        const char* says;
        ClockSetting shows;
        Seconds set{}, slept{};
        std::string hand;
    };
    const ClockSetting ours{Ppm{7}, Seconds{0.004}};
    for (const Row& row :
         {Row{"chronyd moves this clock", ours, {}, {}, "chronyd"},
          Row{"the clock was set by +2.0 s", ours, Seconds{2}, {}, {}},
          Row{"changed the rate from +7.000 to +7.100 ppm", {Ppm{7.1}, Seconds{0.004}}, {}, {}, {}},
          Row{"another hand slews this clock by +1.0 s", {Ppm{7}, Seconds{1}}, {}, {}, {}},
          Row{"another hand slews this clock by -500 ms", {Ppm{7}, Seconds{-0.5}}, {}, {}, {}}}) {
        CAPTURE(row.says);
        Servo servo(std::nullopt);
        CHECK(servo.look(look_at(0, {Ppm{7}, Seconds{0}}, ten_ms)));
        ServoLook next = look_at(64, row.shows, ten_ms);
        next.now.wall += to_nanoseconds(row.set);
        next.hand = row.hand;
        CHECK_FALSE(servo.look(next));
        CHECK(servo.let_go().contains(row.says));
        CHECK_FALSE(servo.look(look_at(128, ours, ten_ms)));
    }
}

TEST_CASE("a host that slept was not set, and a slew that is under way is ours") {
    Servo servo(std::nullopt);
    CHECK(servo.look(look_at(0, {Ppm{7}, Seconds{0}}, ten_ms)));
    ServoLook woken = look_at(64, {Ppm{7}, Seconds{0.004}}, ten_ms);
    woken.now.wall += seconds{3600};
    woken.slept = Seconds{3600};
    CHECK(servo.look(woken));
    CHECK(servo.let_go().empty());
}

TEST_CASE("what no sound crystal needs, and what is too far, is left alone") {
    Servo far(std::nullopt);
    CHECK_FALSE(far.look(look_at(0, {}, ServoEvidence{Seconds{-61}, Seconds{1e-3}})));
    CHECK(far.let_go().contains("-61 s is too much to be slewed"));

    Servo broken(ServoMemory{Ppm{401}, Ppm{0.1}});
    CHECK_FALSE(broken.look(look_at(0, {}, ten_ms)));
    CHECK(broken.let_go().contains("+401.0 ppm"));
}

}  // namespace
}  // namespace clockwright
