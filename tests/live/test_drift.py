#!/usr/bin/python3
"""clockwright drift, from outside: an offset with its bound, the rate, and one line a run."""
import json

import bed

KEYS = ["offset_seconds", "bound_seconds", "samples", "servers", "frequency_ppm"]


class Drift(bed.Bed):
    def setUp(self):
        super().setUp()
        self.configure()

    def drift(self, *words, code=0):
        return self.expect(self.program("drift", *words), code)

    def test_the_offset_lies_within_its_bound_and_a_liar_changes_nothing(self):
        # Loopback takes microseconds each way; the servers' clocks are this one, 3 ms ahead.
        self.lab({last: {"offset": '"3ms"'} for last in range(1, 5)} | {9: {"offset": '"840ms"'}})
        hosts = [self.host(last) for last in (1, 2, 3, 4, 9)]
        answer = self.drift("--samples", "2", "--json", *hosts)
        told = json.loads(answer.stdout)
        self.assertLessEqual(set(KEYS), set(told))
        self.assertEqual(answer.stdout.count("\n"), 1)
        self.assertLessEqual(abs(told["offset_seconds"] - 0.003), told["bound_seconds"])
        self.assertEqual((told["samples"], told["servers"]), (10, 5))
        self.assertEqual((told["agreeing"], told["judged"]), (4, 5))
        self.assertIsNotNone(told["frequency_ppm"])
        self.assertIsNone(told["wander_ppm"])
        text = self.drift(*hosts).stdout
        self.assertRegex(text, r"(?m)^This clock is [\d.]+ ms ±[\d.]+ [µm]s slow: 4 of 5 servers agree")
        self.assertIn("there is no record long enough", text)

    def test_servers_that_disagree_demonstrate_nothing(self):
        self.lab({1: {"offset": '"3ms"'}, 2: {"offset": '"1s"'}})
        told = json.loads(self.drift("--json", self.host(1), self.host(2)).stdout)
        self.assertIsNone(told["offset_seconds"])
        self.assertIsNone(told["bound_seconds"])
        self.assertEqual(told["servers"], 2)

    def test_nobody_answers(self):
        self.lab({1: {"behaviour": '"silent"'}})
        self.assertIn("no server gave a valid answer", self.drift(self.host(1), code=3).stdout)


if __name__ == "__main__":
    bed.main()
