#!/usr/bin/python3
"""clockwright scan, from outside: every server of a lab world gets the verdict it deserves."""
import csv
import io
import re
import signal
import time
import unittest

import bed

TOP_KEYS = ["clockwright", "measured_at", "samples", "consensus", "servers"]
CONSENSUS_KEYS = ["majority", "offset_seconds", "bound_seconds", "agreeing", "judged"]
SERVER_KEYS = [
    "host", "address", "port", "operator", "origin", "authentication", "stratum", "refid", "leap",
    "smear", "offset_seconds", "delay_seconds", "jitter_seconds", "root_delay_seconds",
    "root_dispersion_seconds", "root_distance_seconds", "sent", "received", "verdict",
    "expected_error_seconds", "score", "chosen", "reason"]
GOOD = {"truechimer", "outlier", "system_peer"}

HONEST = {last: {"offset": f'"{last * 10}us"'} for last in range(1, 7)}
FAULTY = {
    20: ({"offset": '"840ms"'}, "falseticker"),
    21: ({"behaviour": '"silent"'}, "unreachable"),
    22: ({"behaviour": '"kiss"', "kiss": '"DENY"'}, "denied"),
    23: ({"behaviour": '"garbage"'}, "malformed"),
    24: ({"behaviour": '"wrong_origin"'}, "malformed"),
    25: ({"behaviour": '"truncated"'}, "malformed"),
    26: ({"behaviour": '"zero_timestamps"'}, "malformed"),
    27: ({"behaviour": '"wrong_mode"'}, "malformed"),
    28: ({"leap": '"unsynchronised"'}, "unsynchronised"),
    29: ({"stratum": "16"}, "unsynchronised"),
    30: ({"root_dispersion": '"4s"'}, "too_distant"),
    31: ({"stratum": "12"}, "too_distant"),
    32: ({"behaviour": '"kiss"', "kiss": '"RSTR"'}, "denied"),
}


