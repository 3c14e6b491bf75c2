#include "daemon/openntpd_state.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace clockwright;
using doctest::Approx;

namespace {

std::string golden(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/openntpd/" + name, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), name);
    return {std::istreambuf_iterator<char>(file), {}};
}

DaemonState parsed(const std::string& text) {
    const auto state = openntpd::parse_state(text);
    REQUIRE_MESSAGE(state, state.error().message);
    return *state;
}

const DaemonSource& named(const DaemonState& state, const std::string& name) {
    for (const auto& source : state.sources)
        if (source.name == name) return source;
    FAIL(name);
    return state.sources.front();
}

}  // namespace

TEST_CASE("ntpctl of 6.2p3, 79 s after a start: a peer that is ahead has a positive offset") {
    const auto state = parsed(golden("ntpctl_valid.txt"));
    CHECK(state.kind == DaemonKind::openntpd);
    CHECK(state.complete);
    CHECK(state.sources.size() == 10);
    CHECK(state.unresolved == 2);
    CHECK_FALSE(state.tracking.synchronised());
    CHECK_FALSE(state.tracking.bound_known);
    CHECK_FALSE(state.tracking.frequency);

    const auto& ahead = named(state, "10.77.1.7");
    CHECK(ahead.address == parse_address("10.77.1.7"));
    CHECK(ahead.offset.count() == Approx(0.299821));
    CHECK(ahead.error.count() == Approx(0.000841 / 2 + 0.000386));
    CHECK(ahead.state == '+');
    CHECK(ahead.stratum == 2);
    CHECK(ahead.poll == 5);
    CHECK(ahead.reach == 0xff);
    CHECK(ahead.last_sample == Seconds{4});
    CHECK_FALSE(ahead.samples);
    CHECK(named(state, "10.77.1.8").offset.count() == Approx(-0.040221));
    CHECK(named(state, "10.77.1.8").reach == 0x7f);  // trust level 9

    const auto& by_name = named(state, "time1.test");
    CHECK(by_name.address == parse_address("10.77.1.2"));
    int members = 0;
    for (const auto& source : state.sources) members += source.name == "pool.test" ? 1 : 0;
    CHECK(members == 3);

    const auto& silent = named(state, "10.77.1.99");
    CHECK(silent.state == '?');
    CHECK(silent.reach == 0);
    CHECK(silent.stratum == 0);
    CHECK_FALSE(silent.last_sample);
    CHECK_FALSE(named(state, "nosuch.test").address);
    CHECK_FALSE(named(state, "nopool.test").address);
    // The median of the seven valid peers.
    CHECK(state.tracking.offset.count() == Approx(-0.000439));
}

TEST_CASE("on its way a peer has too few samples, and none of it is shown") {
    const auto starting = parsed(golden("ntpctl_starting.txt"));
    CHECK(starting.sources.size() == 10);
    CHECK(named(starting, "10.77.1.7").state == 'M');
    CHECK(named(starting, "10.77.1.7").reach == 1);
    CHECK(named(starting, "10.77.1.7").poll == 3);
    CHECK_FALSE(named(starting, "10.77.1.7").last_sample);
    CHECK(named(starting, "10.77.1.99").state == '?');
    CHECK(starting.tracking.offset == Seconds{0});
    CHECK(parsed(golden("ntpctl_mixed.txt")).sources.size() == 10);
}

TEST_CASE("a synced clock follows the peer with the asterisk; sensors are refclocks") {
    const auto state = parsed(golden("ntpctl_synced.txt"));  // composed after ntpctl(8)
    CHECK(state.tracking.synchronised());
    CHECK(state.tracking.leap == Leap::none);
    CHECK(state.tracking.stratum == 3);
    CHECK(state.tracking.reference == parse_address("2001:db8::2"));
    CHECK(state.tracking.offset.count() == Approx(-0.0005));
    CHECK_FALSE(state.tracking.bound_known);
    REQUIRE(state.sources.size() == 6);
    CHECK(state.sources[1].state == '*');
    CHECK(state.sources[1].last_sample == Seconds{31});
    CHECK(state.sources[2].poll == 10);
    CHECK(state.sources[2].reach == 0x0f);
    CHECK(state.sources[3].offset.count() == Approx(1.5));
    const auto& gps = state.sources[4];
    CHECK(gps.refclock);
    CHECK(gps.name == "nmea0");
    CHECK(gps.refid == 0x47505300);
    CHECK(gps.state == '+');
    CHECK(state.sources[5].state == '?');
    CHECK(state.unresolved == 0);
}

TEST_CASE("the status line alone tells of the clock") {
    struct Row {
        std::string text;
        bool synced;
        int stratum;
        double offset;
    };
    for (const Row& row :
         {Row{"4/4 peers valid, clock synced, stratum 2", false, 2, 0},  // nobody is followed
          Row{"4/4 peers valid, clock unsynced", false, 0, 0},
          Row{"1/4 peers valid, clock unsynced, clock offset is -1234.500ms", false, 0, -1.2345},
          Row{"no peers and no sensors configured\nclock unsynced\n", false, 0, 0}}) {
        CAPTURE(row.text);
        const auto state = parsed(row.text);
        CHECK(state.tracking.synchronised() == row.synced);
        CHECK(state.tracking.stratum == row.stratum);
        CHECK(state.tracking.offset.count() == Approx(row.offset));
        CHECK(state.sources.empty());
    }
}

TEST_CASE("text that is not ntpctl's is an error, and cut text is read as far as it goes") {
    for (const std::string text : {"", "usage: ntpctl -s all", "peer\n\n"}) {
        CAPTURE(text);
        CHECK_FALSE(openntpd::parse_state(text));
    }
    const auto whole = golden("ntpctl_synced.txt");
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        CAPTURE(length);
        const auto state = openntpd::parse_state(whole.substr(0, length));
        if (state) CHECK(state->sources.size() <= 6);
    }
}

TEST_CASE("control characters in names do not reach a screen") {
    const auto state =
        parsed("clock unsynced\n\npeer\n10.0.0.1 a\x1b[31m\n 1 2 - 1s 5s ---- peer\n");
    CHECK(state.sources.size() == 1);
    CHECK(state.sources[0].name.find('\x1b') == std::string::npos);
}

TEST_CASE("a peer's name is found however ntpctl shows it") {
    struct Row {
        std::string line, name;
        bool resolved;
    };
    for (const Row& row : {Row{"10.0.0.1 ", "10.0.0.1", true}, Row{"10.0.0.1 a", "a", true},
                           Row{"10.0.0.1 from pool a", "a", true},
                           Row{"10.0.0.1 from pool ", "10.0.0.1", true},  // a pool of one address
                           Row{"2001:db8::1 a", "a", true}, Row{"not resolved a", "a", false},
                           Row{"not resolved from pool a", "a", false}}) {
        CAPTURE(row.line);
        const auto state =
            parsed("clock unsynced\n\npeer\n" + row.line + "\n    1  2  -   15s   15s   ----\n");
        REQUIRE(state.sources.size() == 1);
        CHECK(state.sources[0].name == row.name);
        CHECK(state.sources[0].address.has_value() == row.resolved);
    }
}
