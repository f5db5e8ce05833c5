"""An update of a list that is more likely a mistake waits for a person; what would block a helpline is set aside."""

import time
import unittest

from support.case import SchoolgateTest
from support.installation import LISTS, Settings
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
