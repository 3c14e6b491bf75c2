/// From measured candidates to a selection: settings, twins folded together, the report.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "app/measure.h"
#include "judge/hysteresis.h"
#include "judge/nts_policy.h"
#include "judge/selection.h"
#include "publish/scan_report.h"

namespace clockwright::app {

/// A candidate that turned out to be the same server as another: reported, never counted.
struct Twin {
    Candidate candidate;
    std::size_t of = 0;  ///< index into `candidates`
};

struct Judged {
    std::vector<Candidate> candidates;  ///< each server once
    std::vector<Twin> twins;
    SelectSettings settings;
    Selection selection;
};

/// Candidates of one endpoint are one server: what the daemon has stays, the others become twins;
/// those written alike vanish. `machine`: draws lots between equal newcomers; empty (a replay): the
/// same choice on every machine.
Judged judge(std::vector<Candidate> candidates, const Config& config, std::string machine = {});

/// Internal when there are present sources and all of them are private; else public.
TrustDomain trust_domain(const std::vector<Candidate>& candidates, const Config& config);

/// Takes the judged candidates into its rows.
ScanReport report_of(Judged judged, const Measured& measured, WallTime at);

NtsPolicy nts_policy(const Config& config);

GateSettings gate_settings(const Judged& judged, const Config& config);

}  // namespace clockwright::app
