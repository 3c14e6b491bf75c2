#!/usr/bin/python3
"""clockwright agent with ten thousand names to watch and a name server that never answers: the
servers that have addresses are watched all the same, and the agent ends when it is told to."""
import json
import socket
import subprocess
import tempfile
import threading
import time

import bed

NAME_SERVER = "127.0.0.53"
bed.enter_own_network()


class SilentNameServer:
    """Reads questions and answers none."""

    def __init__(self):
        self.questions = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while self.socket.recv(512):
            self.questions += 1


def use_name_server(address):
    """Of this mount namespace only."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(f"nameserver {address}\n")
        conf.flush()
        subprocess.run(["mount", "--bind", conf.name, "/etc/resolv.conf"], check=True)


class AgentNames(bed.Bed):
    def word(self):
        path = self.state / "agent-word.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def test_ten_thousand_names_and_a_silent_name_server(self):
        use_name_server(NAME_SERVER)
        names = SilentNameServer()
        self.lab({1: {}, 2: {}, 3: {}})
        self.configure([self.host(last) for last in (1, 2, 3)], agent={
            "mode": '"ultrafast"',
            "watch": json.dumps([f"host{number}.example" for number in range(10_000)])})
        agent = self.spawn(bed.PROGRAM, "--config", self.config, "agent", log="agent.log")
        self.wait_for("those with addresses are judged",
                      lambda: "3 of 3 servers agree" in str(self.word().get("blame")), 40)
        self.wait_for("names are asked for", lambda: names.questions > 0, 20)
        time.sleep(10)
        self.assertLess(names.questions, 5_000)  # a few names at a time
        self.assertIn("agent     mode ultrafast", self.program("status").stdout)
        began = time.monotonic()
        agent.terminate()
        agent.wait(20)
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(agent.returncode, 0)


if __name__ == "__main__":
    bed.main()
