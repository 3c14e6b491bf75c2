#!/usr/bin/python3
"""The whole life of a change with OpenNTPD: plan, apply with a restart, verified by asking the
daemon, walked back when it cannot work or does not come up again, taken over and given back.

OpenNTPD never says "clock synced" without the right to set the clock: what can be shown here is that
enough of its peers are valid, which is what the program asks for with this daemon."""
import re

import hosts
from daemons import DAEMONS

OPENNTPD = DAEMONS["openntpd"]
LOCAL = "/etc/clockwright/clockwright.toml"
GOOD, LIAR, OLD = (1, 2, 3, 4), 5, (6, 7)
HEAD = "# our own\nlisten on 127.0.0.1\n"


def local(candidates, more=""):
    names = ", ".join(f'"{address}"' for address in candidates)
    return f"[candidates]\nhosts = [{names}]\n[select]\nconfirmations = 1\n{more}"



class OpenntpdLife(hosts.HostBed):
    @classmethod
    def boot(cls):
        cls.good = cls.hosts.lab({last: {} for last in GOOD})
        cls.liar, = cls.hosts.lab({LIAR: {"offset": '"300ms"'}})
        cls.old = cls.hosts.lab({last: {} for last in OLD})
        cls.foreign = HEAD + f"server {cls.liar}   # the wrong one\nservers {cls.old[0]} weight 2\n"
        for name in ("life", "taker", "cut", "dead", "broken"):
            more = "[apply]\nverify_timeout = \"25s\"\n" if name == "cut" else ""
            if name == "cut":
                more += '[daemon]\nrestart = ["/usr/local/bin/cut-off"]\n'
            files = {OPENNTPD.config: cls.foreign, LOCAL: local(cls.good, more),
                     "/usr/local/bin/cut-off":
                     "#!/bin/sh\n" + "".join(f"ip route replace {address}/32 dev lo\n"
                                             for address in cls.good)
                     + "exec systemctl restart openntpd\n"}
            host = cls.hosts.add(name, "openntpd", [], files)
            host.path("/usr/local/bin/cut-off").chmod(0o755)
            setattr(cls, name, host)

    def listed(self, host):
        """The addresses that the daemon asks."""
        rows = host.run("ntpctl", "-s", "peers").stdout.splitlines()
        return {row.split()[0] for row in rows if row.startswith("10.")}

    def started(self, host):
        return host.run("systemctl", "show", "-p", "ExecMainStartTimestampMonotonic",
                        "openntpd").stdout

    def clockwright(self, host, *words):
        answer = hosts.program(host, *words, seconds=400)
        print(f"--- {host.name}: {' '.join(words)}: {answer.code}\n{answer.text}",
              flush=True)
        return answer

    def undo(self, host, applied):
        return self.clockwright(host, "rollback", re.search(r"rollback (\w+)", applied.text)[1])

    def test_a_wrong_configuration_is_mended_and_the_second_apply_does_nothing(self):
        host = self.life
        plan = self.clockwright(host, "plan", "--json")
        self.assertEqual(plan.code, 2)
        self.assertIn('"restart": true', plan.stdout)
        self.assertEqual(host.read(OPENNTPD.config), self.foreign)

        applied = self.clockwright(host, "apply", "--yes", "--allow-restart")
        self.assertEqual(applied.code, 0)
        text = host.read(OPENNTPD.config)
        self.assertTrue(text.startswith(self.foreign), text)
        for address in self.good:
            self.assertIn(f"\nserver {address}\n", text)
        self.assertEqual(self.listed(host), {*self.good, self.liar, self.old[0]})

        before = self.started(host)
        again = self.clockwright(host, "apply", "--yes", "--allow-restart")
        self.assertEqual(again.code, 0)
        self.assertIn("Nothing to change", again.stdout)
        self.assertEqual(self.started(host), before)

        status = self.clockwright(host, "status")
        self.assertIn("openntpd says that it is not synced", status.stdout)
        self.assertNotIn("terms", status.stdout)

        back = self.undo(host, applied)
        self.assertEqual(back.code, 0)
        self.assertEqual(host.read(OPENNTPD.config), self.foreign)

    def test_a_takeover_is_given_back_byte_for_byte(self):
        host = self.taker
        applied = self.clockwright(host, "apply", "--yes", "--allow-restart", "--takeover")
        self.assertEqual(applied.code, 0)
        text = host.read(OPENNTPD.config)
        self.assertIn(f"#clockwright-took-over# server {self.liar}   # the wrong one\n", text)
        self.assertEqual(self.listed(host), {*self.good, self.old[0]})  # which is right, and stays
        back = self.undo(host, applied)
        self.assertEqual(back.code, 0)
        self.assertEqual(host.read(OPENNTPD.config), self.foreign)
        self.assertEqual(self.listed(host), {self.liar, self.old[0]})

    def test_a_set_that_cannot_work_is_walked_back(self):
        host = self.cut
        applied = self.clockwright(host, "apply", "--yes", "--allow-restart")
        self.assertEqual(applied.code, 1)
        self.assertIn("4 wanted", applied.text)
        self.assertEqual(host.read(OPENNTPD.config), self.foreign)
        self.assertEqual(self.listed(host), {self.liar, self.old[0]})

    def test_a_daemon_that_does_not_come_up_again_is_walked_back(self):
        host = self.dead
        host.write("/etc/systemd/system/openntpd.service.d/dead.conf",
                   "[Service]\nExecStartPre=/bin/sh -c '! grep -q Clockwright "
                   f"{OPENNTPD.config}'\n")
        host.ask("systemctl", "daemon-reload")
        applied = self.clockwright(host, "apply", "--yes", "--allow-restart")
        self.assertEqual(applied.code, 1)
        self.assertEqual(host.read(OPENNTPD.config), self.foreign)
        self.assertEqual(self.listed(host), {self.liar, self.old[0]})
        self.assertEqual(host.run("systemctl", "is-active", "openntpd").stdout, "active\n")

    def test_a_file_it_would_not_start_with_is_refused(self):
        host = self.broken
        text = self.foreign + "bogus on\n"
        host.write(OPENNTPD.config, text)
        before = self.started(host)
        applied = self.clockwright(host, "apply", "--yes", "--allow-restart")
        self.assertEqual(applied.code, 5)
        self.assertIn("would not start again", applied.text)
        self.assertEqual(host.read(OPENNTPD.config), text)
        self.assertEqual(self.started(host), before)

    def test_who_is_not_root_is_told_so(self):
        answer = self.broken.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                 hosts.PROGRAM_INSIDE, "status")
        self.assertEqual(answer.returncode, 77, answer.stdout + answer.stderr)


if __name__ == "__main__":
    hosts.main()
