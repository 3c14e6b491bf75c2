"""What tests on booted hosts have in common: the hosts of a test file, servers with known faults
that they can ask, and the way into a run. See test_bed.py for how it is used."""
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import debian_root
import host as one_host
import seclusion
from daemons import DAEMONS

from bed import PROGRAM, Answer  # tests/live
from nts_servers import Authority

PROGRAM_INSIDE = "/usr/local/bin/clockwright"
SERVER_DIRECTORY = "/etc/chrony/nts"


def program_of_root():
    """The program as an installation has it: root's, as whom the bed runs."""
    if PROGRAM.stat().st_uid == 0:
        return PROGRAM
    return Path(shutil.copy(PROGRAM, seclusion.PLACE / "clockwright"))


class Hosts:
    """The hosts of a test file, booting side by side, and our own address on their network."""

    def __init__(self):
        self.all, self.labs = [], []
        self.authority = None

    def add(self, name, daemon=None, sources=(), files=None, lines=(), reads_clock=False):
        """Begins to boot a host with this daemon, of DAEMONS, asking these addresses; `files` are
        {path: text} and `lines` more lines of the daemon's configuration; `reads_clock` as in
        Host."""
        layers, present = (), {}
        if daemon:
            known = DAEMONS[daemon]
            layers = (known.package,)
            present = {**known.files,
                       known.config: known.text(sources) + "".join(f"{line}\n" for line in lines)}
        new = one_host.Host(name, len(self.all) + 10, layers, {**present, **(files or {})},
                            {PROGRAM_INSIDE: program_of_root()}, reads_clock)
        self.all.append(new)
        new.start()
        return new

    def add_server(self, name, *lines):
        """A host whose chronyd serves its own clock, with NTS too; its certificate is of
        `self.authority`."""
        if self.authority is None:
            self.authority = Authority(seclusion.PLACE / "authority")
        address = f"{one_host.NETWORK}.0.{len(self.all) + 10}"
        certificate, key = self.authority.issue(address)
        names = f"{SERVER_DIRECTORY}/server.pem", f"{SERVER_DIRECTORY}/server.key"
        return self.add(name, "chrony", (), dict(zip(names, (certificate.read_text(),
                                                             key.read_text()))),
                        ["local stratum 2", "allow", f"ntsservercert {names[0]}",
                         f"ntsserverkey {names[1]}", "ntsprocesses 0", *lines])

    def ready(self):
        """Waits until all have booted; {name: systemd's word for its state}."""
        return {host.name: host.wait() for host in self.all}

    def lab(self, servers, seed=7):
        """Servers {last octet: {key of a world: TOML value}} at NETWORK.1.x and port 123; returns
        their addresses."""
        addresses = [f"{one_host.NETWORK}.1.{last}" for last in servers]
        lines = ['title = "booted hosts"', "port = 123", f"seed = {seed}", 'addresses = "private"']
        for (last, keys), address in zip(servers.items(), addresses):
            one_host.add_address(address)
            keys = {"operator": f'"op{last}"', "delay": '"200us"', **keys}
            lines += ["[[server]]", f'address = "{address}"',
                      *(f"{key} = {value}" for key, value in keys.items())]
        path = seclusion.PLACE / f"world{len(self.labs)}.toml"
        path.write_text("\n".join(lines) + "\n")
        log = path.with_suffix(".log")
        with open(log, "wb") as output:
            process = subprocess.Popen([PROGRAM, "lab", path], stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=subprocess.STDOUT)
        self.labs.append(process)
        wait_for("the lab is ready", lambda: "ready" in log.read_text() or process.poll())
        assert process.poll() is None, log.read_text()
        return addresses

    def close(self):
        for process in self.labs:
            process.kill()
            process.wait()
        for host in self.all:
            host.power_off()
        for host in self.all:
            host.stop()


def wait_for(what, condition, seconds=20):
    """Until it holds; returns what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.1)
    return found


def program(host, *words, seconds=60):
    """The program, run in a host."""
    done = host.run(PROGRAM_INSIDE, *words, seconds=seconds)
    return Answer(done.returncode, done.stdout, done.stderr)


def answered(host, daemon):
    """The addresses from which the daemon there says to have had an answer."""
    known = DAEMONS[daemon]
    return known.answered(host.run(*known.ask).stdout)


class HostBed(unittest.TestCase):
    """One set of hosts for the whole class: `boot` makes them, once."""

    hosts = None

    @classmethod
    def setUpClass(cls):
        cls.hosts = Hosts()
        cls.addClassCleanup(cls.hosts.close)
        cls.boot()
        cls.states = cls.hosts.ready()

    @classmethod
    def boot(cls):
        raise NotImplementedError


def why_not():
    """The reason why no host can boot here; empty when all that is needed is there."""
    if os.geteuid() != 0:
        return "not root"
    if not PROGRAM.exists():
        return f"no program at {PROGRAM}"
    if not debian_root.can_build():
        return "no debootstrap (./dev test installs it)"
    return ""


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def try_one():
    """A host with nothing in it: when it does not boot, none does, and it is no fault of ours."""
    bare = None
    try:
        one_host.make_bridge()
        bare = one_host.Host("bare", 9)
        bare.start()
        bare.wait()
        bare.stop()
    except (AssertionError, OSError) as error:
        if bare:
            bare.stop()
        skip(f"no host boots here: {error}")


def main():
    """Runs the tests of the calling file; 77 and a reason when they cannot run here."""
    if reason := why_not():
        skip(reason)
    if seclusion.can_set_clock():
        seclusion.run_again("capsh", "--drop=cap_sys_time", "--", "-c", 'exec "$0" "$@"')
    if not debian_root.is_complete():
        try:
            debian_root.build_apart()
        except OSError as error:
            skip(str(error))
    seclusion.enter()
    assert not seclusion.can_set_clock()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the clean-up runs
    try_one()
    unittest.main(verbosity=2)
