#!/usr/bin/python3
"""clang-tidy over the sources of src/, several of a room in one translation unit.

Most of its time goes into the headers of the libraries, which it walks anew for every unit. Sources
that do not compile together (each has something of its own under the same name) are halved, down to
one alone.

usage: tidy.py BUILD JOBS      BUILD holds compile_commands.json; prints what is found, 1 if anything
"""
import concurrent.futures
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

MOST_SOURCES = 12
OURS = r".*/src/.*\.(h|cpp)$"


def sources_by_flags(database):
    """{(room, flags): sources}, without tests."""
    found = {}
    for entry in json.loads(database.read_text()):
        source = entry["file"]
        room = re.search(r"/src/(\w+)/", source)
        if room and not source.endswith("_test.cpp"):
            words = shlex.split(entry["command"])
            flags = tuple(words[1:words.index("-o")])
            found.setdefault((room[1], flags), []).append(source)
    return found


def unit_of(sources):
    return "".join(f'#include "{source}"\n' for source in sources)


def compiles(flags, sources):
    return subprocess.run(["clang++-19", *flags, "-fsyntax-only", "-x", "c++", "-"],
                          input=unit_of(sources), text=True, stderr=subprocess.DEVNULL).returncode == 0


def divide(flags, sources):
    """Lists of sources that compile together."""
    if len(sources) == 1 or (len(sources) <= MOST_SOURCES and compiles(flags, sources)):
        return [sources]
    half = len(sources) // 2
    return divide(flags, sources[:half]) + divide(flags, sources[half:])


def tidy(unit, flags, sources):
    """What is found in these sources, empty when nothing."""
    unit.write_text(unit_of(sources))
    run = subprocess.run(["clang-tidy-19", "--quiet", "--warnings-as-errors=*",
                          "--checks=-bugprone-suspicious-include", f"--header-filter={OURS}",
                          unit, "--", *flags],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if run.returncode == 0:
        return ""
    return run.stdout or f"clang-tidy ended with {run.returncode} over {' '.join(sources)}\n"


def main(build, jobs):
    units = Path(build).resolve() / "tidy"
    units.mkdir(exist_ok=True)
    groups = sources_by_flags(Path(build) / "compile_commands.json")
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        divided = pool.map(lambda group: (*group[0], divide(group[0][1], group[1])), groups.items())
        looks = [pool.submit(tidy, units / f"{room}_{part[0].rsplit('/', 1)[1]}", flags, part)
                 for room, flags, parts in divided for part in parts]
        found = False
        for look in looks:
            print(look.result(), end="", flush=True)
            found = found or bool(look.result())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
