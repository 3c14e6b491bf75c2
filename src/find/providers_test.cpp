#include "find/providers.h"

#include <doctest/doctest.h>

#include "find/leases.h"
#include "tests/fakes/golden_find.h"
#include "tests/fakes/tree_host.h"

using namespace clockwright;

namespace {

const WallTime now = wall_time_of(1'795'827'600);  // 2026-11-28T01:00:00Z

std::string names(const Findings& findings) {
    std::string text;
    for (const Source& source : findings.sources)
        text += (text.empty() ? "" : " ") + source.as_written;
    return text;
}

Findings sources(const TreeHost& host) {
    return machine_sources(host, now, {});
}

TreeHost one(const std::string& path, const std::string& content) {
    TreeHost host;
    host.files[path] = content;
    return host;
}

const std::string uuid = "5f7c1e7a-0000-4000-8000-00000000d00d";

}  // namespace

TEST_CASE("every kind of file is found where its program keeps it") {
    struct Row {
        std::string path, golden, sources;
    };
    const Row rows[] = {
        {"/run/systemd/netif/leases/2", "networkd.lease", "10.20.0.4 ntp2.corp.example"},
        {"/run/systemd/netif/links/2", "networkd.link", "10.20.0.4 fd20::4 ntp3.corp.example"},
        {"/run/NetworkManager/devices/3", "nm-device", "10.30.0.1 10.30.0.2"},
        {"/var/lib/dhcp/dhclient.eth0.leases", "dhclient.leases",
         "10.40.0.1 10.40.0.2 ntp4.corp.example 10.41.0.1"},
        {"/var/lib/dhclient/dhclient6.leases", "dhclient6.leases", "fd40::1 fd40::2 fd40::3"},
        {"/run/dhcpcd/hook-state/ntp.conf.eth0.dhcp", "ntp.conf.eth0.dhcp",
         "10.50.0.1 ntp5.corp.example"},
        {"/run/chrony-dhcp/eth0.sources", "eth0.sources", "10.60.0.1 pool6.corp.example"},
        {"/etc/systemd/timesyncd.conf", "timesyncd.conf", "10.70.0.1 ntp7.corp.example"},
        {"/etc/cloud/cloud.cfg.d/90_ntp.cfg", "cloud-init.cfg",
         "10.80.0.1 ntp8.corp.example pool8.corp.example pool9.corp.example"}};
    for (const Row& row : rows) {
        CAPTURE(row.path);
        const Findings found = sources(one(row.path, golden_text(row.golden)));
        CHECK(names(found) == row.sources);
        CHECK(found.notes.empty());
        for (const Source& source : found.sources) {
            CHECK(source.origin.kind == Origin::Kind::lease);
            CHECK(source.origin.file == row.path);
            CHECK(source.origin.line > 0);
        }
    }
}

TEST_CASE("a lease of NetworkManager counts only for a connection that is up") {
    TreeHost host = one("/var/lib/NetworkManager/internal-" + uuid + "-eth0.lease",
                        golden_text("internal-" + uuid + "-eth0.lease"));
    CHECK(sources(host).sources.empty());
    host.files["/run/NetworkManager/devices/2"] = "[device]\nconnection-uuid=" + uuid + "\n";
    CHECK(names(sources(host)) == "10.30.0.3");
}

TEST_CASE("a lease of dhcpcd counts while its interface is up") {
    TreeHost host = one("/var/lib/dhcpcd/eth0.lease", golden_octets("dhcpcd.lease.hex"));
    CHECK(sources(host).sources.empty());
    host.files["/sys/class/net/eth0/operstate"] = "down\n";
    CHECK(sources(host).sources.empty());
    host.files["/sys/class/net/eth0/operstate"] = "up\n";
    CHECK(names(sources(host)) == "10.90.0.2 10.90.0.3 10.90.0.4");
}

TEST_CASE("a host that two files name has the origin of the first kind") {
    TreeHost host = one("/etc/systemd/timesyncd.conf", "[Time]\nNTP=10.0.0.1 10.0.0.2\n");
    host.files["/run/systemd/netif/leases/2"] = "NTP=10.0.0.1\n";
    const Findings found = sources(host);
    CHECK(names(found) == "10.0.0.1 10.0.0.2");
    CHECK(found.sources.front().origin.file == "/run/systemd/netif/leases/2");
}

TEST_CASE("what the daemon reads through its sourcedir is not read a second time") {
    const TreeHost host = one("/run/chrony-dhcp/eth0.sources", golden_text("eth0.sources"));
    CHECK(machine_sources(host, now, {"/run/chrony-dhcp/eth0.sources"}).sources.empty());
}

TEST_CASE("timesyncd's drop-ins go by name, those of /etc before those of the vendor") {
    TreeHost host = one("/usr/lib/systemd/timesyncd.conf", "[Time]\nNTP=main.example\n");
    host.files["/usr/lib/systemd/timesyncd.conf.d/50-a.conf"] = "[Time]\nNTP=vendor.example\n";
    host.files["/etc/systemd/timesyncd.conf.d/50-a.conf"] = "[Time]\nNTP=ours.example\n";
    host.files["/run/systemd/timesyncd.conf.d/40-b.conf"] = "[Time]\nNTP=run.example\n";
    CHECK(names(sources(host)) == "main.example run.example ours.example");
    host.links["/etc/systemd/timesyncd.conf.d/50-a.conf"] = "/dev/null";
    CHECK(names(sources(host)) == "main.example run.example");
}

TEST_CASE("fallback servers count only while timesyncd runs and nothing else is known") {
    TreeHost host = one("/etc/systemd/timesyncd.conf", "[Time]\nFallbackNTP=f.example\n");
    CHECK(sources(host).sources.empty());
    host.programs = {{"systemd-timesyncd", 611, {}, true, false}};
    CHECK(names(sources(host)) == "f.example");
    host.files["/run/systemd/netif/leases/2"] = "NTP=10.0.0.1\n";
    CHECK(names(sources(host)) == "10.0.0.1");
}

TEST_CASE("closed files are counted in one note and cost nothing else") {
    TreeHost host = one("/run/systemd/netif/leases/2", "NTP=10.0.0.1\n");
    host.closed = {"/var/lib/dhcp/dhclient.leases", "/var/lib/cloud/instance/cloud-config.txt"};
    const Findings found = sources(host);
    CHECK(names(found) == "10.0.0.1");
    CHECK(found.notes ==
          std::vector<std::string>{"2 files where leases are kept are closed to this user"});
}

TEST_CASE("the facts of a platform come from firmware and clock names") {
    TreeHost host = one("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
    host.files["/sys/class/dmi/id/product_name"] = "m7g.large\n";
    host.files["/sys/class/dmi/id/board_vendor"] = "Amazon\n";
    host.files["/sys/class/dmi/id/chassis_asset_tag"] = "i-0\n";
    host.files["/sys/class/dmi/id/bios_vendor"] = "EDK\n";
    host.files["/sys/class/ptp/ptp1/clock_name"] = "ena-ptp-05\n";
    const PlatformFacts facts = platform_facts(host);
    CHECK(facts.sys_vendor == "Amazon EC2");
    CHECK(facts.product_name == "m7g.large");
    CHECK(facts.board_vendor == "Amazon");
    CHECK(facts.chassis_asset_tag == "i-0");
    CHECK(facts.bios_vendor == "EDK");
    REQUIRE(facts.clocks.size() == 1);
    CHECK(facts.clocks.front().device == "/dev/ptp1");
    CHECK(facts.clocks.front().name == "ena-ptp-05");
    CHECK(platform_name(platform_facts(TreeHost{})).empty());
}
