"""A lab world of plain servers on loopback, for as long as the `with` lasts."""
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path


def processor_of_servers():
    """The last one, which they keep to; empty: there is only one.

    On loopback the kernel wakes who receives on the processor of who sends, and leaves both there
    for a tick, another one idle. Servers elsewhere do not follow their clients."""
    *others, last = sorted(os.sched_getaffinity(0))
    return {last} if others else set()


def keep_to(processors, process):
    """Empty: it may run anywhere that its user does."""
    if processors:
        os.sched_setaffinity(process.pid, processors)


class Lab:
    """`processors`: where it runs, as in `keep_to`."""

    def __init__(self, program, directory, port, addresses, silent=(), processors=()):
        text = f'title = "bench"\nport = {port}\nseed = 1\n'
        for number, address in enumerate(addresses):
            behaviour = 'behaviour = "silent"\n' if address in silent else ""
            text += f'\n[[server]]\nname = "s{number}"\naddress = "{address}"\n{behaviour}'
        path = Path(directory) / "world.toml"
        path.write_text(text)
        self.first = next(address for address in addresses if address not in silent), port
        self.process = subprocess.Popen([program, "lab", str(path)], stdout=subprocess.DEVNULL)
        keep_to(processors, self.process)

    def __enter__(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.05)
            for _ in range(200):
                try:
                    asker.sendto(b"\x23" + bytes(39) + os.urandom(8), self.first)
                    asker.recv(100)
                    return self
                except OSError:
                    if self.process.poll() is not None:
                        break
        sys.exit("bench: the lab does not answer")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
