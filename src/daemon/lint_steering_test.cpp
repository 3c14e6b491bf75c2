#include <doctest/doctest.h>

#include "tests/fakes/lint_case.h"

using namespace clockwright;

namespace {

LintCase without(LintCase host, const std::string& line) {
    std::string& text = host.files[host.main_file];
    text.erase(text.find(line), line.size());
    return host;
}

}  // namespace

TEST_CASE("a clock is no source of its own") {
    auto ntpd = ntpsec_case("server 127.127.1.0\nfudge 127.127.1.0 stratum 10\n");
    CHECK(ntpd.find("local_clock").severity == Severity::error);
    CHECK(ntpd.find("local_clock").line == 8);
    CHECK(ntpsec_case("refclock local stratum 10\n").has("local_clock"));
    CHECK(chrony_case("local stratum 10\n").find("local_clock").severity == Severity::error);
    CHECK(chrony_case("local stratum 10 orphan\nallow 10.0.0.0/8\n").find("local_clock").severity ==
          Severity::warning);
}

TEST_CASE("steps: unlimited is an error, generous a warning, at the start right") {
    struct Row {
        const char* line;
        const char* id;
    };
    for (const Row& row :
         {Row{"makestep 1 -1\n", "step_unlimited"}, Row{"makestep 0.1 10\n", "step_generous"},
          Row{"makestep 0.001 3\n", "step_generous"}, Row{"makestep 1.0 3\n", ""}}) {
        CAPTURE(row.line);
        auto host = chrony_case();
        std::string& text = host.files[host.main_file];
        text.replace(text.find("makestep 1 3\n"), 13, row.line);
        CHECK(host.ids() ==
              (*row.id == '\0' ? std::vector<std::string>{} : std::vector<std::string>{row.id}));
    }
    CHECK(without(chrony_case(), "makestep 1 3\n").find("no_makestep").severity ==
          Severity::advice);
    CHECK(ntpsec_case("tinker step 0.01\n").has("step_generous"));
}

TEST_CASE("initstepslew steps at the start too, as on Alpine") {
    auto host = chrony_case("initstepslew 10 pool.ntp.org\n");
    std::string& text = host.files[host.main_file];
    text.replace(text.find("makestep 1 3\n"), 13, "");
    CHECK_FALSE(host.has("no_makestep"));
}

TEST_CASE("the panic limit of ntpd stays on; in a virtual machine its loss is a warning") {
    auto host = ntpsec_case("tinker panic 0\n");
    CHECK(host.find("panic_off").severity == Severity::error);
    host.host.virtual_machine = true;
    CHECK(host.find("panic_off").severity == Severity::warning);
    CHECK_FALSE(ntpsec_case("tinker panic 500\n").has("panic_off"));
}

TEST_CASE("maxchange that ends chronyd") {
    CHECK(chrony_case("maxchange 1000 1 2\n").find("maxchange_ends").proposal ==
          "maxchange 1000 1 -1");
    CHECK(chrony_case("maxchange 1000 1 -1\n").ids().empty());
}

TEST_CASE("the hardware clock: rtcsync or rtcfile, not none and not both") {
    CHECK(without(chrony_case(), "rtcsync\n").has("no_rtcsync"));
    CHECK(chrony_case("rtcfile /var/lib/chrony/rtc\n").has("rtc_twice"));
    CHECK(without(chrony_case("rtcfile /var/lib/chrony/rtc\n"), "rtcsync\n").ids().empty());
}

TEST_CASE("a frequency that is not kept") {
    CHECK(without(chrony_case(), "driftfile /var/lib/chrony/chrony.drift\n").has("no_driftfile"));
    CHECK(without(ntpsec_case(), "driftfile /var/lib/ntpsec/ntp.drift\n").has("no_driftfile"));
}

TEST_CASE("ntpd that does not set the clock, or only slews it") {
    auto host = ntpsec_case("disable ntp\n");
    CHECK(host.find("ntp_disabled").severity == Severity::warning);
    host.host.container = true;
    CHECK(host.find("ntp_disabled").severity == Severity::advice);
    auto slewing = ntpsec_case();
    slewing.host.program->argv.emplace_back("-gx");
    CHECK(slewing.has("ntpd_slews"));
}

TEST_CASE("words that do nothing any more") {
    CHECK(chrony_case("generatecommandkey\n").find("deprecated").severity == Severity::advice);
    CHECK(chrony_case("initstepslew 30 a.e\n").has("deprecated"));
    CHECK(ntpsec_case("keysdir /etc/ntp\n").has("deprecated"));
}

TEST_CASE("one port for all, and sources that may be seconds off") {
    CHECK(chrony_case("acquisitionport 123\n").has("acquisition_port"));
    CHECK_FALSE(chrony_case("acquisitionport 0\n").has("acquisition_port"));
    CHECK(chrony_case("maxdistance 16\n").has("maxdistance_raised"));
}

