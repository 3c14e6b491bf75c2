/// The crystal of a clock that nobody corrects, in virtual time.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace clockwright::worlds {

/// How restless it is; rates are ppm.
struct Restlessness {
    double walk = 0.0004;  ///< deviation of the random walk's step, each second
    double warmth = 1;     ///< the least swing of a day's temperature
    double flicker = 0;    ///< deviation of what comes and goes over minutes, hours and half days
};

/// One of a batch: its rate, its swing and its noise are its own.
class Oscillator {
  public:
    Oscillator(std::uint64_t seed, const Restlessness& restless)
        : restless_(restless), random_(seed) {
        walk_ = 20 * normal_(random_);
        swing_ = restless.warmth * (1 + std::abs(normal_(random_)));
        phase_ = normal_(random_);
    }

    /// Over the second that begins at `t`; to be asked of one second after another.
    double rate(double t) {
        walk_ += restless_.walk * normal_(random_);
        double rate = walk_ + swing_ * std::sin(2 * std::numbers::pi * t / 86400 + phase_);
        double life = 300;
        for (double& part : parts_) {
            part += -part / life + restless_.flicker * std::sqrt(2 / life) * normal_(random_);
            rate += part;
            life *= 12;
        }
        return rate;
    }

  private:
    Restlessness restless_;
    std::mt19937_64 random_;
    std::normal_distribution<double> normal_;
    double walk_ = 0, swing_ = 0, phase_ = 0;
    double parts_[3] = {0, 0, 0};
};

}  // namespace clockwright::worlds
