/// What a record shows of a clock against the limit of a regime. It states what was measured, never
/// that a law is complied with (rules P-1 … P-5).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "publish/chain_comparison.h"
#include "publish/document.h"
#include "publish/evidence.h"
#include "watch/compliance.h"
#include "watch/compliance_profile.h"

namespace clockwright {

struct ComplianceReport {
    std::string host;
    WallTime made_at;
    ComplianceProfile profile;
    ComplianceLimit limit;
    ComplianceFinding finding;     ///< without a number in the regime, against the widest of 1 s
    std::vector<EventRow> events;  ///< what moved the clock, what the agent and the daemon did
    std::vector<EvidenceSource> sources;
    std::vector<EvidenceChange> changes;
    /// The end of a leap second within a day of the period, or where one may have been.
    std::optional<WallTime> leap;
    ChainAnswer chain;                 ///< whether the audit chain bears the looks out
    std::vector<std::string> remarks;  ///< what is missing from the record, and why

    /// The followed servers that smear leap seconds, where the limit forbids it (rule L-4): below
    /// 1 s.
    std::vector<std::string> forbidden_smear() const;
    /// Enough is recorded, the audit chain does not say otherwise, and no leap second was smeared.
    bool concluded() const;
};

/// "The measured bound stayed within 50 ms for 99.20 % of the period …", and what was not so.
/// Shares are rounded against the clock.
std::vector<std::string> compliance_statement(const ComplianceReport& report);

Document compliance_document(const ComplianceReport& report);
std::string compliance_json(const ComplianceReport& report);
/// The stretches of the period with their maxima, as numbers.
std::string compliance_csv(const ComplianceReport& report);

std::string profiles_text(const std::vector<ComplianceProfile>& profiles);
/// {"clockwright", "profiles": [{"profile", "title", "jurisdiction", "version", "limits":
/// [{"limit", "limit_seconds", "known", "for"}]}]}
std::string profiles_json(const std::vector<ComplianceProfile>& profiles);

}  // namespace clockwright
