"""Goals P6, P7, P9, P12 and memory: the whole program against its pacing and against chronyd, on
loopback, without the right to set the clock. One line for each goal; exit 1 when a limit is missed.
Servers keep to one processor, where there are two. The pacing is what the machine makes of it: a
process that sleeps so long, begun and awaited as ours is. (To begin, to wake and to be waited for
takes 2 to 20 ms of 750, depending on the minute.) It counts from when a scan knows all its servers,
not from each one's first packet: of a thousand, the last ones' first two packets are 10 to 30 ms
less than the spacing apart.

    whole_program.py PROGRAM CHRONYD
"""
import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import clock_rights
from lab_world import Lab, keep_to, processor_of_servers

PORT = 11123
TIME_OUT = 1.5  # seconds; of one packet
SPACING = 0.25  # seconds; the default for loopback


class Bench:
    def __init__(self, program, chronyd, directory):
        self.program, self.chronyd, self.directory = program, chronyd, Path(directory)
        self.config = self.directory / "clockwright.toml"
        self.config.write_text(f'[state]\ndirectory = "{directory}/state"\n')
        self.for_servers = processor_of_servers()
        self.missed = []

    def report(self, name, ratio, limit, figures):
        print(f"{name} ratio={ratio:.3f} limit={limit:.2f} ({figures})", flush=True)
        if ratio > limit:
            self.missed.append(name)

    def world(self, addresses, silent=()):
        return Lab(self.program, self.directory, PORT, addresses, silent, self.for_servers)

    def command(self, addresses, samples):
        hosts = [f"{address}:{PORT}" for address in addresses]
        return [self.program, "--config", str(self.config), "--json", "scan", *hosts,
                "--samples", str(samples), "--spacing", f"{SPACING * 1000:.0f}ms"]

    def scan(self, addresses, samples):
        """One scan: its document, wall seconds and seconds of CPU."""
        out = self.directory / "out.json"
        wall, cpu = cost_of(self.command(addresses, samples), out)
        return json.loads(out.read_bytes()), wall, cpu


