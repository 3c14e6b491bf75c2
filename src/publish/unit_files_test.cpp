#include "publish/unit_files.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

UnitSettings settings() {
    UnitSettings made;
    made.program = "/usr/local/bin/clockwright";
    made.writable = {"/etc/chrony", "/etc/chrony/sources.d"};
    made.control_directory = "/run/chrony";
    made.state_directory = "/var/lib/clockwright";
    made.lot = 137;
    return made;
}

}  // namespace

TEST_CASE(
    "the unit that changes things runs apply, may write only there, and never set the clock") {
    const auto unit = apply_unit(settings());
    CHECK(unit.contains("ExecStart=\"/usr/local/bin/clockwright\" apply --yes\n"));
    CHECK(unit.contains("StateDirectory=clockwright\n"));
    CHECK(unit.contains(
        "ReadWritePaths=\"-/etc/chrony\" \"-/etc/chrony/sources.d\" \"-/run/chrony\"\n"));
    CHECK(unit.contains("ProtectClock=yes\n"));
    CHECK_FALSE(unit.contains("CAP_SYS_TIME"));
}

TEST_CASE("at boot, behind every daemon by whatever name, a change cut off is taken back") {
    const auto unit = heal_unit(settings());
    CHECK(unit.contains("ExecStart=\"/usr/local/bin/clockwright\" rollback --unfinished\n"));
    CHECK(unit.contains(
        "\nAfter=network-online.target chrony.service chronyd.service "
        "ntpsec.service ntpd.service ntp.service systemd-timesyncd.service openntpd.service "
        "ntpd-rs.service\n"));
    CHECK(unit.contains("\n[Install]\nWantedBy=multi-user.target\n"));
    CHECK(unit.contains("ProtectClock=yes\n"));
}

TEST_CASE("what was consented to at the installation stands in the unit, and nothing else") {
    auto wanted = settings();
    CHECK_FALSE(apply_unit(wanted).contains("--allow-restart"));
    wanted.allow_restart = wanted.takeover = true;
    wanted.config_file = "/etc/my time/100%.toml";
    CHECK(
        apply_unit(wanted).contains("--config \"/etc/my time/100%%.toml\" apply --yes "
                                    "--allow-restart --takeover\n"));
}

TEST_CASE("the timer comes every so many hours, spread by a quarter, and makes up for a miss") {
    auto wanted = settings();
    auto timer = apply_timer(wanted);
    CHECK(timer.contains("OnCalendar=*-*-* 00/6:00:00\n"));
    CHECK(timer.contains("RandomizedDelaySec=5400\n"));
    CHECK(timer.contains("Persistent=yes\n"));
    wanted.every = Seconds{24 * 3600.0};
    CHECK(apply_timer(wanted).contains("OnCalendar=*-*-* 00:00:00\n"));
}

TEST_CASE("cron takes its minute from the machine, so that a fleet does not come at once") {
    auto wanted = settings();
    CHECK(cron_file(wanted).contains(
        "\n17 */6 * * * root '/usr/local/bin/clockwright' -q apply --yes\n"));
    wanted.every = Seconds{24 * 3600.0};
    CHECK(cron_file(wanted).contains("\n17 2 * * * root "));
    CHECK(cron_file(wanted).contains(
        "\n@reboot root '/usr/local/bin/clockwright' -q rollback --unfinished\n"));
}

TEST_CASE("for an agent without rights root decides, and takes no word from it but the wish") {
    const auto unit = wish_unit(settings());
    CHECK(unit.contains("ExecStart=\"/usr/local/bin/clockwright\" agent --once\n"));
    CHECK(unit.contains("RuntimeDirectory=clockwright-wish\n"));
    CHECK_FALSE(apply_unit(settings()).contains("RuntimeDirectory"));
    CHECK(wish_path().contains("PathChanged=/run/clockwright/wish\n"));
}

TEST_CASE("the agent has a user of its own and no capability at all") {
    const auto unit = agent_unit(settings(), {"_chrony"});
    CHECK(unit.contains("DynamicUser=yes\n"));
    CHECK(unit.contains("SupplementaryGroups=_chrony\n"));
    CHECK(unit.contains("LogsDirectory=clockwright\n"));
    CHECK(unit.contains("CapabilityBoundingSet=\n"));
    CHECK(unit.contains("Type=notify\n"));
    // It reads the kernel's word on the clock, which needs no right.
    CHECK(unit.contains("\nSystemCallFilter=adjtimex clock_adjtime clock_adjtime64\n"));
    CHECK_FALSE(unit.contains("ProtectClock"));
}
