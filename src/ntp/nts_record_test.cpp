#include "ntp/nts_record.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

namespace clockwright::ntp {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes record(std::uint16_t type, const Bytes& body) {
    Bytes bytes = {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                   static_cast<std::uint8_t>(body.size() >> 8),
                   static_cast<std::uint8_t>(body.size())};
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes text(std::string_view letters) {
    return {letters.begin(), letters.end()};
}

const Bytes end = record(0x8000, {});
const Bytes ntpv4 = record(0x8001, {0, 0});
const Bytes siv = record(4, {0, 15});
const Bytes cookie = record(5, {0xc1, 0xc2, 0xc3, 0xc4});

std::expected<KeyOffer, ExchangeFailure> read(const Bytes& bytes) {
    KeyAnswer answer;
    const auto ended = answer.take(bytes);
    if (!ended) {
        return std::unexpected(ended.error());
    }
    CHECK(*ended);
    return answer.offer();
}

NtsFailure failure_of(const Bytes& bytes) {
    const auto offer = read(bytes);
    return offer ? NtsFailure::none : offer.error().failure;
}

// Every field has a value of its own.
const Bytes literal_answer = {
    0x80, 0x01, 0x00, 0x02, 0x00, 0x00,                                      // NTPv4
    0x80, 0x04, 0x00, 0x02, 0x00, 0x0f,                                      // AEAD 15
    0x00, 0x05, 0x00, 0x04, 0x11, 0x12, 0x13, 0x14,                          // a cookie
    0x00, 0x05, 0x00, 0x08, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,  // another
    0x80, 0x06, 0x00, 0x09, '1',  '9',  '2',  '.',  '0',  '.',  '2',  '.',
    '7',  0x80, 0x07, 0x00, 0x02, 0x10, 0x6d,  // port 4205
    0x80, 0x00, 0x00, 0x00,                    // the end
};

TEST_CASE("the request asks for NTPv4 and AES-SIV-CMAC-256, all of it critical") {
    CHECK(encode_key_request() == Bytes{0x80, 0x01, 0x00, 0x02, 0x00, 0x00,  //
                                        0x80, 0x04, 0x00, 0x02, 0x00, 0x0f,  //
                                        0x80, 0x00, 0x00, 0x00});
}

TEST_CASE("an answer brings algorithm, cookies, server and port") {
    const KeyOffer wanted{
        .algorithm = 15,
        .cookies = {{0x11, 0x12, 0x13, 0x14}, {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28}},
        .server = "192.0.2.7",
        .port = 4205};
    CHECK(read(literal_answer) == wanted);
}

TEST_CASE("an answer may come octet by octet, and in any two pieces") {
    const Bytes bytes = literal_answer;
    const auto whole = read(bytes);
    KeyAnswer slowly;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK(slowly.take(std::span(bytes).subspan(i, 1)) == (i + 1 == bytes.size()));
    }
    CHECK(slowly.offer() == *whole);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        CAPTURE(cut);
        KeyAnswer answer;
        CHECK(answer.take(std::span(bytes).first(cut)) == false);
        CHECK(answer.take(std::span(bytes).subspan(cut)) == true);
        CHECK(answer.offer() == *whole);
    }
}

TEST_CASE("what follows the end is not looked at") {
    CHECK(read(ntpv4 + siv + cookie + end + record(2, {0, 1})).has_value());
    KeyAnswer answer;
    CHECK(answer.take(ntpv4 + siv + cookie + end) == true);
    CHECK(answer.take(record(0x8002, {0, 1})) == true);
}

