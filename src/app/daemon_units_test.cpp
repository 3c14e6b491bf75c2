#include "app/daemon_units.h"

#include <doctest/doctest.h>

#include "tests/fakes/tree_host.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

/// Debian with chrony as its package leaves it.
TreeHost debian() {
    TreeHost host;
    host.files["/etc/chrony/chrony.conf"] = "pool 2.debian.pool.ntp.org\n";
    host.files["/lib/systemd/system/chrony.service"] = "[Service]\nType=forking\n";
    host.files["/etc/systemd/system/chronyd.service"] = "";
    host.links["/etc/systemd/system/chronyd.service"] = "/lib/systemd/system/chrony.service";
    host.files["/etc/systemd/system/multi-user.target.wants/chrony.service"] = "";
    host.links["/etc/systemd/system/multi-user.target.wants/chrony.service"] =
        "/lib/systemd/system/chrony.service";
    return host;
}

}  // namespace

TEST_CASE("a daemon is installed, enabled and running by its files and /proc") {
    auto host = debian();
    host.programs = {{"chronyd", 611, {"/usr/sbin/chronyd"}, true, false}};
    const auto daemons = find_daemons(host, host.programs);
    REQUIRE(daemons.size() == 1);
    CHECK(daemons[0].unit == "chrony.service");
    CHECK(daemons[0].unit_file == "/lib/systemd/system/chrony.service");
    CHECK(daemons[0].enabled);
    CHECK_FALSE(daemons[0].masked);
    REQUIRE(daemons[0].program);
    CHECK(daemons[0].program->pid == 611);
}

TEST_CASE("a link to /dev/null masks, whatever wants the unit") {
    auto host = debian();
    host.files["/etc/systemd/system/chrony.service"] = "";
    host.links["/etc/systemd/system/chrony.service"] = "/dev/null";
    const auto daemons = find_daemons(host, {});
    REQUIRE(daemons.size() == 1);
    CHECK(daemons[0].masked);
    CHECK_FALSE(daemons[0].enabled);
    CHECK_FALSE(daemons[0].program);
}

TEST_CASE("a configuration that a removed package left behind is no daemon") {
    TreeHost host;
    host.files["/etc/ntpsec/ntp.conf"] = "";
    CHECK(find_daemons(host, {}).empty());
}

TEST_CASE("ntpd.service is the daemon's whose configuration is there") {
    TreeHost host;
    host.files["/usr/lib/systemd/system/ntpd.service"] = "[Service]\nRestart=always\n";
    host.files["/etc/ntpd.conf"] = "";
    auto daemons = find_daemons(host, {});
    REQUIRE(daemons.size() == 1);
    CHECK(daemons[0].kind == DaemonKind::openntpd);
    host.files.erase("/etc/ntpd.conf");
    host.files["/etc/ntp.conf"] = "";
    daemons = find_daemons(host, {});
    REQUIRE(daemons.size() == 1);
    CHECK(daemons[0].kind == DaemonKind::ntpsec);
    CHECK(daemons[0].restart == "always");
}

TEST_CASE("drop-ins decide: a restart, and that it yields to another daemon") {
    auto host = debian();
    host.files["/lib/systemd/system/systemd-timesyncd.service"] = "[Service]\nRestart=always\n";
    host.files["/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service"] = "";
    const std::string drop_in =
        "/usr/lib/systemd/system/systemd-timesyncd.service.d/disable-with-time-daemon.conf";
    host.files[drop_in] = "[Unit]\nConditionFileIsExecutable=!/usr/sbin/chronyd\n";
    host.files["/etc/systemd/system/chrony.service.d/own.conf"] = "[Service]\nRestart=on-failure\n";
    auto daemons = find_daemons(host, {});
    REQUIRE(daemons.size() == 2);
    CHECK(daemons[0].restart == "on-failure");
    CHECK(daemons[1].kind == DaemonKind::timesyncd);
    CHECK(daemons[1].enabled);
    CHECK_FALSE(daemons[1].yields);
    host.files["/usr/sbin/chronyd"] = "";
    CHECK(find_daemons(host, {})[1].yields);
}

TEST_CASE("OpenRC's runlevels enable a service") {
    TreeHost host;
    host.files["/etc/init.d/chronyd"] = "";
    CHECK_FALSE(find_daemons(host, {}).at(0).enabled);
    host.files["/etc/runlevels/default/chronyd"] = "";
    CHECK(find_daemons(host, {}).at(0).enabled);
}
