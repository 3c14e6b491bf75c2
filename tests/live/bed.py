"""A bed for tests from outside: a lab world, a private chronyd that never sets the clock, and the
program, all on loopback and in one temporary directory that is gone afterwards."""
import fcntl
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
CHRONYD = Path(os.environ.get("CLOCKWRIGHT_CHRONYD", TREE / "build/peers/chrony/usr/sbin/chronyd"))
CHRONYC = CHRONYD.parent.parent / "bin/chronyc"
PROGRAM = Path(os.environ.get("CLOCKWRIGHT", TREE / "build/clockwright"))
CLOCK_BIT = 25  # CAP_SYS_TIME
OWN_NETWORK = "CLOCKWRIGHT_TEST_NETWORK"
SET_ADDRESS, SET_FLAGS, UP_AND_RUNNING = 0x8916, 0x8914, 0x41  # ioctls of netdevice(7)
VERIFY_TIMEOUT = 20  # seconds; an iburst of chronyd gives three samples in about five


def can_set_clock():
    bounding = re.search(r"^CapBnd:\s*(\w+)", Path("/proc/self/status").read_text(), re.M)
    return bool(int(bounding.group(1), 16) >> CLOCK_BIT & 1)


def why_not():
    """The reason why nothing can be tested here; empty when all is there."""
    if os.geteuid() != 0:
        return "not root"
    if not CHRONYD.exists():
        return f"no chronyd at {CHRONYD} (./dev live unpacks one)"
    if not PROGRAM.exists():
        return f"no program at {PROGRAM}"
    return ""


def enter_own_network(*addresses):
    """From here on the process has a network of its own: loopback, with these addresses on it too,
    and nobody else. To be called before `main`."""
    if why_not():
        return
    state = os.environ.get(OWN_NETWORK)
    if state is None:
        os.environ[OWN_NETWORK] = "down"
        os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable, "-B", *sys.argv])
    if state == "down":
        os.environ[OWN_NETWORK] = "up"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))
            for number, address in enumerate(addresses):
                fcntl.ioctl(any_socket, SET_ADDRESS,
                            struct.pack("16sHH4s8x", f"lo:{number}".encode(), socket.AF_INET, 0,
                                        socket.inet_aton(address)))


def main():
    """Runs the tests of the calling file; 77 and a reason when they cannot run here."""
    if reason := why_not():
        print(f"skipped: {reason}")
        sys.exit(77)
    if can_set_clock():
        command = [sys.executable, "-B", *sys.argv]
        os.execvp("capsh", ["capsh", "--drop=cap_sys_time", "--", "-c", 'exec "$0" "$@"', *command])
    assert not can_set_clock()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the clean-up runs
    unittest.main(verbosity=2)


def tree(root):
    """Name → mode and hash of everything below. Our lock file stays behind; an open file's it is,
    and it holds nobody back."""
    found = {}
    for path in sorted(Path(root).rglob("*")):
        if path.name != ".clockwright.lock":
            content = path.read_bytes() if path.is_file() else b""
            found[str(path)] = f"{path.lstat().st_mode:o} {hashlib.sha256(content).hexdigest()}"
    return found


class Answer:
    """What a run of the program gave."""

    def __init__(self, code, stdout, stderr):
        self.code, self.stdout, self.stderr = code, stdout, stderr
        self.text = stdout + stderr

    @property
    def json(self):
        return json.loads(self.stdout)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


