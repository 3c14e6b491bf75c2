#include "find/leases.h"

#include <doctest/doctest.h>

#include "tests/fakes/golden_find.h"

using namespace clockwright;

namespace {

const WallTime now = wall_time_of(1'795'827'600);  // 2026-11-28T01:00:00Z

Findings dhclient(const std::string& text) {
    return dhclient_leases({"/var/lib/dhcp/dhclient.eth0.leases", text}, now);
}

/// A parser of files from outside takes any beginning of one without a fault that is not said.
template <class Parse>
void truncate(const std::string& text, std::size_t most, Parse parse) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
        CAPTURE(length);
        CHECK(parse(text.substr(0, length)).sources.size() <= most);
    }
}

}  // namespace

TEST_CASE("systemd-networkd's leases and links name servers with file and line") {
    const Findings lease =
        networkd_lease({"/run/systemd/netif/leases/2", golden_text("networkd.lease")});
    CHECK(shown(lease) == "10.20.0.4:10 ntp2.corp.example:10");
    CHECK(lease.notes.empty());
    CHECK(lease.sources.front().origin ==
          Origin{Origin::Kind::lease, "/run/systemd/netif/leases/2", 10});
    const Findings link = networkd_lease({"links/2", golden_text("networkd.link")});
    CHECK(shown(link) == "10.20.0.4:6 fd20::4:6 ntp3.corp.example:6");
    truncate(golden_text("networkd.lease"), 2,
             [](const std::string& text) { return networkd_lease({"x", text}); });
}

TEST_CASE("what is no host in a lease becomes a note with file and line, and nothing else") {
    struct Row {
        const char* value;
        const char* sources;
        std::size_t notes;
    };
    const Row rows[] = {{"10.0.0.1 a;reboot 10.0.0.2", "10.0.0.1:2 10.0.0.2:2", 1},
                        {"$(id)", "", 1},
                        {"10.0.0.1:1123", "", 1},
                        {"nts://ntp1.example", "", 1},
                        {"-x.example", "", 1},
                        {"10.0.0.256", "", 1},
                        {"\x1b[2Jntp1.example", "", 1},
                        {"ntp1.example.", "ntp1.example.:2", 0},
                        {".", "", 1},
                        {"10.0.0.1 10.0.0.1", "10.0.0.1:2", 0},
                        {"", "", 0}};
    for (const Row& row : rows) {
        CAPTURE(row.value);
        const Findings found = networkd_lease({"lease", "A=1\nNTP=" + std::string(row.value)});
        CHECK(shown(found) == row.sources);
        REQUIRE(found.notes.size() == row.notes);
        if (row.notes > 0) CHECK(found.notes.front().starts_with("lease:2: "));
        for (const std::string& note : found.notes) {
            CHECK(note.find('\x1b') == std::string::npos);
        }
    }
}

TEST_CASE("a lease that names a thousand servers gives sixteen, and says so") {
    std::string text = "NTP=";
    for (int i = 0; i < 1000; ++i)
        text += "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250) + " !" +
                std::to_string(i) + " ";
    const Findings found = networkd_lease({"lease", text});
    CHECK(found.sources.size() == 16);
    CHECK(found.notes.size() == 9);
    CHECK(found.notes.back() == "lease:1: more faults, not shown");
}

TEST_CASE("a word of a million characters costs a short note") {
    const Findings found = networkd_lease({"lease", "NTP=" + std::string(1'000'000, '\x1b')});
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes.front() == "lease:1: a word of 1000000 characters is no host");
}

TEST_CASE("of dhclient's log the last lease of each interface counts, until it expires") {
    const Findings found = dhclient(golden_text("dhclient.leases"));
    CHECK(shown(found) == "10.40.0.1:16 10.40.0.2:16 ntp4.corp.example:17 10.41.0.1:24");
    CHECK(found.notes.empty());
    const auto later =
        dhclient_leases({"x", golden_text("dhclient.leases")}, now + std::chrono::hours{22});
    CHECK(shown(later) == "10.41.0.1:24");
}

