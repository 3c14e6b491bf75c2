#include "ntp/nts_session.h"

#include <doctest/doctest.h>

#include <numeric>
#include <random>
#include <set>

#include "ntp/extension.h"
#include "ntp/kiss.h"
#include "tests/fakes/plain_aead.h"

namespace clockwright::ntp {
namespace {

using Bytes = std::vector<std::uint8_t>;

const PlainAead aead;

Bytes filled(std::size_t size, std::uint8_t value) {
    return Bytes(size, value);
}

NtsKeys keys_with(std::size_t cookies, std::size_t size = 100) {
    NtsKeys keys;
    keys.to_server = filled(32, 0xc5);
    keys.to_client = filled(32, 0x5c);
    for (std::size_t i = 0; i < cookies; ++i) {
        keys.cookies.push_back(filled(size, static_cast<std::uint8_t>(i + 1)));
    }
    return keys;
}

HeaderBytes header() {
    HeaderBytes bytes{};
    bytes[0] = 0x23;
    std::iota(bytes.begin() + 40, bytes.end(), std::uint8_t{0x70});
    return bytes;
}

/// A session and a server that has its keys.
struct Meeting {
    explicit Meeting(NtsKeys keys = keys_with(8)) : session(std::move(keys), aead) {}

    Bytes ask() {
        auto datagram = session.protect(header(), [this] { return random(); });
        REQUIRE(datagram);
        return *datagram;
    }

    /// The fields of a request, checked to be sound.
    static std::vector<ExtensionField> fields_of(const Bytes& request) {
        std::vector<ExtensionField> fields;
        ExtensionReader reader{std::span(request).subspan(header_size)};
        while (const auto field = reader.next()) {
            fields.push_back(*field);
        }
        CHECK(reader.is_sound());
        return fields;
    }

    /// What an honest server answers: the unique identifier, then so many new cookies encrypted.
    static Bytes answer(const Bytes& request, std::size_t cookies = 1, std::uint8_t mark = 0xee) {
        Bytes inside;
        for (std::size_t i = 0; i < cookies; ++i) {
            append_field(inside, field_type::cookie, filled(100, mark));
        }
        return sealed(frame(request), inside);
    }

    static Bytes frame(const Bytes& request) {
        Bytes reply(header_size);
        reply[0] = 0x24;
        reply[1] = 1;
        append_field(reply, field_type::unique_identifier, fields_of(request)[0].body);
        return reply;
    }

    static Bytes sealed(Bytes reply, const Bytes& inside, std::uint8_t key = 0x5c) {
        const Bytes nonce = filled(16, 0x99);
        const Bytes text = aead.seal(filled(32, key), nonce, reply, inside);
        append_authenticator(reply, {.nonce = nonce, .ciphertext = text});
        return reply;
    }

