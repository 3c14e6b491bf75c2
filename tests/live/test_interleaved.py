#!/usr/bin/python3
"""Interleaved measurement (RFC 9769) of a real chronyd: it counts such packets itself."""
import json
import re

import bed


class Interleaved(bed.Bed):
    def serve(self, *lines):
        """A chronyd that serves its own clock at the first address of our /24."""
        self.chrony_conf.write_text("\n".join([
            "local stratum 2", "allow 127.0.0.0/8", f"port {self.port}",
            f"bindaddress {self.address(1)}", "cmdport 0", f"bindcmdaddress {self.control}",
            f"pidfile {self.run_directory}/chronyd.pid", *lines]) + "\n")
        self.start_chronyd()

    def scan(self, samples):
        """The recorded samples of one scan of it."""
        record = self.directory / "record.jsonl"
        self.configure()
        self.program("--json", "scan", self.host(1), "--samples", samples, "--spacing", "50ms",
                     "--record", record)
        return [json.loads(line) for line in record.read_text().splitlines()]

    def counted(self):
        """Packets that chronyd received and that it answered interleaved."""
        text = self.chronyc("serverstats").stdout
        return [int(re.search(rf"^{name}\s*:\s*(\d+)$", text, re.M).group(1))
                for name in ("NTP packets received", "Interleaved NTP packets")]

    def test_chronyd_counts_our_packets_as_interleaved_and_none_is_extra(self):
        self.serve()
        rows = self.scan(8)
        received, interleaved = self.counted()
        self.assertEqual(received, 8)
        self.assertGreaterEqual(interleaved, 5)
        self.assertEqual(len(rows), 8)
        self.assertFalse(any(row.get("lost") for row in rows), rows)
        better = [row for row in rows if row.get("interleaved")]
        self.assertEqual(len(better), interleaved)
        basic = [row for row in rows if not row.get("interleaved")]
        self.assertLess(min(row["delay_seconds"] for row in better),
                        min(row["delay_seconds"] for row in basic))
        for row in rows:
            self.assertLess(abs(row["offset_seconds"]), row["delay_seconds"] / 2 + 20e-6, row)

    def test_a_chronyd_that_keeps_no_stamps_is_measured_as_ever(self):
        self.serve("noclientlog")
        rows = self.scan(4)
        self.assertEqual(self.counted(), [4, 0])
        self.assertEqual(len(rows), 4)
        self.assertFalse(any("interleaved" in row or "lost" in row for row in rows), rows)


if __name__ == "__main__":
    bed.main()
