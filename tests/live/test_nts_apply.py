#!/usr/bin/python3
"""NTS put into a real chronyd: written with three sources of three operators, verified as
authenticated, walked back when chronyd cannot have it."""
import bed
from nts_servers import Authority, ChronydServer


class NtsApply(bed.Bed):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory / "authority")

    def nts(self, last):
        return f"nts://{self.address(last)}"

    def serve(self, *lasts):
        for last in lasts:
            ChronydServer(self, self.address(last), self.authority.issue(self.address(last)))

    def client(self, *lines, trust=True):
        anchors = [f"ntstrustedcerts {self.authority.certificate}"] if trust else []
        self.chronyd(*anchors, *lines)

    def change(self, *words, code=0):
        return self.apply("--ca", self.authority.certificate, "--confirmations", "1", *words,
                          code=code).json

    def plan(self, *words, code=2):
        answer = self.program("--json", "plan", "--ca", self.authority.certificate, *words)
        return self.expect(answer, code).json

    def own_lines(self):
        return [line for line in self.own_file.read_text().splitlines()
                if line.startswith("server")]

    def authenticated(self):
        rows = [row.split(",") for row in self.chronyc("-c", "authdata").stdout.splitlines()]
        return sorted(row[0] for row in rows if row[1] == "NTS" and int(row[8]) > 0)

    def status(self):
        return {row["name"]: row
                for row in self.program("--json", "status").json["sources"]}

    def test_four_nts_sources_are_written_and_verified_as_authenticated(self):
        self.serve(1, 2, 3, 4)
        self.client()
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3, 4)])
        done = self.change()
        self.assertEqual((done["outcome"], done["verified"]), ("applied", True), done)
        self.assertEqual(len(self.own_lines()), 4)
        for line in self.own_lines():
            self.assertIn(" nts", line)
        self.assertEqual(self.authenticated(), self.addresses(1, 2, 3, 4))
        for row in self.status().values():
            self.assertEqual(row["authentication"], "nts", row)
            self.assertGreater(row["nts"]["cookies"], 0, row)
        again = self.change()
        self.assertEqual(again["outcome"], "unchanged", again)

    def test_a_source_that_gains_nts_is_really_replaced(self):
        self.serve(1, 2, 3, 4)
        self.client()
        plain = [self.address(last) for last in (1, 2, 3, 4)]
        self.configure(hosts=plain)
        self.assertEqual(self.change()["outcome"], "applied")
        self.assertEqual(self.authenticated(), [])
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3, 4)])
        self.assertEqual(self.change()["outcome"], "applied")
        self.assertEqual(self.authenticated(), sorted(plain))

    def test_two_nts_sources_beside_plain_ones_are_written_plain_and_that_is_told(self):
        self.serve(1, 2)
        self.lab({3: {}, 4: {}})
        self.client()
        self.configure(hosts=[self.nts(1), self.nts(2), self.host(3), self.host(4)])
        planned = self.plan()
        self.assertNotIn(" nts", planned["diff"])
        told = self.program("plan", "--ca", self.authority.certificate).text.replace("\n", " ")
        self.assertIn("2 NTS sources of 2 operators", told)

    def test_three_beside_plain_ones_are_written_and_the_options_in_effect_are_told(self):
        self.serve(1, 2, 3)
        self.lab({4: {}})
        self.client()
        self.configure(hosts=[self.nts(1), self.nts(2), self.nts(3), self.host(4)])
        told = self.program("plan", "--ca", self.authority.certificate).text.replace("\n", " ")
        self.assertIn("authselectmode mix: chronyd takes the 3 NTS sources", told)
        self.assertEqual(self.change()["outcome"], "applied")
        sources = self.status()
        for last in (1, 2, 3):
            self.assertEqual(sources[self.address(last)]["effective_options"], "trust require")
        self.assertEqual(sources[self.address(4)]["effective_options"], "")

    def test_require_chooses_authenticated_sources_alone(self):
        self.serve(1, 2, 3, 4)
        self.lab({5: {}})
        self.client()
        self.configure(hosts=[self.host(5), *(self.nts(last) for last in (1, 2, 3, 4))])
        done = self.change("--nts", "require")
        self.assertEqual(done["outcome"], "applied", done)
        self.assertEqual(len(self.own_lines()), 4)
        self.assertEqual(self.authenticated(), self.addresses(1, 2, 3, 4))

    def test_require_without_an_authenticated_source_has_no_set(self):
        self.lab({1: {}, 2: {}, 3: {}, 4: {}})
        self.client()
        self.configure(hosts=[self.host(last) for last in (1, 2, 3, 4)])
        self.assertEqual(self.plan("--nts", "require", code=3)["change"], False)
        self.assertFalse(self.own_file.exists())

    def test_off_takes_out_what_was_written_with_nts(self):
        self.serve(1, 2, 3, 4)
        self.client()
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3, 4)])
        self.assertEqual(self.change()["outcome"], "applied")
        planned = self.plan("--nts", "off")
        self.assertIn("4 of the sources lose NTS", planned["reason"])
        self.assertEqual(self.change("--nts", "off")["outcome"], "applied")
        self.assertEqual(self.authenticated(), [])
        self.assertEqual(len(self.own_lines()), 4)

    def test_a_server_that_fails_takes_the_nts_of_the_others_not_away(self):
        self.serve(1, 2)
        failing = ChronydServer(self, self.address(3), self.authority.issue(self.address(3)))
        self.lab({4: {}, 5: {}, 6: {}})
        self.client()
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3)]
                       + [self.host(last) for last in (4, 5, 6)])
        self.assertEqual(self.change()["outcome"], "applied")
        kept = [line for line in self.own_lines() if " nts" in line
                and self.address(3) not in line]
        self.stop(failing.process)
        planned = self.program("--json", "plan", "--ca", self.authority.certificate).json
        for line in kept:
            self.assertNotIn("-" + line, planned["diff"], planned)

    def test_require_does_not_wait_beside_plain_sources(self):
        self.serve(1, 2, 3)
        self.lab({4: {}, 5: {}})
        self.client(*(f"server {self.address(last)} port {self.port} iburst" for last in (4, 5)))
        self.chronyd_has_samples(2)
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3)])
        planned = self.plan("--nts", "require")
        self.assertIn("due at once", planned["reason"].lower(), planned)
        self.assertEqual(planned["diff"].count(" nts"), 3, planned["diff"])

    def test_off_writes_no_nts(self):
        self.serve(1, 2, 3, 4)
        self.client()
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3, 4)])
        self.assertNotIn(" nts", self.plan("--nts", "off")["diff"])

    def test_a_chronyd_that_cannot_authenticate_them_gets_its_old_state_back(self):
        self.serve(1, 2, 3, 4)
        self.lab({5: {}})
        self.client(f"server {self.address(5)} port {self.port} iburst", trust=False)
        self.chronyd_has_samples()
        self.configure(hosts=[self.nts(last) for last in (1, 2, 3, 4)])
        before = bed.tree(self.etc)
        done = self.change(code=1)
        self.assertEqual(done["outcome"], "rolled_back", done)
        self.assertEqual(bed.tree(self.etc), before)
        self.assertEqual(self.listed(), self.addresses(5))

    def test_what_chronyd_has_by_nts_is_measured_by_nts(self):
        self.serve(1)
        self.client(f"server {self.address(1)} nts iburst")
        self.chronyd_has_samples()
        self.configure()
        rows = self.program("--json", "scan", "--ca", self.authority.certificate).json["servers"]
        self.assertEqual([(row["host"], row["authentication"], row["received"]) for row in rows],
                         [(self.nts(1), "nts", 4)], rows)


if __name__ == "__main__":
    bed.main()