TEST_CASE("a table of leap seconds: missing, expired, about to expire, or none") {
    auto host = chrony_case();
    host.host.leap_sources[0].expires = host.now + std::chrono::hours(24 * 30);
    CHECK(host.find("leap_table_expiring").severity == Severity::warning);
    host.host.leap_sources[0].expires = host.now;
    CHECK(host.find("leap_table_expired").severity == Severity::error);
    host.host.leap_sources[0].exists = false;
    host.host.installer = {"/usr/bin/apt-get", "install", "-y"};
    CHECK(host.find("leap_table_missing").proposal.starts_with("apt-get install -y tzdata-legacy"));
    host.host.installer = {"/usr/bin/zypper", "--non-interactive", "install"};
    CHECK(host.find("leap_table_missing").proposal.contains("install timezone"));
    host.host.leap_sources.clear();
    CHECK(host.find("no_leap_source").severity == Severity::advice);
}

TEST_CASE("without a sourcedir our lines have no place") {
    const auto host = without(chrony_case(), "sourcedir /etc/chrony/sources.d\n");
    CHECK(host.find("no_sourcedir").severity == Severity::advice);
    CHECK(host.find("no_sourcedir").proposal.starts_with("sourcedir /etc/chrony/sources.d"));
}

TEST_CASE("who may ask: everybody without a limit is a warning, with one advice") {
    CHECK(chrony_case("allow\n").find("open_server").severity == Severity::warning);
    CHECK(chrony_case("allow all\n").has("open_server"));
    CHECK(chrony_case("allow 0.0.0.0/0\n").has("open_server"));
    CHECK(chrony_case("allow all\nratelimit interval 1 burst 8\n").find("open_to_all").severity ==
          Severity::advice);
    CHECK(chrony_case("allow 10.0.0.0/8\n").ids().empty());
    CHECK_FALSE(chrony_case("allow all\ndeny all\nallow 10.0.0.0/8\n").has("open_server"));
    CHECK(chrony_case("deny all\nallow all\n").has("open_server"));
}

TEST_CASE("who may give orders") {
    CHECK(chrony_case("bindcmdaddress 0.0.0.0\ncmdallow all\n").find("open_control").severity ==
          Severity::error);
    CHECK(chrony_case("cmdallow all\n").find("open_control").severity == Severity::advice);
    CHECK(
        chrony_case("bindcmdaddress ::\ncmdport 0\ncmdallow all\n").find("open_control").severity ==
        Severity::advice);
    CHECK(chrony_case("cmdallow 127.0.0.1\n").ids().empty());
}

TEST_CASE("ntpd's default restriction keeps queries, changes and floods out") {
    const std::string restriction = "restrict default kod nomodify nopeer noquery limited\n";
    CHECK(without(ntpsec_case(), restriction).find("no_restrict").severity == Severity::warning);
    CHECK(without(ntpsec_case("restrict default nomodify noquery\n"), restriction)
              .find("weak_restrict")
              .severity == Severity::warning);
    CHECK(without(ntpsec_case("restrict default kod limited\n"), restriction)
              .find("weak_restrict")
              .severity == Severity::error);
    CHECK(without(ntpsec_case("restrict default ignore\n"), restriction).ids().empty());
}

TEST_CASE("what the daemon drops is told with its place") {
    const auto ntpd = ntpsec_case("", std::string(four_servers) + "server e.e minpoll x\n");
    CHECK(ntpd.find("config_fault").severity == Severity::warning);
    CHECK(ntpd.find("config_fault").line == 5);
    CHECK(ntpd.find("config_fault").file == "/etc/ntpsec/ntp.conf");
}

TEST_CASE("what chronyd drops in a .sources file, it ends at in its main file") {
    auto host = chrony_case();
    host.files["/etc/chrony/sources.d/a.sources"] = "server e.e minpol 4\n";
    CHECK(host.find("config_fault").file == "/etc/chrony/sources.d/a.sources");
    CHECK(host.ids() == std::vector<std::string>{"config_fault"});
    host = chrony_case("", std::string(four_servers) + "server e.e minpol 4\n");
    CHECK(host.find("config_fatal").severity == Severity::error);
    CHECK(host.find("config_fatal").line == 5);
}

TEST_CASE("chronyd ends at a directive that it does not know") {
    const auto host = chrony_case("maksetep 1 3\n");
    CHECK(host.find("config_fatal").line == 9);
    CHECK(host.find("config_fatal").what == "chronyd up to 4.8 knows no directive maksetep");
    CHECK(chrony_case("MaxDistance 1.0\nopencommands sources\n").ids().empty());
}

TEST_CASE("a file behind another of the same name is not read, and told") {
    auto host = chrony_case();
    host.files[host.main_file] += "sourcedir /run/more /etc/more\n";
    host.files["/run/more/a.sources"] = "server e.e\n";
    host.files["/etc/more/a.sources"] = "server f.e\n";
    CHECK(host.find("shadowed_file").what ==
          "/etc/more/a.sources is not read: /run/more/a.sources has the same name");
}

TEST_CASE("a file that another program writes is advice, an unreadable one an error") {
    auto host = chrony_case();
    host.host.managed = {{"/etc/chrony/chrony.conf", 1, "# Ansible managed"}};
    CHECK(host.find("managed_file").severity == Severity::advice);
    host.files.clear();
    CHECK(host.find("config_unreadable").severity == Severity::error);
    LintInput closed;  // to us, which is told elsewhere
    CHECK(std::ranges::none_of(
        lint(closed), [](const Finding& finding) { return finding.id == "config_unreadable"; }));
}
