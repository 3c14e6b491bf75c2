"""`alert`: a real Alertmanager that receives, programs that hang, certificates that are not right."""
import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import time
import unittest
from pathlib import Path

import bed

ALERTMANAGER = Path(os.environ.get(
    "CLOCKWRIGHT_ALERTMANAGER",
    bed.TREE / "build/peers/alertmanager/usr/bin/prometheus-alertmanager"))


class Web:
    """A web server on loopback that keeps what is posted to it."""

    def __init__(self, test, address, status=200, certificate=None):
        self.posted, self.headers = [], []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                web.posted.append(json.loads(body))
                web.headers.append(self.headers)
                self.send_response(status)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"no\x1b\n" if status >= 300 else b"yes\n")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a client that does not trust us hangs up

        self.server = Server((address, 0), Handler)
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://{address}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)


class Alerts(bed.Bed):
    def alert_config(self, text=""):
        self.config.write_text(f'[state]\ndirectory = "{self.state}"\n{text}')
        self.config.chmod(0o644)

    def alertmanager_config(self, url, more=""):
        self.alert_config(f'[alert.alertmanager]\nurl = "{url}"\nlabels = {{ site = "zrh1" }}\n{more}')

    def script(self, name, body):
        path = self.directory / name
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(0o755)
        return path

    def certificate(self, name, address):
        key, pem = self.directory / f"{name}.key", self.directory / f"{name}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                        "-addext", f"subjectAltName=IP:{address}", "-keyout", key, "-out", pem],
                       check=True, capture_output=True, timeout=30)
        return pem, key


@unittest.skipUnless(ALERTMANAGER.exists(), f"no Alertmanager at {ALERTMANAGER}")
class WithAlertmanager(Alerts):
    def start_alertmanager(self, receiver):
        conf = self.directory / "alertmanager.yml"
        conf.write_text(
            "route:\n  receiver: us\n  group_by: ['...']\n  group_wait: 100ms\n"
            "  group_interval: 1s\nreceivers:\n- name: us\n  webhook_configs:\n"
            f"  - url: {receiver}\n    send_resolved: true\n")
        address = f"{self.address(1)}:{self.port}"
        # It reads its templates from /usr/share: there are its own, in a view of files of its own.
        share = ALERTMANAGER.parent.parent / "share"
        process = self.spawn("unshare", "--mount", "sh", "-c",
                             f'mount --bind {share} /usr/share && exec "$0" "$@"',
                             ALERTMANAGER, f"--config.file={conf}",
                             f"--storage.path={self.directory}/am", "--cluster.listen-address=",
                             f"--web.listen-address={address}", log="alertmanager.log")
        self.wait_for("Alertmanager listens", lambda: "Listening" in self.log("alertmanager.log")
                      or self.ended(process, "alertmanager.log"), 30)
        return f"http://{address}"

    def test_alertmanager_is_told_that_an_alert_fires_and_that_it_is_over(self):
        people = Web(self, self.address(3))
        self.alertmanager_config(self.start_alertmanager(people.url))
        answer = self.expect(
            self.program("--json", "alert", "test", "alertmanager", "--resolve-after", "3s"), 0)
        self.assertEqual([row["delivered"] for row in answer.json["channels"]], [True])
        self.wait_for("both are passed on", lambda: len(people.posted) >= 2, 30)
        firing, resolved = people.posted[0], people.posted[-1]
        self.assertEqual((firing["status"], resolved["status"]), ("firing", "resolved"))
        labels = firing["alerts"][0]["labels"]
        self.assertEqual(labels, resolved["alerts"][0]["labels"])
        self.assertEqual((labels["alertname"], labels["severity"], labels["site"]),
                         ("alert_test", "info", "zrh1"))
        self.assertEqual(labels["instance"], os.uname().nodename)
        annotations = firing["alerts"][0]["annotations"]
        self.assertIn("nothing is wrong", annotations["description"])
        self.assertEqual(annotations["advice"], "nothing to do")


