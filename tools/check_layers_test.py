#!/usr/bin/python3
"""The layer check catches every kind of breach, and nothing else."""
import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import check_layers

# file, its text, a part of the one breach expected ("" for none)
ROWS = [
    ("src/ntp/poller.h", '#include "time/units.h"\n', ""),
    ("src/ntp/poller.h", '#include "judge/score.h"\n', "no door to judge/"),
    ("src/time/units.h", '#include "ntp/packet.h"\n', "no door to ntp/"),
    ("src/time/units.h", '#include "result.h"\n#include "version.h"\n', ""),
    ("src/judge/score.cpp", '#include "lab/world.h"\n', "no door to lab/"),
    ("src/judge/score_test.cpp", '#include "lab/world.h"\n#include "tests/fakes/host.h"\n', ""),
    ("src/judge/score.cpp", '#include "tests/fakes/host.h"\n', "no room"),
    ("src/system/clock.cpp", '#include "store/journal.h"\n', "no door to store/"),
    ("src/store/journal.cpp", '#include "system/clock.h"\n', "no door to system/"),
    ("src/system/clock.cpp", '#include "daemon/host.h"\n#include <time.h>\n', ""),
    ("src/system/clock.cpp", '#include "app/config.h"\n', "nothing sees app/"),
    ("src/publish/table.cpp", '#include "app/config.h"\n', "nothing sees app/"),
    ("src/app/verb_scan.cpp", '#include "system/clock.h"\n#include <CLI/CLI.hpp>\n', ""),
    ("src/judge/score.cpp", "#include <sys/socket.h>\n", "header of the system"),
    ("src/judge/score.cpp", "#include <unistd.h>\n", "header of the system"),
    ("src/judge/score.cpp", "#include <netinet/in.h>\n", "header of the system"),
    ("src/judge/score.cpp", "#include <arpa/inet.h>\n", "header of the system"),
    ("src/judge/score.cpp", "#include <time.h>\n", "header of the system"),
    ("src/judge/score.cpp", "#include <boost/asio.hpp>\n", "library of the street"),
    ("src/judge/score.cpp", "#include <openssl/evp.h>\n", "library of the street"),
    ("src/judge/score.cpp", "#include <ares.h>\n", "library of the street"),
    ("src/judge/score.cpp", "#include <mutex>\n", "touches the machine"),
    ("src/judge/score.cpp", "#include <fstream>\n", "touches the machine"),
    ("src/judge/score_test.cpp", "#include <fstream>\n", ""),
    ("src/judge/score_test.cpp", "#include <thread>\n", "touches the machine"),
    ("src/judge/score.cpp", "#include <chrono>\n#include <fmt/format.h>\n", ""),
    ("src/judge/score.cpp", "auto t = Clock::now();\n", "reads a clock"),
    ("src/judge/score.cpp", "char q = '\"'; auto t = Clock::now(); // \"\n", "reads a clock"),
    ("src/judge/score.cpp", "// Clock::now() is for others\n", ""),
    ("src/judge/score.cpp", 'auto t = "Clock::now()";\n', ""),
    ("src/judge/score.cpp", 'auto home = std::getenv("HOME");\n', "reads the environment"),
    ("src/judge/score.cpp", "std::jthread worker;\n", "starts a thread"),
    ("src/judge/score.cpp", "std::random_device device;\n", "randomness"),
    ("src/system/clock.cpp", "auto t = Clock::now();\n", ""),
    ("src/cellar/wine.h", "int bottles;\n", "cellar/ is no room"),
    ("src/CMakeLists.txt", "room(ntp DOORS time)\nroom(time LIBRARIES fmt::fmt)\n", ""),
    ("src/CMakeLists.txt", "room(ntp DOORS time judge)\n", "no such door"),
    ("src/CMakeLists.txt", "room(cellar)\n", "does not know"),
]


class EveryRowHasItsBreach(unittest.TestCase):
    def test_table(self):
        for file, text, expected in ROWS:
            with self.subTest(file=file, text=text), tempfile.TemporaryDirectory() as directory:
                path = Path(directory) / file
                path.parent.mkdir(parents=True)
                path.write_text(text)
                found = [breach for _, _, breach in check_layers.breaches(Path(directory))]
                if expected:
                    self.assertEqual(len(found), 1, found)
                    self.assertIn(expected, found[0])
                else:
                    self.assertEqual(found, [])

    def test_a_breach_is_named_with_file_and_line_and_fails_the_check(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "src/time/units.h"
            path.parent.mkdir(parents=True)
            path.write_text("/* two\nlines */\nauto t = Clock::now();\n")
            self.assertEqual([number for _, number, _ in check_layers.breaches(Path(directory))], [3])
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                self.assertEqual(check_layers.main([directory]), 1)
            self.assertEqual(printed.getvalue(), "src/time/units.h:3: reads a clock, in a pure room\n")

    def test_a_clean_tree_passes(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(check_layers.main([directory]), 0)


if __name__ == "__main__":
    unittest.main()
