#include "ntp/steady_pace.h"

#include <algorithm>
#include <cmath>

namespace clockwright::ntp {
namespace {

constexpr int tries = 3;            // before silence counts
constexpr int answers_counted = 8;  // as many as reach
constexpr int most_steps = 13, most_denials = 4;
constexpr int most_losses = 24;  // from which on the rest is the longest
constexpr Seconds slowest{8192}, day{86400}, week{7 * 86400.0};

Seconds doubled(Seconds rest, int times, Seconds longest) {
    return std::min(rest * std::exp2(times), longest);
}

}  // namespace

void SteadyPace::answered() {
    losses_ = 0;
    denied_ = false;
    if (++answers_ < answers_counted) return;
    answers_ = 0;
    slower_ = std::max(slower_ - 1, 0);
    denials_ = std::max(denials_ - 1, 0);
}

void SteadyPace::lost() {
    answers_ = 0;
    losses_ = std::min(losses_ + 1, most_losses);
}

void SteadyPace::kissed(KissDuty duty) {
    if (duty == KissDuty::no_time) return lost();
    answers_ = losses_ = 0;  // somebody is there
    denied_ = duty == KissDuty::stop;
    if (denied_) {
        denials_ = std::min(denials_ + 1, most_denials);
    } else {
        slower_ = std::min(slower_ + 1, most_steps);
    }
}

bool SteadyPace::is_silent() const {
    return losses_ >= tries && slower_ == 0 && !denied_;
}

Seconds SteadyPace::rest(Seconds usual, bool stranger) const {
    Seconds longest = std::max(usual, doubled(usual, slower_, slowest));
    if (denied_) longest = std::max(longest, doubled(day, denials_ - 1, week));
    if (stranger && losses_ >= tries)
        longest = std::max(longest, doubled(usual, losses_ - tries + 1, day));
    return longest;
}

}  // namespace clockwright::ntp
