#include <doctest/doctest.h>

#include "tests/fakes/lint_case.h"

using namespace clockwright;

namespace {

DaemonPresence timesyncd() {
    DaemonPresence daemon;
    daemon.kind = DaemonKind::timesyncd;
    daemon.unit = "systemd-timesyncd.service";
    daemon.unit_file = "/lib/systemd/system/systemd-timesyncd.service";
    daemon.installed = daemon.enabled = true;
    return daemon;
}

/// What the kernel tells twice, a second apart.
KernelClock moving(Ppm frequency, Ppm later) {
    KernelClock kernel;
    kernel.frequency = frequency;
    kernel.later_frequency = later;
    kernel.apart = Seconds{1};
    return kernel;
}

}  // namespace

TEST_CASE("two programs that move one clock are an error") {
    auto host = chrony_case();
    host.host.programs.push_back({"phc2sys", 812, {"phc2sys", "-a", "-r"}, true, false});
    CHECK(host.find("two_hands").what == "chronyd (pid 611) and phc2sys (pid 812) move this clock");
    CHECK(host.find("two_hands").proposal == "keep one: stop phc2sys (pid 812)");
    CHECK(host.find("two_hands").commands.empty());
    host.host.programs.back().unit = "phc2sys@eth0.service";
    CHECK(host.find("two_hands").proposal == "keep one: systemctl disable --now phc2sys@eth0");
    host.host.programs.back().told_not_to = true;
    CHECK_FALSE(host.has("two_hands"));
}

TEST_CASE("a second chronyd that is none of a service is never cured by stopping the first") {
    auto host = chrony_case();
    host.host.program->unit = host.host.programs.front().unit = "chrony.service";
    host.host.programs.push_back({"chronyd", 4242, {"chronyd"}, true, false});
    CHECK(host.find("two_hands").proposal == "keep one: stop chronyd (pid 4242)");
    CHECK(host.find("two_hands").commands.empty());
    host.host.programs.back().unit = "chrony.service";
    CHECK(host.find("two_hands").commands.empty());
}

TEST_CASE("a second daemon that is enabled is a warning, unless it is masked or yields") {
    auto host = chrony_case();
    host.host.daemons.push_back(timesyncd());
    CHECK(host.find("second_daemon_enabled").proposal ==
          "systemctl disable --now systemd-timesyncd");
    host.host.daemons.back().yields = true;
    CHECK(host.ids().empty());
    host.host.daemons.back().yields = false;
    host.host.daemons.back().masked = true;
    CHECK(host.ids().empty());
}

TEST_CASE("no daemon, one that does not run, is masked, or is not enabled") {
    auto host = chrony_case();
    host.host.daemons[0].enabled = false;
    CHECK(host.ids() == std::vector<std::string>{"daemon_not_enabled"});
    host.host.daemons[0].masked = true;
    CHECK(host.ids() == std::vector<std::string>{"daemon_masked"});
    host.host.program.reset();
    host.host.programs.clear();
    CHECK(host.ids() == std::vector<std::string>{"daemon_not_running", "daemon_masked"});
    host.host.daemons.clear();
    CHECK(host.find("no_daemon").proposal == "install chrony");
    host.host.installer = {"/usr/bin/dnf", "install", "-y"};
    CHECK(host.find("no_daemon").commands == Commands{{"/usr/bin/dnf", "install", "-y", "chrony"}});
    host.host.container = true;
    CHECK(host.find("no_daemon").severity == Severity::advice);
    CHECK(host.find("no_daemon").commands.empty());
    host.host.container = false;
    host.host.daemons = {timesyncd()};  // of chrony only the file is left
    CHECK(host.find("daemon_not_running").proposal == "systemctl enable --now systemd-timesyncd");
    host.host.daemons.clear();
    host.host.programs = {{"phc2sys", 812, {"phc2sys"}, true, false}};
    CHECK(host.ids().empty());
}

TEST_CASE("under OpenRC the cures are OpenRC's") {
    auto host = chrony_case();
    DaemonPresence& ours = host.host.daemons[0];
    ours.unit = "chronyd";
    ours.unit_file = "/etc/init.d/chronyd";
    ours.enabled = false;
    CHECK(host.find("daemon_not_enabled").proposal == "rc-update add chronyd");
    host.host.program.reset();
    host.host.programs.clear();
    CHECK(host.find("daemon_not_running").proposal ==
          "rc-update add chronyd && rc-service chronyd start");
}

