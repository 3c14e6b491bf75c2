/// What reports are made from: the rows of a period and the changes in it.
#pragma once

#include "app/verbs.h"
#include "publish/document.h"
#include "publish/evidence.h"
#include "publish/history.h"
#include "store/journal.h"
#include "watch/compliance.h"

namespace clockwright::app {

Result<int> report_period(const Context& context);  ///< daily, weekly, drift, maintenance
Result<int> report_change(const Context& context);
Result<int> report_verify(const Context& context);

/// All rows of a period.
HistoryQuery query_of(const Period& period);

/// Looks at the clock, from an hour before the period on: the last one before it still holds in it.
Result<std::vector<ClockRow>> looks_of(const History& history, const Period& period);

/// Only the newest million count; a remark tells when there are more.
Result<std::vector<SampleRow>> samples_of(const History& history, const Period& period,
                                          std::vector<std::string>& remarks);

/// A remark when the period is older than rows are kept.
void remark_removed(const Context& context, const Period& period, WallTime now,
                    std::vector<std::string>& remarks);

/// What an auditor must hear of; what servers did is none of it.
Result<std::vector<EventRow>> told_events(const History& history, const Period& period);

EvidenceChange evidence_of(const store::Change& change);

/// A journal that is closed to this user is a gap in the evidence, and a remark tells it.
std::vector<EvidenceChange> changes_of(const Context& context, const Period& period,
                                       std::vector<std::string>& remarks);

/// As --format says.
std::string rendered(const Document& document, const std::string& format);

}  // namespace clockwright::app