    std::mt19937_64 random{3};
    NtsSession session;
};

TEST_CASE("a request is header, unique identifier, cookie and authenticator") {
    Meeting meeting;
    const Bytes request = meeting.ask();
    CHECK(std::ranges::equal(std::span(request).first(header_size), header()));
    const auto fields = Meeting::fields_of(request);
    REQUIRE(fields.size() == 3);
    CHECK(fields[0].type == field_type::unique_identifier);
    CHECK(fields[0].body.size() == 32);
    CHECK(fields[1].type == field_type::cookie);
    CHECK(std::ranges::equal(fields[1].body, filled(100, 1)));
    CHECK(fields[2].type == field_type::authenticator);
    CHECK(request.size() == 48 + 36 + 104 + 40);
    const auto authenticator = read_authenticator(fields[2].body);
    REQUIRE(authenticator);
    CHECK(authenticator->nonce.size() == 16);
    const auto before = std::span(request).first(header_size + fields[2].begin);
    CHECK(aead.open(filled(32, 0xc5), authenticator->nonce, before, authenticator->ciphertext) ==
          Bytes{});
}

TEST_CASE("no cookie, identifier or nonce is used twice") {
    Meeting meeting;
    std::set<Bytes> cookies, identifiers, nonces;
    for (int i = 0; i < 8; ++i) {
        const Bytes request = meeting.ask();
        const auto fields = Meeting::fields_of(request);
        identifiers.emplace(fields.front().body.begin(), fields.front().body.end());
        cookies.emplace(fields[1].body.begin(), fields[1].body.end());
        const auto nonce = read_authenticator(fields.back().body)->nonce;
        nonces.emplace(nonce.begin(), nonce.end());
    }
    CHECK(cookies.size() == 8);
    CHECK(identifiers.size() == 8);
    CHECK(nonces.size() == 8);
    CHECK_FALSE(meeting.session.protect(header(), [] { return 1; }));
}

TEST_CASE("placeholders ask for the cookies that are missing, each as long as a cookie") {
    for (std::size_t cookies = 1; cookies <= 8; ++cookies) {
        CAPTURE(cookies);
        Meeting meeting(keys_with(cookies));
        const Bytes request = meeting.ask();
        const auto fields = Meeting::fields_of(request);
        std::size_t placeholders = 0;
        for (const ExtensionField& field : fields) {
            if (field.type == field_type::cookie_placeholder) {
                ++placeholders;
                CHECK(field.body.size() == 100);
            }
        }
        CHECK(placeholders == 8 - cookies);
        CHECK(meeting.session.open(0, Meeting::answer(request, placeholders + 1)) ==
              Authenticity::authentic);
        CHECK(meeting.session.keys().cookies.size() == 8);
    }
}

TEST_CASE("a request is never longer than every path carries, and useless cookies are dropped") {
    for (const std::size_t size : {1, 99, 101, 300, 1'000, 1'104}) {
        CAPTURE(size);
        Meeting meeting(keys_with(1, size));
        CHECK(meeting.ask().size() <= 1'232);
    }
    for (const std::size_t size : {0, 1'105, 70'000}) {
        CAPTURE(size);
        Meeting meeting(keys_with(2, size));
        CHECK(meeting.session.keys().cookies.empty());
        CHECK_FALSE(meeting.session.protect(header(), [] { return 1; }));
    }
    CHECK(Meeting(keys_with(20)).session.keys().cookies.size() == 8);
}

TEST_CASE("without keys of the algorithm we speak nothing is protected") {
    NtsKeys keys = keys_with(8);
    keys.algorithm = 30;
    CHECK_FALSE(Meeting(keys).session.protect(header(), [] { return 1; }));
    keys = keys_with(8);
    keys.to_server.pop_back();
    CHECK_FALSE(Meeting(keys).session.protect(header(), [] { return 1; }));
    keys = keys_with(8);
    keys.to_client.clear();
    CHECK_FALSE(Meeting(keys).session.protect(header(), [] { return 1; }));
}

TEST_CASE("an authentic reply brings its cookies, eight are kept") {
    Meeting meeting;
    const Bytes request = meeting.ask();
    CHECK(meeting.session.open(0, Meeting::answer(request, 5)) == Authenticity::authentic);
    CHECK(meeting.session.keys().cookies.size() == 8);
    CHECK(meeting.session.keys().cookies.back() == filled(100, 0xee));
    CHECK(meeting.session.keys().cookies.front() == filled(100, 2));
    CHECK(meeting.session.authenticated() == 1);
    CHECK(meeting.session.unauthenticated() == 0);
}

TEST_CASE("a reply changed in any octet is not authentic, and its cookies are not taken") {
    Meeting meeting(keys_with(1));
    const Bytes request = meeting.ask();
    const Bytes reply = Meeting::answer(request);
    for (std::size_t at = 0; at < reply.size(); ++at) {
        CAPTURE(at);
        Bytes bent = reply;
        bent[at] ^= 0x40;
        CHECK(meeting.session.open(0, bent) == Authenticity::forged);
    }
    CHECK(meeting.session.keys().cookies.empty());
    CHECK(meeting.session.unauthenticated() == static_cast<int>(reply.size()));
    CHECK(meeting.session.open(0, reply) == Authenticity::authentic);
}

TEST_CASE("a reply cut short anywhere is not authentic") {
    Meeting meeting;
    const Bytes request = meeting.ask();
    const Bytes reply = Meeting::answer(request, 8);
    for (std::size_t length = 0; length < reply.size(); ++length) {
        CAPTURE(length);
        CHECK(meeting.session.open(0, std::span(reply).first(length)) == Authenticity::forged);
    }
}

TEST_CASE("the answer to another request, or of another key, is not authentic") {
    Meeting meeting;
    const Bytes first = meeting.ask(), second = meeting.ask();
    CHECK(meeting.session.open(0, Meeting::answer(second)) == Authenticity::forged);
    CHECK(meeting.session.open(2, Meeting::answer(second)) == Authenticity::forged);
    CHECK(meeting.session.open(1, Meeting::sealed(Meeting::frame(second), {}, 0xc5)) ==
          Authenticity::forged);
    CHECK(meeting.session.open(1, Meeting::answer(second)) == Authenticity::authentic);
}

TEST_CASE("only what stands before the authenticator is believed") {
    Meeting meeting;
    const Bytes request = meeting.ask();
    Bytes bare(header_size);
    bare[0] = 0x24;
    Bytes late = Meeting::sealed(bare, {});
    append_field(late, field_type::unique_identifier, Meeting::fields_of(request)[0].body);
    CHECK(meeting.session.open(0, late) == Authenticity::forged);

    Bytes twice = Meeting::frame(request);
    append_field(twice, field_type::unique_identifier, filled(32, 1));
    CHECK(meeting.session.open(0, Meeting::sealed(twice, {})) == Authenticity::forged);

    Bytes with_more = Meeting::answer(request);
    append_field(with_more, field_type::cookie, filled(100, 0x66));
    CHECK(meeting.session.open(0, with_more) == Authenticity::authentic);
    for (const Bytes& cookie : meeting.session.keys().cookies) {
        CHECK(cookie != filled(100, 0x66));
    }
}

TEST_CASE("a field we do not know may stand before the authenticator") {
    Meeting meeting;
    const Bytes request = meeting.ask();
    Bytes reply = Meeting::frame(request);
    append_field(reply, 0x2005, filled(24, 9));
    CHECK(meeting.session.open(0, Meeting::sealed(reply, {})) == Authenticity::authentic);
}

TEST_CASE("encrypted fields are bounded too") {
    Meeting meeting(keys_with(1));
    const Bytes request = meeting.ask();
    Bytes inside;
    append_field(inside, field_type::cookie, filled(100, 7));
    append_field(inside, field_type::cookie, filled(2'000, 7));
    append_field(inside, field_type::cookie_placeholder, filled(100, 7));
    inside.insert(inside.end(), {0x02, 0x04, 0xff, 0xfc});
    CHECK(meeting.session.open(0, Meeting::sealed(Meeting::frame(request), inside)) ==
          Authenticity::authentic);
    CHECK(meeting.session.keys().cookies.size() == 1);
}

TEST_CASE("an NTS NAK with our unique identifier is noted and spends nothing more") {
    Meeting meeting;
    const Bytes request = meeting.ask();
    Bytes nak = Meeting::frame(request);
    nak[1] = 0;
    const char code[] = "NTSN";
    std::copy(code, code + 4, nak.begin() + 12);
    CHECK(meeting.session.open(0, nak) == Authenticity::nak);
    CHECK(meeting.session.nak_seen());
    CHECK(meeting.session.keys().cookies.size() == 7);

    Meeting other;
    other.random.seed(4);
    (void)other.ask();
    CHECK(other.session.open(0, nak) == Authenticity::forged);
    CHECK_FALSE(other.session.nak_seen());

    nak[12] = 'X';
    CHECK(meeting.session.open(0, nak) == Authenticity::forged);
}

}  // namespace
}  // namespace clockwright::ntp
