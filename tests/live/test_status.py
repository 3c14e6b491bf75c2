#!/usr/bin/python3
"""clockwright status, check and config: a sentence with a number and its condition; codes that a
monitor can use; every fault of a configuration at once."""
import re
import socket
import statistics
import time

import bed
from badly_configured import HONEST, LIAR, BadlyConfigured

STATUS_KEYS = ["daemon", "demonstrated", "offset_seconds", "bound_seconds", "terms", "condition",
               "sentence", "stratum", "sources"]
CHECK = re.compile(r"^CLOCK (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+(\|.*)?\n$")
PERFDATA = re.compile(r"(\w+)=(-?[\d.]+(?:e-?\d+)?|U)(s|%|)?(;[^ ]*)?")
CODES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}


class Status(BadlyConfigured):
    def well_configured(self):
        self.start(*[self.line(last) for last in HONEST])
        self.chronyd_has_samples(len(HONEST))

    def check(self, *words):
        answer = self.program("check", *words, seconds=10)
        found = CHECK.match(answer.stdout)
        self.assertTrue(found, answer)
        self.assertEqual(answer.code, CODES[found.group(1)], answer)
        self.assertEqual(answer.stderr, "")
        return answer, found.group(1)

    def test_a_daemon_that_is_mute_is_not_waited_for_long(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind(("127.0.0.1", 0))
            control = f'"127.0.0.1:{mute.getsockname()[1]}"'
            self.configure(daemon={"kind": '"ntpsec"', "control": control})
            began = time.monotonic()
            answer, word = self.check()
            took = time.monotonic() - began
        self.assertEqual(word, "UNKNOWN")
        self.assertIn("no answer from ntpd", answer.stdout)
        self.assertLess(took, 3, "0.7 s of patience, and what a loaded machine adds")

    def test_a_daemon_with_five_honest_sources(self):
        self.well_configured()
        answer = self.program("--json", "status")
        status = answer.json
        self.assertLessEqual(set(STATUS_KEYS), set(status))
        self.expect(answer, 0 if status["demonstrated"] else 1)
        self.assertEqual(status["daemon"], "chrony")
        self.assertEqual(status["stratum"], 3)
        self.assertLess(abs(status["offset_seconds"]), 0.01)
        # How wide it is hangs on how loaded the machine is: chronyd samples late then.
        self.assertTrue(0 < status["bound_seconds"] < 2)
        self.assertEqual(sorted(source["address"] for source in status["sources"]), self.listed())
        self.assertIn("chronyd (-x) watches and does not set it", status["sentence"])
        text = self.program("status").stdout
        self.assertRegex(text.splitlines()[0], r"^This clock is [\d.]+ [nµm]?s ±[\d.]+ ")
        self.assertIn(str(self.chrony_conf), text)

    def test_the_bound_is_the_sum_of_its_terms(self):
        self.well_configured()
        status = self.program("--json", "status").json
        self.assertTrue(status["terms"])
        self.assertAlmostEqual(sum(status["terms"].values()), status["bound_seconds"], delta=1e-6)

    def own_bound_of_chronyd(self):
        """|offset| + root dispersion + root delay/2, by chronyd's own client."""
        fields = self.chronyc("-c", "tracking").stdout.split(",")
        return abs(float(fields[4])) + float(fields[11]) + float(fields[10]) / 2

    def test_while_it_is_synchronised_the_bound_is_no_looser_than_chronyds_own(self):
        self.well_configured()
        ratios = []
        for _ in range(15):
            before = self.own_bound_of_chronyd()
            told = self.program("--json", "status").json["bound_seconds"]
            ratios.append(told / max(before, self.own_bound_of_chronyd()))
        self.assertLess(statistics.median(ratios), 1.1, ratios)

    def test_a_clock_that_a_daemon_only_watches_is_said_to_be_100_ms_off(self):
        self.start(*[self.line(last) for last in HONEST],
                   honest={last: {"offset": '"100ms"'} for last in HONEST})
        self.chronyd_has_samples(len(HONEST))
        status = self.program("--json", "status").json
        self.assertAlmostEqual(status["offset_seconds"], 0.1, delta=0.005)
        self.assertRegex(status["sentence"], r"^This clock is (100|9\d\.\d*|10\d\.\d*) ms ±")
        self.assertIn("does not set it", status["sentence"])
        _, word = self.check("-w", "50ms", "-c", "90ms")
        self.assertEqual(word, "CRITICAL")

    def test_nothing_answers(self):
        self.chronyd(self.line(1))
        answer = self.expect(self.program("--json", "status"), 1).json
        self.assertFalse(answer["demonstrated"])
        self.assertIsNone(answer["bound_seconds"])
        self.assertTrue(answer["sentence"].startswith("Not demonstrated"), answer)
        _, word = self.check()
        self.assertEqual(word, "CRITICAL")

    def test_check_gives_one_line_with_perfdata(self):
        self.well_configured()
        # After its first samples chronyd takes its frequency for known to a million ppm only.
        self.wait_for("a bound", lambda: self.check()[1] in ("OK", "WARNING"), 30)
        answer, _ = self.check()
        perfdata = {found.group(1): found for found in
                    PERFDATA.finditer(answer.stdout.partition("|")[2])}
        self.assertIn("bound", perfdata, answer)
        self.assertIn("offset", perfdata, answer)
        self.assertEqual(perfdata["bound"].group(3), "s")
        self.assertTrue(perfdata["bound"].group(4).startswith(";0.1;0.5"), answer)

    def test_check_limits(self):
        self.well_configured()
        _, word = self.check("-w", "1us", "-c", "2us")
        self.assertEqual(word, "CRITICAL")
        _, word = self.check("-w", "1us", "-c", "5s")
        self.assertEqual(word, "WARNING")

    def test_check_with_wrong_usage_is_unknown(self):
        self.well_configured()
        for words in (["-w", "soon"], ["--no-such"], ["too", "much"]):
            with self.subTest(words=words):
                self.assertEqual(self.program("check", *words).code, 3)
        self.config.write_text("[daemon]\nkind = 7\n")
        self.assertEqual(self.program("check").code, 3)

    def test_check_compares_with_the_sources_expected(self):
        self.well_configured()
        expected = self.directory / "expected.sources"
        lines = [self.line(last) for last in HONEST]
        expected.write_text("\n".join(lines) + "\n")
        wide = ("-w", "5s", "-c", "10s")
        answer, _ = self.check("--expect", expected, *wide)
        self.assertIn("5/5", answer.stdout)
        expected.write_text("\n".join([*lines, self.line(LIAR)]) + "\n")
        answer, word = self.check("--expect", expected, *wide)
        self.assertIn(word, ("WARNING", "CRITICAL"))
        self.assertIn("5/6", answer.stdout)

    def test_quick_and_without_a_packet_to_a_server(self):
        self.well_configured()
        self.stop(self.world)
        begin = bed.time.monotonic()
        self.check()
        self.assertLess(bed.time.monotonic() - begin, 1)


class Config(bed.Bed):
    def test_every_fault_is_named_with_file_line_and_key(self):
        self.config.write_text('[select]\ncount = "five"\nminimum = 99\n\n[daemon]\n'
                               'kind = "sundial"\nrestrat = []\n[cellar]\nwine = 1\n')
        answer = self.expect(self.program("config", "check"), 78)
        for line, key in [(2, "select.count"), (3, "select.minimum"), (6, "daemon.kind"),
                          (7, "daemon.restrat"), (8, "cellar")]:
            self.assertRegex(answer.text, rf"(?m)^.*{re.escape(str(self.config))}:{line}: .*{key}")

    def test_a_faulty_configuration_stops_every_verb(self):
        self.config.write_text("[select]\ncount = 0\n")
        for verb in (["scan", "127.0.0.1:9"], ["plan"], ["apply", "--yes"], ["status"], ["rollback"]):
            with self.subTest(verb=verb):
                answer = self.expect(self.program(*verb), 78)
                self.assertIn(":2: ", answer.stderr)

    def test_no_toml_at_all(self):
        self.config.write_text("this is [no toml\n")
        self.assertIn(f"{self.config}:1", self.expect(self.program("config", "check"), 78).text)

    def test_a_missing_file_that_was_asked_for(self):
        answer = self.expect(self.program("config", "check"), 1, 78)
        self.assertIn(str(self.config), answer.stderr)

    def test_a_good_one_and_every_value_with_its_origin(self):
        self.configure(select={"count": 7})
        self.expect(self.program("config", "check"), 0)
        shown = self.expect(self.program("config", "show"), 0).stdout
        self.assertRegex(shown, rf"(?m)^select\.count\s+= 7 .*{re.escape(str(self.config))}:\d+$")
        self.assertRegex(shown, r"(?m)^select\.minimum\s+= 4 .*default$")

    def test_drop_ins_come_after_the_file(self):
        self.configure(select={"count": 7})
        drop_ins = self.make_directory("clockwright.toml.d", 0o755)
        (drop_ins / "10-count.toml").write_text("[select]\ncount = 3\n")
        shown = self.expect(self.program("config", "show"), 0).stdout
        self.assertRegex(shown, r"(?m)^select\.count\s+= 3 .*10-count\.toml:2$")

    def test_the_template_is_a_good_configuration(self):
        self.assertEqual(self.expect(self.program("--json", "config", "init"), 0).json,
                         {"written": str(self.config)})
        self.assertIn("verify_timeout", self.config.read_text())
        self.expect(self.program("config", "check"), 0)


if __name__ == "__main__":
    bed.main()
