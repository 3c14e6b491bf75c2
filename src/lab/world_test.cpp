#include "lab/world.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace clockwright::lab {
namespace {

constexpr std::string_view least = "[[server]]\naddress = \"127.0.1.1\"\n";

std::string with(std::string_view line) {
    return std::string(least) + std::string(line) + "\n";
}

std::string faults_of(std::string_view toml) {
    const auto world = parse_world(toml, "w.toml");
    if (world) {
        return "accepted";
    }
    CHECK(world.error().fault == Fault::bad_input);
    return world.error().message;
}

std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

TEST_CASE("every key has its place") {
    const auto world = parse_world(R"(
title = "all keys"
port = 11200
seed = 99
[[server]]
name = "one"
address = "127.0.1.1"
operator = "example"
smear = "google"
behaviour = "kiss"
kiss = "RATE"
interleaved = "drops"
send_lag = "20us"
offset = "-1.5ms"
delay_out = "200us"
delay_back = "300us"
jitter = "50us"
loss = 0.25
drift_ppm = -5.5
step_at = "30s"
step = "-1s"
dies_at = "20s"
stratum = 3
root_delay = "4ms"
root_dispersion = "5ms"
leap = "delete"
refid = "192.0.2.1"
[[server]]
address = "[::1]:11125"
delay = "10ms"
refid = "GPS"
loss = 1
)",
                                   "w.toml");
    REQUIRE(world.has_value());
    CHECK(world->title == "all keys");
    CHECK(world->port == 11200);
    CHECK(world->seed == 99);
    REQUIRE(world->servers.size() == 2);
    const ServerSpec& one = world->servers[0];
    CHECK(one.name == "one");
    CHECK(to_string(one.endpoint) == "127.0.1.1:11200");
    CHECK(one.operator_name == "example");
    CHECK(one.smear == Smear::google);
    CHECK(one.behaviour == Behaviour::kiss);
    CHECK(one.kiss == 0x5241'5445);
    CHECK(one.interleaved == Interleaving::drops);
    CHECK(one.send_lag.count() == doctest::Approx(0.00002));
    CHECK(one.offset.count() == doctest::Approx(-0.0015));
    CHECK(one.delay_out.count() == doctest::Approx(0.0002));
    CHECK(one.delay_back.count() == doctest::Approx(0.0003));
    CHECK(one.jitter.count() == doctest::Approx(0.00005));
    CHECK(one.loss == 0.25);
    CHECK(one.drift.value == -5.5);
    CHECK(one.step_at.count() == 30);
    CHECK(one.step.count() == -1);
    CHECK(one.dies_at.count() == 20);
    CHECK(one.stratum == 3);
    CHECK(one.root_delay.count() == doctest::Approx(0.004));
    CHECK(one.root_dispersion.count() == doctest::Approx(0.005));
    CHECK(one.leap == Leap::remove);
    CHECK(one.refid == 0xc000'0201);
    const ServerSpec& two = world->servers[1];
    CHECK(to_string(two.endpoint) == "[::1]:11125");
    CHECK(two.delay_out.count() == doctest::Approx(0.01));
    CHECK(two.delay_back.count() == doctest::Approx(0.01));
    CHECK(two.refid == 0x4750'5300);
    CHECK(two.loss == 1);
}

TEST_CASE("a server needs only an address") {
    const auto world = parse_world(least, "w.toml");
    REQUIRE(world.has_value());
    CHECK(world->port == 11123);
    REQUIRE(world->servers.size() == 1);
    CHECK(to_string(world->servers[0].endpoint) == "127.0.1.1:11123");
    CHECK(world->servers[0].behaviour == Behaviour::answers);
    CHECK(world->servers[0].stratum == 2);
    CHECK(world->servers[0].interleaved == Interleaving::no);
    CHECK(world->servers[0].dies_at < Seconds{0});
}

TEST_CASE("an address may bring its port") {
    struct Row {
        std::string_view written, endpoint;
    };
    const Row rows[] = {{"127.0.1.1", "127.0.1.1:11123"}, {"127.9.8.7:1", "127.9.8.7:1"},
                        {"::1", "[::1]:11123"},           {"[::1]", "[::1]:11123"},
                        {"[::1]:65535", "[::1]:65535"},   {"127.0.0.1:123", "127.0.0.1:123"}};
    for (const Row& row : rows) {
        CAPTURE(row.written);
        const auto world =
            parse_world("[[server]]\naddress = \"" + std::string(row.written) + "\"\n", "w.toml");
        REQUIRE(world.has_value());
        CHECK(to_string(world->servers[0].endpoint) == row.endpoint);
    }
}

TEST_CASE("a faulty value is named with its line, key and reason") {
    struct Row {
        std::string_view line, fault;  // fault: after "w.toml:3: server[1]."
    };
    const Row rows[] = {
        {"loss = 1.5", "loss: 1.5 is not within 0–1"},
        {"loss = nan", "loss: nan is not within 0–1"},
        {"loss = -0.1", "loss: -0.1 is not within 0–1"},
        {"loss = \"0.1\"", "loss: is no number"},
        {"drift_ppm = inf", "drift_ppm: inf is not within -100000–100000"},
        {"stratum = 0", "stratum: 0 is not within 1–16"},
        {"stratum = 17", "stratum: 17 is not within 1–16"},
        {"stratum = 2.0", "stratum: is no whole number"},
        {"offset = 5", "offset: is no text in quotation marks"},
        {"offset = \"5\"", "offset: \"5\" is no duration such as \"10ms\""},
        {"offset = \"--5s\"", "offset: \"--5s\" is no duration such as \"10ms\""},
        {"delay = \"-5ms\"", "delay: \"-5ms\" is negative"},
        {"jitter = \"61s\"", "jitter: \"61s\" is more than"},
        {"leap = \"remove\"", "leap: \"remove\" is none of none, insert, delete, unsynchronised"},
        {"smear = \"\"", "smear: \"\" is none of none, unknown"},
        {"behaviour = \"sulks\"", "behaviour: \"sulks\" is none of answers, silent"},
        {"behaviour = \"kiss\"", "kiss: goes together with behaviour = \"kiss\""},
        {"kiss = \"RATE\"", "kiss: goes together with behaviour = \"kiss\""},
        {"step = \"1s\"", "step: step and step_at go together"},
        {"step_at = \"1s\"", "step_at: step and step_at go together"},
        {"refid = \"TOOLONG\"", "refid: \"TOOLONG\" is neither"},
        {"refid = \"::1\"", "refid: \"::1\" is neither"},
        {"refid = \"\"", "refid: \"\" is neither"},
        {"name = \"a\\u001b[2J\"", "name: \"a\\x1b[2J\" has characters that cannot be shown"},
        {"delai = \"1s\"", "delai: no such key"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.line);
        const std::string faults = faults_of(with(row.line));
        CAPTURE(faults);
        CHECK(faults.find(row.fault) != std::string::npos);
        CHECK(faults.starts_with("w.toml:"));
        const bool of_the_table = row.line == "behaviour = \"kiss\"";  // its kiss is not there
        CHECK(faults.starts_with(of_the_table ? "w.toml:1: server[1]." : "w.toml:3: server[1]."));
        CHECK(faults.find('\n') == std::string::npos);
    }
}

TEST_CASE("an address is a loopback address in full") {
    for (const std::string_view written :
         {"192.0.2.1", "::2", "localhost", "127.1", "127.0.1.1:0", "127.0.1.1:65536", "127.0.1.1:",
          "127.0.1.1:1x", "[127.0.1.1]:1", "::1:123:", "[::1", "[::1]1", "", "[]", ":1"}) {
        CAPTURE(written);
        CHECK(
            faults_of("[[server]]\naddress = \"" + std::string(written) + "\"\n")
                .starts_with("w.toml:2: server[1].address: \"" + std::string(written) + "\" is "));
    }
}

TEST_CASE("a world that says so may be of a private network, and of no other") {
    const auto at = [](std::string_view address) {
        return "addresses = \"private\"\n[[server]]\naddress = \"" + std::string(address) + "\"\n";
    };
    for (const std::string_view good : {"10.77.1.5", "192.168.0.1:123", "[fd00::5]", "127.0.1.1"}) {
        CAPTURE(good);
        CHECK(faults_of(at(good)) == "accepted");
    }
    for (const std::string_view bad : {"192.0.2.1", "2001:db8::1", "0.0.0.0", "::", "224.0.1.1"}) {
        CAPTURE(bad);
        CHECK(faults_of(at(bad)) ==
              "w.toml:3: server[1].address: \"" + std::string(bad) +
                  "\" is neither loopback nor of a private network: a lab answers no stranger");
    }
    CHECK(faults_of(at("10.77.1.5") + "[[server]]\naddress = \"10.77.1.5\"\n") ==
          "w.toml:5: server[2].address: 10.77.1.5:11123 is the endpoint of server[1] already");
    CHECK(faults_of("addresses = \"any\"\n[[server]]\naddress = \"127.0.0.1\"\n") ==
          "w.toml:1: addresses: \"any\" is none of loopback, private");
}

TEST_CASE("all faults come at once, in the order of the file") {
    const std::string faults = faults_of(R"(port = 0
colour = "red"
[[server]]
address = "127.0.1.1"
loss = 2.0
[[server]]
address = "127.0.1.1"
delay = "1ms"
delay_out = "1ms"
[[server]]
name = "lost"
)");
    CHECK(faults ==
          "w.toml:1: port: 0 is not within 1–65535\n"
          "w.toml:2: colour: no such key\n"
          "w.toml:5: server[1].loss: 2 is not within 0–1\n"
          "w.toml:7: server[2].address: 127.0.1.1:11123 is the endpoint of server[1] already\n"
          "w.toml:8: server[2].delay: stands for both delay_out and delay_back and not beside "
          "them\n"
          "w.toml:10: server[3].address: is missing");
}

TEST_CASE("a world without servers is none") {
    CHECK(faults_of("title = \"empty\"\n") ==
          "w.toml:1: server: a world needs at least one [[server]]");
    CHECK(faults_of("server = []\n") == "w.toml:1: server: is to be written as [[server]]");
    CHECK(faults_of("server = 3\n") == "w.toml:1: server: is to be written as [[server]]");
    CHECK(faults_of("[server]\naddress = \"127.0.0.1\"\n") ==
          "w.toml:1: server: is to be written as [[server]]");
}

TEST_CASE("what is no TOML is a fault with its line") {
    CHECK(faults_of("port = 1\nport = 2\n").starts_with("w.toml:2: "));
    CHECK(faults_of("port = \n").starts_with("w.toml:1: "));
    CHECK(faults_of("\xff\xfe").starts_with("w.toml:1: "));
    // A key may not begin like that, which the library asserts before it says so.
    CHECK(faults_of(std::string("[\0[server]]\n", 12)).starts_with("w.toml:1: "));
    // Its table of blanks holds such a letter to be unreachable.
    CHECK(faults_of("port = 0\xc5\xbb\n").starts_with("w.toml:1: "));
}

TEST_CASE("the worlds that come along are in order and can run at once") {
    std::set<Endpoint> all;
    std::size_t files = 0, servers = 0;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(CLOCKWRIGHT_SOURCE_DIR) / "worlds")) {
        CAPTURE(entry.path().string());
        const auto world = parse_world(read(entry.path()), entry.path().filename().string());
        REQUIRE_MESSAGE(world.has_value(), (world ? "" : world.error().message));
        CHECK_FALSE(world->title.empty());
        for (const ServerSpec& spec : world->servers) {
            all.insert(spec.endpoint);
        }
        servers += world->servers.size();
        ++files;
    }
    CHECK(files >= 4);
    CHECK(all.size() == servers);
}

}  // namespace
}  // namespace clockwright::lab
