"""Counts what a test runner ran, and adds "PASSED FAILED SKIPPED" as a line to the file named in SCHOOLGATE_TALLY.

    python3 tests/tally.py unittest ARGUMENT…    as `python3 -m unittest ARGUMENT…`
    python3 tests/tally.py ctest FILE            what `ctest --output-junit FILE` wrote
"""

from __future__ import annotations

import os
import sys
import unittest
import xml.etree.ElementTree
from dataclasses import astuple, dataclass


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0


class CountingResult(unittest.TextTestResult):
    """A test counts once, however many of its subtests failed or were skipped; so does what fails before the tests of a class."""

    passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1

    def tally(self) -> Tally:
        failed = {_whole(test) for test, _ in self.failures + self.errors} | set(self.unexpectedSuccesses)
        skipped = {_whole(test) for test, _ in self.skipped} - failed
        return Tally(self.passed + len(self.expectedFailures), len(failed), len(skipped))


class CountingRunner(unittest.TextTestRunner):
    resultclass = CountingResult


def _whole(test: unittest.TestCase) -> unittest.TestCase:
    return getattr(test, "test_case", test)  # of a subtest


def run_unittest(arguments: list[str]) -> Tally:
    return unittest.main(module=None, argv=["unittest", *arguments], testRunner=CountingRunner, exit=False).result.tally()


def read_junit(file: str) -> Tally:
    """CTest says "skipped" of a test whose program is missing, too; the message tells it from one that skipped itself."""
    tally = Tally()
    for case in xml.etree.ElementTree.parse(file).iter("testcase"):
        skipped = case.find("skipped")
        if case.get("status") == "run":
            tally.passed += 1
        elif case.get("status") == "disabled" or (skipped is not None and skipped.get("message", "").startswith("SKIP_")):
            tally.skipped += 1
        else:
            tally.failed += 1
    return tally


def record(tally: Tally) -> None:
    if file := os.environ.get("SCHOOLGATE_TALLY"):
        with open(file, "a") as tallies:
            print(*astuple(tally), file=tallies)


def main(what: str, *arguments: str) -> int:
    tally = run_unittest(list(arguments)) if what == "unittest" else read_junit(*arguments)
    record(tally)
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
