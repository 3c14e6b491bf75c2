#!/usr/bin/python3
"""doctor and status -v on booted hosts: a good host is clean, a bad one is told what is wrong and
where; which daemons are installed, enabled, masked and running is read as systemd has it."""
import hosts

HONEST = (1, 2, 3, 4)
CHRONY_CONF, NTP_CONF = "/etc/chrony/chrony.conf", "/etc/ntpsec/ntp.conf"
DHCP_CONF = "/run/ntpsec/ntp.conf.dhcp"
# far from its end whenever this runs: 2100-01-01 and the one second that is known to all
LEAP_LIST = "#$ 3676924800\n#@ 6311433600\n2272060800 10\n3692217600 11\n"


class Doctor(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {} for last in HONEST})
        cls.good = cls.hosts.add("good", "chrony", cls.honest, lines=["rtcsync"],
                                 files={"/usr/share/zoneinfo/leap-seconds.list": LEAP_LIST})
        cls.bad = cls.hosts.add("bad", "chrony", cls.honest[:1], lines=[
            "local stratum 8", "makestep 0.5 -1", "allow",
            "bindcmdaddress 0.0.0.0", "cmdallow all"],
            files={"/etc/adjtime": "0.0 0 0.0\n0\nLOCAL\n"})
        cls.ntpsec = cls.hosts.add(
            "ntpsec", "ntpsec", cls.honest, lines=[
                "tinker panic 0", "server 127.127.1.0", "fudge 127.127.1.0 stratum 10"],
            files={"/etc/systemd/system/ntpsec.service.d/restart.conf":
                   "[Service]\nRestart=always\n",
                   "/etc/sssd/sssd.conf": "[domain/corp.example]\nid_provider = ad\n"
                                          "krb5_realm = CORP.EXAMPLE\n"})
        cls.masked = cls.hosts.add("masked", "chrony", cls.honest)

    def doctor(self, host, code):
        answer = hosts.program(host, "--json", "doctor")
        self.assertEqual(answer.code, code, answer.stdout + answer.stderr)
        return answer.json

    def found(self, report, *severities):
        return {finding["id"]: finding for finding in report["findings"]
                if not severities or finding["severity"] in severities}

    def state(self, report, daemon):
        """(enabled, masked, running) as the program has it."""
        row = next(row for row in report["daemons"] if row["daemon"] == daemon)
        return row["enabled"], row["masked"], row["running"]

    def systemd(self, host, unit):
        enabled = host.run("systemctl", "is-enabled", unit).stdout.strip()
        active = host.run("systemctl", "is-active", unit).stdout.strip()
        return enabled == "enabled", enabled == "masked", active == "active"

    def test_a_good_host_is_clean(self):
        hosts.wait_for("all have answered",
                       lambda: len(hosts.answered(self.good, "chrony")) == len(HONEST), 60)
        report = self.doctor(self.good, 0)
        self.assertTrue(report["clean"])
        self.assertEqual(self.found(report, "error", "warning"), {})
        self.assertEqual(self.state(report, "chrony"), self.systemd(self.good, "chrony.service"))
        self.assertEqual(report["not_looked_at"], [])
        text = hosts.program(self.good, "doctor").stdout
        self.assertTrue(text.startswith("Clean: "), text)

    def test_a_bad_one_is_told_what_and_where(self):
        report = self.doctor(self.bad, 2)
        found = self.found(report)
        lines = self.bad.read(CHRONY_CONF).splitlines()
        for name, line in (("local_clock", "local stratum 8"),
                           ("step_unlimited", "makestep 0.5 -1"), ("open_server", "allow"),
                           ("open_control", "cmdallow all")):
            with self.subTest(name):
                self.assertEqual((found[name]["file"], found[name]["line"]),
                                 (CHRONY_CONF, lines.index(line) + 1))
        self.assertLessEqual({"one_source", "rtc_local_time", "no_rtcsync"}, found.keys())

    def test_ntpsec_with_its_classic_mistakes(self):
        hosts.wait_for("ntpd runs", lambda: self.ntpsec.run("pgrep", "ntpd").stdout)
        report = self.doctor(self.ntpsec, 2)
        found = self.found(report)
        self.assertLessEqual({"panic_off", "local_clock", "panic_restart", "domain_member"},
                             found.keys())
        self.assertEqual(found["local_clock"]["file"], NTP_CONF)
        self.assertIn("CORP.EXAMPLE", found["domain_member"]["what"])
        self.assertEqual(self.state(report, "ntpsec"), self.systemd(self.ntpsec, "ntpsec.service"))

    def test_ntpsec_that_reads_what_dhcp_made(self):
        host, drop_in = self.ntpsec, "/etc/systemd/system/ntpsec.service.d/dhcp.conf"

        def restart():
            host.ask("systemctl", "daemon-reload")
            host.ask("systemctl", "restart", "ntpsec")

        self.addCleanup(restart)
        self.addCleanup(lambda: host.path(drop_in).unlink())
        host.write(drop_in, "[Service]\nExecStart=\nExecStartPre=/bin/sh -c 'mkdir -p /run/ntpsec "
                            f"&& cp {NTP_CONF} {DHCP_CONF}'\n"
                            f"ExecStart=/usr/sbin/ntpd -n -c {DHCP_CONF}\n")
        restart()
        hosts.wait_for("ntpd runs", lambda: DHCP_CONF in host.ask("pgrep", "-a", "ntpd"))
        found = self.found(self.doctor(host, 2))
        self.assertIn(DHCP_CONF, found["other_config"]["what"])
        self.assertNotIn("port_taken", found)

    def test_masked_disabled_and_stopped_as_systemd_has_it(self):
        host, unit = self.masked, "chrony.service"
        for words in (["disable"], ["enable"], ["disable", "--now"], ["mask"], ["unmask"]):
            host.ask("systemctl", *words, unit)
            with self.subTest(words):
                report = hosts.program(host, "--json", "doctor").json
                self.assertEqual(self.state(report, "chrony"), self.systemd(host, unit))

    def test_status_tells_the_daemons_and_where_sources_come_from(self):
        status = hosts.program(self.good, "--json", "-v", "status").json
        self.assertEqual(self.state(status, "chrony"), (True, False, True))
        rows = {row["source"]: row for row in status["provenance"]}
        lines = self.good.read(CHRONY_CONF).splitlines()
        for address in self.honest:
            row = rows[address]
            self.assertEqual((row["file"], row["effect"]), (CHRONY_CONF, "in use"))
            self.assertIn(address, lines[row["line"] - 1])


if __name__ == "__main__":
    hosts.main()
