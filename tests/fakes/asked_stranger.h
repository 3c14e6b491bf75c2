/// A public server, and what is remembered of it.
#pragma once

#include <chrono>

#include "app/agent_record.h"
#include "judge/candidate.h"
#include "store/memory.h"
#include "system/clock.h"

namespace clockwright {

inline const IpAddress stranger = *parse_address("198.51.100.7");

inline Candidate public_candidate() {
    Candidate candidate;
    candidate.source.host.name = candidate.source.as_written = to_string(stranger);
    return candidate;
}

/// When this boot began, by the wall clock.
inline WallTime booted() {
    const Now now = system::read_clocks();
    return now.wall - now.steady.time_since_epoch() - to_nanoseconds(system::time_asleep());
}

/// A public server that was asked `age` ago, with one sample if it is remembered.
inline store::Memory asked(std::chrono::minutes age, bool with_series) {
    const WallTime at = system::read_clocks().wall - age;
    store::Memory memory;
    memory.spent.push_back({stranger, at, at + std::chrono::seconds(6), 4});
    if (with_series) {
        Series series;
        series.sent = 4;
        Sample sample;
        sample.offset = Seconds{0.001};
        sample.stratum = 1;
        sample.at = SteadyTime{} + std::chrono::seconds(2);
        series.samples.push_back(sample);
        memory.series.push_back({{stranger, 123}, at, series, false, app::boot_id(), booted()});
    }
    return memory;
}

}  // namespace clockwright
