#!/usr/bin/python3
"""A change that cannot prove itself, or is broken off, leaves the host as it was."""
import datetime
import random
import signal
import time

import bed
from badly_configured import HONEST, LIAR, BadlyConfigured


class WalkBack(BadlyConfigured):
    def setUp(self):
        super().setUp()
        self.configure(hosts=map(self.host, HONEST), apply={"verify_timeout": '"8s"'})

    def test_servers_that_died_after_the_scan_are_not_accepted(self):
        self.start()
        path = self.save_plan()
        self.stop(self.world)
        before = self.evidence()
        answer = self.apply(path, code=1).json
        self.assertEqual((answer["outcome"], answer["verified"]), ("rolled_back", True))
        self.assertTrue(any(self.address(last) in answer["reason"] for last in HONEST), answer)
        self.assertEqual(self.evidence(), before)
        self.expect(self.program("--json", "rollback"), 0)

    def test_a_source_that_chronyd_lost_is_noticed(self):
        self.start()
        before = self.evidence()
        process = self.begin_apply()
        self.wait_for("chronyd lists the new sources", lambda: len(self.listed()) >= 5)
        self.chronyc("delete", self.own_addresses()[0])
        answer = self.expect(self.end(process), 1).json
        self.assertEqual((answer["outcome"], answer["verified"]), ("rolled_back", True))
        self.assertEqual(self.evidence(), before)

    def test_ctrl_c_while_it_waits_for_the_proof(self):
        self.start()
        before = self.evidence()
        process = self.begin_apply()
        process.send_signal(signal.SIGINT)
        self.expect(self.end(process, 20), 130)
        self.assertEqual(self.evidence(), before)
        self.assertEqual(self.apply().json["outcome"], "applied")

    def test_the_daemon_dies_in_the_middle(self):
        self.start()
        before = bed.tree(self.etc)
        process = self.begin_apply()
        self.stop(self.daemon)
        answer = self.expect(self.end(process), 4).json
        self.assertEqual((answer["outcome"], answer["verified"]), ("failed", False))
        self.assertEqual(bed.tree(self.etc), before)

    def test_two_at_once_do_not_corrupt_each_other(self):
        self.start()
        both = [self.begin("--json", "apply", "--yes") for _ in range(2)]
        answers = [self.end(process) for process in both]
        self.assertIn(0, [answer.code for answer in answers], answers)
        for answer in answers:
            self.expect(answer, 0, 1, 5)
        self.assertEqual(self.listed(), sorted([*self.own_addresses(), self.address(LIAR)]))
        self.assertTrue(4 <= len(self.own_addresses()) <= 5)
        self.assertEqual(self.apply().json["outcome"], "unchanged")

    def test_another_hand_at_the_file_is_not_overwritten(self):
        self.start()
        path = self.save_plan()
        self.stop(self.world)
        process = self.begin("--json", "apply", "--yes", path)
        self.wait_for("the drop-in is written", self.own_file.exists)
        theirs = f"# by hand\n{self.line(1)}\n"
        self.own_file.write_text(theirs)
        answer = self.expect(self.end(process), 4, 1).json
        self.assertEqual(self.own_file.read_text(), theirs)
        self.assertIn(str(self.own_file), answer["reason"])


class Killed(BadlyConfigured):
    """kill -9 at any moment: what follows heals it, and readers say so and heal nothing."""

    def kill_after(self, delay):
        process = self.begin("--json", "apply", "--yes")
        time.sleep(delay)
        process.kill()
        self.end(process)

    def kill_in_verification(self):
        process = self.begin_apply()
        time.sleep(0.5)
        process.kill()
        self.end(process)

    def test_readers_name_the_unfinished_change_and_leave_it(self):
        self.start()
        self.kill_in_verification()
        before = self.evidence()
        for verb in (["status"], ["plan"], ["rollback"], ["check"]):
            with self.subTest(verb=verb):
                answer = self.program(*verb)
                self.assertIn("unfinished", answer.text.lower(), answer)
                self.assertEqual(self.evidence(), before)

    def test_the_next_rollback_heals(self):
        self.start()
        before = self.evidence()
        self.kill_in_verification()
        (self.own_file.parent / ".clockwright-abc123").write_text("what a kill left\n")
        self.assertNotEqual(self.evidence(), before)
        self.expect(self.program("rollback", "last"), 0, 1)
        self.assertEqual(self.evidence(), before)
        self.assertNotIn("unfinished", self.program("status").text.lower())

    def test_another_daemon_of_the_same_record_is_left_alone(self):
        self.start()
        self.kill_in_verification()
        before = self.evidence()
        other = self.directory / "other.conf"
        other.write_text(self.chrony_conf.read_text())
        self.configure(hosts=map(self.host, HONEST), daemon={"config": f'"{other}"'})
        answer = self.program("rollback", "last")
        self.expect(answer, 5)
        self.assertIn(f"of chrony at {self.chrony_conf}; here it is chrony at {other}",
                      " ".join(answer.text.split()))
        self.assertEqual(self.evidence(), before)

    def test_a_terminal_that_is_gone_interrupts(self):
        self.start()
        before = self.evidence()
        process = self.begin_apply()
        process.send_signal(signal.SIGHUP)
        process.stdout.close()
        process.stderr.close()
        self.assertEqual(process.wait(20), 130)
        self.assertEqual(self.evidence(), before)

    def test_a_plan_saved_meanwhile_is_whole(self):
        self.start()
        self.kill_in_verification()
        path = self.directory / "saved.plan"
        answer = self.expect(self.program("--json", "plan", "--out", path), 0, 2).json
        self.assertIn("unfinished", answer["reason"])
        self.expect(self.program("--json", "apply", "--yes", path), 0, 5)

    def test_the_next_apply_heals_and_then_applies(self):
        self.start()
        self.kill_in_verification()
        answer = self.apply().json
        self.assertEqual(answer["outcome"], "applied")
        self.assertEqual(self.listed(), sorted([*self.own_addresses(), self.address(LIAR)]))

    def test_a_closed_window_holds_up_no_healing(self):
        self.start()
        before = self.evidence()
        self.kill_in_verification()
        later = (datetime.datetime.now() + datetime.timedelta(hours=6)).strftime("%H:%M")
        end = (datetime.datetime.now() + datetime.timedelta(hours=7)).strftime("%H:%M")
        self.configure(hosts=map(self.host, HONEST), apply={"window": f'"{later}-{end}"'})
        answer = self.apply(code=5)
        self.assertIn("window", answer.text)
        self.assertEqual(self.evidence(), before)

    def test_killed_at_random_moments(self):
        self.start()
        before = self.evidence()
        dice = random.Random(7)
        for _ in range(5):
            delay = dice.uniform(0.05, 4)
            with self.subTest(delay=delay):
                self.kill_after(delay)
                self.program("rollback", "last")
                self.assertEqual(self.evidence(), before)
                self.assertEqual([path.name for path in self.sources.iterdir()], [])


if __name__ == "__main__":
    bed.main()
