#include "time/host_name.h"

#include <doctest/doctest.h>

#include <vector>

namespace clockwright {
namespace {

std::string repeat(std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) {
        text += part;
    }
    return text;
}

TEST_CASE("a name is known without the dot of the root") {
    CHECK(without_root_dot("a.example.") == "a.example");
    CHECK(without_root_dot("a.example") == "a.example");
    CHECK(without_root_dot("a..") == "a.");
    CHECK(without_root_dot("") == "");
}

TEST_CASE("a host is a name or an address, with a port or without") {
    struct Row {
        const char* text;
        HostName host;
        const char* canonical;
        bool literal;
    };
    const std::vector<Row> rows{
        {"ntp1.example", {"ntp1.example", 123, false}, "ntp1.example", false},
        {"NTP1.Example:123", {"NTP1.Example", 123, false}, "NTP1.Example", false},
        {"ntp:11123", {"ntp", 11123, false}, "ntp:11123", false},
        {"a:65535", {"a", 65535, false}, "a:65535", false},
        {"a:1", {"a", 1, false}, "a:1", false},
        {"0.pool.example", {"0.pool.example", 123, false}, "0.pool.example", false},
        {"3com.example", {"3com.example", 123, false}, "3com.example", false},
        {"a--b.x_y.example", {"a--b.x_y.example", 123, false}, "a--b.x_y.example", false},
        {"xn--bcher-kva.example",
         {"xn--bcher-kva.example", 123, false},
         "xn--bcher-kva.example",
         false},
        {"192.0.2.1", {"192.0.2.1", 123, false}, "192.0.2.1", true},
        {"192.0.2.1:99", {"192.0.2.1", 99, false}, "192.0.2.1:99", true},
        {"::1", {"::1", 123, false}, "::1", true},
        {"[::1]", {"::1", 123, false}, "::1", true},
        {"[::1]:123", {"::1", 123, false}, "::1", true},
        {"[2001:db8::1]:11123", {"2001:db8::1", 11123, false}, "[2001:db8::1]:11123", true},
        {"fe80::1%2", {"fe80::1%2", 123, false}, "fe80::1%2", true},
        {"nts://time.example", {"time.example", 4460, true}, "nts://time.example", false},
        {"nts://time.example:4460", {"time.example", 4460, true}, "nts://time.example", false},
        {"nts://time.example:123", {"time.example", 123, true}, "nts://time.example:123", false},
        {"nts://[2001:db8::1]:9", {"2001:db8::1", 9, true}, "nts://[2001:db8::1]:9", true},
        {"nts://[2001:db8::1]", {"2001:db8::1", 4460, true}, "nts://[2001:db8::1]", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto host = parse_host(row.text);
        REQUIRE(host);
        CHECK(*host == row.host);
        CHECK(to_string(*host) == row.canonical);
        CHECK(parse_host(to_string(*host)) == host);
        CHECK(is_address_literal(*host) == row.literal);
    }
}

TEST_CASE("what could mean something else to a resolver, a shell or a file is no host") {
    struct Row {
        std::string text;
        const char* why;  ///< part of the reason
    };
    const std::vector<Row> rows{
        {"", "empty"},
        {":123", "empty"},
        {"nts://", "empty"},
        {"a.example\n", "only letters"},
        {"a.example\nserver evil", "only letters"},
        {" a.example", "only letters"},
        {"a example", "only letters"},
        {"a\tb", "only letters"},
        {std::string("a\0b", 3), "only letters"},
        {"a;reboot", "only letters"},
        {"$(reboot)", "only letters"},
        {"`id`", "only letters"},
        {"a'b", "only letters"},
        {"../etc/passwd", "empty label"},
        {"a/b", "only letters"},
        {"user@a", "only letters"},
        {"*", "only letters"},
        {"\xc3\xa9.example", "only letters"},
        {"\xff", "only letters"},
        {"\x1b[2J", "only letters"},
        {"-v", "starts or ends with '-'"},
        {"--help", "starts or ends with '-'"},
        {"a-.example", "starts or ends with '-'"},
        {"_a.example", "starts or ends with '_'"},
        {"a..b", "empty label"},
        {".a", "empty label"},
        {"a.example.", "empty label"},
        {".", "empty label"},
        {"1.2.3", "end in a number"},
        {"1.2.3.256", "end in a number"},
        {"2130706433", "end in a number"},
        {"0x7f.1", "end in a number"},
        {"0x7f000001", "end in a number"},
        {"a.0X7F", "end in a number"},
        {"127.0.0.0x", "end in a number"},
        {repeat("a", 64) + ".example", "longer than 63"},
        {repeat("abcdefghi.", 25) + "abcd", "longer than 253"},
        {"name:", "port"},
        {"name:0", "port"},
        {"name:65536", "port"},
        {"name:99999999999", "port"},
        {"name:+123", "port"},
        {"name:-1", "port"},
        {"name:0123", "port"},
        {"name: 123", "port"},
        {"name:123 ", "port"},
        {"name:12a", "port"},
        {"name:ntp", "port"},
        {"[::1", "bracket"},
        {"[::1]x", "bracket"},
        {"[::1]123", "bracket"},
        {"[::1]:", "port"},
        {"[::1]:0", "port"},
        {"[name]:123", "between the brackets"},
        {"[192.0.2.1]:123", "between the brackets"},
        {"[]", "between the brackets"},
        {"[[::1]]", "bracket"},
        {"a:b:c", "neither name:port nor an IPv6 address"},
        {"fe80::1%eth0", "neither name:port nor an IPv6 address"},
        {"NTS://a.example", "port"},
        {"ntp://a.example", "port"},
        {"nts://nts://a", "port"},
        {"nts:a", "port"},
        {"nts://a/", "only letters"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto host = parse_host(row.text);
        REQUIRE_FALSE(host);
        CHECK(host.error().fault == Fault::usage);
        CAPTURE(host.error().message);
        CHECK(host.error().message.contains(row.why));
        CHECK_FALSE(host.error().message.contains('\n'));
        CHECK_FALSE(host.error().message.contains('\x1b'));
    }
}

TEST_CASE("a name of 253 characters and a label of 63 are allowed") {
    const std::string longest = repeat("abcdefghi.", 25) + "abc";
    REQUIRE(longest.size() == 253);
    CHECK(parse_host(longest));
    CHECK(parse_host(repeat("a", 63) + ".example"));
}

TEST_CASE("a refusal names the text, escaped") {
    CHECK(parse_host("a\nb").error().message ==
          R"("a\x0ab" is no host: only letters, digits, '-', '_' and '.' are allowed)");
}

}  // namespace
}  // namespace clockwright
