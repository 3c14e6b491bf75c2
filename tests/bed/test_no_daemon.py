#!/usr/bin/python3
"""A booted host that has no time daemon: its agent states a bound by the servers it asks, calls
nothing dead, and without an agent nothing is demonstrated."""
import hosts

CONFIG = "/etc/clockwright/clockwright.toml"
AGENT = "clockwright-agent.service"
HONEST, LIAR = (1, 2, 3, 4), 5


class NoDaemon(hosts.HostBed):
    @classmethod
    def boot(cls):
        servers = cls.hosts.lab({last: {} for last in HONEST} | {LIAR: {"offset": '"840ms"'}})
        names = ", ".join(f'"{one}"' for one in servers)
        cls.liar = servers[-1]
        cls.host = cls.hosts.add("alone", files={
            CONFIG: f"[candidates]\ndiscover = false\nhosts = [{names}]\n"
                    "[agent]\nmode = \"ultrafast\"\n"})

    def status(self):
        return hosts.program(self.host, "--json", "status")

    def test_its_agent_bounds_the_clock_by_the_servers_it_asks(self):
        alone = self.status()
        self.assertEqual(alone.code, 3, alone)
        self.assertEqual(alone.json["daemon"], "none")
        self.assertIn("no time daemon is set up", alone.json["sentence"])
        self.assertEqual(hosts.program(self.host, "check").code, 3)

        installed = hosts.program(self.host, "service", "install", "--agent")
        self.assertEqual(installed.code, 0, installed)
        told = hosts.wait_for("a bound", lambda: (now := self.status()).code == 0 and now.json, 90)
        self.assertIn("of the 5 servers asked are honest", told["sentence"])
        self.assertIn("no daemon of this host steers it", told["sentence"])
        # All share one clock, so that it is off by nothing; delays and drift make the bound.
        self.assertLess(abs(told["offset_seconds"]), told["bound_seconds"])
        self.assertLess(told["bound_seconds"], 0.05)
        self.assertEqual(told["terms"]["root_delay_half_seconds"], 0)

        checked = hosts.wait_for("the liar is named", lambda: (
            now := hosts.program(self.host, "check")) and self.liar in now.stdout and now, 90)
        self.assertIn("this clock is right: UTC within", checked.stdout)
        self.assertIn("agreeing=4", checked.stdout)
        self.assertNotIn("dead", self.host.journal(AGENT))

        self.host.ask("systemctl", "stop", AGENT)
        self.assertEqual(self.status().code, 3)


if __name__ == "__main__":
    hosts.main()
