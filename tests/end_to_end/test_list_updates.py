"""An update of a list that is more likely a mistake waits for a person; what would block a helpline is set aside."""

import os
import shutil
import subprocess
import time
import unittest

from support.case import SchoolgateTest
from support.installation import COMMAND, LISTS, Settings
from support.programs import wait_until

RELOAD_SECONDS = 10.0
LIST = "test-casinos"


def casinos(start: str, count: int) -> str:
    return "".join(f"{start}{number}.casino.test\n" for number in range(count))


class ListUpdates(SchoolgateTest):
    @classmethod
    def settings(cls) -> Settings:
        settings = Settings()
        settings.lists = LISTS | {"casinos.txt": ""}
        settings.policy = 'protected_names = ["school.test"]\n' + settings.policy
        settings.policy += f'\n[[list]]\nid = "{LIST}"\ncategory = "gambling"\nsource = "casinos.txt"\n'
        return settings

    def put(self, text: str) -> dict:
        """Builds the lists with this one; what is said of it then."""
        self.school.write_list("casinos.txt", text)
        built = self.school.json("lists", "build")
        return next(one for one in built["lists"] if one["id"] == LIST)

    def take_anything(self, text: str) -> None:
        """A clean ground: this is in force, whatever was before."""
        if self.put(text)["held"]:
            self.school.json("lists", "accept", LIST)

    def standings(self) -> list[str]:
        return [version["standing"] for version in self.school.json("lists", "log", LIST)["versions"]]

    def is_blocked(self, name: str) -> bool:
        return bool(self.pupil.ask(name).errors)

    def test_what_was_built_by_hand_is_in_force_when_the_command_returns(self) -> None:
        for round_number in range(5):
            self.take_anything(casinos(f"round{round_number}-", 200))
            self.assertTrue(self.is_blocked(f"round{round_number}-199.casino.test"))
            self.assertEqual(self.school.json("status")["problems"], [])

    def test_what_another_program_understood_of_a_list_is_read_again(self) -> None:
        """As after an upgrade. What this one understood it merges."""
        self.take_anything(casinos("p", 200))
        rules = self.school.state / "lists" / f"{LIST}.rules"
        before = rules.stat().st_ino
        self.school.run("lists", "build")
        self.assertEqual(rules.stat().st_ino, before)
        another = self.school.folder / "schoolgate-upgraded"
        shutil.copy(COMMAND, another)
        subprocess.run([another, "--config", self.school.configuration, "lists", "build"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertNotEqual(rules.stat().st_ino, before)
        self.assertTrue(self.is_blocked("p199.casino.test"))

    def test_an_odd_update_waits_and_the_list_stays(self) -> None:
        self.take_anything(casinos("a", 200))
        told = self.put(casinos("b", 9))
        self.assertEqual(told["held"]["why"], "shrinks from 200 rules to 9")
        self.assertEqual(told["rules"], 200)
        self.assertTrue(self.is_blocked("a0.casino.test"))
        self.assertFalse(self.is_blocked("b0.casino.test"))
        wait_until(lambda: any("is held back" in problem for problem in self.school.json("status")["problems"]),
                   RELOAD_SECONDS, "the problem is told")

        difference = self.school.json("lists", "diff", LIST)
        self.assertEqual(difference["added"], [f"b{number}.casino.test" for number in range(9)])
        self.assertEqual(len(difference["removed"]), 200)

        self.school.json("lists", "accept", LIST, "--reason", "they closed")
        self.assertTrue(self.is_blocked("b0.casino.test"))
        self.assertFalse(self.is_blocked("a0.casino.test"))
        newest = self.school.json("lists", "log", LIST)["versions"][-1]
        self.assertEqual((newest["standing"], newest["reason"]), ("in force", "they closed"))
        self.assertEqual(self.school.json("status")["problems"], [])

    def test_a_refused_update_is_no_problem_and_never_in_force(self) -> None:
        self.take_anything(casinos("c", 200))
        self.put(casinos("d", 9))
        self.school.json("lists", "refuse", LIST)
        self.school.reload()
        time.sleep(1.0)
        self.assertTrue(self.is_blocked("c0.casino.test"))
        self.assertFalse(self.is_blocked("d0.casino.test"))
        self.assertEqual(self.school.json("status")["problems"], [])
        self.assertIn("was refused", self.school.run("lists", "ls").stdout)

    def test_back_to_the_version_before(self) -> None:
        self.take_anything(casinos("e", 200))
        self.take_anything(casinos("f", 210))
        self.school.json("lists", "rollback", LIST, "--reason", "lessons need it")
        for _ in range(2):
            self.assertTrue(self.is_blocked("e0.casino.test"))
            self.assertFalse(self.is_blocked("f0.casino.test"))
            self.school.json("lists", "build")
        self.assertEqual(self.standings()[-2:], ["in force", "refused"])
        again = self.school.run("lists", "rollback", "no-such-list")
        self.assertEqual((again.returncode, again.stderr), (1, "no version of a list 'no-such-list' was ever read\n"))

    def test_a_difference_says_which_looked_up_names_it_touches(self) -> None:
        self.take_anything(casinos("g", 200))
        self.take_anything(casinos("g", 199) + "h.casino.test\n")
        names = self.school.folder / "names.txt"
        names.write_text("www.g199.casino.test 12\nh.casino.test\nother.test\nnot a name either\n")
        names.chmod(0o644)
        touched = self.school.json("lists", "diff", LIST, "--names", str(names))["touched"]
        self.assertEqual([(one["name"], one["before"], one["after"]) for one in touched],
                         [("www.g199.casino.test", True, False), ("h.casino.test", False, True)])
        shown = self.school.run("lists", "diff", LIST, "--names", str(names)).stdout
        self.assertIn("+ h.casino.test\n- g199.casino.test\n", shown)
        self.assertIn("2 would be answered otherwise", shown)

    def test_a_held_update_says_which_recorded_lookups_it_touches(self) -> None:
        self.take_anything(casinos("j", 200))
        self.put(casinos("k", 9))
        for name, times in (("www.j7.casino.test", 3), ("k1.casino.test", 5), ("quiet.test", 7)):
            for _ in range(times):
                self.pupil.ask(name)
            self.assertEqual(len(self.school.lookups(name)), times)
        difference = self.school.json("lists", "diff", LIST)
        self.assertEqual(difference["touched"], [
            {"name": "k1.casino.test", "lookups": 5, "before": False, "after": True},
            {"name": "www.j7.casino.test", "lookups": 3, "before": True, "after": False}])
        shown = self.school.run("lists", "diff", LIST).stdout
        self.assertIn("  k1.casino.test (5 lookups): in the list from then on\n"
                      "  www.j7.casino.test (3 lookups): not in the list any more\n", shown)
        stats = self.school.json("lists", "stats", "--since", "1h")
        casino = next(one for one in stats["lists"] if one["list"] == LIST)
        self.assertEqual((casino["names"], casino["names_alone"], casino["lookups"]), (1, 1, 3))
        # What was read as root is still the daemon's to write.
        owners = {path.owner() for path in (self.school.state / "history").iterdir()}
        self.assertEqual(owners, {self.school.state.owner()})
        self.pupil.ask("later.test")
        self.assertEqual(len(self.school.lookups("later.test")), 1)
        self.assertEqual(self.school.json("status")["problems"],
                         [one for one in self.school.json("status")["problems"] if "is held back" in one])

    @unittest.skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_the_history_is_nobody_elses_to_read(self) -> None:
        self.take_anything(casinos("l", 200))
        self.put(casinos("m", 9))
        self.pupil.ask("m1.casino.test")
        # As a careless owner may leave it: of the state folder the history alone is closed to others.
        for path in self.school.state.rglob("*"):
            if path.is_dir() or path.name.startswith("filter.") or "lists" in path.parts:
                path.chmod(path.stat().st_mode | (0o005 if path.is_dir() else 0o004))
        (self.school.state / "history").chmod(0o750)

        def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
            stranger = ["setpriv", "--reuid=65500", "--regid=65500", "--clear-groups"]
            return subprocess.run([*stranger, str(COMMAND), *arguments, "--config", str(self.school.configuration)],
                                  capture_output=True, text=True, stdin=subprocess.DEVNULL)

        stats = ran("lists", "stats", "--since", "1h")
        self.assertEqual((stats.returncode, stats.stdout), (1, ""))
        self.assertIn("/history: Permission denied: root and the daemon's own user may, so try sudo", stats.stderr)
        difference = ran("lists", "diff", LIST)
        self.assertEqual((difference.returncode, difference.stderr), (0, ""))
        self.assertNotIn("looked up", difference.stdout)
        self.assertIn("looked up", self.school.run("lists", "diff", LIST).stdout)

    def test_what_is_protected_is_set_aside_by_itself(self) -> None:
        self.take_anything(casinos("i", 1200))
        told = self.put(casinos("i", 1200) + "school.test\nco.uk\n")
        self.assertEqual((told["rules"], told["guarded"], told["held"]), (1200, 2, None))
        self.assertFalse(self.is_blocked("www.school.test"))
        self.assertFalse(self.is_blocked("anything.co.uk"))
        self.assertTrue(self.is_blocked("i1199.casino.test"))
        shown = self.school.run("lists", "ls").stdout
        self.assertIn("would block 'school.test', which is protected by the policy", shown)
        self.assertIn("covers every name under a public suffix", shown)
        told = self.put(casinos("i", 1200) + "school.test\nco.uk\nwww.childline.org.uk\n")
        self.assertEqual(told["held"]["why"], "3 of its 1,203 rules would block what is protected")


if __name__ == "__main__":
    unittest.main()
