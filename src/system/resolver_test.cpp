#include "system/resolver.h"

#include <doctest/doctest.h>

#include <optional>

#include "system/clock.h"
#include "system/event_loop.h"
#include "system/udp_socket.h"
#include "tests/fakes/lab_process.h"

namespace clockwright::system {

namespace {

HostName host(const char* text) {
    return parse_host(text).value();
}

}  // namespace

TEST_CASE("address literals resolve to themselves, in the family asked for") {
    struct Row {
        const char* literal;
        FamilyChoice family;
        bool resolves;
    };
    const Row rows[] = {
        {"192.0.2.1", FamilyChoice::any, true},      {"192.0.2.1", FamilyChoice::ipv4, true},
        {"192.0.2.1", FamilyChoice::ipv6, false},    {"[2001:db8::1]", FamilyChoice::any, true},
        {"[2001:db8::1]", FamilyChoice::ipv6, true}, {"[2001:db8::1]", FamilyChoice::ipv4, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.literal);
        const auto answers = resolve({host(row.literal)}, row.family, Seconds{1});
        REQUIRE(answers);
        CHECK((*answers)[0].addresses.empty() == !row.resolves);
        CHECK((*answers)[0].why.empty() == row.resolves);
    }
}

TEST_CASE("a host without a name resolves to nothing, and says so") {
    const auto answers = resolve({HostName{}}, FamilyChoice::any, Seconds{1});
    REQUIRE(answers);
    CHECK((*answers)[0].addresses.empty());
    CHECK_FALSE((*answers)[0].why.empty());
}

TEST_CASE("of a name with both families the one comes first that this host has a route to") {
    const auto order = [](std::initializer_list<const char*> texts,
                          bool (*has_route)(const IpAddress&)) {
        std::vector<IpAddress> addresses;
        for (const char* text : texts) addresses.push_back(*parse_address(text));
        return to_string(reachable_first(std::move(addresses), has_route).front());
    };
    const auto everywhere = [](const IpAddress&) { return true; };
    const auto nowhere = [](const IpAddress&) { return false; };
    const auto by_ipv6 = [](const IpAddress& address) { return address.family == Family::ipv6; };
    CHECK(order({"2001:db8::1", "192.0.2.1"}, everywhere) == "192.0.2.1");
    CHECK(order({"2001:db8::1", "192.0.2.1"}, nowhere) == "192.0.2.1");
    CHECK(order({"192.0.2.1", "2001:db8::1"}, by_ipv6) == "2001:db8::1");
    CHECK(order({"192.0.2.1", "192.0.2.2"}, by_ipv6) == "192.0.2.1");
}

TEST_CASE("localhost needs no name server and keeps its place among the answers") {
    const auto answers = resolve({host("192.0.2.9"), host("localhost"), host("192.0.2.8")},
                                 FamilyChoice::ipv4, Seconds{5});
    REQUIRE(answers);
    REQUIRE(answers->size() == 3);
    CHECK((*answers)[1].addresses == std::vector{parse_address("127.0.0.1").value()});
    CHECK((*answers)[2].addresses == std::vector{parse_address("192.0.2.8").value()});
}

TEST_CASE("a name server that does not answer costs the time-out and nothing else") {
    const Endpoint deaf{private_loopback(53), 5353};
    const auto socket = UdpSocket::bind(deaf);
    REQUIRE(socket);
    EventLoop loop;
    Resolver resolver(loop.context());
    REQUIRE(resolver.open({.time_out = Seconds{0.05}, .name_servers = to_string(deaf)}));
    std::vector<Resolved> answers;
    const SteadyTime began = read_clocks().steady;
    for (const char* name : {"one.example", "two.example"}) {
        resolver.resolve(name, FamilyChoice::any, [&](Resolved answer) {
            answers.push_back(std::move(answer));
            if (answers.size() == 2) {
                loop.stop();
            }
        });
    }
    loop.run();
    const Seconds took = read_clocks().steady - began;
    REQUIRE(answers.size() == 2);
    for (const Resolved& answer : answers) {
        CHECK(answer.addresses.empty());
        CHECK(answer.why == "the name servers do not answer");
    }
    CHECK(took >= Seconds{0.05});
    CHECK(took < Seconds{0.5});
}

TEST_CASE("a name server that is not there says so at once") {
    EventLoop loop;
    Resolver resolver(loop.context());
    const Endpoint nobody{private_loopback(54), 5354};
    REQUIRE(resolver.open({.time_out = Seconds{20}, .name_servers = to_string(nobody)}));
    std::optional<Resolved> answer;
    const SteadyTime began = read_clocks().steady;
    resolver.resolve("one.example", FamilyChoice::any, [&](Resolved given) {
        answer = std::move(given);
        loop.stop();
    });
    if (!answer) {
        loop.run();
    }
    REQUIRE(answer);
    CHECK(answer->why == "no name server can be reached");
    CHECK(read_clocks().steady - began < Seconds{5});
}

TEST_CASE("look-ups that are dropped are answered before the resolver is gone") {
    const Endpoint deaf{private_loopback(55), 5355};
    const auto socket = UdpSocket::bind(deaf);
    REQUIRE(socket);
    int answered = 0;
    EventLoop loop;
    {
        Resolver resolver(loop.context());
        REQUIRE(resolver.open({.time_out = Seconds{20}, .name_servers = to_string(deaf)}));
        resolver.resolve("one.example", FamilyChoice::any, [&](const Resolved&) { ++answered; });
        CHECK(answered == 0);
    }
    CHECK(answered == 1);
}

}  // namespace clockwright::system
