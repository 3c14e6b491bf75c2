#!/usr/bin/python3
"""clockwright agent watches a server by NTS: authenticated polls after few key exchanges, and never a
plain packet in their place, also when only plain time is to be had there."""
import json
import shutil
import sqlite3

import bed
from nts_servers import Authority, ChronydServer

PLAIN = (2, 3, 4)


class AgentNts(bed.Bed):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory / "authority")
        self.host_by_nts = f"nts://{self.address(1)}"

    def polls(self, condition):
        """How many of the record's samples of the server fulfil it."""
        try:
            with sqlite3.connect(f"file:{self.state}/record.sqlite?mode=ro", uri=True) as record:
                return record.execute(
                    "select count(*) from sample join word on word.id = server where text = ? and "
                    + condition, (self.host_by_nts,)).fetchone()[0]
        except sqlite3.OperationalError:  # it is not begun yet
            return 0

    def test_a_server_is_watched_by_nts_or_not_at_all(self):
        self.lab({last: {} for last in PLAIN})
        server = ChronydServer(self, self.address(1), self.authority.issue(self.address(1)))
        watch = json.dumps([self.host_by_nts, *[self.host(last) for last in PLAIN]])
        self.configure(agent={"mode": '"ultrafast"', "watch": watch})
        agent = self.spawn("/usr/bin/env", f"SSL_CERT_FILE={self.authority.certificate}",
                           bed.PROGRAM, "--config", self.config, "agent", log="agent.log")
        self.wait_for("it is polled with authentication",
                      lambda: self.polls("authenticated and offset is not null") >= 20
                      or self.ended(agent, "agent.log"), 60)
        stats = server.serverstats()
        self.assertGreaterEqual(stats["authenticated"], 20)
        self.assertEqual(stats["key_exchanges"], 1, stats)

        lost = self.polls("offset is null")
        self.stop(server.process)
        shutil.rmtree(server.directory)
        ChronydServer(self, self.address(1), self.authority.issue("10.9.9.9"))
        self.wait_for("its loss is recorded", lambda: self.polls("offset is null") > lost + 2, 30)
        self.assertEqual(self.polls("not authenticated and offset is not null"), 0)


if __name__ == "__main__":
    bed.enter_own_network()
    bed.main()
