#!/usr/bin/python3
"""Mail, chat and web hooks: real TLS, real SMTP, and other sides that fail in the middle."""
import contextlib
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import signal
import sqlite3
import ssl
import subprocess
import threading
import unittest

import bed
from smtp_server import SmtpServer


class Hook:
    """An HTTPS (or HTTP) server that keeps what is posted to it."""

    def __init__(self, test, address, certificate=None):
        self.posted, self.answers = [], []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = hook.answers.pop(0) if hook.answers else (200, {})
                hook.posted.append((self.path, body, dict(self.headers), status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"fine")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.server = Server((address, 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://{address}:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)

    def taken(self):
        return [body for _, body, _, status in self.posted if status < 300]


class Channels(bed.Bed):
    def alert_config(self, text):
        self.config.write_text(f'[state]\ndirectory = "{self.state}"\n{text}')
        self.config.chmod(0o644)

    def secret(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text + "\n")
        path.chmod(mode)
        return path

    def certificate(self, address):
        key, pem = self.directory / "key.pem", self.directory / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
                        "-addext", f"subjectAltName=IP:{address}", "-keyout", key, "-out", pem],
                       check=True, capture_output=True, timeout=30)
        return pem, key

    def mail_config(self, server, more=""):
        self.alert_config(f'[alert.mail]\nserver = "{server.place}"\nfrom = "clock@corp.example"\n'
                          f'to = ["a@corp.example", "b@corp.example"]\n{more}')

    # --- mail -------------------------------------------------------------------------------------

    def test_a_mail_goes_by_starttls_and_auth_and_has_all_its_head(self):
        pem, key = self.certificate(self.address(1))
        server = SmtpServer(self, self.address(1), (pem, key), password=("clock", "s3cret"))
        password = self.secret("password", "s3cret")
        self.mail_config(server, f'ca = ["{pem}"]\nuser = "clock"\npassword_file = "{password}"\n')
        answer = self.expect(self.program("alert", "test", "mail"), 0)
        self.assertIn("queued as 4711", " ".join(answer.stdout.split()))
        self.assertNotIn("s3cret", answer.text)
        self.assertEqual([(sender, recipients) for sender, recipients, _ in server.mails],
                         [("clock@corp.example", ["a@corp.example"]),
                          ("clock@corp.example", ["b@corp.example"])])
        mail = email.message_from_string(server.mails[0][2], policy=email.policy.default)
        self.assertEqual(mail["To"], "a@corp.example, b@corp.example")
        self.assertIn("alert_test", mail["Subject"])
        self.assertRegex(mail["Message-ID"], r"^<[0-9a-f]{32}@corp.example>$")
        self.assertIsNotNone(mail["Date"].datetime)
        self.assertEqual(mail.defects, [])
        body = mail.get_content()
        for fact in ("Clockwright on ", "rule: alert_test", "severity: info", "since: 20"):
            self.assertIn(fact, body)
        plain = [line for secure, line in server.heard if not secure]
        self.assertEqual([line.split(" ")[0] for line in plain], ["EHLO", "STARTTLS"] * 2)

    def test_implicit_tls_works_too(self):
        pem, key = self.certificate(self.address(1))
        server = SmtpServer(self, self.address(1), (pem, key), implicit=True)
        self.mail_config(server, f'tls = "implicit"\nca = ["{pem}"]\n')
        self.expect(self.program("alert", "test", "mail"), 0)
        self.assertEqual(len(server.mails), 2)

    def test_nothing_is_sent_without_starttls_or_to_whom_nobody_vouches_for(self):
        plain = SmtpServer(self, self.address(1), starttls=False)
        self.mail_config(plain)
        answer = self.expect(self.program("alert", "test", "mail"), 1)
        self.assertEqual(plain.mails, [])
        self.assertFalse(any("MAIL" in line for _, line in plain.heard))
        pem, key = self.certificate(self.address(2))
        server = SmtpServer(self, self.address(2), (pem, key))
        self.mail_config(server)
        answer = self.expect(self.program("alert", "test", "mail"), 1)
        self.assertIn("certificate", answer.stdout)
        self.assertEqual(server.mails, [])
        self.mail_config(server, "unverified_certificate = true\n")
        self.expect(self.program("alert", "test", "mail"), 0)
        self.assertEqual(len(server.mails), 2)

    def test_a_wrong_password_and_a_refused_recipient_are_told_in_the_servers_words(self):
        pem, key = self.certificate(self.address(1))
        server = SmtpServer(self, self.address(1), (pem, key), password=("clock", "other"))
        password = self.secret("password", "s3cret")
        more = f'ca = ["{pem}"]\nuser = "clock"\npassword_file = "{password}"\n'
        self.mail_config(server, more)
        answer = self.expect(self.program("alert", "test", "mail"), 1)
        self.assertIn("535 wrong password", " ".join(answer.stdout.split()))
        self.assertNotIn("s3cret", answer.text)
        server.password, server.refuse = ("clock", "s3cret"), ["550 no such user"] * 2
        answer = self.expect(self.program("alert", "test", "mail"), 1)
        self.assertIn("550 no such user", " ".join(answer.stdout.split()))
        self.assertEqual(server.mails, [])

    def test_a_recipient_that_is_refused_keeps_the_mail_from_nobody_else(self):
        pem, key = self.certificate(self.address(1))
        server = SmtpServer(self, self.address(1), (pem, key))
        self.mail_config(server, f'ca = ["{pem}"]\n')
        server.refuse = ["550 no such user"]
        answer = self.expect(self.program("alert", "test", "mail"), 1)
        self.assertEqual([recipients for _, recipients, _ in server.mails], [["b@corp.example"]])
        told = " ".join(answer.stdout.split())
        self.assertIn("to a@corp.example", told)
        self.assertIn("550 no such user", told)
        self.assertIn("queued as 4711", told)

    def test_a_secret_that_others_may_read_is_not_used(self):
        server = SmtpServer(self, self.address(1), self.certificate(self.address(1)))
        password = self.secret("password", "s3cret", 0o644)
        self.mail_config(server, f'user = "clock"\npassword_file = "{password}"\n')
        answer = self.expect(self.program("alert", "test", "mail"), 1)
        self.assertIn("chmod 600", answer.stdout)
        self.assertEqual(server.heard, [])

    def test_faults_of_the_configuration_have_file_line_and_key(self):
        for text, fault in (
                ('[alert.mail]\nserver = "h"\nfrom = "x"\nto = ["a@b"]\n', ":5: alert.mail.from: "),
                ('[alert.mail]\nserver = "h"\n', "alert.mail.to: is missing"),
                ('[alert.mail]\nserver = "h"\nfrom = "a@b"\nto = ["a@b"]\ntls = "off"\n',
                 ":7: alert.mail.tls: off is for a server on this machine only"),
                ('[alert.mail]\npassword = "x"\n', ":4: alert.mail.password: no such key"),
                ('[alert.slack]\n', "exactly one of url and url_file"),
                ('[alert.webhook]\nurl = "http://192.0.2.1/"\n', ":4: alert.webhook.url: "),
                ('[alert.webhook]\nurl = "https://a/"\nbody = "{{x}}"\n', ":5: alert.webhook.body: ")):
            with self.subTest(fault):
                self.alert_config(text)
                answer = self.expect(self.program("config", "check"), 78)
                self.assertIn(fault, answer.stderr)

    # --- hooks ------------------------------------------------------------------------------------

    def test_a_web_hook_is_signed_and_may_have_a_body_of_its_own(self):
        pem, key = self.certificate(self.address(1))
        hook = Hook(self, self.address(1), (pem, key))
        secret = self.secret("key", "k3y")
        self.alert_config(f'[alert.webhook]\nurl = "{hook.url}/time"\nca = ["{pem}"]\n'
                          f'key_file = "{secret}"\n')
        answer = self.expect(self.program("alert", "test", "webhook"), 0)
        self.assertIn("200: fine", answer.stdout)
        path, body, headers, _ = hook.posted[0]
        self.assertEqual(path, "/time")
        self.assertEqual(json.loads(body)["rule"], "alert_test")
        signature = hmac.new(b"k3y", body, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-Clockwright-Signature"], f"sha256={signature}")
        self.alert_config(f'[alert.webhook]\nurl = "{hook.url}"\nca = ["{pem}"]\n'
                          'body = \'{"msg": "{{rule}} is {{state}}"}\'\n')
        self.expect(self.program("alert", "test", "webhook"), 0)
        self.assertEqual(json.loads(hook.posted[1][1]), {"msg": "alert_test is firing"})

    def test_chats_get_what_they_understand_and_the_url_stays_secret(self):
        hook = Hook(self, self.address(1))
        urls = {name: self.secret(f"{name}-url", f"{hook.url}/{name}/t0ken")
                for name in ("slack", "discord", "ntfy")}
        self.alert_config("".join(f'[alert.{name}]\nurl_file = "{path}"\n'
                                  for name, path in urls.items()))
        answer = self.expect(self.program("alert", "test"), 0)
        self.assertNotIn("t0ken", answer.text)
        bodies = {path.split("/")[1]: (body, headers) for path, body, headers, _ in hook.posted}
        self.assertIn("alert_test", json.loads(bodies["slack"][0])["text"])
        self.assertEqual(json.loads(bodies["discord"][0])["allowed_mentions"], {"parse": []})
        self.assertIn(b"nothing is wrong", bodies["ntfy"][0])
        self.assertEqual(bodies["ntfy"][1]["Priority"], "3")
        self.assertNotIn("t0ken", self.program("config", "show").text)
        hook.server.shutdown()
        hook.server.server_close()
        answer = self.expect(self.program("alert", "test", "slack"), 1)
        self.assertNotIn("t0ken", answer.text)

    def test_a_redirection_is_not_followed(self):
        hook, inner = Hook(self, self.address(1)), Hook(self, self.address(2))
        hook.answers = [(307, {"Location": f"{inner.url}/secret"})]
        self.alert_config(f'[alert.webhook]\nurl = "{hook.url}"\n')
        answer = self.expect(self.program("alert", "test", "webhook"), 1)
        self.assertIn("answers 307", answer.stdout)
        self.assertEqual(inner.posted, [])

    # --- the agent --------------------------------------------------------------------------------

    def test_what_happens_while_the_other_side_is_down_arrives_once_after_a_restart(self):
        hook, server = Hook(self, self.address(9)), SmtpServer(self, self.address(9))
        hook.answers = [(503, {})] * 1000
        server.vanish = [1] * 1000
        self.lab({1: {}, 2: {}, 3: {}})
        watch = json.dumps([self.host(last) for last in (1, 2, 3)])
        self.configure(agent={"mode": '"ultrafast"', "watch": watch})
        with self.config.open("a") as config:
            config.write(f'[alert.webhook]\nurl = "{hook.url}"\n[alert.mail]\ntls = "off"\n'
                         f'server = "{server.place}"\nfrom = "c@x.example"\nto = ["a@x.example"]\n')
        waiting = self.state / "deliveries.json"
        agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", log="a1.log")
        self.wait_for("there is a record", (self.state / "record.sqlite").exists, 30)
        with self.a_record_that_nobody_can_write():
            self.wait_for("an alert waits for both", lambda: waiting.exists() and
                          waiting.read_text().count('"record_failing"') == 2, 90)
            self.wait_for("both were tried", lambda: hook.posted and len(server.vanish) < 1000, 30)
            agent.send_signal(signal.SIGKILL)
            agent.wait(10)
        self.assertEqual((hook.taken(), server.mails), ([], []))
        hook.answers, server.vanish = [], []
        agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", log="a2.log")
        self.wait_for("all has arrived", lambda: hook.taken() and server.mails and
                      "record_failing" not in waiting.read_text(), 60)
        agent.terminate()
        agent.wait(20)
        fired = [one for one in map(json.loads, hook.taken()) if one["state"] == "firing"]
        self.assertEqual([one["rule"] for one in fired], ["record_failing"])
        self.assertEqual(sum("firing" in email.message_from_string(text)["Subject"]
                             for _, _, text in server.mails), 1)

    @contextlib.contextmanager
    def a_record_that_nobody_can_write(self):
        record = sqlite3.connect(self.state / "record.sqlite", timeout=30, isolation_level=None)
        with contextlib.closing(record):
            record.execute("begin immediate")
            yield
            record.execute("rollback")


if __name__ == "__main__":
    bed.main()
