#!/usr/bin/python3
"""clockwright rtc, from outside: what is there is read, and nothing is set unless all speaks for it."""
from pathlib import Path

import bed

CLOCKS = sorted(Path("/sys/class/rtc").glob("rtc*"))


class Rtc(bed.Bed):
    def setUp(self):
        super().setUp()
        self.configure()

    def test_what_is_there_is_told(self):
        told = self.expect(self.program("rtc", "--json"), 0).json
        self.assertEqual(told["device"] is not None, bool(CLOCKS), told)
        if not CLOCKS:
            self.assertIn("no hardware clock", self.program("rtc", "show").stdout)
            self.expect(self.program("rtc", "check"), 1)

    def test_without_a_demonstrated_clock_nothing_is_set(self):
        answer = self.program("rtc", "set", "--yes")
        self.expect(answer, 5)
        self.assertIn("the hardware clock is not set: ", answer.stderr)


if __name__ == "__main__":
    bed.main()
