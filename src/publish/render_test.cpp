#include "publish/render.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace clockwright;

namespace {

ScanReport report_of(bool chosen) {
    ScanReport report;
    for (const char* host : {"192.0.2.1", "192.0.2.2"}) {
        ScanRow row;
        row.candidate.source.as_written = host;
        row.candidate.source.host = *parse_host(host);
        row.assessment.verdict = Verdict::truechimer;
        row.assessment.chosen = chosen;
        row.assessment.stats.emplace();
        report.rows.push_back(row);
    }
    return report;
}

constexpr const char* daemons[] = {"chrony", "ntpsec", "timesyncd", "openntpd", "ntpd-rs"};

}  // namespace

TEST_CASE("without a chosen set nothing is rendered for any daemon, not even a section's head") {
    for (const char* daemon : daemons) {
        CAPTURE(daemon);
        const auto set = render_set(report_of(false), daemon, NtsPolicy::off);
        REQUIRE(set);
        CHECK(set->lines.empty());
    }
}

TEST_CASE("a pool and a rotation stay one line each, however many of them are chosen") {
    ScanReport report;
    for (const bool is_pool : {true, false})
        for (int i = 1; i <= 3; ++i) {
            ScanRow row;
            row.candidate.source.is_pool = is_pool;
            row.candidate.source.as_written = is_pool ? "pool.example" : "time.example";
            row.candidate.source.host = *parse_host(row.candidate.source.as_written);
            row.candidate.address =
                parse_address(fmt::format("192.0.2.{}", i + (is_pool ? 10 : 0)));
            row.assessment.chosen = i < 3 || is_pool;
            row.assessment.stats.emplace();
            report.rows.push_back(row);
        }
    CHECK(render_set(report, "chrony", NtsPolicy::off)->lines ==
          "pool pool.example iburst maxsources 3\nserver time.example iburst\n");
    for (const char* daemon : daemons) {
        CAPTURE(daemon);
        const std::string lines = render_set(report, daemon, NtsPolicy::off)->lines;
        for (const char* name : {"pool.example", "time.example"})
            CHECK(lines.find(name) == lines.rfind(name));
    }
}

TEST_CASE("a chosen set is rendered in the words of each daemon, every member by name") {
    for (const char* daemon : daemons) {
        CAPTURE(daemon);
        const auto set = render_set(report_of(true), daemon, NtsPolicy::off);
        REQUIRE(set);
        CHECK(set->lines.contains("192.0.2.1"));
        CHECK(set->lines.contains("192.0.2.2"));
    }
    CHECK(render_set(report_of(true), "sundial", NtsPolicy::off).error().fault == Fault::usage);
}
