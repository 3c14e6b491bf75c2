#include "daemon/mode6_replies.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "time/spell.h"

using namespace clockwright;
using namespace clockwright::mode6;

namespace {

const WallTime now = *parse_rfc3339("2026-11-28T04:10:00Z");

std::span<const std::uint8_t> octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The views of the result are of `text`.
std::optional<DaemonSource> source_of(std::string_view text, std::uint16_t status = 0x9414) {
    return decode_source(decode_association(7, status), Variables(octets(text)), now);
}

std::optional<DaemonTracking> tracking_of(std::string_view text) {
    return decode_tracking(Variables(octets(text)), now);
}

doctest::Approx near(double value) {
    return doctest::Approx(value).epsilon(1e-9).scale(0);
}

/// An answer captured from NTPsec 1.2.2 (tests/golden/mode6/capture.py), its fragments backward.
Reassembly golden(const std::string& name) {
    std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/mode6/" + name + ".hex");
    REQUIRE_MESSAGE(file.good(), name);
    std::vector<Bytes> datagrams(1);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        if (line.empty()) datagrams.emplace_back();
        std::istringstream words(line);
        for (unsigned octet = 0; words >> std::hex >> octet;)
            datagrams.back().push_back(static_cast<std::uint8_t>(octet));
    }
    const auto first = decode(datagrams[0]);
    REQUIRE(first);
    Reassembly answer(first->question);
    for (auto bytes = datagrams.rbegin(); bytes != datagrams.rend(); ++bytes) answer.add(*bytes);
    CHECK(answer.is_done());
    return answer;
}

Bytes data_of(const std::string& name) {
    const auto answer = golden(name);
    CHECK_FALSE(answer.error());
    return {answer.data().begin(), answer.data().end()};
}

std::vector<Association> golden_associations() {
    auto rows = decode_associations(data_of("associations"));
    std::ranges::sort(rows, {}, &Association::id);
    return rows;
}

/// The whole state, read from the answers whose names end in `suffix`.
DaemonState golden_state(const std::string& suffix) {
    const Bytes system = data_of("system" + suffix);
    std::vector<Bytes> kept;
    std::vector<Peer> peers;
    for (const auto& association : golden_associations()) {
        kept.push_back(data_of(fmt::format("source_{}{}", peers.size(), suffix)));
        peers.push_back({association, Variables(kept.back())});
    }
    std::ranges::reverse(peers);
    const auto state = decode_state(Variables(system), peers, now);
    REQUIRE(state);
    return *state;
}

}  // namespace

TEST_CASE("the system is read field by field, milliseconds as seconds") {
    const auto found = tracking_of(
        "leap=01, stratum=2, rootdelay=125.000, rootdisp=250.000, refid=192.0.2.17, "
        "reftime=0xeeb4d148.80000000, tc=6, peer=4, offset=-500.000000, frequency=-12.500, "
        "sys_jitter=1.0, clk_jitter=62.5, clk_wander=0.25");
    REQUIRE(found);
    CHECK(found->leap == Leap::insert);
    CHECK(found->stratum == 2);
    CHECK(found->refid == 0xc0000211);
    CHECK_FALSE(found->reference);
    CHECK(rfc3339(found->reference_time, true) == "2026-11-28T04:04:24.500000Z");
    CHECK(found->offset == Seconds(-0.5));
    CHECK(found->last_offset == Seconds(-0.5));
    CHECK(found->rms_offset == Seconds(0.0625));
    CHECK(found->frequency == Ppm{-12.5});
    CHECK(found->skew == Ppm{0.25});
    CHECK(found->root_delay == Seconds(0.125));
    CHECK(found->root_dispersion == Seconds(0.25));
    CHECK(found->update_interval == Seconds(64));
    CHECK(found->synchronised());
    CHECK_FALSE(tracking_of("leap=01, stratum=2")->frequency);
    CHECK_FALSE(tracking_of("leap=0, refid=192.0.2.17"));
}

TEST_CASE("the leap indicator has two binary digits or one decimal one") {
    for (const auto& [text, leap] :
         std::vector<std::pair<std::string, Leap>>{{"00", Leap::none},
                                                   {"01", Leap::insert},
                                                   {"10", Leap::remove},
                                                   {"11", Leap::unsynchronised},
                                                   {"0", Leap::none},
                                                   {"1", Leap::insert},
                                                   {"2", Leap::remove},
                                                   {"3", Leap::unsynchronised},
                                                   {"", Leap::unsynchronised},
                                                   {"4", Leap::unsynchronised}}) {
        CAPTURE(text);
        const std::string bytes = "stratum=1, leap=" + text;
        CHECK(tracking_of(bytes)->leap == leap);
    }
}

