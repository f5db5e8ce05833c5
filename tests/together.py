"""Runs the tests that CTest would, many of a program in one process: under a sanitizer a start takes longer than most tests.

    python3 tests/together.py build/asan [OPTION OF CTEST…]    its -R and -E, for example

Every test counts and is named as CTest counts and names it. One that ends its process is a failure, and those behind it get
another process. When a process with nothing but passed tests ends with an error, as with a leak, each of them runs again alone.
"""

from __future__ import annotations

import enum
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tally import Tally, record

AT_MOST_IN_A_PROCESS = 25
DEFAULT_TIMEOUT_SECONDS = 1500.0  # CTest's own
SLOWEST = 20

_FILTER = "--gtest_filter="
_BEGIN = re.compile(r"\[ RUN      \] (\S+)")
_END = re.compile(r"\[ {1,8}(OK|FAILED|SKIPPED) {1,2}\] ([^\s,]+)")


class Outcome(enum.Enum):
    PASSED = "OK"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True)
class Test:
    name: str
    command: tuple[str, ...]  # empty: not built
    folder: str = "."
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    is_disabled: bool = False

    @property
    def pattern(self) -> str:
        """Its name in its own program; empty when that is not GoogleTest's."""
        return next((part.removeprefix(_FILTER) for part in self.command if part.startswith(_FILTER)), "")

    def same_process(self) -> tuple[str, ...]:
        """Tests for which this is the same can share a process."""
        return (self.folder, *(part for part in self.command if not part.startswith(_FILTER)), "" if self.pattern else self.name)


@dataclass
class Ended:
    outcome: Outcome
    output: str
    seconds: float = 0.0


def read_tests(listing: str) -> list[Test]:
    """Of what `ctest --show-only=json-v1` writes."""
    tests = []
    for entry in json.loads(listing)["tests"]:
        properties = {each["name"]: each["value"] for each in entry.get("properties", [])}
        tests.append(Test(entry["name"], tuple(entry.get("command", ())), properties.get("WORKING_DIRECTORY", "."),
                          float(properties.get("TIMEOUT", DEFAULT_TIMEOUT_SECONDS)), bool(properties.get("DISABLED", False))))
    return tests


def split(tests: Iterable[Test]) -> list[list[Test]]:
    """Neighbours go to different processes: what takes long often stands together."""
    programs: defaultdict[tuple[str, ...], list[Test]] = defaultdict(list)
    for test in tests:
        programs[test.same_process()].append(test)
    return [same[first::count] for same in programs.values() if (count := -(-len(same) // AT_MOST_IN_A_PROCESS))
            for first in range(count)]


def _kill_late(process: subprocess.Popen[str], test: Test) -> threading.Timer:
    watch = threading.Timer(test.timeout_seconds, process.kill)
    watch.daemon = True
    watch.start()
    return watch


class Process:
    """One run of a program over some of its tests, read line by line."""

    def __init__(self, tests: list[Test]) -> None:
        self.tests = {test.pattern: test for test in tests}
        self.ended: dict[Test, Ended] = {}
        self.running: Test | None = None
        self.output: list[str] = []
        self.began = 0.0

    def run(self) -> dict[Test, Ended]:
        """At least one test has ended then."""
        first = next(iter(self.tests.values()))
        command = [_FILTER + ":".join(self.tests) if part.startswith(_FILTER) else part for part in first.command]
        with subprocess.Popen(command, cwd=first.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace") as process:
            self._read(process, first)
        self._close(process.returncode)
        return self.ended

    def _read(self, process: subprocess.Popen[str], first: Test) -> None:
        assert process.stdout is not None
        self._begin(None if first.pattern else first)
        watch = _kill_late(process, first)
        for line in process.stdout:
            self.output.append(line)
            if (begin := _BEGIN.search(line)) and begin[1] in self.tests:
                watch.cancel()
                self._begin(self.tests[begin[1]], line)
                watch = _kill_late(process, self.tests[begin[1]])
            elif self.running and (end := _END.search(line)) and end[2] == self.running.pattern:
                self._end(Outcome(end[1]))
        process.wait()
        watch.cancel()

    def _begin(self, test: Test | None, line: str = "") -> None:
        self.running, self.output, self.began = test, [line], time.monotonic()

    def _end(self, outcome: Outcome, why: str = "") -> None:
        assert self.running is not None
        self.ended[self.running] = Ended(outcome, "".join(self.output) + why, time.monotonic() - self.began)
        self.running, self.output = None, []

    def _close(self, code: int) -> None:
        why = f"The process ended with {code}.\n"
        if self.running and not self.running.pattern:
            self._end(Outcome.FAILED if code else Outcome.PASSED, why if code else "")
        elif self.running:
            self._end(Outcome.FAILED, why)
        elif code == 0 or len(self.tests) == 1:
            self._give_up("" if code == 0 else "".join(self.output) + why, code)
        elif all(ended.outcome is not Outcome.FAILED for ended in self.ended.values()):
            self._each_alone("".join(self.output) + why)

    def _give_up(self, output: str, code: int) -> None:
        for test in self.tests.values():
            if test not in self.ended or (code and self.ended[test].outcome is not Outcome.FAILED):
                before = self.ended[test].output if test in self.ended else "It did not run.\n"
                self.ended[test] = Ended(Outcome.FAILED, before + output)

    def _each_alone(self, output: str) -> None:
        for test in self.tests.values():
            self.ended |= Process([test]).run()
        if all(ended.outcome is not Outcome.FAILED for ended in self.ended.values()):
            last = list(self.tests.values())[-1]
            self.ended[last] = Ended(Outcome.FAILED, f"Passes alone; together with {len(self.tests) - 1} others:\n{output}")


def run_together(tests: list[Test]) -> dict[Test, Ended]:
    ended: dict[Test, Ended] = {}
    while left := [test for test in tests if test not in ended]:
        ended |= Process(left).run()
    return ended


def run_all(tests: list[Test], jobs: int) -> dict[Test, Ended]:
    """In the order of `tests`."""
    ended = {test: Ended(Outcome.SKIPPED, "disabled\n") for test in tests if test.is_disabled}
    ended |= {test: Ended(Outcome.FAILED, "not built\n") for test in tests if not test.is_disabled and not test.command}
    with ThreadPoolExecutor(jobs) as pool:
        for some in pool.map(run_together, split(test for test in tests if test not in ended)):
            ended |= some
    return {test: ended[test] for test in tests}


def report(ended: dict[Test, Ended]) -> Tally:
    failed = [test for test, how in ended.items() if how.outcome is Outcome.FAILED]
    for test in failed:
        print(f"--- {test.name}\n{ended[test].output}")
    print(f"The slowest of {len(ended)} tests:")
    for test, how in sorted(ended.items(), key=lambda each: -each[1].seconds)[:SLOWEST]:
        print(f"{how.seconds:8.2f} s  {test.name}")
    if failed:
        print("The following tests FAILED:")
    for test in failed:
        print(f"\t{test.name}")
    count = Counter(how.outcome for how in ended.values())
    return Tally(count[Outcome.PASSED], count[Outcome.FAILED], count[Outcome.SKIPPED])


def main(build: str, *options: str) -> int:
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1", *options], stdout=subprocess.PIPE,
                             text=True, check=True).stdout
    tally = report(run_all(read_tests(listing), jobs=os.cpu_count() or 1))
    record(tally)
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
