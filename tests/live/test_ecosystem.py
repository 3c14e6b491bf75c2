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
NAGIOS = bed.TREE / "build/peers/nagios/usr/sbin/nagios4"
ICINGA = bed.TREE / "build/peers/icinga"
# What a Nagios has already when our definitions are added.
NAGIOS_OBJECTS = """
define timeperiod {
    timeperiod_name 24x7
    alias always
    monday 00:00-24:00
}
define command {
    command_name nothing
    command_line /bin/true
}
define contact {
    contact_name root
    host_notification_commands nothing
    service_notification_commands nothing
    host_notification_period 24x7
    service_notification_period 24x7
}
define host {
    host_name localhost
    address 127.0.0.1
    max_check_attempts 3
    contacts root
    check_command nothing
}
define service {
    name generic-service
    register 0
    max_check_attempts 3
    check_period 24x7
    contacts root
}
"""
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

    def test_several_columns_of_one_panel_have_names_by_which_they_are_told_apart(self):
        several = [target for _, target in self.panels("influxdb")
                   if len(re.findall(r'\w+\("offset_seconds", ', target["query"])) > 1]
        self.assertEqual(len(several), 1)
        for target in several:
            self.assertEqual(re.findall(r' AS "(\w+)"', target["query"]), ["p50", "p95", "p99"])
            self.assertTrue(target["alias"].endswith(" $col"), target["alias"])

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
        # The delay of a server is known where the agent asks it: 4.
        self.start_agent(agent={"listen": f'"127.0.0.1:{listen}"',
                                "watch": json.dumps([self.host(4)])},
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


class Monitors(Sinks):
    """Nagios and Icinga read our definitions, and what they would run is run."""

    def test_nagios_reads_its_definitions_without_an_error(self):
        place = self.make_directory("nagios", 0o755)
        (place / "objects.cfg").write_text(NAGIOS_OBJECTS)
        (place / "nagios.cfg").write_text(
            f"log_file={place}/log\ncfg_file={place}/objects.cfg\n"
            f"cfg_file={PACKAGING}/nagios/clockwright.cfg\nlock_file={place}/lock\n"
            f"object_cache_file={place}/cache\nstatus_file={place}/status\n"
            f"temp_file={place}/temp\ntemp_path={place}\ncommand_file={place}/command\n"
            f"check_result_path={place}\nnagios_user=root\nnagios_group=root\n")
        done = self.run_here(NAGIOS, "-v", place / "nagios.cfg")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Total Errors:   0", done.stdout)
        self.assertIn("Checked 1 services", done.stdout)

    def test_icinga_reads_its_definitions_without_an_error(self):
        place = self.make_directory("icinga", 0o755)
        (place / "data").mkdir()
        (place / "icinga2.conf").write_text(
            f'include <itl>\ninclude "{PACKAGING}/nagios/clockwright.conf"\n'
            'object Host "db1" {\n  check_command = "dummy"\n  vars.clockwright = true\n}\n')
        defines = {"IncludeConfDir": ICINGA / "usr/share/icinga2/include", "DataDir": place / "data",
                   "CacheDir": place, "LogDir": place, "Configuration.RunAsUser": "root",
                   "Configuration.RunAsGroup": "root"}
        program = next(ICINGA.glob("usr/lib/*/icinga2/sbin/icinga2"), ICINGA)
        done = self.run_here(
            program, "daemon", "-C", "-c", place / "icinga2.conf",
            *(word for name, value in defines.items() for word in ("-D", f"{name}={value}")),
            env={"LD_LIBRARY_PATH": str(program.parent.parent.parent)})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Instantiated 1 Service", done.stdout)

    @staticmethod
    def run_here(*command, env=None):
        if not Path(command[0]).is_file():
            raise unittest.SkipTest(f"no {command[0]}")
        return subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False, env=env)

    def test_what_they_run_gives_one_line_with_perfdata(self):
        self.lab({1: {}, 2: {}, 3: {}})
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in (1, 2, 3)])
        self.chronyd_has_samples(3)
        self.configure()
        text = (PACKAGING / "nagios/clockwright.cfg").read_text()
        line = re.search(r"command_line\s+(.+)", text).group(1)
        arguments = re.search(r"check_command\s+check_clockwright!(.+)", text).group(1).split("!")
        for number, argument in enumerate(arguments, 1):
            line = line.replace(f"$ARG{number}$", argument)
        nagios = line.split()
        text = (PACKAGING / "nagios/clockwright.conf").read_text()
        icinga = re.findall(r'"([^"]+)"', re.search(r"command = \[(.+?)\]", text).group(1))
        values = dict(re.findall(r'vars\.(\w+) = "(\w+)"', text))
        for option, name in re.findall(r'"(-+\w+)" = \{ value = "\$(\w+)\$"', text):
            if name in values:
                icinga += [option, values[name]]
        self.assertGreater(len(icinga), 4)
        for command in (nagios, icinga):
            with self.subTest(command):
                self.assertEqual(command[0], "/usr/bin/clockwright")
                answer = self.program(*command[1:])
                self.assertIn(answer.code, (0, 1, 2), answer)
                self.assertRegex(answer.stdout, r"\A[^\n|]+\|[^\n]*bound=[^\n]+\n\Z")


