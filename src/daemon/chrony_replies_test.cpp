#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <sstream>

#include "daemon/chrony_control.h"
#include "daemon/chrony_fields.h"

using namespace clockwright;
using namespace clockwright::chrony;

namespace {

constexpr std::uint32_t absent = 0xffffffff;

/// A reply captured from chronyd 4.3 (tests/golden/cmdmon/capture.py).
struct Golden {
    Bytes bytes;
    Reply reply;

    Golden(const std::string& name, Command command) {
        std::ifstream file(CLOCKWRIGHT_SOURCE_DIR "/tests/golden/cmdmon/" + name + ".hex");
        REQUIRE_MESSAGE(file.good(), name);
        std::string line;
        while (std::getline(file, line)) {
            if (line.starts_with('#')) continue;
            std::istringstream octets(line);
            for (unsigned octet = 0; octets >> std::hex >> octet;)
                bytes.push_back(static_cast<std::uint8_t>(octet));
        }
        const auto decoded = decode_reply(bytes, command, field32(bytes, 16));
        REQUIRE(decoded);
        reply = *decoded;
    }
};

/// Data with big-endian words at some places and zero elsewhere.
struct Word {
    std::size_t offset;
    std::uint32_t value;
};
Bytes data(std::size_t size, std::initializer_list<Word> words) {
    Bytes bytes(size);
    for (const auto& word : words) set_field32(bytes, word.offset, word.value);
    return bytes;
}

Reply reply_of(std::uint16_t code, const Bytes& bytes) {
    return {.status = Status::success, .data = bytes, .code = code};
}

std::uint32_t octets(std::string_view four) {
    return std::uint32_t{static_cast<std::uint8_t>(four[0])} << 24 |
           std::uint32_t{static_cast<std::uint8_t>(four[1])} << 16 |
           std::uint32_t{static_cast<std::uint8_t>(four[2])} << 8 |
           std::uint32_t{static_cast<std::uint8_t>(four[3])};
}

doctest::Approx near(double value) {
    return doctest::Approx(value).epsilon(1e-9).scale(0);
}

}  // namespace

TEST_CASE("tracking is read field by field, with our signs") {
    const Bytes bytes = data(76, {{0, 0xc0000211},
                                  {4, 0xc0000211},
                                  {20, 0x00010000},
                                  {24, 0x00030001},
                                  {28, 0x7fffffff},
                                  {32, 1700000000},
                                  {36, 123456789},
                                  {40, encode_float(0.125)},
                                  {44, encode_float(0.25)},
                                  {48, encode_float(0.5)},
                                  {52, encode_float(3)},
                                  {56, encode_float(4)},
                                  {60, encode_float(5)},
                                  {64, encode_float(6)},
                                  {68, encode_float(7)},
                                  {72, encode_float(64)}});
    const auto tracking = decode_tracking(reply_of(5, bytes));
    REQUIRE(tracking);
    CHECK(tracking->refid == 0xc0000211);
    CHECK(tracking->reference == parse_address("192.0.2.17"));
    CHECK(tracking->stratum == 3);
    CHECK(tracking->leap == Leap::insert);
    CHECK(tracking->reference_time == WallTime{std::chrono::nanoseconds(1700000000123456789)});
    CHECK(tracking->offset == Seconds(0.125));       // the clock is slow: add it
    CHECK(tracking->last_offset == Seconds(-0.25));  // the clock was ahead: take it away
    CHECK(tracking->rms_offset == Seconds(0.5));
    CHECK(tracking->frequency == Ppm{-3});  // the clock is fast: slow it down
    CHECK(tracking->skew == Ppm{5});
    CHECK(tracking->root_delay == Seconds(6));
    CHECK(tracking->root_dispersion == Seconds(7));
    CHECK(tracking->update_interval == Seconds(64));
}

