#include "time/address.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright {
namespace {

IpAddress address(std::string_view text) {
    const auto parsed = parse_address(text);
    REQUIRE_MESSAGE(parsed, text);
    return *parsed;
}

TEST_CASE("an address is written as RFC 5952 says") {
    struct Row {
        const char* text;
        const char* canonical;
    };
    const std::vector<Row> rows{
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.254.253.252", "255.254.253.252"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:0db8::0001", "2001:db8::1"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
        {"::1.2.3.4", "::102:304"},
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"::ffff:102:304", "1.2.3.4"},
        {"fe80::1%7", "fe80::1%7"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(to_string(address(row.text)) == row.canonical);
        CHECK(address(row.canonical) == address(row.text));
    }
}

TEST_CASE("nothing but a whole address is an address") {
    const std::vector<const char*> rows{
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.04",
        "01.2.3.4",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        " 1.2.3.4",
        "1.2.3.4 ",
        "1.2.3.4\n",
        "+1.2.3.4",
        "0x1.2.3.4",
        "1.2.3.-4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "::1:",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4::5:6:7:8",
        ":1:2:3:4:5:6:7:8",
        "12345::",
        "g::",
        "::1 ",
        "::1.2.3",
        "1.2.3.4::",
        "1.2.3.4%1",
        "::1%1",
        "fe80::1%",
        "fe80::1%0",
        "fe80::1%eth0",
        "fe80::1%4294967296",
        "fe80::1%-1",
        "::ffff:169.254.1.1%2",
        "[::1]",
        "1:2:3:4:5:6:7:1.2.3.4",
    };
    for (const char* row : rows) {
        CAPTURE(row);
        CHECK_FALSE(parse_address(row));
    }
}

TEST_CASE("the bytes of an address stand in network order") {
    CHECK(address("1.2.3.4").bytes == std::array<std::uint8_t, 16>{1, 2, 3, 4});
    CHECK(address("102:304:506:708:90a:b0c:d0e:f10").bytes ==
          std::array<std::uint8_t, 16>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
}

TEST_CASE("every address has one kind, and the rest are strangers on the internet") {
    enum class Kind { loopback, private_use, link_local, multicast, unspecified, stranger };
    struct Row {
        const char* text;
        Kind kind;
    };
    const std::vector<Row> rows{
        {"127.0.0.1", Kind::loopback},
        {"127.255.255.255", Kind::loopback},
        {"::1", Kind::loopback},
        {"10.0.0.0", Kind::private_use},
        {"172.16.0.1", Kind::private_use},
        {"172.31.255.255", Kind::private_use},
        {"192.168.9.9", Kind::private_use},
        {"100.64.0.1", Kind::private_use},
        {"100.127.255.255", Kind::private_use},
        {"fc00::1", Kind::private_use},
        {"fdff::1", Kind::private_use},
        {"169.254.169.123", Kind::link_local},
        {"fe80::1", Kind::link_local},
        {"febf::1", Kind::link_local},
        {"224.0.1.1", Kind::multicast},
        {"239.255.255.255", Kind::multicast},
        {"255.255.255.255", Kind::multicast},
        {"ff02::101", Kind::multicast},
        {"0.0.0.0", Kind::unspecified},
        {"::", Kind::unspecified},
        {"126.255.255.255", Kind::stranger},
        {"128.0.0.1", Kind::stranger},
        {"11.0.0.1", Kind::stranger},
        {"172.15.0.1", Kind::stranger},
        {"172.32.0.1", Kind::stranger},
        {"192.167.0.1", Kind::stranger},
        {"100.63.0.1", Kind::stranger},
        {"100.128.0.1", Kind::stranger},
        {"169.253.0.1", Kind::stranger},
        {"223.255.255.255", Kind::stranger},
        {"2001:db8::1", Kind::stranger},
        {"fe00::1", Kind::stranger},
        {"fec0::1", Kind::stranger},
        {"::2", Kind::stranger},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const IpAddress it = address(row.text);
        CHECK(it.is_loopback() == (row.kind == Kind::loopback));
        CHECK(it.is_private() == (row.kind == Kind::private_use));
        CHECK(it.is_link_local() == (row.kind == Kind::link_local));
        CHECK(it.is_multicast() == (row.kind == Kind::multicast));
        CHECK(it.is_unspecified() == (row.kind == Kind::unspecified));
        CHECK(it.is_public() == (row.kind == Kind::stranger));
    }
}

TEST_CASE("24 bits of IPv4 and 48 bits of IPv6 make one network") {
    struct Row {
        const char *one, *other;
        bool same;
    };
    const std::vector<Row> rows{
        {"192.0.2.1", "192.0.2.254", true},
        {"192.0.2.1", "192.0.3.1", false},
        {"2001:db8:1::1", "2001:db8:1:ffff::", true},
        {"2001:db8:1::1", "2001:db8:2::1", false},
        {"0.0.0.1", "::", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.one);
        CHECK(address(row.one).shares_network(address(row.other)) == row.same);
        CHECK(address(row.other).shares_network(address(row.one)) == row.same);
    }
}

TEST_CASE("an endpoint brackets IPv6") {
    CHECK(to_string(Endpoint{address("192.0.2.1")}) == "192.0.2.1:123");
    CHECK(to_string(Endpoint{address("2001:db8::1"), 4460}) == "[2001:db8::1]:4460");
}

}  // namespace
}  // namespace clockwright
