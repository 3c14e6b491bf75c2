#!/usr/bin/python3
"""Path forensics: servers behind a path that filters, rewrites or answers for others."""
import os
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bed  # noqa: E402

EPOCH_1900 = 2208988800


def stamp(seconds):
    return struct.pack("!II", int(seconds) + EPOCH_1900, int(seconds % 1 * 2**32))


def answer(request, whole_seconds=False):
    """A stratum 2 server's answer to a client packet."""
    now = float(int(time.time())) if whole_seconds else time.time()
    return (b"\x24\x02\x06\xe8" + bytes(4) + struct.pack("!I", 66) + bytes([10, 0, 0, 1])
            + stamp(now - 5) + request[40:48] + stamp(now) + stamp(now))


class Path:
    """Serves NTP at one address, behind a path with a fault."""

    def __init__(self, address, port, passes=lambda request, source: True, whole_seconds=False,
                 answers_from=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.replies = self.socket
        if answers_from is not None:
            self.replies = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.replies.bind((address, answers_from))
        self.passes, self.whole_seconds = passes, whole_seconds
        self.seen = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                request, source = self.socket.recvfrom(2048)
            except OSError:
                return
            self.seen.append((len(request), source[1]))
            if self.passes(request, source):
                self.replies.sendto(answer(request, self.whole_seconds), source)

    def close(self):
        self.socket.close()
        self.replies.close()


class Diagnose(bed.Bed):
    def paths(self, *lasts, **fault):
        made = [Path(self.address(last), self.port, **fault) for last in lasts]
        for path in made:
            self.addCleanup(path.close)
        return made

    def findings(self, *lasts):
        self.configure()
        hosts = [self.host(last) for last in lasts]
        found = self.program("--json", "scan", "--diagnose", "--samples", "1", *hosts)
        self.assertIn(found.code, (0, 3), found)
        return {finding["kind"]: finding for finding in found.json["findings"]}

    def test_a_clear_path_has_no_findings(self):
        self.paths(1, 2)
        self.assertEqual(self.findings(1, 2), {})

    def test_only_packets_from_port_123_pass(self):
        self.paths(1, 2, passes=lambda _, source: source[1] == 123)
        found = self.findings(1, 2)
        self.assertEqual(list(found), ["port_123_needed"])
        self.assertIn("123 to 123", found["port_123_needed"]["what"])

    def test_packets_from_port_123_are_dropped(self):
        self.paths(1, 2, passes=lambda _, source: source[1] != 123)
        self.assertEqual(list(self.findings(1, 2)), ["port_123_blocked"])

    def test_longer_packets_are_dropped(self):
        self.paths(1, 2, passes=lambda request, _: len(request) == 48)
        found = self.findings(1, 2)
        self.assertEqual(list(found), ["large_filtered"])
        self.assertIn("NTS", found["large_filtered"]["advice"])

    def test_answers_come_from_another_port(self):
        for last in (1, 2):
            self.addCleanup(Path(self.address(last), self.port, answers_from=40123).close)
        self.assertEqual(list(self.findings(1, 2)), ["answers_from_elsewhere"])

    def test_a_router_of_whole_seconds_answers(self):
        self.paths(1, 2, whole_seconds=True)
        self.assertIn("whole_seconds", self.findings(1, 2))

    def test_nobody_answers(self):
        self.paths(1, 2, passes=lambda *_: False)
        self.assertEqual(list(self.findings(1, 2)), ["blocked"])

    def test_by_itself_when_everything_fails_and_without_a_further_packet(self):
        paths = self.paths(1, 2, passes=lambda *_: False)
        self.configure()
        told = self.program("scan", "--samples", "2", self.host(1), self.host(2))
        self.assertEqual(told.code, 3)
        self.assertIn("UDP port 123 is filtered", told.text.replace("\n", " "))
        self.assertEqual([len(path.seen) for path in paths], [2, 2])

    def test_at_most_three_further_packets_go_to_a_server(self):
        paths = self.paths(1, 2)
        self.findings(1, 2)
        for path in paths:
            self.assertEqual(len(path.seen), 1 + 3)
            self.assertEqual(sum(port == 123 for _, port in path.seen), 1)
            self.assertEqual(sum(size > 48 for size, _ in path.seen), 1)

    def test_a_replay_asks_nobody(self):
        self.configure()
        recording = self.directory / "recording"
        recording.write_text("")
        self.assertEqual(self.program("scan", "--replay", recording, "--diagnose").code, 64)


if __name__ == "__main__":
    bed.enter_own_network()  # UDP port 123 is ours alone
    bed.main()