TEST_CASE("each fault of an answer has its name") {
    struct Row {
        const char* what;
        Bytes bytes;
        NtsFailure failure;
    };
    const Row rows[] = {
        {"as it must be", ntpv4 + siv + cookie + end, NtsFailure::none},
        {"algorithm critical", ntpv4 + record(0x8004, {0, 15}) + cookie + end, NtsFailure::none},
        {"cookie critical", ntpv4 + siv + record(0x8005, {1, 2, 3, 4}) + end, NtsFailure::none},
        {"unknown record", ntpv4 + record(0x4f00, {9}) + siv + cookie + end, NtsFailure::none},
        {"unknown critical record", ntpv4 + record(0xcf00, {9}) + siv + cookie + end,
         NtsFailure::malformed},
        {"no protocol", siv + cookie + end, NtsFailure::malformed},
        {"protocol twice", ntpv4 + ntpv4 + siv + cookie + end, NtsFailure::malformed},
        {"protocol not critical", record(1, {0, 0}) + siv + cookie + end, NtsFailure::malformed},
        {"other protocol", record(0x8001, {0, 1}) + siv + cookie + end, NtsFailure::malformed},
        {"two protocols", record(0x8001, {0, 0, 0, 1}) + siv + cookie + end, NtsFailure::malformed},
        {"odd protocol", record(0x8001, {0}) + siv + cookie + end, NtsFailure::malformed},
        {"no protocol in common", record(0x8001, {}) + siv + cookie + end, NtsFailure::malformed},
        {"no algorithm", ntpv4 + cookie + end, NtsFailure::malformed},
        {"algorithm twice", ntpv4 + siv + siv + cookie + end, NtsFailure::malformed},
        {"no algorithm in common", ntpv4 + record(4, {}) + end, NtsFailure::no_algorithm},
        {"other algorithm", ntpv4 + record(4, {0, 30}) + cookie + end, NtsFailure::no_algorithm},
        {"two algorithms", ntpv4 + record(4, {0, 15, 0, 30}) + cookie + end, NtsFailure::malformed},
        {"no cookie", ntpv4 + siv + end, NtsFailure::no_cookie},
        {"empty cookie", ntpv4 + siv + record(5, {}) + end, NtsFailure::no_cookie},
        {"odd cookie", ntpv4 + siv + record(5, {1, 2, 3}) + end, NtsFailure::no_cookie},
        {"long cookie", ntpv4 + siv + record(5, Bytes(longest_cookie + 4)) + end,
         NtsFailure::no_cookie},
        {"longest cookie", ntpv4 + siv + record(5, Bytes(longest_cookie)) + end, NtsFailure::none},
        {"error", record(0x8002, {0, 1}) + end, NtsFailure::error_record},
        {"error not critical", record(2, {0, 2}) + end, NtsFailure::error_record},
        {"short error", record(0x8002, {1}) + end, NtsFailure::malformed},
        {"warning", ntpv4 + siv + cookie + record(0x8003, {0, 7}) + end, NtsFailure::error_record},
        {"long warning", record(0x8003, {0, 7, 7}) + end, NtsFailure::malformed},
        {"server twice", ntpv4 + siv + cookie + record(6, text("a")) + record(6, text("a")) + end,
         NtsFailure::malformed},
        {"port twice", ntpv4 + siv + cookie + record(7, {1, 0}) + record(7, {1, 0}) + end,
         NtsFailure::malformed},
        {"port 0", ntpv4 + siv + cookie + record(7, {0, 0}) + end, NtsFailure::malformed},
        {"short port", ntpv4 + siv + cookie + record(7, {123}) + end, NtsFailure::malformed},
        {"end with a body", ntpv4 + siv + cookie + record(0x8000, {0}), NtsFailure::malformed},
        {"end not critical", ntpv4 + siv + cookie + record(0, {}), NtsFailure::malformed},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(failure_of(row.bytes) == row.failure);
    }
}

TEST_CASE("an error is told by its number and its meaning") {
    CHECK(read(record(0x8002, {0, 0})).error().why ==
          "error 0: it does not know a critical record of ours");
    CHECK(read(record(0x8002, {0, 1})).error().why == "error 1: bad request");
    CHECK(read(record(0x8002, {0, 2})).error().why == "error 2: internal error of the server");
    CHECK(read(record(0x8002, {1, 2})).error().why == "error 258");
    CHECK(read(record(0x8003, {1, 3})).error().why == "warning 259");
}

TEST_CASE("a server is an address or a strict name, and nothing else") {
    struct Row {
        std::string_view written;
        std::optional<std::string> server;
    };
    const Row rows[] = {{"time.example", "time.example"},
                        {"time.example.", "time.example"},
                        {"192.0.2.1", "192.0.2.1"},
                        {"2001:db8::1", "2001:db8::1"},
                        {"", {}},
                        {".", {}},
                        {"time.example:123", {}},
                        {"nts://time.example", {}},
                        {"[2001:db8::1]", {}},
                        {"fe80::1%lo/", {}},
                        {"300.0.0.1", {}},
                        {"0x7f.1", {}},
                        {"a b", {}},
                        {"a\nb", {}},
                        {std::string_view("a\0b", 3), {}}};
    for (const Row& row : rows) {
        CAPTURE(row.written);
        const auto offer = read(ntpv4 + siv + cookie + record(0x8006, text(row.written)) + end);
        CHECK(offer.has_value() == row.server.has_value());
        if (offer) {
            CHECK(offer->server == row.server);
        }
    }
    CHECK_FALSE(read(ntpv4 + siv + cookie + record(6, text(std::string(300, 'a'))) + end));
}

TEST_CASE("eight cookies are kept, the first ones") {
    Bytes bytes = ntpv4 + siv;
    for (std::uint8_t i = 0; i < 20; ++i) {
        bytes = bytes + record(5, {i, i, i, i});
    }
    const auto offer = read(bytes + end);
    REQUIRE(offer);
    CHECK(offer->cookies.size() == most_cookies);
    CHECK(offer->cookies.back() == Bytes{7, 7, 7, 7});
}

TEST_CASE("an answer longer than 64 KiB is refused, and nothing of it is kept") {
    KeyAnswer flood;
    const Bytes noise = record(0x4000, Bytes(1020));  // 1 KiB of nothing
    for (int i = 0; i < 64; ++i) {
        CHECK(flood.take(noise) == false);
    }
    const auto last = flood.take(noise);
    REQUIRE_FALSE(last);
    CHECK(last.error().failure == NtsFailure::malformed);
    CHECK(last.error().why == "the answer is longer than 65536 octets");

    KeyAnswer at_once;
    CHECK_FALSE(at_once.take(Bytes(1'000'000, 0x40)));
    KeyAnswer fits;
    CHECK(fits.take(ntpv4 + siv + cookie + end + Bytes(1'000'000)) == true);
}

}  // namespace
}  // namespace clockwright::ntp
