#include "ntp/extension.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

namespace clockwright::ntp {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Place = ExtensionReader::Place;

/// `first`, `first` + 1, …
Bytes counting(std::size_t size, std::uint8_t first = 1) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
}

struct Read {
    std::vector<ExtensionField> fields;
    bool sound = false;
};

Read read(std::span<const std::uint8_t> bytes, Place place = Place::datagram) {
    Read result;
    ExtensionReader reader(bytes, place);
    while (const auto field = reader.next()) {
        result.fields.push_back(*field);
    }
    CHECK_FALSE(reader.next());
    result.sound = reader.is_sound();
    return result;
}

Bytes field(std::uint16_t type, std::size_t length, std::uint8_t first = 1) {
    Bytes bytes = {static_cast<std::uint8_t>(type >> 8U), static_cast<std::uint8_t>(type & 0xffU),
                   static_cast<std::uint8_t>(length >> 8U),
                   static_cast<std::uint8_t>(length & 0xffU)};
    const Bytes body = counting(length - field_header, first);
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

TEST_CASE("a field is type, length with its header, and body") {
    Bytes bytes;
    append_field(bytes, 0x0204, counting(14, 0xa0));
    const Bytes wanted = {0x02, 0x04, 0x00, 0x14, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5,
                          0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0x00, 0x00};
    CHECK(bytes == wanted);
    CHECK(field_size(14) == 20);
}

TEST_CASE("a field has at least sixteen octets, and always a multiple of four") {
    const std::pair<std::size_t, std::size_t> rows[] = {{0, 16},  {1, 16},  {12, 16},
                                                        {13, 20}, {16, 20}, {17, 24}};
    for (const auto& [body, wanted] : rows) {
        CAPTURE(body);
        Bytes bytes;
        append_field(bytes, 7, counting(body));
        CHECK(bytes.size() == wanted);
        CHECK(field_size(body) == wanted);
        CHECK(bytes[3] == wanted);
    }
}

TEST_CASE("fields are read in their order, each with its place") {
    const Bytes bytes = field(0x0104, 36, 10) + field(0x0204, 16, 50) + field(0x0404, 28, 70);
    const Read found = read(bytes);
    CHECK(found.sound);
    REQUIRE(found.fields.size() == 3);
    const std::tuple<std::uint16_t, std::size_t, std::size_t, std::uint8_t> wanted[] = {
        {0x0104, 0, 32, 10}, {0x0204, 36, 12, 50}, {0x0404, 52, 24, 70}};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& [type, begin, size, first] = wanted[i];
        CHECK(found.fields[i].type == type);
        CHECK(found.fields[i].begin == begin);
        CHECK(std::ranges::equal(found.fields[i].body, counting(size, first)));
    }
}

TEST_CASE("a datagram's last field has 28 octets, for what is shorter may be a MAC") {
    struct Row {
        std::size_t tail;
        bool sound;
    };
    for (const Row& row : {Row{0, true}, Row{4, true}, Row{20, true}, Row{24, true}, Row{1, false},
                           Row{8, false}, Row{16, false}, Row{27, false}}) {
        CAPTURE(row.tail);
        const Read found = read(field(0x0104, 36) + counting(row.tail));
        CHECK(found.fields.size() == 1);
        CHECK(found.sound == row.sound);
    }
    CHECK(read(field(0x0104, 28)).fields.size() == 1);
}

TEST_CASE("encrypted fields may be of four octets, and no MAC follows them") {
    const Read found = read(field(0x0204, 4) + field(0x0204, 8), Place::encrypted);
    CHECK(found.sound);
    REQUIRE(found.fields.size() == 2);
    CHECK(found.fields[0].body.empty());
    CHECK_FALSE(read(field(0x0204, 8) + counting(3), Place::encrypted).sound);
    CHECK_FALSE(read(counting(20), Place::encrypted).sound);
}

TEST_CASE("a field cut short at any length is a fault, and none is read from it") {
    for (const Place place : {Place::datagram, Place::encrypted}) {
        const Bytes bytes = field(0x0104, 64);
        for (std::size_t length = 1; length < bytes.size(); ++length) {
            CAPTURE(length);
            const Read found = read(std::span(bytes).first(length), place);
            CHECK(found.fields.empty());
            const bool may_be_mac =
                place == Place::datagram && (length == 4 || length == 20 || length == 24);
            CHECK(found.sound == may_be_mac);
        }
    }
}

TEST_CASE("every length that a field may claim is kept within the octets") {
    for (const Place place : {Place::datagram, Place::encrypted}) {
        const std::size_t least = place == Place::datagram ? 16 : 4;
        Bytes bytes = field(0x0104, 64) + field(0x0204, 36);
        for (std::size_t claimed = 0; claimed <= 0xffff; ++claimed) {
            bytes[2] = static_cast<std::uint8_t>(claimed >> 8U);
            bytes[3] = static_cast<std::uint8_t>(claimed & 0xffU);
            ExtensionReader reader(bytes, place);
            const auto first = reader.next();
            const bool fits = claimed >= least && claimed % 4 == 0 && claimed <= bytes.size();
            if (first.has_value() != fits || (fits && first->body.size() != claimed - 4)) {
                CAPTURE(claimed);
                FAIL("a wrong length was taken, or a right one refused");
            }
        }
    }
}

TEST_CASE("an authenticator holds nonce and ciphertext, each padded") {
    Bytes bytes;
    append_authenticator(bytes, {.nonce = counting(5, 0x10), .ciphertext = counting(6, 0x20)});
    const Bytes wanted = {0x04, 0x04, 0x00, 0x18, 0x00, 0x05, 0x00, 0x06, 0x10, 0x11, 0x12, 0x13,
                          0x14, 0x00, 0x00, 0x00, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x00, 0x00};
    CHECK(bytes == wanted);
    const auto found = read_authenticator(std::span(bytes).subspan(4));
    REQUIRE(found);
    CHECK(std::ranges::equal(found->nonce, counting(5, 0x10)));
    CHECK(std::ranges::equal(found->ciphertext, counting(6, 0x20)));
}

TEST_CASE("an authenticator whose lengths do not fit its body is none") {
    Bytes body = Bytes{0x00, 0x10, 0x00, 0x10} + counting(32);
    CHECK(read_authenticator(body));
    for (std::size_t length = 0; length < body.size(); ++length) {
        CAPTURE(length);
        CHECK_FALSE(read_authenticator(std::span(body).first(length)));
    }
    const std::array<std::uint8_t, 4> bad[] = {{0xff, 0xff, 0xff, 0xff}, {0x00, 0x11, 0x00, 0x10},
                                               {0x00, 0x10, 0x00, 0x11}, {0xff, 0xff, 0x00, 0x00},
                                               {0x00, 0x00, 0xff, 0xff}, {0x00, 0x00, 0x00, 0x21}};
    for (const auto& lengths : bad) {
        std::ranges::copy(lengths, body.begin());
        CHECK_FALSE(read_authenticator(body));
    }
    CHECK(read_authenticator(Bytes{0, 0, 0, 0}));
}

}  // namespace
}  // namespace clockwright::ntp
