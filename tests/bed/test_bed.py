#!/usr/bin/python3
"""The bed itself: hosts boot, each daemon runs in one without the right to set the clock, asks
servers that lie in a known way, and can be asked what it makes of them."""
import hosts
from daemons import DAEMONS

CLOCK_BIT = 25  # CAP_SYS_TIME
ANCHOR = "/etc/chrony/ca.pem"
HONEST, LIAR = (1, 2, 3, 4), 5


class TheBed(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {} for last in HONEST})
        cls.liar, = cls.hosts.lab({LIAR: {"offset": '"300ms"'}})
        cls.server = cls.hosts.add_server("server")
        cls.by_daemon = {}
        for daemon in DAEMONS:
            sources, lines, files = [*cls.honest, cls.liar], [], {}
            if daemon == "chrony":
                lines = [f"server {cls.server.address} iburst nts", f"ntstrustedcerts {ANCHOR}"]
                files = {ANCHOR: cls.hosts.authority.certificate.read_text()}
            else:
                sources.append(cls.server.address)
            cls.by_daemon[daemon] = cls.hosts.add(daemon, daemon, sources, files, lines)

    def test_every_host_is_running(self):
        for host in self.hosts.all:
            failed = host.run("systemctl", "--failed", "--plain", "--no-legend").stdout
            self.assertEqual((self.states[host.name], failed), ("running", ""), host.name)

    def test_every_daemon_is_active_and_none_may_set_the_clock(self):
        for daemon, host in self.by_daemon.items():
            known = DAEMONS[daemon]
            self.assertEqual(host.run("systemctl", "is-active", known.unit).stdout, "active\n",
                             host.journal(known.unit))
            pids = host.pids(known.process)
            self.assertTrue(pids, known.process)
            for pid in ["1", *pids]:
                status = host.ask("cat", f"/proc/{pid}/status")
                for line in status.splitlines():
                    if line.startswith(("CapEff", "CapPrm", "CapBnd")):
                        bits = int(line.split()[1], 16)
                        self.assertFalse(bits >> CLOCK_BIT & 1, f"{daemon} {pid}: {line}")

    def test_every_daemon_gets_answers(self):
        for daemon, host in self.by_daemon.items():
            expected = 1 if daemon == "systemd-timesyncd" else len(HONEST) + 2
            def all_answered():
                return len(hosts.answered(host, daemon)) >= expected
            hosts.wait_for(f"{daemon} has answers", all_answered, 60)

    def printed(self, daemon, *words):
        return self.by_daemon[daemon].run(*words).stdout

    def test_chrony_and_ntpsec_select_and_find_the_liar(self):
        def chrony_marks():
            rows = [row.split(",") for row in
                    self.printed("chrony", "chronyc", "-c", "-n", "sources").splitlines()]
            marks = {row[2]: row[1] for row in rows}
            return "*" in marks.values() and marks[self.liar] == "x"
        hosts.wait_for("chronyd has selected", chrony_marks, 60)

        def ntpsec_marks():
            rows = self.printed("ntpsec", "ntpq", "-p", "-n").splitlines()[2:]
            return any(row[0] == "*" for row in rows) and f"x{self.liar}" in "\n".join(rows)
        hosts.wait_for("ntpd has selected", ntpsec_marks, 60)
        self.assertIn("leap=11", self.printed("ntpsec", "ntpq", "-c", "rv"))

    def test_openntpd_holds_its_peers_valid_and_never_the_clock(self):
        def all_valid():
            return self.printed("openntpd", "ntpctl", "-s", "status").startswith("6/6 peers valid")
        hosts.wait_for("all peers are valid", all_valid, 120)
        self.assertIn("clock unsynced", self.printed("openntpd", "ntpctl", "-s", "status"))

    def test_timesyncd_tells_of_its_exchange(self):
        def message():
            return "PacketCount=" in self.printed("systemd-timesyncd", "timedatectl",
                                                  "show-timesync")
        hosts.wait_for("an answer", message)
        self.assertIn(f"ServerAddress={self.honest[0]}\n",
                      self.printed("systemd-timesyncd", "timedatectl", "show-timesync"))

    def test_the_serving_host_gives_nts(self):
        def cookies():
            rows = [row.split(",") for row in
                    self.printed("chrony", "chronyc", "-c", "-n", "authdata").splitlines()]
            return any(row[:2] == [self.server.address, "NTS"] and int(row[8]) > 0 for row in rows)
        hosts.wait_for("chronyd has cookies", cookies)

    def test_the_program_runs_inside(self):
        for host in self.hosts.all:
            self.assertEqual(hosts.program(host, "--version").code, 0)
        scan = hosts.program(self.server, "scan", *self.honest, self.liar)
        self.assertIn(self.liar, scan.stdout)


if __name__ == "__main__":
    hosts.main()
