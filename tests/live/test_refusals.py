#!/usr/bin/python3
"""What Clockwright refuses, or cannot do, it says in one sentence, and nothing is lost."""
import os
import subprocess

import bed
from badly_configured import LIAR, BadlyConfigured

NOBODY = 65534


class Refusals(BadlyConfigured):
    def refused(self, *words, code=5):
        """An apply that is turned down before its first step, and says what to do."""
        before = self.evidence()
        answer = self.apply(*words, code=code)
        self.assertEqual(answer.json["outcome"], "refused" if code == 5 else "failed")
        self.assertTrue(answer.json["reason"])
        self.assertEqual(self.evidence(), before)
        return answer

    def test_a_managed_file_is_left_to_its_manager(self):
        self.start(head="# Ansible managed\n")
        answer = self.refused()
        self.assertIn("nsible", answer.json["reason"])
        self.configure(hosts=map(self.host, range(1, 6)), apply={"managed": '"ours"'})
        self.assertEqual(self.apply().json["outcome"], "applied")

    def test_the_lines_to_paste_are_given(self):
        self.start(head="# Ansible managed\n")
        answer = self.expect(self.program("apply", "--yes"), 5)
        self.assertIn(f"server {self.net}.", answer.text)

    def test_without_a_sourcedir_the_line_to_add_is_given(self):
        self.start(sourcedir=False)
        answer = self.refused()
        self.assertIn("sourcedir", answer.text)
        self.assertIn("--allow-restart", answer.text)

    def test_with_allow_restart_but_no_way_to_restart_it_fails_with_the_line(self):
        self.start(sourcedir=False)
        answer = self.refused("--allow-restart", code=1)
        self.assertIn("sourcedir", answer.text)

    def test_a_link_into_a_store_is_not_written_through(self):
        self.start()
        store = self.make_directory("store", 0o755)
        (store / "clockwright.sources").write_text("")
        self.own_file.symlink_to(store / "clockwright.sources")
        self.refused()
        self.assertEqual((store / "clockwright.sources").read_text(), "")

    def test_a_preferred_reference_clock_outranks_ntp(self):
        self.start(self.line(LIAR), f"refclock SOCK {self.run_directory}/gps.sock refid GPS prefer")
        self.assertIn("refclock", self.refused().json["reason"])

    def test_a_host_that_serves_time_needs_serving(self):
        self.start(self.line(LIAR), "allow 127.0.0.0/8")
        self.assertIn("--serving", self.refused().text)
        self.assertEqual(self.apply("--serving").json["outcome"], "applied")

    def test_no_acceptable_set_is_3(self):
        self.start(honest={last: {"offset": f'"{last}s"'} for last in range(1, 6)})
        before = self.evidence()
        answer = self.apply(code=3).json
        self.assertEqual(answer["outcome"], "refused")
        self.assertEqual(self.evidence(), before)

    def test_the_daemon_is_down(self):
        self.start()
        self.stop(self.daemon)
        before = bed.tree(self.etc)
        for words, code in [(["plan"], 1), (["apply", "--yes"], 1), (["status"], 3), (["check"], 3)]:
            with self.subTest(words=words):
                answer = self.expect(self.program(*words, seconds=15), code)
                self.assertIn("chronyd", answer.text)
        self.assertEqual(bed.tree(self.etc), before)

    def test_a_dead_daemon_that_left_its_socket(self):
        self.start()
        self.daemon.kill()
        self.daemon.wait()
        self.assertTrue(self.control.exists())
        self.expect(self.program("status", seconds=15), 3)

    def test_a_user_without_rights_is_told_so(self):
        self.start()
        self.directory.chmod(0o755)
        before = self.evidence()
        for words in (["status"], ["apply", "--yes"]):
            with self.subTest(words=words):
                answer = self.program(*words, user=NOBODY, group=NOBODY, extra_groups=[])
                self.expect(answer, 77)
                self.assertTrue(answer.stderr.strip())
        self.assertEqual(self.evidence(), before)

    def test_files_that_others_may_write_are_not_trusted(self):
        self.start()
        self.config.chmod(0o666)
        self.assertIn(str(self.config), self.expect(self.program("plan"), 78).stderr)
        self.config.chmod(0o644)
        os.chown(self.config, NOBODY, NOBODY)
        self.expect(self.program("plan"), 78)

    def test_a_drop_in_that_others_may_write_is_not_trusted(self):
        self.start()
        self.own_file.write_text(f"server {self.net}.1 port {self.port} iburst\n")
        self.own_file.chmod(0o666)
        self.assertIn(str(self.own_file), self.expect(self.program("plan"), 78).stderr)

    def test_a_configuration_that_is_a_link_is_not_followed(self):
        self.start()
        target = self.config.rename(self.directory / "elsewhere.toml")
        self.config.symlink_to(target)
        self.expect(self.program("plan"), 78)


class Disks(BadlyConfigured):
    """Disks that are full or cannot be written. Needs the right to mount."""

    def mount(self, path, options):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"cannot mount: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", path], check=False)

    def fill(self, path):
        with open(path / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                pass

    def full(self, path, mode):
        self.mount(path, f"size=16k,mode={mode}")
        self.fill(path)

    def check_nothing_lost(self, codes, word):
        before = self.evidence()
        answer = self.expect(self.program("apply", "--yes"), *codes)
        self.assertRegex(answer.text.lower(), word)
        self.assertEqual(self.evidence(), before)

    def test_a_full_disk_under_the_daemons_directory(self):
        self.full(self.sources, "0755")
        self.start()
        self.check_nothing_lost([1], "no space left")

    def test_a_full_disk_under_the_journal(self):
        self.full(self.state, "0700")
        self.start()
        self.check_nothing_lost([1], "no space left")

    def test_a_daemons_directory_that_is_read_only(self):
        self.mount(self.sources, "ro,size=16k,mode=0755")
        self.start()
        self.check_nothing_lost([5], "read-only|not writable")

    def test_a_state_directory_that_is_read_only(self):
        self.mount(self.state, "ro,size=16k,mode=0700")
        self.start()
        self.check_nothing_lost([1, 77], "read-only")


if __name__ == "__main__":
    bed.main()
