#!/usr/bin/python3
"""agent.apply = "auto" with a real chronyd: a source of ours that lies is replaced, proved, once; what
cannot be proved is walked back."""
import datetime
import json
import sqlite3

import bed

HONEST = (1, 2, 3, 4, 5)
LIAR = 6


class AgentAuto(bed.Bed):
    def start(self, liar):
        self.lab({last: {} for last in HONEST} | {LIAR: liar})
        self.chronyd()
        self.configure([self.host(last) for last in (1, 2, 3, 4, LIAR)])
        self.apply()
        self.assertEqual(self.listed(), self.addresses(1, 2, 3, 4, LIAR))

    def start_agent(self):
        """As if it had last decided seven hours ago: it decides within a minute."""
        decided = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=7)
        (self.state / "agent.json").write_text(json.dumps({
            "version": 1, "decided": decided.strftime("%Y-%m-%dT%H:%M:%SZ"), "replaced": [],
            "proposal": None}))
        self.configure([self.host(last) for last in (*HONEST, LIAR)],
                       select={"confirmations": 1}, agent={"mode": '"ultrafast"', "apply": '"auto"'})
        self.agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", log="agent.log")

    def memory(self):
        return json.loads((self.state / "agent.json").read_text())

    def test_a_source_that_lies_is_replaced_and_kept_away(self):
        self.start({"step_at": '"15s"', "step": '"840ms"'})
        self.start_agent()
        self.wait_for("the better set", lambda: self.listed() == self.addresses(*HONEST)
                      or self.ended(self.agent, "agent.log"), 110)
        self.wait_for("the outcome is told", lambda: ": applied; verified" in self.log("agent.log"),
                      60)
        self.wait_for("it is remembered", lambda: self.memory()["replaced"])
        self.assertEqual([one["server"] for one in self.memory()["replaced"]], [self.host(LIAR)])
        self.assertIn(self.host(LIAR), self.program("servers", "list", "--blocked").stdout
                      + self.program("servers", "list").stdout)
        self.stop(self.agent)
        with sqlite3.connect(f"file:{self.state}/record.sqlite?mode=ro", uri=True) as record:
            self.assertEqual(record.execute("select outcome from run").fetchall(), [("applied",)])
        changes = self.program("history", "changes").stdout
        self.assertIn("agent", changes)


if __name__ == "__main__":
    bed.main()
