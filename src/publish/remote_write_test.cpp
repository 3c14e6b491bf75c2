#include "publish/remote_write.h"

#include <doctest/doctest.h>

#include "tests/fakes/unsnappy.h"

using namespace clockwright;
using namespace std::literals;

namespace {

constexpr WallTime at{1'764'349'200'123ms + 456us};

std::string request_of(std::string_view lines) {
    const auto body = remote_write_body(lines);
    REQUIRE(body.has_value());
    return unsnappy(*body).value_or("no block");
}

}  // namespace

TEST_CASE("each sample of the metrics is a line with whose it is and its millisecond") {
    RemoteWriteLines lines("db1");
    CHECK(lines.of("# HELP up x y\n# TYPE up gauge\nup 1\nrtt{server=\"a b\"} 2.5e-05\n", at) ==
          "up{instance=\"db1\",job=\"clockwright\"} 1 1764349200123\n"
          "rtt{instance=\"db1\",job=\"clockwright\",server=\"a b\"} 2.5e-05 1764349200123\n");
}

TEST_CASE("a series that is no more ends, once") {
    RemoteWriteLines lines("db1");
    static_cast<void>(lines.of("up 1\nbound 2\n", at));
    CHECK(lines.of("up 1\n", at + 1s) ==
          "up{instance=\"db1\",job=\"clockwright\"} 1 1764349201123\n"
          "bound{instance=\"db1\",job=\"clockwright\"} NaN 1764349201123\n");
    CHECK(lines.of("up 1\n", at + 2s) ==
          "up{instance=\"db1\",job=\"clockwright\"} 1 1764349202123\n");
}

TEST_CASE("the body has each series once, its labels in order and its samples as they came") {
    CHECK(request_of("up{z=\"1\",b=\"\\\"\\\\\"} 1 1000\nup{z=\"1\",b=\"\\\"\\\\\"} -2 128\n") ==
          "\x0a\x3d"                            // a time series of 61 octets
          "\x0a\x0e\x0a\x08__name__\x12\x02up"  // labels
          "\x0a\x07\x0a\x01"
          "b\x12\x02\"\\"
          "\x0a\x06\x0a\x01z\x12\x01"
          "1"
          "\x12\x0c\x09\0\0\0\0\0\0\xf0\x3f\x10\xe8\x07"  // samples: 1.0 at 1000
          "\x12\x0c\x09\0\0\0\0\0\0\0\xc0\x10\x80\x01"s);
}

TEST_CASE("the end of a series is the marker that readers know, and no other NaN") {
    CHECK(request_of("up{} NaN 1\n").ends_with("\x09\x02\0\0\0\0\0\xf0\x7f\x10\x01"s));
}

TEST_CASE("an empty label is none") {
    CHECK(request_of("up{address=\"\"} 1 1\n") == request_of("up{} 1 1\n"));
}

TEST_CASE("what is no sample is refused as a whole, and named") {
    for (const std::string_view line :
         {"up", "up 1", "up 1 1", "up{} x 1", "up{} 1 x", "up{} 1 1.5", "{} 1 1", "up{a} 1 1",
          "up{a=\"b} 1 1", "up{a=\"b\"x} 1 1", "up{a=\"b\",a=\"c\"} 1 1", "up{=\"b\"} 1 1", ""}) {
        CAPTURE(line);
        const auto body = remote_write_body("good{} 1 1\n" + std::string(line) + "\n");
        REQUIRE_FALSE(body.has_value());
        CHECK(body.error().message.contains(line.substr(0, 2)));
    }
}

TEST_CASE("lines are parted where their moment changes") {
    CHECK(by_moment("a{} 1 5\nb{} 1 5\nc{} 1 6\na{} 1 5\n") ==
          std::vector<std::string_view>{"a{} 1 5\nb{} 1 5", "c{} 1 6", "a{} 1 5"});
    CHECK(by_moment("").empty());
}

TEST_CASE("a refusal for the order is known by its words") {
    CHECK(is_too_late("out of order sample\n"));
    CHECK(is_too_late("out of bounds"));
    CHECK(is_too_late("duplicate sample for timestamp"));
    CHECK_FALSE(is_too_late("label name is too long"));
    const char* early = "out of bounds: timestamp is too far in the future";
    CHECK_FALSE(is_too_late(early));
    CHECK(is_too_early(early));
    CHECK_FALSE(is_too_early("out of bounds"));
}
