/// `report change`: a day before and a day after a change of the sources, side by side.
#pragma once

#include <string>
#include <vector>

#include "publish/document.h"
#include "publish/evidence.h"
#include "watch/period_summary.h"

namespace clockwright {

/// One side of the change.
struct ChangeSide {
    PeriodSummary clock;
    SourceQuality sources;
};

struct ChangeReport {
    std::string host;
    WallTime made_at;
    EvidenceChange change;
    std::vector<std::string> added, removed;
    ChangeSide before, after;
};

Document change_document(const ChangeReport& report);
std::string change_json(const ChangeReport& report);
std::string change_csv(const ChangeReport& report);

}  // namespace clockwright