class Bed(unittest.TestCase):
    """One temporary directory with everything in it, on a /24 of loopback of its own."""

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="clockwright-live-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.net = f"127.{random.randint(10, 250)}.{random.randint(1, 250)}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((f"{self.net}.1", 0))
            self.port = probe.getsockname()[1]
        self.state = self.make_directory("state", 0o700)
        self.etc = self.make_directory("etc", 0o755)
        self.sources = self.make_directory("etc/sources.d", 0o755)
        self.run_directory = self.make_directory("run", 0o750)
        self.control = self.run_directory / "chronyd.sock"
        self.chrony_conf = self.etc / "chrony.conf"
        self.own_file = self.sources / "clockwright.sources"
        self.config = self.directory / "clockwright.toml"
        self.daemon = None

    def make_directory(self, name, mode):
        path = self.directory / name
        path.mkdir()
        path.chmod(mode)
        return path

    def host(self, last):
        """The server at `last` of our /24, as a user writes it."""
        return f"{self.net}.{last}:{self.port}"

    def address(self, last):
        return f"{self.net}.{last}"

    # --- processes --------------------------------------------------------------------------------

    def spawn(self, *command, log):
        """Starts a process that dies with us."""
        with open(self.directory / log, "wb") as output:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        self.addCleanup(self.stop, process)
        return process

    def stop(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_for(self, what, condition, seconds=10):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"{what}: not within {seconds} s")
            time.sleep(0.02)

    def log(self, name):
        return (self.directory / name).read_text(errors="replace")

    def lab(self, servers, name="world"):
        """Serves {last octet: {key: TOML value}}; returns the process once it is bound."""
        lines = ['title = "live test"', f"port = {self.port}", "seed = 7"]
        for last, keys in servers.items():
            lines += ["[[server]]", f'address = "{self.address(last)}"']
            keys = {"operator": f'"op{last}"', "delay": '"200us"', **keys}
            lines += [f"{key} = {value}" for key, value in keys.items()]
        path = self.directory / f"{name}.toml"
        path.write_text("\n".join(lines) + "\n")
        process = self.spawn(PROGRAM, "lab", path, log=f"{name}.log")
        self.wait_for("the lab is ready", lambda: "ready" in self.log(f"{name}.log")
                      or self.ended(process, f"{name}.log"))
        return process

    def ended(self, process, log):
        if process.poll() is not None:
            self.fail(f"{process.args[3:]} ended with {process.returncode}:\n{self.log(log)}")
        return False

    def chronyd(self, *lines, sourcedir=True, head=""):
        """Starts a private chronyd -x with these lines in its configuration file."""
        text = head + "\n".join(lines) + "\n"
        if sourcedir:
            text += f"sourcedir {self.sources}\n"
        text += (f"bindcmdaddress {self.control}\ncmdport 0\nport 0\n"
                 f"pidfile {self.run_directory}/chronyd.pid\ndriftfile {self.run_directory}/drift\n")
        self.chrony_conf.write_text(text)
        self.start_chronyd()

    def start_chronyd(self):
        self.daemon = self.spawn(CHRONYD, "-x", "-d", "-u", "root", "-f", self.chrony_conf,
                                 log="chronyd.log")
        self.wait_for("chronyd is there", lambda: self.control.exists()
                      or self.ended(self.daemon, "chronyd.log"))
        self.wait_for("chronyd answers", lambda: self.chronyc("activity").returncode == 0)

    def chronyc(self, *words):
        return subprocess.run([CHRONYC, "-n", "-h", self.control, *words], capture_output=True,
                              text=True, timeout=10, check=False)

    def listed(self):
        """The addresses chronyd lists, asked of chronyd's own client."""
        rows = self.chronyc("-c", "sources").stdout.splitlines()
        return sorted(row.split(",")[2] for row in rows if row.count(",") > 3)

    def addresses(self, *lasts):
        return sorted(self.address(last) for last in lasts)

    def chronyd_has_samples(self, count=1):
        """Waits until chronyd has selected a source and all of `count` have answered."""
        def ready():
            rows = [row.split(",") for row in self.chronyc("-c", "sources").stdout.splitlines()]
            return (sum(row[5] != "0" for row in rows) >= count
                    and any(row[1] == "*" for row in rows))
        self.wait_for("chronyd has selected a source", ready, 20)

    # --- the program ------------------------------------------------------------------------------

    def configure(self, hosts=(), **sections):
        """Writes clockwright.toml; `sections` are {key: TOML value} by section name."""
        sections = {name: dict(keys) for name, keys in sections.items()}
        defaults = {
            "state": {"directory": f'"{self.state}"'},
            "daemon": {"config": f'"{self.chrony_conf}"', "control": f'"{self.control}"',
                       "restart": "[]"},
            "candidates": {"hosts": json.dumps(list(hosts)), "discover": "false"},
            "apply": {"verify_timeout": f'"{VERIFY_TIMEOUT}s"'},
        }
        text = ""
        for name in defaults.keys() | sections.keys():
            text += f"[{name}]\n"
            for key, value in (defaults.get(name, {}) | sections.get(name, {})).items():
                text += f"{key} = {value}\n"
        self.config.write_text(text)
        self.config.chmod(0o644)

    def command(self, *words):
        return [str(PROGRAM), "--config", str(self.config), *map(str, words)]

    def begin(self, *words, **options):
        """Starts the program and lets it run."""
        process = subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(self.stop, process)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def end(self, process, seconds=60):
        stdout, stderr = process.communicate(timeout=seconds)
        return Answer(process.returncode, stdout, stderr)

    def program(self, *words, seconds=60, **options):
        return self.end(self.begin(*words, **options), seconds)

    def bare(self, *words, seconds=30):
        """The program without any configuration file of ours."""
        done = subprocess.run([PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=seconds, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    def expect(self, answer, *codes):
        """The exit code, and no crash; returns the answer."""
        self.assertIn(answer.code, codes, answer)
        self.assertNotIn("terminate called", answer.text)
        return answer

    def apply(self, *words, code=0):
        return self.expect(self.program("--json", "apply", "--yes", *words), code)
