#include "publish/import.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace clockwright;
using namespace std::chrono_literals;

namespace {

constexpr WallTime morning{std::chrono::seconds(1'735'382'724)};  // 2024-12-28T10:45:24Z

std::string golden(const std::string& name) {
    std::ifstream file(std::string(CLOCKWRIGHT_SOURCE_DIR) + "/tests/golden/import/" + name,
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Imported imported(const std::string& text, const ImportSettings& settings = {}) {
    auto result = parse_history_import(text, "f", settings);
    REQUIRE_MESSAGE(result.has_value(), result.error().message);
    return *std::move(result);
}

ClockRow look(WallTime at, Seconds offset, const std::string& file) {
    ClockRow row;
    row.at = at;
    row.offset = offset;
    row.sentence = "imported from " + file + ": an offset without a bound";
    return row;
}

}  // namespace

TEST_CASE(
    "server_history.json gives samples in seconds, lost ones too, and a run with its choice") {
    const Imported history = imported(golden("server_history.json"));
    CHECK(history.kind == "server_history.json");
    CHECK(history.naive);
    REQUIRE(history.rows.size() == 5);
    SampleRow sample;
    sample.at = morning + 123456us;
    sample.server = "ntp1.corp.example";
    sample.offset = Seconds{1.234 / 1e3};
    sample.stratum = 3;
    CHECK(history.rows[0] == Record(sample));
    SampleRow lost;
    lost.at = sample.at;
    lost.server = "dead.corp.example";
    lost.lost = "no answer";
    CHECK(history.rows[2] == Record(lost));
    const auto& run = std::get<RunRow>(history.rows[3]);
    CHECK(run.candidates == 3);
    CHECK(run.chosen == std::vector<std::string>{"ntp1.corp.example"});
    CHECK(run.reason == "best score 94.5, by NTP Server Optimizer");
    CHECK(std::get<RunRow>(history.rows[4]).at == morning + 6h);
}

TEST_CASE("memo.json is one look at the clock when the file was written, with our sign") {
    const Imported memo = imported(golden("memo.json"), {.written = morning});
    CHECK(memo.rows == std::vector<Record>{look(morning, Seconds{-12345 / 1e9}, "memo.json")});
}

TEST_CASE("status.log gives looks, actions and warnings; the sign is that of its platform") {
    const Imported log = imported(golden("status.log"));
    CHECK(log.kind == "status.log");
    CHECK_FALSE(log.naive);
    REQUIRE(log.rows.size() == 4);
    CHECK(log.rows[0] == Record(look(morning, Seconds{-1'234'567 / 1e9}, "status.log")));
    const auto& action = std::get<EventRow>(log.rows[1]);
    CHECK(action.kind == "action");
    CHECK(action.text == "Forced chrony step (large skew)");
    CHECK(std::get<EventRow>(log.rows[2]).kind == "warning");
    CHECK(std::get<ClockRow>(log.rows[3]).offset == Seconds{-9'066'800 / 1e9});
}

TEST_CASE("ntp_metrics.csv gives samples of the server named; its zone is UTC unless it is said") {
    const Imported metrics = imported(golden("ntp_metrics.csv"), {.server = "ntp1"});
    REQUIRE(metrics.rows.size() == 3);
    SampleRow row;
    row.at = morning + 123456us;
    row.server = "ntp1";
    row.offset = Seconds{-0.00123};
    row.delay = Seconds{0.0456};
    CHECK(metrics.rows[0] == Record(row));
    CHECK(std::get<SampleRow>(metrics.rows[2]).at == morning + 2min);
    CHECK(metrics.naive);
    const Imported east = imported(golden("ntp_metrics.csv"), {.zone = Seconds{3600}});
    CHECK(std::get<SampleRow>(east.rows[0]).at == row.at - 1h);
    CHECK(std::get<SampleRow>(east.rows[2]).at == morning + 2min);
}

TEST_CASE("a faulty file is told line by line, and nothing of it is taken") {
    struct Row {
        const char* text;
        const char* fault;
    };
    const Row rows[] = {
        {"", "f: is empty"},
        {"hello\n", "f:1: is neither"},
        {"timestamp,offset,delay\n2024-12-28T10:45:24Z,1,2\n2024-12-28T10:45:24Z,x,2\n",
         "f:3: offset: must be a number of seconds"},
        {"timestamp,offset,delay\n2024-12-28T10:45:24Z,1,-2\n", "f:2: delay: must be"},
        {"timestamp,offset,delay\n2024-12-28T10:45:24Z,1,nan\n", "f:2: delay: must be"},
        {"timestamp,offset,delay\n2024-12-28T10:45:24Z,1\n", "f:2: must have three cells"},
        {"timestamp,offset,delay\n2024-02-30T10:45:24Z,1,2\n", "f:2: timestamp: must be"},
        {"timestamp,offset,delay\n2024-12-28T10:45:24+1:00,1,2\n", "f:2: timestamp: must be"},
        {"[2024-12-28 10:45:24 UTC] [INFO] Skew: abc ns\n", "f:1: Skew: must be a number of ns"},
        {"[2024-12-28 10:45 UTC] x\n", "f:1: must begin with an instant"},
        {"{\"last_skew_ns\": \"1\"}", "f:1: last_skew_ns: must be a number"},
        {"[{]", "f:1: is no JSON document"},
        {"[{\"timestamp\": \"2024-12-28T10:45:24\", \"servers\": []}, 3]",
         "f:2: run 2: is no object"},
        {"[{\"servers\": []}]", "f:1: run 1: timestamp: must be"},
        {"[{\"timestamp\": \"2024-12-28T10:45:24\", \"servers\": [{}]}]", "f:1: run 1: hostname"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto result = parse_history_import(row.text, "f", {});
        REQUIRE_FALSE(result);
        CHECK(result.error().fault == Fault::bad_input);
        CHECK(result.error().message.starts_with(row.fault));
    }
}

TEST_CASE("who asks for it gets the good lines, and the faulty ones by number") {
    const Imported metrics =
        imported("timestamp,offset,delay\nx,1,2\n2024-12-28T10:45:24Z,1,2\n2024-12-28T1",
                 {.pass_over_faults = true});
    CHECK(metrics.rows.size() == 1);
    REQUIRE(metrics.faults.size() == 2);
    CHECK(metrics.faults[0] == "f:2: timestamp: must be an instant");
    CHECK(metrics.faults[1] == "f:4: must have three cells: timestamp,offset,delay");
}

TEST_CASE("a file cut anywhere is refused or taken, never misread") {
    for (const char* name : {"server_history.json", "memo.json", "status.log", "ntp_metrics.csv"}) {
        CAPTURE(name);
        const std::string text = golden(name);
        REQUIRE_FALSE(text.empty());
        const std::size_t all = imported(text).rows.size();
        for (std::size_t length = 0; length < text.size(); ++length) {
            const auto result = parse_history_import(text.substr(0, length), "f", {});
            if (result) CHECK(result->rows.size() <= all);
        }
    }
}
