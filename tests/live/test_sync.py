#!/usr/bin/python3
"""clockwright sync, from outside: beside a chronyd that only watches nothing is ever corrected, and
whoever asks is told why. What a correction does is for app/correction_run_test, on a virtual clock."""
import bed


class Sync(bed.Bed):
    def world(self, offsets):
        """A lab of servers that far ahead of this clock, and a chronyd -x that follows them."""
        self.lab({last: {"offset": f'"{offset}"'} for last, offset in offsets.items()})
        self.chronyd(*(f"server {self.address(last)} port {self.port} iburst" for last in offsets))
        self.configure(hosts=[self.host(last) for last in offsets])

    def sync(self, *words, code):
        return self.expect(self.program("--json", "sync", *words), code)

    def test_a_clock_that_is_right_is_left_alone(self):
        self.world({1: "200us", 2: "200us", 3: "200us"})
        told = self.sync("--yes", code=0).json
        self.assertEqual((told["action"], told["outcome"]), ("fine", "unchanged"))
        self.assertLess(abs(told["offset_seconds"] - 0.0002), told["bound_seconds"])
        self.assertEqual((told["agreeing"], told["independent"]), (3, 3))
        self.assertIsNone(told["moved_seconds"])

    def test_a_daemon_that_only_watches_is_not_asked_to_correct(self):
        self.world({1: "3s", 2: "3s", 3: "3s"})
        for words in (["--yes"], ["--yes", "--step"], ["--dry-run", "--step"]):
            with self.subTest(words):
                told = self.sync(*words, code=5).json
                self.assertEqual((told["action"], told["outcome"]), ("refuse", "refused"))
                self.assertIn("chronyd (-x) watches this clock and does not set it", told["reason"])
        self.assertIn("Nothing changed.", self.program("sync", "--yes").stdout)

    def test_no_majority_is_no_reason_to_do_anything(self):
        self.world({1: "3s", 2: "1s"})
        told = self.sync("--yes", "--step", code=3).json
        self.assertEqual(told["action"], "none")
        self.assertIsNone(told["offset_seconds"])

    def test_more_than_the_panic_limit_is_nobodys_to_permit(self):
        self.world({1: "2000s", 2: "2000s", 3: "2000s"})
        self.assertIn("more than 1000 s", self.sync("--yes", "--step", code=5).json["reason"])

    def test_a_time_to_step_back_to_is_a_time(self):
        self.configure()
        self.expect(self.program("sync", "--step", "--back-to", "yesterday"), 64)
        self.expect(self.program("sync", "--back-to", "2026-11-20T10:31:00Z"), 64)


if __name__ == "__main__":
    bed.main()
