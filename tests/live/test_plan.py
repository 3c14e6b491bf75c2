#!/usr/bin/python3
"""clockwright plan: the whole decision without a write; a saved plan is applied exactly or refused."""
import json

import bed
from badly_configured import LIAR, BadlyConfigured

PLAN_KEYS = ["change", "reason", "daemon", "restart", "gain", "confirmations", "add", "remove",
             "keep", "diff", "packets_planned", "id"]


class Plan(BadlyConfigured):
    def test_a_change_is_due_and_nothing_is_written(self):
        self.start()
        before = self.evidence()
        answer = self.expect(self.program("--json", "plan"), 2).json
        self.assertLessEqual(set(PLAN_KEYS), set(answer))
        self.assertTrue(answer["change"])
        self.assertFalse(answer["restart"])
        self.assertEqual(answer["daemon"], "chrony")
        self.assertTrue(answer["reason"])
        self.assertTrue(4 <= len(answer["add"]) <= 5, answer["add"])
        self.assertEqual(answer["remove"], [])
        self.assertEqual(len(answer["confirmations"]), 2)
        self.assertRegex(answer["id"], r"^[0-9a-f]{6,}")
        self.check_diff(answer)
        self.assertEqual(self.evidence(), before)
        self.assertFalse(list(self.state.rglob("*.jsonl")), "plan writes no journal")

    def test_a_plan_that_changes_nothing_holds_only_while_its_ground_does(self):
        self.start(*[self.line(last) for last in range(1, 6)])
        self.chronyd_has_samples(5)
        path = self.directory / "nothing.plan"
        self.expect(self.program("plan", "--out", path), 0)
        self.assertEqual(self.apply(path).json["outcome"], "unchanged")
        self.assertFalse(list(self.state.rglob("*.jsonl")), "nothing is journalled")
        with self.chrony_conf.open("a") as conf:
            conf.write("# another hand\n")
        self.expect(self.program("--json", "apply", path, "--yes"), 5)

    def check_diff(self, answer):
        lines = answer["diff"].splitlines()
        self.assertTrue(lines[0].startswith("--- "), lines)
        self.assertEqual(lines[1], f"+++ {self.own_file}")
        self.assertTrue(lines[2].startswith("@@"), lines)
        added = [line for line in lines[3:] if line.startswith("+server ")]
        self.assertEqual(len(added), len(answer["add"]))
        self.assertFalse([line for line in lines[2:] if line.startswith("-")])

    def test_for_people_it_begins_with_the_conclusion_and_ends_with_what_to_do(self):
        self.start()
        answer = self.expect(self.program("plan"), 2)
        self.assertIn(f"+server {self.net}.", answer.stdout)
        self.assertNotIn("--- ", answer.stdout.splitlines()[0])
        self.assertIn("clockwright apply", answer.stdout.splitlines()[-1])

    def test_two_plans_of_the_same_host_are_the_same(self):
        self.start()
        first, second = (self.program("--json", "plan").json for _ in range(2))
        self.assertEqual(sorted(first["add"]), sorted(second["add"]))
        self.assertEqual(first["diff"], second["diff"])

    def test_apply_dry_run_is_plan(self):
        self.start()
        before = self.evidence()
        answer = self.expect(self.program("--json", "apply", "--dry-run"), 2).json
        self.assertTrue(answer["change"])
        self.assertEqual(self.evidence(), before)

    def test_nothing_to_change_when_the_host_is_well_configured(self):
        self.start(*[self.line(last) for last in (1, 2, 3, 4, 5)])
        self.chronyd_has_samples(5)
        answer = self.expect(self.program("--json", "plan"), 0).json
        self.assertFalse(answer["change"])
        self.assertTrue(answer["reason"])
        self.assertEqual((answer["add"], answer["diff"]), ([], ""))

    def test_nothing_measured_is_3(self):
        self.chronyd(self.line(1))
        self.configure(hosts=[self.host(2)])
        answer = self.expect(self.program("--json", "plan"), 3).json
        self.assertFalse(answer["change"])

    def test_a_saved_plan_is_applied_exactly_and_then_there_is_nothing_to_do(self):
        self.start()
        path = self.save_plan()
        self.assertEqual(path.stat().st_mode & 0o022, 0)
        wanted = json.loads(path.read_text())["add"]
        applied = self.apply(path).json
        self.assertEqual(applied["outcome"], "applied")
        self.assertEqual(sorted(wanted), sorted(applied["add"]))
        again = self.apply(path).json
        self.assertEqual(again["outcome"], "unchanged")

    def test_a_dry_run_of_a_saved_plan_tells_that_plan_and_writes_nothing(self):
        self.start()
        path = self.save_plan()
        before = self.evidence()
        saved = json.loads(path.read_text())
        answer = self.expect(self.program("--json", "apply", path, "--dry-run"), 2).json
        self.assertEqual((answer["id"], answer["add"]), (saved["id"], saved["add"]))
        self.assertEqual(self.evidence(), before)
        self.apply(path)
        answer = self.expect(self.program("--json", "apply", path, "--dry-run"), 0).json
        self.assertFalse(answer["change"])

    def test_a_saved_plan_is_refused_when_a_file_changed(self):
        self.start()
        path = self.save_plan()
        with open(self.chrony_conf, "a", encoding="ascii") as conf:
            conf.write("# another hand\n")
        before = self.evidence()
        self.expect(self.program("apply", path, "--dry-run"), 5)
        answer = self.apply(path, code=5).json
        self.assertEqual((answer["outcome"], answer["verified"]), ("refused", False))
        self.assertIn(str(self.chrony_conf), answer["reason"])
        self.assertEqual(self.evidence(), before)

    def test_a_saved_plan_is_refused_when_the_sources_of_the_daemon_changed(self):
        self.start()
        path = self.save_plan()
        self.chronyc("add", "server", self.address(5), "port", str(self.port))
        before = self.evidence()
        self.assertEqual(self.apply(path, code=5).json["outcome"], "refused")
        self.assertEqual(self.evidence(), before)

    def test_a_plan_file_is_not_trusted(self):
        self.start()
        path = self.save_plan()
        before = self.evidence()
        good = path.read_text()
        faults = {
            "cut off": good[:len(good) // 2],
            "empty": "",
            "other path": good.replace(str(self.own_file), str(self.etc / "passwd")),
            "other directive": good.replace("server " + self.net, "cmdallow " + self.net),
            "a path that climbs": good.replace(str(self.own_file), f"{self.sources}/../x.sources"),
        }
        for name, text in faults.items():
            with self.subTest(fault=name):
                self.assertNotEqual(text, good)
                path.write_text(text)
                self.expect(self.program("apply", "--yes", path), 78, 5)
                self.assertEqual(self.evidence(), before)
        path.write_text(good)
        path.chmod(0o666)
        self.expect(self.program("apply", "--yes", path), 78)
        self.assertEqual(self.evidence(), before)

    def test_the_liar_is_kept_because_the_line_is_not_ours(self):
        self.start()
        answer = self.program("--json", "plan").json
        self.assertEqual(len(answer["keep"]), 1)
        self.assertIn(self.address(LIAR), answer["keep"][0])


if __name__ == "__main__":
    bed.main()
