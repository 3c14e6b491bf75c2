/// A public server, and what is remembered of it.
#pragma once

#include <chrono>

#include "app/agent_record.h"
#include "app/scan_memory.h"
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

/// A series of `age` ago, since which this clock ran by its rate alone.
inline store::RememberedSeries remembered(const IpAddress& address, Series series,
                                          std::chrono::minutes age) {
    const app::ClockRun run = app::clock_run();
    const Seconds gained = run.rate.value_or(Ppm{}).value * 1e-6 * Seconds(age);
    return {{address, 123}, system::read_clocks().wall - age,    std::move(series), false,
            app::boot_id(), run.booted - to_nanoseconds(gained), run.rate};
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
        memory.series.push_back(remembered(stranger, std::move(series), age));
    }
    return memory;
}

}  // namespace clockwright
