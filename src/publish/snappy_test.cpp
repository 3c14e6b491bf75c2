#include "publish/snappy.h"

#include <doctest/doctest.h>

#include "tests/fakes/unsnappy.h"

using namespace clockwright;
using namespace std::literals;

TEST_CASE("a block begins with its length and has what is new as it is") {
    CHECK(snappy("") == "\0"s);
    CHECK(snappy("abc") ==
          "\x03\x08"
          "abc"s);
    CHECK(snappy(std::string(70, 'x').substr(0, 1)) == "\x01\0x"s);
}

TEST_CASE("what repeats is told as a copy of what was") {
    // A literal of "abcd", then eight octets from four back.
    CHECK(snappy("abcdabcdabcd") ==
          "\x0c\x0c"
          "abcd"
          "\x1e\x04\0"s);
}

TEST_CASE("a reader gets every octet back, whatever their number") {
    std::string mixed;
    for (unsigned i = 0; i < 200'000; ++i) mixed += static_cast<char>(i * i >> 7U ^ i / 300);
    for (const std::size_t size : {1uz, 59uz, 60uz, 61uz, 62uz, 255uz, 256uz, 257uz, 258uz,
                                   65'535uz, 65'536uz, 65'537uz, 65'538uz, 200'000uz}) {
        CAPTURE(size);
        CHECK(unsnappy(snappy(mixed.substr(0, size))) == mixed.substr(0, size));
        CHECK(unsnappy(snappy(std::string(size, 'a'))) == std::string(size, 'a'));
    }
}

TEST_CASE("nothing is copied from farther back than a copy can tell") {
    std::string far = "a thing that comes again";
    for (unsigned i = 0; i < 70'000; ++i) far += static_cast<char>(i * 2'654'435'761U >> 24U);
    far += "a thing that comes again";
    CHECK(unsnappy(snappy(far)) == far);
}
