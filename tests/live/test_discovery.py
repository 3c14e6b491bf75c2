#!/usr/bin/python3
"""What the machine knows of time servers becomes candidates: the program sees prepared files in a
mount namespace of its own, so that it is the same program that runs as root elsewhere."""
import os
import subprocess

import bed

# Hides what this machine really knows: nobody but the lab may be asked.
HIDE = """set -e
for place in /run /sys /var/lib /etc/systemd /etc/cloud; do
    if [ -d "$place" ]; then mount -t tmpfs none "$place"; fi
done
if [ -d "$0" ]; then cp -R "$0"/. /; fi
exec "$@"
"""


class Discovery(bed.Bed):
    def setUp(self):
        super().setUp()
        self.port = 123  # a lease names no port
        self.root = self.make_directory("root", 0o755)
        hidden = subprocess.run(["unshare", "-m", "sh", "-c", HIDE, "/nowhere", "true"],
                                capture_output=True, text=True, check=False)
        if hidden.returncode != 0:
            self.skipTest(f"no mount namespace: {hidden.stderr.strip()}")

    def put(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def command(self, *words):
        return ["unshare", "-m", "sh", "-c", HIDE, str(self.root), *super().command(*words)]

    def prepare(self):
        self.lab({last: {} for last in range(1, 6)})
        self.chronyd(f"server {self.address(1)} minpoll -2 iburst")
        self.put("run/systemd/netif/leases/2",
                 f"ADDRESS=10.0.0.9\nNTP={self.address(2)} {self.address(1)} bad;host\n")
        self.put("run/systemd/timesyncd.conf.d/dhcp.conf", f"[Time]\nNTP={self.address(3)}\n")
        self.put("run/chrony-dhcp/eth0.sources", f"server {self.address(4)} iburst\n")
        self.put("sys/class/ptp/ptp0/clock_name", "KVM virtual PTP\n")

    def scan(self, discover, *words):
        self.configure([self.host(5)], candidates={"discover": discover})
        return self.expect(self.program(*words), 0)

    def test_leases_and_written_files_are_measured_each_with_its_origin(self):
        self.prepare()
        rows = self.scan("true", "--json", "scan").json["servers"]
        self.assertEqual(
            {row["host"]: row["origin"] for row in rows},
            {self.address(1): f"{self.chrony_conf}:1",
             self.address(2): "/run/systemd/netif/leases/2:2",
             self.address(3): "/run/systemd/timesyncd.conf.d/dhcp.conf:2",
             self.address(4): "/run/chrony-dhcp/eth0.sources:1",
             self.host(5): "hosts"})
        for row in rows:
            self.assertIn(row["verdict"], ("truechimer", "system_peer"), row)

    def test_the_table_says_where_a_source_comes_from_and_what_could_not_be_used(self):
        self.prepare()
        for option in ("-v", "--explain"):
            with self.subTest(option=option):
                words = [option, "scan"] if option == "-v" else ["scan", option]
                text = " ".join(self.scan("true", *words).stdout.split())
                self.assertIn("from /run/systemd/netif/leases/2:2", text)
                self.assertIn('/run/systemd/netif/leases/2:2: "bad;host" is no host', text)
                self.assertIn("/dev/ptp0 (KVM virtual PTP) is a hardware clock", text)

    def test_a_lease_file_that_is_none_is_noted(self):
        self.prepare()
        (self.root / "run/NetworkManager/devices").mkdir(parents=True)
        os.mkfifo(self.root / "run/NetworkManager/devices/3")
        self.put("var/lib/dhcp/dhclient.eth0.leases", "#" * (5 << 20))
        (self.root / "run/dhcpcd/hook-state/ntp.conf").mkdir(parents=True)
        (self.root / "run/dhcpcd/hook-state/ntp.conf/eth0").symlink_to("/nowhere")
        (self.root / "var/lib/dhcpcd/eth0.lease").mkdir(parents=True)
        self.put("sys/class/net/eth0/operstate", "up\n")
        text = " ".join(self.scan("true", "scan").stdout.split())
        self.assertIn("/run/NetworkManager/devices/3: it is no regular file", text)
        self.assertIn("/var/lib/dhcp/dhclient.eth0.leases: file too large", text)
        self.assertIn("/run/dhcpcd/hook-state/ntp.conf/eth0: no such file", text)
        self.assertIn("/var/lib/dhcpcd/eth0.lease: it is no regular file", text)

    def test_without_discover_only_the_daemon_and_the_user_name_servers(self):
        self.prepare()
        rows = self.scan("false", "--json", "scan").json["servers"]
        self.assertCountEqual([row["host"] for row in rows], [self.address(1), self.host(5)])

    def test_a_lease_may_be_configured_and_what_chronyd_has_is_not_added_twice(self):
        self.prepare()
        self.configure([self.host(5)], candidates={"discover": "true"},
                       select={"confirmations": "1"})
        plan = self.expect(self.program("--json", "plan"), 2).json
        self.assertIn(self.address(2), plan["add"])
        self.assertNotIn(self.address(1), plan["add"])
        self.assertIn(self.address(1), plan["keep"])
        text = " ".join(self.expect(self.program("plan"), 2).stdout.split())
        self.assertIn(f"{self.address(2)} is known from /run/systemd/netif/leases/2:2", text)


if __name__ == "__main__":
    bed.main()