class Channels(Alerts):
    def test_a_program_is_given_the_alert_and_a_clean_environment(self):
        seen = self.directory / "seen"
        script = self.script("page", f'echo "$1" > {seen}\nenv >> {seen}\ncat >> {seen}\n')
        self.alert_config(f'[[alert.exec]]\ncommand = ["{script}", "$HOME; id"]\n')
        self.expect(self.program("alert", "test"), 0)
        text = seen.read_text()
        self.assertTrue(text.startswith("$HOME; id\n"), text)
        self.assertNotIn("CLOCKWRIGHT", text)
        self.assertNotIn("HOME=", text)
        self.assertIn("Clockwright on ", text)
        self.assertIn("rule: alert_test\nstate: firing\nseverity: info\n", text)

    def test_a_program_that_hangs_is_cut_at_its_time_out_and_holds_up_no_other(self):
        seen, child = self.directory / "seen", self.directory / "child"
        hung = self.script("hung", f"trap '' TERM\nsleep 60 &\necho $! > {child}\nwait\nsleep 60\n")
        good = self.script("good", f"cat > {seen}\n")
        self.alert_config(f'[[alert.exec]]\ncommand = ["{hung}"]\ntime_out = "1s"\n'
                          f'[[alert.exec]]\ncommand = ["{good}"]\n')
        begin = time.monotonic()
        answer = self.expect(self.program("--json", "alert", "test"), 1)
        self.assertLess(time.monotonic() - begin, 5)
        rows = {row["channel"].split("/")[-1]: row for row in answer.json["channels"]}
        self.assertIn("did not end within 1.0 s and was killed", rows["hung"]["fault"])
        self.assertTrue(rows["good"]["delivered"])
        self.assertIn("alert_test", seen.read_text())
        stat = Path(f"/proc/{child.read_text().strip()}/stat")
        self.wait_for("its child is gone too",
                      lambda: not stat.exists() or stat.read_text().split()[2] == "Z")

    def test_a_program_that_fails_is_told_with_its_reason(self):
        script = self.script("broken", 'echo "no such pager" >&2\nexit 3\n')
        self.alert_config(f'[[alert.exec]]\ncommand = ["{script}"]\n')
        answer = self.expect(self.program("alert", "test"), 1)
        self.assertIn("1 of 2 channels failed", answer.stdout)
        self.assertIn("failed with status 3: no such pager", " ".join(answer.stdout.split()))

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        pem, key = self.certificate("am", self.address(4))
        web = Web(self, self.address(4), certificate=(pem, key))
        self.alertmanager_config(web.url)
        answer = self.expect(self.program("alert", "test", "alertmanager"), 1)
        self.assertIn("certificate", answer.stdout)
        self.assertEqual(web.posted, [])
        self.alertmanager_config(web.url, f'ca = ["{pem}"]\n')
        self.expect(self.program("alert", "test", "alertmanager"), 0)
        self.assertEqual(len(web.posted), 1)

    def test_a_certificate_for_another_name_is_refused(self):
        pem, key = self.certificate("am", self.address(9))
        web = Web(self, self.address(4), certificate=(pem, key))
        self.alertmanager_config(web.url, f'ca = ["{pem}"]\n')
        answer = self.expect(self.program("alert", "test", "alertmanager"), 1)
        self.assertIn("certificate", answer.stdout)
        self.assertEqual(web.posted, [])

    def test_a_token_is_sent_and_an_error_is_told_without_its_control_characters(self):
        token = self.directory / "token"
        token.write_text("s3cret\n")
        token.chmod(0o600)
        web = Web(self, self.address(4), status=403)
        self.alertmanager_config(web.url, f'token_file = "{token}"\n')
        answer = self.expect(self.program("alert", "test", "alertmanager"), 1)
        self.assertIn("answers 403: no\\x1b", answer.stdout)
        self.assertNotIn("s3cret", answer.text)
        self.assertEqual(web.headers[0]["Authorization"], "Bearer s3cret")

    def test_a_server_that_is_silent_is_given_up_at_the_time_out(self):
        with socket.create_server((self.address(4), 0)) as mute:
            self.alertmanager_config(f"http://{self.address(4)}:{mute.getsockname()[1]}",
                                     'time_out = "500ms"\n')
            begin = time.monotonic()
            answer = self.expect(self.program("alert", "test", "alertmanager"), 1)
            self.assertIn("timed out", answer.stdout)
            self.assertLess(time.monotonic() - begin, 5)

    def test_plain_http_to_others_is_a_fault_of_the_configuration(self):
        self.alertmanager_config("http://192.0.2.1:9093")
        answer = self.expect(self.program("alert", "test"), 78)
        self.assertIn(f"{self.config}:4: alert.alertmanager.url: ", answer.stderr)


