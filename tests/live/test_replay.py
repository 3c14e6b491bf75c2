#!/usr/bin/python3
"""clockwright scan --replay: recorded samples are judged as the published vectors say; faults in
the rows are named by line."""
import json

import bed

# Vectors: name, intervals (offset ± root distance, ms), consensus ± bound or None, verdicts.
T, O, F = "truechimer", "outlier", "falseticker"
VECTORS = [
    ("V-4", [(10, 4), (11, 3), (12, 5), (40, 3)], (11, 3), [T, T, T, F]),
    ("V-5", [(1, 2), (1.5, 2), (2, 2), (30, 1), (-30, 1)], (1.5, 1.5), [T, T, T, F, F]),
    ("V-6 two against two", [(0, .3), (.1, .3), (1, .3), (1.1, .3)], None, [F] * 4),
    ("V-6 one against one", [(0, .1), (1, .1)], None, [F] * 2),
    ("V-7", [(0, 5), (4, 2), (4.5, 2)], (4, 1.5), [O, T, T]),
    ("V-8", [(0, 1), (.1, 1), (50, 1), (50.1, 1), (50.2, 1)], (50.1, 0.9), [F, F, T, T, T]),
    ("V-13", [(0, 1), (3, 5), (3.5, 5), (4, 5)], (0, 1), [T, O, O, O]),
]
DELAY = 1e-5  # seconds; half of it is part of the root distance


def row(host, at, offset, distance, **more):
    """A row whose root distance is `distance` (seconds) as long as the offsets do not scatter."""
    return {"host": host, "t_seconds": at, "operator": host, "offset_seconds": offset,
            "delay_seconds": DELAY, "stratum": 2, "root_delay_seconds": 0.0,
            "root_dispersion_seconds": distance - DELAY / 2, "leap": "none"} | more


def good_rows(count=5):
    return [row(f"s{index}.example", at, index * 1e-5, 0.002)
            for at in range(4) for index in range(count)]


