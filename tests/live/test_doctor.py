#!/usr/bin/python3
"""clockwright doctor and status -v beside a running chronyd: what is wrong in its files is found
with its line, nothing is changed, and every source tells where it comes from."""
import os
import pty

import bed
from badly_configured import HONEST, LIAR, BadlyConfigured

GOOD = ("makestep 1 3", "rtcsync", "minsources 2")
NOBODY = 65534


class Doctor(BadlyConfigured):
    def doctor(self, code, *words):
        answer = self.expect(self.program("--json", "doctor", *words), code)
        return answer.json

    @staticmethod
    def ids(report, *severities):
        return [finding["id"] for finding in report["findings"]
                if not severities or finding["severity"] in severities]

    def test_a_good_one_is_clean(self):
        self.start(*[self.line(last) for last in HONEST], *GOOD)
        before = bed.tree(self.etc)
        report = self.doctor(0)
        self.assertTrue(report["clean"], report)
        self.assertEqual((report["errors"], report["warnings"]), (0, 0))
        self.assertEqual(self.ids(report, "error", "warning"), [])
        self.assertEqual(report["daemon"], "chrony")
        self.assertEqual(bed.tree(self.etc), before)
        text = self.program("doctor").stdout.splitlines()
        self.assertTrue(text[0].startswith("Clean: "), text)
        self.assertTrue(text[-1].startswith("Next: "), text)

    def test_bad_lines_are_found_where_they_stand(self):
        lines = [self.line(1), self.line(1), "makestep 0.1 -1", "local stratum 5", "allow",
                 "bindcmdaddress 0.0.0.0", "cmdallow all", "maxchange 1000 1 2"]
        bad = self.sources / "bad.sources"
        bad.write_text(f"# one word is wrong\nserver {self.address(LIAR)} minpol 6\n")
        self.start(*lines)
        with self.chrony_conf.open("a") as running:
            running.write("server ntp1.corp.example ibrust\n")  # read at the next start only
        last = len(self.chrony_conf.read_text().splitlines())
        report = self.doctor(2)
        found = {finding["id"]: finding for finding in report["findings"]}
        for number, name in ((2, "duplicate_source"), (3, "step_unlimited"), (4, "local_clock"),
                             (5, "open_server"), (7, "open_control"), (8, "maxchange_ends"),
                             (last, "config_fatal"), (2, "config_fault")):
            with self.subTest(name):
                self.assertIn(name, found)
                file = bad if name == "config_fault" else self.chrony_conf
                self.assertEqual((found[name]["file"], found[name]["line"]), (str(file), number))
                for key in ("what", "reason", "rule", "proposal"):
                    self.assertTrue(found[name][key], found[name])
        self.assertIn("no_rtcsync", found)
        severities = [finding["severity"] for finding in report["findings"]]
        self.assertEqual(severities, sorted(severities, key=["error", "warning", "advice"].index))
        answer = self.program("doctor")
        self.assertRegex(answer.stdout.splitlines()[0], r"^\d+ errors?, \d+ warnings?, ")
        self.assertTrue(all(len(line) <= 80 or "/" in line for line in answer.stdout.splitlines()),
                        answer.stdout)

    def test_warnings_alone_are_one(self):
        self.start(*[self.line(last) for last in HONEST], "makestep 1 3")
        report = self.doctor(1)
        self.assertEqual(self.ids(report, "error", "warning"), ["no_rtcsync"])

    def test_permissions_and_managed_files(self):
        self.start(*[self.line(last) for last in HONEST], *GOOD,
                   head="# This file is managed by Ansible, do not edit\n")
        self.assertIn("managed_file", self.ids(self.doctor(0)))
        self.chrony_conf.chmod(0o666)
        self.assertIn("file_writable", self.ids(self.doctor(2), "error"))

    def test_without_root_what_is_closed_is_listed(self):
        self.start(*[self.line(last) for last in HONEST], *GOOD)
        self.directory.chmod(0o755)
        nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        report = self.expect(self.program("--json", "doctor", **nobody), 0).json
        closed = {thing["what"]: thing for thing in report["not_looked_at"]}
        self.assertIn("what chronyd says of its sources", closed)
        self.assertIn("root", closed["what chronyd says of its sources"]["needs"])
        text = self.program("doctor", **nobody).stdout
        self.assertIn("Not looked at", text)
        self.assertRegex(text, r"ALL=\(root\) NOPASSWD: /\S+ doctor")

    def on_terminal(self, *words, says=""):
        """Runs it on a terminal of its own, where somebody says this; (code, all it printed)."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(bed.PROGRAM, [str(bed.PROGRAM), "--config", str(self.config), *words])
        os.write(terminal, says.encode())
        printed = b""
        try:
            while piece := os.read(terminal, 4096):
                printed += piece
        except OSError:  # it has ended
            pass
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), printed.decode()

    def test_what_a_command_cures_is_done_with_consent_only(self):
        self.start(*[self.line(last) for last in HONEST], *GOOD)
        self.chrony_conf.chmod(0o666)
        code, printed = self.on_terminal("doctor", "--fix", says="n\n")
        self.assertEqual(code, 2, printed)
        self.assertIn(f"chmod go-w {self.chrony_conf}", printed)
        self.assertEqual(self.chrony_conf.stat().st_mode & 0o777, 0o666)
        code, printed = self.on_terminal("doctor", "--fix", says="y\n")
        self.assertEqual(code, 0, printed)
        self.assertIn("Clean: ", printed)
        self.assertEqual(self.chrony_conf.stat().st_mode & 0o777, 0o644)
        refused = self.program("doctor", "--fix")
        self.assertEqual(refused.code, 64, refused)
        self.assertIn("terminal", refused.stderr)

    def test_what_a_new_installation_lacks(self):
        self.start(*[self.line(last) for last in HONEST], *GOOD)
        self.chronyd_has_samples(len(HONEST))
        steps = {step["id"]: step for step in
                 self.expect(self.program("--json", "doctor", "--post-install"), 1).json["steps"]}
        self.assertTrue(steps["configuration"]["done"], steps)
        self.assertTrue(steps["sources"]["done"], steps)
        for lacking in ("schedule", "agent", "alerts", "runs"):
            self.assertFalse(steps[lacking]["done"], steps)
            self.assertTrue(steps[lacking]["to_do"])
        with self.config.open("a") as config:
            config.write('\n[[alert.exec]]\ncommand = ["/bin/cat"]\n')
        text = self.program("doctor", "--post-install").stdout
        self.assertRegex(text, r"^\d of 9 steps are done\.")
        self.assertIn("done alerts go to people", text)

    def test_usage(self):
        self.assertEqual(self.program("doctor", "--yes").code, 64)
        self.assertEqual(self.program("doctor", "ntp1.corp.example").code, 64)
        self.config.write_text("[select]\ncount = 0\n")
        self.assertEqual(self.program("doctor").code, 78)

    def test_status_tells_where_each_source_comes_from_and_who_lost(self):
        more = self.make_directory("more", 0o755)
        (self.sources / "a.sources").write_text(self.line(2) + "\n")
        (more / "a.sources").write_text(self.line(3) + "\n")
        self.chrony_conf.write_text("")
        self.start(self.line(1), self.line(1), f"sourcedir {self.sources} {more}",
                   "allow 10.0.0.0/8", sourcedir=False)
        self.chronyd_has_samples(2)
        status = self.program("--json", "-v", "status").json
        rows = {(row["source"], row["file"], row["line"]): row for row in status["provenance"]}
        conf = str(self.chrony_conf)
        self.assertEqual(rows[self.address(1), conf, 1]["effect"], "in use")
        self.assertEqual(rows[self.address(1), conf, 2]["effect"], "duplicate")
        taken = rows[self.address(2), str(self.sources / "a.sources"), 1]
        self.assertEqual((taken["effect"], taken["origin"]), ("in use", "drop-in"))
        lost = rows[self.address(3), str(more / "a.sources"), 1]
        self.assertEqual(lost["effect"], "shadowed")
        self.assertIn(str(self.sources / "a.sources"), lost["why"])
        self.assertTrue(any("allow 10.0.0.0/8" in note for note in status["notes"]), status)
        text = self.program("-v", "status").stdout
        self.assertIn("shadowed", text)
        self.assertNotIn("provenance", self.program("--json", "status").json)


if __name__ == "__main__":
    bed.enter_own_network()  # no other test's server holds a port here
    bed.main()
