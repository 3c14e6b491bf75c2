#include "app/dry_run.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "store/memory.h"
#include "system/clock.h"
#include "tests/fakes/asked_stranger.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;
using namespace std::chrono_literals;

namespace {

Candidate written(const std::string& text) {
    Candidate candidate;
    candidate.source.host = *parse_host(text);
    candidate.source.as_written = text;
    return candidate;
}

/// One blank between words.
std::string without_breaks(const std::string& text) {
    std::string flat;
    for (const char letter : text) {
        const bool blank = letter == ' ' || letter == '\n';
        if (!blank || (!flat.empty() && flat.back() != ' ')) flat += blank ? ' ' : letter;
    }
    return flat;
}

}  // namespace

TEST_CASE("what would be sent is said without sending: packets by address") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    Candidate candidate;
    candidate.source.host.name = candidate.source.as_written = "127.0.0.9";
    Command command;
    command.samples = 3;
    auto text = dry_run_report({candidate, public_candidate()}, config, command);
    REQUIRE(text.has_value());
    CHECK(text->starts_with("Will send 6 packets in 4.0 s to 2 addresses, 1 of them public"));
    CHECK(text->find("127.0.0.9:123  3 packets") != std::string::npos);
    CHECK(text->ends_with("Nothing was sent.\n"));
    REQUIRE(store::save(config.state.directory, asked(10min, true)).has_value());
    text = dry_run_report({candidate, public_candidate()}, config, command);
    CHECK(text->starts_with("Will send 3 packets"));
    CHECK(text->find("198.51.100.7:123 gets no packet: asked within the hour") !=
          std::string::npos);
    command.json = true;
    text = dry_run_report({candidate, public_candidate()}, config, command);
    const auto json = nlohmann::json::parse(*text);
    CHECK(json["packets_planned"] == 3);
    CHECK(json["addresses"] == nlohmann::json{"127.0.0.9:123"});
    CHECK(json["destinations"][1]["address"] == "198.51.100.7:123");
    CHECK(json["destinations"][1]["packets"] == 0);
}

TEST_CASE("with -4 a name that the daemon follows by IPv6 is asked by its name") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    Candidate named = written("localhost"), literal = written("::1");
    named.address = literal.address = parse_address("::1");
    Command command;
    command.ipv4 = true;
    const auto text = dry_run_report({named, literal}, config, command);
    REQUIRE(text.has_value());
    const std::string flat = without_breaks(*text);
    CHECK(flat.contains("localhost (127.0.0.1:123) 4 packets"));
    CHECK(flat.contains("::1 is no IPv4 address"));
}

TEST_CASE("an nts:// host is told with its key exchange and its packets") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    const Candidate first = written("nts://127.0.0.9:4461"), plain = public_candidate(),
                    same = written("nts://198.51.100.7");
    Command command;
    const auto text = dry_run_report({first, plain, same}, config, command);
    REQUIRE(text.has_value());
    const std::string flat = without_breaks(*text);
    CHECK(flat.starts_with("Will send 8 packets in 6.0 s to 2 addresses, 1 of them public"));
    CHECK(
        flat.contains("nts://127.0.0.9:4461 keys by TCP 127.0.0.9:4461, then 4 packets to "
                      "127.0.0.9:123 or where its key exchange says"));
    CHECK(
        flat.contains("198.51.100.7:123 gets no packet: its packets are those of "
                      "nts://198.51.100.7, unless NTS fails there"));
    command.json = true;
    const auto json = nlohmann::json::parse(*dry_run_report({first, plain, same}, config, command));
    CHECK(json["packets_planned"] == 8);
    CHECK(json["destinations"][0]["key_exchange"] == "127.0.0.9:4461");
    CHECK(json["destinations"][1]["packets"] == 0);
    CHECK(json["destinations"][2]["address"] == "198.51.100.7:123");
    CHECK(json["destinations"][2]["key_exchange"] == "198.51.100.7:4460");
}

TEST_CASE("hosts of one endpoint share its packets and say so") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    Candidate alias = written("alias.example");
    alias.address = parse_address("127.0.0.9");
    const auto text = without_breaks(*dry_run_report({written("127.0.0.9"), alias}, config, {}));
    CHECK(text.starts_with("Will send 4 packets"));
    CHECK(text.contains(
        "alias.example (127.0.0.9:123) gets no packet: its packets are those of 127.0.0.9 "));
}

TEST_CASE("whom a scan would not ask is told with the reason") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    Candidate stranger_at_home = written("127.0.0.9");
    stranger_at_home.source.origin.kind = Origin::Kind::catalogue;
    Command command;
    command.ipv4 = true;
    const auto text = without_breaks(
        *dry_run_report({written("224.0.1.1"), stranger_at_home, written("::1")}, config, command));
    CHECK(text.starts_with("Will send no packet."));
    CHECK(
        text.contains("224.0.1.1:123 gets no packet: resolves to 224.0.1.1, which is a multicast"));
    CHECK(
        text.contains("127.0.0.9:123 gets no packet: resolves to 127.0.0.9, which is a loopback"));
    CHECK(text.contains("::1 gets no packet: ::1 is no IPv4 address"));
    command.json = true;
    const auto json = nlohmann::json::parse(*dry_run_report({written("::1")}, config, command));
    CHECK(json["destinations"][0]["host"] == "::1");
    CHECK(json["destinations"][0]["address"].is_null());
}

TEST_CASE("the packets of --diagnose are counted: four to each of six at most") {
    const TemporaryDirectory directory;
    Config config;
    config.state.directory = directory.path();
    std::vector<Candidate> candidates;
    for (int last = 1; last <= 7; ++last)
        candidates.push_back(written("127.0.0." + std::to_string(last)));
    Command command;
    command.diagnose = true;
    CHECK(dry_run_report(candidates, config, command)->contains("--diagnose adds 24 packets"));
    command.json = true;
    candidates.resize(2);
    const auto json = nlohmann::json::parse(*dry_run_report(candidates, config, command));
    CHECK(json["packets_planned"] == 16);
    CHECK(json["diagnosis_packets"] == 8);
}
