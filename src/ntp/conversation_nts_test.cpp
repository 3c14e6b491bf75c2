#include <doctest/doctest.h>

#include <vector>

#include "ntp/extension.h"
#include "ntp/kiss.h"
#include "tests/fakes/plain_aead.h"
#include "tests/fakes/talk.h"

namespace clockwright::ntp {
namespace {

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