TEST_CASE("instants with a high part, before it, or out of range are read or empty") {
    struct Row {
        std::uint32_t high, low, nanoseconds;
        WallTime expected;
    };
    using std::chrono::nanoseconds;
    for (const Row& row : {Row{0, 5, 7, WallTime{nanoseconds(5'000'000'007)}},
                           Row{1, 0, 0, WallTime{std::chrono::seconds(4294967296)}},
                           Row{0x7fffffff, 5, 0, WallTime{std::chrono::seconds(5)}},
                           Row{0, 5, absent, WallTime{nanoseconds(5'999'999'999)}},
                           Row{0xffffffff, 0xffffffff, 0, WallTime{std::chrono::seconds(-1)}},
                           Row{0x7ffffffe, 0, 0, WallTime{}}, Row{0x80000000, 0, 0, WallTime{}},
                           Row{2, 0x80000000, 0, WallTime{}}}) {
        CAPTURE(row.high);
        CAPTURE(row.low);
        const Bytes bytes = data(76, {{28, row.high}, {32, row.low}, {36, row.nanoseconds}});
        CHECK(decode_tracking(reply_of(5, bytes))->reference_time == row.expected);
    }
}

TEST_CASE("an unknown leap is unsynchronised") {
    CHECK(decode_tracking(reply_of(5, data(76, {{24, 0x00030003}})))->leap == Leap::unsynchronised);
    CHECK(decode_tracking(reply_of(5, data(76, {{24, 0x00030009}})))->leap == Leap::unsynchronised);
    CHECK(decode_tracking(reply_of(5, data(76, {{24, 0x00030002}})))->leap == Leap::remove);
}

TEST_CASE("a source is read field by field, with our signs") {
    const Bytes bytes = data(48, {{0, 0x20010db8},
                                  {12, 0x00000017},
                                  {16, 0x00020000},
                                  {20, 0xfffe0004},
                                  {24, 0x00030001},
                                  {28, 0x000000a5},
                                  {32, 77},
                                  {36, encode_float(0.25)},
                                  {40, encode_float(0.5)},
                                  {44, encode_float(0.75)}});
    const auto found = decode_source_data(reply_of(3, bytes));
    REQUIRE(found);
    CHECK(found->source.address == parse_address("2001:db8::17"));
    CHECK_FALSE(found->unresolved_id);
    CHECK_FALSE(found->source.refclock);
    CHECK(found->source.poll == -2);
    CHECK(found->source.stratum == 4);
    CHECK(found->source.state == '~');
    CHECK_FALSE(found->source.state_exact);
    CHECK(found->source.reach == 0xa5);
    CHECK(found->source.last_sample == Seconds(77));
    CHECK(found->source.offset == Seconds(-0.5));  // the clock is ahead of the source
    CHECK(found->source.error == Seconds(0.75));
}

TEST_CASE("the coarse states are those of chronyc sources") {
    const std::string_view letters = "*?x~+-?";
    for (std::uint32_t state = 0; state < letters.size(); ++state) {
        CAPTURE(state);
        const Bytes bytes = data(48, {{24, state << 16}});
        CHECK(decode_source_data(reply_of(3, bytes))->source.state == letters[state]);
    }
}

TEST_CASE("a reference clock is named by its refid and an unresolved name by its id") {
    const Bytes refclock = data(48, {{0, octets("PPS\0")}, {16, 0x00010000}, {24, 0x00000002}});
    const auto clock = decode_source_data(reply_of(3, refclock));
    REQUIRE(clock);
    CHECK(clock->source.refclock);
    CHECK(clock->source.name == "PPS");
    CHECK(clock->source.refid == octets("PPS\0"));
    CHECK_FALSE(clock->source.address);
    const Bytes unresolved = data(48, {{0, 0x0a0b0c0d}, {16, 0x00030000}, {32, absent}});
    const auto name = decode_source_data(reply_of(3, unresolved));
    REQUIRE(name);
    CHECK(name->unresolved_id == 0x0a0b0c0d);
    CHECK_FALSE(name->source.address);
    CHECK_FALSE(name->source.last_sample);
}

TEST_CASE("source statistics are read field by field, with our signs") {
    const Bytes bytes = data(56, {{0, 0xc0000211},
                                  {24, 12},
                                  {28, 5},
                                  {32, 640},
                                  {36, encode_float(0.125)},
                                  {40, encode_float(2)},
                                  {44, encode_float(3)},
                                  {48, encode_float(0.25)},
                                  {52, encode_float(0.5)}});
    const auto stats = decode_sourcestats(reply_of(6, bytes));
    REQUIRE(stats);
    CHECK(stats->samples == 12);
    CHECK(stats->runs == 5);
    CHECK(stats->span == Seconds(640));
    CHECK(stats->deviation == Seconds(0.125));
    CHECK(stats->frequency == Ppm{-2});  // the clock is fast against the source
    CHECK(stats->skew == Ppm{3});
    CHECK(stats->offset == Seconds(-0.25));  // the clock is ahead of the source
    CHECK(stats->offset_error == Seconds(0.5));
}

TEST_CASE("NTP data is read field by field, in both layouts") {
    const Bytes bytes = data(144, {{48, encode_float(0.25)},
                                   {52, encode_float(0.5)},
                                   {56, octets("GPS\0")},
                                   {72, encode_float(0.125)},
                                   {76, encode_float(0.75)},
                                   {92, 0xc3ff4b4b},
                                   {96, 1},
                                   {100, 2},
                                   {104, 3},
                                   {108, 4}});
    for (const std::uint16_t code : {std::uint16_t{16}, std::uint16_t{26}}) {
        CAPTURE(code);
        const auto found = decode_ntp_data(reply_of(code, bytes));
        REQUIRE(found);
        CHECK(found->refid == octets("GPS\0"));
        CHECK(found->root_delay == Seconds(0.25));
        CHECK(found->root_dispersion == Seconds(0.5));
        CHECK(found->offset == Seconds(0.125));  // the source is ahead
        CHECK(found->delay == Seconds(0.75));
        CHECK(found->valid == 3);
        CHECK(found->authenticated);
        CHECK(found->interleaved);
    }
    const auto other = decode_ntp_data(reply_of(16, data(144, {{92, 0x43ff0000}, {104, absent}})));
    REQUIRE(other);
    CHECK_FALSE(other->authenticated);
    CHECK(other->interleaved);
    CHECK_FALSE(other->valid);
}

TEST_CASE("selection data is read field by field, its interval with our sign") {
    const Bytes bytes = data(48, {{0, 0xc0000211},
                                  {4, 0xc0000211},
                                  {20, 0x00010000},
                                  {24, octets("*N\0\0")},
                                  {28, 0x0002000d},
                                  {40, encode_float(-0.25)},
                                  {44, encode_float(0.5)}});
    const auto found = decode_selectdata(reply_of(23, bytes));
    REQUIRE(found);
    CHECK(found->refid == 0xc0000211);
    CHECK(found->address == parse_address("192.0.2.17"));
    CHECK(found->state == '*');
    CHECK(found->configured_options == 2);
    CHECK(found->effective_options == 13);
    CHECK(found->low == Seconds(-0.5));
    CHECK(found->high == Seconds(0.25));
}

TEST_CASE("authentication and activity are read field by field") {
    const auto auth = decode_authdata(reply_of(
        20,
        data(24, {{0, 0x0002000f}, {8, 0x00100003}, {12, 17}, {16, 0x00070064}, {20, 1 << 16}})));
    REQUIRE(auth);
    CHECK(auth->mode == 2);
    CHECK(auth->key_type == 15);
    CHECK(auth->attempts == 3);
    CHECK(auth->since_exchange == Seconds{17});
    CHECK(auth->cookies == 7);
    CHECK(auth->nak);
    const auto none_yet = decode_authdata(reply_of(20, data(24, {{12, 0xffffffff}})));
    REQUIRE(none_yet);
    CHECK_FALSE(none_yet->since_exchange);
    CHECK_FALSE(none_yet->nak);
    const auto activity =
        decode_activity(reply_of(12, data(20, {{0, 1}, {4, 2}, {8, 3}, {12, 4}, {16, 5}})));
    REQUIRE(activity);
    CHECK(activity->online == 1);
    CHECK(activity->offline == 2);
    CHECK(activity->burst_online == 3);
    CHECK(activity->burst_offline == 4);
    CHECK(activity->unresolved == 5);
    CHECK(decode_count(reply_of(2, data(4, {{0, 0x01020304}}))) == 0x01020304);
}

TEST_CASE("a name ends at its NUL or at the end of its field") {
    Bytes bytes = data(256, {{0, octets("ntp1")}});
    CHECK(decode_source_name(reply_of(19, bytes)) == "ntp1");
    std::ranges::fill(bytes, std::uint8_t{'a'});
    CHECK(decode_source_name(reply_of(19, bytes)) == std::string(256, 'a'));
}

TEST_CASE("each layout needs its whole length, its code and success") {
    struct Row {
        std::uint16_t code;
        std::size_t size;
        std::function<bool(const Reply&)> decodes;
    };
    for (const Row& row : std::vector<Row>{
             {2, 4, [](const Reply& r) { return decode_count(r).has_value(); }},
             {5, 76, [](const Reply& r) { return decode_tracking(r).has_value(); }},
             {3, 48, [](const Reply& r) { return decode_source_data(r).has_value(); }},
             {19, 256, [](const Reply& r) { return decode_source_name(r).has_value(); }},
             {6, 56, [](const Reply& r) { return decode_sourcestats(r).has_value(); }},
             {16, 108, [](const Reply& r) { return decode_ntp_data(r).has_value(); }},
             {26, 108, [](const Reply& r) { return decode_ntp_data(r).has_value(); }},
             {23, 48, [](const Reply& r) { return decode_selectdata(r).has_value(); }},
             {20, 24, [](const Reply& r) { return decode_authdata(r).has_value(); }},
             {12, 20, [](const Reply& r) { return decode_activity(r).has_value(); }}}) {
        CAPTURE(row.code);
        const Bytes whole(row.size);
        Reply reply = reply_of(row.code, whole);
        CHECK(row.decodes(reply));
        for (std::size_t size = 0; size < row.size; ++size) {
            CAPTURE(size);
            reply.data = std::span(whole).first(size);
            CHECK_FALSE(row.decodes(reply));
        }
        reply.data = whole;
        reply.code = 1;
        CHECK_FALSE(row.decodes(reply));
        reply.code = row.code;
        reply.status = Status::no_such_source;
        CHECK_FALSE(row.decodes(reply));
    }
}

TEST_CASE("what chronyd 4.3 really sends is read as what it meant") {
    const Golden captured("tracking", Command::tracking);
    const auto tracking = decode_tracking(captured.reply);
    REQUIRE(tracking);
    CHECK(tracking->reference == parse_address("127.0.0.11"));
    CHECK(tracking->refid == 0x7f00000b);
    CHECK(tracking->stratum == 9);
    CHECK(tracking->leap == Leap::none);
    CHECK(tracking->synchronised());
    CHECK(tracking->reference_time == WallTime{std::chrono::nanoseconds(1795202985503008135)});
    CHECK(tracking->offset.count() == near(-2.0514282823569374e-06));
    CHECK(tracking->last_offset.count() == near(-6.66935022763937e-07));
    CHECK(tracking->rms_offset.count() == near(6.66935022763937e-07));
    CHECK(tracking->frequency->value == near(-0.03356524556875229));
    CHECK(tracking->skew->value == near(38.51698303222656));
    CHECK(tracking->root_delay.count() == near(1.0450999980093911e-05));
    CHECK(tracking->root_dispersion.count() == near(0.0002556397230364382));
    CHECK(tracking->update_interval.count() == near(2.026789903640747));

    const Golden counted("n_sources", Command::n_sources);
    CHECK(decode_count(counted.reply) == 4);
    const Golden active("activity", Command::activity);
    CHECK(decode_activity(active.reply)->online == 1);
    CHECK(decode_activity(active.reply)->burst_online == 1);
    CHECK(decode_activity(active.reply)->unresolved == 1);
    const Golden auth("authdata", Command::authdata);
    CHECK(decode_authdata(auth.reply)->mode == 0);
}

TEST_CASE("what chronyd 4.3 really sends of four kinds of source is told apart") {
    struct Row {
        std::string number;
        char coarse, exact;
        int samples;
        std::optional<std::string> name;
        std::uint16_t options;
    };
    for (const Row& row : std::vector<Row>{{"0", '?', 's', 0, std::nullopt, 0},
                                           {"1", '*', '*', 4, "127.0.0.11", 2},
                                           {"2", '?', 'N', 0, "127.0.0.12", 1},
                                           {"3", '?', 's', 0, "nowhere.invalid", 0}}) {
        CAPTURE(row.number);
        const Golden source("source_data_" + row.number, Command::source_data);
        const auto found = decode_source_data(source.reply);
        REQUIRE(found);
        CHECK(found->source.state == row.coarse);
        CHECK(found->source.refclock == (row.number == "0"));
        CHECK(found->unresolved_id.has_value() == (row.number == "3"));
        CHECK(found->source.address.has_value() == (row.number == "1" || row.number == "2"));
        const Golden selection("selectdata_" + row.number, Command::selectdata);
        const auto select = decode_selectdata(selection.reply);
        REQUIRE(select);
        CHECK(select->state == row.exact);
        CHECK(select->effective_options == row.options);
        CHECK(select->address == found->source.address);
        CHECK(select->unresolved_id == found->unresolved_id);
        const Golden stats("sourcestats_" + row.number, Command::sourcestats);
        CHECK(decode_sourcestats(stats.reply)->samples == row.samples);
        const Golden name("source_name_" + row.number, Command::source_name);
        CHECK(decode_source_name(name.reply) == row.name);
    }
    const Golden refclock("source_data_0", Command::source_data);
    CHECK(decode_source_data(refclock.reply)->source.name == "GOLD");
    const Golden selected("ntp_data_selected", Command::ntp_data);
    const auto packets = decode_ntp_data(selected.reply);
    REQUIRE(packets);
    CHECK(packets->refid == 0x7f7f0101);
    CHECK(packets->valid == 4);
    CHECK(packets->offset.count() == near(-1.7989999605561025e-06));
    CHECK(packets->delay.count() == near(1.0450999980093911e-05));
    CHECK_FALSE(packets->authenticated);
    const Golden used("source_data_1", Command::source_data);
    const auto source = decode_source_data(used.reply);
    CHECK(source->source.offset.count() == near(-1.1320713610984967e-06));
    CHECK(source->source.error.count() == near(5.648439582728315e-06));
    CHECK(source->source.last_sample == Seconds(5));
    CHECK(source->source.reach == 0x0f);
    CHECK(source->source.stratum == 8);
    const Golden silent("ntp_data_silent", Command::ntp_data);
    CHECK(decode_ntp_data(silent.reply)->valid == 0);
}

TEST_CASE("what chronyd 4.3 refuses is a status") {
    CHECK(Golden("delete_unknown", Command::delete_source).reply.status == Status::no_such_source);
    CHECK(Golden("source_data_beyond", Command::source_data).reply.status ==
          Status::no_such_source);
    CHECK(Golden("selectdata_udp", Command::selectdata).reply.status == Status::unauthorised);
    CHECK(Golden("reload_sources", Command::reload_sources).reply.status == Status::success);
    const Golden open("tracking_udp", Command::tracking);
    CHECK(decode_tracking(open.reply));
}

TEST_CASE("every state letter of chrony has its words") {
    for (const char state : std::string_view("*+-PUWDNMsrd~wSOTx?")) {
        CAPTURE(state);
        CHECK(describe_state(state) != "unknown state");
        CHECK_FALSE(describe_state(state).empty());
    }
    CHECK(describe_state('x') == "falseticker (chrony)");
    CHECK(describe_state('@') == "unknown state");
}
