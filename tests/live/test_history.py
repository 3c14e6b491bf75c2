"""`history`, from outside: import, lists, one past instant, export."""
import csv
import io
import json
from pathlib import Path

import bed

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "import"
METRICS = GOLDEN / "ntp_metrics.csv"


class History(bed.Bed):
    def setUp(self):
        super().setUp()
        self.configure()

    def imported(self, path, *words):
        return self.expect(self.program("history", "import", path, "--json", *words), 0).json

    def test_without_a_record_the_answer_says_who_writes_it(self):
        answer = self.program("history", "samples")
        self.expect(answer, 1)
        self.assertIn("nothing is recorded yet", answer.stderr)

    def test_each_kind_of_file_is_taken_once(self):
        for name, rows in (("server_history.json", 5), ("memo.json", 1), ("status.log", 4),
                           ("ntp_metrics.csv", 3)):
            with self.subTest(name):
                self.assertEqual(self.imported(GOLDEN / name)["added"], rows)
                again = self.imported(GOLDEN / name)
                self.assertEqual((again["kind"], again["added"]), (name, 0))
        runs = self.program("history", "--json").json["runs"]
        self.assertEqual(runs[0]["chosen"], ["ntp1.corp.example"])

    def test_a_faulty_line_is_named_and_nothing_is_taken(self):
        path = self.directory / "metrics.csv"
        path.write_text("timestamp,offset,delay\n2024-12-28T10:45:24Z,1,2\nx,1,2\n")
        answer = self.program("history", "import", path)
        self.expect(answer, 78)
        self.assertIn("metrics.csv:3: timestamp", answer.stderr)
        self.assertFalse((self.state / "record.sqlite").exists())
        self.assertEqual(self.imported(path, "--skip-faulty")["added"], 1)

    def test_an_export_as_csv_reads_back_with_its_numbers(self):
        self.imported(METRICS, "--server", "=evil", "--zone", "+01:00")
        answer = self.expect(self.program("history", "export", "samples"), 0)
        rows = list(csv.DictReader(io.StringIO(answer.stdout)))
        self.assertEqual([row["host"] for row in rows], ["'=evil"] * 3)
        self.assertEqual(rows[0]["timestamp"], "2024-12-28T09:45:24.123456000Z")
        self.assertEqual(float(rows[0]["offset_seconds"]), -0.00123)
        lines = self.program("history", "export", "--format", "jsonl").stdout.splitlines()
        self.assertEqual(json.loads(lines[0])["delay_seconds"], 0.0456)
        document = self.program("history", "export", "--format", "json").json
        self.assertEqual(len(document["samples"]), 3)
        self.assertEqual(document["history"][0]["servers"][0]["hostname"], "=evil")

    def test_lists_are_narrowed_by_time_and_number(self):
        self.imported(METRICS)
        def count(*words):
            return len(self.program("history", "samples", "--json", *words).json["samples"])
        self.assertEqual(count(), 3)
        self.assertEqual(count("--from", "2024-12-28T10:46:24Z"), 2)
        self.assertEqual(count("--to", "2024-12-28T10:46:24Z"), 1)
        self.assertEqual(count("--limit", "2"), 2)
        self.assertEqual(count("--since", "7d"), 0)
        self.assertEqual(count("--server", "other"), 0)
        self.assertIn("the newest", self.program("history", "samples", "--limit", "2").stdout)

    def test_an_instant_without_a_bound_is_not_demonstrated(self):
        self.imported(GOLDEN / "status.log")
        answer = self.expect(self.program("history", "at", "2024-12-28T10:45:30Z", "--json"), 0)
        self.assertFalse(answer.json["demonstrated"])
        self.assertIsNone(answer.json["offset_seconds"])
        far = self.program("history", "at", "2020-01-01T00:00:00Z").stdout
        self.assertTrue(far.startswith("Not demonstrated: no sample before"), far)
        self.expect(self.program("history", "at", "yesterday"), 64)

    def test_changes_are_the_journal_and_an_unknown_one_is_a_failure(self):
        self.assertIn("No change has been made yet.", self.program("history", "changes").stdout)
        self.expect(self.program("history", "show", "7f3c9a"), 1)


if __name__ == "__main__":
    bed.main()
