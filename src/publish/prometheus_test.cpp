#include "publish/prometheus.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/fakes/canned_snapshot.h"

using namespace clockwright;

namespace {

std::string text_of(const Snapshot& snapshot, const std::set<std::string>& compat = {}) {
    return prometheus_text(&snapshot, snapshot.at + std::chrono::seconds{5}, compat);
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).contains("\n" + line + "\n");
}

/// Of every sample, without its value.
std::vector<std::string> series_of(const std::string& text) {
    std::vector<std::string> series;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) series.push_back(line.substr(0, line.rfind(' ')));
    }
    return series;
}

}  // namespace

TEST_CASE("metrics have names in base units, help that ends as a sentence, and counters a total") {
    std::set<std::string_view> names;
    for (const Metric& metric : own_metrics()) {
        CAPTURE(metric.name);
        CHECK(names.insert(metric.name).second);
        CHECK(metric.help.ends_with('.'));
        CHECK(metric.name.ends_with("_total") == (metric.kind == MetricKind::counter));
        if (metric.unit.empty()) {
            CHECK_FALSE(metric.name.ends_with("_seconds"));
        } else {
            CHECK(metric.name.ends_with("_" + std::string(metric.unit)));
        }
        const int ways =
            (metric.of_host != nullptr) + (metric.of_server != nullptr) + (metric.lines != nullptr);
        CHECK(ways == 1);
    }
}

TEST_CASE("the verdict, its terms and its condition are metrics") {
    const std::string text = text_of(fakes::canned_snapshot(3));
    CHECK(has_line(text, "clockwright_demonstrated 1"));
    CHECK(has_line(text, "clockwright_offset_seconds 3e-05"));
    CHECK(has_line(text, "clockwright_bound_seconds 0.00183"));
    CHECK(has_line(text, "clockwright_frequency_ppm -11.5"));
    CHECK(has_line(text,
                   "clockwright_condition_info{daemon=\"chrony\",condition=\"at least 3 of "
                   "its 4 sources are honest\"} 1"));
    CHECK(has_line(text, "# TYPE clockwright_agent_cycles_total counter"));
    CHECK(has_line(text, "clockwright_agent_cycles_total 285"));
}

TEST_CASE("a daemon that tells no rate has none, not one of 0 ppm") {
    Snapshot snapshot = fakes::canned_snapshot(1);
    snapshot.status.facts.state->tracking.frequency.reset();
    snapshot.status.facts.state->tracking.skew.reset();
    const std::string text = text_of(snapshot, {"chrony_exporter", "node_timex"});
    for (const char* name : {"\nclockwright_frequency_ppm ", "chrony_tracking_frequency_ppms",
                             "chrony_tracking_skew_ppms", "frequency_adjustment_ratio"}) {
        CAPTURE(name);
        CHECK_FALSE(text.contains(name));
    }
}

TEST_CASE("each server has its own series, and its lies show") {
    const std::string text = text_of(fakes::canned_snapshot(3));
    CHECK(has_line(text,
                   "clockwright_server_truechimer{server=\"ntp0.example\","
                   "address=\"198.51.100.1\"} 1"));
    CHECK(has_line(text,
                   "clockwright_server_truechimer{server=\"ntp1.example\","
                   "address=\"198.51.100.2\"} 0"));
    CHECK(has_line(text, "clockwright_servers{verdict=\"falseticker\"} 1"));
    CHECK(has_line(text, "clockwright_servers{verdict=\"denied\"} 0"));
    CHECK(has_line(text, "clockwright_culprit{culprit=\"server\"} 1"));
    CHECK(has_line(text, "clockwright_alerts_firing{severity=\"warning\"} 1"));
    CHECK(has_line(text,
                   "clockwright_alert{rule=\"server_wrong\",subject=\"ntp1.example\","
                   "severity=\"warning\",state=\"firing\",silenced=\"false\"} 1"));
}

TEST_CASE("what is not known has no sample, and a family without samples no heading") {
    Snapshot snapshot = fakes::canned_snapshot(1);
    snapshot.status.facts.state.reset();
    snapshot.status.verdict = {};
    snapshot.scan.rows[0].assessment.stats.reset();
    snapshot.watched[0].last.reset();
    const std::string text = text_of(snapshot);
    CHECK(has_line(text, "clockwright_demonstrated 0"));
    CHECK(has_line(text, "clockwright_daemon_up 0"));
    for (const char* name : {"clockwright_bound_seconds", "clockwright_offset_seconds",
                             "clockwright_stratum", "clockwright_server_offset_seconds",
                             "clockwright_server_last_sample_timestamp_seconds"}) {
        CAPTURE(name);
        CHECK_FALSE(text.contains(name));
    }
}

TEST_CASE("when the cycles have stopped nothing is demonstrated any more") {
    const Snapshot snapshot = fakes::canned_snapshot(1);
    const std::string text = prometheus_text(&snapshot, snapshot.at + std::chrono::hours{1});
    CHECK(has_line(text, "clockwright_demonstrated 0"));
    CHECK_FALSE(text.contains("clockwright_bound_seconds"));
}

