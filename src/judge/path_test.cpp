#include "judge/path.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>

#include "judge/candidate_builder.h"

using namespace clockwright;

namespace {

using Kind = PathFinding::Kind;

/// Servers of different networks that answer well, each with a reference of its own.
std::vector<Candidate> good_servers(int count) {
    std::vector<Candidate> servers;
    for (int i = 0; i < count; ++i) {
        Candidate server = CandidateBuilder(fmt::format("s{}", i), milliseconds(0), milliseconds(9))
                               .at(fmt::format("9.{}.0.1", i + 1))
                               .saying(2, 0x09090900U + static_cast<std::uint32_t>(i));
        servers.push_back(std::move(server));
    }
    return servers;
}

Candidate silent(Candidate server, Rejection why = Rejection::time_out) {
    server.series.samples.clear();
    server.series.rejections.assign(4, why);
    return server;
}

std::vector<Candidate> silent_servers(int count, Rejection why = Rejection::time_out) {
    auto servers = good_servers(count);
    for (Candidate& server : servers) server = silent(std::move(server), why);
    return servers;
}

std::vector<Kind> kinds(const std::vector<Candidate>& servers,
                        const std::vector<PathProbes>& probes = {}) {
    std::vector<Kind> found;
    for (const PathFinding& finding : diagnose(servers, probes)) {
        CHECK_FALSE(finding.what.empty());
        CHECK_FALSE(finding.advice.empty());
        found.push_back(finding.kind);
    }
    return found;
}

using Kinds = std::vector<Kind>;

NtsReport failing(NtsFailure failure) {
    NtsReport report;
    report.failure = failure;
    return report;
}

}  // namespace

TEST_CASE("where all is well there is nothing to find") {
    CHECK(kinds(good_servers(5)).empty());
    CHECK(kinds({}).empty());
}

TEST_CASE("one silent server among others is that server's affair") {
    auto servers = good_servers(4);
    servers[0] = silent(servers[0]);
    CHECK(kinds(servers).empty());
    CHECK(kinds(silent_servers(1)).empty());
}

TEST_CASE("silence of all is a filter, refusal of all is a network that says no") {
    CHECK(kinds(silent_servers(3)) == Kinds{Kind::blocked});
    CHECK(diagnose(silent_servers(3), {})[0].what.contains("nobody says why"));
    CHECK(diagnose(silent_servers(3, Rejection::refused), {})[0].what.contains("refuse UDP"));
}

TEST_CASE("who answers that he is not synchronised is not silent") {
    CHECK(kinds(silent_servers(3, Rejection::unsynchronised)).empty());
    CHECK(kinds(silent_servers(3, Rejection::loop)).empty());
    CHECK(kinds(silent_servers(3, Rejection::bogus_origin)) == Kinds{Kind::blocked, Kind::spoofed});
    PathProbes answered;
    answered.usual = PathAnswer::answered;
    CHECK(kinds(silent_servers(2), {answered, answered}).empty());
}

TEST_CASE("names without addresses are the resolver's fault, not the path's") {
    auto servers = silent_servers(3);
    for (Candidate& server : servers) {
        server.address.reset();
        server.series = {};
        server.not_asked = Rejection::unresolved;
    }
    CHECK(kinds(servers) == Kinds{Kind::nothing_resolves});
}

TEST_CASE("a filter on the source port is told by packets from port 123") {
    const PathProbes only_123{.usual = PathAnswer::silent,
                              .from_port_123 = PathAnswer::answered,
                              .large = {},
                              .other_family = {},
                              .other_sample = {}};
    const PathProbes only_random{.usual = PathAnswer::answered,
                                 .from_port_123 = PathAnswer::silent,
                                 .large = {},
                                 .other_family = {},
                                 .other_sample = {}};
    const PathProbes both{.usual = PathAnswer::answered,
                          .from_port_123 = PathAnswer::answered,
                          .large = {},
                          .other_family = {},
                          .other_sample = {}};
    CHECK(kinds(silent_servers(2), {only_123, only_123}) == Kinds{Kind::port_123_needed});
    CHECK(kinds(good_servers(2), {only_random, only_random}) == Kinds{Kind::port_123_blocked});
    CHECK(kinds(good_servers(3), {only_random, only_random, both}).empty());
    CHECK(kinds(good_servers(2), {both, both}).empty());
}

TEST_CASE("an answer from another port is a translation that rewrites it") {
    PathProbes rewritten;
    rewritten.usual = PathAnswer::other_port;
    CHECK(kinds(silent_servers(2), {rewritten, rewritten}) == Kinds{Kind::answers_from_elsewhere});
}

