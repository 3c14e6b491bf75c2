#!/usr/bin/python3
"""Where the agent's knowledge goes: files that others read, and databases that fail in the middle."""
import csv
import json
import os
import signal
import time
import unittest

import bed
from sinks import INFLUXD, VICTORIA, Middle, Sinks


class Files(Sinks):
    @staticmethod
    def rows_of(path):
        with path.open() as file:
            return len(list(csv.DictReader(file)))

    def test_csv_states_and_metrics_are_whole_whenever_they_are_read(self):
        self.lab({1: {}, 2: {}, 3: {}})
        out = self.make_directory("out", 0o755)
        prom, rows, states = out / "clockwright.prom", out / "samples.csv", out / "status.log"
        self.start_agent(metrics={"textfile": f'"{prom}"', "compat": '["ntp_exporter"]'},
                         files={"csv": f'"{rows}"', "status_log": f'"{states}"'})
        self.wait_for("rows come", lambda: rows.exists() and len(rows.read_text().splitlines()) > 12,
                      30)
        for _ in range(200):
            text = prom.read_text()
            self.assertTrue(text.endswith("\n"))
            self.assertIn("clockwright_build_info", text)
            self.assertTrue(rows.read_text().endswith("\n"))
            time.sleep(0.01)
        self.assertIn("ntp_drift_seconds{", prom.read_text())
        self.end_agent()
        self.assertFalse(prom.exists())
        self.assertEqual(self.rows_of(rows), self.samples())
        for line in states.read_text().splitlines():
            self.assertIn("peers", json.loads(line))
        self.assertEqual([path.name for path in out.iterdir() if path.name.startswith(".")], [])

    def test_a_directory_that_is_missing_is_said_once_and_costs_nothing_else(self):
        self.lab({1: {}, 2: {}, 3: {}})
        rows = self.directory / "missing/samples.csv"
        self.start_agent(files={"csv": f'"{rows}"'})
        self.wait_for("it is said", lambda: "rows for files.csv wait: " in self.log(self.agent_log), 30)
        self.wait_for("the record grows", lambda: self.samples() >= 9, 30)
        self.assertEqual(self.log(self.agent_log).count("rows for files.csv wait"), 1)
        rows.parent.mkdir()
        self.wait_for("it works again", lambda: rows.exists(), 10)
        self.end_agent()
        self.assertEqual(self.rows_of(rows), self.samples())
        self.assertIn("rows for files.csv wait: it works again", self.log(self.agent_log))


    def test_a_name_without_a_directory_lies_with_the_state_of_who_has_no_directory_of_logs(self):
        self.lab({1: {}, 2: {}, 3: {}})
        self.start_agent(files={"status_log": '"status.log"'})
        self.wait_for("it is written", lambda: (self.state / "status.log").exists(), 30)
        self.end_agent()
        self.assertIn("peers", json.loads((self.state / "status.log").read_text().splitlines()[0]))

    def test_the_agents_log_has_nothing_below_its_level(self):
        self.lab({1: {}, 2: {}, 3: {}})
        self.configure(agent={"mode": '"ultrafast"', "watch": json.dumps([self.host(1)])},
                       files={"status_log": '"status.log"'})
        agent = self.spawn("env", "LOG_LEVEL=ERROR", bed.PROGRAM, "--config", self.config, "agent",
                           log="quiet.log")
        self.wait_for("it works", lambda: (self.state / "status.log").exists()
                      or self.ended(agent, "quiet.log"), 30)
        agent.send_signal(signal.SIGTERM)
        agent.wait(20)
        self.assertNotIn("the agent", self.log("quiet.log"))


class Heartbeat(Sinks):
    def test_it_beats_while_all_is_well_and_no_longer(self):
        self.lab({1: {}, 2: {}, 3: {}})
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in (1, 2, 3)])
        middle = Middle(self)
        self.start_agent(heartbeat={"url": f'"{middle.url}/beat"', "interval": '"1s"'})
        self.chronyd_has_samples(3)
        self.wait_for("it beats", lambda: len(middle.seen) > 2, 30)
        self.assertEqual(middle.seen[0][2], "/beat")
        self.stop(self.daemon)
        time.sleep(3)
        seen = len(middle.seen)
        time.sleep(4)
        self.assertEqual(len(middle.seen), seen)


    def test_it_beats_between_two_cycles_of_a_lazy_agent(self):
        self.lab({1: {}, 2: {}, 3: {}})
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in (1, 2, 3)])
        self.chronyd_has_samples(3)
        middle = Middle(self)
        self.start_agent(agent={"mode": '"lazy"'},
                         heartbeat={"url": f'"{middle.url}/beat"', "interval": '"1s"'})
        self.wait_for("it beats", lambda: len(middle.seen) > 2, 60)


