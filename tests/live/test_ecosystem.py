#!/usr/bin/python3
"""What is ready-made for others under packaging/: rules that promtool tests, dashboards whose every
query finds something in real databases, and plug-in definitions."""
import json
import re
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
from pathlib import Path

import bed
from sinks import INFLUXD, VICTORIA, Sinks

PACKAGING = bed.TREE / "packaging"
PROMTOOL = bed.TREE / "build/peers/prometheus/usr/bin/promtool"


@unittest.skipUnless(PROMTOOL.exists(), f"no promtool at {PROMTOOL}")
class Rules(unittest.TestCase):
    def promtool(self, *words):
        done = subprocess.run([PROMTOOL, *words], cwd=PACKAGING / "prometheus", text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_rules_are_good_and_do_what_their_tests_say(self):
        self.promtool("check", "rules", "clockwright.rules.yml")
        self.promtool("test", "rules", "clockwright.tests.yml")

    def test_every_alert_has_a_test_that_it_fires_and_one_that_it_does_not(self):
        rules = (PACKAGING / "prometheus/clockwright.rules.yml").read_text()
        tests = (PACKAGING / "prometheus/clockwright.tests.yml").read_text()
        alerts = re.findall(r"- alert: (\w+)", rules)
        self.assertGreater(len(alerts), 10)
        for alert in alerts:
            self.assertIn(f"- name: {alert} fires\n", tests)
            self.assertIn(f"- name: {alert} does not when all is well\n", tests)


class Dashboards(Sinks):
    def panels(self, source):
        dashboard = json.loads((PACKAGING / f"grafana/clockwright-{source}.json").read_text())
        return [(panel["title"], panel["targets"][0]) for panel in dashboard["panels"]]

    def test_what_is_shipped_is_what_the_list_of_panels_gives(self):
        with tempfile.TemporaryDirectory() as place:
            subprocess.run([sys.executable, "-B", bed.TREE / "tools/make_dashboards.py", place],
                           check=True, timeout=30)
            for name in ("clockwright-prometheus.json", "clockwright-influxdb.json"):
                self.assertEqual((Path(place) / name).read_text(),
                                 (PACKAGING / "grafana" / name).read_text())

    @unittest.skipUnless(INFLUXD.exists() and VICTORIA.exists(), "no InfluxDB or VictoriaMetrics")
    def test_every_panel_finds_something_of_an_agent_that_runs(self):
        servers = {1: {}, 2: {}, 3: {}, 4: {}}
        self.lab(servers)
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in (1, 2, 3)])
        self.chronyd_has_samples(3)
        influx = self.influxd()
        self.query(influx, "CREATE DATABASE clockwright", "POST")
        with socket.create_server(("127.0.0.1", 0)) as one:
            listen = one.getsockname()[1]
        scrape = self.directory / "scrape.yml"
        scrape.write_text("scrape_configs:\n- job_name: clockwright\n  scrape_interval: 1s\n"
                          f"  static_configs:\n  - targets: ['127.0.0.1:{listen}']\n")
        victoria = self.victoria(f"-promscrape.config={scrape}")
        self.start_agent(agent={"listen": f'"127.0.0.1:{listen}"'},
                         influx={"url": f'"http://127.0.0.1:{influx}"', "interval": '"1s"'})
        self.wait_for("points are there", lambda: self.points(influx) > 20, 60)
        for title, target in self.panels("influxdb"):
            with self.subTest(f"InfluxDB: {title}"):
                question = self.filled(target["query"]).replace("$timeFilter", "time > now() - 1h")
                answer = self.query(influx, question)["results"][0]
                self.assertTrue(answer.get("series"), f"{question}: {answer}")
        for title, target in self.panels("prometheus"):
            with self.subTest(f"Prometheus: {title}"):
                question = self.filled(target["expr"])
                words = urllib.parse.urlencode({"query": question})
                self.get(victoria, "/internal/force_flush")
                self.wait_for(title, lambda: json.loads(self.get(
                    victoria, f"/api/v1/query?{words}"))["data"]["result"], 20)
        self.end_agent()

    @staticmethod
    def filled(query):
        return (query.replace("$__interval", "1s").replace("/^$host$/", "/.*/")
                .replace("/^$server$/", "/.*/").replace("$host", ".*").replace("$server", ".*"))


if __name__ == "__main__":
    bed.main()
