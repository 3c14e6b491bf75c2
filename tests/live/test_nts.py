#!/usr/bin/python3
"""Network Time Security from outside: authenticated beside a real chronyd, and every way a key
exchange can fail, each with its reason and at nobody else's cost."""
import signal
import ssl
import subprocess
import time
from pathlib import Path

import bed
from nts_servers import (AEAD, COOKIE, COOKIES, CRITICAL, ERROR, FINISH, NTPV4, PORT, SERVER, SIV,
                         WARNING, Authority, ChronydServer, Listener, fake, record)

DAY = 86400
GOOD = {"truechimer", "outlier", "system_peer"}
TIME_OUT = 4  # of a key exchange


class NtsBed(bed.Bed):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory / "authority")
        self.configure()

    def nts(self, last):
        return f"nts://{self.address(last)}"

    def scan(self, *hosts, code=0, ca=True):
        words = ["--ca", self.authority.certificate] if ca else []
        answer = self.expect(self.program("--json", "scan", *words, *hosts), code)
        return {row["host"]: row for row in answer.json["servers"]}

    def issue(self, last, **dates):
        return self.authority.issue(self.address(last), **dates)

    def honest(self, *lasts):
        """Plain servers beside which a failing one must cost nothing."""
        self.lab({last: {} for last in lasts})
        return [self.host(last) for last in lasts]

    def check_measured(self, rows, hosts):
        for host in hosts:
            self.assertEqual(rows[host]["received"], 4, rows[host])
            self.assertIn(rows[host]["verdict"], GOOD, rows[host])

    def check_failed(self, row, *words):
        self.assertEqual(row["verdict"], "unreachable", row)
        self.assertEqual(row["received"], 0, row)
        for word in words:
            self.assertIn(word, row["reason"], row)


