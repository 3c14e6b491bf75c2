#include "app/judgement.h"

#include <doctest/doctest.h>

#include "app/gather.h"

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("count and minimum follow each other whatever the trust domain and the profile") {
    struct Row {
        const char* toml;
        int count, minimum;
    };
    for (const Row row :
         {Row{"", 5, 4}, Row{"count = 3", 3, 3}, Row{"count = 7", 7, 4}, Row{"minimum = 6", 6, 6},
          Row{"minimum = 2", 5, 2}, Row{"profile = \"dev\"\ncount = 2", 2, 2},
          Row{"count = 4\nminimum = 3", 4, 3}}) {
        CAPTURE(row.toml);
        const auto config =
            read_config({{"t", std::string("[select]\ntrust_domain = \"public\"\n") + row.toml}});
        REQUIRE(config);
        const SelectSettings settings = judge({}, *config).settings;
        CHECK(settings.count == row.count);
        CHECK(settings.minimum == row.minimum);
    }
}

TEST_CASE("a server asked by NTP and by NTS votes once; an NTS that failed is told beside it") {
    auto candidates = *gather_given({"a.example", "nts://a.example", "nts://b.example"});
    Sample sample;
    sample.delay = sample.root_dispersion = Seconds{1e-3};
    sample.stratum = 2;
    for (Candidate& candidate : candidates) {
        candidate.address = parse_address("10.0.0.1");
        candidate.series.sent = 1;
        candidate.series.samples = {sample};
    }
    candidates[1].series.samples[0].authenticated = true;
    candidates[1].nts.emplace();
    candidates[2].series = {};
    candidates[2].nts.emplace().failure = NtsFailure::refused;
    candidates[2].not_asked = Rejection::refused;
    const ScanReport report = report_of(judge(candidates, {}), {}, {});
    REQUIRE(report.rows.size() == 3);
    CHECK(report.consensus.judged == 1);
    for (const ScanRow& row : report.rows) {
        const Source& source = row.candidate.source;
        CAPTURE(source.as_written);
        const bool failed = source.host.name == "b.example";
        CHECK((row.assessment.verdict == Verdict::unreachable) == failed);
        for (const Sample& measured : row.candidate.series.samples) {
            CHECK(measured.authenticated == (source.authentication == Authentication::nts));
        }
    }
}

TEST_CASE("the plain twin of a configured NTS server that failed is measured and not chosen") {
    auto candidates = *gather_given({"a.example", "nts://a.example", "alias.example"});
    for (Candidate& candidate : candidates) {
        candidate.address = parse_address("10.0.0.1");
        candidate.source.permitted = false;
    }
    candidates[1].membership = Membership::ours;
    candidates[1].written = Authentication::nts;
    candidates[1].not_asked = Rejection::refused;
    for (const auto* policy : {"prefer", "off"}) {
        Config config;
        config.select.nts = policy;
        for (const Candidate& candidate : judge(candidates, config).candidates)
            if (candidate.membership == Membership::none)
                CHECK(candidate.selectable == (config.select.nts == "off"));
    }
}

TEST_CASE("chosen servers of one upstream are named: they may be wrong together") {
    auto candidates = *gather_given({"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"});
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Sample sample;
        sample.delay = sample.root_dispersion = Seconds{1e-3};
        sample.stratum = 2;
        sample.refid = i < 2 ? 0x0a000009U : 0x0a000010U + static_cast<std::uint32_t>(i);
        candidates[i].series.sent = 1;
        candidates[i].series.samples = {sample};
    }
    const ScanReport report = report_of(judge(candidates, {}), {}, {});
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes.front() ==
          "10.0.0.1 and 10.0.0.2 share upstream 10.0.0.9: they may be wrong together.");
}
