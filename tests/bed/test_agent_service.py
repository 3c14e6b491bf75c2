#!/usr/bin/python3
"""The agent as a service without rights on a booted host: a unit of root's decides when the agent
wishes it, and root's verbs read what the agent keeps."""
import datetime
import json

import hosts

HONEST, LIAR = (1, 2, 3, 4, 5), 6
CONFIG = "/etc/clockwright/clockwright.toml"
AGENT = "clockwright-agent.service"
PLACE = "/var/lib/clockwright-agent"


class AgentService(hosts.HostBed):
    @classmethod
    def boot(cls):
        servers = cls.hosts.lab({last: {} for last in HONEST}
                                | {LIAR: {"step_at": '"50s"', "step": '"840ms"'}})
        cls.honest, cls.liar = servers[:-1], servers[-1]
        cls.host = cls.hosts.add("client", "chrony", servers[:1], {}, reads_clock=True)
        cls.add_hardware_clock()
        cls.configure([*cls.honest[:4], cls.liar])

    @classmethod
    def configure(cls, candidates, agent=""):
        names = ", ".join(f'"{one}"' for one in candidates)
        cls.host.write(CONFIG, f"[candidates]\ndiscover = false\nhosts = [{names}]\n"
                               f"[select]\nconfirmations = 1\n{agent}")

    @classmethod
    def add_hardware_clock(cls):
        """This machine may have none: for the agent's unit one stands in sysfs, seven seconds slow,
        and has no device; it is begun before the agent, and ticks as long as the host lives."""
        cls.host.write("/var/lib/rtc/rtc0/name", "rtc_fake\n")
        cls.host.write("/var/lib/rtc/rtc0/hctosys", "1\n")
        cls.host.write("/var/lib/rtc/tick", "cd /var/lib/rtc/rtc0\nwhile sleep 0.05; do\n"
                       "echo $(($(date +%s) - 7)) > next && mv next since_epoch\ndone\n")
        cls.host.write(f"/etc/systemd/system/{AGENT}.d/rtc.conf",
                       "[Service]\nTemporaryFileSystem=/sys/class\n"
                       "BindReadOnlyPaths=/var/lib/rtc:/sys/class/rtc\n")

    def program(self, *words, code=0):
        answer = hosts.program(self.host, *words, seconds=120)
        self.assertEqual(answer.code, code, answer)
        return answer

    def listed(self):
        rows = self.host.run("chronyc", "-c", "-n", "sources").stdout.splitlines()
        return sorted(row.split(",")[2] for row in rows if "," in row)

    def told(self):
        """What the channel was told, by root's unit: it may not write where the agent looks."""
        return self.host.run("cat", "/var/lib/clockwright/told").stdout

    def main_process(self):
        return self.host.run("systemctl", "show", "--value", "-p", "MainPID", AGENT).stdout.strip()

    def test_a_lying_source_is_replaced_for_an_agent_that_may_not(self):
        self.program("apply", "--yes", "--takeover")
        self.assertEqual(self.listed(), sorted([*self.honest[:4], self.liar]))

        # As if it had last decided seven hours ago: it decides within a minute.
        decided = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=7)
        self.host.ask("mkdir", "-p", PLACE)
        self.host.write(f"{PLACE}/agent.json", json.dumps({
            "version": 1, "decided": decided.strftime("%Y-%m-%dT%H:%M:%SZ"), "replaced": [],
            "proposal": None}))
        self.configure([*self.honest, self.liar],
                       '[agent]\nmode = "ultrafast"\napply = "auto"\n'
                       '[[alert.exec]]\ncommand = ["/usr/bin/tee", "-a", "/var/lib/clockwright/told"]\n'
                       'tells = ["changes"]\n')
        self.host.ask("systemd-run", "--unit=rtc", "/bin/sh", "/var/lib/rtc/tick")
        self.program("service", "install", "--agent")
        hosts.wait_for("the better set", lambda: self.listed() == sorted(self.honest), 200)
        hosts.wait_for("the agent has seen it", lambda: "decided for the agent: applied" in
                       self.host.journal(AGENT), 60)
        self.assertIn("applied: plan", self.host.journal("clockwright-wish.service"))
        self.assertIn("reason", self.program("--json", "history", "changes").stdout)

        with self.subTest("the change is told once, with old and new servers"):
            told = hosts.wait_for("the notice", self.told, 60)
            self.assertEqual(told.count("servers_changed"), 1, told)
            self.assertIn(self.liar, told)
            self.assertIn(self.honest[4], told)

        with self.subTest("root reads the agent's record, and leaves nothing of its own there"):
            hosts.wait_for("its record", lambda: "applied" in self.program("history", "runs").stdout,
                           20)
            self.program("report", "verify")
            self.host.write("/root/old.csv", "timestamp,offset,delay\n"
                            "2026-01-02T03:04:05Z,0.001,0.02\n")
            self.program("history", "import", "/root/old.csv", "--server", "old.example")
            self.assertFalse(self.host.path("/var/lib/clockwright/record.sqlite").exists())
            self.assertIn("applied", self.program("history", "runs").stdout)
            self.program("servers", "block", "ntp9.example", "--reason", "it lies")
            self.assertIn("it lies", self.host.read(f"{PLACE}/block-list.json"))
            self.assertIn("it lies", self.host.read("/var/lib/clockwright/block-list.json"))
            self.program("alert", "silence", "server_*", "--for", "1h", "--reason", "test")
            owners = self.host.run("sh", "-c", f"stat -L -c %u {PLACE}/*").stdout.split()
            self.assertEqual(len(set(owners)), 1, owners)
            self.assertNotIn("0", owners)

        with self.subTest("it compares the hardware clock, which it may not open"):
            rows = self.program("--json", "history", "events").stdout
            self.assertRegex(rows, r"the hardware clock was compared: \+7\.[0-9]+ s")
            self.host.ask("rm", "-r", f"/etc/systemd/system/{AGENT}.d")

        with self.subTest("an agent that hangs is ended by systemd, and begun again"):
            hung = self.main_process()
            self.host.ask("sh", "-c", f"kill -STOP {hung}")
            hosts.wait_for("another agent", lambda: self.main_process() not in ("0", hung), 120)
            self.assertIn("Watchdog timeout", self.host.journal(AGENT))

        with self.subTest("nothing is left when it is removed"):
            self.program("service", "remove")
            left = self.host.run("sh", "-c", "find /etc/systemd -name 'clockwright*'").stdout
            self.assertEqual(left, "")
            self.assertTrue(self.host.path(f"{PLACE}/record.sqlite").exists())

        with self.subTest("--purge takes the agent's record and state as well"):
            self.host.ask("rm", "/var/lib/clockwright/told")  # is not ours, and would stay
            self.program("service", "remove", "--purge")
            left = self.host.run("sh", "-c", "find /var/lib -name 'clockwright*'").stdout
            self.assertEqual(left, "")


if __name__ == "__main__":
    hosts.main()
