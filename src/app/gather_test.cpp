#include "app/gather.h"

#include <doctest/doctest.h>

#include "app/judgement.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

chrony::SourceLine line(const std::string& text, const std::string& file, int number) {
    chrony::SourceLine parsed = *chrony::parse_source_line(text);
    parsed.file = file;
    parsed.line = number;
    return parsed;
}

DaemonSource listed(const std::string& name, const char* address) {
    DaemonSource source;
    source.name = name;
    source.address = parse_address(address);
    return source;
}

/// chrony.conf has a server and a pool of two; our drop-in has one server.
DaemonView office() {
    DaemonView view;
    chrony::Config config;
    config.main_file = "/etc/chrony/chrony.conf";
    config.sourcedirs = {"/etc/chrony/sources.d"};
    config.sources = {
        line("server ntp1.corp.example", config.main_file, 3),
        line("pool pool.corp.example maxsources 2", config.main_file, 4),
        line("server ntp9.corp.example", "/etc/chrony/sources.d/clockwright.sources", 2)};
    view.config = config;
    DaemonState state;
    state.sources = {
        listed("ntp1.corp.example", "10.0.0.1"), listed("pool.corp.example", "10.0.0.2"),
        listed("pool.corp.example", "10.0.0.3"), listed("ntp9.corp.example", "10.0.0.9")};
    view.state = state;
    return view;
}

Config with_hosts(std::vector<std::string> hosts) {
    Config config;
    config.candidates.hosts = std::move(hosts);
    return config;
}

}  // namespace

TEST_CASE("the daemon's sources come first, each with its line, our own told from foreign ones") {
    const DaemonView view = office();
    const auto candidates = gather_known(with_hosts({"ntp5.corp.example"}), &view);
    REQUIRE(candidates.has_value());
    REQUIRE(candidates->size() == 5);
    const Candidate& first = candidates->front();
    CHECK(first.source.as_written == "ntp1.corp.example");
    CHECK(to_string(first.source.origin) == "/etc/chrony/chrony.conf:3");
    CHECK(first.membership == Membership::foreign);
    CHECK(to_string(*first.address) == "10.0.0.1");
    CHECK((*candidates)[1].source.is_pool);
    CHECK((*candidates)[2].source.as_written == "pool.corp.example");
    CHECK((*candidates)[3].membership == Membership::ours);
    CHECK((*candidates)[4].membership == Membership::none);
    CHECK((*candidates)[4].source.permitted);
}

TEST_CASE("a host that the daemon has already is not a second candidate, but permitted") {
    const DaemonView view = office();
    const auto candidates = gather_known(with_hosts({"ntp1.corp.example"}), &view);
    REQUIRE(candidates->size() == 4);
    CHECK(candidates->front().source.permitted);
    CHECK(candidates->front().membership == Membership::foreign);
}

TEST_CASE("an allow list leaves nothing else but what the daemon has") {
    const DaemonView view = office();
    Config config = with_hosts({"ntp5.corp.example", "ntp6.corp.example"});
    config.candidates.allow = {"ntp6.corp.example", "ntp7.corp.example"};
    const auto candidates = gather_known(config, &view);
    std::vector<std::string> names;
    for (const Candidate& candidate : *candidates) names.push_back(candidate.source.as_written);
    CHECK(names == std::vector<std::string>{"ntp1.corp.example", "pool.corp.example",
                                            "pool.corp.example", "ntp9.corp.example",
                                            "ntp6.corp.example", "ntp7.corp.example"});
}

TEST_CASE("a noselect line is measured, but is no member and never chosen") {
    DaemonView view = office();
    view.config->sources[0].noselect = true;
    const auto candidates = gather_known({}, &view);
    CHECK(candidates->front().membership == Membership::none);
    CHECK_FALSE(candidates->front().selectable);
}

TEST_CASE("a source somebody added by a command is foreign and has no file") {
    DaemonView view = office();
    view.state->sources.push_back(listed("10.0.0.77", "10.0.0.77"));
    const auto candidates = gather_known({}, &view);
    CHECK(candidates->back().source.as_written == "10.0.0.77");
    CHECK(candidates->back().membership == Membership::foreign);
    CHECK(candidates->back().source.origin.file.empty());
}

TEST_CASE("a name that chrony takes and our grammar does not is asked by its address") {
    DaemonView view = office();
    view.config->sources[0].name = view.state->sources[0].name = "ntp1.corp.example.";
    const auto candidates = gather_known({}, &view);
    REQUIRE(candidates->size() == 4);
    CHECK(candidates->front().source.as_written == "ntp1.corp.example.");
    CHECK(to_string(*candidates->front().address) == "10.0.0.1");
}

TEST_CASE("the internet is asked only when the user says so") {
    const auto quiet = gather_known(with_hosts({"a.example"}), nullptr);
    CHECK(quiet->size() == 1);
    Config config = with_hosts({"a.example"});
    config.candidates.internet = true;
    const auto loud = gather_known(config, nullptr);
    CHECK(loud->size() == 41);
    CHECK(loud->back().source.origin.kind == Origin::Kind::catalogue);
}

TEST_CASE("an nts:// host is authenticated by NTS, any other is not") {
    const auto given = gather_given({"nts://a.example", "a.example"});
    REQUIRE(given->size() == 2);
    CHECK(given->at(0).source.authentication == Authentication::nts);
    CHECK(given->at(0).source.host.port == 4460);
    CHECK(given->at(1).source.authentication == Authentication::none);
    const auto known = gather_known(with_hosts({"nts://a.example:4461"}), nullptr);
    REQUIRE(known->size() == 1);
    CHECK(known->at(0).source.authentication == Authentication::nts);
}

TEST_CASE("a required NTS ends with 64 in this release") {
    Config config;
    CHECK(refuse_nts(config).has_value());
    config.select.nts = "require";
    config.origins["select.nts"] = "clockwright.toml:3";
    CHECK(refuse_nts(config).error().fault == Fault::usage);
}

TEST_CASE("two names of one address are one server: the daemon's stays, the other is its twin") {
    const DaemonView view = office();
    auto candidates = *gather_known(with_hosts({"alias.corp.example"}), &view);
    candidates.back().address = parse_address("10.0.0.9");
    const Judged judged = judge(candidates, with_hosts({}));
    CHECK(judged.candidates.size() == 4);
    REQUIRE(judged.twins.size() == 1);
    CHECK(judged.twins.front().candidate.source.as_written == "alias.corp.example");
    CHECK(judged.candidates[judged.twins.front().of].source.as_written == "ntp9.corp.example");
    const ScanReport report = report_of(judged, {}, {});
    CHECK(report.rows.size() == 5);
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

TEST_CASE("private present sources make the domain internal, with what the owner provides") {
    const DaemonView view = office();
    const auto candidates = *gather_known({}, &view);
    const Judged internal = judge(candidates, {});
    CHECK(internal.settings.domain == TrustDomain::internal);
    CHECK(internal.settings.minimum == 4);
    CHECK(internal.settings.max_stratum == 8);
    const Judged two = judge({candidates[0], candidates[1]}, {});
    CHECK(two.settings.minimum == 2);
    const Judged one = judge({candidates[0]}, {});
    CHECK(one.settings.minimum == 2);
    Config wanted;
    wanted.select.trust_domain = "public";
    CHECK(judge(candidates, wanted).settings.domain == TrustDomain::public_internet);
    CHECK(judge(*gather_given({"10.0.0.1"}), {}).settings.domain == TrustDomain::public_internet);
}
