#include "publish/influx.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/fakes/canned_snapshot.h"

using namespace clockwright;

namespace {

const WallTime at = fakes::instant("2026-11-20T18:04:12Z");

SampleRow any_sample() {
    return {.at = at + std::chrono::nanoseconds{7},
            .server = "ntp1.corp.example",
            .address = "10.0.0.1",
            .offset = Seconds{-0.0015},
            .error = Seconds{2e-5},
            .delay = Seconds{0.012},
            .root_distance = Seconds{0.0075},
            .stratum = 2,
            .authenticated = true,
            .by_daemon = false,
            .lost = {}};
}

std::string line_of(const Record& row, InfluxSchema schema = InfluxSchema::telegraf) {
    return influx_lines(std::span(&row, 1), schema, "db1");
}

bool has_line(const std::string& lines, const std::string& line) {
    return ("\n" + lines).contains("\n" + line + "\n");
}

}  // namespace

TEST_CASE("a sample is one point of its own nanosecond") {
    CHECK(line_of(any_sample()) ==
          "clockwright_server,host=db1,server=ntp1.corp.example,address=10.0.0.1 "
          "offset_seconds=-0.0015,"
          "error_seconds=2e-05,delay_seconds=0.012,root_distance_seconds=0.0075,stratum=2i,"
          "lost=false,authenticated=true 1795197852000000007\n");
}

TEST_CASE("rows of one moment are points of their own") {
    const auto event_at = [](WallTime moment, std::string text) {
        return EventRow{moment, "note", "ntp1", std::move(text), {}};
    };
    const std::vector<Record> rows{event_at(at, "a"), event_at(at, "b"),
                                   event_at(at + std::chrono::nanoseconds{1}, "c"),
                                   EventRow{at, "note", "ntp2", "d", {}}};
    CHECK(influx_lines(rows, InfluxSchema::telegraf, "db1") ==
          "clockwright_event,host=db1,kind=note,subject=ntp1 text=\"a\" 1795197852000000000\n"
          "clockwright_event,host=db1,kind=note,subject=ntp1 text=\"b\" 1795197852000000001\n"
          "clockwright_event,host=db1,kind=note,subject=ntp1 text=\"c\" 1795197852000000002\n"
          "clockwright_event,host=db1,kind=note,subject=ntp2 text=\"d\" 1795197852000000000\n");
}

TEST_CASE("a lost sample says so and nothing else") {
    SampleRow row;
    row.at = at;
    row.server = "ntp1";
    row.lost = "no answer";
    CHECK(line_of(row) ==
          "clockwright_server,host=db1,server=ntp1 lost=true,authenticated=false "
          "1795197852000000000\n");
    CHECK(line_of(row, InfluxSchema::ntp_monitor).empty());
}

TEST_CASE("under ntp-monitor's names there are milliseconds and nothing it does not know") {
    CHECK(
        line_of(any_sample(), InfluxSchema::ntp_monitor) ==
        "ntp_metrics,host=db1,server=ntp1.corp.example,address=10.0.0.1 offset_ms=-1.5,delay_ms=12 "
        "1795197852000000007\n");
    CHECK(line_of(ClockRow{}, InfluxSchema::ntp_monitor).empty());
}

TEST_CASE("chrony's names have chrony's signs") {
    const Snapshot snapshot = fakes::canned_snapshot(2);
    const std::string lines = influx_lines(snapshot, InfluxSchema::telegraf, "db1");
    CHECK(lines.starts_with(
        "chrony,host=db1,leap_status=normal,reference_id=C6336401,stratum=3 "
        "system_time=3e-05,last_offset=-2e-05,rms_offset=0,frequency=11.5,skew=0,"
        "root_delay=0.002,root_dispersion=8e-04,update_interval=0 1795197852000000000\n"));
    CHECK(lines.contains(
        "chrony_sources,host=db1,peer=ntp1.example index=1i,ip=\"198.51.100.2\",poll=6i,"
        "stratum=2i,state=\"candidate\",reachability=255i,sample=12i,latest_measurement=-1e-04,"
        "latest_measurement_error=0.002 "));
    CHECK(influx_lines(snapshot, InfluxSchema::ntp_monitor, "db1").empty());
}

