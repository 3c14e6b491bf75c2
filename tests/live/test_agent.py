#!/usr/bin/python3
"""clockwright agent: it watches a real chronyd and further servers, remembers, says who is wrong, and
serves it; a faulty configuration or a signal at any moment harms nothing."""
import json
import signal
import sqlite3
import subprocess
import time
import urllib.request

import bed

HONEST = {1: {}, 2: {}, 3: {}}
LIAR = {4: {"step_at": '"6s"', "step": '"840ms"'}}


class Agent(bed.Bed):
    def start_agent(self, *words, mode="ultrafast", **sections):
        watch = json.dumps([self.host(last) for last in (1, 2, 3, 4)])
        self.configure(agent={"mode": f'"{mode}"', "watch": watch,
                              "names": '["clock.example"]'}, **sections)
        self.agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", *words,
                                log="agent.log")
        self.wait_for("the agent has started", lambda: "the agent started" in self.log("agent.log")
                      or self.ended(self.agent, "agent.log"), 20)

    def end_agent(self, how=signal.SIGTERM):
        began = time.monotonic()
        self.agent.send_signal(how)
        self.agent.wait(20)
        return time.monotonic() - began

    def word(self):
        path = self.state / "agent-word.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def rows(self, question):
        with sqlite3.connect(f"file:{self.state}/record.sqlite?mode=ro", uri=True) as record:
            return record.execute(question).fetchall()

    def audit_chain_is_whole_until_it_is_touched(self):
        told = self.expect(self.program("report", "verify", "--json"), 0).json
        self.assertGreater(told["records"], 2)
        self.assertIn(told["head"][:8], self.program("report", "verify").stdout)
        chain = next((self.state / "audit").glob("*.chain"))
        whole = chain.read_bytes()
        chain.write_bytes(bytes(byte ^ 1 if at == len(whole) // 2 else byte
                                for at, byte in enumerate(whole)))
        self.assertIn(f"audit/{chain.name}:",
                      self.expect(self.program("report", "verify"), 1).stderr)
        chain.write_bytes(whole[:whole.rindex(b"\n", 0, -1) + 1])
        self.expect(self.program("report", "verify"), 0)
        cut = self.program("report", "verify", "--expect", told["head"])
        self.assertIn("missing at the end", self.expect(cut, 1).stderr)

    def get(self, port, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def test_a_server_that_steps_is_named_and_the_record_has_it(self):
        self.lab(HONEST | LIAR)
        self.start_agent()
        self.wait_for("the liar is named", lambda: "is wrong by +840 ms" in self.log("agent.log"), 60)
        self.wait_for("the word says so", lambda: self.word().get("blame", {}).get("culprit")
                      == "server", 20)
        self.assertEqual(self.word()["blame"]["subject"], self.host(4))
        self.assertLess(self.end_agent(), 5)
        self.assertEqual(self.agent.returncode, 0)
        self.assertFalse((self.state / "agent-word.json").exists())
        self.assertEqual(self.rows("pragma integrity_check"), [("ok",)])
        self.assertGreaterEqual(self.rows("select count(*) from sample")[0][0], 8)
        self.audit_chain_is_whole_until_it_is_touched()
        events = self.program("history", "events")
        self.assertIn(self.host(4), events.stdout)
        self.assertIn("the agent stopped", events.stdout)

    def test_a_host_without_a_network_loses_its_polls(self):
        self.configure(agent={"mode": '"ultrafast"', "watch": '["192.168.77.1", "192.168.77.2"]'})
        self.agent = self.spawn("unshare", "--net", bed.PROGRAM, "--config", self.config, "agent",
                                log="agent.log")
        lost = "select text, count(*) from sample join word on id = lost group by text"
        self.wait_for("the polls are recorded as lost",
                      lambda: (self.state / "record.sqlite").exists() and self.sampled()
                      or self.ended(self.agent, "agent.log"), 20)
        self.wait_for("several times", lambda: sum(n for _, n in self.rows(lost)) > 5, 20)
        self.assertIn("network is unreachable", self.rows(lost)[0][0])
        self.end_agent()

    def test_who_reads_its_log_may_end(self):
        self.lab(HONEST | {4: {}})
        self.configure(agent={"mode": '"ultrafast"', "watch": json.dumps([self.host(1)])})
        agent = subprocess.Popen(self.command("agent"), stdin=subprocess.DEVNULL, text=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(self.stop, agent)
        self.wait_for("it shows what it sees", (self.state / "agent-word.json").exists, 20)
        agent.stderr.close()
        self.config.write_text(self.config.read_text() + "[agent2]\nx = 1\n")
        agent.send_signal(signal.SIGHUP)  # which it has to say something about
        shown = self.word()["at"]
        self.wait_for("it goes on", lambda: self.word().get("at", shown) != shown
                      or agent.poll() is not None, 20)
        self.assertIsNone(agent.poll())

    def test_a_second_agent_leaves_the_state_of_the_first_alone(self):
        self.lab(HONEST | {4: {}})
        self.start_agent()
        second = self.program("agent")
        self.assertEqual(second.code, 1)
        self.assertIn(f"another clockwright (pid {self.agent.pid}) holds {self.state}/agent.lock",
                      second.stderr)
        self.end_agent()
        self.expect(self.program("report", "verify"), 0)

    def test_the_head_of_the_audit_chain_is_signed_once_a_day(self):
        private, public = self.directory / "key.pem", self.directory / "public.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
        private.chmod(0o600)
        self.lab(HONEST | {4: {}})
        self.start_agent(audit={"key": f'"{private}"'})
        self.wait_for("the head is signed", lambda: list((self.state / "audit").glob("*.head.sig")), 20)
        self.end_agent()
        head = next((self.state / "audit").glob("*.head"))
        verify = ("report", "verify", "--document", head, "--key", public)
        self.assertIn("is signed by the owner of the key", self.expect(self.program(*verify), 0).stdout)
        head.write_text(head.read_text().replace("records", "record5", 1))
        self.expect(self.program(*verify), 1)

    def test_check_and_status_heed_the_agent_and_its_silence(self):
        self.lab(HONEST | LIAR)
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in HONEST])
        self.chronyd_has_samples(3)
        self.start_agent()
        self.wait_for("the liar is named", lambda: self.word().get("blame", {}).get("culprit")
                      == "server", 60)
        check = self.program("check")
        self.assertIn("agent", check.stdout)
        self.assertIn("agent     mode ultrafast", self.program("status").stdout)
        self.assertEqual(self.program("--json", "status").json["agent"]["culprit"], "server")
        self.agent.kill()
        self.agent.wait(5)
        self.wait_for("a silent agent is no good sign",
                      lambda: "it hangs or was killed" in self.program("check").stdout, 20)
        self.assertIn(self.program("check").code, (2, 3))

    def test_what_the_daemon_measures_is_not_asked_again(self):
        self.lab(HONEST)
        self.chronyd(*[f"server {self.address(n)} port {self.port} minpoll 0 maxpoll 1 iburst"
                       for n in HONEST])
        self.chronyd_has_samples(3)
        self.configure(agent={"mode": '"ultrafast"'})
        self.agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", log="agent.log")
        counted = "select count(*) from sample where by_daemon"
        self.wait_for("the daemon's samples are recorded",
                      lambda: (self.state / "record.sqlite").exists() and self.sampled(), 30)
        self.end_agent()
        self.assertEqual(self.rows("select count(*) from sample where not by_daemon"), [(0,)])
        self.assertGreater(self.rows(counted)[0][0], 3)

    def sampled(self):
        try:
            return self.rows("select count(*) from sample")[0][0] > 5
        except sqlite3.OperationalError:
            return False

    def test_a_configuration_that_becomes_faulty_changes_nothing(self):
        self.lab(HONEST)
        self.start_agent()
        good = self.config.read_text()
        self.config.write_text(good + "[agent2]\nx = 1\n")
        self.agent.send_signal(signal.SIGHUP)
        self.wait_for("it is refused", lambda: "the old one stays" in self.log("agent.log"))
        self.config.write_text(good)
        self.agent.send_signal(signal.SIGHUP)
        self.wait_for("the good one is taken", lambda: "was read anew" in self.log("agent.log"))
        self.end_agent()
        self.assertEqual(self.agent.returncode, 0)

    def test_http_serves_the_snapshot_and_refuses_strangers(self):
        self.lab(HONEST | {4: {}})
        port = self.port + 1
        self.start_agent("--listen", f"127.0.0.1:{port}")
        self.wait_for("a cycle is complete", lambda: self.get(port, "/ready")[0] == 200, 20)
        status, text = self.get(port, "/api/v1/servers")
        self.assertEqual(status, 200)
        hosts = {server["host"] for server in json.loads(text)["servers"]}
        self.assertEqual(hosts, {self.host(last) for last in (1, 2, 3, 4)})
        self.assertIn("clockwright_consensus_majority 1", self.get(port, "/metrics")[1])
        self.assertEqual(self.get(port, "/nowhere")[0], 404)
        self.assertEqual(self.get(port, "/health", Host="evil.example")[0], 421)
        self.assertNotEqual(self.get(port, "/health", Host="clock.example")[0], 421)
        self.assertEqual(self.get(port, "/health", Origin="http://evil.example")[0], 403)
        self.wait_for("samples are recorded", lambda: len(json.loads(
            self.get(port, "/api/v1/samples?limit=5")[1])["samples"]) == 5)
        self.assertEqual(self.get(port, "/api/v1/samples?limit=x")[0], 400)
        self.end_agent()

    def test_metrics_tell_each_server_by_its_own_reach(self):
        self.lab(HONEST)
        port = self.port + 1
        self.start_agent("--listen", f"127.0.0.1:{port}")
        def reaches():
            text = self.get(port, "/metrics")[1]
            return {self.host(last): f'clockwright_server_up{{server="{self.host(last)}"'
                    in text for last in (1, 2, 3, 4)}
        self.wait_for("a reach for each", lambda: all(reaches().values()), 20)
        self.end_agent()

    def test_a_proposed_plan_is_applied_by_its_id(self):
        self.lab(HONEST | {4: {}})
        self.chronyd()
        self.configure([self.host(last) for last in (1, 2, 3, 4)])
        kept = self.directory / "kept.plan"
        self.expect(self.program("plan", "--out", kept), 2)
        plan = self.program("--json", "plan").json
        proposals = self.state / "proposals"
        proposals.mkdir(mode=0o700)
        (proposals / f"{plan['id']}.plan").write_bytes(kept.read_bytes())
        self.expect(self.program("apply", plan["id"], "--yes"), 0)
        self.assertEqual(self.listed(), self.addresses(1, 2, 3, 4))

    def test_it_listens_to_others_only_with_a_token(self):
        self.configure()
        answer = self.program("agent", "--listen", "0.0.0.0:0")
        self.assertIn(answer.code, (5, 64))
        self.assertFalse((self.state / "record.sqlite").exists())


if __name__ == "__main__":
    bed.main()
