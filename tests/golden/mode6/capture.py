#!/usr/bin/env python3
"""Captures the replies of an ntpd of NTPsec as the *.hex files beside this script: each datagram a
paragraph. ntpd is told to leave the clock alone and could not move it either; its servers are
private chronyds on the other side of a veth pair, for it refuses servers on loopback.

Run as root where nothing is reachable and the clock cannot be set:
  unshare --net --mount capsh --drop=cap_sys_time -- -c 'exec ./capture.py CHRONYD NTPD'
"""
import ctypes
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

SERVER = """
bindaddress {0}
cmdport 0
bindcmdaddress /
pidfile {1}/{0}.pid
local stratum 3
allow
"""
CLIENT = """
restrict default kod limited nomodify noquery
restrict 127.0.0.1
disable ntp
server ntp2.example iburst minpoll 3 maxpoll 3
server 10.9.0.3 iburst minpoll 3 maxpoll 3 prefer
server 10.9.0.4 iburst minpoll 3 maxpoll 3 bias 0.5
server 10.9.0.5 iburst minpoll 3 maxpoll 3 noselect
server 10.9.0.9 iburst
server nowhere.invalid iburst
server nts.invalid iburst nts
pool pool.example iburst minpoll 3 maxpoll 3
refclock shm unit 0 refid GPS
"""
HOSTS = "10.9.0.2 ntp2.example\n10.9.0.6 pool.example\n10.9.0.7 pool.example\n"
HEADER = pathlib.Path(__file__).parents[3] / "src/daemon/mode6_replies.h"
CLOCK_BIT = 25  # CAP_SYS_TIME


def names_of(list_name):
    """The list of names that the program itself asks for."""
    text = re.search(rf"{list_name} =(.*?);", HEADER.read_text(), re.S).group(1)
    return "".join(re.findall(r'"(.*?)"', text)).encode()


def run(*words):
    subprocess.run(words, check=True)


def enter(pid):
    """From here on this process, and what it starts, is in that process's network."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/proc/{pid}/ns/net", encoding="ascii") as network:
        if libc.setns(network.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "setns")


class Capture:
    def __init__(self, out):
        self.out, self.sequence = out, 0x0102

    def ask(self, *question):
        """ntpd may be busy, with a name for example."""
        for _ in range(3):
            try:
                return self.ask_once(*question)
            except TimeoutError:
                pass
        raise TimeoutError(question)

    def ask_once(self, name, note, operation, association=0, data=b""):
        self.sequence += 1
        request = struct.pack(">BBHHHHH", 2 << 3 | 6, operation, self.sequence, 0, association, 0,
                              len(data)) + data + bytes(-len(data) % 4)
        replies, octets, end = [], 0, None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(3)
            s.connect(("127.0.0.1", 123))
            s.send(request)
            while end is None or octets < end:
                reply = s.recv(2048)
                replies.append(reply)
                flags, offset, count = reply[1], *struct.unpack(">HH", reply[8:12])
                octets += count
                if flags & 0x40:  # its offset and count are left over from another answer
                    end = octets = 0
                elif not flags & 0x20:
                    end = offset + count
        text = f"# operation {operation}, association {association}: {note}\n"
        text += "\n".join("".join(reply[i:i + 16].hex(" ") + "\n" for i in range(0, len(reply), 16))
                          for reply in replies)
        (self.out / f"{name}.hex").write_text(text)
        return b"".join(reply[12:12 + struct.unpack(">H", reply[10:12])[0]] for reply in replies)


def main():
    chronyd, ntpd, out = sys.argv[1], sys.argv[2], pathlib.Path(__file__).parent
    bounding = re.search(r"^CapBnd:\s*(\w+)", pathlib.Path("/proc/self/status").read_text(), re.M)
    assert not int(bounding.group(1), 16) >> CLOCK_BIT & 1, "this process could set the clock"
    with tempfile.TemporaryDirectory() as directory:
        started = []
        try:
            capture(chronyd, ntpd, out, directory, started)
        finally:
            for process in started:
                process.terminate()
                process.wait()


def capture(chronyd, ntpd, out, directory, started):
    def start(*words):
        started.append(subprocess.Popen(words, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL))
        return started[-1]

    hosts = pathlib.Path(directory) / "hosts"
    hosts.write_text(HOSTS)
    run("mount", "--bind", hosts, "/etc/hosts")
    inner = start("unshare", "--net", "sleep", "600")
    time.sleep(0.5)
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(inner.pid))
    run("ip", "link", "set", "v0", "up")
    for last in range(2, 8):
        run("ip", "addr", "add", f"10.9.0.{last}/24", "dev", "v0")
        path = pathlib.Path(directory) / f"{last}.conf"
        path.write_text(SERVER.format(f"10.9.0.{last}", directory))
        start(chronyd, "-4", "-x", "-d", "-u", "root", "-f", str(path))
    enter(inner.pid)
    for words in ("addr add 10.9.0.1/24 dev v1", "link set v1 up", "link set lo up"):
        run("ip", *words.split())
    path = pathlib.Path(directory) / "ntp.conf"
    path.write_text(CLIENT)
    start(ntpd, "-n", "-c", str(path))
    time.sleep(40)

    c = Capture(out)
    what = "NTPsec 1.2.2, "
    c.ask("system", what + "the names the program asks for", 2, 0, names_of("system_names"))
    c.ask("system_all", what + "no names", 2)
    rows = struct.iter_unpack(">HH", c.ask("associations", what + "list of associations", 1))
    sorted_ids = sorted(association for association, _ in rows)
    for number, association in enumerate(sorted_ids):
        c.ask(f"source_{number}", what + f"source {number}", 2, association,
              names_of("source_names"))
        c.ask(f"source_{number}_all", what + f"source {number}, no names", 2, association)
    c.ask("unknown_variable", what + "error 5", 2, 0, b"nosuch")
    c.ask("unknown_association", what + "error 4", 2, 9)
    c.ask("permission", what + "write, error 1", 3, 0, b"x=1")
    c.ask("unknown_operation", what + "error 3", 9)


main()