class Influx(Sinks):
    def influx(self, middle, **more):
        return {"url": f'"{middle.url}"', "interval": '"1s"', "time_out": '"1s"',
                **{key: json.dumps(value) for key, value in more.items()}}

    @unittest.skipUnless(INFLUXD.exists(), f"no influxd at {INFLUXD}")
    def test_influxdb_has_each_point_once_whatever_failed_on_the_way(self):
        port = self.influxd()
        middle = Middle(self, ("127.0.0.1", port))
        self.query(port, "CREATE DATABASE clockwright", "POST")
        self.lab({1: {}, 2: {}, 3: {}})
        middle.faults = ["503", "reset", "mute", "hang", "429", "", "mute", "401", "500"]
        self.start_agent(influx=self.influx(middle, batch=7))
        self.wait_for("all faults were met", lambda: middle.faults == [], 90)
        self.end_agent(signal.SIGKILL)
        self.start_agent(influx=self.influx(middle))
        self.wait_for("more samples", lambda: self.samples() > 20, 30)
        self.wait_for("nothing waits", lambda: self.spool() == [], 60)
        self.end_agent()
        self.start_agent(influx=self.influx(middle))  # what the last second brought
        self.wait_for("nothing waits", lambda: self.spool() == []
                      and self.points(port) >= self.samples() - 3, 60)
        self.end_agent()
        waits = sum("clockwright_server," in line for name in self.spool()
                    for line in (self.state / "spool/influx" / name).read_text().splitlines())
        self.assertEqual(self.points(port) + waits, self.samples())
        said = self.log("agent0.log")
        self.assertIn("points wait for InfluxDB: ", said)
        self.assertIn("points wait for InfluxDB: it works again", said)
        at = {fault: seen for fault, seen, *_ in middle.seen if fault == "429"}["429"]
        after = min(seen for _, seen, *_ in middle.seen if seen > at)
        self.assertGreaterEqual(after - at, 1.9)

    @unittest.skipUnless(VICTORIA.exists(), f"no victoria-metrics at {VICTORIA}")
    def test_version_2_has_token_org_and_bucket_of_the_environment_and_hides_the_token(self):
        port = self.victoria()
        middle = Middle(self, ("127.0.0.1", port))
        middle.faults = ["mute", "503"]
        self.lab({1: {}, 2: {}, 3: {}})
        environment = {"INFLUX_URL": middle.url, "INFLUX_TOKEN": "s3cret", "INFLUX_ORG": "o",
                       "INFLUX_BUCKET": "b c"}
        self.start_agent(environment, influx={"interval": '"1s"'})
        self.wait_for("points come", lambda: len(middle.lines) > 20, 60)
        self.wait_for("nothing waits", lambda: self.spool() == [], 60)
        self.end_agent()
        path, headers = middle.seen[-1][2:]
        self.assertEqual(path, "/api/v2/write?org=o&bucket=b%20c&precision=ns")
        self.assertEqual(headers["Authorization"], "Token s3cret")
        self.assertNotIn("s3cret", self.log(self.agent_log))
        sent = {line.rsplit(" ", 1)[1][:-6] + line.split(" ")[0] for line in middle.lines
                if line.startswith("clockwright_server,") and "offset_seconds" in line}
        self.wait_for("VictoriaMetrics shows each once, and no other", lambda: len(
            self.exported(port, "clockwright_server_offset_seconds")) == len(sent))
        told = self.program("config", "show", env={**os.environ, **environment})
        self.assertIn("environment INFLUX_URL", told.stdout)
        self.assertIn("environment INFLUX_TOKEN", told.stdout)
        self.assertNotIn("s3cret", told.text)

    def test_a_point_that_is_refused_is_named_and_kept_and_the_rest_goes_on(self):
        middle = Middle(self)
        middle.poison = f"server={self.host(2)},"
        self.lab({1: {}, 2: {}, 3: {}})
        self.start_agent(influx=self.influx(middle))
        refused = self.state / "spool/influx/refused.lines"
        self.wait_for("it is kept", lambda: refused.exists(), 60)
        self.wait_for("others arrive", lambda: sum(f"server={self.host(3)}," in line
                                                   for line in middle.lines) > 3, 60)
        self.end_agent()
        self.assertIn(f"server={self.host(2)},", refused.read_text())
        self.assertNotIn(f"server={self.host(3)},", refused.read_text())
        self.assertIn("InfluxDB refuses a point", self.log(self.agent_log))
        self.assertIn("unable to parse a point", self.log(self.agent_log))


if __name__ == "__main__":
    bed.main()
