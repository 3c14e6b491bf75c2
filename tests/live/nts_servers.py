"""Servers of NTS for live tests: certificates of an authority of our own, chronyd as an honest
server, and a server in Python that breaks any rule."""
import socket
import ssl
import struct
import subprocess
import threading
import time

import bed

CRITICAL = 0x8000
END, PROTOCOL, ERROR, WARNING, AEAD, COOKIE, SERVER, PORT = range(8)


def record(kind, body=b""):
    return struct.pack(">HH", kind, len(body)) + body


NTPV4 = record(CRITICAL | PROTOCOL, b"\0\0")
SIV = record(AEAD, b"\0\x0f")
COOKIES = b"".join(record(COOKIE, bytes([number]) * 100) for number in range(8))
FINISH = record(CRITICAL | END)


class Authority:
    """A certification authority in a directory, with openssl."""

    def __init__(self, directory, name="our authority"):
        self.directory, self.count = directory, 0
        directory.mkdir()
        self.certificate = directory / "ca.pem"
        self.key = directory / "ca.key"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                     "-nodes", "-keyout", self.key, "-out", self.certificate, "-days", "3000",
                     "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")

    def openssl(self, *words):
        done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=20)
        assert done.returncode == 0, done.stderr

    def issue(self, name, begin=-86400, end=86400):
        """Paths of a certificate for the address `name`, valid from `begin` to `end` seconds from
        now, and of its key."""
        self.count += 1
        stem = self.directory / f"server{self.count}"
        key, request, certificate = (stem.with_suffix(end) for end in (".key", ".csr", ".pem"))
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-keyout", key, "-out", request, "-subj", f"/CN=time at {name}")
        kind = "IP" if name[-1].isdigit() else "DNS"
        config = stem.with_suffix(".cnf")
        (self.directory / "index.txt").write_text("")
        config.write_text(
            f"[ca]\ndefault_ca = own\n[own]\ndatabase = {self.directory}/index.txt\n"
            f"new_certs_dir = {self.directory}\nrand_serial = yes\ndefault_md = sha256\n"
            f"policy = any\nx509_extensions = server\nunique_subject = no\n"
            f"[any]\ncommonName = supplied\n[server]\nbasicConstraints = CA:FALSE\n"
            f"subjectAltName = {kind}:{name}\n")

        def instant(seconds):
            return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
        self.openssl("ca", "-batch", "-notext", "-config", config, "-in", request, "-out",
                     certificate, "-cert", self.certificate, "-keyfile", self.key,
                     "-startdate", instant(begin), "-enddate", instant(end))
        return certificate, key


class Listener:
    """A TCP server whose connections `serve(connection)` handles, one thread for each."""

    def __init__(self, test, address, serve, port=4460):
        self.socket = socket.create_server((address, port))
        self.serve, self.connections = serve, 0
        self.ended = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()
        test.addCleanup(self.close)

    def close(self):
        self.ended.set()
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        with connection:
            connection.settimeout(10)
            try:
                self.serve(connection)
            except OSError:
                pass


def fake(test, address, files, answer, alpn="ntske/1", port=4460, version=None):
    """A key exchange that answers each request with the octets of `answer` and is closed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    if version:
        context.maximum_version = version
    if alpn:
        context.set_alpn_protocols([alpn])

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as stream:
            request = b""
            while not request.endswith(FINISH):
                piece = stream.recv(1000)
                if not piece:
                    return
                request += piece
            assert request == NTPV4 + record(CRITICAL | AEAD, b"\0\x0f") + FINISH, request
            stream.sendall(answer)
            stream.recv(1)
    return Listener(test, address, serve, port)


class ChronydServer:
    """chronyd -x as a server of NTS at one address; it serves its own clock."""

    def __init__(self, test, address, files, *lines, port=123):
        self.test, self.address, self.name = test, address, f"server-{address}-{port}"
        self.directory = test.make_directory(self.name, 0o750)
        certificate, key = files
        self.config = self.directory / "chrony.conf"
        self.control = self.directory / "chronyd.sock"
        self.config.write_text("\n".join([
            f"ntsserverkey {key}", f"ntsservercert {certificate}", f"bindaddress {address}",
            f"port {port}", "local stratum 2", "allow", "cmdport 0",
            f"bindcmdaddress {self.control}", f"pidfile {self.directory}/pid",
            "ntsprocesses 0", *lines]) + "\n")
        self.start()

    def start(self):
        log = f"{self.name}.log"
        self.process = self.test.spawn(bed.CHRONYD, "-x", "-d", "-u", "root", "-f", self.config,
                                       log=log)
        def answers():
            return self.control.exists() and self.serverstats() is not None
        self.test.wait_for("chronyd serves", lambda: answers()
                           or self.test.ended(self.process, log))

    def serverstats(self):
        done = subprocess.run([bed.CHRONYC, "-c", "-h", self.control, "serverstats"],
                              capture_output=True, text=True, timeout=10, check=False)
        if done.returncode != 0:
            return None
        row = [int(field) for field in done.stdout.strip().split(",")]
        return {"ntp": row[0], "key_exchanges": row[5], "authenticated": row[7]}
