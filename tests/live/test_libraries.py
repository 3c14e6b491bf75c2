#!/usr/bin/python3
"""Libraries of the system that are loaded at first use: without one of them all works that does not
need it, and what does says what to install."""
import platform
import subprocess
from pathlib import Path

import bed


class Libraries(bed.Bed):
    def without(self, libraries, *words):
        """The program as on a host where these are not installed."""
        hide = "; ".join(f"mount --bind /dev/null {next(Path('/usr/lib').glob(f'*/{library}'))}"
                         for library in libraries)
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", f'{hide}; exec "$@"', "-", *self.command(*words)],
            capture_output=True, text=True, timeout=30, check=False)
        return bed.Answer(done.returncode, done.stdout, done.stderr)

    def test_what_nobody_needs_need_not_be_installed(self):
        if platform.machine() != "x86_64":
            return  # there all are linked as usual, and nothing starts without them
        self.configure()
        self.lab({last: {} for last in (2, 3, 4)})
        (self.state / "record.sqlite").touch(0o600)
        servers = [*map(self.host, (2, 3, 4))]
        all_late = ["libssl.so.3", "libcares.so.2", "libsqlite3.so.0"]
        self.expect(self.without(all_late, "scan", *servers), 0)
        # What would be better with a record goes without one.
        self.expect(self.without(all_late, "drift", *servers), 0)
        for library, purpose, package, words in (
                ("libssl.so.3", "NTS and TLS need", "libssl3", ("scan", f"nts://{self.address(2)}")),
                ("libcares.so.2", "names need", "libc-ares2", ("scan", "server.invalid")),
                ("libsqlite3.so.0", "the record needs", "libsqlite3-0", ("history", "samples"))):
            with self.subTest(library):
                failed = self.expect(self.without([library], *words), 1)
                self.assertIn(f"{library} cannot be used, which {purpose} (", failed.stderr)
                self.assertIn(f"apt install {package}", failed.stderr)


if __name__ == "__main__":
    bed.main()