TEST_CASE("in a container a daemon that does not run is advice: the clock is the host's") {
    auto host = chrony_case();
    host.host.program.reset();
    host.host.programs.clear();
    host.host.container = true;
    CHECK(host.find("daemon_not_running").severity == Severity::advice);
}

TEST_CASE("timesyncd follows one server at a time, and names none by itself") {
    LintCase host;
    host.kind = DaemonKind::timesyncd;
    host.main_file = "/etc/systemd/timesyncd.conf";
    set_running(host, running(DaemonKind::timesyncd, "systemd-timesyncd.service",
                              "systemd-timesyncd", {"/lib/systemd/systemd-timesyncd"}));
    host.files[host.main_file] = "[Time]\n";
    CHECK(host.ids() == std::vector<std::string>{"timesyncd_unsynchronised", "built_in_servers"});
    host.host.timesyncd_synchronised = true;
    host.files[host.main_file] = "[Time]\nNTP=ntp1.corp.example\n";
    CHECK(host.ids() == std::vector<std::string>{"one_server_at_a_time"});
    host.state.tracking.reference_time = host.now - std::chrono::hours(3);
    CHECK(host.find("timesyncd_unsynchronised").what.contains("3 h ago"));
    host.state.tracking.reference_time = host.now - std::chrono::hours(1);
    CHECK_FALSE(host.has("timesyncd_unsynchronised"));
}

TEST_CASE("timesyncd that is told to ask strangers too often") {
    LintCase host;
    host.kind = DaemonKind::timesyncd;
    host.main_file = "/etc/systemd/timesyncd.conf";
    const auto asks = [&](const std::string& setting) {
        host.files[host.main_file] = "[Time]\nNTP=a.e\n" + setting + "\n";
        return host.find("poll_too_fast").line;
    };
    CHECK(asks("PollIntervalMinSec=16") == 0);
    host.traits = strangers();
    CHECK(asks("PollIntervalMinSec=16") == 3);
    CHECK(asks("PollIntervalMaxSec=32s") == 3);
    CHECK(asks("PollIntervalMinSec=1min 4s") == 0);
    CHECK(asks("PollIntervalMinSec=soon") == 0);
}

TEST_CASE("OpenNTPD is told apart: no bound, no constraint") {
    LintCase host;
    host.kind = DaemonKind::openntpd;
    host.main_file = "/etc/openntpd/ntpd.conf";
    set_running(host, running(DaemonKind::openntpd, "openntpd.service", "openntpd", {"ntpd"}));
    host.files[host.main_file] = "servers ntp.corp.example\n";
    CHECK(host.ids() == std::vector<std::string>{"no_root_dispersion", "no_constraint"});
    host.files[host.main_file] += "constraints from \"https://www.example.org\"\n";
    CHECK(host.ids() == std::vector<std::string>{"no_root_dispersion"});
    host.files[host.main_file] = "sensor nmea0\nsensor nmea1\nsensor nmea2\nsensor nmea3\n";
    CHECK(host.ids() == std::vector<std::string>{"no_root_dispersion", "no_constraint"});
}

TEST_CASE("two sources of ntpd-rs are an error, four are right") {
    LintCase host;
    host.kind = DaemonKind::ntpd_rs;
    host.main_file = "/etc/ntpd-rs/ntp.toml";
    set_running(host, running(DaemonKind::ntpd_rs, "ntpd-rs.service", "ntpd-rs", {"ntp-daemon"}));
    const auto sources = [](int count) {
        std::string text;
        for (int i = 0; i < count; ++i)
            text += "[[source]]\nmode = \"server\"\naddress = \"ntp" + std::to_string(i) + ".e\"\n";
        return text;
    };
    host.files[host.main_file] = sources(2);
    CHECK(host.ids() == std::vector<std::string>{"two_sources"});
    host.files[host.main_file] = sources(4);
    CHECK(host.ids().empty());
    host.files[host.main_file] += "[synchronization]\nminimum-agreeing-sources = 5\n";
    CHECK(host.find("minimum_above_sources").proposal == "minimum-agreeing-sources = 3");
    host.files[host.main_file] = "[[source]]\nmode = \"pool\"\naddress = \"a.e\"\ncount = 4\n";
    CHECK(host.ids().empty());
}

