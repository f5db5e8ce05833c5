"""SIGHUP: new lists and policy in force with no lookup lost, and nothing broken ever in force."""

import fcntl
import itertools
import os
import pathlib
import signal
import statistics
import time
import unittest

from support.case import SchoolgateTest
from support.installation import IS_SANITIZED, LISTS
from support.load import Load, numbered
from support.programs import wait_until

RELOAD_SECONDS = 10.0  # patience
IN_FORCE_SECONDS = 1.0  # the promise


class Reload(SchoolgateTest):
    def tearDown(self) -> None:
        self.school.write()
        self.school.reload()
        wait_until(self.is_as_before, RELOAD_SECONDS, "all is well again")

    def is_as_before(self) -> bool:
        """No problem is left, nor a rule: a policy is read on a thread of its own."""
        return self.school.json("status")["problems"] == [] and not self.pupil.ask("good.test").errors

    def wait_blocked(self, name: str, blocked: bool = True) -> None:
        wait_until(lambda: bool(self.pupil.ask(name).errors) == blocked, RELOAD_SECONDS, f"{name} blocked: {blocked}")

    def problems(self) -> str:
        return "\n".join(self.school.json("status")["problems"])

    def test_a_new_rule_comes_into_force_and_goes(self) -> None:
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")  # and now it is cached
        self.school.write_list("gambling.txt", LISTS["gambling.txt"] + "good.test\n")
        self.school.reload()
        self.wait_blocked("good.test")
        self.assert_blocked(self.pupil.ask("alias.test"))
        self.school.write_list("gambling.txt", LISTS["gambling.txt"])
        self.school.reload()
        self.wait_blocked("good.test", False)

    def test_a_new_policy_comes_into_force(self) -> None:
        self.school.policy.write_text(self.school.settings.policy.replace('"music"]', '"music"]\nblock_names = ["good.test"]', 1)
                                      .replace('block_names = ["*.rooms.test"]\n', ""))
        self.school.reload()
        self.wait_blocked("good.test")
        self.assert_address(self.pupil.ask("x.rooms.test"), "192.0.2.4")

    def test_a_policy_is_in_force_within_a_second(self) -> None:
        times = []
        for block in (True, False, True, False, True):
            policy = self.school.settings.policy
            self.school.policy.write_text(policy.replace('"music"]', '"music"]\nblock_names = ["good.test"]', 1)
                                          .replace('block_names = ["*.rooms.test"]\n', "") if block else policy)
            written = time.monotonic()
            self.school.reload()
            self.wait_blocked("good.test", block)
            times.append(time.monotonic() - written)
        if not IS_SANITIZED:
            self.assertLess(statistics.median(times), IN_FORCE_SECONDS)

    def test_no_lookup_is_lost_and_no_window_opens(self) -> None:
        names = itertools.chain.from_iterable(zip(numbered("reload.bad.example"), numbered("reload.wild.test")))
        with Load(self.pupil, names) as load:
            for number in range(5):
                self.school.write_list("music.hosts", LISTS["music.hosts"] + f"0.0.0.0 swapped{number}.test\n")
                self.school.reload()
                self.wait_blocked(f"swapped{number}.test")
        self.assertEqual(load.lost, [])
        wrong = [name for name, reply in load.answered.items()
                 if reply.rcode != "NOERROR" or bool(reply.errors) != name.endswith("bad.example")]
        self.assertEqual(wrong, [])

    def test_a_broken_policy_leaves_the_old_one_in_force(self) -> None:
        digest = self.school.json("status")["policy"]["digest"]
        self.school.policy.write_text(self.school.settings.policy.replace('"gambling", "music"', '"gamblin"'))
        self.school.reload()
        wait_until(lambda: "gamblin" in self.problems(), RELOAD_SECONDS, "status shows the mistake")
        self.assertRegex(self.problems(), r"policy\.toml:\d+:\d+: ")
        self.assertEqual(self.school.json("status")["policy"]["digest"], digest)
        self.assert_blocked(self.pupil.ask("bad.example"))
        self.assert_blocked(self.pupil.ask("music.example"))

    def test_a_list_that_cannot_be_read_keeps_its_last_good_copy(self) -> None:
        (self.school.folder / "gambling.txt").unlink()
        self.school.write_list("music.hosts", LISTS["music.hosts"] + "0.0.0.0 good.test\n")
        self.school.reload()
        self.wait_blocked("good.test")  # the rest of the reload came into force
        self.assert_blocked(self.pupil.ask("bad.example"))
        lists = {entry["id"]: entry for entry in self.school.json("lists", "ls")["lists"]}
        self.assertIn("gambling.txt", lists["test-gambling"]["problem"])
        self.assertTrue(lists["test-gambling"]["kept_copy"])
        self.assertIn("test-gambling", self.problems())

    def test_a_changed_configuration_is_told_and_not_used(self) -> None:
        elsewhere = self.school.folder / "other.toml"
        elsewhere.write_text("broken = [")
        text = self.school.configuration.read_text()
        for changed in (text.replace('state = "state"', 'state = "elsewhere"').replace("policy.toml", "other.toml"), "= ="):
            with self.subTest(changed[:40]):
                self.school.configuration.write_text(changed)
                self.school.write_list("gambling.txt", LISTS["gambling.txt"] + "good.test\n")
                os.kill(self.school.daemon_pid, signal.SIGHUP)
                self.wait_blocked("good.test")  # built from the policy and into the state in force
                self.school.configuration.write_text(text)  # the command reads it too
                self.assertEqual(self.problems(),
                                 "schoolgate.toml has changed since the start: restart schoolgated to use it")
                self.assertFalse((self.school.folder / "elsewhere").exists())
                self.school.write_list("gambling.txt", LISTS["gambling.txt"])
                self.school.reload()
                self.wait_blocked("good.test", False)
                self.assertEqual(self.problems(), "")

    def test_a_list_that_is_a_fifo_stops_nothing(self) -> None:
        path = self.school.folder / "gambling.txt"
        path.unlink()
        os.mkfifo(path, 0o644)
        self.addCleanup(lambda: path.unlink() if path.is_fifo() else None)
        self.school.write_list("music.hosts", LISTS["music.hosts"] + "0.0.0.0 good.test\n")
        self.school.reload()
        self.wait_blocked("good.test")
        self.assertIn("is a FIFO", self.problems())
        self.assert_blocked(self.pupil.ask("bad.example"))
        path.unlink()

    def test_a_build_under_way_ends_with_the_daemon(self) -> None:
        with (self.school.state / "build.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # so that the builder has to wait
            self.school.reload()
            children = pathlib.Path(f"/proc/{self.school.daemon_pid}/task/{self.school.daemon_pid}/children")
            wait_until(lambda: children.read_text().split() != [], RELOAD_SECONDS, "a builder is started")
            [builder] = children.read_text().split()
            self.school.stop()
            is_gone = lambda: not pathlib.Path(f"/proc/{builder}/exe").exists()  # a zombie has none
            wait_until(is_gone, 2.0, "the builder is gone")
        self.school.start()

    def test_many_signals_at_once(self) -> None:
        """What a signal is for is not lost in what an earlier one began, wherever that is by then."""
        for milliseconds in range(0, 100, 5):
            for _ in range(5):
                self.school.reload()
            time.sleep(milliseconds / 1000)
            self.school.write_list("gambling.txt", LISTS["gambling.txt"] + f"signal{milliseconds}.test\n")
            self.school.reload()
            self.wait_blocked(f"signal{milliseconds}.test")
        self.assert_blocked(self.pupil.ask("bad.example"))


if __name__ == "__main__":
    unittest.main()
