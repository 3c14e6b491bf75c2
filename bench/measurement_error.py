"""Goals P4 and P5: how wrong one measurement is, beside chronyd as a client of the same server.

Two network namespaces of one machine, joined by a veth pair, share one clock, so every offset that
is measured is an error. chronyd serves in the one; in the other our scan and a chronyd that may not
set the clock ask it at the same time, equally often. One line for each goal; exit 1 when a limit is
missed.

    measurement_error.py PROGRAM CHRONYD
"""
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import clock_rights

SERVER, CLIENT, LENGTH = "10.97.3.1", "10.97.3.2", 24
POLL = -6  # log2 seconds, the shortest that chronyd knows
SAMPLES = 1000  # of one scan, the most that it takes
SCANS = 4  # of so few as one has, the hundredth is chance
SETTLE = 1.5  # seconds until a daemon answers


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


class Namespaces:
    """Two of them and the cable between; gone at the end."""

    def __init__(self):
        self.server, self.client = (f"clockwright-{side}{os.getpid()}" for side in "sc")

    def __enter__(self):
        try:
            for name in (self.server, self.client):
                run("ip", "netns", "add", name)
            run("ip", "link", "add", "veth0", "netns", self.server, "type", "veth",
                "peer", "name", "veth0", "netns", self.client)
            for name, address in ((self.server, SERVER), (self.client, CLIENT)):
                run("ip", "-n", name, "address", "add", f"{address}/{LENGTH}", "dev", "veth0")
                run("ip", "-n", name, "link", "set", "veth0", "up")
                run("ip", "-n", name, "link", "set", "lo", "up")
        except subprocess.CalledProcessError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in (self.server, self.client):
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL, check=False)


class Daemon:
    """chronyd -x in a namespace."""

    def __init__(self, chronyd, namespace, directory, *lines):
        directory.mkdir(mode=0o750)
        config = directory / "chrony.conf"
        config.write_text("\n".join([
            *lines, "cmdport 0", f"bindcmdaddress {directory}/sock", f"pidfile {directory}/pid",
            f"logdir {directory}"]) + "\n")
        self.log = directory / "measurements.log"
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, chronyd, "-x", "-d", "-u", "root", "-f", config],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        time.sleep(SETTLE)
        if self.process.poll() is not None:
            sys.exit("bench: chronyd ended")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Load:
    """Keeps every core busy."""

    def __init__(self, wanted):
        self.count = os.cpu_count() if wanted else 0

    def __enter__(self):
        self.busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
                     for _ in range(self.count)]

    def __exit__(self, *_):
        for process in self.busy:
            process.send_signal(signal.SIGKILL)
            process.wait()


class Bench:
    def __init__(self, program, chronyd, directory):
        self.program, self.chronyd, self.directory = program, chronyd, Path(directory)
        self.missed = []

    def measure(self, interleaved, loaded):
        """|offset| in µs: of our samples, of chronyd's."""
        place = Path(tempfile.mkdtemp(dir=self.directory))
        # Without a client log chronyd keeps no stamps and answers basic ones only.
        serve = ["local stratum 2", f"allow {SERVER}/{LENGTH}"]
        serve += [] if interleaved else ["noclientlog"]
        ask = [f"server {SERVER} minpoll {POLL} maxpoll {POLL} noselect"
               + (" xleave" if interleaved else ""), "port 0", "log measurements"]
        with Namespaces() as net, Load(loaded):
            with Daemon(self.chronyd, net.server, place / "server", *serve), \
                    Daemon(self.chronyd, net.client, place / "client", *ask) as peer:
                ours = [row for _ in range(SCANS) for row in self.scan(net.client, place)]
                theirs = peer.log.read_text()
        return (self.ours(ours, interleaved), self.theirs(theirs, interleaved))

    def scan(self, namespace, place):
        config, record = place / "clockwright.toml", place / "record.jsonl"
        config.write_text(f'[state]\ndirectory = "{place}/state"\n')
        subprocess.run(
            ["ip", "netns", "exec", namespace, self.program, "--config", config, "--json", "scan",
             SERVER, "--samples", str(SAMPLES), "--spacing", f"{2 ** POLL * 1e6:.0f}us",
             "--record", record], stdout=subprocess.DEVNULL, check=False)
        return [json.loads(line) for line in record.read_text().splitlines()]

    @staticmethod
    def ours(rows, interleaved):
        return [abs(row["offset_seconds"]) * 1e6 for row in rows
                if not row.get("lost") and row.get("interleaved", False) == interleaved]

    @staticmethod
    def theirs(log, interleaved):
        kind = "I" if interleaved else "B"
        rows = [line.split() for line in log.splitlines()]
        return [abs(float(row[11])) * 1e6 for row in rows
                if len(row) > 17 and row[17].endswith(kind)]

    def compare(self, name, interleaved, loaded, limits):
        mine, peer = self.measure(interleaved, loaded)
        if min(len(mine), len(peer)) < SAMPLES * SCANS / 2:
            print(f"{name} missed: {len(mine)} samples of ours, {len(peer)} of chronyd")
            self.missed.append(name)
            return
        for figure, of, limit in limits:
            ratio = of(mine) / of(peer)
            print(f"{name} {figure} ratio={ratio:.2f} limit={limit:.2f} "
                  f"(|offset| {of(mine):.2f} us of {len(mine)} samples, "
                  f"chronyd {of(peer):.2f} us of {len(peer)})", flush=True)
            if ratio > limit:
                self.missed.append(f"{name} {figure}")


def p99(values):
    return statistics.quantiles(values, n=100)[98]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if os.geteuid() != 0:
        print("P4, P5 skipped: not root, and network namespaces need it")
        return
    clock_rights.drop_the_right_to_set_the_clock()
    with tempfile.TemporaryDirectory(prefix="clockwright-bench-") as directory:
        bench = Bench(sys.argv[1], sys.argv[2], directory)
        bench.compare("P4", True, False, [("median", statistics.median, 1.0), ("p99", p99, 0.7)])
        bench.compare("P5", False, True, [("p99", p99, 0.7)])
        # A basic answer carries the server's own error, the same for both; this one does not.
        bench.compare("P5 interleaved", True, True, [("p99", p99, 0.7)])
    if bench.missed:
        sys.exit(f"bench: missed {', '.join(bench.missed)}")


main()
