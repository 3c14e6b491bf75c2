"""Places where the agent's knowledge goes: real databases, and one in the middle that fails."""
import contextlib
import gzip
import http.client
import http.server
import json
import os
import signal
import socket
import sqlite3
import struct
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import bed

INFLUXD = Path(os.environ.get("CLOCKWRIGHT_INFLUXD",
                              bed.TREE / "build/peers/influxdb/usr/bin/influxd"))
PROMETHEUS = Path(os.environ.get("CLOCKWRIGHT_PROMETHEUS",
                                 bed.TREE / "build/peers/prometheus/usr/bin/prometheus"))
VICTORIA = Path(os.environ.get("CLOCKWRIGHT_VICTORIA",
                               bed.TREE / "build/peers/victoria-metrics/usr/bin/victoria-metrics"))


class Middle:
    """Stands before a database (or for one that takes everything), and fails as it is told to."""

    def __init__(self, test, behind=None):
        self.faults, self.seen, self.lines, self.poison = [], [], [], None
        self.hangs = 3  # seconds
        middle = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fault = middle.faults.pop(0) if middle.faults else ""
                middle.seen.append((fault, time.monotonic(), self.path, dict(self.headers)))
                if fault == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                               struct.pack("ii", 1, 0))
                    self.connection.close()
                    return
                if fault == "hang":
                    time.sleep(middle.hangs)
                    return
                if fault.isdigit():
                    self.answer(int(fault), b"not now", {"Retry-After": "2"} if fault == "429" else {})
                    return
                text = gzip.decompress(body).decode() \
                    if self.headers["Content-Encoding"] == "gzip" else ""
                if middle.poison and middle.poison in text:
                    self.answer(400, b"unable to parse a point")
                    return
                status, said = middle.take(self.path, body, dict(self.headers), text)
                if fault == "mute":  # it took them, and nobody hears of it
                    self.connection.close()
                    return
                self.answer(status, said)

            def answer(self, status, body, headers=()):
                self.send_response(status)
                for name, value in dict(headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.behind = behind
        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)

    def take(self, path, body, headers, text):
        self.lines += text.splitlines()
        if not self.behind:
            return 204, b""
        connection = http.client.HTTPConnection(*self.behind, timeout=10)
        with contextlib.closing(connection):
            connection.request("POST", path, body, {k: v for k, v in headers.items()
                                                    if k.startswith(("Content-", "X-", "Auth"))})
            answer = connection.getresponse()
            return answer.status, answer.read()


class Sinks(bed.Bed):
    def start_agent(self, environment=None, agent=None, **sections):
        watch = json.dumps([self.host(last) for last in (1, 2, 3)])
        self.configure(agent={"mode": '"ultrafast"', "watch": watch} | (agent or {}), **sections)
        number = len(list(self.directory.glob("agent*.log")))
        self.agent_log = f"agent{number}.log"
        env = [f"{k}={v}" for k, v in (environment or {}).items()]
        self.agent = self.spawn("env", *env, bed.PROGRAM, "--config", self.config, "agent",
                                log=self.agent_log)
        self.wait_for("the agent has started", lambda: "the agent started" in self.log(self.agent_log)
                      or self.ended(self.agent, self.agent_log), 30)

    def end_agent(self, how=signal.SIGTERM):
        self.agent.send_signal(how)
        self.agent.wait(20)

    def rows(self, question="select count(*) from sample"):
        with sqlite3.connect(f"file:{self.state}/record.sqlite?mode=ro", uri=True) as record:
            return record.execute(question).fetchall()

    def samples(self):
        return self.rows()[0][0]

    def spool(self, place="influx"):
        return sorted(path.name for path in (self.state / "spool" / place).glob("0*.lines"))

    def influxd(self):
        home = self.make_directory("influx", 0o700)
        ports = []
        for _ in range(2):
            with socket.create_server(("127.0.0.1", 0)) as one:
                ports.append(one.getsockname()[1])
        conf = self.directory / "influx.conf"
        conf.write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{ports[1]}"\n'
            f'[meta]\ndir = "{home}/meta"\n[data]\ndir = "{home}/data"\nwal-dir = "{home}/wal"\n'
            f'[http]\nbind-address = "127.0.0.1:{ports[0]}"\nlog-enabled = false\n'
            '[monitor]\nstore-enabled = false\n')
        process = self.spawn(INFLUXD, "-config", conf, log="influxd.log")
        self.wait_for("InfluxDB answers", lambda: self.answers(ports[0], "/ping")
                      or self.ended(process, "influxd.log"), 30)
        return ports[0]

    def victoria(self, *words):
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
        process = self.spawn(VICTORIA, f"-storageDataPath={self.directory}/vm",
                             f"-httpListenAddr=127.0.0.1:{port}", "-search.latencyOffset=0s", *words,
                             log="victoria.log")
        self.wait_for("VictoriaMetrics answers", lambda: self.answers(port, "/health")
                      or self.ended(process, "victoria.log"), 30)
        return port

    def prometheus(self, port=None):
        """On the same files as before when it is started again."""
        if port is None:
            with socket.create_server(("127.0.0.1", 0)) as one:
                port = one.getsockname()[1]
        conf = self.directory / "prometheus.yml"
        conf.write_text("global: {}\n")
        process = self.spawn(PROMETHEUS, f"--config.file={conf}",
                             f"--storage.tsdb.path={self.directory}/tsdb",
                             f"--web.listen-address=127.0.0.1:{port}",
                             "--web.enable-remote-write-receiver",
                             "--storage.remote.flush-deadline=1s", log="prometheus.log")
        self.wait_for("Prometheus answers", lambda: self.answers(port, "/-/ready")
                      or self.ended(process, "prometheus.log"), 30)
        return port, process

    @staticmethod
    def get(port, path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def answers(self, port, path):
        try:
            self.get(port, path)
            return True
        except OSError:
            return False

    def query(self, port, text, method="GET"):
        words = urllib.parse.urlencode({"db": "clockwright", "q": text})
        return json.loads(self.get(port, f"/query?{words}", method))

    def points(self, port):
        series = self.query(port, 'SELECT count("lost") FROM clockwright_server')
        series = series["results"][0].get("series")
        return series[0]["values"][0][1] if series else 0

    def exported(self, port, name):
        self.get(port, "/internal/force_flush")
        words = urllib.parse.urlencode({"match[]": name})
        rows = [json.loads(row) for row in self.get(port, f"/api/v1/export?{words}").splitlines()]
        return {(row["metric"]["server"], at) for row in rows for at in row["timestamps"]}
