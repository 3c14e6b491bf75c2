#include "find/provenance.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

SourceLine line(const char* name, const char* file, int number) {
    SourceLine line;
    line.name = name;
    line.file = file;
    line.line = number;
    return line;
}

DaemonConfig chrony_with(std::vector<SourceLine> lines) {
    DaemonConfig config;
    config.main_file = "/etc/chrony/chrony.conf";
    config.sources = std::move(lines);
    return config;
}

DaemonSource listed(const char* name) {
    DaemonSource source;
    source.name = name;
    return source;
}

}  // namespace

TEST_CASE("each source has the file, the line and the kind of file that put it there") {
    auto config = chrony_with({line("a.e", "/etc/chrony/chrony.conf", 3),
                               line("b.e", "/run/chrony-dhcp/eth0.sources", 1),
                               line("c.e", "/etc/chrony/sources.d/clockwright.sources", 2),
                               line("d.e", "/etc/chrony/conf.d/x.conf", 1)});
    config.sources[1].lease = true;
    config.sources[2].ours = true;
    config.sources[3].noselect = true;
    DaemonState state;
    state.sources = {listed("a.e"), listed("b.e"), listed("d.e")};
    const auto rows = provenance(config, &state, {});
    REQUIRE(rows.size() == 4);
    CHECK(rows[0] ==
          ProvenanceRow{"a.e", "/etc/chrony/chrony.conf", 3, "configuration", "in use", ""});
    CHECK(rows[1].origin == "lease");
    CHECK(rows[2].origin == "clockwright");
    CHECK(rows[2].effect == "not taken up");
    CHECK(rows[2].lost());
    CHECK(rows[3].origin == "drop-in");
    CHECK(rows[3].effect == "noselect");
}

TEST_CASE("when the daemon cannot be asked, lines are configured and no more") {
    CHECK(provenance(chrony_with({line("a.e", "/etc/chrony/chrony.conf", 3)}), nullptr, {})[0]
              .effect == "configured");
}

TEST_CASE("losers are told with what they lost to") {
    auto config = chrony_with({line("a.e", "/etc/chrony/chrony.conf", 3),
                               line("a.e", "/etc/chrony/chrony.conf", 4),
                               line("b.e", "/etc/ntpsec/ntp.conf", 5)});
    config.faults = {"/etc/ntpsec/ntp.conf:5: option minpoll cannot be x; ntpd drops the line"};
    config.shadowed = {
        {"/etc/more/a.sources", "/run/more/a.sources", {line("c.e", "/etc/more/a.sources", 1)}}};
    config.directives = {{"overridden", {"d.e"}, "/etc/systemd/timesyncd.conf", 2}};
    const auto rows = provenance(config, nullptr, {});
    REQUIRE(rows.size() == 5);
    CHECK(rows[1].effect == "duplicate");
    CHECK(rows[1].why == "/etc/chrony/chrony.conf:3 names it first");
    CHECK(rows[2].effect == "dropped");
    CHECK(rows[2].why == "option minpoll cannot be x; ntpd drops the line");
    CHECK(rows[3] == ProvenanceRow{"c.e", "/etc/more/a.sources", 1, "drop-in", "shadowed",
                                   "/run/more/a.sources has the same name"});
    CHECK(rows[4] == ProvenanceRow{"d.e", "/etc/systemd/timesyncd.conf", 2, "drop-in", "overridden",
                                   "a later empty NTP= forgets it"});
}

TEST_CASE("sources without a file, and files that the daemon does not read") {
    DaemonState state;
    state.sources = {listed("hand.e")};
    Findings machine;
    Source lease;
    lease.host.name = "dhcp.e";
    lease.origin = {Origin::Kind::lease, "/run/systemd/netif/leases/2", 7};
    machine.sources = {lease};
    const auto rows = provenance(chrony_with({}), &state, machine);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] == ProvenanceRow{"hand.e", "", 0, "command", "in use", ""});
    CHECK(rows[1] == ProvenanceRow{"dhcp.e", "/run/systemd/netif/leases/2", 7, "lease", "not read",
                                   "chronyd does not read it"});
}