class Scan(bed.Bed):
    def scan(self, *words, code=0):
        self.configure()
        return self.expect(self.program("--json", "scan", *words), code)

    def mixed_world(self):
        self.lab(HONEST | {last: keys for last, (keys, _) in FAULTY.items()})
        return [self.host(last) for last in [*HONEST, *FAULTY, 40]]  # 40: nobody is there

    def test_the_same_as_a_table_for_spreadsheets(self):
        self.lab(HONEST)
        self.configure()
        hosts = [self.host(last) for last in [*HONEST, 40]]
        answer = self.expect(self.program("scan", "-q", "--csv", *hosts), 0)
        rows = list(csv.DictReader(io.StringIO(answer.stdout)))
        self.assertCountEqual(rows[0], SERVER_KEYS)
        self.assertCountEqual([row["host"] for row in rows], hosts)
        silent = next(row for row in rows if row["host"] == self.host(40))
        self.assertEqual((silent["verdict"], silent["offset_seconds"]), ("unreachable", ""))
        for wrong in (["--json"], ["--render", "chrony"], ["--dry-run"]):
            self.expect(self.program("scan", "--csv", *wrong, *hosts), 64)

    def test_every_server_of_a_mixed_world_gets_its_verdict(self):
        answer = self.scan(*self.mixed_world()).json
        self.assertCountEqual(answer, TOP_KEYS)
        self.assertCountEqual(answer["consensus"], CONSENSUS_KEYS)
        self.assertRegex(answer["measured_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual(answer["samples"], 4)
        servers = {row["host"]: row for row in answer["servers"]}
        self.assertEqual(len(servers), len(HONEST) + len(FAULTY) + 1)
        for row in servers.values():
            self.assertCountEqual(row, SERVER_KEYS)
            self.assertTrue(row["reason"], row)
        verdicts = {host: row["verdict"] for host, row in servers.items()}
        for last, (keys, verdict) in FAULTY.items():
            self.assertEqual(verdicts[self.host(last)], verdict, keys)
        self.assertEqual(verdicts[self.host(40)], "unreachable")
        for last in HONEST:
            self.assertIn(verdicts[self.host(last)], GOOD, servers[self.host(last)])
        self.check_choice(servers)
        self.check_consensus(answer["consensus"])
        self.check_numbers(servers)

    def check_choice(self, servers):
        chosen = [row for row in servers.values() if row["chosen"]]
        self.assertTrue(4 <= len(chosen) <= 5, [row["host"] for row in chosen])
        self.assertTrue(all(row["verdict"] in ("truechimer", "system_peer") for row in chosen))
        peers = [row for row in servers.values() if row["verdict"] == "system_peer"]
        self.assertEqual(len(peers), 1)
        self.assertTrue(peers[0]["chosen"])
        least = min(row["expected_error_seconds"] for row in chosen)
        self.assertEqual(peers[0]["expected_error_seconds"], least)
        for row in servers.values():
            if row["verdict"] in ("truechimer", "system_peer"):
                error = row["expected_error_seconds"]
                self.assertAlmostEqual(row["score"], 100 / (1 + error / 0.01), delta=0.1)
            else:
                self.assertIsNone(row["score"], row)

    def check_consensus(self, consensus):
        self.assertTrue(consensus["majority"])
        self.assertEqual(consensus["judged"], len(HONEST) + 1)
        self.assertEqual(consensus["agreeing"], len(HONEST))
        self.assertLess(abs(consensus["offset_seconds"]), 0.002)
        self.assertTrue(0 < consensus["bound_seconds"] < 0.01)

    def check_numbers(self, servers):
        liar = servers[self.host(20)]
        self.assertAlmostEqual(liar["offset_seconds"], 0.840, delta=0.005)
        # The lab lets an answer go up to 30 µs before its time.
        self.assertTrue(0.00037 <= liar["delay_seconds"] < 0.1, liar)
        self.assertEqual((liar["sent"], liar["received"]), (4, 4))
        silent = servers[self.host(21)]
        self.assertEqual((silent["sent"], silent["received"]), (4, 0))
        for key in ("offset_seconds", "delay_seconds", "jitter_seconds", "root_distance_seconds",
                    "expected_error_seconds", "stratum"):
            self.assertIsNone(silent[key], key)
        honest = servers[self.host(1)]
        self.assertEqual((honest["address"], honest["port"]), (self.address(1), self.port))
        self.assertEqual(honest["authentication"], "none")
        self.assertEqual(honest["stratum"], 2)
        distance = ((honest["root_delay_seconds"] + honest["delay_seconds"]) / 2
                    + honest["root_dispersion_seconds"] + honest["jitter_seconds"])
        self.assertAlmostEqual(honest["root_distance_seconds"], distance, delta=0.0005)

    def test_a_record_replays_to_the_same_verdicts(self):
        rows = self.directory / "rows.jsonl"
        hosts = self.mixed_world()
        first = self.scan("--record", rows, *hosts).json
        again = self.expect(self.bare("--json", "scan", "--replay", rows), 0).json
        def judged(answer):
            return {row["host"]: row["verdict"] for row in answer["servers"]
                    if row["verdict"] in GOOD | {"falseticker", "too_distant"}}
        self.assertEqual(judged(again), judged(first))
        self.assertEqual(len(again["servers"]), len(hosts))
        self.assertEqual({row["host"] for row in again["servers"] if row["chosen"]},
                         {row["host"] for row in first["servers"] if row["chosen"]})

    def test_two_against_two_elects_nobody(self):
        self.lab({1: {}, 2: {}, 3: {"offset": '"1s"'}, 4: {"offset": '"1s"'}})
        answer = self.scan(*map(self.host, range(1, 5))).json
        self.assertFalse(answer["consensus"]["majority"])
        self.assertIsNone(answer["consensus"]["offset_seconds"])
        self.assertIsNone(answer["consensus"]["bound_seconds"])
        self.assertEqual({row["verdict"] for row in answer["servers"]}, {"falseticker"})
        self.assertFalse(any(row["chosen"] for row in answer["servers"]))

    def test_when_nobody_answers_the_code_is_3_and_the_servers_are_still_named(self):
        self.lab({1: {"behaviour": '"silent"'}})
        answer = self.scan(self.host(1), code=3).json
        self.assertEqual(answer["servers"][0]["verdict"], "unreachable")
        self.assertFalse(answer["consensus"]["majority"])

    def test_a_dead_host_costs_its_time_out_only(self):
        self.lab(HONEST | {21: {"behaviour": '"silent"'}})
        begin = time.monotonic()
        self.scan(*[self.host(last) for last in [*HONEST, 21]])
        self.assertLess(time.monotonic() - begin, 3 * 0.25 + 1.5 + 0.5)

    def test_render_prints_the_lines_of_the_chosen_set_and_nothing_else(self):
        self.lab(HONEST)
        self.configure()
        answer = self.program("scan", "--render", "chrony", *map(self.host, HONEST))
        self.expect(answer, 0)
        lines = answer.stdout.splitlines()
        self.assertTrue(4 <= len(lines) <= 5, answer)
        for line in lines:
            self.assertRegex(line, rf"^server {re.escape(self.net)}\.[1-6] port {self.port}\b")
        self.assertIn("agree", answer.stderr)

    def test_render_without_a_set_is_empty_and_3(self):
        self.lab({1: {}, 2: {"offset": '"1s"'}})
        self.configure()
        for daemon in ("chrony", "ntpsec", "timesyncd", "openntpd", "ntpd-rs"):
            with self.subTest(daemon=daemon):
                answer = self.program("scan", "--render", daemon, self.host(1), self.host(2))
                self.expect(answer, 3)
                self.assertEqual(answer.stdout, "")

    def test_dry_run_says_how_many_packets_and_sends_none(self):
        self.configure()
        answer = self.expect(self.program("scan", "--dry-run", self.host(1), self.host(2)), 0)
        self.assertIn("8 packets", answer.text)
        answer = self.program("scan", "--dry-run", "--render", "chrony", self.host(1))
        self.assertEqual(self.expect(answer, 64).stdout, "")

    def test_a_host_that_is_no_host_is_refused(self):
        self.configure()
        for text in ("a b", "-x.example", "x;reboot", "$(id)", "name:0", "name:65536", "[::1", "x\ny"):
            with self.subTest(text=text):
                answer = self.expect(self.program("scan", "--", text), 64)
                self.assertEqual(answer.stdout, "")
                self.assertNotIn("\ny", answer.stderr)

    def test_interrupted_at_once(self):
        self.lab({1: {"behaviour": '"silent"'}})
        self.configure()
        process = self.begin("scan", "--samples", "8", self.host(1))
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        begin = time.monotonic()
        self.expect(self.end(process), 130)
        self.assertLess(time.monotonic() - begin, 0.5)


class Usage(unittest.TestCase):
    def test_wrong_usage_is_64_and_help_is_0(self):
        bare = bed.Bed().bare
        for words, code in [(["--help"], 0), (["scan", "--help"], 0), (["--version"], 0),
                            (["scan", "--no-such"], 64), (["no-such-verb"], 64),
                            (["scan", "--samples", "0", "127.0.0.1"], 64),
                            (["scan", "--samples", "x", "127.0.0.1"], 64)]:
            with self.subTest(words=words):
                self.assertEqual(bare(*words).code, code)


if __name__ == "__main__":
    bed.main()
