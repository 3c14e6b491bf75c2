#include "app/rtc_facts.h"

#include <doctest/doctest.h>

#include "store/recorder.h"
#include "system/clock.h"
#include "tests/fakes/fake_rtc.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/tree_host.h"
#include "watch/rtc_record.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

struct Case {
    TemporaryDirectory state;
    Config config;
    TreeHost host;
    FakeRtc clock;
    ClockVerdict verdict;

    Case() {
        config.state.directory = state.path();
        clock.system = system::read_clocks().wall;
        clock.slow = Seconds{0.4};
        verdict.demonstrated = true;
    }
    RtcReport look() { return look_at_rtc(&clock, config, host, verdict); }
};

TEST_CASE("a machine without a hardware clock has no facts, and none is claimed") {
    Case it;
    const RtcReport report = look_at_rtc(nullptr, it.config, it.host, it.verdict);
    CHECK_FALSE(report.facts.identity);
    CHECK_FALSE(report.facts.reading);
    CHECK(report.verdict.findings.empty());
}

TEST_CASE("a clock that cannot be read keeps its name and its fault") {
    Case it;
    it.clock.fault = "/dev/rtc0 does not tick";
    const RtcReport report = it.look();
    CHECK(report.facts.identity->driver == "rtc_fake");
    CHECK(report.facts.why_not == it.clock.fault);
    CHECK(report.verdict.battery == Battery::unknown);
}

TEST_CASE("the file, the driver and the verdict on the system clock come into the facts") {
    Case it;
    it.host.files["/etc/adjtime"] = "0.0 0 0.0\n0\nLOCAL\n";
    it.clock.supply = RtcVoltage{.backup_low = true};
    it.host.files["/sys/class/dmi/id/bios_date"] = "04/01/2019\n";
    it.verdict.demonstrated = false;
    const RtcReport report = it.look();
    CHECK(report.facts.local_by_file);
    CHECK_FALSE(report.facts.kernel_writes);  // with LOCAL the kernel writes nothing
    CHECK_FALSE(report.facts.clock_demonstrated);
    CHECK(report.facts.bios_date ==
          WallTime{std::chrono::sys_days{std::chrono::year{2019} / 4 / 1}});
    for (const char* text : {"", "13/01/2019\n", "04/01/19\n", "04-01-2019\n", "0x/01/2019\n"}) {
        CAPTURE(text);
        it.host.files["/sys/class/dmi/id/bios_date"] = text;
        CHECK_FALSE(it.look().facts.bios_date);
    }
    CHECK(report.verdict.battery == Battery::failing);
}

TEST_CASE("the record is the agent's comparisons, and nothing else that happened") {
    Case it;
    auto recorder = store::Recorder::open(it.state.path());
    REQUIRE(recorder);
    std::vector<Record> rows{EventRow{it.clock.system - 1h, "step", "", "a step", Seconds{5}}};
    for (int i = 10; i > 0; --i)
        rows.emplace_back(EventRow{it.clock.system - i * 6h, std::string(rtc_event), "", "compared",
                                   Seconds{0.4 - i * 6 * 3600 * 12e-6}});
    REQUIRE(recorder->write(rows));
    const RtcReport report = it.look();
    CHECK(report.facts.record.size() == 10);
    if (!report.facts.kernel_writes)  // as the kernel of the machine that runs this has it
        CHECK(report.verdict.rate->slope * 1e6 == doctest::Approx(12));
}

}  // namespace
}  // namespace clockwright::app
