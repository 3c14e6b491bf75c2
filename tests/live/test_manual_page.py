#!/usr/bin/python3
"""docs/clockwright.1 names every verb, word and option that the program knows, and no other."""
import re
import shutil
import subprocess
import unittest

import bed

PAGE = bed.TREE / "docs/clockwright.1"
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
OF_EVERY_VERB = {"--help", "--version", "--config", "--json", "--quiet", "--verbose", "--no-color"}


def help_of(*words):
    return subprocess.run([bed.PROGRAM, *words, "--help"], text=True, check=True,
                          capture_output=True).stdout


def words_in(text):
    """{word: …} of the subcommands that a help lists."""
    listed = text.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"(?m)^  (\S+) ", listed)


def options_in(text):
    """Those a help lists; what its examples and remarks name is not counted."""
    listed = text.partition("\nOptions:\n")[2].partition("\n\n")[0]
    return {found.group() for line in listed.splitlines() if re.match(r"  -", line)
            for found in OPTION.finditer(re.split(r"Needs|Excludes|   ", line.strip())[0])}


class ManualPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = PAGE.read_text().replace("\\-", "-")
        parts = re.split(r"(?m)^\.S[SH] ", text)
        cls.sections = {part.split()[0]: part for part in parts[1:]}
        cls.measuring = set(OPTION.findall(next(part for part in parts
                                                if part.startswith("OPTIONS OF MEASURING"))))

    def test_each_verb_has_its_section_with_its_words_and_options(self):
        verbs = words_in(help_of())
        self.assertGreater(len(verbs), 15)
        for verb in verbs:
            with self.subTest(verb):
                section, text = self.sections[verb], help_of(verb)
                known = options_in(text)
                for word in words_in(text):
                    self.assertIn(f"\\fB{word}\\fR", section)
                    known |= options_in(help_of(verb, word))
                told = set(OPTION.findall(section))
                measures = self.measuring if self.measuring <= known else set()
                self.assertEqual(told | measures, known - OF_EVERY_VERB)

    def test_options_of_every_verb_are_told(self):
        self.assertLessEqual(options_in(help_of()), set(OPTION.findall(PAGE.read_text().replace("\\-", "-"))))

    @unittest.skipUnless(shutil.which("groff"), "no groff here")
    def test_it_is_a_page_without_a_fault(self):
        run = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", PAGE], capture_output=True,
                             text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
