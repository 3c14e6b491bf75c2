#include "ntp/exchange.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "ntp/kiss.h"

namespace clockwright::ntp {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return IpAddress{.family = Family::ipv4, .bytes = {a, b, c, d}};
}

const Endpoint server{.address = ipv4(192, 0, 2, 1), .port = 123};
const WallTime epoch{seconds{1'795'000'000}};
const Self self{.addresses = {ipv4(198, 51, 100, 7), ipv4(127, 0, 0, 1)},
                .precision_seconds = 1e-6,
                .ipv6_refids = {0x1234'5678}};

/// A good exchange with V-1's times; each test bends one thing.
struct Exchange {
    Request request{.to = server, .cookie = {0x0123'4567'89ab'cdef}, .t1 = epoch};
    Packet packet{.leap = Leap::none,
                  .version = 4,
                  .mode = Mode::server,
                  .stratum = 2,
                  .precision = -20,
                  .root_delay = {0x0000'2000},
                  .root_dispersion = {0x0000'1000},
                  .refid = 0xc000'0263,
                  .reference = to_timestamp(epoch - seconds{30}),
                  .origin = request.cookie,
                  .receive = to_timestamp(epoch + microseconds{35'000}),
                  .transmit = to_timestamp(epoch + microseconds{35'100})};
    Arrival arrival{
        .from = server, .t4 = epoch + microseconds{50'100}, .at = SteadyTime{seconds{7}}};
    Timestamp last_transmit{0x0101'0101'0101'0101};

    std::expected<Sample, Refusal> judged() const {
        return judge_reply(request, encode(packet), arrival, last_transmit, self);
    }
};

TEST_CASE("a request shows nothing but a version, a mode and a cookie") {
    const HeaderBytes bytes = encode_request({0xa1b2'c3d4'e5f6'0718});
    HeaderBytes wanted{};
    wanted[0] = 0x23;
    const std::uint8_t cookie[] = {0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18};
    std::copy(std::begin(cookie), std::end(cookie), wanted.begin() + 40);
    CHECK(bytes == wanted);
}

TEST_CASE("offset and delay of V-1: +10 ms and 50 ms") {
    const auto sample = Exchange{}.judged();
    REQUIRE(sample.has_value());
    CHECK(sample->offset.count() == doctest::Approx(0.010).epsilon(1e-6));
    CHECK(sample->delay.count() == doctest::Approx(0.050).epsilon(1e-6));
    CHECK(sample->dispersion.count() ==
          doctest::Approx(1e-6 + 0x1p-20 + 15e-6 * 0.0501).epsilon(1e-6));
    CHECK(sample->root_delay.count() == 0.125);
    CHECK(sample->root_dispersion.count() == 0.0625);
    CHECK(sample->leap == Leap::none);
    CHECK(sample->stratum == 2);
    CHECK(sample->refid == 0xc000'0263);
    CHECK(sample->at == SteadyTime{seconds{7}});
}

TEST_CASE("paths of 45 and 5 ms give +30 ms: an error within half the delay") {
    Exchange exchange;
    exchange.packet.receive = to_timestamp(epoch + microseconds{55'000});
    exchange.packet.transmit = to_timestamp(epoch + microseconds{55'100});
    const auto sample = exchange.judged();
    REQUIRE(sample.has_value());
    CHECK(sample->offset.count() == doctest::Approx(0.030).epsilon(1e-6));
    CHECK(sample->delay.count() == doctest::Approx(0.050).epsilon(1e-6));
}

TEST_CASE("an exchange over the era roll-over measures as any other") {
    const WallTime roll_over{seconds{4'294'967'296 - 2'208'988'800}};
    Exchange exchange;
    exchange.request.t1 = roll_over - microseconds{20'000};
    exchange.packet.reference = to_timestamp(roll_over - seconds{16});
    exchange.packet.receive = to_timestamp(roll_over + microseconds{15'000});
    exchange.packet.transmit = to_timestamp(roll_over + microseconds{15'100});
    exchange.arrival.t4 = roll_over + microseconds{30'100};
    const auto sample = exchange.judged();
    REQUIRE(sample.has_value());
    CHECK(sample->offset.count() == doctest::Approx(0.010).epsilon(1e-6));
    CHECK(sample->delay.count() == doctest::Approx(0.050).epsilon(1e-6));
}

struct Row {
    std::string what;
    std::function<void(Exchange&)> bend;
};

TEST_CASE("each check of rule M-5 refuses for its own reason") {
    struct Bad : Row {
        Rejection why;
    };
    const Bad rows[] = {
        {{"1 duplicate", [](Exchange& x) { x.last_transmit = x.packet.transmit; }},
         Rejection::duplicate},
        {{"1 duplicate of an answered request",
          [](Exchange& x) {
              x.last_transmit = x.packet.transmit;
              x.packet.origin = {1};
          }},
         Rejection::duplicate},
        {{"2 bogus origin", [](Exchange& x) { x.packet.origin.bits ^= 1; }},
         Rejection::bogus_origin},
        {{"2 zero origin", [](Exchange& x) { x.packet.origin = {}; }}, Rejection::bogus_origin},
        {{"2 zero origin for a zero cookie",
          [](Exchange& x) { x.request.cookie = x.packet.origin = {}; }},
         Rejection::bogus_origin},
        {{"3 zero receive", [](Exchange& x) { x.packet.receive = {}; }}, Rejection::zero_timestamp},
        {{"3 zero transmit", [](Exchange& x) { x.packet.transmit = {}; }},
         Rejection::zero_timestamp},
        {{"5 leap", [](Exchange& x) { x.packet.leap = Leap::unsynchronised; }},
         Rejection::unsynchronised},
        {{"5 stratum 16", [](Exchange& x) { x.packet.stratum = 16; }}, Rejection::unsynchronised},
        {{"5 stratum 255", [](Exchange& x) { x.packet.stratum = 255; }}, Rejection::unsynchronised},
        {{"5 stratum 0 without a code",
          [](Exchange& x) {
              x.packet.stratum = 0;
              x.packet.refid = 0;
          }},
         Rejection::unsynchronised},
        {{"6 root 16 s",
          [](Exchange& x) {
              x.packet.root_delay = to_short(Seconds{16});
              x.packet.root_dispersion = to_short(Seconds{8});
          }},
         Rejection::bad_root},
        {{"6 reference later than transmit",
          [](Exchange& x) { x.packet.reference.bits = x.packet.transmit.bits + 1; }},
         Rejection::bad_root},
        {{"8 loop over IPv4", [](Exchange& x) { x.packet.refid = 0xc633'6407; }}, Rejection::loop},
        {{"8 loop over IPv6", [](Exchange& x) { x.packet.refid = 0x1234'5678; }}, Rejection::loop},
        {{"9 version 2", [](Exchange& x) { x.packet.version = 2; }}, Rejection::wrong_version},
        {{"9 version 5", [](Exchange& x) { x.packet.version = 5; }}, Rejection::wrong_version},
        {{"9 client", [](Exchange& x) { x.packet.mode = Mode::client; }}, Rejection::wrong_mode},
        {{"9 broadcast", [](Exchange& x) { x.packet.mode = Mode::broadcast; }},
         Rejection::wrong_mode},
        {{"10 address", [](Exchange& x) { x.arrival.from.address = ipv4(192, 0, 2, 2); }},
         Rejection::wrong_source},
        {{"10 port", [](Exchange& x) { x.arrival.from.port = 124; }}, Rejection::wrong_source},
        {{"11 delay above 3 s", [](Exchange& x) { x.arrival.t4 += seconds{3}; }},
         Rejection::too_late},
        {{"T3 before T2", [](Exchange& x) { x.packet.transmit.bits = x.packet.receive.bits - 1; }},
         Rejection::bad_interval},
        {{"T3 more than 4 s after T2",
          [](Exchange& x) {
              x.packet.transmit.bits = x.packet.receive.bits + (4ULL << 32U) + 1;
              x.arrival.t4 += seconds{5};
          }},
         Rejection::bad_interval},
        {{"held for longer than it was away",
          [](Exchange& x) { x.packet.transmit.bits = x.packet.receive.bits + (1ULL << 32U); }},
         Rejection::bad_interval},
    };
    for (const Bad& row : rows) {
        CAPTURE(row.what);
        Exchange exchange;
        row.bend(exchange);
        const auto judged = exchange.judged();
        REQUIRE_FALSE(judged.has_value());
        CHECK(judged.error() == Refusal{.rejection = row.why, .kiss = 0});
    }
}

TEST_CASE("what lies just within every limit is a sample") {
    const Row rows[] = {
        {"version 3", [](Exchange& x) { x.packet.version = 3; }},
        {"stratum 15", [](Exchange& x) { x.packet.stratum = 15; }},
        {"a leap second announced", [](Exchange& x) { x.packet.leap = Leap::remove; }},
        {"root just below 16 s",
         [](Exchange& x) {
             x.packet.root_delay = to_short(Seconds{16});
             x.packet.root_dispersion = {(8U << 16U) - 1};
         }},
        {"reference equals transmit", [](Exchange& x) { x.packet.reference = x.packet.transmit; }},
        {"reference unknown", [](Exchange& x) { x.packet.reference = {}; }},
        {"own address as a stratum 1's text",
         [](Exchange& x) {
             x.packet.refid = 0xc633'6407;
             x.packet.stratum = 1;
         }},
        {"refid 127.0.0.1 is never a loop", [](Exchange& x) { x.packet.refid = 0x7f00'0001; }},
        {"local clock", [](Exchange& x) { x.packet.refid = 0x7f7f'0101; }},
        {"delay of 2.9 s", [](Exchange& x) { x.arrival.t4 += microseconds{2'850'000}; }},
        {"T3 equals T2", [](Exchange& x) { x.packet.transmit = x.packet.receive; }},
        {"no previous reply", [](Exchange& x) { x.last_transmit = {}; }},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Exchange exchange;
        row.bend(exchange);
        CHECK(exchange.judged().has_value());
    }
}

TEST_CASE("a delay that a fast path makes negative becomes the local precision") {
    Exchange exchange;
    exchange.arrival.t4 = exchange.request.t1 + microseconds{90};  // the server says 100 µs
    const auto sample = exchange.judged();
    REQUIRE(sample.has_value());
    CHECK(sample->delay.count() == 1e-6);
}

TEST_CASE("a kiss counts only with a valid origin") {
    Exchange exchange;
    exchange.packet.leap = Leap::unsynchronised;
    exchange.packet.stratum = 0;
    exchange.packet.refid = kiss_code("DENY");
    exchange.packet.receive = exchange.packet.transmit = {};
    auto judged = exchange.judged();
    REQUIRE_FALSE(judged.has_value());
    CHECK(judged.error() == Refusal{.rejection = Rejection::kiss, .kiss = kiss_code("DENY")});

    exchange.packet.origin.bits += 1;
    judged = exchange.judged();
    REQUIRE_FALSE(judged.has_value());
    CHECK(judged.error() == Refusal{.rejection = Rejection::bogus_origin, .kiss = 0});
}

/// The exchange before, and the reply that tells its true T3, 20 µs after the one it stated.
struct Interleaved : Exchange {
    Interleaved() {
        request.receive = {0x7777'6666'5555'4444};
        request.stay = Seconds{0.000'1};
        packet.origin = request.receive;
        packet.transmit = to_timestamp(epoch - seconds{2} + microseconds{35'120});
    }

    Stamps before{.t1 = epoch - seconds{2},
                  .t4 = epoch - seconds{2} + microseconds{50'100},
                  .t2 = to_timestamp(epoch - seconds{2} + microseconds{35'000})};
    Sample first{.at = SteadyTime{seconds{5}},
                 .offset = Seconds{1},
                 .delay = Seconds{2},
                 .dispersion = Seconds{3},
                 .stratum = 2,
                 .refid = 5,
                 .authenticated = true};
};

TEST_CASE("an interleaved request shows a server its own stamp and a second cookie") {
    const HeaderBytes bytes =
        encode_request({0xa1b2'c3d4'e5f6'0718}, {0x0102'0304'0506'0708}, {0x1112'1314'1516'1718});
    CHECK(*decode(bytes) == Packet{.origin = {0x0102'0304'0506'0708},
                                   .receive = {0x1112'1314'1516'1718},
                                   .transmit = {0xa1b2'c3d4'e5f6'0718}});
}

TEST_CASE("a reply to our receive value is interleaved, one to our transmit value is basic") {
    Interleaved exchange;
    const auto match = [&] {
        return match_reply(exchange.request, exchange.packet, server, exchange.last_transmit);
    };
    REQUIRE(match());
    CHECK(match()->interleaved);
    exchange.packet.origin = exchange.request.cookie;
    REQUIRE(match());
    CHECK_FALSE(match()->interleaved);
    exchange.packet.origin = {};
    exchange.request.receive = {};
    REQUIRE_FALSE(match());
    CHECK(match().error().rejection == Rejection::bogus_origin);
}

TEST_CASE("an interleaved transmit stamp that was seen before is no duplicate") {
    Interleaved exchange;
    exchange.last_transmit = exchange.packet.transmit;
    CHECK(exchange.judged());
}

TEST_CASE("the exchange of an interleaved reply presumes its stay, and its delay no stay at all") {
    const auto sample = Interleaved{}.judged();
    REQUIRE(sample);
    CHECK(sample->offset.count() == doctest::Approx(0.010).epsilon(1e-6));
    CHECK(sample->delay.count() == doctest::Approx(0.050'1).epsilon(1e-6));
    CHECK(sample->dispersion.count() ==
          doctest::Approx(1e-6 + 0x1p-20 + 15e-6 * 0.0501 + 0.000'05).epsilon(1e-6));
    CHECK_FALSE(sample->interleaved);
}

TEST_CASE("a server that set its clock between two answers is not from the future") {
    Interleaved exchange;
    exchange.packet.reference = to_timestamp(epoch - seconds{1});
    CHECK(exchange.judged());
    exchange.packet.reference = to_timestamp(epoch + seconds{5});
    REQUIRE_FALSE(exchange.judged());
    CHECK(exchange.judged().error().rejection == Rejection::bad_root);
}

TEST_CASE("the true T3 gives the exchange before its sample, and changes nothing else of it") {
    const Interleaved exchange;
    const auto better = measure_again(exchange.first, exchange.before, exchange.packet, self);
    REQUIRE(better);
    Sample wanted = exchange.first;
    wanted.offset = better->offset;
    wanted.delay = better->delay;
    wanted.dispersion = better->dispersion;
    wanted.interleaved = true;
    CHECK(*better == wanted);
    CHECK(better->offset.count() == doctest::Approx(0.010'01).epsilon(1e-6));
    CHECK(better->delay.count() == doctest::Approx(0.049'98).epsilon(1e-6));
    CHECK(better->dispersion.count() ==
          doctest::Approx(1e-6 + 0x1p-20 + 15e-6 * 0.0501).epsilon(1e-6));
}

TEST_CASE("a T3 that cannot be true measures nothing") {
    struct Bad {
        const char* what;
        std::int64_t t3_microseconds;  // after the T2 of the exchange before
        bool good;
    };
    const Bad rows[] = {{"before T2", -1, false},
                        {"at T2", 0, true},
                        {"the whole round trip", 50'100, true},
                        {"longer than it was away", 50'110, false},
                        {"after the T2 of the reply itself", 2'000'001, false},
                        {"more than 4 s after T2", 4'000'001, false}};
    for (const Bad& row : rows) {
        CAPTURE(row.what);
        Interleaved exchange;
        exchange.packet.transmit = to_timestamp(epoch - seconds{2} + microseconds{35'000} +
                                                microseconds{row.t3_microseconds});
        CHECK(measure_again(exchange.first, exchange.before, exchange.packet, self).has_value() ==
              row.good);
    }
    Interleaved late;
    late.before.t1 -= seconds{10};  // a round trip that would allow any T3
    late.packet.transmit = {late.packet.receive.bits + 1};
    CHECK_FALSE(measure_again(late.first, late.before, late.packet, self));
}

TEST_CASE("a reply cut short is malformed at every length") {
    const Exchange exchange;
    const HeaderBytes bytes = encode(exchange.packet);
    for (std::size_t length = 0; length < header_size; ++length) {
        CAPTURE(length);
        const auto judged = judge_reply(exchange.request, std::span(bytes).first(length),
                                        exchange.arrival, exchange.last_transmit, self);
        REQUIRE_FALSE(judged.has_value());
        CHECK(judged.error().rejection == Rejection::malformed);
    }
}

}  // namespace
}  // namespace clockwright::ntp