TEST_CASE("what chrony thinks of a source is told in telegraf's words") {
    Snapshot snapshot = fakes::canned_snapshot(2);
    for (const auto& [letter, word] :
         std::initializer_list<std::pair<char, std::string>>{{'*', "sync"},
                                                             {'x', "falseticker"},
                                                             {'~', "jittery"},
                                                             {'+', "candidate"},
                                                             {'-', "outlier"},
                                                             {'D', "outlier"},
                                                             {'w', "outlier"},
                                                             {'W', "outlier"},
                                                             {'P', "outlier"},
                                                             {'?', "unreach"},
                                                             {'M', "unreach"},
                                                             {'S', "unreach"},
                                                             {'N', "unreach"},
                                                             {' ', "unreach"}}) {
        CAPTURE(letter);
        snapshot.status.facts.state->sources[1].state = letter;
        CHECK(influx_lines(snapshot, InfluxSchema::telegraf, "db1")
                  .contains("peer=ntp1.example index=1i,ip=\"198.51.100.2\",poll=6i,stratum=2i,"
                            "state=\"" +
                            word + "\""));
    }
}

TEST_CASE("members of a pool are told apart by their addresses") {
    for (const DaemonKind kind : {DaemonKind::chrony, DaemonKind::ntpsec}) {
        Snapshot snapshot = fakes::canned_snapshot(3);
        snapshot.status.facts.state->kind = kind;
        auto& sources = snapshot.status.facts.state->sources;
        REQUIRE(sources.size() == 4);
        sources[1].name = sources[2].name = "pool.example";
        const std::string lines = influx_lines(snapshot, InfluxSchema::telegraf, "db1");
        const std::string tag = kind == DaemonKind::chrony ? "peer=" : "remote=";
        CAPTURE(lines);
        CHECK(lines.contains(tag + "ntp0.example"));
        CHECK_FALSE(lines.contains("pool.example"));
        for (const auto& source : {sources[1], sources[2]})
            CHECK(lines.contains(tag + to_string(*source.address)));
    }
}

TEST_CASE("ntpd's names have ntpq's units: milliseconds, and reach in octal digits") {
    Snapshot snapshot = fakes::canned_snapshot(2);
    snapshot.status.facts.state->kind = DaemonKind::ntpsec;
    CHECK(has_line(influx_lines(snapshot, InfluxSchema::telegraf, "db1"),
                   "ntpq,host=db1,remote=ntp0.example,stratum=2,state_prefix=* "
                   "poll=64i,reach=377i,offset=0.1,when=12i 1795197852000000000"));
}

TEST_CASE("a write that left out what is older than the retention is told from other faults") {
    CHECK(is_beyond_retention(
        R"({"error":"partial write: points beyond retention policy dropped=7"})"));
    CHECK(is_beyond_retention(R"({"code":"internal error","message":"unexpected error writing )"
                              R"(points to database: partial write: points beyond retention )"
                              R"(policy dropped=1"})"));
    CHECK(is_beyond_retention(R"({"code":"unprocessable entity","message":"failure writing points )"
                              R"(to database: partial write: dropped 1 points outside retention )"
                              R"(policy of duration 24h0m0s"})"));
    CHECK_FALSE(is_beyond_retention(
        R"({"error":"partial write: field type conflict: input field \"v\" dropped=1"})"));
    CHECK_FALSE(is_beyond_retention(R"({"error":"retention policy not found: x"})"));
}

TEST_CASE("what is not finite or empty is left out, and a point without fields is no line") {
    InfluxPoint point("m");
    point.tag("empty", "").field("a", std::numeric_limits<double>::quiet_NaN());
    point.field("b", std::numeric_limits<double>::infinity());
    point.field("c", std::optional<Seconds>{});
    CHECK(point.line(at).empty());
}

TEST_CASE("nothing in a name or a text ends a tag, a field or the line") {
    InfluxPoint point("a b,c");
    point.tag("k=1", "v, =\\\n").field("f", InfluxPoint::Value(std::string("say \"x\\\"\nnext")));
    CHECK(point.line(at) ==
          "a\\ b\\,c,k\\=1=v\\,\\ \\=/\\  f=\"say \\\"x\\\\\\\" next\" 1795197852000000000\n");
}
