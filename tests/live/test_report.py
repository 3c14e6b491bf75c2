#!/usr/bin/python3
"""clockwright report, from outside: evidence of what was recorded, and of what was not."""
from pathlib import Path

import bed

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "import"


class Report(bed.Bed):
    def setUp(self):
        super().setUp()
        self.configure()

    def test_the_regimes_are_listed(self):
        text = self.expect(self.program("report", "profiles"), 0).stdout
        for name in ("eu-2025-1155/100us", "finra-4590/50ms", "own/1ms"):
            self.assertIn(name, text)

    def test_a_record_without_demonstrated_looks_concludes_nothing(self):
        self.expect(self.program("history", "import", GOLDEN / "memo.json"), 0)
        told = self.expect(self.program("report", "compliance", "--json"), 0).json
        self.assertEqual(told["within_seconds"], 0)
        self.assertFalse(told["concluded"])
        for form in ("text", "markdown", "html"):
            text = self.program("report", "compliance", "--format", form).stdout
            self.assertIn("nothing is concluded", text.replace("\n", " "))

    def test_a_profile_of_the_user_and_its_faults(self):
        self.expect(self.program("history", "import", GOLDEN / "memo.json"), 0)
        mine = self.directory / "mine.toml"
        own = (bed.TREE / "data/profiles/own.toml").read_text()
        mine.write_text(own)
        told = self.program("report", "compliance", "--json", "--profile", f"{mine}#1ms").json
        self.assertEqual(told["limit_seconds"], 0.001)
        mine.write_text(own.replace("title", "tilte"))
        answer = self.expect(self.program("report", "compliance", "--profile", mine), 78)
        self.assertIn(f"{mine}:2: profile.tilte", answer.stderr)
        self.expect(self.program("report", "compliance", "--profile", "nobody"), 64)

    def test_without_a_record_there_is_no_report(self):
        self.assertIn("nothing is recorded yet",
                      self.expect(self.program("report", "compliance"), 1).stderr)


if __name__ == "__main__":
    bed.main()
