#!/usr/bin/python3
"""NTPsec on a booted host: a change proves itself by asking ntpd, or is taken back; foreign lines
stay as they are, and takeover is reversed byte for byte. Without the right to set the clock ntpd's
leap stays 11, so that "the clock was updated" cannot be shown here (daemons.py)."""
import json

import hosts
from daemons import DAEMONS

HONEST, LIARS, DYING = (1, 2, 3, 4, 5), (11, 12), (21, 22, 23, 24)
CONFIG = "/etc/clockwright/clockwright.toml"
DROP_IN = "/etc/ntpsec/ntp.d/clockwright.conf"
MAIN = DAEMONS["ntpsec"].config


class Ntpsec(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {"delay": '"20ms"'} for last in HONEST})
        cls.liars = cls.hosts.lab({last: {"offset": '"840ms"'} for last in LIARS})
        cls.dying = cls.hosts.lab({last: {"delay": '"60us"'} for last in DYING})
        cls.host = cls.hosts.add("client", "ntpsec", [*cls.liars, cls.honest[0]])

    def settings(self, servers, timeout=""):
        wanted = ", ".join(f'"{server}"' for server in servers)
        self.host.write(CONFIG, "[candidates]\ndiscover = false\n"
                                f"hosts = [{wanted}]\n[select]\nconfirmations = 1\n"
                                f"[apply]\n{timeout}")

    def clockwright(self, *words, seconds=300):
        return hosts.program(self.host, *words, seconds=seconds)

    def listed(self):
        """What ntpd itself lists: addresses, by its own client."""
        rows = self.host.run("ntpq", "-p", "-n").stdout.splitlines()[2:]
        return sorted(row.split()[0].lstrip("*+-#ox. ") for row in rows if row.strip())

    def pid(self):
        return self.host.pids("ntpd")

    def test_the_whole_life_of_a_change(self):
        hosts.wait_for("ntpd answers", lambda: len(self.listed()) == 3, 60)
        before = self.host.read(MAIN)
        self.settings(self.honest)

        with self.subTest("status names the daemon and where each source stands"):
            status = self.clockwright("--json", "status").json
            self.assertEqual(status["daemon"], "ntpsec")
            origins = {source["name"]: source["origin"] for source in status["sources"]}
            self.assertTrue(all(origin.startswith(MAIN + ":") for origin in origins.values()),
                            origins)

        with self.subTest("the plan says that it restarts, and why"):
            plan = self.clockwright("--json", "plan", "--takeover")
            self.assertEqual(plan.code, 2, plan.stdout + plan.stderr)
            self.assertTrue(plan.json["restart"])
            self.assertIn(DROP_IN, plan.json["diff"])
            self.assertIn("reads its sources only when it starts",
                          self.clockwright("plan", "--takeover").stdout)
            self.assertEqual(self.host.read(MAIN), before)

        with self.subTest("without consent to a restart it is refused"):
            refused = self.clockwright("apply", "--yes", "--takeover")
            self.assertEqual(refused.code, 5, refused.stdout + refused.stderr)
            self.assertIn("--allow-restart", refused.stdout + refused.stderr)

        with self.subTest("applied, and proved by asking ntpd"):
            applied = self.clockwright("--json", "apply", "--yes", "--takeover",
                                       "--allow-restart")
            self.assertEqual(applied.code, 0, applied.stdout + applied.stderr)
            self.assertTrue(applied.json["verified"])
            change = applied.json["id"]
            self.assertEqual(self.listed(), sorted(self.honest))
            self.assertIn("took-over", self.host.read(MAIN))

        with self.subTest("a second apply changes nothing, and restarts nothing"):
            pid = self.pid()
            again = self.clockwright("--json", "apply", "--yes", "--takeover", "--allow-restart")
            self.assertEqual((again.code, again.json["outcome"]), (0, "unchanged"), again.stderr)
            self.assertEqual(self.pid(), pid)

        with self.subTest("servers that die before they are proved: taken back, and proved"):
            self.settings(self.dying, 'verify_timeout = "25s"\n')
            plan_file = "/root/dying.plan"
            made = self.clockwright("plan", "--out", plan_file)
            self.assertEqual(made.code, 2, made.stdout + made.stderr)
            self.hosts.labs[2].kill()
            kept = self.host.read(DROP_IN), self.host.read(MAIN), self.listed()
            failed = self.clockwright("--json", "apply", plan_file, "--yes", "--allow-restart")
            self.assertEqual((failed.code, failed.json["outcome"]), (1, "rolled_back"),
                             failed.stdout + failed.stderr)
            self.assertTrue(failed.json["verified"])
            self.assertEqual((self.host.read(DROP_IN), self.host.read(MAIN), self.listed()), kept)

        with self.subTest("rolled back: byte for byte, and ntpd lists what it listed"):
            back = self.clockwright("--json", "rollback", change)
            self.assertEqual((back.code, back.json["outcome"]), (0, "applied"),
                             back.stdout + back.stderr)
            self.assertTrue(back.json["verified"])
            self.assertEqual(self.host.read(MAIN), before)
            self.assertFalse(self.host.path(DROP_IN).exists())
            self.assertEqual(self.listed(), sorted([*self.liars, self.honest[0]]))

        states = self.clockwright("--json", "rollback").json["states"]
        self.assertTrue(all(state["daemon"] == "ntpsec" for state in states), json.dumps(states))


if __name__ == "__main__":
    hosts.main()
