#include "ntp/conversation.h"

#include <doctest/doctest.h>

#include <vector>

#include "ntp/extension.h"
#include "ntp/kiss.h"
#include "tests/fakes/plain_aead.h"

namespace clockwright::ntp {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr Endpoint server{.address = {.family = Family::ipv4, .bytes = {9, 9, 9, 9}}, .port = 123};
constexpr Endpoint neighbour{.address = {.family = Family::ipv4, .bytes = {10, 0, 0, 1}},
                             .port = 123};
constexpr nanoseconds time_out = milliseconds{1'500};
const Now start{.wall = WallTime{std::chrono::seconds{1'795'000'000}}, .steady = SteadyTime{}};
const Self self;

/// A conversation with its clock; probe n has the cookie 100 + n.
struct Talk {
    explicit Talk(const Endpoint& endpoint = server, int samples = 4, bool steady = false)
        : conversation({.endpoint = endpoint, .samples = samples, .nts = {}, .steady = steady},
                       start.steady) {}

    void advance(nanoseconds by) {
        now.wall += by;
        now.steady += by;
        conversation.expire(now.steady);
    }
    void send() {
        const auto number = static_cast<std::uint64_t>(conversation.series().sent);
        std::uint64_t draws = 0;  // an interleaved answer would be to 10'000'000 + number
        const Random random = [&] { return 100 + number + 10'000'000 * draws++; };
        conversation.send(random, now, time_out);
    }
    /// What a server whose clock is 1 s ahead answers at once to probe `number`.
    Packet answer(std::uint64_t number) const {
        const Timestamp there = to_timestamp(now.wall + std::chrono::seconds{1});
        return {.mode = Mode::server,
                .stratum = 1,
                .precision = -20,
                .reference = there,
                .origin = {100 + number},
                .receive = there,
                .transmit = there};
    }
    void receive(const Packet& packet, const Endpoint& from) {
        conversation.receive({.from = from, .t4 = now.wall, .at = now.steady}, encode(packet),
                             self);
    }
    void receive(const Packet& packet) { receive(packet, conversation.target().endpoint); }

    const std::vector<Rejection>& rejections() const { return conversation.series().rejections; }
    std::size_t samples() const { return conversation.series().samples.size(); }

    Now now = start;
    Conversation conversation;
};

TEST_CASE("a reply gives a sample against the departure last stamped") {
    Talk talk;
    talk.send();
    talk.conversation.stamp(start.wall + milliseconds{2});
    talk.conversation.stamp(start.wall + milliseconds{4});
    talk.advance(milliseconds{10});
    talk.receive(talk.answer(0));
    REQUIRE(talk.samples() == 1);
    const Sample& sample = talk.conversation.series().samples.front();
    CHECK(sample.delay.count() == doctest::Approx(0.006));
    CHECK(sample.offset.count() == doctest::Approx(1.003));

    talk.conversation.stamp(start.wall);  // the kernel's stamp after the reply changes nothing
    CHECK(talk.conversation.series().samples.front() == sample);
}

TEST_CASE("a late answer to an earlier probe counts until its own time-out") {
    Talk talk(neighbour);
    talk.send();
    talk.advance(milliseconds{1'000});
    talk.send();
    talk.advance(milliseconds{400});
    talk.receive(talk.answer(0));
    CHECK(talk.samples() == 1);
    talk.advance(milliseconds{1});
    talk.receive(talk.answer(1));
    CHECK(talk.samples() == 2);
    CHECK(talk.rejections().empty());
}

TEST_CASE("an answer after its time-out is too late, a second one is a duplicate") {
    Talk talk;
    talk.send();
    talk.advance(time_out);
    CHECK(talk.rejections() == std::vector{Rejection::time_out});
    talk.receive(talk.answer(0));
    talk.send();
    talk.receive(talk.answer(1));
    talk.receive(talk.answer(1));
    CHECK(talk.samples() == 1);
    CHECK(talk.rejections() ==
          std::vector{Rejection::time_out, Rejection::too_late, Rejection::duplicate});
}

TEST_CASE("a spoofed datagram is noted and does not cost the true answer") {
    struct Row {
        const char* what;
        Packet (*bend)(Packet);
        Endpoint from;
        Rejection why;
    };
    const auto same = [](Packet p) { return p; };
    const Row rows[] = {
        {"origin",
         [](Packet p) {
             p.origin = {7};
             return p;
         },
         server, Rejection::bogus_origin},
        {"mode",
         [](Packet p) {
             p.mode = Mode::client;
             return p;
         },
         server, Rejection::wrong_mode},
        {"version",
         [](Packet p) {
             p.version = 1;
             return p;
         },
         server, Rejection::wrong_version},
        {"source", same, neighbour, Rejection::wrong_source},
        {"kiss",
         [](Packet p) {
             p.stratum = 0;
             p.refid = kiss_code("DENY");
             p.origin = {7};
             return p;
         },
         server, Rejection::bogus_origin},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Talk talk;
        talk.send();
        talk.receive(row.bend(talk.answer(0)), row.from);
        CHECK(talk.rejections() == std::vector{row.why});
        CHECK(talk.conversation.series().kiss == 0);
        talk.receive(talk.answer(0));
        CHECK(talk.samples() == 1);
    }
}

TEST_CASE("a flood of spoofed datagrams is noted up to a limit") {
    Talk talk;
    talk.send();
    Packet spoof = talk.answer(0);
    spoof.origin = {7};
    for (int i = 0; i < 10'000; ++i) {
        talk.receive(spoof);
    }
    CHECK(talk.rejections().size() == 64);
    talk.receive(talk.answer(0));
    CHECK(talk.samples() == 1);
}

TEST_CASE("a true answer without time settles its probe at once") {
    Talk talk(server, 1);
    talk.send();
    Packet packet = talk.answer(0);
    packet.leap = Leap::unsynchronised;
    talk.receive(packet);
    CHECK(talk.rejections() == std::vector{Rejection::unsynchronised});
    CHECK(talk.conversation.is_finished());
}

TEST_CASE("RATE, DENY and RSTR end the series, other codes are losses") {
    struct Row {
        const char (&code)[5];
        bool ends;
    };
    const Row rows[] = {{"RATE", true}, {"DENY", true}, {"RSTR", true}, {"INIT", false}};
    for (const Row& row : rows) {
        CAPTURE(row.code);
        Talk talk;
        talk.send();
        Packet packet = talk.answer(0);
        packet.stratum = 0;
        packet.refid = kiss_code(row.code);
        talk.receive(packet);
        CHECK(talk.rejections() == std::vector{Rejection::kiss});
        CHECK(talk.conversation.series().kiss == kiss_code(row.code));
        CHECK(talk.conversation.is_finished() == row.ends);
    }
}

TEST_CASE("three losses on end stop a series to a public address only") {
    for (const Endpoint& endpoint : {server, neighbour}) {
        CAPTURE(to_string(endpoint));
        Talk talk(endpoint, 5);
        for (int i = 0; i < 3; ++i) {
            CHECK_FALSE(talk.conversation.is_finished());
            talk.send();
            talk.advance(time_out);
        }
        CHECK(talk.conversation.is_finished() == endpoint.address.is_public());
    }
}

TEST_CASE("an answer between losses begins their count anew") {
    Talk talk(server, 6);
    for (std::uint64_t number = 0; number < 5; ++number) {
        talk.send();
        if (number == 2) {
            talk.receive(talk.answer(number));
        }
        talk.advance(time_out);
    }
    CHECK_FALSE(talk.conversation.is_finished());
    CHECK(talk.samples() == 1);
    CHECK(talk.rejections().size() == 4);
}

TEST_CASE("a refused port costs a public server its probe, a near one the series") {
    for (const Endpoint& endpoint : {server, neighbour}) {
        CAPTURE(to_string(endpoint));
        Talk talk(endpoint);
        talk.send();
        talk.conversation.fail(Rejection::refused);
        CHECK(talk.rejections() == std::vector{Rejection::refused});
        CHECK(talk.conversation.is_finished() != endpoint.address.is_public());
    }
}

TEST_CASE("a refused port is a loss like any other to who watches") {
    Talk talk(neighbour, 4, true);
    for (int i = 0; i < 4; ++i) {
        CHECK_FALSE(talk.conversation.is_finished());
        talk.send();
        talk.conversation.fail(Rejection::refused);
    }
    CHECK(talk.conversation.is_finished());
    CHECK(talk.rejections() == std::vector(4, Rejection::refused));
}

TEST_CASE("a near server's unreachable network is a loss like any other") {
    Talk talk(neighbour);
    talk.send();
    talk.conversation.fail(Rejection::time_out);
    CHECK_FALSE(talk.conversation.is_finished());
    CHECK(talk.rejections() == std::vector{Rejection::time_out});
}

/// As the server that answered at `talk.now`, sends a true T3 of `t3` for the probe before.
Packet interleaved(const Talk& talk, std::uint64_t number, Timestamp t3) {
    Packet packet = talk.answer(number);
    packet.origin = {10'000'100 + number};
    packet.transmit = t3;
    return packet;
}

TEST_CASE("an interleaved answer gives its own probe a sample and the one before its true one") {
    Talk talk;
    talk.send();
    talk.advance(milliseconds{10});
    const Packet first = talk.answer(0);
    talk.advance(milliseconds{10});
    talk.receive(first);
    talk.advance(milliseconds{1'980});
    talk.send();
    talk.advance(milliseconds{20});
    // The first answer left 2 ms later than it says.
    const Timestamp true_t3{first.transmit.bits + (2ULL << 32U) / 1'000};
    talk.receive(interleaved(talk, 1, true_t3));
    REQUIRE(talk.samples() == 2);
    const Sample& better = talk.conversation.series().samples.front();
    CHECK(better.interleaved);
    CHECK(better.at == SteadyTime{milliseconds{20}});
    CHECK(better.offset.count() == doctest::Approx(1.001));
    CHECK(better.delay.count() == doctest::Approx(0.018));
    CHECK_FALSE(talk.conversation.series().samples.back().interleaved);
    CHECK(talk.rejections().empty());
}

TEST_CASE("who watches asks for basic answers alone") {
    for (const bool steady : {false, true}) {
        CAPTURE(steady);
        Talk talk(server, 4, steady);
        talk.send();
        talk.receive(talk.answer(0));
        talk.advance(milliseconds{2'000});
        talk.send();
        talk.receive(interleaved(talk, 1, talk.answer(0).transmit));
        CHECK(talk.samples() == (steady ? 1 : 2));
    }
}

TEST_CASE("the true stamp of a departure counts in an interleaved sample too") {
    Talk talk;
    talk.send();
    talk.conversation.stamp(start.wall + milliseconds{4});
    talk.advance(milliseconds{10});
    const Packet first = talk.answer(0);
    talk.receive(first);
    talk.advance(milliseconds{2'000});
    talk.send();
    talk.receive(interleaved(talk, 1, first.transmit));
    CHECK(talk.conversation.series().samples.front().delay.count() == doctest::Approx(0.006));
}

TEST_CASE("a second answer to the other of our two values is a duplicate") {
    Talk talk;
    talk.send();
    talk.receive(talk.answer(0));
    talk.advance(milliseconds{2'000});
    talk.send();
    talk.receive(talk.answer(1));
    talk.receive(interleaved(talk, 1, talk.answer(0).transmit));
    CHECK(talk.samples() == 2);
    CHECK(talk.rejections() == std::vector{Rejection::duplicate});
}

TEST_CASE("nobody's receive value is matched by an answer to zero") {
    Talk talk;
    talk.send();
    Packet packet = talk.answer(0);
    packet.origin = {};
    talk.receive(packet);
    CHECK(talk.rejections() == std::vector{Rejection::bogus_origin});
}

/// A conversation with NTS, and the server at its other end.
struct ProtectedTalk : Talk {
    static constexpr std::size_t cookie_size = 100;

    static Target target(std::size_t cookies, int samples) {
        NtsKeys keys;
        keys.to_server.assign(32, 0xc5);
        keys.to_client.assign(32, 0x5c);
        keys.cookies.assign(cookies, std::vector<std::uint8_t>(cookie_size, 1));
        return {.endpoint = server, .samples = samples, .nts = keys};
    }

    explicit ProtectedTalk(std::size_t cookies = 8, int samples = 4) {
        conversation = Conversation(target(cookies, samples), start.steady, &aead);
    }

    /// The unique identifier of the request just sent.
    void send() {
        std::uint64_t draws = 0;
        const auto number = static_cast<std::uint64_t>(conversation.series().sent);
        const Random random = [&] { return 100 + number + 10'000'000 * draws++; };
        const auto request = conversation.send(random, now, time_out);
        REQUIRE(request);
        const std::span<const std::uint8_t> octets = *request;
        ExtensionReader reader{octets.subspan(header_size)};
        const auto field = reader.next();
        identifier.assign(field->body.begin(), field->body.end());
    }

    std::vector<std::uint8_t> framed(const Packet& packet) const {
        const HeaderBytes header = encode(packet);
        std::vector<std::uint8_t> bytes(header.begin(), header.end());
        append_field(bytes, field_type::unique_identifier, identifier);
        return bytes;
    }

    void receive_octets(const std::vector<std::uint8_t>& bytes) {
        conversation.receive({.from = server, .t4 = now.wall, .at = now.steady}, bytes, self);
    }

    void receive_sealed(const Packet& packet) {
        std::vector<std::uint8_t> bytes = framed(packet), inside;
        append_field(inside, field_type::cookie, std::vector<std::uint8_t>(cookie_size, 2));
        const std::vector<std::uint8_t> nonce(16, 9), key(32, 0x5c);
        const auto text = aead.seal(key, nonce, bytes, inside);
        append_authenticator(bytes, {.nonce = nonce, .ciphertext = text});
        receive_octets(bytes);
    }

    PlainAead aead;
    std::vector<std::uint8_t> identifier;
};

TEST_CASE("with NTS an authentic answer is a sample, and its cookie comes back") {
    ProtectedTalk talk;
    talk.send();
    CHECK(talk.conversation.nts()->keys().cookies.size() == 7);
    talk.receive_sealed(talk.answer(0));
    REQUIRE(talk.samples() == 1);
    CHECK(talk.conversation.series().samples.front().authenticated);
    CHECK(talk.conversation.nts()->keys().cookies.size() == 8);
    CHECK_FALSE(talk.conversation.target().nts);
}

TEST_CASE("with NTS what is not authentic is noted, whatever it says, and the wait goes on") {
    struct Row {
        const char* what;
        std::uint32_t kiss;
        Rejection why;
    };
    const Row rows[] = {{"time", 0, Rejection::unauthenticated},
                        {"DENY", kiss_code("DENY"), Rejection::unauthenticated},
                        {"RATE", kiss_code("RATE"), Rejection::unauthenticated},
                        {"NTSN", kiss_code("NTSN"), Rejection::nts_nak}};
    for (const Row& row : rows) {
        CAPTURE(row.what);
        ProtectedTalk talk;
        talk.send();
        Packet packet = talk.answer(0);
        packet.stratum = row.kiss == 0 ? 1 : 0;
        packet.refid = row.kiss;
        talk.receive_octets(talk.framed(packet));
        CHECK(talk.rejections() == std::vector{row.why});
        CHECK(talk.conversation.series().kiss == 0);
        CHECK(talk.conversation.nts()->nak_seen() == (row.why == Rejection::nts_nak));
        CHECK(talk.conversation.nts()->unauthenticated() == 1);
        talk.receive_sealed(talk.answer(0));
        CHECK(talk.samples() == 1);
        CHECK(talk.conversation.wants_to_send(SteadyTime::max()));
    }
}

TEST_CASE("with NTS an authentic kiss ends the series") {
    ProtectedTalk talk;
    talk.send();
    Packet packet = talk.answer(0);
    packet.stratum = 0;
    packet.refid = kiss_code("DENY");
    talk.receive_sealed(packet);
    CHECK(talk.conversation.series().kiss == kiss_code("DENY"));
    CHECK(talk.conversation.is_finished());
}

TEST_CASE("with NTS an authentic answer without time is refused as any other") {
    ProtectedTalk talk;
    talk.send();
    Packet packet = talk.answer(0);
    packet.leap = Leap::unsynchronised;
    talk.receive_sealed(packet);
    CHECK(talk.rejections() == std::vector{Rejection::unsynchronised});
}

TEST_CASE("with NTS a forged answer of a known transmit stamp does not settle a probe") {
    ProtectedTalk talk;
    talk.send();
    const Packet first = talk.answer(0);
    talk.receive_sealed(first);
    talk.advance(milliseconds{2'000});
    talk.send();
    Packet forged = talk.answer(1);
    forged.transmit = first.transmit;
    talk.receive_octets(talk.framed(forged));
    talk.receive_sealed(talk.answer(1));
    CHECK(talk.samples() == 2);
}

TEST_CASE("with NTS interleaved answers are taken, and authentic") {
    ProtectedTalk talk;
    talk.send();
    const Packet first = talk.answer(0);
    talk.receive_sealed(first);
    talk.advance(milliseconds{2'000});
    talk.send();
    talk.receive_sealed(interleaved(talk, 1, first.transmit));
    REQUIRE(talk.samples() == 2);
    CHECK(talk.conversation.series().samples.front().interleaved);
    CHECK(talk.conversation.series().samples.front().authenticated);
    CHECK(talk.conversation.series().samples.back().authenticated);
}

TEST_CASE("with NTS nothing is sent without a cookie, or by who cannot protect it") {
    ProtectedTalk talk(1);
    talk.send();
    talk.advance(time_out);
    CHECK_FALSE(talk.conversation.send([] { return 1; }, talk.now, time_out));
    CHECK(talk.conversation.is_finished());
    CHECK(talk.conversation.series().sent == 1);

    const Conversation unable(ProtectedTalk::target(8, 4), start.steady);
    CHECK(unable.is_finished());
    CHECK(unable.nts() == nullptr);
}

}  // namespace
}  // namespace clockwright::ntp
