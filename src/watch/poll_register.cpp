#include "watch/poll_register.h"

#include <cmath>

namespace clockwright {
namespace {

/// More polls than the time allows: a burst, or a start of the daemon that nobody saw.
constexpr double unexpected = 2;

/// Whether `polls` new bits turn one register into the other.
bool leads_to(std::uint8_t before, std::uint8_t after, unsigned polls) {
    return static_cast<unsigned>(after) >> polls == (before & 0xffU >> polls);
}

/// The number of polls between two looks that is nearest to what the time says.
unsigned polls_between(std::uint8_t before, std::uint8_t after, double expected) {
    unsigned nearest = 8;  // which leads from any register to any other
    for (unsigned polls = 8; polls-- > 0;)
        if (leads_to(before, after, polls) &&
            std::abs(polls - expected) <= std::abs(nearest - expected))
            nearest = polls;
    return nearest;
}

}  // namespace

bool PollRegister::lost(std::uint8_t reach, Seconds interval, SteadyTime now) {
    if (!last_) {
        last_ = reach;
        counted_ = now;
        return false;
    }
    const double expected = Seconds(now - counted_) / interval;
    const unsigned polls = polls_between(*last_, reach, expected);
    if (polls == 0) return false;
    // Of a register that looks the same only the time tells when the polls were.
    const bool shows = *last_ != reach || polls == 8;
    counted_ = shows ? now : counted_ + to_nanoseconds(polls * interval);
    last_ = reach;
    return polls <= expected + unexpected && (reach & 1U) == 0;
}

}  // namespace clockwright
