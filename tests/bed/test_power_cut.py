#!/usr/bin/python3
"""The power goes in the middle of a change, and every timer with it: at the next boot what was left
unfinished is taken back. What had been written is kept here, synced or not; that the record is
synced before each step shows tests/live/test_crash.py."""
import hosts
from daemons import DAEMONS

HONEST, LIARS = (1, 2, 3, 4, 5), (11, 12)
CONFIG = "/etc/clockwright/clockwright.toml"
DROP_IN = "/etc/chrony/sources.d/clockwright.sources"
MAIN = DAEMONS["chrony"].config
HEAL = "clockwright-heal.service"


class PowerCut(hosts.HostBed):
    @classmethod
    def boot(cls):
        honest = cls.hosts.lab({last: {} for last in HONEST})
        liars = cls.hosts.lab({last: {"offset": '"840ms"'} for last in LIARS})
        wanted = ", ".join(f'"{one}"' for one in honest)
        cls.asked = [*liars, honest[0]]
        cls.host = cls.hosts.add("client", "chrony", cls.asked, {
            CONFIG: f"[candidates]\ndiscover = false\nhosts = [{wanted}]\n"
                    "[select]\nconfirmations = 1\n"})

    def healed(self):
        return self.host.run("systemctl", "show", "--property=ActiveState,Result", HEAL).stdout

    def listed(self):
        status = hosts.program(self.host, "--json", "status").json
        return sorted(source["name"] for source in status["sources"])

    def boot_again(self):
        self.host.cut_power()
        self.host.start()
        self.host.wait()
        hosts.wait_for("the boot's healing is over",
                       lambda: "activating" not in self.healed(), 120)
        self.assertIn("Result=success", self.healed(), self.host.journal(HEAL))
        return self.host.journal(HEAL)

    def test_a_change_in_the_middle(self):
        before = self.host.read(MAIN)
        installed = hosts.program(self.host, "service", "install", "--takeover", seconds=120)
        self.assertEqual(installed.code, 0, installed.stderr)

        with self.subTest("a boot after which nothing is unfinished changes nothing"):
            self.assertIn("no change was left unfinished", self.boot_again())
            self.assertFalse(self.host.path("/var/lib/clockwright/changes").exists())

        with self.subTest("a change cut off is taken back, and verified"):
            self.host.ask("systemd-run", "--unit=applying", hosts.PROGRAM_INSIDE, "apply", "--yes",
                          "--takeover")
            hosts.wait_for("the drop-in is written", self.host.path(DROP_IN).exists, 60)
            said = self.boot_again()
            self.assertIn("Found unfinished change", said)
            self.assertIn("The earlier state is back", said)
            self.assertEqual(self.host.read(MAIN), before)
            self.assertFalse(self.host.path(DROP_IN).exists())
            state = hosts.program(self.host, "--json", "rollback").json["states"][-1]
            self.assertEqual(state["outcome"], "rolled_back, verified")
            self.assertEqual(self.listed(), sorted(self.asked))

        with self.subTest("the service's removal takes it along"):
            self.assertEqual(hosts.program(self.host, "service", "remove").code, 0)
            left = self.host.run("sh", "-c", "find /etc/systemd -name 'clockwright*'").stdout
            self.assertEqual(left, "")


if __name__ == "__main__":
    hosts.main()