TEST_CASE("ntpd-rs asks strangers every 16 s unless it is told not to") {
    LintCase host;
    host.kind = DaemonKind::ntpd_rs;
    host.main_file = "/etc/ntpd-rs/ntp.toml";
    set_running(host, running(DaemonKind::ntpd_rs, "ntpd-rs.service", "ntpd-rs", {"ntp-daemon"}));
    const std::string source = "[[source]]\nmode = \"pool\"\naddress = \"pool.e\"\n";
    std::string& text = host.files[host.main_file] = source;
    CHECK(host.ids().empty());
    host.traits = strangers();
    CHECK(host.find("poll_too_fast").what ==
          "/etc/ntpd-rs/ntp.toml:1 asks pool.e every 16 s, as ntpd-rs by itself says");
    text = source + "poll-interval-limits = { min = 6, max = 10 }\n";
    CHECK(host.ids().empty());
    text = source + "poll-interval-limits = { min = 5, max = 10 }\n";
    CHECK(host.find("poll_too_fast").proposal == "poll-interval-limits = { min = 6, max = 10 }");
    text = source + "[source-defaults]\npoll-interval-limits = { min = 6, max = 10 }\n";
    CHECK(host.ids().empty());
    text = source + "[source-defaults]\npoll-interval-limits = { min = 5, max = 10 }\n";
    CHECK(host.find("poll_too_fast").what.ends_with("32 s, as /etc/ntpd-rs/ntp.toml:5 says"));
}

TEST_CASE("the units of the system are none of a private daemon's business") {
    auto host = chrony_case();
    host.host.system_daemon = false;
    host.host.daemons = {timesyncd()};
    CHECK(host.ids().empty());
}

TEST_CASE("ntpd -g under a unit that starts it again is an unlimited step") {
    auto host = ntpsec_case();
    for (const char* restart : {"always", "on-failure"}) {
        host.host.daemons[0].restart = restart;
        CHECK(host.find("panic_restart").severity == Severity::error);
    }
    host.host.program->argv = {"/usr/sbin/ntpd", "-c", "/etc/ntpsec/ntp.conf"};
    CHECK(host.ids().empty());
}

TEST_CASE("a daemon that only watches: advice in a container, a warning elsewhere") {
    auto host = chrony_case();
    host.host.program->told_not_to = true;
    CHECK(host.find("only_watches").severity == Severity::warning);
    host.host.container = true;
    CHECK(host.find("only_watches").severity == Severity::advice);
}

TEST_CASE("NTPsec that reads what DHCP made and not what a person edits") {
    auto host = ntpsec_case();
    host.host.running_config = "/run/ntpsec/ntp.conf.dhcp";
    host.host.installed_config = "/etc/ntpsec/ntp.conf";
    CHECK(host.find("other_config").severity == Severity::warning);
    host.host.running_config = "/etc/ntpsec/ntp.conf";
    CHECK(host.ids().empty());
}

TEST_CASE("a port that somebody else holds") {
    auto host = chrony_case();
    host.host.ports = {{123, true, "ptpd (pid 9)", false}};
    CHECK(host.find("port_taken").what == "UDP port 123 is held by ptpd (pid 9)");
    host.host.ports = {{123, true, "chronyd (pid 611)", true}};
    CHECK(host.ids().empty());
    host.host.ports = {{123, true, "", false}};  // not permitted to see by whom
    CHECK(host.ids().empty());
}

TEST_CASE("files that others may write, and keys that all may read") {
    auto host = chrony_case();
    host.host.files = {{"/etc/chrony/chrony.conf", 0, 0644, false},
                       {"/etc/chrony/chrony.keys", 106, 0640, true}};
    CHECK(host.ids().empty());
    host.host.files[0].mode = 0664;
    CHECK(host.find("file_writable").proposal == "chmod go-w /etc/chrony/chrony.conf");
    host.host.files[0].path = "/etc/chrony/it's; odd.conf";
    CHECK(host.find("file_writable").proposal == "chmod go-w '/etc/chrony/it'\\''s; odd.conf'");
    CHECK(host.find("file_writable").commands.front().back() == "/etc/chrony/it's; odd.conf");
    host.host.files[0] = {"/etc/chrony/chrony.conf", 1000, 0644, false};
    CHECK(host.find("file_writable").what == "/etc/chrony/chrony.conf belongs to uid 1000");
    host.host.files[1].mode = 0644;
    CHECK(host.find("keys_readable").severity == Severity::error);
}

