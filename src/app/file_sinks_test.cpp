#include "app/file_sinks.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "publish/import.h"
#include "tests/fakes/canned_snapshot.h"
#include "tests/fakes/captured_log.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace std::chrono_literals;
using app::FileSinks;
using app::SinkSettings;

namespace {

const Now now{fakes::instant("2026-11-20T18:04:12Z"), SteadyTime{1000s}};

std::vector<Record> two_samples_and_a_loss() {
    SampleRow one, two, lost;
    one.at = two.at = lost.at = now.wall;
    one.server = lost.server = "ntp1";
    two.server = "ntp2";
    one.offset = Seconds{-0.5};
    two.offset = Seconds{0.25};
    one.delay = two.delay = Seconds{0.01};
    lost.lost = "no answer";
    return {one, two, lost, EventRow{}};
}

}  // namespace

TEST_CASE("each poll of each server is a row of the CSV, and nothing else is") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.files.csv = directory / "samples.csv";
    FileSinks(settings).tell(two_samples_and_a_loss(), now);
    const std::string text = directory.read("samples.csv");
    CHECK(std::ranges::count(text, '\n') == 4);
    CHECK(text.starts_with("timestamp,host,address,offset_seconds,"));
    CHECK(text.contains("\n2026-11-20T18:04:12.000000000Z,ntp1,,-0.5,,0.01,"));
    CHECK(text.contains(",no answer\n"));
}

TEST_CASE("the old three columns hold one server's answers and are read back as samples") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.files.csv = directory / "ntp_metrics.csv";
    settings.files.csv_profile = "ntp-monitor";
    settings.files.csv_server = "ntp1";
    FileSinks(settings).tell(two_samples_and_a_loss(), now);
    const std::string text = directory.read("ntp_metrics.csv");
    CHECK(text == "timestamp,offset,delay\n2026-11-20T18:04:12.000000000Z,-0.5,0.01\n");
    const auto again = parse_history_import(text, "f", {.server = "ntp1"});
    REQUIRE(again.has_value());
    REQUIRE(again->rows.size() == 1);
    CHECK(std::get<SampleRow>(again->rows[0]).offset == Seconds{-0.5});
}

TEST_CASE("the textfile has the text of /metrics, with the names that were asked for") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.metrics.textfile = directory / "clockwright.prom";
    settings.metrics.compat = {"chrony_exporter"};
    FileSinks(settings).show(fakes::canned_snapshot(2), now);
    const std::string text = directory.read("clockwright.prom");
    CHECK(text.contains("\nclockwright_demonstrated 1\n"));
    CHECK(text.contains("\nchrony_up 1\n"));
    CHECK(text.ends_with("\n"));
    CHECK(directory.count() == 1);
}

TEST_CASE("the textfile goes when nobody watches any more; what was written of the past stays") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.metrics.textfile = directory / "clockwright.prom";
    settings.files.status_log = directory / "status.log";
    FileSinks sinks(settings);
    sinks.show(fakes::canned_snapshot(1), now);
    REQUIRE(directory.count() == 2);
    sinks.end();
    CHECK(directory.count() == 1);
    CHECK_FALSE(directory.read("status.log").empty());
    sinks.end();
}

TEST_CASE("the log of states grows by a line a minute, whatever the pace") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.files.status_log = directory / "status.log";
    FileSinks sinks(settings);
    for (int second = 0; second < 150; ++second)
        sinks.show(fakes::canned_snapshot(1), {now.wall + std::chrono::seconds{second},
                                               now.steady + std::chrono::seconds{second}});
    CHECK(std::ranges::count(directory.read("status.log"), '\n') == 3);
}

TEST_CASE("a file that cannot be written costs the others nothing") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.files.csv = directory / "missing/samples.csv";
    settings.metrics.textfile = directory / "missing/clockwright.prom";
    settings.files.status_log = directory / "status.log";
    FileSinks sinks(settings);
    sinks.tell(two_samples_and_a_loss(), now);
    sinks.show(fakes::canned_snapshot(1), now);
    CHECK_FALSE(directory.read("status.log").empty());
    directory.make_directory("missing");
    sinks.tell({}, now);
    CHECK(std::ranges::count(directory.read("missing/samples.csv"), '\n') == 4);
}

TEST_CASE("a textfile that gets another name, or none, leaves nothing behind") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.metrics.textfile = directory / "old.prom";
    FileSinks sinks(settings);
    sinks.show(fakes::canned_snapshot(1), now);
    sinks.use(settings);
    CHECK_FALSE(directory.read("old.prom").empty());
    settings.metrics.textfile = directory / "new.prom";
    sinks.use(settings);
    CHECK(directory.count() == 0);
    sinks.show(fakes::canned_snapshot(1), now);
    REQUIRE_FALSE(directory.read("new.prom").empty());
    sinks.use({});
    CHECK(directory.count() == 0);
}

TEST_CASE("what waits for a file goes on waiting when other settings change") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.files.csv = directory / "missing/samples.csv";
    FileSinks sinks(settings);
    sinks.tell(two_samples_and_a_loss(), now);
    settings.files.rotate_mb = 3;
    sinks.use(settings);
    directory.make_directory("missing");
    sinks.tell({}, now);
    CHECK(std::ranges::count(directory.read("missing/samples.csv"), '\n') == 4);
}

TEST_CASE("lines that are lost to a file are told with their number") {
    const TemporaryDirectory directory;
    SinkSettings settings;
    settings.files.csv = directory / "missing/samples.csv";
    FileSinks sinks(settings);
    const fakes::CapturedLog log;
    while (!log.text().contains(" lines for files.csv are lost: ")) {
        sinks.tell(two_samples_and_a_loss(), now);
        REQUIRE(log.text().size() < 4096);
    }
    CHECK(log.text().contains("rows for files.csv wait: "));
}
