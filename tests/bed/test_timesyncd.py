#!/usr/bin/python3
"""systemd-timesyncd on a booted host: sources changed by a drop-in and a restart, proved by what the
bus says and seen from outside by timedatectl; walked back when it does not hold; never started."""
import json
import time

import hosts

HONEST, LIAR = (1, 2, 3, 4), 5
LATER = (21, 22, 23, 24, 25)  # of a lab that can be stopped alone
SILENT = "10.77.3.1"      # nobody has this address
UNIT = "systemd-timesyncd.service"
MAIN = "/etc/systemd/timesyncd.conf"
OWN = "/etc/systemd/timesyncd.conf.d/50-clockwright.conf"
CONFIG = "/etc/clockwright/clockwright.toml"


class Timesyncd(hosts.HostBed):
    """Each test has a host of its own; what they have in common is the servers."""

    @classmethod
    def boot(cls):
        cls.honest = cls.hosts.lab({last: {} for last in HONEST})
        cls.liar, = cls.hosts.lab({LIAR: {"offset": '"300ms"'}})
        cls.later = cls.hosts.lab({last: {} for last in LATER})
        cls.later_lab = cls.hosts.labs[-1]
        for name, sources, candidates, timeout in (
                ("repaired", [SILENT], cls.honest, 70), ("taken", [cls.liar], cls.honest, 40),
                ("walked", [cls.liar], cls.later, 15),
                ("stopped", [cls.honest[0]], cls.honest, 20)):
            files = {CONFIG: cls.settings(candidates, timeout)}
            setattr(cls, name, cls.hosts.add(name, "systemd-timesyncd", sources, files))

    @staticmethod
    def settings(candidates, timeout):
        return (f"[candidates]\nhosts = {json.dumps(candidates)}\n"
                f"[select]\nconfirmations = 1\nminimum = 3\n"
                f'[apply]\nverify_timeout = "{timeout}s"\n')

    # --- from outside -----------------------------------------------------------------------------

    @staticmethod
    def shown(host):
        """What timesyncd says: {key: value}, by systemd's own client."""
        text = host.ask("timedatectl", "show-timesync", "--all")
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

    def servers(self, host):
        text = host.ask("busctl", "get-property", "org.freedesktop.timesync1",
                        "/org/freedesktop/timesync1", "org.freedesktop.timesync1.Manager",
                        "SystemNTPServers")
        return [word.strip('"') for word in text.split()[2:]]

    @staticmethod
    def pid(host):
        return host.ask("systemctl", "show", "--value", "-p", "MainPID", UNIT).strip()

    @staticmethod
    def evidence(host):
        """All of /etc/systemd but our lock: names, modes, owners and contents."""
        find = "find . -type f ! -name .clockwright.lock | sort"
        return host.ask("sh", "-c", f"cd /etc/systemd && {find} | xargs stat -c '%n %a %u %g' && "
                                    f"{find} | xargs sha256sum")

    def program(self, host, *words, code=0, seconds=120):
        answer = hosts.program(host, *words, seconds=seconds)
        self.assertEqual(answer.code, code, answer)
        return answer

    def answered(self, host):
        hosts.wait_for("an answer", lambda: hosts.answered(host, "systemd-timesyncd"), 40)

    # --- the tests --------------------------------------------------------------------------------

    def test_a_bad_configuration_is_mended_once_and_foreign_lines_stay(self):
        host, main = self.repaired, self.repaired.read(MAIN)
        plan = self.program(host, "--json", "plan", code=2).json
        self.assertEqual((plan["restart"], plan["daemon"]), (True, "timesyncd"))
        written, = [line for line in plan["diff"].splitlines() if line.startswith("+NTP=")]
        self.assertEqual(sorted(written.removeprefix("+NTP=").split()), plan["add"])

        before = self.pid(host)
        refusal = self.program(host, "apply", "--yes", code=5)
        self.assertIn("--allow-restart", refusal.text)
        self.assertIn("reads its servers only when it starts", " ".join(refusal.text.split()))
        self.program(host, "plan", "--out", "/root/plan", code=2)
        refusal = self.program(host, "--json", "apply", "--yes", "/root/plan", code=5)
        self.assertEqual(refusal.json["outcome"], "refused")
        self.assertEqual(self.pid(host), before)

        applied = self.program(host, "--json", "apply", "--yes", "--allow-restart")
        self.assertEqual((applied.json["outcome"], applied.json["verified"]), ("applied", True))
        self.assertEqual(host.read(MAIN), main)
        self.assertNotIn("NTP=\n", host.read(OWN))  # a reset would take the foreign line away
        self.assertEqual(self.servers(host)[0], SILENT)
        self.assertEqual(sorted(self.servers(host)[1:]), sorted(applied.json["add"]))
        self.assertIn(self.shown(host)["ServerName"], self.honest)
        self.assertIn("PacketCount=1", self.shown(host)["NTPMessage"])

        after = self.pid(host)
        self.assertNotEqual(after, before)
        again = self.program(host, "--json", "apply", "--yes", "--allow-restart")
        self.assertEqual(again.json["outcome"], "unchanged")
        self.assertEqual(self.pid(host), after)
        status = hosts.program(host, "--json", "status")
        self.assertIn(status.code, (0, 1), status)
        states = {one["name"]: one["state"] for one in status.json["sources"]}
        self.assertEqual(states[self.shown(host)["ServerName"]], "*")

    def test_a_takeover_edits_no_foreign_file_and_is_given_back_exactly(self):
        host = self.taken
        self.answered(host)
        self.assertEqual(self.shown(host)["ServerName"], self.liar)
        before = self.evidence(host)
        applied = self.program(host, "--json", "apply", "--yes", "--allow-restart", "--takeover")
        self.assertEqual(applied.json["outcome"], "applied")
        self.assertIn("NTP=\nNTP=", host.read(OWN))
        self.assertNotIn(self.liar, self.servers(host))
        self.assertIn(self.shown(host)["ServerName"], self.honest)

        back = self.program(host, "--json", "rollback", "last")
        self.assertEqual((back.json["outcome"], back.json["verified"]), ("applied", True))
        self.assertEqual(self.evidence(host), before)
        self.assertEqual(self.servers(host), [self.liar])

    def test_servers_that_fall_silent_are_walked_back_and_the_old_state_is_proved(self):
        host = self.walked
        self.answered(host)
        before, servers = self.evidence(host), self.servers(host)
        self.program(host, "plan", "--takeover", "--out", "/root/plan", code=2)
        self.later_lab.kill()
        self.later_lab.wait()
        failed = self.program(host, "--json", "apply", "--yes", "--allow-restart", "/root/plan",
                              code=1)
        self.assertEqual((failed.json["outcome"], failed.json["verified"]), ("rolled_back", True))
        self.assertEqual((self.evidence(host), self.servers(host)), (before, servers))
        self.answered(host)
        self.assertEqual(self.shown(host)["ServerName"], self.liar)

    def test_a_timesyncd_that_does_not_run_is_never_started(self):
        host = self.stopped
        host.ask("systemctl", "stop", UNIT)
        for words, code in ((("status",), 3), (("check",), 3), (("scan",), 0), (("plan",), None),
                            (("apply", "--yes", "--allow-restart"), None)):
            answer = hosts.program(host, *words)
            self.assertNotEqual(answer.code, 0 if code is None else -1, answer)
            if code is not None:
                self.assertEqual(answer.code, code, answer)
            time.sleep(0.5)
            self.assertEqual(host.run("systemctl", "is-active", UNIT).stdout, "inactive\n", words)
        self.assertIn("systemd-timesyncd does not run", hosts.program(host, "status").text)


if __name__ == "__main__":
    hosts.main()
