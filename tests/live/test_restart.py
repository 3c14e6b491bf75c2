#!/usr/bin/python3
"""Without a sourcedir a change needs a restart of chronyd, and is given back like any other."""
import json
import os
import signal

import bed
from badly_configured import HONEST, BadlyConfigured


class Restart(BadlyConfigured):
    def setUp(self):
        super().setUp()
        script = self.directory / "restart"
        script.write_text(f"""#!/bin/sh
kill "$(cat {self.run_directory}/chronyd.pid)"
while [ -e {self.run_directory}/chronyd.pid ]; do sleep 0.1; done
exec {bed.CHRONYD} -x -u root -f {self.chrony_conf}
""")
        script.chmod(0o755)
        self.configure(hosts=map(self.host, HONEST), daemon={"restart": json.dumps([str(script)])})
        self.addCleanup(self.end_restarted)

    def end_restarted(self):
        """The chronyd that the script started is nobody's child."""
        pid = self.run_directory / "chronyd.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)

    def test_a_sourcedir_is_added_and_given_back(self):
        self.start(self.line(1), sourcedir=False)
        before = self.evidence()
        self.assertTrue(self.expect(self.program("--json", "plan", "--allow-restart"), 2).json["restart"])
        self.assertEqual(self.apply("--allow-restart").json["outcome"], "applied")
        self.assertEqual(self.listed(), self.addresses(*HONEST))
        self.assertEqual(self.apply("--allow-restart").json["outcome"], "unchanged")
        self.expect(self.program("--json", "rollback", "last"), 0)
        self.assertEqual(self.evidence(), before)

    def dies_and_goes_back(self, before, permission):
        change = self.apply(permission).json["id"]
        self.end_restarted()
        self.wait_for("chronyd has ended",
                      lambda: not (self.run_directory / "chronyd.pid").exists(), 10)
        self.expect(self.program("--json", "rollback", change, "--unless-verified"), 0)
        self.assertEqual(self.evidence(), before)

    def test_a_daemon_that_died_of_a_change_with_a_restart_gets_its_old_files_and_another(self):
        self.start(self.line(1), sourcedir=False)
        self.dies_and_goes_back(self.evidence(), "--allow-restart")

    def test_one_that_died_after_a_reload_is_started_with_its_old_files(self):
        self.start(self.line(9))
        self.dies_and_goes_back(self.evidence(), "--takeover")

    def saved_plan(self):
        path = self.directory / "saved.plan"
        self.expect(self.program("plan", "--allow-restart", "--out", path), 2)
        return path

    def test_a_saved_plan_asks_again_for_leave_to_restart(self):
        self.start(self.line(1), sourcedir=False)
        before = self.evidence()
        plan = self.saved_plan()
        refused = self.expect(self.program("apply", plan, "--yes"), 5)
        self.assertIn("--allow-restart", refused.text)
        self.assertEqual(self.evidence(), before)
        self.expect(self.program("apply", plan, "--yes", "--allow-restart"), 0)
        self.assertEqual(self.listed(), self.addresses(*HONEST))

    def test_a_saved_plan_restarts_no_daemon_whose_start_would_step_the_clock(self):
        late = {"step_at": '"25s"', "step": '"900ms"'}
        self.start("makestep 1 3", self.line(1, "iburst minpoll 0 maxpoll 0"), sourcedir=False,
                   honest={last: late for last in HONEST})
        plan = self.saved_plan()
        self.wait_for("chronyd sees that it is off",
                      lambda: abs(self.program("--json", "status").json["offset_seconds"] or 0) > 0.8,
                      60)
        before = self.evidence()
        refused = self.expect(self.program("apply", plan, "--yes", "--allow-restart"), 5)
        self.assertIn("step", refused.text)
        self.assertEqual(self.evidence(), before)

    def test_the_number_that_must_agree_comes_with_a_change_and_goes_with_it(self):
        confdir = self.etc / "conf.d"
        confdir.mkdir()
        self.start(f"confdir {confdir}", self.line(9))
        self.chronyd_has_samples()
        before = self.evidence()
        advice = self.expect(self.program("plan", "--takeover"), 2).stdout
        self.assertIn("left out: minsources 3", advice)
        self.assertEqual(self.apply("--takeover", "--allow-restart").json["outcome"], "applied")
        self.assertIn("minsources 3\n", (confdir / "clockwright.conf").read_text())
        self.assertEqual(self.listed(), self.addresses(*HONEST))
        self.assertEqual(self.apply("--allow-restart").json["outcome"], "unchanged")
        self.expect(self.program("--json", "rollback", "last"), 0)
        self.assertEqual(self.evidence(), before)


if __name__ == "__main__":
    bed.main()
