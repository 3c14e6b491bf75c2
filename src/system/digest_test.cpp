#include "system/digest.h"

#include <doctest/doctest.h>

#include <string>

using namespace clockwright::system;

TEST_CASE("the vectors of RFC 4231 come out as they stand there") {
    CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hmac_sha256_hex(std::string(131, '\xaa'),
                          "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("the vectors of FIPS 180-4 and RFC 1321 come out as they stand there") {
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_CASE("an IPv6 address has the first four octets of its MD5 as its refid") {
    const auto address = clockwright::parse_address("2001:db8::1");
    REQUIRE(address);
    CHECK(ipv6_refid(*address) == 0x39ab9b37);
}