TEST_CASE("a refid is an address, a hash, or the name of a clock at stratum 1") {
    struct Row {
        std::string refid, stratum;
        std::uint32_t expected;
    };
    for (const Row& row : std::vector<Row>{{"192.0.2.17", "2", 0xc0000211},
                                           {"0xdeadbeef", "2", 0xdeadbeef},
                                           {"GPS", "1", 0x47505300},
                                           {"PPS", "0", 0x50505300},
                                           {"INIT", "16", 0},
                                           {"RATE", "3", 0},
                                           {"TOOLONG", "1", 0},
                                           {"2001:db8::1", "2", 0},
                                           {"", "1", 0}}) {
        CAPTURE(row.refid);
        const std::string bytes = "stratum=" + row.stratum + ", refid=" + row.refid;
        CHECK(tracking_of(bytes)->refid == row.expected);
    }
}

TEST_CASE("a timestamp is of the era that is near") {
    const auto at = [](const char* pivot) {
        return rfc3339(to_wall_time(0x0000000280000000, *parse_rfc3339(pivot)), true);
    };
    CHECK(at("2026-11-28T00:00:00Z") == "2036-02-07T06:28:18.500000Z");
    CHECK(at("2040-01-01T00:00:00Z") == "2036-02-07T06:28:18.500000Z");
    CHECK(to_wall_time(0, now) == WallTime{});
    CHECK(rfc3339(to_wall_time(0xeeb4d14800000000, *parse_rfc3339("2040-01-01T00:00:00Z"))) ==
          "2026-11-28T04:04:24Z");
}

TEST_CASE("a source is read field by field, milliseconds as seconds") {
    const auto found = source_of(
        "srcadr=192.0.2.17, srchost=\"ntp1.example\", stratum=2, hpoll=7, ppoll=6, "
        "rootdelay=500.0, rootdisp=31.25, refid=198.51.100.1, rec=0xeeb4d248.00000000, reach=0xa5, "
        "delay=250.0, offset=-125.0, jitter=62.5, dispersion=15.625, keyid=0, flash=0x0, "
        "timerec=17, received=40, badauth=1, bogusorg=2, oldpkt=3, ntscookies=-1");
    REQUIRE(found);
    CHECK(found->name == "ntp1.example");
    CHECK(found->address == parse_address("192.0.2.17"));
    CHECK_FALSE(found->refclock);
    CHECK(found->stratum == 2);
    CHECK(found->refid == 0xc6336401);
    CHECK(found->poll == 6);
    CHECK(found->reach == 0xa5);
    CHECK(found->last_sample == Seconds(17));
    CHECK(found->offset == Seconds(-0.125));
    CHECK(found->error.count() == near(0.375 + 0.03125 + 0.015625 + 0.0625));
    CHECK(found->state == '+');
    CHECK(found->state_exact);
    CHECK(found->samples == 8);
    CHECK(found->valid_replies == 34U);
    CHECK(found->authentication == Authentication::none);
    CHECK_FALSE(found->nts);
    CHECK_FALSE(found->noselect);
}

TEST_CASE("classic ntpd tells less, and what it does not tell is not known") {
    const auto found = source_of(
        "srcadr=2001:db8::17, srchost=, stratum=1, hpoll=6, ppoll=6, refid=GPS, "
        "rec=0xeeb4d290.00000000, reach=0x7, delay=1, offset=1, jitter=1, dispersion=937.5");
    REQUIRE(found);
    CHECK(found->name == "2001:db8::17");
    CHECK(found->refid == 0x47505300);
    CHECK(found->last_sample == Seconds(8));  // of a clock that stands 8 s later
    CHECK(found->samples == 4);
    CHECK_FALSE(found->valid_replies);
    CHECK(source_of("srcadr=192.0.2.1, reach=0x7")->samples == 3);
}

