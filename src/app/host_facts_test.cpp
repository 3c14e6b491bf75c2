#include "app/host_facts.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/dialect.h"
#include "tests/fakes/tree_host.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

constexpr const char* main_file = "/etc/chrony/chrony.conf";

/// The view of a chrony host whose main file says this.
DaemonView view_of(TreeHost& host, const std::string& config) {
    host.files[main_file] = config;
    DaemonView view;
    view.place.kind = DaemonKind::chrony;
    view.place.config_file = main_file;
    view.place.program = ClockProgram{"chronyd", 611, {"/usr/sbin/chronyd"}, true, false};
    view.config = *dialect_of(view.place.kind).parse(main_file, files_of(host));
    host.programs = {*view.place.program};
    host.files["/proc/611/comm"] = "chronyd\n";
    return view;
}

/// /proc/net/udp with one socket, bound to `port` in hexadecimal digits.
std::string udp_table(const std::string& port) {
    return "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
           "  84: 00000000:" +
           port +
           " 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20755 2 0 0\n";
}

bool is_closed(const HostFacts& facts, std::string_view what) {
    return std::ranges::any_of(facts.not_looked_at,
                               [&](const NotLookedAt& thing) { return thing.what == what; });
}

}  // namespace

TEST_CASE("each table of leap seconds that a directive names is looked at, with its end") {
    TreeHost host;
    const auto view = view_of(host, "leapsectz right/UTC\nleapseclist /etc/leap.list\n");
    host.files["/usr/share/zoneinfo/right/UTC"] = "TZif";
    host.files["/usr/share/zoneinfo/leap-seconds.list"] = "#@ 4007404800\n2272060800 10\n";
    const auto facts = host_facts(view, host, true);
    REQUIRE(facts.leap_sources.size() == 2);
    CHECK(facts.leap_sources[0].table == "/usr/share/zoneinfo/right/UTC");
    CHECK(facts.leap_sources[0].exists);
    CHECK(facts.leap_sources[0].line == 1);
    REQUIRE(facts.leap_sources[0].expires);
    CHECK(facts.leap_sources[0].expires->time_since_epoch() == std::chrono::seconds(1'798'416'000));
    CHECK_FALSE(facts.leap_sources[1].exists);
    CHECK_FALSE(facts.leap_sources[1].expires);
}

TEST_CASE("a port's holder is the daemon, a stranger, or not to be seen") {
    TreeHost host;
    const auto view = view_of(host, "");
    CHECK(host_facts(view, host, true).ports.empty());
    host.files["/proc/net/udp"] = udp_table("007B");
    auto facts = host_facts(view, host, false);
    REQUIRE(facts.ports.size() == 1);
    CHECK(facts.ports[0].holder.empty());
    CHECK(is_closed(facts, "which program holds UDP port 123"));
    for (const std::string& pid : {std::string("611"), std::string("9")}) {
        host.files = {{"/proc/net/udp", udp_table("007B")},
                      {"/proc/611/comm", "chronyd\n"},
                      {"/proc/9/comm", "ptpd\n"},
                      {"/proc/" + pid + "/fd/7", ""}};
        host.links = {{"/proc/" + pid + "/fd/7", "socket:[20755]"}};
        facts = host_facts(view, host, true);
        REQUIRE(facts.ports.size() == 1);
        CHECK(facts.ports[0].by_daemon == (pid == "611"));
        CHECK(facts.ports[0].holder == (pid == "611" ? "chronyd (pid 611)" : "ptpd (pid 9)"));
    }
    host.files["/proc/net/udp"] = udp_table("0035");
    CHECK(host_facts(view, host, true).ports.empty());
}

TEST_CASE("owners and modes of the files, keys apart; a closed one is listed") {
    TreeHost host;
    const auto view = view_of(host, "# Ansible managed\nkeyfile /etc/chrony/chrony.keys\n");
    host.closed = {"/etc/chrony/chrony.keys"};
    auto facts = host_facts(view, host, false);
    REQUIRE(facts.files.size() == 1);
    CHECK(facts.files[0].path == main_file);
    CHECK(is_closed(facts, "owner and mode of /etc/chrony/chrony.keys"));
    REQUIRE(facts.managed.size() == 1);
    CHECK(facts.managed[0].line == 1);
    host.closed.clear();
    host.files["/etc/chrony/chrony.keys"] = "1 MD5 managed by Puppet\n";
    facts = host_facts(view, host, true);
    REQUIRE(facts.files.size() == 2);
    CHECK(facts.files[1].secret);
    CHECK(facts.managed.size() == 1);
}

TEST_CASE("the hardware clock, the clock source and where this runs") {
    TreeHost host;
    const auto view = view_of(host, "");
    auto facts = host_facts(view, host, true);
    CHECK_FALSE(facts.rtc_in_local_time);
    CHECK_FALSE(facts.container);
    CHECK(facts.system_daemon);
    host.files["/etc/adjtime"] = "0.0 0 0.0\n0\nLOCAL\n";
    host.files["/sys/devices/system/clocksource/clocksource0/current_clocksource"] = "hpet\n";
    host.files["/run/systemd/container"] = "lxc";
    host.files["/sys/class/dmi/id/sys_vendor"] = "QEMU\n";
    facts = host_facts(view, host, true);
    CHECK(facts.rtc_in_local_time);
    CHECK(facts.clocksource == "hpet");
    CHECK(facts.container);
    CHECK(facts.virtual_machine);
    CHECK(facts.hyperv_time_sync.empty());
    const std::string device = "/sys/bus/vmbus/devices/2dd1ce17-079e-403c-b352-a1921ee207ee";
    host.files[device + "/class_id"] = "{9527e630-d0ae-497b-adce-e80ab0175caf}\n";
    CHECK(host_facts(view, host, true).hyperv_time_sync.empty());  // no driver holds it
    host.files[device + "/driver"] = "";
    CHECK(host_facts(view, host, true).hyperv_time_sync == "2dd1ce17-079e-403c-b352-a1921ee207ee");
}

TEST_CASE("a private daemon's configuration is none of the system's") {
    TreeHost host;
    auto view = view_of(host, "");
    view.place.config_file = "/tmp/test/chrony.conf";
    CHECK_FALSE(host_facts(view, host, true).system_daemon);
}

TEST_CASE("what is known of a source: the catalogue, its address, the platform, the pool") {
    DaemonConfig config;
    for (const char* name : {"time.google.com", "10.1.0.5", "2.debian.pool.ntp.org",
                             "169.254.169.123", "ntp1.corp.example", "8.8.8.8"}) {
        config.sources.emplace_back();
        config.sources.back().name = name;
    }
    DaemonState state;
    DaemonSource listed;
    listed.name = "ntp1.corp.example";
    listed.address = parse_address("10.9.0.1");
    state.sources = {listed};
    const auto traits = source_traits(config, &state);
    REQUIRE(traits.size() == 6);
    CHECK(traits[0].smear == Smear::google);
    CHECK(traits[0].is_public);
    CHECK_FALSE(traits[1].is_public);
    CHECK(traits[2].of_ntp_pool);
    CHECK(traits[2].is_public);
    CHECK(traits[3].is_platform);
    CHECK(traits[3].smear == Smear::aws);
    CHECK_FALSE(traits[3].is_public);
    CHECK_FALSE(traits[4].is_public);
    CHECK(traits[5].is_public);
}
