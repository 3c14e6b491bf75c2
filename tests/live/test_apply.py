#!/usr/bin/python3
"""clockwright apply and rollback: the change is in force when the daemon says so, asked of our
program and of chronyd's own client; and the way back gives everything back."""
import bed
from badly_configured import HONEST, LIAR, BadlyConfigured
from test_plan import PLAN_KEYS


class Apply(BadlyConfigured):
    def check_in_force(self, answer):
        """What was promised is listed, by both witnesses, beside the foreign line."""
        chosen = self.own_addresses()
        self.assertTrue(4 <= len(chosen) <= 5, self.own_lines())
        self.assertEqual(len(answer["add"]), len(chosen))
        self.assertEqual(self.listed(), sorted([*chosen, self.address(LIAR)]))
        status = self.program("--json", "status").json
        self.assertEqual(sorted(source["address"] for source in status["sources"]), self.listed())

    def test_the_sources_are_in_force_then_unchanged_then_rolled_back(self):
        self.start()
        before = self.evidence()
        answer = self.apply("--reason", "CHG0012345").json
        self.assertLessEqual({*PLAN_KEYS, "outcome", "verified"}, set(answer))
        self.assertEqual((answer["outcome"], answer["verified"]), ("applied", True))
        self.check_in_force(answer)
        self.check_file()

        after = self.evidence()
        again = self.apply().json
        self.assertEqual((again["outcome"], again["change"]), ("unchanged", False))
        self.assertEqual(self.evidence(), after)
        self.expect(self.program("--json", "plan"), 0)

        self.check_listing(answer["id"])
        back = self.expect(self.program("--json", "rollback", "last"), 0).json
        self.assertLessEqual({"outcome", "verified", "id", "reason"}, set(back))
        self.assertEqual((back["outcome"], back["verified"]), ("applied", True))
        self.assertEqual(self.evidence(), before)

    def check_file(self):
        """Only source lines and remarks, sorted, without a time stamp, readable by the daemon."""
        lines = [line for line in self.own_lines() if line and not line.startswith("#")]
        self.assertEqual(lines, sorted(lines))
        self.assertTrue(all(line.startswith("server ") for line in lines), lines)
        self.assertNotIn("20", "".join(line for line in self.own_lines() if line.startswith("#")))
        self.assertEqual(self.own_file.stat().st_mode & 0o777, 0o644)
        self.assertTrue(self.own_file.read_text().endswith("\n"))
        self.assertEqual([path.name for path in self.sources.iterdir()], [self.own_file.name])

    def check_listing(self, change):
        states = self.expect(self.program("--json", "rollback"), 0).json["states"]
        self.assertEqual([state["id"] for state in states], [change])
        self.assertLessEqual({"id", "at", "daemon", "reason"}, set(states[0]))
        self.assertEqual((states[0]["daemon"], states[0]["reason"]), ("chrony", "CHG0012345"))

    def test_rollback_by_id(self):
        self.start()
        before = self.evidence()
        change = self.apply().json["id"]
        self.expect(self.program("rollback", "no-such-id"), 1, 64, 78)
        self.expect(self.program("rollback", change), 0)
        self.assertEqual(self.evidence(), before)

    def test_a_source_that_another_program_brought_since_stays_through_a_rollback(self):
        self.start(self.line(1))
        before = self.listed()
        self.apply()
        (self.sources / "lease.sources").write_text(f"server {self.address(7)} port {self.port}\n")
        self.chronyc("reload", "sources")
        self.wait_for("the lease's source", lambda: self.address(7) in self.listed())
        self.expect(self.program("--json", "rollback", "last"), 0)
        self.assertEqual(self.listed(), sorted([*before, self.address(7)]))

    def test_takeover_comments_the_liar_out_and_rollback_gives_it_back_byte_for_byte(self):
        self.start(f"{self.line(LIAR)}   ", "\t!  a remark", "makestep 1 3")
        before = self.evidence()
        conf = self.chrony_conf.read_bytes()
        answer = self.apply("--takeover").json
        self.assertEqual(answer["outcome"], "applied")
        self.assertEqual(len(answer["remove"]), 1)
        self.assertEqual(self.listed(), self.own_addresses())
        self.assertNotIn(self.address(LIAR), self.listed())
        active = [line for line in self.chrony_conf.read_text().splitlines()
                  if line.lstrip().startswith("server")]
        self.assertEqual(active, [])
        self.assertIn(self.address(LIAR), self.chrony_conf.read_text())
        self.expect(self.program("rollback", "last"), 0)
        self.assertEqual(self.chrony_conf.read_bytes(), conf)
        self.assertEqual(self.evidence(), before)

    def test_what_is_taken_over_without_an_address_does_not_come_back(self):
        self.start(self.line(LIAR), "server nowhere.invalid iburst")
        before = self.chronyc("-c", "-N", "sources", "-a").stdout
        self.assertIn("nowhere.invalid", before)
        self.apply("--takeover")
        self.assertNotIn("nowhere.invalid", self.chronyc("-c", "-N", "sources", "-a").stdout)
        self.expect(self.program("rollback", "last"), 0)
        self.assertIn("nowhere.invalid", self.chronyc("-c", "-N", "sources", "-a").stdout)

    def test_the_followed_source_can_go_though_none_comes_for_it(self):
        self.configure(hosts=map(self.host, HONEST), select={"confirmations": 1})
        self.start(self.line(LIAR))
        self.apply("--takeover")
        self.chronyd_has_samples(5)
        rows = [row.split(",") for row in self.chronyc("-c", "sources").stdout.splitlines()]
        followed = next(row[2] for row in rows if row[1] == "*")
        self.expect(self.program("servers", "block", followed, "--reason", "test"), 0)
        answer = self.apply().json
        self.assertEqual((answer["outcome"], answer["add"]), ("applied", []))
        self.assertNotIn(followed, self.listed())

    def test_a_source_that_another_program_brings_meanwhile_stops_no_change(self):
        self.start()
        process = self.begin_apply()
        (self.sources / "lease.sources").write_text(f"server {self.address(7)} port {self.port}\n")
        self.chronyc("reload", "sources")
        answer = self.end(process)
        self.assertEqual(answer.code, 0, answer)
        self.assertIn(self.address(7), self.listed())

    def test_a_server_of_ours_that_turned_bad_is_replaced(self):
        self.start()
        self.apply()
        first = self.own_addresses()
        bad = int(first[0].rsplit(".", 1)[1])
        self.stop(self.world)
        self.lab({last: {"offset": '"2s"' if last == bad else f'"{last * 10}us"'}
                  for last in range(1, 8)} | {LIAR: {"offset": '"840ms"'}}, name="later")
        self.configure(hosts=map(self.host, range(1, 8)))
        code, answer = 0, None
        for _ in range(3):  # a set that is still usable is replaced after two scans that say so
            answer = self.expect(self.program("--json", "apply", "--yes"), 0, 1)
            code = answer.code
            if answer.json["outcome"] == "applied":
                break
        self.assertEqual((code, answer.json["outcome"]), (0, "applied"), answer)
        self.assertNotIn(self.address(bad), self.own_addresses())
        self.assertEqual(self.listed(), sorted([*self.own_addresses(), self.address(LIAR)]))

    def test_without_a_terminal_and_without_yes_it_is_64_and_never_waits(self):
        self.start()
        before = self.evidence()
        answer = self.expect(self.program("apply", seconds=15), 64)
        self.assertIn("--yes", answer.stderr)
        self.assertEqual(self.evidence(), before)

    def test_quiet_says_nothing(self):
        self.start()
        answer = self.expect(self.program("-q", "apply", "--yes"), 0)
        self.assertEqual(answer.text, "")


if __name__ == "__main__":
    bed.main()