TEST_CASE("between two looks the bound that is told grows") {
    Snapshot snapshot = fakes::canned_snapshot(1);
    snapshot.status.verdict.grows = Ppm{15};
    const auto told_after = [&](std::chrono::seconds later) {
        const std::string text = prometheus_text(&snapshot, snapshot.at + later);
        const std::string name = "\nclockwright_bound_seconds ";
        const auto at = text.find(name);
        REQUIRE(at != std::string::npos);
        return std::stod(text.substr(at + name.size()));
    };
    CHECK(told_after(std::chrono::seconds{0}) == doctest::Approx(0.00183));
    CHECK(told_after(std::chrono::seconds{60}) == doctest::Approx(0.00183 + 60 * 15e-6));
}

TEST_CASE("before the first cycle there is the version only") {
    const std::string text = prometheus_text(nullptr, {});
    CHECK(text.contains("clockwright_build_info{version=\""));
    CHECK(std::ranges::count(text, '\n') == 3);
}

TEST_CASE("a server written twice, or an alert held twice, spoils nothing") {
    Snapshot snapshot = fakes::canned_snapshot(3);
    snapshot.scan.rows[2] = snapshot.scan.rows[0];
    snapshot.watched[2] = snapshot.watched[0];
    snapshot.alerts.push_back(snapshot.alerts[0]);
    snapshot.status.facts.state->sources[1] = snapshot.status.facts.state->sources[0];
    std::vector<std::string> series =
        series_of(text_of(snapshot, {"chrony_exporter", "ntp_exporter", "node_timex", "ntpmon"}));
    std::ranges::sort(series);
    CHECK(std::ranges::adjacent_find(series) == series.end());
}

TEST_CASE("names from the network cannot end a label") {
    Snapshot snapshot = fakes::canned_snapshot(1);
    snapshot.scan.rows[0].candidate.source.as_written = "a\"} 1\nforged 2";
    snapshot.watched[0].host = snapshot.scan.rows[0].candidate.source.as_written;
    const std::string text = text_of(snapshot);
    CHECK_FALSE(text.contains("\nforged"));
    CHECK(text.contains("server=\"a\\\"} 1\\\\x0aforged 2\""));
}

TEST_CASE("names of other exporters are there for those who ask, with their signs") {
    const Snapshot snapshot = fakes::canned_snapshot(2);
    for (const std::string& series : series_of(text_of(snapshot)))
        CHECK(series.starts_with("clockwright_"));
    const std::string chrony = text_of(snapshot, {"chrony_exporter"});
    CHECK(has_line(chrony, "chrony_up 1"));
    CHECK(has_line(chrony, "chrony_tracking_frequency_ppms 11.5"));
    CHECK(has_line(chrony, "chrony_tracking_system_time_seconds 3e-05"));
    CHECK(has_line(chrony,
                   "chrony_sources_last_sample_offset_seconds{source_address=\"198.51.100.1"
                   "\",source_name=\"ntp0.example\"} -1e-04"));
    CHECK_FALSE(chrony.contains("ntpmon_"));
    CHECK(has_line(text_of(snapshot, {"ntpmon"}), "ntpmon_peers{peertype=\"sync\"} 1"));
    CHECK(has_line(text_of(snapshot, {"ntpmon"}), "ntpmon_reach_ratio 1"));
    CHECK(has_line(text_of(snapshot, {"ntp_exporter"}),
                   "ntp_drift_seconds{server=\"ntp1.example\"} 0.84"));
    CHECK(has_line(text_of(snapshot, {"node_timex"}), "node_timex_sync_status 1"));
    for (const std::string_view name : known_compat())
        CHECK(text_of(snapshot, {std::string(name)}).size() > text_of(snapshot).size());
    CHECK(text_of(snapshot, {"nonsense"}) == text_of(snapshot));
}

TEST_CASE("under another exporter's names a pool's further members go by their address") {
    Snapshot snapshot = fakes::canned_snapshot(2);
    for (ScanRow& row : snapshot.scan.rows) row.candidate.source.as_written = "pool.example";
    const std::string text = text_of(snapshot, {"ntp_exporter"});
    CHECK(has_line(text, "ntp_stratum{server=\"pool.example\"} 2"));
    CHECK(has_line(text, "ntp_stratum{server=\"198.51.100.2\"} 2"));
}

TEST_CASE("every metric of ours is in the document, with what it means") {
    std::stringstream text;
    text << std::ifstream(CLOCKWRIGHT_SOURCE_DIR "/docs/http.md").rdbuf();
    const std::string document = text.str();
    for (const Metric& metric : own_metrics()) {
        CAPTURE(metric.name);
        CHECK(document.contains("| `clockwright_" + std::string(metric.name) + "` | "));
        CHECK(document.contains("| " + std::string(metric.help) + " |"));
    }
}
