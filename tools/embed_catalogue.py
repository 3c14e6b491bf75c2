#!/usr/bin/python3
"""Turns data/catalogue.json into rows of C++ initialisers: what find/catalogue.cpp includes."""
import json
import sys


def text(value):
    return json.dumps(value or "", ensure_ascii=True)


def server_row(server):
    flags = [
        server["usage"] == "open",
        server["timescale"] == "utc",
        server["kind"] in ("dns-multi", "pool"),
        server["status"].startswith("no-reply"),
        bool(server["nts"]),
    ]
    words = [server["host"].lower(), server["operator"], server["country"], server["continent"],
             server["leap_smear"]]
    return "ROW_SERVER(%s, '%s', %s)" % (
        ", ".join(text(word) for word in words), server["confidence"],
        ", ".join("true" if flag else "false" for flag in flags))


def main(source, target):
    with open(source, encoding="utf-8") as file:
        catalogue = json.load(file)
    rows = sorted({server_row(server) for server in catalogue["servers"]})
    zones = {zone["tz"]: zone for zone in catalogue["timezones"]["zones"]}
    for alias, name in catalogue["timezones"]["aliases"].items():
        if name in zones:
            zones[alias] = zones[name]
    for name, zone in sorted(zones.items()):
        rows.append("ROW_ZONE(%s, %s, %s)" % (text(name), text(zone["country"]), text(zone["continent"])))
    with open(target, "w", encoding="ascii") as file:
        file.write("\n".join(rows) + "\n")


main(*sys.argv[1:3])
