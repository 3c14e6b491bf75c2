#!/usr/bin/python3
"""agent.discipline, from outside, where nobody may set the clock: an agent without the right watches
and says what is missing. The servo itself lives in tests/world/discipline_test, on virtual clocks."""
import re
import time
import unittest

import bed


UNIT = bed.TREE / "packaging/systemd/clockwright-discipline.service"


class Unit(unittest.TestCase):
    def test_rates_and_slews_are_allowed_after_all_that_takes_them_away(self):
        filters = re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(), re.M)
        takes = [number for number, line in enumerate(filters) if line.startswith("~")]
        self.assertIn("@privileged", filters[takes[-1]])  # @clock is in it
        gives = " ".join(filters[takes[-1] + 1:]).split()
        self.assertEqual(gives, ["adjtimex", "clock_adjtime", "clock_adjtime64"])


class Discipline(bed.Bed):
    def test_without_the_right_the_agent_watches_and_says_so(self):
        self.lab({last: {"offset": '"2ms"'} for last in (1, 2, 3)})
        self.configure(hosts=[self.host(last) for last in (1, 2, 3)],
                       agent={"discipline": "true", "mode": '"ultrafast"'})
        agent = self.begin("agent")
        time.sleep(3)
        self.assertIsNone(agent.poll())
        agent.terminate()
        answer = self.expect(self.end(agent), 0)
        self.assertIn("this agent watches only: agent.discipline needs the right to set the clock "
                      "(CAP_SYS_TIME)", answer.stderr)
        self.assertFalse((self.state / "discipline.json").exists())


if __name__ == "__main__":
    bed.main()
