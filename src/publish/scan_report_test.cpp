#include "publish/scan_report.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace clockwright;

namespace {

ScanRow row(const char* host, Membership membership, Verdict verdict) {
    ScanRow made;
    made.candidate.source.as_written = host;
    made.candidate.source.host = *parse_host(host);
    made.candidate.membership = membership;
    made.candidate.series.sent = 4;
    made.assessment.verdict = verdict;
    if (is_judged(verdict)) {
        made.assessment.stats.emplace();
        made.assessment.stats->offset = Seconds{1.5e-3};
        made.assessment.stats->delay_min = Seconds{20e-3};
        made.assessment.stats->stratum = 2;
    }
    return made;
}

ScanReport report_of(std::vector<ScanRow> rows) {
    ScanReport report;
    report.rows = std::move(rows);
    report.samples = 4;
    return report;
}

/// The line of the table that names this host.
std::string line_of(const std::string& text, std::string_view host) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.contains(host)) return line;
    return {};
}

}  // namespace

TEST_CASE("what the daemon has now is marked c, beside the mark of its verdict") {
    const std::string text =
        scan_text(report_of({row("a.example", Membership::ours, Verdict::truechimer),
                             row("b.example", Membership::foreign, Verdict::falseticker),
                             row("c.example", Membership::none, Verdict::outlier)}),
                  false);
    CHECK(line_of(text, "a.example").starts_with("-c "));
    CHECK(line_of(text, "b.example").starts_with("xc "));
    CHECK(line_of(text, "c.example").starts_with("~  "));
}

TEST_CASE("no line is wider than 80 columns, whatever is explained") {
    auto secure = row("nts://a-rather-long-name.of-a-server.example:14460", Membership::none,
                      Verdict::truechimer);
    secure.candidate.nts.emplace();
    secure.candidate.nts->algorithm = 15;
    secure.candidate.nts->cookies = 8;
    secure.candidate.nts->subject = "CN=a-rather-long-name.of-a-server.example,O=Example Trust";
    secure.assessment.reason = "+1.5 ms from the consensus, expected error 0.8 ms";
    ScanReport report = report_of({secure});
    report.findings = {{PathFinding::Kind::large_filtered, std::string(70, 'w') + " words", "act"}};
    const std::string text = scan_text(report, true);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 80);
    }
    CHECK(text.contains("AES-SIV-CMAC-256"));
}

TEST_CASE("NTS and findings are in the document only where there are any") {
    ScanReport report = report_of({row("a.example", Membership::none, Verdict::truechimer),
                                   row("nts://b.example", Membership::none, Verdict::unreachable)});
    auto document = nlohmann::json::parse(scan_json(report));
    CHECK_FALSE(document.contains("findings"));
    CHECK_FALSE(document["servers"][0].contains("nts"));
    CHECK(document["servers"][1]["port"] == 123);  // of time, not of keys
    report.rows[1].candidate.nts.emplace();
    report.rows[1].candidate.nts->port = 1123;
    report.rows[1].candidate.nts->failure = NtsFailure::refused;
    report.findings.emplace();
    report.findings->push_back({PathFinding::Kind::blocked, "what", "advice"});
    document = nlohmann::json::parse(scan_json(report));
    CHECK(document["findings"][0] ==
          nlohmann::json{{"kind", "blocked"}, {"what", "what"}, {"advice", "advice"}});
    CHECK(document["servers"][1]["port"] == 1123);
    CHECK(document["servers"][1]["nts"]["failure"] == "port of the key exchange is closed");
}