class Nts(NtsBed):
    # --- what works -------------------------------------------------------------------------------

    def test_a_server_is_measured_with_authenticated_packets_after_one_key_exchange(self):
        plain = self.honest(2, 3, 4)
        server = ChronydServer(self, self.address(1), self.issue(1))
        rows = self.scan(self.nts(1), *plain)
        row = rows[self.nts(1)]
        self.check_measured(rows, [self.nts(1), *plain])
        self.assertEqual((row["authentication"], row["sent"], row["received"]), ("nts", 4, 4))
        self.assertLess(abs(row["offset_seconds"]), 0.002)
        self.assertEqual(rows[plain[0]]["authentication"], "none")
        self.assertEqual(server.serverstats(), {"ntp": 4, "key_exchanges": 1, "authenticated": 4})

    def test_the_key_exchange_may_name_another_server_and_port(self):
        keys = self.make_directory("keys", 0o700)
        dump = f"ntsdumpdir {keys}"
        exchange = ChronydServer(self, self.address(1), self.issue(1), dump,
                                 f"ntsntpserver {self.address(2)}", port=11123)
        self.wait_for("the keys are there", lambda: (keys / "ntskeys").exists())
        clock = ChronydServer(self, self.address(2), self.issue(2), dump, port=11123)
        row = self.scan(self.nts(1))[self.nts(1)]
        self.assertEqual(row["received"], 4, row)
        self.assertEqual(row["address"], self.address(2))
        self.assertEqual(exchange.serverstats()["key_exchanges"], 1)
        self.assertEqual(exchange.serverstats()["ntp"], 0)
        self.assertEqual(clock.serverstats()["authenticated"], 4)

    def test_another_port_of_the_key_exchange_may_be_written(self):
        ChronydServer(self, self.address(1), self.issue(1), "ntsport 14460")
        host = f"{self.nts(1)}:14460"
        self.assertEqual(self.scan(host)[host]["received"], 4)

    def test_the_environment_may_name_the_authority(self):
        ChronydServer(self, self.address(1), self.issue(1))
        environment = {"SSL_CERT_FILE": str(self.authority.certificate)}
        answer = self.program("--json", "scan", self.nts(1), env=environment)
        self.assertEqual(self.expect(answer, 0).json["servers"][0]["received"], 4)

    # --- what is not believed ---------------------------------------------------------------------

    def test_each_fault_of_a_certificate_is_told_apart_and_no_packet_is_sent(self):
        other = Authority(self.directory / "other", "another authority")
        unknown, expired, early, named = map(self.address, (10, 11, 12, 13))
        servers = {
            10: (ChronydServer(self, unknown, other.issue(unknown)), "no authority we trust"),
            11: (ChronydServer(self, expired, self.issue(11, begin=-9 * DAY, end=-2 * DAY)),
                 "expired at"),
            12: (ChronydServer(self, early, self.issue(12, begin=2 * DAY, end=9 * DAY)),
                 "not valid before"),
            13: (ChronydServer(self, named, self.issue(99)), "for another name"),
        }
        self_signed = (other.certificate, other.key)
        fake(self, self.address(14), self_signed, b"")
        plain = self.honest(2, 3, 4)
        rows = self.scan(*plain, *map(self.nts, [*servers, 14]))
        self.check_measured(rows, plain)
        for last, (server, reason) in servers.items():
            self.check_failed(rows[self.nts(last)], reason)
            self.assertEqual(server.serverstats()["ntp"], 0, "a downgrade")
        self.check_failed(rows[self.nts(14)], "no authority we trust", "self-signed")

    def test_without_the_authority_nothing_is_believed(self):
        ChronydServer(self, self.address(1), self.issue(1))
        self.check_failed(self.scan(self.nts(1), ca=False, code=3)[self.nts(1)],
                          "no authority we trust")

    def test_a_file_of_trust_anchors_that_is_none_ends_with_78(self):
        for path in (self.directory / "nowhere.pem", self.config):
            answer = self.expect(self.program("scan", "--ca", path, self.nts(1)), 78)
            self.assertIn(str(path), answer.stderr)

    # --- servers that are none --------------------------------------------------------------------

    def test_what_is_no_server_of_keys_costs_its_own_time_out_and_says_why(self):
        def hang(connection):
            time.sleep(8)

        def flood(connection):
            connection.sendall(bytes(1 << 20))

        Listener(self, self.address(20), hang)
        Listener(self, self.address(21), lambda connection: connection.sendall(b"220 hello\r\n"))
        Listener(self, self.address(22), flood)
        Listener(self, self.address(23), lambda connection: None)
        fake(self, self.address(24), self.issue(24), b"", alpn=None)
        fake(self, self.address(25), self.issue(25), b"", alpn="h2")
        fake(self, self.address(26), self.issue(26), b"", version=ssl.TLSVersion.TLSv1_2)
        reasons = {20: ("took too long", "no TLS handshake"), 21: ("what came is not TLS",),
                   22: ("TLS",), 23: ("closed too soon",), 24: ("does not speak ntske/1",),
                   25: ("does not speak ntske/1",), 26: ("does not speak TLS 1.3",),
                   27: ("nobody listens at",)}
        plain = self.honest(2, 3, 4)
        began = time.monotonic()
        rows = self.scan(*map(self.nts, reasons), *plain)
        self.assertLess(time.monotonic() - began, TIME_OUT + 1)
        self.check_measured(rows, plain)
        for last, words in reasons.items():
            self.check_failed(rows[self.nts(last)], *words)

    def test_what_is_no_answer_of_keys_says_why(self):
        rest = SIV + COOKIES + FINISH
        answers = {
            30: (record(CRITICAL | ERROR, b"\0\1") + FINISH, "error 1: bad request"),
            31: (record(CRITICAL | WARNING, b"\0\7") + NTPV4 + rest, "warning 7"),
            32: (NTPV4 + SIV + FINISH, "gave no cookie"),
            33: (NTPV4 + record(AEAD, b"\0\x1e") + COOKIES + FINISH, "chose AEAD 30"),
            34: (NTPV4 + record(CRITICAL | 0x4f00, b"?") + rest, "unknown type 20224"),
            35: (rest, "the next protocol is missing"),
            36: (NTPV4 + rest[:-4], "no complete answer"),
            37: (NTPV4 + record(0x4f00, bytes(60000)) * 20 + rest, "longer than 65536 octets"),
            38: (NTPV4 + record(CRITICAL | SERVER, b"a b\n") + rest, "neither an address nor"),
            39: (NTPV4 + record(CRITICAL | SERVER, b"224.0.0.1") + rest, "forbidden server"),
        }
        for last, (answer, _) in answers.items():
            fake(self, self.address(last), self.issue(last), answer)
        rows = self.scan(*map(self.nts, answers), code=3)
        for last, (_, reason) in answers.items():
            self.check_failed(rows[self.nts(last)], reason)

    # --- keys, and then -----------------------------------------------------------------------

    def keys_for(self, last, port):
        server = record(CRITICAL | SERVER, self.address(last).encode())
        return (NTPV4 + SIV + server + record(CRITICAL | PORT, port.to_bytes(2, "big"))
                + record(COOKIE, bytes(100)) * 8 + FINISH)

    def test_keys_without_authentic_answers_say_what_is_likely(self):
        """A silent server: a filter. One that has never heard of NTS: not authentic. One that does
        not know these cookies: a NAK."""
        self.lab({2: {"behaviour": '"silent"'}, 3: {}})
        ChronydServer(self, self.address(4), self.issue(4))
        for last, answer in {41: self.keys_for(2, self.port), 42: self.keys_for(3, self.port),
                             43: self.keys_for(4, 123)}.items():
            fake(self, self.address(last), self.issue(last), answer)
        rows = self.scan(*map(self.nts, (41, 42, 43)), code=3)
        self.check_failed(rows[self.nts(41)], "no NTP answer came", "longer than 48 octets")
        self.check_failed(rows[self.nts(42)], "no answer was authentic")
        self.check_failed(rows[self.nts(43)], "NTS NAK")

    def test_interrupted_in_a_key_exchange(self):
        Listener(self, self.address(20), lambda connection: time.sleep(8))
        process = self.begin("scan", self.nts(20))
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        self.expect(self.end(process), 130)
        self.assertLess(time.monotonic() - began, 0.5)


