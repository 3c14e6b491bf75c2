"""A run of the bed keeps to itself: processes, mounts and network of its own, all of which the
kernel takes away when the run ends, however it ends; and cgroups, which the next run takes away."""
import fcntl
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(TREE / "tests/live"))
from bed import SET_FLAGS, UP_AND_RUNNING, can_set_clock  # noqa: E402 pylint: disable=C0413

STATE = "CLOCKWRIGHT_BED_RUN"  # the process id of the run, as everybody else sees it
PLACE = Path("/run/bed")       # in a /run of our own: the hosts' files, in memory


def run_again(*command):
    """This very program, started by that command."""
    os.execvp(command[0], [*command, sys.executable, "-B", *sys.argv])


def enter():
    """From here on the process is the first one of a process namespace, with mounts and a network
    that nobody else has. To be called when all that needs the outside is done."""
    if os.environ.get(STATE) is None:
        remove_left_cgroups()
        os.environ[STATE] = str(os.getpid())
        run_again("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--net",
                  "--ipc", "--uts")
    # systemd-nspawn keeps notes in /run, under the name of the host; no two runs see each other's.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    PLACE.mkdir()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))


# --- cgroups -------------------------------------------------------------------------------------

def own_cgroups():
    """The directory of our cgroup in each hierarchy, version 1 and 2."""
    mounted = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        front, back = line.split(" - ", 1)
        _, _, _, root, place, *_ = front.split(" ")
        kind, _, options = back.split(" ", 2)
        if kind == "cgroup2":
            mounted[""] = (root, place)
        elif kind == "cgroup":
            for option in options.split(","):
                mounted[option] = (root, place)
    found = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        root, place = mounted.get(controllers, mounted.get(controllers.split(",")[0], ("", "")))
        if place and path.startswith(root):
            found.append(Path(place) / path[len(root):].lstrip("/"))
    return found


PREFIX = "clockwright-bed-"


class Cgroup:
    """A cgroup in every hierarchy, for one host: two hosts that shared one would have their
    systemds meddle with each other's services."""

    def __init__(self, name):
        self.directories = []
        for parent in own_cgroups():
            directory = parent / f"{PREFIX}{os.environ[STATE]}-{name}"
            try:
                directory.mkdir()
            except OSError:
                continue  # read-only, or no such hierarchy: then systemd has no use for it either
            self.directories.append(directory)

    def enter(self):
        """Puts the calling process into it."""
        for directory in self.directories:
            try:
                (directory / "cgroup.procs").write_text("0")
            except OSError:
                continue  # a cpuset without processors takes nobody; systemd uses none

    def remove(self):
        for directory in self.directories:
            remove_tree(directory)


def remove_tree(directory):
    """A cgroup and those below it, as far as nobody is in them."""
    for path, _, _ in os.walk(directory, topdown=False):
        try:
            os.rmdir(path)
        except OSError:
            pass


def remove_left_cgroups():
    """What runs that were killed left behind."""
    for parent in own_cgroups():
        for directory in parent.glob(f"{PREFIX}*"):
            pid = directory.name.removeprefix(PREFIX).split("-")[0]
            if not os.path.exists(f"/proc/{pid}"):
                remove_tree(directory)
