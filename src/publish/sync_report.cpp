#include "publish/sync_report.h"

#include <fmt/format.h>

#include <cmath>

#include "publish/json_text.h"
#include "publish/table.h"
#include "time/spell.h"

namespace clockwright {
namespace {

std::string_view word(CorrectionKind kind) {
    switch (kind) {
        case CorrectionKind::no_evidence:
            return "none";
        case CorrectionKind::fine:
            return "fine";
        case CorrectionKind::wait:
            return "wait";
        case CorrectionKind::slew:
            return "slew";
        case CorrectionKind::step:
            return "step";
        case CorrectionKind::refuse:
            return "refuse";
    }
    return "none";
}

std::string_view outcome_word(const SyncReport& report) {
    if (report.outcome)
        return report.outcome->proof == CorrectionProof::done ? "applied" : "failed";
    if (is_due(report.decision)) return "planned";
    const CorrectionKind kind = report.decision.kind;
    return kind == CorrectionKind::fine || kind == CorrectionKind::wait ? "unchanged" : "refused";
}

std::string clock_text(const ClockEvidence& evidence) {
    return fmt::format("This clock is {} ±{} {}: {} servers agree.\n",
                       spell(Seconds{std::abs(evidence.offset.count())}),
                       spell_bound(evidence.bound), evidence.offset >= Seconds{0} ? "slow" : "fast",
                       evidence.agreeing);
}

/// What was not done may have moved the clock all the same: a slew that was under way, another
/// hand.
std::string moved_text(Seconds moved) {
    constexpr Seconds noticed{1e-3};
    return std::abs(moved.count()) < noticed.count()
               ? "and no move of this clock was seen"
               : "though this clock moved by " + spell_signed(moved);
}

std::string conclusion(const SyncReport& report) {
    const std::string& reason = report.decision.reason;
    if (report.outcome) {
        const std::string& seen = report.outcome->reason;
        switch (report.outcome->proof) {
            case CorrectionProof::done:
                return fmt::format("Corrected and verified in {}: {}.", spell(report.took), seen);
            case CorrectionProof::not_done:
                return fmt::format("Failed, {}: {}.", moved_text(report.moved), seen);
            case CorrectionProof::unproved:
                return "Failed, and nothing is proved: " + seen + ".";
        }
    }
    switch (report.decision.kind) {
        case CorrectionKind::fine:
            return "Nothing to correct: " + reason + ".";
        case CorrectionKind::wait:
            return "Nothing to do now: " + reason + ".";
        case CorrectionKind::slew:
        case CorrectionKind::step:
            return fmt::format("A {} is due: {}.", word(report.decision.kind), reason);
        case CorrectionKind::no_evidence:
        case CorrectionKind::refuse:
            break;
    }
    return "Refused: " + reason + ". Nothing changed.";
}

std::string next_text(const SyncReport& report) {
    if (report.outcome && report.outcome->proof == CorrectionProof::done)
        return "Next: clockwright status\n";
    if (!report.outcome && report.decision.kind == CorrectionKind::fine) return {};
    return "Next: clockwright drift, then clockwright doctor\n";
}

}  // namespace

bool is_due(const Correction& decision) {
    return decision.kind == CorrectionKind::slew || decision.kind == CorrectionKind::step;
}

std::string sync_json(const SyncReport& report) {
    const auto& evidence = report.evidence;
    const auto& outcome = report.outcome;
    JsonObject json(0);
    json.add("daemon", report.daemon);
    json.add("action", word(report.decision.kind));
    json.add("reason", outcome ? outcome->reason : report.decision.reason);
    json.add("outcome", outcome_word(report));
    json.add("verified", outcome && outcome->proof == CorrectionProof::done);
    json.add("offset_seconds", evidence ? std::optional(evidence->offset.count()) : std::nullopt);
    json.add("bound_seconds", evidence ? std::optional(evidence->bound.count()) : std::nullopt);
    json.add("agreeing", evidence ? std::optional(evidence->agreeing) : std::nullopt);
    json.add("independent", evidence ? std::optional(evidence->independent) : std::nullopt);
    json.add("moved_seconds", outcome ? std::optional(report.moved.count()) : std::nullopt);
    json.add("took_seconds", outcome ? std::optional(report.took.count()) : std::nullopt);
    return json.text() + "\n";
}

std::string sync_text(const SyncReport& report) {
    return (report.evidence ? clock_text(*report.evidence) : "") + wrap(conclusion(report), 0) +
           next_text(report);
}

}  // namespace clockwright
