#include "publish/scan_csv.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

ScanRow row(const char* host) {
    ScanRow made;
    made.candidate.source.as_written = host;
    made.candidate.source.host = *parse_host("ntp1.example");
    made.candidate.series.sent = 4;
    return made;
}

}  // namespace

TEST_CASE("without a server the columns are there: the keys that JSON has for a server") {
    const std::string text = scan_csv({});
    CHECK(text.starts_with("host,address,port,operator,origin,authentication,stratum,"));
    CHECK(text.ends_with(",score,chosen,reason\r\n"));
}

TEST_CASE("what is null in JSON is an empty cell, and numbers stay numbers") {
    ScanReport report;
    report.rows = {row("ntp1.example"), row("ntp2.example")};
    report.rows[0].assessment.verdict = Verdict::truechimer;
    auto& stats = report.rows[0].assessment.stats.emplace();
    stats.offset = Seconds{-1.5e-3};
    stats.stratum = 2;
    const std::string text = scan_csv(report);
    CHECK(text.contains("\r\nntp1.example,,123,,"));
    CHECK(text.contains(",-0.0015,"));
    CHECK(text.contains(",truechimer,"));
    CHECK(text.contains("\r\nntp2.example,,123,,"));
    CHECK(text.contains(",4,0,unreachable,,,false,\r\n"));
}

TEST_CASE("foreign text is one cell, and no formula") {
    ScanReport report;
    report.rows = {row("ntp1.example")};
    report.rows[0].candidate.source.operator_name = "=cmd, \"x\"";
    CHECK(scan_csv(report).contains(",\"'=cmd, \"\"x\"\"\","));
}
