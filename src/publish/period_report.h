/// `report daily`, `weekly`, `drift` and `maintenance`: what the record shows of this clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "publish/chart.h"
#include "publish/document.h"
#include "publish/evidence.h"
#include "steer/rtc_verdict.h"
#include "steer/trend.h"
#include "steer/wander.h"
#include "watch/objective.h"

namespace clockwright {

/// How the oscillator ran, by what its rate was corrected by.
struct RateSummary {
    std::vector<FrequencyPoint> points;  ///< of the period, in order
    std::vector<RtcPoint> rtc;           ///< comparisons of the hardware clock since it was set
};

/// What of it there is decides the sections.
struct PeriodReport {
    std::string word;  ///< "daily"
    std::string host;
    WallTime made_at;
    Period period;
    std::optional<PeriodSummary> summary;  ///< with the four below
    std::vector<ObjectiveResult> objectives;
    std::vector<EvidenceSource> sources;
    std::vector<AlertRow> alerts;
    std::vector<EvidenceChange> changes;
    std::vector<EventRow> events;  ///< what moved the clock or its rate
    std::optional<RateSummary> rate;
    std::vector<ChartValue> offsets, bounds;  ///< in seconds, of demonstrated looks, in order
    std::vector<std::string> remarks;
};

/// The conclusion: what a person reads first.
std::vector<std::string> period_statement(const PeriodReport& report);

Document period_document(const PeriodReport& report);
std::string period_json(const PeriodReport& report);
/// The days as numbers; of a report on the rate alone its points.
std::string period_csv(const PeriodReport& report);

/// ppm a day with its 95 % interval, in the unit of the points; empty: too few.
std::optional<Trend> rate_trend(const RateSummary& rate);

}  // namespace clockwright
