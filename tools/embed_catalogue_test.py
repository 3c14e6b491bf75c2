#!/usr/bin/python3
"""A catalogue that may not be built in is refused with file and row, for each kind of fault."""
import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path

import embed_catalogue

SERVER = {"host": "ntp1.example.org", "operator": "Example", "country": "CH", "continent": "europe",
          "nts": False, "leap_smear": "none", "usage": "open", "kind": "host", "timescale": "utc",
          "status": "unverified", "confidence": "b"}
SMALL = {
    "servers": [SERVER, SERVER | {"host": "ntp2.example.org", "kind": "dns-multi", "nts": True}],
    "pool_zones": {
        "global": {"zone": "pool.ntp.org"},
        "continents": [{"zone": "europe.pool.ntp.org", "name": "europe"}],
        "countries": [{"country": "CH", "zone": "ch.pool.ntp.org", "continent": "europe",
                       "fallback": ["europe.pool.ntp.org", "pool.ntp.org"], "aliases": []}]},
    "vendor_zones": {"seen": ["debian"]},
    "platform_sources": [
        {"platform": "Cloud", "source": "169.254.0.1 (IPv6 fd00::1)", "protocol": "ntp",
         "leap_smear": "aws", "notes": ""},
        {"platform": "Cloud", "source": "/dev/ptp_kvm", "protocol": "phc", "leap_smear": "unknown",
         "notes": "the host's clock"}],
    "timezones": {
        "zones": [{"tz": "Europe/Zurich", "country": "CH", "pool_zone": "ch.pool.ntp.org",
                   "continent": "europe"}],
        "aliases": {"Europe/Busingen": "Europe/Zurich", "GMT": "Etc/GMT"},
        "without_country": ["Etc/GMT"]},
}

# where, the faulty value, a part of the one fault expected
ROWS = [
    (("servers", 1, "host"), "NTP1.example.org", "servers[1] ntp1.example.org: ntp1.example.org is there twice"),
    (("servers", 0, "host"), "ntp1.example.org.", "is no host name"),
    (("servers", 0, "host"), "ntp 1.example.org", "is no host name"),
    (("servers", 0, "host"), "-x.example.org", "is no host name"),
    (("servers", 0, "host"), "a" * 64 + ".example.org", "is no host name"),
    (("servers", 0, "host"), "localhost", "is no host name"),
    (("servers", 0, "usage"), "free", "usage: 'free' is not one of open, restricted, notify"),
    (("servers", 0, "kind"), "cluster", "kind: 'cluster' is not one of"),
    (("servers", 0, "timescale"), "tai", "timescale: 'tai' is not one of"),
    (("servers", 0, "leap_smear"), "google", "timescale utc does not go with leap_smear google"),
    (("servers", 0, "status"), "ok", "status: 'ok' is not one of"),
    (("servers", 0, "confidence"), "d", "confidence: 'd' is not one of"),
    (("servers", 0, "continent"), "mars", "continent: 'mars' is not one of"),
    (("servers", 0, "country"), "ch", "country: 'ch' is no code of two letters"),
    (("pool_zones", "countries", 0, "aliases"), ["ch..pool"], "is no host name"),
    (("pool_zones", "countries", 0, "aliases"), ["ch.pool.ntp.org"], "is there twice"),
    (("pool_zones", "countries", 0, "fallback"), ["mars.pool.ntp.org"], "no continent's zone"),
    (("pool_zones", "continents", 0, "name"), "atlantis", "is no continent"),
    (("vendor_zones", "seen"), ["debian", "debian"], "is there twice"),
    (("vendor_zones", "seen"), ["ch"], "is no label of a vendor's zone"),
    (("platform_sources", 0, "source"), "one or two", "must be HOST"),
    (("platform_sources", 0, "leap_smear"), "bloomberg", "leap_smear: 'bloomberg' is not one of"),
    (("platform_sources", 1, "source"), "/dev/rtc0", "is no clock device"),
    (("platform_sources", 1, "protocol"), "pps", "protocol: 'pps' is not one of"),
    (("timezones", "zones", 0, "pool_zone"), "li.pool.ntp.org", "is not among the pool's"),
    (("timezones", "aliases"), {"Europe/Busingen": "Europe/Nowhere"}, "is no time zone"),
    (("timezones", "zones", 0, "tz"), "Europe/Zü rich", "is no name of a time zone"),
]


def changed(place, value):
    catalogue = copy.deepcopy(SMALL)
    part = catalogue
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    if place == ("timezones", "zones", 0, "tz"):
        catalogue["timezones"]["aliases"] = {}
    return catalogue


class EmbedCatalogue(unittest.TestCase):
    def test_every_faulty_row_is_named(self):
        for place, value, expected in ROWS:
            with self.subTest(place=place, value=value):
                with self.assertRaises(embed_catalogue.Faulty) as raised:
                    embed_catalogue.rows_of(changed(place, value), "catalogue.json")
                faults = str(raised.exception).split("\n")
                self.assertEqual(len(faults), 1, faults)
                self.assertTrue(faults[0].startswith("catalogue.json: "), faults)
                self.assertIn(expected, faults[0])

    def test_a_missing_key_is_a_fault_and_no_crash(self):
        catalogue = copy.deepcopy(SMALL)
        del catalogue["servers"][0]["operator"]
        with self.assertRaises(embed_catalogue.Faulty):
            embed_catalogue.rows_of(catalogue, "catalogue.json")

    def test_a_good_catalogue_becomes_sorted_rows(self):
        rows = embed_catalogue.rows_of(SMALL, "catalogue.json").split("\n")
        self.assertIn('ROW_SERVER("ntp2.example.org", "Example", "CH", "europe", "none", \'b\', true, '
                      'false, false, true, ServerKind::rotation, Timescale::utc)', rows)
        self.assertIn('ROW_PLATFORM_NTP("Cloud", "169.254.0.1", "aws")', rows)
        self.assertIn('ROW_PLATFORM_NTP("Cloud", "fd00::1", "aws")', rows)
        self.assertIn('ROW_ZONE("Europe/Busingen", "CH", "europe")', rows)
        self.assertNotIn("GMT", "".join(row for row in rows if row.startswith("ROW_ZONE")))

    def test_the_build_stops_and_writes_nothing(self):
        with tempfile.TemporaryDirectory() as directory:
            source, target = Path(directory) / "catalogue.json", Path(directory) / "rows.inc"
            for text in (json.dumps(changed(*ROWS[0][:2])), "{", "[]"):
                source.write_text(text)
                with contextlib.redirect_stderr(io.StringIO()) as said:
                    self.assertEqual(embed_catalogue.main(source, target), 1)
                self.assertIn(str(source), said.getvalue())
                self.assertFalse(target.exists())


if __name__ == "__main__":
    unittest.main()
