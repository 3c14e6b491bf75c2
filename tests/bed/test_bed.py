#!/usr/bin/python3
"""The bed itself: hosts boot, each daemon runs in one without the right to set the clock, asks
servers that lie in a known way, and can be asked what it makes of them."""
import hosts
from daemons import DAEMONS

CLOCK_BIT = 25  # CAP_SYS_TIME
HONEST, LIAR = (1, 2, 3, 4), 5


class TheBed(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {} for last in HONEST})
        cls.liar, = cls.hosts.lab({LIAR: {"offset": '"300ms"'}})
        cls.server = cls.hosts.add_server("server")
        cls.by_daemon = {}
        for number, daemon in enumerate(DAEMONS):
            sources = [*cls.honest, cls.liar, cls.server.address]
            cls.by_daemon[daemon] = cls.hosts.add(f"client{number}", daemon, sources)

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

    def test_the_program_runs_inside(self):
        for host in self.hosts.all:
            self.assertEqual(hosts.program(host, "--version").code, 0)
        scan = hosts.program(self.server, "scan", *self.honest, self.liar)
        self.assertIn(self.liar, scan.stdout)


if __name__ == "__main__":
    hosts.main()
