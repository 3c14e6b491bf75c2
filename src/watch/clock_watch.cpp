#include "watch/clock_watch.h"

#include <cmath>
#include <utility>

namespace clockwright {
namespace {

constexpr Seconds least_step{0.001};  // what two readings may differ by without one: far less
constexpr Seconds least_sleep{1};

}  // namespace

ClockMove ClockWatch::look(const Moment& moment) {
    const Moment before = std::exchange(last_, moment);
    const Seconds slept = moment.slept - before.slept;
    const auto elapsed = moment.now.steady - before.now.steady;
    const Seconds moved = Seconds(moment.now.wall - before.now.wall - elapsed) - slept;
    ClockMove move;
    if (slept > least_sleep) move.slept = slept;
    if (std::abs(moved.count()) >= least_step.count()) move.stepped = moved;
    return move;
}

}  // namespace clockwright
