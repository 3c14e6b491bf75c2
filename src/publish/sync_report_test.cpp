#include "publish/sync_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace clockwright {
namespace {

SyncReport stepped() {
    SyncReport report;
    report.daemon = "chronyd";
    report.evidence = ClockEvidence{Seconds{-5}, Seconds{0.0011}, 4, 3};
    report.decision = {CorrectionKind::step, "a step back was permitted"};
    report.outcome = {CorrectionProof::done, "the clock moved by -5.00 s"};
    report.moved = Seconds{-5.001};
    report.took = Seconds{7};
    return report;
}

TEST_CASE("what was done is told with its proof") {
    const std::string text = sync_text(stepped());
    CHECK(text.starts_with("This clock is 5.0 s ±1.1 ms fast: 4 servers agree.\n"));
    CHECK(text.contains("Corrected and verified in 7.0 s: the clock moved by -5.00 s."));
    CHECK(text.ends_with("Next: clockwright status\n"));
    const auto json = nlohmann::json::parse(sync_json(stepped()));
    CHECK(json["action"] == "step");
    CHECK(json["outcome"] == "applied");
    CHECK(json["verified"] == true);
    CHECK(json["offset_seconds"] == -5.0);
    CHECK(json["moved_seconds"] == -5.001);
    CHECK(json["independent"] == 3);
}

TEST_CASE("what was not done has no numbers of a doing") {
    struct Row {
        CorrectionKind kind;
        const char* outcome;
        const char* begins;
    };
    for (const Row& row : {Row{CorrectionKind::fine, "unchanged", "Nothing to correct: why."},
                           Row{CorrectionKind::wait, "unchanged", "Nothing to do now: why."},
                           Row{CorrectionKind::slew, "planned", "A slew is due: why."},
                           Row{CorrectionKind::refuse, "refused", "Refused: why. Nothing changed."},
                           Row{CorrectionKind::no_evidence, "refused", "Refused: why."}}) {
        CAPTURE(row.begins);
        SyncReport report;
        report.decision = {row.kind, "why"};
        const auto json = nlohmann::json::parse(sync_json(report));
        CHECK(json["outcome"] == row.outcome);
        CHECK(json["verified"] == false);
        CHECK(json["offset_seconds"].is_null());
        CHECK(json["moved_seconds"].is_null());
        CHECK(sync_text(report).starts_with(row.begins));
    }
}

TEST_CASE("a failure says how far the clock was seen to move, and claims no more") {
    SyncReport report = stepped();
    report.outcome->proof = CorrectionProof::not_done;
    report.moved = Seconds{0.1};
    CHECK(sync_text(report).contains("Failed, though this clock moved by +100 ms: "));
    report.moved = Seconds{-2e-4};
    CHECK(sync_text(report).contains("Failed, and no move of this clock was seen: "));
    CHECK_FALSE(sync_text(report).contains("as it was"));
    report.outcome->proof = CorrectionProof::unproved;
    CHECK(sync_text(report).contains("Failed, and nothing is proved: "));
    CHECK(nlohmann::json::parse(sync_json(report))["outcome"] == "failed");
}

}  // namespace
}  // namespace clockwright
