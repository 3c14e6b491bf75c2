#!/usr/bin/env python3
"""Captures the replies of a private `chronyd -x` as the *.hex files beside this script.

Run as root where nothing but loopback is reachable and the clock cannot be set:
  unshare -n capsh --drop=cap_sys_time -- -c 'ip link set lo up; exec ./capture.py CHRONYD'
"""
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time

SERVER = """
bindaddress 127.0.0.11
port 11123
cmdport 0
bindcmdaddress /
pidfile {0}/server.pid
local stratum 8
allow 127.0.0.0/8
"""
CLIENT = """
port 0
cmdport 11323
bindcmdaddress 127.0.0.1
bindcmdaddress {0}/chronyd.sock
pidfile {0}/client.pid
server 127.0.0.11 port 11123 iburst minpoll 4 maxpoll 6 prefer
server 127.0.0.12 port 11123 iburst noselect
server nowhere.invalid iburst
refclock SOCK {0}/refclock.sock refid GOLD
"""
PAD = {1: 60, 14: 32, 15: 76, 29: 40, 33: 104, 34: 84, 44: 48, 57: 172, 65: 284, 67: 52, 69: 76,
       70: 28}


def ip(text):
    return socket.inet_aton(text) + bytes(12) + struct.pack(">HH", 1, 0)


def request(command, sequence, data=b""):
    head = struct.pack(">BBBBHHIII", 6, 1, 0, 0, command, 0, sequence, 0, 0)
    return (head + data).ljust(PAD[command], b"\0")


class Capture:
    def __init__(self, run, out):
        self.run, self.out, self.sequence = run, out, 0x01020300

    def ask(self, name, note, command, data=b"", udp=False):
        self.sequence += 1
        with socket.socket(socket.AF_INET if udp else socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.settimeout(2)
            if udp:
                s.connect(("127.0.0.1", 11323))
            else:
                path = f"{self.run}/capture.sock"
                s.bind(path)
                os.chmod(path, 0o666)
                s.connect(f"{self.run}/chronyd.sock")
            try:
                s.send(request(command, self.sequence, data))
                reply = s.recv(2048)
            finally:
                if not udp:
                    os.unlink(path)
        lines = [reply[i:i + 16].hex(" ") for i in range(0, len(reply), 16)]
        text = f"# command {command}, sequence {self.sequence:#010x}: {note}\n"
        (self.out / f"{name}.hex").write_text(text + "\n".join(lines) + "\n")
        return reply


def main():
    chronyd, out = sys.argv[1], pathlib.Path(__file__).parent
    version = subprocess.run([chronyd, "--version"], capture_output=True, text=True).stdout.split()[3]
    with tempfile.TemporaryDirectory() as run:
        os.chmod(run, 0o750)
        daemons = []
        for name, text in (("server", SERVER), ("client", CLIENT)):
            path = f"{run}/{name}.conf"
            pathlib.Path(path).write_text(text.format(run))
            daemons.append(subprocess.Popen([chronyd, "-x", "-d", "-u", "root", "-f", path],
                                            stderr=subprocess.DEVNULL))
        try:
            time.sleep(12)
            c = Capture(run, out)
            what = f"chronyd {version}, "
            c.ask("tracking", what + "selected 127.0.0.11, stratum 9", 33)
            c.ask("activity", what + "2 online, 1 unresolved", 44)
            n = struct.unpack(">I", c.ask("n_sources", what + "4 sources", 14)[28:32])[0]
            kind = {0: "the reference clock GOLD"}
            for i in range(n):
                index = struct.pack(">I", i)
                reply = c.ask(f"source_data_{i}", what + f"source {i}", 15, index)
                c.ask(f"sourcestats_{i}", what + f"source {i}", 34, index)
                c.ask(f"selectdata_{i}", what + f"source {i}", 69, index)
                c.ask(f"source_name_{i}", what + f"source {i}", 65, reply[28:48])
            c.ask("ntp_data_selected", what + "127.0.0.11", 57, ip("127.0.0.11"))
            c.ask("ntp_data_silent", what + "127.0.0.12", 57, ip("127.0.0.12"))
            c.ask("authdata", what + "127.0.0.11", 67, ip("127.0.0.11"))
            c.ask("reload_sources", what + "reload sources", 70)
            c.ask("delete_unknown", what + "127.0.0.99 is no source: status 4", 29, ip("127.0.0.99"))
            c.ask("source_data_beyond", what + "index 99: status 4", 15, struct.pack(">I", 99))
            c.ask("selectdata_udp", what + "over UDP: status 2", 69, struct.pack(">I", 0), udp=True)
            c.ask("tracking_udp", what + "over UDP", 33, udp=True)
        finally:
            for daemon in daemons:
                daemon.terminate()
                daemon.wait()


main()
