#include "find/dhcp_options.h"

#include <doctest/doctest.h>

#include "tests/fakes/golden_find.h"

using namespace clockwright;

namespace {

using Servers = std::vector<std::string>;

std::string bootp(const std::string& options) {
    return std::string(236, '\0') + "\x63\x82\x53\x63" + options;
}

std::string reply6(const std::string& options) {
    return "\x07" + std::string("\x01\x02\x03") + options;
}

}  // namespace

TEST_CASE("option 42 of a lease as it was on the wire, split options joined") {
    const std::string message = golden_octets("dhcpcd.lease.hex");
    CHECK(dhcp4_time_servers(message) == Servers{"10.90.0.2", "10.90.0.3", "10.90.0.4"});
    for (std::size_t length = 0; length < message.size(); ++length) {
        CAPTURE(length);
        CHECK(dhcp4_time_servers(message.substr(0, length)).size() <= 3);
    }
    const Findings found = dhcpcd_lease({"/var/lib/dhcpcd/eth0.lease", message});
    CHECK(shown(found) == "10.90.0.2:0 10.90.0.3:0 10.90.0.4:0");
    CHECK(to_string(found.sources.front().origin) == "/var/lib/dhcpcd/eth0.lease");
}

TEST_CASE("options 31 and 56 of DHCPv6: addresses and names, no multicast group") {
    const std::string message = golden_octets("dhcpcd.lease6.hex");
    CHECK(dhcp6_time_servers(message) ==
          Servers{"fd90::1", "fd90::2", "fd90::3", "ntp.corp.example"});
    for (std::size_t length = 0; length < message.size(); ++length) {
        CAPTURE(length);
        CHECK(dhcp6_time_servers(message.substr(0, length)).size() <= 3);
    }
    CHECK(shown(dhcpcd_lease({"/var/lib/dhcpcd/eth0.lease6", message})) ==
          "fd90::1:0 fd90::2:0 fd90::3:0 ntp.corp.example:0");
}

TEST_CASE("an option that claims more than there is gives nothing") {
    CHECK(dhcp4_time_servers(bootp("\x2a\x04\x0a\x01\x01\x01\xff")) == Servers{"10.1.1.1"});
    CHECK(dhcp4_time_servers(bootp("\x2a\x05\x0a\x01\x01\x01\xff")) == Servers{"10.1.1.1"});
    CHECK(dhcp4_time_servers(bootp("\x2a\x08\x0a\x01\x01\x01\xff")).empty());
    CHECK(dhcp4_time_servers(bootp("\x2a")).empty());
    CHECK(dhcp4_time_servers(bootp("\xff\x2a\x04\x0a\x01\x01\x01")).empty());
    CHECK(dhcp4_time_servers(std::string(400, '\x2a')).empty());
    using namespace std::string_literals;
    CHECK(dhcp6_time_servers(reply6("\x00\x1f\x00\x11"s + std::string(16, '\x20'))).empty());
    CHECK(dhcp6_time_servers(reply6("\x00\x38\x00\x06\x00\x01\x00\x02\xfd\x01"s)).empty());
    CHECK(dhcp6_time_servers("\x07").empty());
}

TEST_CASE("a name whose labels do not end is no host") {
    using namespace std::string_literals;
    for (const std::string& name : {"\x05ntp"s, "\x03ntp"s, "\xc0\x0c"s, "\x03ntp\x00x"s, ""s}) {
        std::string option = "\x00\x38\x00"s + static_cast<char>(4 + name.size()) +
                             "\x00\x03\x00"s + static_cast<char>(name.size()) + name;
        const Findings found = dhcpcd_lease({"x.lease6", reply6(option)});
        CHECK(found.sources.empty());
        CHECK(found.notes.size() == 1);
    }
}
