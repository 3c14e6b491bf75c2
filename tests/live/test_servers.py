"""`servers`: block, allow, import, and lists fetched over HTTPS from a server that means no good."""
import base64
import json
import select
import socket
import ssl
import subprocess
import threading
import time

import bed

SOON, LATE = "2026-01-01T00:00:00Z", "2199-01-01T00:00:00Z"
GIGABYTE = 1 << 30


def openssl(*words, stdin=None):
    return subprocess.run(["openssl", *map(str, words)], input=stdin, check=True,
                          capture_output=True, timeout=30).stdout


class Listener:
    """A UDP port that counts what comes and never answers."""

    def __init__(self, test, address):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        test.addCleanup(self.socket.close)
        self.socket.bind((address, test.port))

    def packets(self):
        count = 0
        while select.select([self.socket], [], [], 0.1)[0]:
            self.socket.recv(100)
            count += 1
        return count


class ListServer:
    """HTTPS on loopback: each path has an answer, or a function that misbehaves."""

    def __init__(self, address, certificate, key):
        self.answers, self.asked, self.sent = {}, [], 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context = context
        self.listener = socket.create_server((address, 0))
        self.url = f"https://{address}:{self.listener.getsockname()[1]}"
        self.serving = threading.Thread(target=self.serve, daemon=True)
        self.serving.start()

    def stop(self):
        """Ends the waiting first: the number of a closed socket soon belongs to another server."""
        if self.listener.fileno() < 0:
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        self.serving.join(10)
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += connection.recv(4096) or b"\r\n\r\n"
                path = request.split()[1].decode()
                self.asked.append(path)
                found = self.answers.get(path, (404, b"no"))
                if callable(found):
                    found(connection)
                else:
                    connection.sendall(head(found[0], len(found[1]), *found[2:]) + found[1])
                    connection.unwrap()
        except (OSError, ssl.SSLError):
            pass

    def stream(self, connection):
        """A gigabyte, unless somebody has had enough; keeps count."""
        connection.sendall(head(200, GIGABYTE))
        block = b"x" * 65536
        for _ in range(GIGABYTE // len(block)):
            connection.sendall(block)
            self.sent += len(block)

    @staticmethod
    def hang(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        time.sleep(60)

    @staticmethod
    def cut(connection):
        """The other side of the wire is gone in mid-sentence, without TLS's farewell."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"clockwright_list\": 1")
        connection.shutdown(socket.SHUT_RDWR)


def head(status, length, location=None):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {length}", "Connection: close"]
    if location:
        lines.append(f"Location: {location}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def document(version=1, expires=LATE, servers=None):
    servers = servers or [{"host": "new.example", "operator": "Somebody", "usage": "open"},
                          {"host": "ptbtime1.ptb.de", "usage": "restricted"}]
    return json.dumps({"clockwright_list": 1, "version": version, "issued": SOON,
                       "expires": expires, "servers": servers}).encode()


class Blocks(bed.Bed):
    def test_a_blocked_server_gets_no_packet_until_it_is_allowed(self):
        mute = Listener(self, self.address(9))
        self.lab({2: {}, 3: {}})
        self.chronyd()
        self.configure(hosts=[self.host(2), self.host(3), self.host(9)])
        self.expect(self.program("servers", "block", self.address(9), "--reason", "moved away"), 0)
        scan = self.expect(self.program("--json", "scan"), 0).json
        self.assertEqual(mute.packets(), 0)
        row = next(row for row in scan["servers"] if row["host"] == self.host(9))
        self.assertEqual((row["verdict"], row["sent"]), ("unreachable", 0))
        self.assertEqual(row["reason"],
                         "blocked until it is allowed because the user said so: moved away")
        dry = self.expect(self.program("--json", "scan", "--dry-run"), 0).json
        self.assertEqual(dry["packets_planned"], 8)
        self.assertEqual({row["address"]: row["packets"] for row in dry["destinations"]},
                         {self.host(2): 4, self.host(3): 4, self.host(9): 0})
        listed = self.program("--json", "servers", "list", "--blocked").json["servers"]
        self.assertEqual([row["host"] for row in listed], [self.address(9)])
        self.assertEqual(listed[0]["blocked"]["reason"], "user")
        self.expect(self.program("servers", "allow", self.address(9)), 0)
        self.expect(self.program("--json", "scan"), 0)
        self.assertEqual(mute.packets(), 4)

    def test_whom_the_command_line_names_is_asked_all_the_same(self):
        mute = Listener(self, self.address(9))
        self.configure()
        self.expect(self.program("servers", "block", self.host(9), "--reason", "x"), 0)
        scan = self.expect(self.program("scan", self.host(9)), 3)
        self.assertEqual(mute.packets(), 4)
        self.assertIn("it was asked because it was named", " ".join(scan.stdout.split()))

    def test_a_block_ends_when_it_said(self):
        self.configure(hosts=[self.host(9)])
        self.chronyd()
        mute = Listener(self, self.address(9))
        self.expect(self.program("servers", "block", self.host(9), "--reason", "x",
                                 "--for", "1s"), 0)
        time.sleep(1.1)
        self.expect(self.program("scan"), 3)
        self.assertEqual(mute.packets(), 4)
        self.assertEqual(self.program("--json", "servers", "list", "--blocked").json["servers"], [])

    def test_silence_is_counted_and_never_blocks_what_the_user_listed(self):
        self.lab({2: {}, 3: {}})
        self.chronyd()
        self.configure(hosts=[self.host(2), self.host(3), self.host(9)])
        for _ in range(4):
            self.expect(self.program("scan", "--samples", "1"), 0)
            path = self.state / "block-list.json"
            path.write_text(path.read_text().replace(
                json.loads(path.read_text())["servers"][0]["last_counted"], SOON))
        shown = self.program("servers", "show", self.host(9)).stdout
        self.assertIn("silent: 4 scans on end", shown)
        self.assertNotIn("blocked", shown)

    def test_a_plan_learns_nothing(self):
        self.lab({2: {}, 3: {}})
        self.chronyd()
        self.configure(hosts=[self.host(2), self.host(3), self.host(9)])
        self.program("plan", "--samples", "1")
        self.assertFalse((self.state / "block-list.json").exists())

    def test_an_old_blacklist_is_imported(self):
        self.configure()
        old = self.directory / "blacklist.json"
        old.write_text('{"a.example": 3, "b.example": 2, "c.example": {"reason": "gone"}}')
        done = self.expect(self.program("--json", "servers", "block", "--import", old), 0).json
        self.assertEqual((done["read"], done["blocked"], done["too_few_failures"]), (3, 2, 1))
        listed = self.program("--json", "servers", "list", "--blocked").json["servers"]
        self.assertEqual([row["host"] for row in listed], ["a.example", "c.example"])
        old.write_text('{"a.example": "often", "b b": 1}')
        refused = self.expect(self.program("servers", "block", "--import", old), 78)
        self.assertIn(f"{old}: a.example: must be how often", refused.stderr)
        self.assertIn("b b: ", refused.stderr)

    def test_hostile_words_are_refused_or_escaped(self):
        self.configure()
        for host in ("a b", "a;b", "a\x1b[2J", "-x", "../x", "a" * 300):
            self.expect(self.program("servers", "block", "--reason", "x", "--", host), 64)
        shown = self.expect(self.program("servers", "block", "a.example", "--reason",
                                         "x\x1b[2J\ny"), 0)
        self.assertNotIn("\x1b", shown.text)
        for words in (["block", "a.example"], ["block", "--reason", "x"], ["show"],
                      ["block", "a.example", "--reason", "x", "--for", "0s"], ["dance"],
                      ["list", "--country", "Mars"]):
            self.expect(self.program("servers", *words), 64)

    def test_a_block_list_that_others_may_write_is_refused(self):
        self.configure()
        self.expect(self.program("servers", "block", "a.example", "--reason", "x"), 0)
        (self.state / "block-list.json").chmod(0o666)
        self.expect(self.program("servers", "list"), 78)
        self.expect(self.program("scan", self.host(9), "--samples", "1"), 78)

    def test_a_faulty_state_file_says_what_to_do(self):
        self.configure()
        blocks, elsewhere = self.state / "block-list.json", self.directory / "elsewhere.json"
        elsewhere.write_text('{"clockwright_block_list": 1, "servers": []}')
        blocks.symlink_to(elsewhere)
        for words in (["servers", "list"], ["servers", "block", "a.example", "--reason", "x"]):
            refused = self.expect(self.program(*words), 78)
            self.assertIn(f"{blocks} is a symbolic link", refused.stderr)
            self.assertIn("mend it, or move it away", refused.stderr)
        blocks.unlink()
        (self.state / "server-list.json").write_text("{")
        refused = self.expect(self.program("servers", "list"), 78)
        self.assertIn("move it away and fetch it anew", refused.stderr)

    def test_a_record_that_may_not_be_written_is_not_permitted(self):
        self.configure()
        self.lab({2: {}})
        answer = self.program("scan", self.host(2), "--samples", "1", "--record", "/sys/record")
        self.expect(answer, 77)
        self.assertIn("cannot write /sys/record: ", answer.stderr)


class Lists(bed.Bed):
    def setUp(self):
        super().setUp()
        self.configure()
        self.home = self.address(1)
        self.private, self.public = self.directory / "list.key", self.directory / "list.pem"
        openssl("genpkey", "-algorithm", "ed25519", "-out", self.private)
        openssl("pkey", "-in", self.private, "-pubout", "-out", self.public)
        self.public.chmod(0o644)
        self.ca = self.directory / "ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.directory / "ca.key", "-out", self.ca, "-days", "2",
                "-subj", "/CN=test authority")
        self.server = self.https("good", 2)

    def https(self, name, days):
        key, request, certificate = (self.directory / f"{name}.{end}"
                                     for end in ("key", "csr", "crt"))
        extension = self.directory / f"{name}.ext"
        extension.write_text(f"subjectAltName = IP:{self.home}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", request, "-subj", "/CN=lists")
        openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey",
                self.directory / "ca.key", "-CAcreateserial", "-days", days,
                "-extfile", extension, "-out", certificate)
        server = ListServer(self.home, certificate, key)
        self.addCleanup(server.stop)
        return server

    def sign(self, payload, key=None):
        path = self.directory / "payload"
        path.write_bytes(payload)
        signature = openssl("pkeyutl", "-sign", "-rawin", "-inkey", key or self.private,
                            "-in", path)
        return base64.b64encode(signature) + b"\n"

    def serve(self, payload, signature=None, path="/list.json"):
        self.server.answers[path] = (200, payload)
        self.server.answers[path + ".sig"] = (200, signature or self.sign(payload))

    def refresh(self, *words, path="/list.json", code=0, server=None, **options):
        url = (server or self.server).url + path
        return self.expect(self.program("servers", "refresh", "--url", url, "--key", self.public,
                                        "--ca", self.ca, *words, **options), code)

    def known_version(self):
        known = self.program("--json", "servers", "list", "--new").json["list"]
        return known and known["version"]

    def refused(self, reason, **options):
        """Exit 1 with the reason, and the list that is known stays."""
        before = self.known_version()
        answer = self.refresh(code=1, **options)
        self.assertIn(reason, answer.stderr)
        self.assertEqual(self.known_version(), before)
        return answer

    def test_a_signed_list_is_kept_and_serves_offline(self):
        self.serve(document(version=7))
        done = self.refresh("--json").json
        self.assertEqual((done["outcome"], done["version"], done["new"]),
                         ("refreshed", 7, ["new.example"]))
        self.assertEqual([row["host"] for row in done["withheld"]], ["ptbtime1.ptb.de"])
        self.assertEqual(oct((self.state / "server-list.json").stat().st_mode & 0o777), "0o600")
        self.server.stop()
        listed = self.program("--json", "servers", "list", "--new").json
        self.assertEqual((listed["list"]["version"], listed["servers"][0]["host"]),
                         (7, "new.example"))
        self.assertLess(listed["list"]["age_seconds"], 60)
        self.assertIn("fetched", self.program("servers", "list", "--new").stdout)
        offline = self.refresh(code=1)
        self.assertIn("list 7, fetched", offline.stderr)

    def test_a_newcomer_waits_for_consent(self):
        self.serve(document())
        self.refresh()
        shown = self.program("--json", "servers", "show", "new.example").json
        self.assertEqual((shown["proposed"], shown["new"]), (False, True))
        self.expect(self.program("servers", "allow", "new.example"), 0)
        shown = self.program("--json", "servers", "show", "new.example").json
        self.assertEqual((shown["proposed"], shown["withheld"]), (True, None))

    def test_the_same_list_again_is_nothing_new_and_an_older_one_is_refused(self):
        self.serve(document(version=7))
        self.refresh()
        self.assertEqual(self.refresh("--json").json["outcome"], "unchanged")
        self.serve(document(version=7, expires="2198-01-01T00:00:00Z"))
        self.refused("it is version 7, which is known already")
        self.serve(document(version=6))
        self.refused("it is version 6, older than 7")
        self.serve(document(version=8, expires="2026-02-01T00:00:00Z"))
        self.refused("version 8 expired at 2026-02-01T00:00:00Z")
        self.serve(document(version=9))
        self.refresh()
        self.assertEqual(self.known_version(), 9)

    def test_an_expired_list_is_said_to_be_so(self):
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
        self.serve(document(version=7, expires=soon))
        self.assertFalse(self.refresh("--json").json["expired"])
        time.sleep(3)
        again = self.refresh("--json").json
        self.assertEqual((again["outcome"], again["expired"]), ("unchanged", True))
        text = " ".join(self.refresh().stdout.split())
        self.assertIn(f"List 7 is still the newest there and expired at {soon}", text)
        allowed = self.expect(self.program("servers", "allow", "new.example"), 0)
        self.assertIn(f"Only list 7 knows it, which expired at {soon}",
                      " ".join(allowed.text.split()))

    def test_a_list_that_its_keeper_did_not_sign_is_refused(self):
        other = self.directory / "other.key"
        openssl("genpkey", "-algorithm", "ed25519", "-out", other)
        self.serve(document(), self.sign(document(), other))
        self.refused("the signature is not of this document by the owner of the key")
        self.serve(document(version=2), self.sign(document()))
        self.refused("the signature is not of this document")
        self.serve(document(), b"hello")
        self.refused("the signature is not 64 octets in base64")
        self.server.answers["/list.json.sig"] = (404, b"")
        self.refused("the server answers 404")

    def test_what_is_no_list_is_refused_with_its_place(self):
        self.serve(b"<!DOCTYPE html><html></html>")
        self.refused("it is a page of HTML or XML")
        self.serve(document(servers=[{"host": "a b", "usage": "open"}]))
        self.refused("servers[0].host: ")
        self.serve(b"[1]")
        self.refused("no JSON object")

    def test_a_gigabyte_costs_four_megabytes(self):
        self.server.answers["/list.json"] = self.server.stream
        began = time.monotonic()
        self.refused("it is larger than 4096 KiB")
        self.assertLess(time.monotonic() - began, 10)
        self.assertLess(self.server.sent, 12 << 20)  # what the two sockets hold in between

    def test_a_server_that_hangs_costs_its_time_and_no_more(self):
        self.server.answers["/list.json"] = self.server.hang
        began = time.monotonic()
        self.refused("timed out", seconds=60)
        self.assertLess(time.monotonic() - began, 25)

    def test_a_connection_cut_in_the_middle_is_no_list(self):
        self.server.answers["/list.json"] = self.server.cut
        self.refused("cannot fetch")

    def test_an_expired_or_unknown_certificate_is_refused(self):
        expired = self.https("expired", -1)
        self.refused("certificate", server=expired)
        self.assertEqual(expired.asked, [])
        self.serve(document())
        answer = self.expect(self.program("servers", "refresh", "--url",
                                          self.server.url + "/list.json", "--key", self.public), 1)
        self.assertIn("certificate", answer.stderr)
        trusted = {"env": {"SSL_CERT_FILE": str(self.ca), "PATH": "/usr/bin"}}
        self.expect(self.program("servers", "refresh", "--url", self.server.url + "/list.json",
                                 "--key", self.public, **trusted), 0)

    def test_a_redirection_stays_on_https_and_off_private_addresses(self):
        for target, reason in (("http://lists.example/x", "which is not followed"),
                               ("https://10.0.0.1/list.json", "10.0.0.1 is a private address"),
                               (f"https://{self.address(2)}/x", "is a private address"),
                               ("https://169.254.169.254/x", "is a private address"),
                               ("https://localhost/x", "which is a private address"),
                               ("file:///etc/passwd", "which is not followed"),
                               ("/list.json", "redirects too often")):
            self.server.answers["/list.json"] = (302, b"", target)
            self.refused(reason)
        self.serve(document(), path="/moved.json")
        self.server.answers["/list.json"] = (302, b"", "/moved.json")
        self.server.answers["/list.json.sig"] = (302, b"", self.server.url + "/moved.json.sig")
        self.refresh()

    def test_nothing_is_asked_without_a_good_key_and_place(self):
        words = ["servers", "refresh", "--ca", self.ca]
        self.expect(self.program(*words, "--key", self.public), 64)
        for url in ("http://lists.example/", "https://u@a.example/", "https://a b/"):
            self.expect(self.program(*words, "--key", self.public, "--url", url), 64)
        url = ["--url", self.server.url + "/list.json"]
        missing = self.expect(self.program(*words, *url, "--key", "/nowhere/key.pem"), 78)
        self.assertIn("no key to verify a list with", missing.stderr)
        self.public.chmod(0o666)
        self.expect(self.program(*words, *url, "--key", self.public), 78)
        self.public.write_text("hello")
        self.public.chmod(0o644)
        self.expect(self.program(*words, *url, "--key", self.public), 78)
        self.public.write_text(openssl("pkey", "-in", self.private, "-pubout").decode())
        self.serve(document())
        self.expect(self.program("servers", "refresh", *url, "--key", self.public, "--ca",
                                 self.private), 78)
        self.assertEqual(self.server.asked, [])

    def test_only_a_refresh_loads_libcurl(self):
        linked = subprocess.run(["ldd", bed.PROGRAM], capture_output=True, text=True, check=True)
        self.assertNotIn("curl", linked.stdout)


if __name__ == "__main__":
    bed.main()
