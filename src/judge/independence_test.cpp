#include "judge/independence.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright {
namespace {

Ties at(const char* address, std::uint16_t port = 123) {
    Ties ties;
    ties.address = parse_address(address);
    ties.port = port;
    return ties;
}

Ties smearing(Smear smear, const char* operator_name = "") {
    Ties ties;
    ties.smear = smear;
    ties.operator_name = operator_name;
    return ties;
}

TEST_CASE("no group may hold half of a set") {
    const std::vector<std::pair<int, int>> rows{{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1},
                                                {5, 2}, {6, 2}, {7, 3}, {8, 3}, {9, 4}};
    for (const auto& [members, bound] : rows) {
        CAPTURE(members);
        CHECK(group_bound(members) == bound);
    }
}

TEST_CASE("an operator that nobody stated is a group of its own") {
    CHECK(share_operator(smearing(Smear::none, "NIST"), smearing(Smear::none, "NIST")));
    CHECK_FALSE(share_operator(smearing(Smear::none, "NIST"), smearing(Smear::none, "PTB")));
    CHECK_FALSE(share_operator(smearing(Smear::none), smearing(Smear::none)));
}

TEST_CASE("a network ties public addresses in the public domain only") {
    const auto in_public = TrustDomain::public_internet;
    CHECK(share_network(at("192.0.2.1"), at("192.0.2.9"), in_public));
    CHECK_FALSE(share_network(at("192.0.2.1"), at("192.0.3.1"), in_public));
    CHECK(share_network(at("2001:db8:1::1"), at("2001:db8:1:2::1"), in_public));
    CHECK_FALSE(share_network(at("192.0.2.1"), at("192.0.2.9"), TrustDomain::internal));
    CHECK_FALSE(share_network(at("192.0.2.1"), at("192.0.2.9"), TrustDomain::platform));
    CHECK_FALSE(share_network(at("10.0.0.1"), at("10.0.0.2"), in_public));
    CHECK_FALSE(share_network(at("127.0.0.1"), at("127.0.0.2"), in_public));
    CHECK_FALSE(share_network(Ties{}, Ties{}, in_public));
}

TEST_CASE("address and port make a server") {
    CHECK(share_server(at("192.0.2.1"), at("192.0.2.1")));
    CHECK_FALSE(share_server(at("192.0.2.1"), at("192.0.2.1", 1123)));
    CHECK_FALSE(share_server(Ties{}, Ties{}));
}

TEST_CASE("a server asked by NTS is the server asked by NTP") {
    Source by_nts;
    by_nts.host = {.name = "time.example", .port = 4460, .nts = true};
    Source by_ntp;
    by_ntp.host = {.name = "192.0.2.1", .port = 123, .nts = false};
    const auto address = parse_address("192.0.2.1");
    CHECK(share_server(ties_of(by_nts, address), ties_of(by_ntp, address)));
}

TEST_CASE("smear classes stand together only when nothing smears or all smear alike") {
    struct Row {
        Ties one, other;
        bool together;
    };
    const std::vector<Row> rows{
        {smearing(Smear::none), smearing(Smear::none), true},
        {smearing(Smear::none), smearing(Smear::unknown), true},
        {smearing(Smear::unknown), smearing(Smear::unknown), true},
        {smearing(Smear::google), smearing(Smear::google), true},
        {smearing(Smear::google), smearing(Smear::aws), false},
        {smearing(Smear::google), smearing(Smear::none), false},
        {smearing(Smear::google), smearing(Smear::unknown), false},
        {smearing(Smear::other, "Corp"), smearing(Smear::other, "Corp"), true},
        {smearing(Smear::other, "Corp"), smearing(Smear::other, "Inc"), false},
        {smearing(Smear::other), smearing(Smear::other), false},
    };
    for (const Row& row : rows) {
        CAPTURE(to_string(row.one.smear));
        CAPTURE(to_string(row.other.smear));
        CHECK(share_smear(row.one, row.other) == row.together);
        CHECK(share_smear(row.other, row.one) == row.together);
    }
}

Ties following(std::uint32_t upstream, const char* address = "203.0.113.9") {
    Ties ties = at(address);
    ties.upstream = upstream;
    return ties;
}

TEST_CASE("an upstream is what a stratum 2 or more says, and no clock of its own") {
    CHECK(upstream_of(2, 0xc0000201) == 0xc0000201);
    CHECK(upstream_of(15, 0xc0000201) == 0xc0000201);
    CHECK(upstream_of(1, 0x47505300) == 0);
    CHECK(upstream_of(2, 0x7f7f0101) == 0);
    CHECK(upstream_of(3, 0) == 0);
}

TEST_CASE("two that follow one server share it, and so do a server and its follower") {
    CHECK(share_upstream(following(0xc0000201), following(0xc0000201)));
    CHECK_FALSE(share_upstream(following(0xc0000201), following(0xc0000202)));
    CHECK_FALSE(share_upstream(following(0), following(0)));
    CHECK(share_upstream(following(0xc0000201), at("192.0.2.1")));
    CHECK(share_upstream(at("192.0.2.1"), following(0xc0000201)));
    CHECK_FALSE(share_upstream(following(0xc0000201), at("192.0.2.2")));
    CHECK_FALSE(share_upstream(following(0x20010db8), at("2001:db8::1")));
}

TEST_CASE("two addresses of one name are one rotation, whatever its case") {
    Source source;
    source.host.name = "time.NIST.gov";
    Ties one = ties_of(source, parse_address("192.0.2.1"));
    source.host.name = "time.nist.gov";
    const Ties other = ties_of(source, parse_address("198.51.100.1"));
    CHECK(share_rotation(one, other, TrustDomain::public_internet));
    CHECK_FALSE(share_rotation(one, other, TrustDomain::internal));
    CHECK_FALSE(is_rotation_of(one, other));
    one.rotates = true;
    CHECK(is_rotation_of(one, other));
    source.host.name = "192.0.2.1";
    CHECK(ties_of(source, parse_address("192.0.2.1")).rotation.empty());
    CHECK_FALSE(share_rotation(ties_of(source, parse_address("192.0.2.1")),
                               ties_of(source, parse_address("192.0.2.2")),
                               TrustDomain::public_internet));
}

}  // namespace
}  // namespace clockwright