class NtsServer:
    """A chronyd -x that gives keys and authenticated time at one address; its certificate is its own
    authority."""

    def __init__(self, bench, address):
        directory = bench.directory / "nts"
        directory.mkdir(mode=0o750)
        self.certificate, key = directory / "cert.pem", directory / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", self.certificate,
             "-days", "2", "-subj", "/CN=bench", "-addext", f"subjectAltName=IP:{address}",
             "-addext", "basicConstraints=critical,CA:TRUE"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        self.address, self.log = address, directory / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [bench.chronyd, "-x", "-d", "-u", "root", f"bindaddress {address}",
                 f"ntsserverkey {key}", f"ntsservercert {self.certificate}", "local stratum 2",
                 "allow 127.0.0.0/8", "cmdport 0", "bindcmdaddress /",
                 f"pidfile {directory}/pid"], stdout=log, stderr=log)
        keep_to(bench.for_servers, self.process)

    def __enter__(self):
        for _ in range(100):
            with socket.socket() as asker:
                if asker.connect_ex((self.address, 4460)) == 0:
                    return self
            time.sleep(0.05)
        sys.exit(f"bench: chronyd gives no keys:\n{self.log.read_text()}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def begin(command, out="/dev/null"):
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    files = [(os.POSIX_SPAWN_OPEN, number, path, flags, 0o600)
             for number, path in ((1, out), (2, "/dev/null"))]
    return os.posix_spawn(command[0], command, os.environ, file_actions=files)


def cost_of(command, out="/dev/null"):
    """Seconds from the start of a process to its end, with as little of our own as can be, and those
    of CPU that it took. The machine is awake and has the program at hand, whatever ran before."""
    os.waitpid(begin([command[0], "--version"]), 0)
    began = time.monotonic()
    process = begin(command, out)
    _, status, used = os.wait4(process, 0)
    wall = time.monotonic() - began
    if status:
        sys.exit(f"bench: {command[0]} failed")
    return wall, used.ru_utime + used.ru_stime


def wall_of(command):
    return cost_of(command)[0]


def scans_and_pacing(bench, addresses, samples, pacing, count):
    """The documents of so many scans, the medians of their wall seconds and of their CPU, and of the
    wall seconds of as many processes that only sleep through the pacing."""
    sleep = [shutil.which("sleep"), str(pacing)]
    documents, walls, cpus = zip(*(bench.scan(addresses, samples) for _ in range(count)))
    slept = [wall_of(sleep) for _ in range(count)]
    return documents, *map(statistics.median, (walls, cpus, slept))


def answered(document):
    return sum(server["received"] == server["sent"] > 0 for server in document["servers"])


def thousand_servers(bench):
    """P9: once when all answer, and once with a few silent, which adds one time-out to the pacing."""
    addresses = [f"127.30.{number // 250}.{number % 250 + 1}" for number in range(1000)]
    samples, spaced = 4, 3 * SPACING
    many_servers(bench, "P9", addresses, (), samples, spaced)
    many_servers(bench, "P9 (some silent)", addresses, addresses[100:1000:180], samples,
                 spaced + TIME_OUT)


def many_servers(bench, name, addresses, silent, samples, pacing):
    with bench.world(addresses, silent):
        documents, wall, _, slept = scans_and_pacing(bench, addresses, samples, pacing, 5)
    fewest = min(answered(document) for document in documents)
    bench.report(name, wall / slept, 1.03,
                 f"1000 servers: {wall:.3f} s, pacing of {pacing:.3f} s as kept here {slept:.3f} s, "
                 f"{fewest} answered in full")
    if fewest < len(addresses) - len(silent):
        bench.missed.append(f"{name}: lost answers")


def some_dead(bench):
    """P12, and what a run may use at most (requirement S1-66): 50 ms of CPU, 60 kB both ways."""
    addresses = [f"127.31.0.{number + 1}" for number in range(25)]
    samples, pacing, datagram = 4, 3 * SPACING + TIME_OUT, 20 + 8 + 48  # octets: IPv4, UDP, NTP
    with bench.world(addresses, silent=addresses[3:8]):
        documents, wall, cpu, slept = scans_and_pacing(bench, addresses, samples, pacing, 3)
    bench.report("P12", wall / slept, 1.05,
                 f"25 servers, 5 dead: {wall:.3f} s, pacing of {pacing:.3f} s as kept here "
                 f"{slept:.3f} s")
    octets = datagram * sum(server["sent"] + server["received"]
                            for server in documents[0]["servers"])
    bench.report("run", max(cpu / 0.050, octets / 60e3), 1.0,
                 f"25 servers: {cpu * 1e3:.1f} ms CPU of 50, {octets / 1e3:.1f} kB of 60")


def one_shot(bench):
    """P6. chronyd -Q prints the offset and never sets a clock."""
    address = "127.32.0.1"
    command = [bench.chronyd, "-Q", "-t", "5", "-u", "root",
               f"server {address} port {PORT} iburst maxsamples 1"]
    ours, theirs = [], []
    with bench.world([address]):
        for _ in range(15):
            ours.append(wall_of(bench.command([address], 1)))
            theirs.append(wall_of(command))
    mine, peer = statistics.median(ours), statistics.median(theirs)
    bench.report("P6", mine / peer, 0.03,
                 f"one sample: {mine * 1e3:.1f} ms, chronyd -Q {peer * 1e3:.1f} ms")


def one_shot_nts(bench):
    """P7: from nothing to one authenticated sample. chronyd -Q prints the offset and never sets a
    clock; neither side keeps keys from run to run."""
    ours, theirs = [], []
    with NtsServer(bench, "127.34.0.1") as server:
        mine = [bench.program, "--config", str(bench.config), "--json", "scan", "--samples", "1",
                "--ca", str(server.certificate), f"nts://{server.address}"]
        peer = [bench.chronyd, "-Q", "-t", "10", "-u", "root",
                f"ntstrustedcerts {server.certificate}",
                f"server {server.address} nts iburst maxsamples 1"]
        for _ in range(15):
            ours.append(wall_of(mine))
        for _ in range(5):
            theirs.append(wall_of(peer))
    mine, peer = statistics.median(ours), statistics.median(theirs)
    bench.report("P7", mine / peer, 0.01,
                 f"one sample by NTS: {mine * 1e3:.1f} ms, chronyd -Q {peer * 1e3:.1f} ms")


def peak_memory(command, seconds):
    """KiB of the process's peak, as it stands when it ends or after so many seconds. (What wait4
    says would count the memory of this program, which the child had before its exec.)"""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, deadline = 0, time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        status = Path(f"/proc/{process.pid}/status").read_text()
        if found := re.search(r"^VmHWM:\s*(\d+)", status, re.M):
            peak = int(found.group(1))
        time.sleep(0.005)
    process.terminate()
    process.wait()
    return peak


def memory(bench):
    """Peak resident memory of a scan of 25 servers against a chronyd that has the same 25."""
    addresses = [f"127.33.0.{number + 1}" for number in range(25)]
    lines = [f"server {address} port {PORT} iburst" for address in addresses]
    daemon = [bench.chronyd, "-x", "-d", "-u", "root", "cmdport 0", "port 0", "bindcmdaddress /",
              f"pidfile {bench.directory}/pid", *lines]
    with bench.world(addresses):
        ours = peak_memory(bench.command(addresses, 4), 10)
        theirs = peak_memory(daemon, 3)
    bench.report("memory", ours / theirs, 2.2,
                 f"peak RSS of a scan {ours / 1024:.1f} MiB, chronyd {theirs / 1024:.1f} MiB")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    clock_rights.drop_the_right_to_set_the_clock()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="clockwright-bench-") as directory:
        bench = Bench(sys.argv[1], sys.argv[2], directory)
        for goal in (one_shot, one_shot_nts, thousand_servers, some_dead, memory):
            goal(bench)
    if bench.missed:
        sys.exit(f"bench: missed {', '.join(bench.missed)}")


main()
