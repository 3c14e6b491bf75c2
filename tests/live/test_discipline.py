#!/usr/bin/python3
"""agent.discipline, from outside, where nobody may set the clock: an agent without the right watches
and says what is missing. The servo itself lives in tests/world/discipline_test, on virtual clocks."""
import time

import bed


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
