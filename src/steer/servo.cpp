#include "steer/servo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr Seconds set_by_hand{1e-3};     // of the wall clock against the steady one
constexpr double same_frequency = 1e-3;  // ppm; the kernel keeps 2^-16
constexpr Seconds same_slew{1e-3};
constexpr Ppm worth_taking{5};  // a rate less sure than this is no rate yet
constexpr double grown = 1.1;   // at each look what was known of the rate is less sure

}  // namespace

std::string Servo::other_hand(const ServoLook& look) const {
    if (!look.hand.empty()) return look.hand + " moves this clock";
    if (!last_) return {};
    const Seconds slept = look.slept - last_->slept;
    const Seconds set = Seconds(look.now.wall - last_->now.wall) -
                        Seconds(look.now.steady - last_->now.steady) - slept;
    if (std::abs(set.count()) > set_by_hand.count() + 500e-6 * slept.count())
        return fmt::format("the clock was set by {}", spell_signed(set));
    if (std::abs(look.shows.frequency.value - last_->set.frequency.value) > same_frequency)
        return fmt::format("another hand changed the rate from {:+.3f} to {:+.3f} ppm",
                           last_->set.frequency.value, look.shows.frequency.value);
    const double was = last_->set.outstanding.count(), is = look.shows.outstanding.count();
    const double slack = same_slew.count();
    if (is > std::max(was, 0.0) + slack || is < std::min(was, 0.0) - slack)
        return fmt::format("another hand slews this clock by {}",
                           spell_signed(look.shows.outstanding));
    return {};
}

Seconds Servo::corrected_since(const ServoLook& look) const {
    return Seconds(look.now.steady - last_->now.steady) * (last_->set.frequency.value * 1e-6) +
           (last_->set.outstanding - look.shows.outstanding);
}

std::optional<ClockSetting> Servo::steer(const ServoLook& look) {
    const double now = seconds(look.now.steady);
    const ServoEvidence& evidence = *look.evidence;
    line_.add({now, (evidence.offset + corrected_).count(), evidence.bound.count()});
    const auto fit = line_.fit();
    // The first offset alone is slewed at once; how the rate is wrong only several can tell.
    Seconds off = fit ? fit->phase_at(now) - corrected_ : evidence.offset;
    if (memory_) memory_->error.value *= grown;
    const double known = memory_ ? memory_->error.value : worth_taking.value;
    if (fit && fit->error.value <= std::min(known, worth_taking.value))
        memory_ = ServoMemory{fit->rate, fit->error};
    const ClockSetting wanted{memory_ ? memory_->frequency : look.shows.frequency, off};
    if (std::abs(wanted.frequency.value) > limits_.frequency.value) {
        let_go_ = fmt::format("the clock needs {:+.1f} ppm, more than any sound crystal does",
                              wanted.frequency.value);
    } else if (std::abs(off.count()) > limits_.offset.count()) {
        let_go_ = fmt::format("{} is too much to be slewed; set the clock once by hand",
                              spell_signed(off));
    }
    return let_go_.empty() ? std::optional(wanted) : std::nullopt;
}

std::optional<ClockSetting> Servo::look(const ServoLook& look) {
    if (!let_go_.empty()) return std::nullopt;
    let_go_ = other_hand(look);
    if (!let_go_.empty()) return std::nullopt;
    if (!began_) began_ = look.now;
    if (last_) {
        // While a host sleeps its crystal goes on, and nobody counts our corrections.
        if (look.slept - last_->slept > Seconds{1}) line_.forget();
        corrected_ += corrected_since(look);
    }
    std::optional<ClockSetting> wanted;
    if (look.evidence) {
        wanted = steer(look);
    } else if (!last_ && memory_) {
        wanted = ClockSetting{memory_->frequency, look.shows.outstanding};
    }
    last_ = Last{look.now, look.slept, wanted.value_or(look.shows)};
    return wanted;
}

}  // namespace clockwright
