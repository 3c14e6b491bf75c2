#include "find/platform.h"

#include <doctest/doctest.h>

#include "tests/fakes/golden_find.h"

using namespace clockwright;

TEST_CASE("platforms are recognised by firmware and hardware clocks") {
    struct Row {
        PlatformFacts facts;
        const char* name;
        const char* sources;
    };
    const Row rows[] = {
        {{"Amazon EC2", "t3.micro", "Amazon EC2", "i-0123", "Amazon EC2", {}},
         "AWS EC2",
         "169.254.169.123:0 fd00:ec2::123:0"},
        {{"Xen", "HVM domU", "", "Amazon EC2", "Xen", {}},
         "AWS EC2",
         "169.254.169.123:0 fd00:ec2::123:0"},
        {{"Google", "Google Compute Engine", "Google", "", "Google", {}},
         "Google Compute Engine",
         "metadata.google.internal:0"},
        {{"Microsoft Corporation", "Virtual Machine", "", "", "", {}}, "Azure / Hyper-V", ""},
        {{"Microsoft Corporation", "Surface Laptop", "", "", "", {}}, "", ""},
        {{"QEMU", "Standard PC", "", "", "SeaBIOS", {{"/dev/ptp0", "KVM virtual PTP"}}}, "KVM", ""},
        {{"Google", "Chromebook", "", "", "", {}}, "", ""},
        {{"Not Amazon EC2", "", "", "", "", {}}, "", ""},
        {{}, "", ""}};
    for (const Row& row : rows) {
        CAPTURE(row.facts.sys_vendor);
        CHECK(platform_name(row.facts) == row.name);
        CHECK(shown(platform_sources(row.facts)) == row.sources);
    }
}

TEST_CASE("a platform's server has its origin, its operator and its smear class") {
    const Findings aws = platform_sources({"Amazon EC2", "", "", "", "", {}});
    REQUIRE(aws.sources.size() == 2);
    for (const Source& source : aws.sources) {
        CHECK(to_string(source.origin) == "platform");
        CHECK(source.operator_name == "Amazon");
        CHECK(source.smear == Smear::aws);
        CHECK(source.timescale == Timescale::smeared);
    }
    const Findings google = platform_sources({"", "Google Compute Engine", "", "", "", {}});
    REQUIRE(google.sources.size() == 1);
    CHECK(google.sources.front().smear == Smear::google);
    CHECK(google.sources.front().operator_name == "Google");
}

TEST_CASE("hardware clocks are named with their hazards and are no candidates") {
    const Findings aws = platform_sources(
        {"Amazon EC2", "", "", "", "", {{"/dev/ptp1", "ena-ptp-05"}, {"/dev/ptp2", "e1000e"}}});
    CHECK(aws.sources.size() == 2);
    REQUIRE(aws.notes.size() == 1);
    CHECK(aws.notes.front().find("/dev/ptp1 (ena-ptp-05)") != std::string::npos);
    CHECK(aws.notes.front().find("not smeared") != std::string::npos);
    CHECK(aws.notes.front().find("169.254.169.123 smears") != std::string::npos);
    const Findings both = platform_sources(
        {"", "", "", "", "", {{"/dev/ptp0", "KVM virtual PTP"}, {"/dev/ptp1", "hyperv"}}});
    CHECK(both.sources.empty());
    CHECK(both.notes.size() == 2);
}
