#include "app/daemon_choice.h"

#include <doctest/doctest.h>

#include "tests/fakes/tree_host.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

std::vector<std::string> restart_on(const std::vector<std::string>& paths) {
    TreeHost host;
    for (const std::string& path : paths) host.files[path] = "";
    return choose_daemon({}, host, {}).value().restart;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("a daemon is restarted as its host starts services") {
    const std::string chrony = "/etc/chrony/chrony.conf", chronyd = "/etc/chrony.conf";
    CHECK(restart_on({chrony, "/run/systemd/system", "/usr/bin/systemctl",
                      "/lib/systemd/system/chrony.service"}) ==
          Words{"/usr/bin/systemctl", "restart", "chrony"});
    CHECK(restart_on({chronyd, "/run/openrc", "/etc/init.d/chronyd", "/sbin/rc-service"}) ==
          Words{"/sbin/rc-service", "chronyd", "restart"});
    CHECK(restart_on({chrony, "/etc/init.d", "/etc/init.d/chrony", "/usr/sbin/service"}) ==
          Words{"/usr/sbin/service", "chrony", "restart"});
}

TEST_CASE("of the names a daemon's service has the one that is there is restarted") {
    struct Row {
        std::string config, there;
        std::string_view restarted;
    };
    const std::string systemd = "/lib/systemd/system/";
    for (const Row& row : {Row{"/etc/chrony/chrony.conf", systemd + "chronyd.service", "chronyd"},
                           Row{"/etc/ntp.conf", systemd + "ntp.service", "ntp"},
                           Row{"/etc/ntp.conf", systemd + "ntpd.service", "ntpd"},
                           Row{"/etc/ntpd.conf", systemd + "openntpd.service", "openntpd"}}) {
        CAPTURE(row.there);
        CHECK(restart_on({row.config, row.there, "/run/systemd/system", "/usr/bin/systemctl"}) ==
              Words{"/usr/bin/systemctl", "restart", std::string(row.restarted)});
    }
    // Alpine's busybox has an ntpd of its own.
    CHECK(restart_on({"/etc/ntpd.conf", "/etc/init.d/openntpd", "/etc/init.d/ntpd", "/run/openrc",
                      "/sbin/rc-service"}) == Words{"/sbin/rc-service", "openntpd", "restart"});
}

TEST_CASE("a running daemon is restarted by the unit that started it") {
    TreeHost host;
    for (const char* path : {"/etc/chrony.conf", "/run/systemd/system", "/usr/bin/systemctl",
                             "/usr/lib/systemd/system/chronyd.service"})
        host.files[path] = "";
    host.files["/usr/lib/systemd/system/chronyd-restricted.service"] =
        "[Service]\nExecStart=/usr/sbin/chronyd -U $OPTIONS\n";
    host.files["/etc/systemd/system/runner.service"] = "[Service]\nExecStart=/opt/runner\n";
    ClockProgram program{"chronyd", 611, {"/usr/sbin/chronyd", "-U"}, true, false};
    program.unit = "chronyd-restricted.service";
    CHECK(choose_daemon({}, host, {program})->restart.back() == "chronyd-restricted");
    program.unit = "runner.service";  // started by hand from there
    CHECK(choose_daemon({}, host, {program})->restart.back() == "chronyd");
}

TEST_CASE("where none runs the daemon is meant that a boot would start") {
    TreeHost host;
    for (const char* left_behind : {"/etc/systemd/timesyncd.conf", "/etc/chrony/chrony.conf"})
        host.files[left_behind] = "";
    host.files["/etc/openntpd/ntpd.conf"] = "";
    CHECK(choose_daemon({}, host, {})->kind == DaemonKind::chrony);
    host.files["/lib/systemd/system/openntpd.service"] = "[Service]\n";
    host.files["/etc/systemd/system/multi-user.target.wants/openntpd.service"] = "";
    CHECK(choose_daemon({}, host, {})->kind == DaemonKind::openntpd);
}

TEST_CASE("where nothing is known to restart a daemon nothing is tried") {
    // A container: systemd's programs are there and do not run it.
    CHECK(restart_on({"/etc/chrony/chrony.conf", "/usr/bin/systemctl"}).empty());
}

TEST_CASE("a program of the daemon's name that may not set the clock hides none that does") {
    const ClockProgram claims{"chronyd", 400, {"chronyd"}, false, false};
    const ClockProgram steers{"chronyd", 611, {"/usr/sbin/chronyd"}, true, false};
    const ClockProgram other{"phc2sys", 700, {"phc2sys", "-a", "-r"}, true, false};
    TreeHost host;
    host.files["/etc/chrony/chrony.conf"] = "";
    for (const auto& programs : {std::vector{claims, steers, other}, {steers, claims, other}}) {
        const auto place = choose_daemon({}, host, programs);
        REQUIRE(place);
        CHECK(place->program->pid == 611);
        CHECK_FALSE(place->watches_only());
    }
    CHECK(choose_daemon({}, host, {claims})->program->pid == 400);
}
