#!/usr/bin/python3
"""Turns data/catalogue.json into rows of C++ initialisers, which src/find includes. A catalogue with
duplicates, bad names or unknown words is refused: every fault is named with its file and row."""
import ipaddress
import json
import re
import sys

LABEL = r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?"
NAME = re.compile(rf"^{LABEL}(\.{LABEL})+$")
TIME_ZONE = re.compile(r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$")
PLATFORM_SOURCE = re.compile(r"^(\S+)(?: \((IPv6 )?(\S+)\))?$")
CONTINENTS = ("africa", "asia", "europe", "north-america", "oceania", "south-america")
WORDS = {
    "usage": ("open", "restricted", "notify"),
    "kind": {"host": "host", "anycast": "anycast", "dns-multi": "rotation", "pool": "pool"},
    "timescale": {"utc": "utc", "utc-smeared": "smeared", "ut1": "ut1"},
    "leap_smear": ("none", "google", "aws", "facebook", "unknown"),
    "confidence": ("a", "b", "c"),
    "status": ("verified-nts-exchange", "replied-at-list-refresh", "no-reply-at-list-refresh",
               "unverified"),
    "continent": (*CONTINENTS, "antarctica", "global", None),
}


class Faulty(Exception):
    """The catalogue may not be built in; the text has one fault a line."""


class Reader:
    """Reads one catalogue into rows and collects what is wrong with it."""

    def __init__(self, catalogue, file):
        self.catalogue, self.file = catalogue, file
        self.faults, self.rows = [], []

    def fault(self, row, text):
        self.faults.append(f"{self.file}: {row}: {text}")

    def emit(self, macro, *arguments):
        self.rows.append(f"ROW_{macro}({', '.join(arguments)})")

    def check_word(self, row, key, value):
        if value not in WORDS[key]:
            self.fault(row, f"{key}: {value!r} is not one of "
                            f"{', '.join(str(word) for word in WORDS[key])}")

    def check_name(self, row, name):
        if is_address(name):
            return
        if not isinstance(name, str) or len(name) > 253 or not NAME.match(name):
            self.fault(row, f"{name!r} is no host name")

    def check_country(self, row, country):
        if country is not None and not re.match(r"^[A-Z]{2}$", country):
            self.fault(row, f"country: {country!r} is no code of two letters")

    def check_once(self, seen, row, name):
        if name in seen:
            self.fault(row, f"{name} is there twice, first as {seen[name]}")
        seen.setdefault(name, row)

    # --- the parts of the catalogue -----------------------------------------------------------------

    def read_servers(self):
        seen, rows = {}, []
        for index, server in enumerate(self.catalogue["servers"]):
            host = str(server["host"]).lower()
            row = f"servers[{index}] {host}"
            self.check_name(row, host)
            self.check_once(seen, row, host)
            self.check_country(row, server["country"])
            for key in WORDS:
                self.check_word(row, key, server[key])
            if (server["timescale"] == "utc-smeared") != (
                    server["leap_smear"] not in ("none", "unknown")):
                self.fault(row, f"timescale {server['timescale']} does not go with "
                                f"leap_smear {server['leap_smear']}")
            rows.append((host, server))
        for host, server in sorted(rows, key=lambda row: row[0]):
            self.emit(
                "SERVER", text(host), text(server["operator"]), text(server["country"]),
                text(server["continent"]), text(server["leap_smear"]), f"'{server['confidence']}'",
                flag(server["usage"] == "open"), flag(server["usage"] == "notify"),
                flag(server["status"].startswith("no-reply")), flag(server["nts"]),
                f"ServerKind::{WORDS['kind'].get(server['kind'])}",
                f"Timescale::{WORDS['timescale'].get(server['timescale'])}")

    def read_pool_zones(self):
        zones, seen = self.catalogue["pool_zones"], {}
        known = {zone["zone"] for zone in zones["continents"]} | {zones["global"]["zone"]}
        self.check_name("pool_zones global", zones["global"]["zone"])
        for index, zone in enumerate(zones["continents"]):
            row = f"pool_zones.continents[{index}] {zone['zone']}"
            self.check_name(row, zone["zone"])
            self.check_once(seen, row, zone["zone"])
            if zone["name"] not in CONTINENTS:
                self.fault(row, f"{zone['name']!r} is no continent")
        for index, zone in enumerate(zones["countries"]):
            row = f"pool_zones.countries[{index}] {zone['zone']}"
            for name in (zone["zone"], *zone["aliases"]):
                self.check_name(row, name)
                self.check_once(seen, row, name)
            self.check_once(seen, row, zone["country"])
            self.check_country(row, zone["country"])
            self.check_word(row, "continent", zone["continent"])
            for name in zone["fallback"]:
                if name not in known:
                    self.fault(row, f"fallback {name} is no continent's zone and not the global one")
        for zone in sorted(zones["countries"], key=lambda zone: zone["country"]):
            self.emit("POOL_COUNTRY", text(zone["country"]), text(zone["zone"]),
                      text(zone["continent"]))
        for zone in sorted(zones["continents"], key=lambda zone: zone["name"]):
            self.emit("POOL_CONTINENT", text(zone["name"]), text(zone["zone"]))
        self.emit("POOL_GLOBAL", text(zones["global"]["zone"]))

    def read_vendor_zones(self):
        seen, taken = {}, {label_of(zone) for part in ("countries", "continents")
                           for zone in self.catalogue["pool_zones"][part]}
        for index, vendor in enumerate(self.catalogue["vendor_zones"]["seen"]):
            row = f"vendor_zones.seen[{index}]"
            self.check_once(seen, row, vendor)
            if not re.match(rf"^{LABEL}$", vendor) or vendor in taken:
                self.fault(row, f"{vendor!r} is no label of a vendor's zone")
        for vendor in sorted(seen):
            self.emit("VENDOR", text(vendor))

    def read_platforms(self):
        seen = {}
        for index, source in enumerate(self.catalogue["platform_sources"]):
            row = f"platform_sources[{index}] {source['source']}"
            self.check_once(seen, row, (source["platform"], source["source"]))
            self.check_word(row, "leap_smear", source["leap_smear"])
            if source["protocol"] == "phc":
                device = source["source"].split()[0]
                if not re.match(r"^/dev/ptp[a-z_*]*$", device):
                    self.fault(row, f"{device!r} is no clock device")
                self.emit("PLATFORM_CLOCK", text(source["platform"]), text(device),
                          text(source["leap_smear"]), text(source["notes"]))
            elif source["protocol"] == "ntp":
                match = PLATFORM_SOURCE.match(source["source"])
                hosts = [match[1], match[3]] if match and match[2] else [match[1]] if match else []
                if not hosts:
                    self.fault(row, "must be HOST, HOST (ADDRESS) or HOST (IPv6 ADDRESS)")
                for host in hosts:
                    self.check_name(row, host)
                    self.emit("PLATFORM_NTP", text(source["platform"]), text(host),
                              text(source["leap_smear"]))
            else:
                self.fault(row, f"protocol: {source['protocol']!r} is not one of ntp, phc")

    def read_time_zones(self):
        part, zones = self.catalogue["timezones"], {}
        pools = {zone["zone"] for zone in self.catalogue["pool_zones"]["countries"]}
        for index, zone in enumerate(part["zones"]):
            row = f"timezones.zones[{index}] {zone['tz']}"
            self.check_once(zones, row, zone["tz"])
            self.check_country(row, zone["country"])
            self.check_word(row, "continent", zone["continent"])
            if zone["pool_zone"] is not None and zone["pool_zone"] not in pools:
                self.fault(row, f"pool_zone {zone['pool_zone']} is not among the pool's")
        places = {zone["tz"]: (zone["country"], zone["continent"]) for zone in part["zones"]}
        for alias, name in part["aliases"].items():
            self.check_once(zones, f"timezones.aliases {alias}", alias)
            if name in places:
                places[alias] = places[name]
            elif name not in part["without_country"]:
                self.fault(f"timezones.aliases {alias}", f"{name} is no time zone")
        for name, (country, continent) in sorted(places.items()):
            if not TIME_ZONE.match(name):
                self.fault(f"timezones {name}", "is no name of a time zone")
            self.emit("ZONE", text(name), text(country), text(continent))

    def read(self):
        for part in (self.read_servers, self.read_time_zones, self.read_pool_zones,
                     self.read_vendor_zones, self.read_platforms):
            try:
                part()
            except (KeyError, TypeError, AttributeError, IndexError) as error:
                self.fault(part.__name__, f"a key is missing or of the wrong kind: {error!r}")
        if self.faults:
            raise Faulty("\n".join(self.faults))
        return self.rows


MACROS = ("SERVER", "ZONE", "POOL_COUNTRY", "POOL_CONTINENT", "POOL_GLOBAL", "VENDOR",
          "PLATFORM_NTP", "PLATFORM_CLOCK")


def text(value):
    return json.dumps(value or "", ensure_ascii=True)


def flag(value):
    return "true" if value else "false"


def is_address(value):
    try:
        ipaddress.ip_address(value)
        return True
    except ValueError:
        return False


def label_of(zone):
    return zone["zone"].split(".")[0]


def rows_of(catalogue, file):
    """The file's text: it defines no macro that the including one left out, and cleans up after it."""
    begin = [line for name in MACROS
             for line in (f"#ifndef ROW_{name}", f"#define ROW_{name}(...)", "#endif")]
    end = [f"#undef ROW_{name}" for name in MACROS]
    return "\n".join([*begin, *Reader(catalogue, file).read(), *end]) + "\n"


def main(source, target):
    try:
        with open(source, encoding="utf-8") as file:
            rows = rows_of(json.load(file), source)
    except (Faulty, json.JSONDecodeError) as error:
        print(error if isinstance(error, Faulty) else f"{source}: {error}", file=sys.stderr)
        return 1
    with open(target, "w", encoding="ascii") as file:
        file.write(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
