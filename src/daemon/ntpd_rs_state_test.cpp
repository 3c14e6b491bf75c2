#include "daemon/ntpd_rs_state.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

using namespace clockwright;
using namespace std::chrono_literals;
using doctest::Approx;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

std::string golden(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/ntpd_rs/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

DaemonState parsed(const std::string& text) {
    const auto state = ntpd_rs::parse_state(text, noon);
    REQUIRE_MESSAGE(state, state.error().message);
    return *state;
}

}  // namespace

TEST_CASE("the document of 1.1: seconds, a root dispersion, names with ports") {
    const auto state = parsed(golden("observe_1_1.json"));
    CHECK(state.kind == DaemonKind::ntpd_rs);
    CHECK(state.complete);
    CHECK(state.tracking.synchronised());
    CHECK(state.tracking.bound_known);
    CHECK_FALSE(state.tracking.frequency);
    CHECK(state.tracking.stratum == 3);
    CHECK(state.tracking.leap == Leap::none);
    CHECK(state.tracking.root_delay.count() == 0.0125);
    CHECK(state.tracking.root_dispersion.count() == 0.0005);
    CHECK(state.tracking.reference == parse_address("192.0.2.1"));
    REQUIRE(state.sources.size() == 3);
    const auto& first = state.sources[0];
    CHECK(first.name == "ntp1.example");
    CHECK(first.state == '*');
    CHECK(first.reach == 1);
    CHECK(first.poll == 4);
    CHECK(first.offset.count() == 0.00125);
    CHECK(first.error.count() == Approx(0.00775));
    CHECK(first.authentication == Authentication::none);
    CHECK(first.last_sample == Seconds{0});
    const auto& second = state.sources[1];
    CHECK(second.name == "nts.example");
    CHECK(second.address == parse_address("2001:db8::2"));
    CHECK(second.state == '+');
    CHECK(second.reach == 4);
    CHECK(second.last_sample == Seconds{128});  // two polls ago: `now` is not told
    CHECK(second.authentication == Authentication::nts);
    CHECK(second.nts->cookies == 7);
    const auto& third = state.sources[2];
    CHECK(third.state == '?');
    CHECK(third.reach == 0);
    CHECK_FALSE(third.last_sample);
    CHECK_FALSE(third.authentication);
}

TEST_CASE("the document of 1.5: the root dispersion grows from a variance, ages are exact") {
    const auto state = parsed(golden("observe_1_5.json"));
    const double t = 10;
    CHECK(state.tracking.root_dispersion.count() ==
          Approx(std::sqrt(1e-8 + 1e-9 * t + 1e-10 * t * t + 1e-11 * t * t * t)));
    CHECK(state.tracking.leap == Leap::insert);
    CHECK(state.sources[0].last_sample->count() == Approx(5));
    CHECK(state.tracking.reference_time == noon - 5s);
    CHECK(state.tracking.offset.count() == 0.002);
}

TEST_CASE("the document of 2.0-alpha: durations of 128 bits, a socket as a refclock") {
    const auto state = parsed(golden("observe_2_0.json"));
    CHECK(state.tracking.root_delay.count() == Approx(0.01));
    CHECK(state.tracking.bound_known);
    CHECK(state.tracking.leap == Leap::none);
    CHECK_FALSE(state.tracking.reference);  // an IPv6 identifier tells no address
    CHECK(state.tracking.refid == 764032830);
    CHECK(state.tracking.synchronised());
    CHECK(state.sources[0].state == '+');
    CHECK(state.sources[1].refclock);
    CHECK(state.sources[1].name == "GPSd socket");
}

TEST_CASE("split snapshots and missing fields are taken as they are") {
    const auto state = parsed(golden("observe_split.json"));
    CHECK(state.tracking.stratum == 4);
    CHECK(state.tracking.leap == Leap::none);
    CHECK(state.tracking.root_delay.count() == 0.01);
    CHECK_FALSE(state.tracking.bound_known);
    CHECK(state.sources[0].state == '*');

    const auto bare = parsed(R"({"system":{},"sources":[{},7,null]})");
    CHECK_FALSE(bare.tracking.synchronised());
    CHECK_FALSE(bare.tracking.bound_known);
    CHECK(bare.sources.size() == 1);
    CHECK(bare.sources[0].state == '?');
}

TEST_CASE("what is no such document is an error, wherever it is cut") {
    for (const std::string text : {"", "[]", "{}", "{\"system\":{}}", "{\"sources\":[]}", "x"}) {
        CAPTURE(text);
        CHECK_FALSE(ntpd_rs::parse_state(text, noon));
    }
    const auto whole = golden("observe_1_1.json");
    const auto end = whole.rfind('}');
    for (std::size_t length = 0; length < end; ++length) {
        CAPTURE(length);
        CHECK_FALSE(ntpd_rs::parse_state(whole.substr(0, length), noon));
    }
}

TEST_CASE("wild numbers stay within reason") {
    const auto state = parsed(
        R"({"system":{"stratum":1e300,"reference_id":18446744073709551615,"root_delay":-1e300,)"
        R"("root_variance_base":-5},"sources":[{"unanswered_polls":0,"poll_interval":999,)"
        R"("offset":1e308,"delay":{"upper":18446744073709551615,"lower":0},"nts_cookies":-4}]})");
    CHECK(state.tracking.stratum == 16);
    CHECK(state.tracking.refid == 0xffffffff);
    CHECK(state.tracking.root_delay.count() == -1e10);
    CHECK(state.sources[0].poll == 17);
    CHECK(state.sources[0].offset.count() == 1e10);
}

TEST_CASE("the length before the document is big-endian and at most 1 MiB") {
    CHECK(ntpd_rs::message_length({0, 0, 0, 0, 0, 1, 2, 3}) == 0x010203U);
    CHECK(ntpd_rs::message_length({0, 0, 0, 0, 0, 16, 0, 0}) == 1048576U);
    CHECK_FALSE(ntpd_rs::message_length({0, 0, 0, 0, 0, 16, 0, 1}));
    CHECK_FALSE(ntpd_rs::message_length({255, 0, 0, 0, 0, 0, 0, 0}));
}
