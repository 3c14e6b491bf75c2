/// All we know of one source from one series of samples (selection.md, *The rule to start with*).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "time/series.h"

namespace clockwright {

struct ServerStats {
    int sent = 0, received = 0;
    double loss = 0;         ///< 0–1
    Seconds least_offset{};  ///< θ₀: offset of the least-delay sample
    Seconds offset{};        ///< θ: mean offset of the max(1, ⌈n/3⌉) samples with the least delay
    Seconds delay_min{}, delay_median{};
    Seconds queueing{};  ///< δ_median − δ_min
    Seconds jitter{};    ///< standard deviation of the offsets (n − 1; 0 with one sample)
    Seconds root_delay{}, root_dispersion{};  ///< of the least-delay sample: Δ, E
    Seconds root_distance{};                  ///< λ = (Δ + δ_min)/2 + E + ε + jitter
    Seconds expected_error{};                 ///< 0.04·δ_min + 0.1·(Δ/2 + E) + 0.5·queueing
    int stratum = 0;                          ///< of the last sample, like refid and leap
    std::uint32_t refid = 0;
    Leap leap = Leap::none;
};

/// Empty when the series has no sample. `drift`: common drift of the local clock, removed from the
/// offsets relative to the newest sample's instant of the whole scan, `reference`.
std::optional<ServerStats> summarise(const Series& series, Ppm drift, SteadyTime reference);

/// Offset slope that all servers share: the inverse-variance weighted median of the per-server
/// slopes, in which delayed samples count less. 0 unless at least three servers have three samples
/// over 4 s each. > 0: the local clock is losing against them.
Ppm common_drift(std::span<const Series* const> all);

}  // namespace clockwright