TEST_CASE("the dispersion tells how many samples the filter holds") {
    // observed: 2, 3 and 4 samples of an iburst
    for (const auto& [dispersion, samples] :
         std::vector<std::pair<std::string, int>>{{"16000.000000", 0},
                                                  {"15937.500000", 0},
                                                  {"7937.5", 1},
                                                  {"3937.507568", 2},
                                                  {"1937.515072", 3},
                                                  {"937.520698", 4},
                                                  {"62.6", 7},
                                                  {"0.095935", 8},
                                                  {"15.0", 8},
                                                  {"-1", 8},
                                                  {"99999", 0}}) {
        CAPTURE(dispersion);
        const std::string bytes = "srcadr=192.0.2.1, reach=0x1, dispersion=" + dispersion;
        CHECK(source_of(bytes)->samples == samples);
    }
}

TEST_CASE("ntpd's selection is told in the letters of all daemons") {
    struct Row {
        std::uint16_t status;
        std::string reach, flash;
        char letter;
    };
    for (const Row& row : std::vector<Row>{{0x8011, "0x0", "0x1600", '?'},
                                           {0x9014, "0x7", "0x0", '?'},
                                           {0x9014, "0x7", "0x400", 'd'},
                                           {0x9014, "0x7", "0x600", 's'},
                                           {0x9014, "0x7", "0x1400", 'N'},
                                           {0x9114, "0x7", "0x0", 'x'},
                                           {0x9214, "0x7", "0x0", '-'},
                                           {0x9314, "0x7", "0x0", '-'},
                                           {0x9414, "0x7", "0x0", '+'},
                                           {0x9514, "0x7", "0x0", '-'},
                                           {0x961a, "0x7", "0x0", '*'},
                                           {0x971a, "0x7", "0x0", '*'}}) {
        CAPTURE(row.status);
        CAPTURE(row.flash);
        const std::string bytes = "srcadr=192.0.2.1, reach=" + row.reach + ", flash=" + row.flash;
        const auto found = source_of(bytes, row.status);
        CHECK(found->state == row.letter);
        CHECK(found->noselect.has_value() == (row.letter == 'N'));
    }
}

TEST_CASE("what makes associations is no source, and what has no address has none") {
    CHECK_FALSE(source_of("srcadr=0.0.0.0, refid=POOL, srchost=\"pool.example\"", 0x8811));
    CHECK_FALSE(source_of("srchost=\"pool.example\""));
    CHECK_FALSE(source_of("srcadr=nonsense"));
    const auto unresolved = source_of("srcadr=0.0.0.0, refid=DNS, srchost=\"a.example\"", 0x8011);
    REQUIRE(unresolved);
    CHECK(unresolved->name == "a.example");
    CHECK_FALSE(unresolved->address);
    CHECK_FALSE(unresolved->last_sample);
    CHECK(source_of("srcadr=192.0.2.1, srchost=\"a\x80\"")->name == "a\\x80");
    // Of NTS the port of the key exchange stands behind the name, as it was configured.
    CHECK(source_of("srcadr=192.0.2.1, srchost=\"nts.corp:4461\", ntscookies=8")->name ==
          "nts.corp");
    CHECK(source_of("srcadr=2001:db8::1, srchost=\"[2001:db8::1]:4461\"")->name == "2001:db8::1");
    CHECK(source_of("srcadr=2001:db8::17, srchost=\"2001:db8::17\"")->name == "2001:db8::17");
}

TEST_CASE("a reference clock has no address but a name and a refid") {
    const auto found = source_of(
        "srcadr=127.127.28.0, stratum=0, refid=GPS, srchost=\"SHM(0)\", reach=0x1, "
        "rec=0xeeb4d248.00000000, timerec=3, dispersion=1937");
    REQUIRE(found);
    CHECK(found->refclock);
    CHECK_FALSE(found->address);
    CHECK(found->name == "SHM(0)");
    CHECK(found->refid == 0x47505300);
    CHECK(source_of("srcadr=127.127.1.0, stratum=10, refid=LOCL")->refid == 0x4c4f434c);
}

TEST_CASE("cookies tell of NTS, and so does waiting for the first") {
    const auto with_cookies = source_of("srcadr=192.0.2.1, stratum=2, ntscookies=8");
    REQUIRE(with_cookies);
    CHECK(with_cookies->authentication == Authentication::nts);
    REQUIRE(with_cookies->nts);
    CHECK(with_cookies->nts->cookies == 8);
    const auto waiting = source_of("srcadr=0.0.0.0, stratum=16, refid=NTS, ntscookies=-1");
    REQUIRE(waiting);
    CHECK(waiting->authentication == Authentication::nts);
    REQUIRE(waiting->nts);
    CHECK(waiting->nts->cookies == 0);
    CHECK_FALSE(source_of("srcadr=192.0.2.1, stratum=2, refid=NTS, ntscookies=-1")->nts);
}