class Strangers(NtsBed):
    """Public addresses, in a network namespace of our own: manners hold over restarts."""
    STRANGER, OTHER = "203.0.113.1", "203.0.113.2"  # nobody's, by RFC 5737

    def setUp(self):
        self.inside = []
        super().setUp()
        holder = self.spawn("unshare", "--net", "sleep", "600", log="namespace.log")
        own = Path("/proc/self/ns/net").readlink()
        theirs = Path(f"/proc/{holder.pid}/ns/net")
        self.wait_for("the namespace is there", lambda: theirs.readlink() != own)
        self.inside = ["nsenter", f"--net={theirs}", "--"]
        for words in (["link", "set", "lo", "up"],
                      *(["address", "add", f"{address}/32", "dev", "lo"]
                        for address in (self.STRANGER, self.OTHER))):
            subprocess.run([*self.inside, "ip", *words], check=True)

    def spawn(self, *command, log):
        return super().spawn(*self.inside, *command, log=log)

    def command(self, *words):
        return [*self.inside, *super().command(*words)]

    def server(self, *lines):
        return ChronydServer(self, self.STRANGER, self.authority.issue(self.STRANGER), *lines)

    def row(self, host):
        answer = self.program("--json", "scan", "--ca", self.authority.certificate, host)
        return self.expect(answer, 0, 3).json["servers"][0]

    def test_within_the_hour_neither_keys_nor_time_are_asked_again(self):
        server = self.server()
        host = f"nts://{self.STRANGER}"
        first = self.row(host)
        asked = {"ntp": 4, "key_exchanges": 1, "authenticated": 4}
        self.assertEqual(server.serverstats(), asked)
        again = self.row(host)
        plain = self.row(self.STRANGER)
        self.assertEqual(server.serverstats(), asked)
        for row in (first, again, plain):
            self.assertEqual((row["received"], row["offset_seconds"]),
                             (4, first["offset_seconds"]), row)

    def test_samples_without_nts_never_serve_a_host_of_nts(self):
        server = self.server()
        self.assertEqual(self.row(self.STRANGER)["received"], 4)
        row = self.row(f"nts://{self.STRANGER}")
        self.check_failed(row, "held back", "less than an hour ago")
        self.assertIsNone(row["offset_seconds"])
        self.assertEqual(server.serverstats(), {"ntp": 4, "key_exchanges": 0, "authenticated": 0})

    def rows(self, *hosts):
        answer = self.program("--json", "scan", "--ca", self.authority.certificate, *hosts)
        return {row["host"]: row for row in self.expect(answer, 0, 3).json["servers"]}

    def test_a_stranger_that_is_given_plain_and_by_nts_is_asked_by_nts_once(self):
        server = self.server()
        rows = self.rows(self.STRANGER, f"nts://{self.STRANGER}")
        self.assertEqual(rows[f"nts://{self.STRANGER}"]["received"], 4, rows)
        self.assertEqual(rows[self.STRANGER]["authentication"], "none")
        self.assertEqual(server.serverstats(), {"ntp": 4, "key_exchanges": 1, "authenticated": 4})

    def test_when_its_key_exchange_fails_the_plain_name_is_asked(self):
        self.server("ntsport 4461")
        rows = self.rows(f"nts://{self.STRANGER}", self.STRANGER)
        self.check_failed(rows[f"nts://{self.STRANGER}"], "nobody listens")
        self.assertEqual(rows[self.STRANGER]["received"], 4, rows)

    def test_after_a_failure_the_next_exchange_waits(self):
        host = f"nts://{self.OTHER}"
        self.check_failed(self.row(host), "nobody listens")
        self.check_failed(self.row(host), "held back", "port of the key exchange is closed")

    def test_a_stranger_cannot_send_us_into_our_own_network(self):
        self.server("ntsntpserver 127.0.0.1")
        self.check_failed(self.row(f"nts://{self.STRANGER}"), "forbidden server",
                          "127.0.0.1, which is a loopback address")


if __name__ == "__main__":
    bed.main()
