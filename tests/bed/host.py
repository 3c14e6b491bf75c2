"""A booted host: Debian with its own systemd, network and files, and without the right to set the
clock. What it changes is kept in memory and gone with it."""
import os
import signal
import subprocess
import time
from pathlib import Path

import debian_root
import seclusion

NETWORK = "10.77"  # the bridge is NETWORK.0.1/16, host N is NETWORK.0.N
BRIDGE = "bed0"
POWER_OFF = signal.SIGRTMIN + 4  # what systemd(1) takes as an order
BOOT_SECONDS, STOP_SECONDS = 60, 15
CLEAN_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
    "LANG": "C.UTF-8"}


def command(*words):
    done = subprocess.run([*map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def make_bridge():
    """All hosts are on it, and so are we, at NETWORK.0.1."""
    command("ip", "link", "add", BRIDGE, "type", "bridge")
    command("ip", "link", "set", BRIDGE, "up")
    add_address(f"{NETWORK}.0.1")


def add_address(address):
    """One more address of ours on the bridge."""
    command("ip", "address", "add", f"{address}/16", "dev", BRIDGE)


def nspawn():
    """systemd-nspawn of the root itself: then nothing of systemd has to be installed here."""
    libraries = next(debian_root.BASE.glob("usr/lib/*/ld-linux*.so.*")).parent
    loader = next(libraries.glob("ld-linux*.so.*"))
    return [loader, "--library-path", f"{libraries}:{libraries}/systemd",
            debian_root.BASE / "usr/bin/systemd-nspawn"]


class Host:
    """`layers` are names of debian_root's; `files` are {path: text}, there before the boot;
    `programs` are {path in the host: path here}, to be read and run only; `reads_clock`: adjtimex
    may be called as on a real host, where without CAP_SYS_TIME it only reads."""

    def __init__(self, name, number, layers=(), files=None, programs=None, reads_clock=False):
        self.name, self.number, self.address = name, number, f"{NETWORK}.0.{number}"
        self.directory = seclusion.PLACE / name
        self.root = self.directory / "root"
        self.log = self.directory / "console.log"
        self.network = self.directory / "network"
        self.link = f"host{number}"  # a name of an interface has 15 letters at most
        self.process, self.leader = None, 0
        self.cgroup = None
        self.programs = programs or {}
        self.reads_clock = reads_clock
        self.lay(layers)
        self.connect()
        for path, text in {"/etc/hostname": f"{name}\n", **(files or {})}.items():
            self.write(path, text)

    def lay(self, layers):
        for directory in ("root", "upper", "work"):
            (self.directory / directory).mkdir(parents=True)
        lower = ":".join(map(str, [*map(debian_root.layer, layers), debian_root.BASE]))
        command("mount", "-t", "overlay", "overlay", "-o",
                f"lowerdir={lower},upperdir={self.directory}/upper,workdir={self.directory}/work",
                self.root)

    def connect(self):
        self.network.touch()
        command("unshare", f"--net={self.network}", "true")
        inside = ["nsenter", f"--net={self.network}", "ip"]
        command("ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns",
                self.network)
        command("ip", "link", "set", self.link, "master", BRIDGE, "up")
        command(*inside, "link", "set", "lo", "up")
        command(*inside, "link", "set", "eth0", "up")
        command(*inside, "address", "add", f"{self.address}/16", "dev", "eth0")
        command(*inside, "route", "add", "default", "via", f"{NETWORK}.0.1")

    # --- its life ---------------------------------------------------------------------------------

    def start(self):
        """Begins to boot; wait() for the end of it."""
        assert not seclusion.can_set_clock()
        self.cgroup = seclusion.Cgroup(self.name)
        words = [*nspawn(), "--quiet", f"--directory={self.root}", "--boot",
                 f"--machine={self.name}", f"--hostname={self.name}",
                 f"--network-namespace-path={self.network}", "--register=no", "--keep-unit",
                 "--console=pipe", "--resolv-conf=off", "--timezone=off", "--link-journal=no",
                 "--drop-capability=CAP_SYS_TIME",
                 *(["--system-call-filter=adjtimex clock_adjtime"] if self.reads_clock else []),
                 *(f"--bind-ro={here}:{there}" for there, here in self.programs.items())]
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen([*map(str, words)], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=subprocess.STDOUT,
                                            preexec_fn=self.cgroup.enter)

    def wait(self):
        """Waits until it has booted; returns systemd's word for its state."""
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"{self.name} did not boot:\n{self.console()}"
            self.leader = self.leader or self.find_leader()
            if self.leader:
                state = self.run("systemctl", "is-system-running").stdout.strip()
                if state in ("running", "degraded", "maintenance"):
                    return state
            time.sleep(0.05)
        raise AssertionError(f"{self.name} did not boot in {BOOT_SECONDS} s:\n{self.console()}")

    def find_leader(self):
        """Its first process, as we number it; 0 while there is none."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            try:
                status = Path(f"/proc/{child}/status").read_text()
                name = Path(f"/proc/{child}/comm").read_text().strip()
            except OSError:
                continue
            lines = status.splitlines()
            numbers = next(line for line in lines if line.startswith("NSpid:")).split()
            if len(numbers) > 2 and numbers[-1] == "1" and name == "systemd":
                return int(child)
        return 0

    def console(self):
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def power_off(self):
        """Begins to shut down; stop() waits for it."""
        if self.leader and self.process.poll() is None:
            try:
                os.kill(self.leader, POWER_OFF)
            except ProcessLookupError:
                pass

    def cut_power(self):
        """Everything in it is gone at once; start() boots it again, with the files as they are."""
        os.kill(self.leader, signal.SIGKILL)
        self.process.wait()
        self.cgroup.remove()
        self.leader = 0

    def stop(self):
        """Shut down, or killed when that takes too long; then all of it is taken away."""
        if self.process:
            self.power_off()
            try:
                self.process.wait(STOP_SECONDS if self.leader else 0)
            except subprocess.TimeoutExpired:
                leader = self.leader or self.find_leader()
                if leader:
                    os.kill(leader, signal.SIGKILL)
                self.process.kill()
                self.process.wait()
        subprocess.run(["umount", "--lazy", self.root], check=False)
        subprocess.run(["umount", "--lazy", self.network], check=False)
        subprocess.run(["ip", "link", "delete", self.link], check=False, capture_output=True)
        if self.cgroup:
            self.cgroup.remove()

    # --- in it ------------------------------------------------------------------------------------

    def inside(self, *words):
        """The command that runs `words` in it, with no more rights than we have."""
        environment = [f"{key}={value}" for key, value in CLEAN_ENVIRONMENT.items()]
        return ["nsenter", f"--target={self.leader}", "--all", "env", "--ignore-environment",
                *environment, *map(str, words)]

    def run(self, *words, seconds=60, text=None):
        """What running it there gave."""
        return subprocess.run(self.inside(*words), input=text or "", capture_output=True, text=True,
                              errors="replace", timeout=seconds, check=False)

    def ask(self, *words, **options):
        """What it printed there; it must succeed."""
        done = self.run(*words, **options)
        assert done.returncode == 0, \
            f"{self.name}: {words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def path(self, inside):
        """A file of it as we see it; /run and /tmp are seen only from inside."""
        return self.root / str(inside).lstrip("/")

    def write(self, inside, text, mode=0o644):
        path = self.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def read(self, inside):
        return self.path(inside).read_text()

    def pids(self, name):
        """Processes of that name in it, as they are numbered there."""
        return self.run("pgrep", "-x", name).stdout.split()

    def journal(self, unit):
        return self.run("journalctl", "--no-pager", "-o", "cat", "-u", unit).stdout
