#include "watch/clock_watch.h"

#include <cmath>
#include <utility>

namespace clockwright {
namespace {

constexpr double fastest_slew = 0.09, usual_slew = 500e-6;
constexpr Seconds least_step{0.001}, least_sleep{1};

}  // namespace

ClockMove ClockWatch::look(const Moment& moment, bool was_set) {
    const Moment before = std::exchange(last_, moment);
    const Seconds slept = moment.slept - before.slept;
    const Seconds elapsed = moment.now.steady - before.now.steady;
    const Seconds moved = Seconds(moment.now.wall - before.now.wall) - elapsed - slept;
    const double slew = (was_set ? usual_slew : fastest_slew) * elapsed.count();
    ClockMove move;
    if (slept > least_sleep) move.slept = slept;
    if (std::abs(moved.count()) >= slew + least_step.count()) move.stepped = moved;
    return move;
}

}  // namespace clockwright
