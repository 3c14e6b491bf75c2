/// Which of the last eight samples to believe (RFC 5905 §10, rules F-1 … F-7).
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "time/sample.h"

namespace clockwright {

/// What the register says of its source at one moment.
struct Filtered {
    Sample best;           ///< least delay of the register
    Seconds dispersion{};  ///< Σ εᵢ/2^(i+1), dummies counting 16 s
    Seconds jitter{};      ///< RMS of θ₀ − θⱼ over the valid others, floor: `precision`
    Seconds distance{};    ///< λ = δ/2 + ε, growing with PHI
    bool fresh = false;    ///< the best sample is newer than the last one used
    bool spike = false;    ///< fresh, but dropped by the popcorn suppressor
};

class ClockFilter {
  public:
    explicit ClockFilter(Seconds precision = Seconds{1e-6});

    /// Shifts `sample` in; dispersions are aged by PHI to its arrival. A best sample that is fresh
    /// and no spike counts as used from then on.
    Filtered add(const Sample& sample, Seconds poll_interval = Seconds{64});

    /// Three polls without an answer: a dummy (0, 16 s, 16 s) goes in.
    void add_dummy();

    /// Σ εᵢ/2^(i+1) now; 16 − 2^-4 s with no sample, 0.9375 s after four perfect ones.
    Seconds dispersion(SteadyTime now) const;

  private:
    void shift_in(std::optional<Sample> sample);
    std::vector<Sample> by_delay() const;
    Seconds jitter_around(const Sample& best) const;
    bool is_spike(const Sample& best, Seconds poll_interval) const;

    std::array<std::optional<Sample>, 8> stages_;  ///< newest first; empty: a dummy
    Seconds precision_;
    std::optional<Sample> last_used_;
    std::optional<Seconds> known_jitter_;  ///< before the sample in hand; empty: fewer than two
};

}  // namespace clockwright
