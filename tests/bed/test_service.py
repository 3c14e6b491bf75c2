#!/usr/bin/python3
"""The service on a booted host: installed once however often it is told, its timer fires, its units
are secluded, and its removal leaves nothing behind but the record."""
import json

import hosts

HONEST, LIARS = (1, 2, 3, 4, 5), (11, 12)
CONFIG = "/etc/clockwright/clockwright.toml"
UNITS = ("clockwright-apply.service", "clockwright-apply.timer", "clockwright-heal.service")


class Service(hosts.HostBed):
    @classmethod
    def boot(cls):
        honest = cls.hosts.lab({last: {} for last in HONEST})
        liars = cls.hosts.lab({last: {"offset": '"840ms"'} for last in LIARS})
        wanted = ", ".join(f'"{one}"' for one in honest)
        cls.host = cls.hosts.add("client", "chrony", liars, {
            CONFIG: f"[candidates]\ndiscover = false\nhosts = [{wanted}]\n"
                    "[select]\nconfirmations = 1\n"})
        cls.wanted = sorted(honest)

    def service(self, *words):
        return hosts.program(self.host, "service", *words, seconds=120)

    def state_of(self, unit, question):
        return self.host.run("systemctl", question, unit).stdout.strip()

    def test_from_installation_to_removal(self):
        self.assertIn("not installed", self.service("status").stdout)

        with self.subTest("only whole hours from 1 to 24 are taken"):
            for every in ("90m", "30m", "25h"):
                self.assertEqual(self.service("install", "--every", every).code, 64, every)
            self.assertFalse(self.host.path(f"/etc/systemd/system/{UNITS[1]}").exists())

        with self.subTest("a relative --config is the same file to a unit"):
            shown = self.host.run("sh", "-c", "cd /etc/clockwright && exec "
                                  f"{hosts.PROGRAM_INSIDE} --config clockwright.toml service "
                                  "install --dry-run").stdout
            self.assertIn(f'--config "{CONFIG}" ', shown)

        with self.subTest("without systemd and a directory for cron's lines nothing is written"):
            refused = self.host.run("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && "
                                    "rm -rf /etc/cron.d && exec "
                                    f"{hosts.PROGRAM_INSIDE} service install")
            self.assertEqual(refused.returncode, 1, refused)
            self.assertIn("there is no /etc/cron.d", " ".join(refused.stderr.split()))

        with self.subTest("root's units run no program that others may change, or that they cannot see"):
            for place, owner, why in (("/opt/theirs", "1000", "belongs to uid 1000"),
                                      ("/root/ours", "0", "the units see nothing below /root/")):
                self.host.ask("sh", "-c", f"mkdir {place} && cp {hosts.PROGRAM_INSIDE} {place} && "
                                          f"chown -R {owner} {place}")
                refused = self.host.run(f"{place}/clockwright", "service", "install")
                self.assertEqual(refused.returncode, 78, refused)
                self.assertIn(why, " ".join(refused.stderr.split()))
            self.assertFalse(self.host.path(f"/etc/systemd/system/{UNITS[1]}").exists())

        with self.subTest("it installs, once"):
            first = self.service("install", "--every", "4h", "--takeover")
            self.assertEqual(first.code, 0, first.stderr)
            self.assertIn("Installed.", first.stdout)
            again = self.service("install", "--every", "4h", "--takeover")
            self.assertEqual(again.code, 0)
            self.assertIn("Nothing to do", again.stdout)
            self.assertEqual(self.state_of(UNITS[1], "is-enabled"), "enabled")
            self.assertEqual(self.state_of(UNITS[1], "is-active"), "active")
            self.assertIn("00/4:00:00", self.host.read(f"/etc/systemd/system/{UNITS[1]}"))

        with self.subTest("systemd finds no fault with the units"):
            checked = self.host.run("systemd-analyze", "verify", "--man=no",
                                    *(f"/etc/systemd/system/{unit}" for unit in UNITS))
            self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

        with self.subTest("the agent's unit is secluded well"):
            shown = self.service("install", "--agent", "--dry-run").stdout
            agent = shown.split("clockwright-agent.service\n", 1)[1]
            unit = "/root/clockwright-agent.service"
            self.host.write(unit, agent)
            judged = self.host.run("systemd-analyze", "security", "--offline=true",
                                   "--threshold=20", unit)
            faults = [line for line in judged.stdout.splitlines() if not line.startswith("✓")]
            self.assertEqual(judged.returncode, 0, "\n".join(faults))

        with self.subTest("the agent runs as a user of its own, and leaves its word to everybody"):
            done = self.service("install", "--every", "4h", "--takeover", "--agent")
            self.assertEqual(done.code, 0, done)
            hosts.wait_for("the agent is ready", lambda: self.state_of(
                "clockwright-agent.service", "is-active") == "active", 60)
            word = "/run/clockwright/agent-word.json"
            hosts.wait_for("its word", lambda: self.host.run("test", "-s", word).returncode == 0,
                           60)
            self.assertEqual(self.host.run("stat", "-c", "%a", word).stdout.strip(), "644")
            owner = int(self.host.run("stat", "-c", "%u", word).stdout)
            self.assertIn(owner, range(61184, 65520))  # systemd's range of dynamic users
            status = self.host.run("systemctl", "status", "clockwright-agent.service").stdout
            self.assertIn("Status:", status)

        with self.subTest("service status tells each unit, and where its log is"):
            told = self.service("status").stdout
            self.assertIn("installed and runs", told)
            self.assertRegex(told, r"clockwright-agent.service +enabled, runs")
            self.assertIn("journalctl -u 'clockwright-*'", told)
            units = json.loads(self.service("--json", "status").stdout)["units"]
            self.assertEqual([unit["name"] for unit in units],
                             ["clockwright-apply.timer", "clockwright-agent.service"])
            self.assertTrue(all(unit["enabled"] and unit["active"] for unit in units))

        with self.subTest("its timer fires, and the set is applied under its seclusion"):
            # The clock of a host cannot be moved here: the same timer, but soon.
            self.host.ask("mkdir", "-p", f"/run/systemd/system/{UNITS[1]}.d")
            self.host.ask("sh", "-c", "printf '[Timer]\\nOnCalendar=\\nOnActiveSec=1s\\n"
                          "RandomizedDelaySec=0\\nAccuracySec=100ms\\n' > "
                          f"/run/systemd/system/{UNITS[1]}.d/soon.conf")
            self.host.ask("systemctl", "daemon-reload")
            self.host.ask("systemctl", "restart", UNITS[1])
            def applied():
                rows = self.host.run("chronyc", "-c", "-n", "sources").stdout.splitlines()
                return sorted(row.split(",")[2] for row in rows if "," in row) == self.wanted
            hosts.wait_for("the better set", applied, 90)
            hosts.wait_for("the service has ended",
                           lambda: self.state_of(UNITS[0], "is-active") == "inactive", 60)
            self.assertEqual(self.state_of(UNITS[0], "is-failed"), "inactive",
                             self.host.journal(UNITS[0]))
            self.assertIn("Applied and verified", self.host.journal(UNITS[0]))

        with self.subTest("run-now finds nothing to change"):
            ran = self.service("run-now")
            self.assertEqual(ran.code, 0, ran.stderr + self.host.journal(UNITS[0]))

        with self.subTest("removed: units, links and the timer are gone, the record is not"):
            gone = self.service("remove")
            self.assertEqual(gone.code, 0, gone.stderr)
            left = self.host.run("sh", "-c", "find /etc/systemd -name 'clockwright*'").stdout
            self.assertEqual(left, "")
            self.assertTrue(self.host.path("/var/lib/clockwright/changes").exists())
            failed = self.host.run("systemctl", "--failed", "--plain", "--no-legend").stdout
            self.assertEqual(failed, "")
            self.assertIn("Nothing to do", self.service("remove").stdout)

        with self.subTest("--purge takes the record too"):
            self.assertEqual(self.service("remove", "--purge").code, 0)
            self.assertFalse(self.host.path("/var/lib/clockwright").exists())
            self.assertFalse(self.host.path("/etc/chrony/.clockwright.lock").exists())


if __name__ == "__main__":
    hosts.main()
