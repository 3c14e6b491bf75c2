#!/usr/bin/python3
"""clockwright watch: the status anew every two seconds, with the picture of how the clock went."""
import os
import pty
import re
import select
import signal
import subprocess
import time

import bed
from badly_configured import HONEST, BadlyConfigured


class Watch(BadlyConfigured):
    def setUp(self):
        super().setUp()
        self.start(*[self.line(last) for last in HONEST])
        self.chronyd_has_samples(len(HONEST))

    def test_a_number_of_looks_goes_anywhere_as_plain_text(self):
        answer = self.expect(self.program("watch", "--count", "2"), 0)
        looks = re.findall(r"(?m)^\d{4}-\S+Z, look (\d) of 2$", answer.stdout)
        self.assertEqual(looks, ["1", "2"])
        self.assertEqual(answer.stdout.count("chronyd (-x) watches and does not set it"), 2)
        self.assertRegex(answer.stdout, r"(?m)^(slow [^\n]+)\n(?:.*\n){7}fast [^\n]+; now \w+ [^\n]+\n\Z")
        self.assertNotIn("\033", answer.stdout)
        self.assertEqual(answer.stderr, "")

    def test_without_a_number_it_wants_a_terminal(self):
        self.assertIn("--count", self.expect(self.program("watch"), 64).stderr)

    def test_a_terminal_shows_the_picture_and_is_given_back(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        os.set_blocking(ours, False)
        process = subprocess.Popen(self.command("watch"), stdin=theirs, stdout=theirs, stderr=theirs)
        self.addCleanup(self.stop, process)
        os.close(theirs)
        shown, deadline = b"", time.monotonic() + 20
        while b"Ctrl-C ends it" not in shown and time.monotonic() < deadline:
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 65536)
        self.assertRegex(shown.decode(), r"slow [^\n]+")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 0)
        shown += os.read(ours, 65536)
        self.assertTrue(shown.startswith(b"\033[?1049h"), shown)
        self.assertTrue(shown.endswith(b"\033[?1049l"), shown)


if __name__ == "__main__":
    bed.main()
