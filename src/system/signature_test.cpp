#include "system/signature.h"

#include <doctest/doctest.h>

using namespace clockwright;
using clockwright::system::sign_document;
using clockwright::system::verify_signature;

namespace {

// RFC 8032 §7.1, test 3.
const std::string document = "\xaf\x82";
const std::string key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=\n"
    "-----END PUBLIC KEY-----\n";
const std::string signature =
    "YpHWV97sJAJIJ+acOr4BowzlSKKEdDpEXjaA19taw6wY/5tTjRbykK5n92CYTcZZSnwV6XFu0o3AJ77O6h7ECg==";

}  // namespace

TEST_CASE("a document is verified by the key that signed it") {
    CHECK(verify_signature(document, signature, key).has_value());
    CHECK(verify_signature(document, "\n " + signature + "\r\n", key).has_value());
}

// The private key of the same test vector, as `openssl genpkey -algorithm ed25519` writes them.
const std::string private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3\n"
    "-----END PRIVATE KEY-----\n";

TEST_CASE("a document is signed as RFC 8032 has it, and the public key verifies that") {
    const auto made = sign_document(document, private_key);
    REQUIRE(made);
    CHECK(*made == signature + "\n");
    CHECK(verify_signature(document, *made, key).has_value());
}

TEST_CASE("what is no private key without a pass phrase signs nothing") {
    for (const std::string& bad : {std::string{}, std::string("hello"), key}) {
        CAPTURE(bad);
        CHECK(sign_document(document, bad).error().fault == Fault::bad_input);
    }
}

TEST_CASE("an altered document or signature is refused") {
    CHECK(verify_signature("\xaf\x83", signature, key).error().fault == Fault::failed);
    CHECK_FALSE(verify_signature("", signature, key).has_value());
    for (std::size_t i = 0; i < signature.size(); ++i) {
        CAPTURE(i);
        std::string altered = signature;
        altered[i] = altered[i] == 'B' ? 'C' : 'B';
        CHECK_FALSE(verify_signature(document, altered, key).has_value());
        CHECK_FALSE(verify_signature(document, signature.substr(0, i), key).has_value());
    }
}

TEST_CASE("what is no public Ed25519 key is a faulty input") {
    const std::string p256 =
        "-----BEGIN PUBLIC KEY-----\n"
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
        "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
        "-----END PUBLIC KEY-----\n";
    for (const std::string& bad : {std::string{}, std::string("hello"), key.substr(0, 60), p256}) {
        CAPTURE(bad);
        CHECK(verify_signature(document, signature, bad).error().fault == Fault::bad_input);
    }
}