TEST_CASE("a filter on the length is told by longer packets or by NTS without an answer") {
    PathProbes cut;
    cut.usual = PathAnswer::answered;
    cut.large = PathAnswer::silent;
    PathProbes passed = cut;
    passed.large = PathAnswer::answered;
    CHECK(kinds(good_servers(2), {cut, cut}) == Kinds{Kind::large_filtered});
    CHECK(kinds(good_servers(3), {cut, cut, passed}).empty());

    auto servers = good_servers(4);
    for (const int i : {0, 1}) {
        servers[static_cast<std::size_t>(i)] = silent(servers[static_cast<std::size_t>(i)]);
        servers[static_cast<std::size_t>(i)].nts = failing(NtsFailure::no_answer);
    }
    CHECK(kinds(servers) == Kinds{Kind::large_filtered});
    servers[2].nts = failing(NtsFailure::none);
    CHECK(kinds(servers).empty());
}

TEST_CASE("key exchanges that all get nowhere are a filter on TCP 4460") {
    auto servers = good_servers(4);
    servers[0].nts = failing(NtsFailure::refused);
    servers[1].nts = failing(NtsFailure::no_connection);
    CHECK(kinds(servers) == Kinds{Kind::key_exchange_blocked});
    servers[3].nts = failing(NtsFailure::time_out);  // it got a connection, and then no TLS
    CHECK(kinds(servers).empty());
    servers[3].nts.reset();
    servers[2].nts = failing(NtsFailure::certificate_name);  // it got through
    CHECK(kinds(servers).empty());
}

TEST_CASE("servers of three networks that answer alike to the last digit are one machine") {
    auto servers = good_servers(4);
    for (Candidate& server : servers)
        for (Sample& sample : server.series.samples) sample.refid = 0x47505300;
    CHECK(kinds(servers) == Kinds{Kind::intercepted});
    servers[0].series.samples.front().root_delay = Seconds{1e-3};
    servers[0].series.samples.front().delay = Seconds{1e-4};
    CHECK(kinds(servers) == Kinds{Kind::intercepted});
    servers[1].address = servers[2].address;  // neighbours may well be alike
    CHECK(kinds(servers).empty());
}

TEST_CASE("clocks at the root with one kind of reference are not alike for that") {
    auto servers = good_servers(4);
    for (Candidate& server : servers) {
        for (Sample& sample : server.series.samples) {
            sample.stratum = 1;
            sample.refid = 0x47505300;
        }
    }
    CHECK(kinds(servers).empty());
}

TEST_CASE("servers that serve themselves are not alike for that") {
    auto servers = good_servers(4);
    for (Candidate& server : servers) {
        for (Sample& sample : server.series.samples) {
            sample.stratum = 10;
            sample.refid = 0x7f7f0101;
            sample.root_delay = Seconds{0};
        }
    }
    CHECK(kinds(servers).empty());
}

TEST_CASE("where no short packet passes either, NTS does not fail by its length") {
    auto servers = silent_servers(3);
    for (std::size_t i = 0; i < 2; ++i) servers[i].nts = failing(NtsFailure::no_answer);
    CHECK(kinds(servers) == Kinds{Kind::blocked});
}

TEST_CASE("authenticated servers were not intercepted, whatever they have in common") {
    auto servers = good_servers(4);
    for (Candidate& server : servers) {
        server.source.authentication = Authentication::nts;
        for (Sample& sample : server.series.samples) sample.refid = 0x47505300;
    }
    CHECK(kinds(servers).empty());
}

TEST_CASE("times without a fraction come from a router") {
    PathProbes coarse;
    coarse.whole_seconds = true;
    CHECK(kinds(good_servers(2), {coarse, coarse}) == Kinds{Kind::whole_seconds});
    CHECK(kinds(good_servers(2), {coarse, {}}).empty());
}

TEST_CASE("silence over IPv6 alone is IPv6") {
    auto servers = good_servers(4);
    for (const std::size_t i : {0U, 1U}) {
        servers[i] = silent(servers[i]);
        servers[i].address = parse_address(fmt::format("2001:db8:{}::1", i));
    }
    CHECK(kinds(servers) == Kinds{Kind::ipv6_broken});
    servers[2].address = parse_address("2001:db8:5::1");
    CHECK(kinds(servers).empty());
}

TEST_CASE("two families of one server that disagree show an asymmetric path") {
    const auto servers = good_servers(2);
    std::vector<PathProbes> probes(2);
    probes[1].other_family = PathAnswer::answered;
    probes[1].other_sample = servers[1].series.samples.front();
    CHECK(kinds(servers, probes).empty());
    probes[1].other_sample->offset += Seconds{5e-3};
    const auto found = diagnose(servers, probes);
    REQUIRE(found.size() == 1);
    CHECK(found[0].kind == Kind::family_asymmetry);
    CHECK(found[0].what.contains("takes 10 ms longer one way"));
}

TEST_CASE("answers with a wrong origin are told as what they may be") {
    auto servers = good_servers(3);
    servers[0].series.rejections.push_back(Rejection::bogus_origin);
    CHECK(kinds(servers) == Kinds{Kind::spoofed});
}
