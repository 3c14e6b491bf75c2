"""Goals P10 and P11: an agent that asks 20 servers each second against a chronyd that does, on
loopback, at the same time, without the right to set the clock. One line for each goal; exit 1 when a
limit is missed, or when the record shows that the agent did less than it was asked to.

    agent.py PROGRAM CHRONYD [SECONDS]
"""
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import clock_rights
from lab_world import Lab

PORT = 11123
WARM_UP = 40  # seconds: the first looks, the database, what settles then; chronyd's first burst
RECORDED = 5  # seconds after which a poll is in the record


def cpu_seconds(process):
    """What all threads of it have used, by its own CPU clock (clock_getcpuclockid)."""
    return time.clock_gettime((~process.pid << 3) | 2)


def memory_kib(process, field):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"^{field}:\s*(\d+)", status, re.M).group(1))


def polls_recorded(directory, began, ended):
    """Of all servers, between two moments of Unix time in nanoseconds."""
    with sqlite3.connect(f"file:{directory}/state/record.sqlite?mode=ro", uri=True) as record:
        return record.execute("select count(*) from sample where at >= ? and at < ?",
                              (began, ended)).fetchone()[0]


def agent_command(program, directory, addresses):
    watched = ", ".join(f'"{address}:{PORT}"' for address in addresses)
    config = Path(directory) / "clockwright.toml"
    config.write_text(f'[state]\ndirectory = "{directory}/state"\n'
                      f'[agent]\nmode = "ultrafast"\nlisten = "127.0.0.1:19124"\nwatch = [{watched}]\n')
    return [program, "--config", str(config), "agent"]


def chronyd_command(chronyd, directory, addresses):
    lines = [f"server {address} port {PORT} minpoll 0 maxpoll 0" for address in addresses]
    return [chronyd, "-x", "-d", "-u", "root", "port 0", f"bindcmdaddress {directory}/chronyd.sock",
            "cmdport 0", f"pidfile {directory}/pid", *lines]


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    clock_rights.drop_the_right_to_set_the_clock()
    program, chronyd = sys.argv[1:3]
    seconds = int(sys.argv[3]) if len(sys.argv) == 4 else 60
    addresses = [f"127.35.0.{number + 1}" for number in range(20)]
    with tempfile.TemporaryDirectory(prefix="clockwright-bench-") as directory, \
            Lab(program, directory, PORT, addresses):
        commands = (agent_command(program, directory, addresses),
                    chronyd_command(chronyd, directory, addresses))
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for command in commands]
        try:
            time.sleep(WARM_UP)
            began, from_ = [cpu_seconds(process) for process in both], time.time_ns()
            time.sleep(seconds)
            until = time.time_ns()
            agent, peer = (cpu_seconds(process) - before for process, before in zip(both, began))
            rss, private = (memory_kib(both[0], field) for field in ("VmRSS", "RssAnon"))
            peer_rss = memory_kib(both[1], "VmRSS")
            time.sleep(RECORDED)
        finally:
            for process in both:
                process.terminate()
                process.wait()
        polls = polls_recorded(directory, from_, until) / len(addresses) / seconds
    if polls < 0.97:
        sys.exit(f"bench: the agent asked each server {polls:.2f} times a second, not once")
    missed = []
    for name, ratio, limit, figures in (
            ("P10", agent / peer, 0.4, f"20 servers at {polls:.2f}/s: {agent / seconds * 1e3:.2f} ms CPU "
                                       f"a second, chronyd {peer / seconds * 1e3:.2f}"),
            ("P11", rss / peer_rss, 2.2, f"RSS {rss / 1024:.1f} MiB, chronyd {peer_rss / 1024:.1f}"),
            ("P11 private", private / 6000, 1.0, f"RssAnon {private / 1024:.1f} MiB of 6")):
        print(f"{name} ratio={ratio:.3f} limit={limit:.2f} ({figures})", flush=True)
        if ratio > limit:
            missed.append(name)
    if missed:
        sys.exit(f"bench: missed {', '.join(missed)}")


main()
