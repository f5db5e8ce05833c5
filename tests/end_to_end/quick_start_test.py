"""deploy/run as a newcomer meets it: what it prints is run as it is printed. It builds, so it is a stage of its own."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import unittest
from collections.abc import Iterator
from contextlib import contextmanager

from support.name_server import NameServer
from support.programs import REPOSITORY, Program, free_port, make_folder, wait_until

BUILD_SECONDS = 1800.0
SAY_SECONDS = 30.0
BLOCKED_NAME = "gambling.schoolgate.test"
NOBODY_ANSWERS = "No upstream answers: filtering works, allowed names get SERVFAIL."
CHANGED_BY_HAND = "has been changed by hand and stays as it is."


def children_of(pid: int) -> list[str]:
    """Ended ones too, as long as nobody has collected them."""
    return [child for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


class QuickStart(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = make_folder()
        self.state = self.folder / "school"
        self.port, self.page_port = free_port(), free_port()

    @contextmanager
    def running(self, upstream: str) -> Iterator[Program]:
        """deploy/run, from when it has said what to try until it was told to stop."""
        log = self.folder / f"run-{len(list(self.folder.iterdir()))}.log"
        command = [str(REPOSITORY / "deploy/run"), "--state", str(self.state), "--port", str(self.port), "--page-port",
                   str(self.page_port), "--upstream", upstream]
        run = Program(command, log)
        self.addCleanup(run.kill)
        run.start()
        wait_until(lambda: "Ctrl-C stops it." in run.log() or not run.is_running(), BUILD_SECONDS, "deploy/run is ready")
        self.assertTrue(run.is_running(), run.log()[-4000:])
        wait_until(lambda: not children_of(run.pid), SAY_SECONDS, "whoever spoke is no child of the daemon")
        yield run
        self.assertEqual(run.stop(), 0, run.log()[-4000:])

    def try_next(self, log: str) -> dict[str, str]:
        """What each printed command writes."""
        _, _, after = log.partition("What to try next")
        commands = dict(re.findall(r"^  (\S.*?)  +(\S.*)$", after, re.MULTILINE))
        return {what: self.shell(command) for what, command in commands.items()}

    def shell(self, command: str) -> str:
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}")
        return done.stdout

    def assert_all_works(self, log: str) -> None:
        shown = self.try_next(log)
        expected = {
            "a blocked name": rf"{re.escape(BLOCKED_NAME)}\.\s+\d+\s+IN\s+A\s+127\.0\.0\.1\n",
            "an allowed name": r"example\.com\.\s+\d+\s+IN\s+A\s+192\.0\.2\.9\n",
            "the block page": rf"<strong>{re.escape(BLOCKED_NAME)}</strong>[\s\S]*Gambling",
            "why is it blocked?": r"(?i)\bblocked\b[\s\S]*gambling",
            "who asked for what?": rf"(?i){re.escape(BLOCKED_NAME)}\s.*gambling",
            "is all well?": rf"127\.0\.0\.1:{self.port}\b[\s\S]*\sanswering\s",
        }
        self.assertEqual(sorted(shown), sorted(expected))
        for what, mark in expected.items():
            with self.subTest(what):
                self.assertRegex(shown[what], mark)
        self.assertNotIn(NOBODY_ANSWERS, log)

    def test_what_it_prints_works_the_first_time_and_the_second(self) -> None:
        upstream = NameServer(self.folder / "nsd")
        self.addCleanup(upstream.stop)
        upstream.start()
        with self.running(upstream.upstream) as run:
            self.assert_all_works(run.log())
            head = self.shell(f"curl -s -o /dev/null -w '%{{http_code}}' -H 'Host: {BLOCKED_NAME}' "
                              f"http://127.0.0.1:{self.page_port}/")
            self.assertEqual(head, "403")
        policy = self.state / "policy.toml"
        changed = policy.read_text() + "\n# ours\n"
        policy.write_text(changed)
        with self.running(upstream.upstream) as run:
            self.assertIn(f"{policy} {CHANGED_BY_HAND}", run.log())
            self.assert_all_works(run.log())
            found = self.shell(f"{self.state}/bin/schoolgate history search --name {BLOCKED_NAME} --json "
                               f"--config {self.state}/schoolgate.toml")
            self.assertGreaterEqual(len(found.splitlines()), 2, "the first start's lookups are still there")
        self.assertEqual(policy.read_text(), changed)

    @unittest.skipUnless(os.geteuid() == 0, "only root's daemon becomes somebody else")
    def test_a_folder_closed_to_the_daemon_is_named(self) -> None:
        self.state.mkdir(mode=0o700)
        run = Program([str(REPOSITORY / "deploy/run"), "--state", str(self.state)], self.folder / "run.log")
        self.addCleanup(run.kill)
        run.start()
        self.assertEqual(run.wait(BUILD_SECONDS), 1)
        self.assertRegex(run.log(), rf"(?m)^deploy/run: .*cannot enter {re.escape(str(self.state))}: ")

    def test_without_an_upstream_it_says_so(self) -> None:
        with self.running(f"udp://127.0.0.1:{free_port()}") as run:
            wait_until(lambda: NOBODY_ANSWERS in run.log(), SAY_SECONDS, "it says that nobody answers")
            blocked = self.shell(f"kdig @127.0.0.1 -p {self.port} +short {BLOCKED_NAME}")
            self.assertEqual(blocked, "127.0.0.1\n")
            self.assertIn("SERVFAIL", self.shell(f"kdig @127.0.0.1 -p {self.port} example.com"))


if __name__ == "__main__":
    unittest.main()
