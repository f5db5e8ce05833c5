"""What the compiler and the linker were asked for is in the built programs."""

import re
import subprocess
import unittest

from support.installation import COMMAND, DAEMON


def readelf(*arguments: str) -> str:
    return subprocess.run(["readelf", "--wide", *arguments], capture_output=True, text=True, check=True).stdout


class Hardening(unittest.TestCase):
    def setUp(self) -> None:
        if not DAEMON.exists():
            raise RuntimeError(f"{DAEMON} is not built")
        if re.search(r"lib[at]san|__[at]san_init", readelf("--dynamic", "--symbols", str(DAEMON))):
            self.skipTest("a sanitizer's build is not what a school runs")

    def test_each_program(self) -> None:
        marks = {
            "its place in memory is random": ("--file-header", r"Type:\s+DYN "),
            "all symbols are bound at the start": ("--dynamic", r"\bBIND_NOW\b"),
            "and are read-only after that": ("--program-headers", r"\bGNU_RELRO\b"),
            "the stack is guarded": ("--symbols", r"\b__stack_chk_fail\b"),
            "the stack cannot be run": ("--program-headers", r"\bGNU_STACK\b.* RW "),
            "library calls are checked": ("--symbols", r"\b__\w+_chk@"),
        }
        for program in (DAEMON, COMMAND):
            for what, (part, mark) in marks.items():
                with self.subTest(what, program=program.name):
                    self.assertRegex(readelf(part, str(program)), mark)


if __name__ == "__main__":
    unittest.main()
