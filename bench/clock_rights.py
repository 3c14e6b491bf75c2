"""A benchmark runs without the right to set the clock, or not at all."""
import os
import re
import sys
from pathlib import Path

CLOCK_BIT = 25  # CAP_SYS_TIME


def may_set_the_clock():
    bounding = re.search(r"^CapBnd:\s*(\w+)", Path("/proc/self/status").read_text(), re.M)
    return bool(int(bounding.group(1), 16) >> CLOCK_BIT & 1)


def drop_the_right_to_set_the_clock():
    """Runs the program anew without it."""
    if not may_set_the_clock():
        return
    if "CLOCKWRIGHT_BENCH_DROPPED" in os.environ:
        sys.exit("bench: CAP_SYS_TIME could not be dropped")
    os.environ["CLOCKWRIGHT_BENCH_DROPPED"] = "1"
    command = [sys.executable, "-B", *sys.argv]
    os.execvp("capsh", ["capsh", "--drop=cap_sys_time", "--", "-c", 'exec "$0" "$@"', *command])
