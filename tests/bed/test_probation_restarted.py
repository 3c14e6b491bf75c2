#!/usr/bin/python3
"""The probation of daemons that read their sources when they start: one that was lost after its
change was accepted is given its old files, and is started with them, when nobody is there any more."""
import json

import hosts
from daemons import DAEMONS

HONEST, LIAR = (1, 2, 3, 4), 5
CONFIG = "/etc/clockwright/clockwright.toml"


class Probation(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {} for last in HONEST})
        cls.liar, = cls.hosts.lab({LIAR: {"offset": '"300ms"'}})
        files = {CONFIG: f"[candidates]\ndiscover = false\nhosts = {json.dumps(cls.honest)}\n"
                         "[select]\nconfirmations = 1\n"}
        for daemon in ("ntpsec", "openntpd", "systemd-timesyncd"):
            setattr(cls, daemon, cls.hosts.add(daemon.removeprefix("systemd-"), daemon, [cls.liar],
                                               files))

    def is_lost_and_found(self, name):
        host, daemon = getattr(self, name), DAEMONS[name]
        hosts.wait_for("it answers", lambda: hosts.answered(host, name), 60)
        before = host.read(daemon.config)
        applied = hosts.program(host, "--json", "apply", "--yes", "--takeover", "--allow-restart",
                                "--probation", "10s", seconds=400)
        self.assertEqual(applied.code, 0, applied.stdout + applied.stderr)
        host.ask("systemctl", "stop", daemon.unit)  # as one that has died, for nobody to see
        service = applied.json["probation"].replace(".timer", ".service")
        hosts.wait_for("the change is judged once more", lambda: host.run(
            "systemctl", "is-active", service).stdout in ("active\n", "activating\n"), 60)
        hosts.wait_for("and that comes to its end", lambda: host.run(
            "systemctl", "is-active", service).stdout not in ("active\n", "activating\n"), 300)
        said = host.journal(service)
        self.assertIn(f"change {applied.json['id']} did not hold", said)
        self.assertIn("The earlier state is back", said)
        self.assertEqual(host.read(daemon.config), before)
        self.assertEqual(host.run("systemctl", "is-active", daemon.unit).stdout, "active\n")
        state = hosts.program(host, "--json", "rollback").json["states"][-1]
        self.assertEqual(state["outcome"], "applied, verified", state)
        status = hosts.program(host, "--json", "status").json
        self.assertEqual({source["name"] for source in status["sources"]}, {self.liar})

    def test_ntpsec(self):
        self.is_lost_and_found("ntpsec")

    def test_openntpd(self):
        self.is_lost_and_found("openntpd")

    def test_timesyncd(self):
        self.is_lost_and_found("systemd-timesyncd")


if __name__ == "__main__":
    hosts.main()
