"""Public servers, played in a network of this test's own: manners, blocks, what an interrupt leaves."""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import bed

ADDRESSES = [f"198.51.100.{last}" for last in (11, 12, 13, 14)]
FAR_APART = ["198.51.100.11", "203.0.113.21", "192.0.2.31"]  # no two in one network
INDEPENDENT = ["any.time.nl", "mirror.mdapi.ch", "ntp.3eck.net"]  # of three operators, no smear
EPOCH_1900 = 2208988800


class Server:
    """Answers on port 123 of an address with time, a kiss code, or not at all; counts packets."""

    def __init__(self, address, manner):
        self.manner, self.count, self.asked_at = manner, 0, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 123))
        self.socket.settimeout(0.05)
        self.ends = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def close(self):
        self.ends = True
        self.thread.join()
        self.socket.close()

    def serve(self):
        while not self.ends:
            try:
                packet, whence = self.socket.recvfrom(1000)
            except TimeoutError:
                continue
            self.count += 1
            self.asked_at.append(time.monotonic())
            if self.manner != "silent" and len(packet) >= 48:
                self.socket.sendto(self.answer(packet), whence)

    def answer(self, packet):
        now = struct.pack("!Q", int((time.time() + EPOCH_1900) * 2**32))
        stratum, refid = (0, self.manner) if self.manner != "time" else (1, b"GPS\0")
        return (struct.pack("!BBbb", 4 << 3 | 4, stratum, 6, -20) + struct.pack("!II", 0, 16)
                + refid + now + packet[40:48] + now + now)