class Replay(bed.Bed):
    def replay(self, rows, *words, code=0):
        path = self.directory / "rows.jsonl"
        path.write_text("".join((text if isinstance(text, str) else json.dumps(text)) + "\n"
                                for text in rows))
        return self.expect(self.bare("--json", "scan", "--replay", path, *words), code)

    def test_vectors(self):
        for name, intervals, consensus, verdicts in VECTORS:
            with self.subTest(vector=name):
                rows = [row(f"s{index}.example", at, offset / 1e3, distance / 1e3)
                        for at in range(4) for index, (offset, distance) in enumerate(intervals)]
                self.check_vector(self.replay(rows).json, consensus, verdicts)

    def check_vector(self, answer, consensus, verdicts):
        found = {server["host"]: server for server in answer["servers"]}
        self.assertEqual(
            [found[f"s{index}.example"]["verdict"].replace("system_peer", "truechimer")
             for index in range(len(verdicts))], verdicts)
        self.assertEqual(answer["consensus"]["majority"], consensus is not None)
        if consensus is None:
            self.assertIsNone(answer["consensus"]["offset_seconds"])
            self.assertTrue(all("no majority" in server["reason"] for server in found.values()))
        else:
            self.assertAlmostEqual(answer["consensus"]["offset_seconds"], consensus[0] / 1e3,
                                   delta=2e-5)
            self.assertAlmostEqual(answer["consensus"]["bound_seconds"], consensus[1] / 1e3,
                                   delta=2e-5)

    def test_the_order_of_rows_does_not_matter(self):
        rows = good_rows()
        def plain(answer):
            return sorted((s["host"], s["verdict"], s["chosen"], s["offset_seconds"])
                          for s in answer["servers"])
        self.assertEqual(plain(self.replay(rows).json), plain(self.replay(rows[::-1]).json))

    def test_a_shuffled_recording_gives_the_same_document_octet_by_octet(self):
        random = __import__("random").Random(4)
        rows = [row(f"s{index}.example", at, random.gauss(0, 3e-4), 0.01 + index % 4 * 1e-3,
                    refid=f"192.0.2.{index % 3}", address=f"198.51.{index % 7}.{index + 1}",
                    operator=f"operator {index % 6}") for at in range(4) for index in range(14)]
        rows += [{"host": "s3.example", "t_seconds": 9, "operator": "operator 3", "lost": True}]
        def document(some):
            text = self.replay(some, "--explain").stdout
            return [line for line in text.splitlines() if '"measured_at"' not in line]
        expected = document(rows)
        self.assertGreater(len(expected), 100)
        for _ in range(8):
            random.shuffle(rows)
            self.assertEqual(document(rows), expected)

    def test_profiles_weigh_the_same_samples_differently(self):
        rows = [row(f"s{index}.example", at, 0.0, 0.1,
                    delay_seconds=0.001 if index > 4 else 0.06,
                    root_dispersion_seconds=0.05 if index > 4 else 0.015)
                for at in range(4) for index in range(10)]
        def chosen(profile):
            answer = self.replay(rows, "--profile", profile).json
            return sorted(s["host"] for s in answer["servers"] if s["chosen"])
        self.assertEqual(chosen("balanced"), [f"s{index}.example" for index in range(5)])
        self.assertEqual(chosen("low-latency"), [f"s{index}.example" for index in range(5, 10)])
        self.assertEqual(len(chosen("dev")), 4)

    def test_explain_names_every_term(self):
        rows = good_rows() + [row("far.example", at, 0.9, 0.002) for at in range(4)]
        path = self.directory / "rows.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in rows))
        text = " ".join(self.expect(self.bare("scan", "--replay", path, "--explain", "--profile",
                                              "reliable"), 0).stdout.split())
        for term in ("0.04 x delay", "0.1 x root", "0.5 x queueing", "root distance", "jitter",
                     "cut at", "loss 0 %", "cost (reliable)", "20 ms x loss", "operator s0.example",
                     "Tolerates:", "disagrees with"):
            self.assertIn(term, text)

    def test_colluders_are_named_as_a_second_group(self):
        rows = [row(f"s{index}.example", at, offset / 1e3, 1e-3) for at in range(4)
                for index, offset in enumerate((0, .1, 50, 50.1, 50.2))]
        path = self.directory / "rows.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in rows))
        text = " ".join(self.expect(self.bare("scan", "--replay", path), 0).stdout.split())
        self.assertIn("Two groups: 3 agree, and 2 falsetickers agree", text)
        self.assertIn("rule S-4", text)

    def test_a_constant_error_of_the_local_clock_changes_no_verdict(self):
        def verdicts(shift):
            rows = [r | {"offset_seconds": r["offset_seconds"] + shift} for r in good_rows()]
            return [(s["host"], s["verdict"], s["chosen"]) for s in self.replay(rows).json["servers"]]
        self.assertEqual(verdicts(0), verdicts(-61200.0))

    def test_a_dead_battery_is_measured_not_thrown_away(self):
        years = 50 * 365.25 * 86400
        rows = [r | {"offset_seconds": years} for r in good_rows()]
        consensus = self.replay(rows).json["consensus"]
        self.assertTrue(consensus["majority"])
        self.assertAlmostEqual(consensus["offset_seconds"], years, delta=0.01)

    def test_lost_probes_count_as_loss(self):
        rows = good_rows() + [{"host": "s0.example", "t_seconds": at, "operator": "s0.example",
                               "lost": True} for at in range(4, 8)]
        found = {s["host"]: s for s in self.replay(rows).json["servers"]}
        self.assertEqual(found["s0.example"]["verdict"], "too_jittery")
        self.assertEqual((found["s0.example"]["sent"], found["s0.example"]["received"]), (8, 4))

    def test_only_lost_probes_are_an_unreachable_server_and_code_3(self):
        rows = [{"host": "a.example", "t_seconds": at, "operator": "a", "lost": True}
                for at in range(4)]
        answer = self.replay(rows, code=3).json
        self.assertEqual(answer["servers"][0]["verdict"], "unreachable")

    def test_smear_classes_are_never_mixed(self):
        rows = [r | {"smear": "google" if r["host"] < "s5" else "none"} for r in good_rows(10)]
        chosen = {s["smear"] for s in self.replay(rows).json["servers"] if s["chosen"]}
        self.assertEqual(len(chosen), 1)

    def test_an_operator_never_holds_half_of_the_set(self):
        rows = [r | {"operator": "one" if r["host"] < "s4" else r["host"]} for r in good_rows(10)]
        chosen = [s["operator"] for s in self.replay(rows).json["servers"] if s["chosen"]]
        self.assertEqual(len(chosen), 5)
        self.assertLessEqual(chosen.count("one"), 2)

    def check_named(self, answer, line):
        """The fault stands on a line of its own with the file and the number."""
        self.assertRegex(answer.stderr, rf"(?m)^.*rows\.jsonl:( line )?{line}: ")

    def test_a_faulty_line_is_78_and_its_number(self):
        good = good_rows()[0]
        faults = {
            "no JSON": "{",
            "no host": {key: value for key, value in good.items() if key != "host"},
            "no offset": {key: value for key, value in good.items() if key != "offset_seconds"},
            "a bad host": good | {"host": "a\nserver evil"},
            "text for a number": good | {"delay_seconds": "1ms"},
            "a negative delay": good | {"delay_seconds": -1.0},
            "no stratum of eight bits": good | {"stratum": 999},
            "no such leap": good | {"leap": "maybe"},
            "an array": "[]",
            "infinity": json.dumps(good).replace("1e-05", "1e999"),
            "nested without end": "[" * 5000,
        }
        for name, fault in faults.items():
            with self.subTest(fault=name):
                answer = self.replay([*good_rows(1), fault, good], code=78)
                self.check_named(answer, 5)
                self.assertNotIn("\nserver evil", answer.stderr)
                self.assertEqual(answer.stdout, "")

    def test_every_faulty_line_is_named(self):
        answer = self.replay(["{", *good_rows(1), "nonsense"], code=78)
        self.check_named(answer, 1)
        self.check_named(answer, 6)

    def test_a_missing_or_empty_file_is_78(self):
        self.expect(self.bare("scan", "--replay", self.directory / "absent.jsonl"), 78, 1)
        self.replay([], code=3)

    def test_strings_from_a_recording_cannot_write_on_the_terminal(self):
        path = self.directory / "rows.jsonl"
        path.write_text("".join(json.dumps(r | {"operator": "\x1b[2Jevil"}) + "\n"
                                for r in good_rows()))
        answer = self.expect(self.bare("scan", "--replay", path), 0)
        self.assertNotIn("\x1b[2J", answer.text)


if __name__ == "__main__":
    bed.main()
