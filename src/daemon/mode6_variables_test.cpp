#include <doctest/doctest.h>

#include "daemon/mode6.h"

using namespace clockwright;
using namespace clockwright::mode6;

namespace {

/// The variables with the text that they are views of.
struct Read {
    std::string bytes;
    Variables variables;

    explicit Read(std::string text)
        : bytes(std::move(text)),
          variables({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}) {}
};

std::string value_of(const std::string& text, std::string_view name) {
    return std::string(Read(text).variables.text(name).value_or("(none)"));
}

}  // namespace

TEST_CASE("variables are names with values, plain or quoted, over lines") {
    const Read read(
        "leap=00, version=\"ntpd 4.2.8p15, built\",\r\nrefid=GPS,\r\nempty=,flag, quoted=\"\", "
        "last=1\r\n\0\0");
    CHECK(read.variables.text("leap") == "00");
    CHECK(read.variables.text("version") == "ntpd 4.2.8p15, built");
    CHECK(read.variables.text("refid") == "GPS");
    CHECK(read.variables.text("empty") == "");
    CHECK(read.variables.text("quoted") == "");
    CHECK(read.variables.text("last") == "1");
    CHECK_FALSE(read.variables.text("flag"));
    CHECK_FALSE(read.variables.text("lea"));
    CHECK(read.variables.size() == 6);
}

TEST_CASE("what lay on the daemon's stack spoils no other variable") {
    for (const std::string& garbage : std::vector<std::string>{
             std::string("\x80\xa9\xf0^\xfd\x7f 0.00 0.00"), std::string("0\"\xd5\xb4\xee 0.01"),
             std::string("\"\xd5\xb4 0.01"), std::string("a,b=\"c,d"), std::string("==\"=,\"=,="),
             std::string("\0\0\0", 3), std::string("\x01\x02,\x03"), std::string("{}[]%n%s")}) {
        CAPTURE(garbage);
        const std::string text = "reach=0x1, filtdelay=" + garbage +
                                 ",\r\noffset=0.5,\r\nfiltdisp=" + garbage +
                                 ",\r\nflash=0x400, srchost=\"ntp1.example\", ntscookies=8\r\n";
        CHECK(value_of(text, "reach") == "0x1");
        CHECK(value_of(text, "offset") == "0.5");
        CHECK(value_of(text, "flash") == "0x400");
        CHECK(value_of(text, "srchost") == "ntp1.example");
        CHECK(value_of(text, "ntscookies") == "8");
    }
}

TEST_CASE("of two variables with one name the first counts") {
    CHECK(value_of("a=1, a=2", "a") == "1");
}

TEST_CASE("numbers are read whole or not at all") {
    const Read read(
        "a=1.5, b=-0.001, c=+3, d=1e400, e=nan, f=0x1f, g=12x, h=, i=inf, j=0xffffffff, "
        "k=0x100000000, l=-1, m=99999999999999999999, n=0x");
    const Variables& found = read.variables;
    CHECK(found.number("a") == 1.5);
    CHECK(found.number("b") == -0.001);
    CHECK(found.number("c") == 3.0);
    for (const auto* name : {"d", "e", "g", "h", "i", "absent"}) {
        CAPTURE(name);
        CHECK_FALSE(found.number(name));
    }
    CHECK(found.integer("f") == 0x1f);
    CHECK(found.integer("j") == 0xffffffff);
    CHECK(found.integer("l") == -1);
    for (const auto* name : {"a", "g", "h", "k", "m", "n", "absent"}) {
        CAPTURE(name);
        CHECK_FALSE(found.integer(name));
    }
}

TEST_CASE("a timestamp is two words of eight hexadecimal digits") {
    const Read read(
        "a=0xeeb4d148.f7ae2d0d, b=0xeeb4d148, c=0xeeb4d148.f7ae2d0, d=0xeeb4d148-f7ae2d0d, "
        "e=1xeeb4d148.f7ae2d0d, f=0xeeb4d14x.f7ae2d0d, g=0x-eb4d148.f7ae2d0d");
    CHECK(read.variables.timestamp("a") == 0xeeb4d148f7ae2d0d);
    for (const auto* name : {"b", "c", "d", "e", "f", "g", "absent"}) {
        CAPTURE(name);
        CHECK_FALSE(read.variables.timestamp(name));
    }
}
