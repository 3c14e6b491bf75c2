#!/usr/bin/python3
"""After a change was accepted a timer of the system judges it once more, when the process and the
session that made it are long gone: what holds stays, what does not is taken back."""
import json

import hosts
from daemons import DAEMONS

HONEST, LIARS = (1, 2, 3, 4, 5), (11, 12)
CONFIG = "/etc/clockwright/clockwright.toml"
DROP_IN = "/etc/chrony/sources.d/clockwright.sources"
MAIN = DAEMONS["chrony"].config


class Probation(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {} for last in HONEST})
        cls.liars = cls.hosts.lab({last: {"offset": '"840ms"'} for last in LIARS})
        settings = "[candidates]\ndiscover = false\nhosts = [{}]\n[select]\nconfirmations = 1\n"
        files = {CONFIG: settings.format(", ".join(f'"{one}"' for one in cls.honest))}
        asked = [*cls.liars, cls.honest[0]]
        cls.kept, cls.lost, cls.left = (cls.hosts.add(name, "chrony", asked, files)
                                        for name in ("kept", "lost", "left"))

    def apply(self, host, *environment):
        """Makes the change; the process and its session end with this."""
        before = host.read(MAIN)
        applied = host.run("env", *environment, hosts.PROGRAM_INSIDE, "--json", "apply", "--yes",
                           "--takeover", "--probation", "15s", seconds=120)
        self.assertEqual(applied.returncode, 0, applied.stdout + applied.stderr)
        plan = json.loads(applied.stdout)
        timer = plan["probation"]
        self.assertEqual(timer, f"clockwright-verify-{plan['id']}.timer")
        self.assertEqual(host.run("systemctl", "is-active", timer).stdout, "active\n")
        return before, timer, plan["id"]

    def wait_until_judged(self, host, timer):
        service = timer.replace(".timer", ".service")
        def is_over():
            return all(host.run("systemctl", "is-active", unit).stdout != "active\n" and
                       host.run("systemctl", "is-active", unit).stdout != "activating\n"
                       for unit in (timer, service))
        hosts.wait_for("the change is judged once more", is_over, 120)
        return host.journal(service)

    def test_what_holds_stays_wherever_its_state_is(self):
        _, timer, change = self.apply(self.kept, "CLOCKWRIGHT_STATE_DIRECTORY=/srv/clockwright")
        wanted = self.kept.read(DROP_IN)
        said = self.wait_until_judged(self.kept, timer)
        self.assertIn(f"change {change} holds", said)
        self.assertEqual(self.kept.read(DROP_IN), wanted)

    def test_what_no_longer_holds_is_taken_back(self):
        before, timer, change = self.apply(self.lost)
        self.lost.ask("chronyc", "delete", self.honest[2])
        said = self.wait_until_judged(self.lost, timer)
        self.assertIn(f"change {change} did not hold", said)
        self.assertEqual(self.lost.read(MAIN), before)
        self.assertFalse(self.lost.path(DROP_IN).exists())
        states = hosts.program(self.lost, "--json", "rollback").json["states"]
        self.assertEqual(len(states), 2, states)
        self.assertIn("did not hold", states[-1]["reason"])
        status = hosts.program(self.lost, "--json", "status").json
        listed = {source["name"] for source in status["sources"]}
        self.assertEqual(listed, {*self.liars, self.honest[0]})

    def last_state(self):
        return hosts.program(self.left, "--json", "rollback").json["states"][-1]

    def test_a_change_whose_process_is_killed_is_walked_back_by_the_system(self):
        before = self.left.read(MAIN)
        self.left.ask("systemd-run", "--unit=applying", hosts.PROGRAM_INSIDE, "apply", "--yes",
                      "--takeover", "--probation", "20s")
        hosts.wait_for("the drop-in is written", self.left.path(DROP_IN).exists, 60)
        self.left.ask("systemctl", "kill", "--signal=KILL", "applying.service")
        hosts.wait_for("the change is walked back",
                       lambda: not self.left.path(DROP_IN).exists(), 120)
        hosts.wait_for("the record says so", lambda: self.last_state()["outcome"]
                       == "rolled_back, verified", 60)
        self.assertEqual(self.left.read(MAIN), before)


if __name__ == "__main__":
    hosts.main()