class Zabbix(Sinks):
    """The template's every item finds one value in what a real agent answers."""
    TEMPLATE = PACKAGING / "zabbix/clockwright.json"

    def template(self):
        document = json.loads(self.TEMPLATE.read_text())["zabbix_export"]
        self.assertEqual(document["version"], "6.0")
        self.assertEqual(len(document["templates"]), 1)
        return document["templates"][0]

    def test_what_is_shipped_is_what_the_list_of_items_gives(self):
        made = subprocess.run([sys.executable, "-B", bed.TREE / "tools/make_zabbix_template.py"],
                              check=True, timeout=30, capture_output=True, text=True)
        self.assertEqual(made.stdout, self.TEMPLATE.read_text())

    def test_it_has_what_an_import_asks_for(self):
        template = self.template()
        rules = template["discovery_rules"]
        prototypes = [item for rule in rules for item in rule["item_prototypes"]]
        ids, keys = [], []
        for thing in [template, *template["items"], *rules, *prototypes]:
            ids.append(thing["uuid"])
            ids += [one["uuid"] for one in thing.get("triggers", [])]
            ids += [one["uuid"] for one in thing.get("trigger_prototypes", [])]
            keys.append(thing.get("key"))
        for one in ids:
            self.assertRegex(one, r"\A[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}\Z")
        self.assertEqual(len(set(ids)), len(ids))
        self.assertEqual(len(set(keys)), len(keys))
        known = set(keys)
        for item in [*template["items"], *prototypes]:
            if item["type"] == "DEPENDENT":
                self.assertIn(item["master_item"]["key"], known)
                self.assertNotIn("delay", item)
            for trigger in item.get("triggers", []) + item.get("trigger_prototypes", []):
                for host, key in re.findall(r"\(/([^/]+)/([\w.]+(?:\[[^]]*\])?)",
                                            trigger["expression"]):
                    self.assertEqual(host, template["template"])
                    self.assertIn(key, known)

    def test_servers_disagree_only_where_two_were_judged(self):
        [expression] = [trigger["expression"] for item in self.template()["items"]
                        for trigger in item.get("triggers", []) if "disagree" in trigger["name"]]
        self.assertRegex(expression, r" and min\(/[^/]+/clockwright\.consensus_judged,10m\)>1\Z")

    def test_every_item_finds_one_value_in_the_answer_of_an_agent(self):
        self.lab({1: {}, 2: {}, 3: {}, 4: {}})
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in (1, 2, 3)])
        self.chronyd_has_samples(3)
        with socket.create_server(("127.0.0.1", 0)) as one:
            listen = one.getsockname()[1]
        asked = self.host(4)  # by the agent itself; of the others the daemon tells no delay
        self.start_agent(agent={"listen": f'"127.0.0.1:{listen}"', "watch": json.dumps([asked])})
        self.wait_for("it is demonstrated", lambda: "clockwright_bound_seconds " in
                      self.get(listen, "/metrics"), 60)
        self.wait_for("servers answered", lambda: self.get(listen, "/metrics").count(
            "clockwright_server_offset_seconds{") == 4, 60)
        answer = self.get(listen, "/metrics")
        template = self.template()
        master = template["items"][0]
        self.assertEqual(master["url"], "{$CLOCKWRIGHT.URL}/metrics")
        for item in template["items"][1:]:
            with self.subTest(item["name"]):
                self.assertEqual(len(self.found(answer, item)), 1)
        for rule in template["discovery_rules"]:
            macros = {one["lld_macro"]: one["path"].removeprefix("$.labels.")
                      for one in rule["lld_macro_paths"]}
            servers = self.matching(answer, rule["preprocessing"][0]["parameters"][0])
            self.assertEqual(len(servers), 4)
            for labels, _ in servers:
                for prototype in rule["item_prototypes"]:
                    text = json.dumps(prototype)
                    for macro, label in macros.items():
                        text = text.replace(macro, labels[label])
                    with self.subTest(text):
                        self.assertNotIn("{#", text)
                        known = "delay" not in prototype["key"] or labels["server"] == asked
                        self.assertEqual(len(self.found(answer, json.loads(text))), int(known))

    def found(self, answer, item):
        step = item["preprocessing"][0]
        self.assertEqual(step["type"], "PROMETHEUS_PATTERN")
        pattern, mode, label = step["parameters"]
        self.assertIn((mode, bool(label)), (("value", False), ("label", True)))
        return [labels[label] if label else float(value)
                for labels, value in self.matching(answer, pattern)]

    @staticmethod
    def matching(answer, pattern):
        """Samples of Prometheus' text that Zabbix' pattern selects: a name, and labels that are so."""
        name, wanted = re.fullmatch(r"(\w+)(?:\{(.*)\})?", pattern).groups()
        wanted = dict(re.findall(r'(\w+)="([^"]*)"', wanted or ""))
        found = []
        for line in answer.splitlines():
            sample = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if sample and sample.group(1) == name:
                labels = dict(re.findall(r'(\w+)="([^"]*)"', sample.group(2) or ""))
                if all(labels.get(label) == value for label, value in wanted.items()):
                    found.append((labels, sample.group(3)))
        return found


if __name__ == "__main__":
    bed.main()
