#!/usr/bin/python3
"""Checks that every room of src/ keeps to its doors (ARCHITECTURE.md); prints each breach.

usage: check_layers.py [TREE]
"""
import re
import sys
from pathlib import Path

PURE = {
    "time": set(),
    "ntp": {"time"},
    "judge": {"time"},
    "steer": {"time"},
    "lab": {"time", "ntp"},
    "find": {"time", "judge", "steer", "daemon"},
    "daemon": {"time", "judge", "steer"},
    "watch": {"time", "judge", "steer", "daemon"},
    "publish": {"time", "judge", "steer", "find", "daemon", "watch"},
}
STREET = {room: set(PURE) for room in ("system", "store")}
DOORS = PURE | STREET | {"app": set(PURE) | set(STREET)}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT_OR_TEXT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"\(.*?\)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", re.S)

# Headers with ".h" that are libraries of values, not doors to the machine.
LIBRARIES_OF_VALUES = ("fmt/", "toml++/", "nlohmann/", "doctest/", "rapidcheck")
STREET_LIBRARIES = ("boost/", "openssl/", "ares", "spdlog/", "CLI/", "curl/", "sqlite3")
STREET_STANDARD = {
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "semaphore", "latch",
    "barrier", "stop_token", "csignal", "ctime", "cstdio", "fstream", "filesystem", "iostream",
}
ALLOWED_IN_TESTS = {"fstream", "filesystem", "iostream"}
STREET_WORDS = {
    r"::now\s*\(": "reads a clock",
    r"\b(?:secure_)?getenv\s*\(": "reads the environment",
    r"\bstd::(?:jthread|thread|async)\b": "starts a thread",
    r"\bstd::random_device\b": "asks the machine for randomness",
    r"\bstd::(?:cout|cerr|clog)\b": "prints",
}


def blank(match):
    """Comments and texts become as many blank lines, so that line numbers stay."""
    return "\n" * match.group(0).count("\n")


def breach_of_purity(header, quoted, is_test):
    """Why a pure room may not include `header`; empty when it may."""
    if header.startswith(LIBRARIES_OF_VALUES) or quoted:
        return ""
    if header.startswith(STREET_LIBRARIES):
        return f"includes <{header}>, a library of the street"
    if header.endswith(".h"):
        return f"includes <{header}>, a header of the system or of C"
    if header in STREET_STANDARD and not (is_test and header in ALLOWED_IN_TESTS):
        return f"includes <{header}>, which touches the machine"
    return ""


def breach_of_doors(room, header, is_test):
    """Why `room` may not include the project's `header`; empty when it may."""
    target = header.split("/")[0]
    if header.startswith("tests/fakes/") and is_test:
        return ""
    if "/" not in header or target == room:
        return ""
    if target == "app":
        return f'includes "{header}": nothing sees app/'
    if target not in DOORS:
        return f'includes "{header}", which is no room'
    if target in DOORS[room] or (is_test and target == "lab"):
        return ""
    return f'includes "{header}": {room}/ has no door to {target}/'


def breaches_of_file(path, room):
    text = path.read_text(encoding="utf-8")
    is_test = path.name.endswith("_test.cpp")
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quoted, header = found.group(1) == '"', found.group(2)
        if quoted and (breach := breach_of_doors(room, header, is_test)):
            yield number, breach
        if room in PURE and (breach := breach_of_purity(header, quoted, is_test)):
            yield number, breach
    if room not in PURE:
        return
    code = COMMENT_OR_TEXT.sub(blank, text)
    for number, line in enumerate(code.splitlines(), 1):
        for word, does in STREET_WORDS.items():
            if re.search(word, line):
                yield number, f"{does}, in a pure room"


def breaches_of_links(tree):
    """The link line of a room must not open a door that the table does not have."""
    path = tree / "src" / "CMakeLists.txt"
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = re.match(r"\s*room\((\w+)\s*(?:DOORS\s+([\w\s]+?))?(?:LIBRARIES.*)?\)", line)
        if not found:
            continue
        room, doors = found.group(1), set((found.group(2) or "").split())
        if room not in DOORS:
            yield path, number, f"links {room}/, which the table of doors does not know"
        elif extra := doors - DOORS[room]:
            yield path, number, f"links {room}/ to {', '.join(sorted(extra))}: no such door"


def breaches(tree):
    """(path, line, what is wrong) for everything under `tree`/src."""
    source = tree / "src"
    yield from breaches_of_links(tree)
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        inside = path.relative_to(source).parts
        if len(inside) == 1:
            continue
        if inside[0] not in DOORS:
            yield path, 1, f"{inside[0]}/ is no room"
            continue
        for number, breach in breaches_of_file(path, inside[0]):
            yield path, number, breach


def main(arguments):
    tree = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    found = list(breaches(tree))
    for path, number, breach in found:
        print(f"{path.relative_to(tree)}:{number}: {breach}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