TEST_CASE("with a PPS signal only the signal is selected") {
    const std::string numbers = "srcadr=192.0.2.1, reach=0xff", pulse = "srcadr=127.127.22.0";
    const std::vector<Peer> peers{{decode_association(3, 0x961a), Variables(octets(numbers))},
                                  {decode_association(2, 0x971a), Variables(octets(pulse))}};
    const auto state = decode_state(Variables(octets("stratum=1, refid=PPS, peer=2")), peers, now);
    REQUIRE(state);
    REQUIRE(state->sources.size() == 2);
    CHECK(state->sources[0].state == '*');
    CHECK(state->sources[0].refclock);
    CHECK(state->sources[1].state == '+');
    CHECK_FALSE(state->tracking.reference);
    CHECK(state->tracking.refid == 0x50505300);
}

TEST_CASE("what NTPsec 1.2.2 really says is read as what it meant") {
    const DaemonState state = golden_state("");
    CHECK(state.tracking.stratum == 4);
    CHECK(state.tracking.leap == Leap::unsynchronised);  // `disable ntp`: its clock runs free
    CHECK(state.tracking.reference == parse_address("10.9.0.3"));
    CHECK(state.tracking.refid == 0x0a090003);
    CHECK_FALSE(state.tracking.synchronised());
    CHECK(state.tracking.reference_time > *parse_rfc3339("2026-11-28T00:00:00Z"));
    CHECK(state.unresolved == 2);
    struct Row {
        std::string name;
        char state;
        bool has_address;
    };
    const std::vector<Row> rows{{"ntp2.example", '+', true}, {"10.9.0.3", '*', true},
                                {"10.9.0.4", 'x', true},     {"10.9.0.5", 'N', true},
                                {"10.9.0.9", '?', true},     {"nowhere.invalid", '?', false},
                                {"nts.invalid", '?', false}, {"SHM(0)", '?', false},
                                {"10.9.0.6", '-', true},     {"10.9.0.7", '+', true}};
    REQUIRE(state.sources.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(rows[i].name);
        const DaemonSource& source = state.sources[i];
        CHECK(source.name == rows[i].name);
        CHECK(source.state == rows[i].state);
        CHECK(source.address.has_value() == rows[i].has_address);
        CHECK(source.last_sample.has_value() == (source.reach != 0));
        CHECK((source.samples > 0) == (source.reach != 0));
        CHECK((source.valid_replies > 0U) == (source.reach != 0));
    }
    CHECK(state.sources[0].address == parse_address("10.9.0.2"));
    CHECK(state.sources[0].stratum == 3);
    CHECK(state.sources[0].poll == 3);
    CHECK(state.sources[2].offset.count() == doctest::Approx(0.5).epsilon(0.001));  // its bias
    CHECK(state.sources[6].authentication == Authentication::nts);
    CHECK(state.sources[7].refclock);
}

TEST_CASE("asked for no names, NTPsec adds its stack and the same is read") {
    const DaemonState named = golden_state(""), all = golden_state("_all");
    CHECK(all.tracking.reference == named.tracking.reference);
    REQUIRE(all.sources.size() == named.sources.size());
    for (std::size_t i = 0; i < all.sources.size(); ++i) {
        CAPTURE(named.sources[i].name);
        CHECK(all.sources[i].name == named.sources[i].name);
        CHECK(all.sources[i].state == named.sources[i].state);
        CHECK(all.sources[i].reach == named.sources[i].reach);
        CHECK(all.sources[i].samples == named.sources[i].samples);
        CHECK(all.sources[i].authentication == named.sources[i].authentication);
    }
}

TEST_CASE("NTPsec's refusals are read, with what is left over in them") {
    CHECK(golden("unknown_variable").error() == ErrorCode::unknown_variable);
    CHECK(golden("unknown_association").error() == ErrorCode::unknown_association);
    CHECK(golden("permission").error() == ErrorCode::permission);
    CHECK(golden("unknown_operation").error() == ErrorCode::bad_operation);
}