TEST_CASE("a member of a domain is noticed") {
    auto host = chrony_case();
    host.host.domain = {"CORP.EXAMPLE", "/etc/sssd/sssd.conf:4"};
    CHECK(host.find("domain_member").what ==
          "this host is a member of CORP.EXAMPLE (/etc/sssd/sssd.conf:4)");
}

TEST_CASE("a daemon that follows this clock, and one that follows a silent source") {
    auto host = chrony_case();
    host.state.tracking.refid = 0x7F7F0101;
    CHECK(host.find("local_mode").severity == Severity::error);
    host.state.tracking.refid = 0;
    DaemonSource source;
    source.name = "ntp1.corp.example";
    source.state = '*';
    source.last_sample = Seconds{9000};
    host.state.sources = {source};
    CHECK(host.find("dead_source_selected").what ==
          "ntp1.corp.example is followed and silent since 9000 s");
    host.state.sources[0].reach = 1;
    CHECK(host.ids().empty());
}

TEST_CASE("kernel and daemon that disagree on being synchronised") {
    auto host = chrony_case();
    host.state.tracking.refid = 1;
    host.state.tracking.reference = parse_address("10.1.0.5");
    host.state.tracking.leap = Leap::none;
    host.host.kernel.emplace().unsynchronised = true;
    CHECK(host.find("kernel_unsynchronised").proposal != "rtcsync");  // which it has
    host.files[host.main_file] += "rtcfile /var/lib/chrony/rtc\n";
    CHECK_FALSE(host.has("kernel_unsynchronised"));
    host.host.container = true;
    host.files[host.main_file].resize(host.files[host.main_file].find("rtcfile"));
    CHECK(host.ids().empty());
}

TEST_CASE("a frequency near the limit, and one that moves without a known hand") {
    auto host = chrony_case();
    host.host.kernel = moving(Ppm{-412}, Ppm{-412});
    CHECK(host.find("frequency_at_limit").severity == Severity::error);
    host.host.kernel = moving(Ppm{250}, Ppm{250});
    CHECK(host.has("frequency_suspicious"));
    host.host.kernel = moving(Ppm{20}, Ppm{21});
    CHECK(host.ids().empty());
    host.host.program.reset();
    host.host.programs.clear();
    CHECK(host.has("unknown_hand"));
    host.host.kernel->later_frequency = host.host.kernel->frequency;
    CHECK_FALSE(host.has("unknown_hand"));
}

TEST_CASE("guest tools whose setting nobody sees from here are to be asked") {
    auto host = chrony_case();
    CHECK_FALSE(host.has("guest_time_sync"));
    host.host.programs.push_back({"vmtoolsd", 900, {"/usr/bin/vmtoolsd"}, true, true});
    CHECK(host.find("guest_time_sync").severity == Severity::advice);
    CHECK(host.find("guest_time_sync").proposal.contains("timesync status"));
    CHECK_FALSE(host.has("two_hands"));

    auto guest = chrony_case();
    guest.host.hyperv_time_sync = "2dd1ce17-079e-403c-b352-a1921ee207ee";
    CHECK(guest.find("guest_time_sync").proposal.contains("integration services"));
}

TEST_CASE("the hardware clock in local time, a coarse clock source") {
    auto host = chrony_case();
    host.host.rtc_in_local_time = true;
    CHECK(host.find("rtc_local_time").commands ==
          Commands{{"/usr/bin/timedatectl", "set-local-rtc", "0"}});
    host.host.rtc_in_local_time = false;
    host.host.clocksource = "hpet";
    host.host.clocksources = "tsc hpet acpi_pm";
    CHECK(host.has("clocksource"));
    host.host.clocksource = "tsc";
    CHECK(host.ids().empty());
}

TEST_CASE("errors come first, then warnings, then advice") {
    auto host = chrony_case("bindcmdaddress ::\ncmdallow all\nallow\nacquisitionport 123\n");
    CHECK(host.ids() ==
          std::vector<std::string>{"open_control", "open_server", "acquisition_port"});
}