TEST_CASE("a DHCPv6 lease ends with the life of its address") {
    CHECK(shown(dhclient(golden_text("dhclient6.leases"))) == "fd40::1:15 fd40::2:15 fd40::3:16");
    CHECK(dhclient_leases({"x", golden_text("dhclient6.leases")}, now + std::chrono::hours{10})
              .sources.empty());
}

TEST_CASE("dhclient's log: good and bad rows") {
    struct Row {
        const char* text;
        const char* sources;
        std::size_t notes;
    };
    const Row rows[] = {
        {"lease { option ntp-servers 10.0.0.1; }", "10.0.0.1:1", 0},
        {"lease { interface \"e\"; option ntp-servers 10.0.0.1; } lease { interface \"e\"; }", "",
         0},
        {"lease { option ntp-servers 10.0.0.1;", "", 1},
        {"lease { option ntp-servers 10.0.0.1; expire soon; }", "", 1},
        {"lease { option ntp-servers 10.0.0.1; expire 6 2026/11/31 25:00:00; }", "", 1},
        {"lease { option ntp-servers 10.0.0.1; expire 6 2026/11/28 01:00:00; }", "", 0},
        {"lease { option ntp-servers 10.0.0.1; expire 6 2026/11/28 01:00:01; }", "10.0.0.1:1", 0},
        {"lease { option ntp-servers 10.0.0.1; expire epoch 99999999999999999; }", "10.0.0.1:1", 0},
        {"lease { option host-name \"option ntp-servers 10.0.0.9;\"; }", "", 0},
        {"# lease { option ntp-servers 10.0.0.1; }", "", 0},
        {"option ntp-servers 10.0.0.1;", "", 0},
        {"other { option ntp-servers 10.0.0.1; }", "", 0},
        {"} } ; ; lease { option ntp-servers 10.0.0.1; }", "10.0.0.1:1", 0},
        {"lease { option ntp-servers; option; expire; interface; }", "", 0},
        {"a { b { c { d { e { f { g { h { i { lease { option ntp-servers 10.0.0.1; }", "", 1},
        {"", "", 0}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const Findings found = dhclient(row.text);
        CHECK(shown(found) == row.sources);
        CHECK(found.notes.size() == row.notes);
    }
    truncate(golden_text("dhclient.leases"), 4, dhclient);
    truncate(golden_text("dhclient6.leases"), 3, dhclient);
}

TEST_CASE("a log cut off in its last lease gives the complete ones") {
    const std::string text = golden_text("dhclient.leases");
    const Findings found = dhclient(text.substr(0, text.rfind('}')));
    CHECK(shown(found) == "10.40.0.1:16 10.40.0.2:16 ntp4.corp.example:17 10.41.0.1:24");
    CHECK(found.notes.size() == 1);
}

TEST_CASE("NetworkManager: what its devices have now, and the leases of their connections") {
    const std::string uuid = "5f7c1e7a-0000-4000-8000-00000000d00d";
    const std::vector<FileText> devices{{"devices/2", golden_text("nm-device")}};
    const std::string lease = golden_text("internal-" + uuid + "-eth0.lease");
    const std::vector<FileText> leases{
        {"/var/lib/NetworkManager/internal-" + uuid + "-eth0.lease", lease},
        {"/var/lib/NetworkManager/internal-11111111-0000-4000-8000-00000000aaaa-eth0.lease",
         "NTP=10.30.0.66\n"},
        {"/var/lib/NetworkManager/dhclient-" + uuid + "-eth0.lease",
         "lease { option ntp-servers 10.30.0.5; expire never; }"}};
    const Findings found = network_manager_leases(devices, leases, now);
    // [dhcp6] has expired
    CHECK(shown(found) == "10.30.0.1:10 10.30.0.2:10 10.30.0.3:3 10.30.0.5:1");
    CHECK(network_manager_leases({}, leases, now).sources.empty());
    CHECK(shown(network_manager_leases(devices, {}, wall_time_of(0))) ==
          "10.30.0.1:10 10.30.0.2:10 fd30::1:14");
    truncate(golden_text("nm-device"), 3, [](const std::string& text) {
        const std::vector<FileText> cut{{"devices/2", text}};
        return network_manager_leases(cut, {}, now);
    });
}
