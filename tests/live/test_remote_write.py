#!/usr/bin/python3
"""Samples by remote write: in a real Prometheus and a real VictoriaMetrics, each once, whatever fails
on the way; and what waits for a post in hand, which is nothing."""
import json
import signal
import time
import unittest
import urllib.parse

import bed
from sinks import PROMETHEUS, VICTORIA, Middle, Sinks

CYCLES = "clockwright_agent_cycles_total"


class RemoteWrite(Sinks):
    def remote_write(self, url, **more):
        return {"url": f'"{url}"', "interval": '"1s"', "time_out": '"1s"',
                **{key: json.dumps(value) for key, value in more.items()}}

    def cycles(self, port):
        """The counter of the agent's cycles as PromQL has it, in the order of time."""
        words = urllib.parse.urlencode({"query": f'{CYCLES}{{job="clockwright"}}[1h]'})
        found = json.loads(self.get(port, f"/api/v1/query?{words}"))["data"]["result"]
        self.assertLess(len(found), 2)
        return [int(value) for _, value in found[0]["values"]] if found else []

    @staticmethod
    def begins(told):
        """Where the counter begins: once for each run of the agent."""
        return [n for n in range(len(told)) if n == 0 or told[n] <= told[n - 1]]

    def all_has_arrived(self, port, runs):
        return (self.spool("remote_write") == []
                and len(self.begins(self.cycles(port))) == runs)

    def each_once(self, port, runs):
        """A counter that goes up by one from its beginning, or begins anew with a run."""
        told = self.cycles(port)
        begins = self.begins(told)
        self.assertEqual(len(begins), runs, told)
        for begin, end in zip(begins, begins[1:] + [len(told)]):
            first = told[begin]
            self.assertLess(first, 3, told)
            self.assertEqual(told[begin:end], list(range(first, first + end - begin)))

    def arrives_whole(self, port, middle, outage):
        self.lab({1: {}, 2: {}, 3: {}})
        # What is posted again after a lost answer may go moment by moment: that is to go well.
        well = [""] * 6
        middle.faults = ["503", "reset", "mute", *well, "hang", "429", "", "mute", *well, "401", "500"]
        self.start_agent(remote_write=self.remote_write(f"{middle.url}/api/v1/write", batch=200))
        self.wait_for("all faults were met", lambda: middle.faults == [], 90)
        self.end_agent(signal.SIGKILL)
        self.start_agent(remote_write=self.remote_write(f"{middle.url}/api/v1/write"))
        outage()
        self.wait_for("nothing waits", lambda: self.all_has_arrived(port, 2), 60)
        self.assertGreater(len(self.cycles(port)), 12)
        self.end_agent()
        self.start_agent(remote_write=self.remote_write(f"{middle.url}/api/v1/write"))
        self.wait_for("nothing waits", lambda: self.all_has_arrived(port, 3), 60)
        self.end_agent()
        self.each_once(port, 3)
        refused = self.state / "spool/remote_write/refused.lines"
        self.assertFalse(refused.exists(), refused)
        headers = middle.seen[-1][3]
        self.assertEqual(headers["Content-Type"], "application/x-protobuf")
        self.assertEqual(headers["X-Prometheus-Remote-Write-Version"], "0.1.0")

    @unittest.skipUnless(PROMETHEUS.exists(), f"no prometheus at {PROMETHEUS}")
    def test_prometheus_has_each_sample_once_whatever_failed_on_the_way(self):
        port, process = self.prometheus()

        def outage():
            process.kill()
            process.wait(10)
            time.sleep(3)
            self.prometheus(port)

        self.arrives_whole(port, Middle(self, ("127.0.0.1", port)), outage)
        labels = json.loads(self.get(port, "/api/v1/label/server/values"))["data"]
        self.assertEqual(sorted(labels), sorted(self.host(n) for n in (1, 2, 3)))

    @unittest.skipUnless(VICTORIA.exists(), f"no victoria-metrics at {VICTORIA}")
    def test_victoriametrics_has_each_sample_once_whatever_failed_on_the_way(self):
        port = self.victoria("-dedup.minScrapeInterval=1ms")
        self.arrives_whole(port, Middle(self, ("127.0.0.1", port)), lambda: None)

    @unittest.skipUnless(PROMETHEUS.exists(), f"no prometheus at {PROMETHEUS}")
    def test_a_series_that_is_no_more_ends_for_promql_at_once(self):
        port, _ = self.prometheus()
        self.lab({1: {}, 2: {}, 3: {}})
        self.chronyd(f"server {self.address(1)} port {self.port} minpoll 0 maxpoll 1 iburst")
        self.chronyd_has_samples(1)
        self.start_agent(remote_write=self.remote_write(f"http://127.0.0.1:{port}/api/v1/write"))
        self.wait_for("the daemon's sources are told", lambda: self.now(port, "clockwright_sources"), 30)
        self.stop(self.daemon)
        self.wait_for("the daemon is said to be away",
                      lambda: self.now(port, "clockwright_daemon_up == 0"), 30)
        self.wait_for("and of its sources nothing is claimed",
                      lambda: not self.now(port, "clockwright_sources"), 10)

    def now(self, port, question):
        words = urllib.parse.urlencode({"query": question})
        return json.loads(self.get(port, f"/api/v1/query?{words}"))["data"]["result"]


class PostInHand(Sinks):
    def test_nothing_waits_for_it_and_a_kill_loses_nothing(self):
        middle = Middle(self)
        middle.faults, middle.hangs = ["hang"] * 20, 60
        self.lab({1: {}, 2: {}, 3: {}})
        slow = {"url": f'"{middle.url}"', "interval": '"1s"', "time_out": '"50s"'}
        self.start_agent(influx=slow)
        self.wait_for("a post hangs", lambda: middle.seen, 30)
        spooled = self.spooled()
        self.wait_for("new points go into the spool", lambda: self.spooled() > spooled + 6, 15)
        began = time.monotonic()
        self.configure(agent={"mode": '"ultrafast"', "watch": json.dumps([self.host(1)])},
                       influx=slow | {"interval": '"2s"'})
        self.agent.send_signal(signal.SIGHUP)
        self.wait_for("the new configuration is in use", lambda: "read anew" in
                      self.log(self.agent_log), 10)
        samples = self.samples()
        self.wait_for("the agent goes on", lambda: self.samples() > samples + 3, 10)
        self.assertLess(time.monotonic() - began, 20)
        self.end_agent(signal.SIGKILL)
        middle.faults = []
        self.start_agent(influx=slow)
        self.wait_for("nothing waits", lambda: self.spool() == [], 30)
        self.end_agent()
        told = {line for line in middle.lines if line.startswith("clockwright_server,")}
        waits = sum("clockwright_server," in line for name in self.spool()
                    for line in (self.state / "spool/influx" / name).read_text().splitlines())
        # What was in hand at the kill is in record or spool alone: the one server's samples of the
        # four seconds that are judged together.
        self.assertLessEqual(abs(len(told) + waits - self.samples()), 4)

    def spooled(self):
        return sum(line.startswith("clockwright_server,")
                   for path in (self.state / "spool/influx").glob("0*.lines")
                   for line in path.read_text().splitlines())


if __name__ == "__main__":
    bed.main()
