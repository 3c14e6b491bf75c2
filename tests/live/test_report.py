#!/usr/bin/python3
"""clockwright report, from outside: evidence of what was recorded, and of what was not."""
import subprocess
from pathlib import Path
from xml.etree import ElementTree

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

    def test_a_period_and_what_is_not_known_of_it(self):
        self.expect(self.program("history", "import", GOLDEN / "memo.json"), 0)
        for word in ("daily", "weekly", "maintenance"):
            with self.subTest(word):
                told = self.expect(self.program("report", word, "--json"), 0).json
                self.assertEqual(told["demonstrated_seconds"], 0)
                self.assertEqual({one["answer"] for one in told["objectives"]},
                                 {"missed", "not demonstrated"})
                for form in ("text", "markdown", "html", "csv"):
                    self.expect(self.program("report", word, "--format", form), 0)
        self.assertIsNone(self.program("report", "drift", "--json").json["frequency_median_ppm"])
        self.expect(self.program("report", "change"), 1)

    def test_pictures_are_drawn_without_any_other_program(self):
        self.expect(self.program("history", "import", GOLDEN / "memo.json"), 0)
        for word, charts in (("daily", 2), ("weekly", 2), ("drift", 1), ("maintenance", 3)):
            with self.subTest(word):
                picture = self.expect(self.program("report", word, "--format", "svg"), 0).stdout
                drawn = ElementTree.fromstring(picture)
                self.assertEqual(len(drawn.findall("{http://www.w3.org/2000/svg}g")), charts)
                self.assertIn(picture, self.program("report", word, "--format", "html").stdout)
        self.expect(self.program("report", "compliance", "--format", "svg"), 64)

    def key_pair(self):
        private, public = self.directory / "key.pem", self.directory / "public.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
        private.chmod(0o600)
        return private, public

    def test_a_signed_report_is_the_owners_of_the_key_and_nobody_elses(self):
        self.expect(self.program("history", "import", GOLDEN / "memo.json"), 0)
        private, public = self.key_pair()
        page = self.directory / "evidence.html"
        self.expect(self.program("report", "compliance", "--format", "html", "--out", page,
                                 "--sign", private), 0)
        verify = ("report", "verify", "--document", page, "--key", public)
        self.assertIn("is signed by the owner of the key", self.expect(self.program(*verify), 0).stdout)
        page.write_text(page.read_text().replace("nothing is concluded", "all is well"))
        self.assertIn("not of this document", self.expect(self.program(*verify), 1).stderr)
        private.chmod(0o644)
        self.expect(self.program("report", "daily", "--out", page, "--sign", private), 78)

    def test_a_signed_head_shows_what_was_cut_off_the_chain(self):
        self.lab({last: {} for last in (1, 2, 3)})
        self.configure(hosts=[self.host(last) for last in (1, 2, 3)], agent={"mode": '"ultrafast"'})
        private, public = self.key_pair()
        agent = self.begin("agent")
        audit = self.state / "audit"
        self.wait_for("the chain has records",
                      lambda: any(file.stat().st_size for file in audit.glob("*.chain")), 30)
        agent.terminate()
        self.end(agent)
        head = self.directory / "head.txt"
        self.expect(self.program("report", "verify", "--out", head, "--sign", private), 0)
        verify = ("report", "verify", "--document", head, "--key", public)
        self.assertIn("Nothing was cut off", self.expect(self.program(*verify), 0).stdout)
        (chain,) = audit.glob("*.chain")
        lines = chain.read_text().splitlines(keepends=True)
        chain.write_text("".join(lines[:-1]))
        self.assertIn("missing at the end", self.expect(self.program(*verify), 1).stderr)

    def test_without_a_record_there_is_no_report(self):
        self.assertIn("nothing is recorded yet",
                      self.expect(self.program("report", "compliance"), 1).stderr)


if __name__ == "__main__":
    bed.main()
