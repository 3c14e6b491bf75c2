"""A host that follows one server which is wrong by 840 ms, with five honest ones known to the user."""
import bed

HONEST = range(1, 6)
LIAR = 9


class BadlyConfigured(bed.Bed):
    def setUp(self):
        super().setUp()
        self.configure(hosts=map(self.host, HONEST))

    def start(self, *lines, honest=None, **chronyd):
        """The world and the daemon; `lines` replace the one that names the liar."""
        servers = {last: {"offset": f'"{last * 10}us"'} for last in HONEST}
        self.world = self.lab((honest or servers) | {LIAR: {"offset": '"840ms"'}})
        self.chronyd(*(lines or [self.line(LIAR)]), **chronyd)

    def line(self, last, options="iburst"):
        return f"server {self.address(last)} port {self.port} {options}"

    def evidence(self):
        """All that must be as before when a change is undone: files, and what chronyd lists."""
        return bed.tree(self.etc), self.listed()

    def own_lines(self):
        return self.own_file.read_text().splitlines() if self.own_file.exists() else []

    def own_addresses(self):
        return sorted(line.split()[1] for line in self.own_lines() if line.startswith("server "))

    def save_plan(self):
        path = self.directory / "saved.plan"
        self.expect(self.program("plan", "--out", path), 2)
        return path

    def begin_apply(self, *words):
        """An apply that has written its file and now waits for chronyd's proof."""
        process = self.begin("--json", "apply", "--yes", *words)
        self.wait_for("the drop-in is written",
                      lambda: self.own_file.exists() or process.poll() is not None, 15)
        self.assertIsNone(process.poll(), "it ended before it verified anything")
        return process
