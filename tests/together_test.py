"""Tests that share a process count, fail and are named as those that each had their own."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

from tally import Tally
from together import AT_MOST_IN_A_PROCESS, Ended, Outcome, Test, read_tests, report, run_all, split

# Speaks as GoogleTest does; what a test does is its name.
PROGRAM = """\
import os, sys, time
code = 0
tests = next(part for part in sys.argv if part.startswith("--gtest_filter=")).partition("=")[2].split(":")
for test in tests:
    what = test.partition(".")[2].partition("/")[0]
    if what == "absent":
        continue
    if what == "set_up_aborts":
        os.abort()
    print("[ RUN      ]", test, flush=True)
    print("words of", test, flush=True)
    if what == "aborts":
        os.abort()
    if what == "exits":
        sys.exit(0)
    if what == "hangs":
        time.sleep(60)
    print("[       OK ] Another.test (0 ms)", flush=True)
    if what == "fails":
        print("[  FAILED  ] %s, where GetParam() = 1 (0 ms)" % test, flush=True)
        code = 1
    elif what == "skips":
        print("[  SKIPPED ] %s (0 ms)" % test, flush=True)
    else:
        print("[       OK ] %s (0 ms)" % test, flush=True)
    if what == "leaks" or (what == "crowds" and len(tests) > 1):
        code = 23
sys.exit(code)
"""


class Together(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.program = pathlib.Path(folder.name) / "program.py"
        self.program.write_text(PROGRAM)

    def named(self, name: str, timeout_seconds: float = 30.0) -> Test:
        return Test(f"room.{name}", (sys.executable, str(self.program), f"--gtest_filter={name}"), timeout_seconds=timeout_seconds)

    def outcomes(self, *names: str) -> dict[str, Ended]:
        ended = run_all([self.named(name) for name in names], jobs=1)
        return {test.pattern: how for test, how in ended.items()}

    def assert_fails_among_others(self, name: str, why: str) -> None:
        ended = self.outcomes("Suite.first", name, "Suite.last")
        self.assertEqual([how.outcome for how in ended.values()], [Outcome.PASSED, Outcome.FAILED, Outcome.PASSED])
        self.assertIn(why, ended[name].output)

    def test_each_outcome(self) -> None:
        ended = self.outcomes("Suite.passes", "Suite.fails/0", "Suite.skips")
        self.assertEqual([how.outcome for how in ended.values()], [Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED])
        self.assertIn("words of Suite.fails/0", ended["Suite.fails/0"].output)
        self.assertNotIn("passes", ended["Suite.fails/0"].output)

    def test_one_that_ends_the_process_fails_and_the_others_run(self) -> None:
        self.assert_fails_among_others("Suite.aborts", "words of Suite.aborts\nThe process ended with -6.")

    def test_one_that_leaves_without_an_error_fails_too(self) -> None:
        self.assert_fails_among_others("Suite.exits", "The process ended with 0.")

    def test_what_is_found_when_the_process_ends_has_a_name(self) -> None:
        self.assert_fails_among_others("Suite.leaks", "The process ended with 23.")

    def test_a_suite_that_cannot_begin_fails(self) -> None:
        self.assert_fails_among_others("Suite.set_up_aborts", "The process ended with -6.")

    def test_one_that_the_program_does_not_know_fails(self) -> None:
        self.assert_fails_among_others("Suite.absent", "It did not run.")

    def test_what_fails_only_in_company_is_no_success(self) -> None:
        ended = self.outcomes("Suite.passes", "Suite.crowds")
        self.assertEqual([how.outcome for how in ended.values()], [Outcome.PASSED, Outcome.FAILED])
        self.assertIn("Passes alone", ended["Suite.crowds"].output)

    def test_one_that_hangs_is_ended(self) -> None:
        tests = [self.named("Suite.hangs", timeout_seconds=1.0), self.named("Suite.passes")]
        self.assertEqual([how.outcome for how in run_all(tests, jobs=1).values()], [Outcome.FAILED, Outcome.PASSED])

    def test_what_is_not_built_fails_and_what_is_disabled_is_skipped(self) -> None:
        tests = [Test("room.not_built", ()), Test("room.disabled", ("false",), is_disabled=True)]
        self.assertEqual([how.outcome for how in run_all(tests, jobs=1).values()], [Outcome.FAILED, Outcome.SKIPPED])

    def test_a_program_without_a_filter_has_its_exit_code(self) -> None:
        tests = [Test("succeeds", ("true",)), Test("fails", ("false",))]
        self.assertEqual([how.outcome for how in run_all(tests, jobs=2).values()], [Outcome.PASSED, Outcome.FAILED])


class Split(unittest.TestCase):
    def test_each_once_and_no_process_has_too_many(self) -> None:
        tests = [Test(f"{program}.{number}", (program, f"--gtest_filter=Suite.{number}"))
                 for program in ["a", "b"] for number in range(AT_MOST_IN_A_PROCESS * 2 + 1)]
        processes = split(tests)
        self.assertEqual(sorted(test.name for process in processes for test in process), sorted(test.name for test in tests))
        self.assertLessEqual(max(map(len, processes)), AT_MOST_IN_A_PROCESS)
        self.assertEqual(len(processes), 6)
        for process in processes:
            self.assertEqual(len({test.command[0] for test in process}), 1)


class Reading(unittest.TestCase):
    def test_what_ctest_lists(self) -> None:
        properties = {"WORKING_DIRECTORY": "/build", "TIMEOUT": 300.0, "LABELS": ["unit"]}
        entries = [{"name": "room.Suite.test", "command": ["program", "--gtest_filter=Suite.test"],
                    "properties": [{"name": name, "value": value} for name, value in properties.items()]},
                   {"name": "other_NOT_BUILT", "properties": [{"name": "DISABLED", "value": True}]}]
        first, second = read_tests(json.dumps({"tests": entries}))
        self.assertEqual(first, Test("room.Suite.test", ("program", "--gtest_filter=Suite.test"), "/build", 300.0))
        self.assertEqual((second.command, second.is_disabled), ((), True))


class Report(unittest.TestCase):
    def test_failures_are_named_and_all_are_counted(self) -> None:
        ended = {Test(outcome.value, ("program",)): Ended(outcome, f"words of {outcome.value}") for outcome in Outcome}
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(report(ended), Tally(passed=1, failed=1, skipped=1))
        self.assertIn("--- FAILED\nwords of FAILED\n", said.getvalue())
        self.assertTrue(said.getvalue().endswith("The following tests FAILED:\n\tFAILED\n"))
        self.assertNotIn("words of OK", said.getvalue())


if __name__ == "__main__":
    unittest.main()
