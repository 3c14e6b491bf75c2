#include "watch/compliance_profile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace clockwright;

namespace {

constexpr const char* good = R"(name = "mine"
title = "Mine"
jurisdiction = "here"
version = "1"
valid_from = "2026-03-02"
retention = "1 year"
evidence = "none"
source = "me"
[[limit]]
name = "5ms"
who = "all"
limit = "5ms"
granularity = "1 ms"
mark = "own"
)";

std::string fault_of(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    const auto parsed = parse_compliance_profile("p.toml", text);
    return parsed ? std::string{} : parsed.error().message;
}

}  // namespace

TEST_CASE("a profile file is read with every field in its place") {
    const auto profile = parse_compliance_profile("p.toml", good);
    REQUIRE(profile);
    CHECK(profile->name == "mine");
    CHECK(profile->jurisdiction == "here");
    CHECK(profile->valid_from == std::chrono::sys_days{std::chrono::year{2026} / 3 / 2});
    CHECK_FALSE(profile->valid_to);
    REQUIRE(profile->limits.size() == 1);
    CHECK(profile->limits[0].limit == Seconds{0.005});
    CHECK(profile->limits[0].mark == "own");
}

TEST_CASE("unknown keys, missing ones and impossible values are named with their line") {
    CHECK(fault_of(good, "title =", "tilte =").contains("p.toml:2: profile.tilte: "));
    CHECK(fault_of(good, "title =", "tilte =").contains("profile.title: is missing"));
    CHECK(fault_of(good, "2026-03-02", "March").contains("p.toml:5: profile.valid_from: "));
    CHECK(fault_of(good, "\"5ms\"\ngran", "-1\ngran").contains("limit.limit: must be more"));
    CHECK(fault_of(good, "[[limit]]", "[limit]").contains("must be [[limit]] tables"));
    CHECK(fault_of(good, "name = \"mine\"", "name = ").starts_with("p.toml:1: "));
}

TEST_CASE("every built-in profile says for whom, how it is known, and where from") {
    std::set<std::string> names;
    for (const ComplianceProfile& profile : compliance_profiles()) {
        CAPTURE(profile.name);
        CHECK(names.insert(profile.name).second);
        CHECK_FALSE(profile.source.empty());
        for (const ComplianceLimit& limit : profile.limits) {
            CAPTURE(limit.name);
            CHECK(std::set<std::string>{"read", "second-hand", "own"}.contains(limit.mark));
        }
    }
    for (const char* name : {"eu-2025-1155", "rts-25-2017-574", "uk-rts-25", "finra-4590",
                             "cat-nms", "pci-dss-10.6", "iso-27001-a.8.17", "own"})
        CHECK(names.contains(name));
}