class Words(Alerts):
    def test_without_an_agent_the_list_says_that_nobody_watches(self):
        self.alert_config()
        answer = self.expect(self.program("alert"), 0)
        self.assertIn("No agent has written here yet", answer.stdout)
        self.assertEqual(self.program("--json", "alert", "list").json,
                         {"written": None, "running": False, "alerts": [], "silences": []})

    def test_a_damaged_list_is_told_and_not_guessed(self):
        self.alert_config()
        (self.state / "alerts.json").write_text('{"format": 1, "at"')
        answer = self.expect(self.program("alert", "list"), 78)
        self.assertIn("alerts.json: the saved alerts are no JSON", answer.stderr)

    def test_silences_are_kept_shown_and_removed(self):
        self.alert_config()
        self.expect(self.program("alert", "silence", "server_wrong@ntp2.*", "--for", "2h",
                                 "--reason", "moves today"), 0)
        self.expect(self.program("alert", "silence", "clock_*", "--for", "1d", "--reason", "b"), 0)
        rows = self.program("--json", "alert", "silence").json["silences"]
        self.assertEqual([(row["number"], row["rule"], row["server"], row["reason"])
                          for row in rows],
                         [(1, "server_wrong", "ntp2.*", "moves today"), (2, "clock_*", "*", "b")])
        self.expect(self.program("alert", "silence", "remove", "1"), 0)
        self.expect(self.program("alert", "silence", "remove", "1"), 1)
        listed = self.program("--json", "alert", "silence", "list").json["silences"]
        self.assertEqual([row["number"] for row in listed], [2])
        self.assertEqual((self.state / "silences.json").stat().st_mode & 0o777, 0o600)

    def test_a_silence_needs_an_end_a_reason_and_a_rule(self):
        self.alert_config()
        for words in (["server_wrong", "--for", "2h"], ["server_wrong", "--reason", "x"],
                      ["server_wrogn", "--for", "2h", "--reason", "x"],
                      ["server_wrong", "--for", "0s", "--reason", "x"], ["remove"]):
            self.expect(self.program("alert", "silence", *words), 64)
        self.assertFalse((self.state / "silences.json").exists())

    def test_the_rules_in_force_are_those_of_class_and_configuration(self):
        self.alert_config('[alert]\nclass = "server"\n[[rule]]\nname = "server_wrong"\n'
                          'enabled = false\n[[rule]]\nname = "clock_error"\nvalue = "20ms"\n'
                          '[[rule]]\nname = "mine"\nfact = "error_seconds"\nop = ">"\nvalue = 0.1\n')
        told = self.expect(self.program("--json", "alert", "rules"), 0).json
        rules = {rule["name"]: rule for rule in told["rules"]}
        self.assertEqual(told["class"], "server")
        self.assertNotIn("server_wrong", rules)
        self.assertEqual(rules["clock_error"]["conditions"][0]["value"], 0.02)
        self.assertEqual(rules["truechimers"]["conditions"][0]["value"], 4)
        self.assertTrue(rules["mine"]["conditions"][0]["absolute"])
        text = self.expect(self.program("alert", "rules"), 0).stdout
        self.assertIn("|error_seconds| > 100 ms", text)
        self.assertIn("rule.mine", self.expect(self.program("config", "show"), 0).stdout)

    def test_every_fault_of_a_rule_ends_with_78_and_its_line(self):
        self.alert_config('[[rule]]\nname = "x"\nfact = "nothing"\nop = ">"\nvalue = 1\n')
        answer = self.expect(self.program("config", "check"), 78)
        self.assertIn(f'{self.config}:5: rule.fact: "nothing" is no fact', answer.stderr)


if __name__ == "__main__":
    bed.main()
