#!/usr/bin/python3
"""The agent's watchdog on a booted host: a time daemon that died is started again by a unit of
root's, as the agent of the service may not; one that somebody switched off stays so."""
import hosts

CONFIG = "/etc/clockwright/clockwright.toml"
AGENT, WISH = "clockwright-agent.service", "clockwright-wish.service"
PATIENCE = 180  # seconds of the watchdog


class AgentWatchdog(hosts.HostBed):
    @classmethod
    def boot(cls):
        servers = cls.hosts.lab({last: {} for last in (1, 2, 3, 4)})
        cls.host = cls.hosts.add("client", "chrony", servers, {
            CONFIG: "[candidates]\ndiscover = false\n[agent]\nmode = \"ultrafast\"\n"
                    "watchdog = true\n"})

    def is_active(self):
        return self.host.run("systemctl", "is-active", "chrony").stdout.strip() == "active"

    def test_a_dead_daemon_is_started_again_and_one_switched_off_is_not(self):
        installed = hosts.program(self.host, "service", "install", "--agent")
        self.assertEqual(installed.code, 0, installed)
        hosts.wait_for("the agent has seen it alive",
                       lambda: "chronyd (-x) watches" in self.host.run(
                           "systemctl", "show", "-p", "StatusText", AGENT).stdout, 60)
        self.host.ask("pkill", "-KILL", "chronyd")
        hosts.wait_for("it is dead", lambda: not self.is_active())
        hosts.wait_for("it is started again", self.is_active, PATIENCE + 60)
        self.assertIn("is dead and is started again", self.host.journal(AGENT))
        hosts.wait_for("root's unit says so", lambda: "the time daemon was dead" in
                       self.host.journal(WISH))

        self.host.ask("systemctl", "disable", "--now", "chrony")
        once = hosts.program(self.host, "agent", "--once")
        self.assertNotIn("restarted", once.stdout)
        self.assertFalse(self.is_active())


if __name__ == "__main__":
    hosts.main()