class Strangers(bed.Bed):
    def setUp(self):
        super().setUp()
        self.chronyd()
        self.configure(candidates={"internet": "true"})
        proposed = self.program("--json", "scan").json["servers"]  # nobody has an address yet
        self.names = sorted(row["host"] for row in proposed)[:len(ADDRESSES)]
        self.hosts = self.directory / "hosts"
        self.give_names(ADDRESSES, self.names)
        subprocess.run(["mount", "--bind", self.hosts, "/etc/hosts"], check=True)
        self.addCleanup(subprocess.run, ["umount", "/etc/hosts"], check=True)

    def give_names(self, addresses, names):
        self.hosts.write_text("".join(map("{} {}\n".format, addresses, names)))

    def servers(self, *manners, addresses=ADDRESSES):
        found = [Server(address, manner) for address, manner in zip(addresses, manners)]
        for server in found:
            self.addCleanup(server.close)
        return found

    def forget_what_was_sent(self):
        (self.state / "memory.json").unlink()

    def count_as_older(self):
        """Moves the last scan that counted against somebody two hours back."""
        path = self.state / "block-list.json"
        known = json.loads(path.read_text())
        for server in known["servers"]:
            server["last_counted"] = "2026-01-01T00:00:00Z"
        path.write_text(json.dumps(known))

    def blocked(self):
        listed = self.program("--json", "servers", "list", "--blocked").json["servers"]
        return {row["host"]: row["blocked"]["reason"] for row in listed if row["blocked"]}

    def test_a_stranger_that_denies_is_not_asked_again(self):
        servers = self.servers("time", "time", b"DENY", "time")
        self.expect(self.program("scan"), 0)
        self.assertEqual(self.blocked().get(self.names[2]), "DENY/RSTR")
        asked = servers[2].count
        self.forget_what_was_sent()
        scan = self.expect(self.program("--json", "scan"), 0).json
        self.assertEqual(servers[2].count, asked)
        row = next(row for row in scan["servers"] if row["host"] == self.names[2])
        self.assertEqual(row["verdict"], "unreachable")
        self.assertRegex(row["reason"], "^blocked until .* because it sent DENY")
        self.expect(self.program("servers", "allow", self.names[2]), 0)
        self.forget_what_was_sent()
        self.expect(self.program("scan"), 0)
        self.assertGreater(servers[2].count, asked)
        self.assertEqual(self.blocked(), {})

    def test_silence_in_three_scans_on_end_blocks(self):
        servers = self.servers("time", "silent", "time", "time")
        for _ in range(3):
            self.assertNotIn(self.names[1], self.blocked())
            self.expect(self.program("scan", "--samples", "1"), 0)
            self.forget_what_was_sent()
            self.count_as_older()
        self.assertEqual(self.blocked().get(self.names[1]), "time-outs")
        self.expect(self.program("scan", "--samples", "1"), 0)
        self.assertEqual(servers[1].count, 3)

    def test_kisses_of_all_silence_a_third_at_most(self):
        self.servers(b"DENY", b"RSTR", b"DENY", b"RATE")
        self.expect(self.program("scan"), 3)
        self.assertEqual(len({row for row in self.blocked() if row in self.names}), 1)

    def test_the_daemon_bursts_32_s_after_our_last_packet(self):
        servers = self.servers("time", "time", "time", "time")
        self.configure(hosts=ADDRESSES, select={"trust_domain": '"internal"', "minimum": "2"})
        applied = self.expect(self.program("apply", "--yes", seconds=120), 0)
        self.assertIn("the new sources were asked a moment ago", " ".join(applied.stdout.split()))
        chosen = [server for server in servers if len(server.asked_at) > 4]
        self.assertGreaterEqual(len(chosen), 2)
        for server in chosen:
            self.assertGreaterEqual(server.asked_at[4] - server.asked_at[3], 31.5)

    def ago(self, seconds):
        """An instant as the memory writes it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds))

    def count_as_sent(self, seconds):
        """Moves all that the memory knows into the past."""
        path = self.state / "memory.json"
        known = json.loads(path.read_text())
        known["search"]["at"] = self.ago(seconds)
        known["series"] = []
        for spent in known["spent"]:
            spent["series_began"] = spent["last"] = self.ago(seconds)
        path.write_text(json.dumps(known))
        return {one["host"] for one in known["search"]["asked"] if one.get("chosen")}

    def test_the_internet_is_searched_once_a_day(self):
        self.give_names(FAR_APART, INDEPENDENT)
        servers = self.servers("time", "time", "time", addresses=FAR_APART)
        self.configure(candidates={"internet": "true"},
                       select={"nts": '"off"', "count": "2", "minimum": "2",
                               "trust_domain": '"internal"'})
        first = self.expect(self.program("--json", "scan"), 0).json
        chosen = {row["host"] for row in first["servers"] if row["chosen"]}
        self.assertEqual(len(chosen), 2)
        again = self.expect(self.program("--json", "scan"), 0).json
        self.assertEqual([server.count for server in servers], [4] * 3)
        self.assertEqual({row["host"] for row in again["servers"]},
                         {row["host"] for row in first["servers"]})
        self.assertEqual(self.count_as_sent(2 * 3600), chosen)
        later = self.expect(self.program("scan"), 0)
        self.assertIn("will not be again before", " ".join(later.text.split()))
        self.assertEqual(sorted(server.count for server in servers), [4, 8, 8])
        self.count_as_sent(25 * 3600)
        self.expect(self.program("scan"), 0)
        self.assertEqual(sorted(server.count for server in servers), [8, 12, 12])

    def test_a_search_that_nobody_answered_is_none(self):
        self.expect(self.program("scan", "--samples", "1"), 3)
        known = json.loads((self.state / "memory.json").read_text())
        self.assertNotIn("search", known)
        self.assertEqual(len(known["spent"]), len(ADDRESSES))

    def test_two_scans_at_once_ask_nobody_twice(self):
        servers = self.servers("time", "time", "time", "time")
        for scan in [self.begin("scan") for _ in range(2)]:
            self.assertIn(self.end(scan).code, (0, 3))  # 3: the other one asks them all
        self.assertEqual([server.count for server in servers], [4] * len(servers))
        remembered = json.loads((self.state / "memory.json").read_text())
        self.assertEqual({one["address"]: one["sent"] for one in remembered["spent"]},
                         dict.fromkeys(ADDRESSES, 4))

    def test_an_interrupt_or_a_crash_does_not_make_us_ask_again(self):
        for number, how in enumerate((signal.SIGINT, signal.SIGKILL)):
            servers = self.servers("time", "time", "time", "time")
            scan = self.begin("scan")
            self.wait_for("the first packets", lambda: all(one.count for one in servers))
            scan.send_signal(how)
            self.assertEqual(self.end(scan).code, 130 if how == signal.SIGINT else -how)
            time.sleep(0.2)
            asked = [server.count for server in servers]
            self.program("scan")
            self.assertEqual([server.count for server in servers], asked, how)
            dry = self.program("--json", "scan", "--dry-run").json
            self.assertEqual(dry["packets_planned"], 0)
            for server in servers:
                server.close()
            if number == 0:
                self.forget_what_was_sent()


if __name__ == "__main__":
    bed.enter_own_network(*ADDRESSES, *FAR_APART[1:])
    bed.main()
