"""A list of regular expressions: in force, explained, told when it cannot be used, and not compiled again at a start."""

import contextlib
import pathlib
import unittest

from support.case import SchoolgateTest
from support.installation import LISTS, Settings
from support.programs import wait_until

RELOAD_SECONDS = 10.0
PATTERNS = "# patterns\n^casino[0-9]+\\.\n(^|\\.)roulette\\.test$\n(unclosed\n^slots;querytype=A\n"
PATTERNS += "".join(f"^poker{number}-\n" for number in range(20))  # one bad line in ten would be a problem
SLOW = "^(?!((a|aa)+)+c)(a|aa)+z\n"
SLOW_NAME = "a" * 60 + "z." + "a" * 60 + ".test"
COMPILED = "compiled the patterns of the lists"


def children_of(process: int) -> list[str]:
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            name, rest = stat.read_text().rsplit(")", 1)
            if int(rest.split()[1]) == process:
                found.append(name)
    return found


class Patterns(SchoolgateTest):
    @classmethod
    def settings(cls) -> Settings:
        settings = Settings()
        settings.lists = LISTS | {"patterns.txt": PATTERNS}
        settings.policy += '\n[[list]]\nid = "test-patterns"\ncategory = "gambling"\nsource = "patterns.txt"\nformat = "regex"\n'
        return settings

    def setUp(self) -> None:
        # A start builds the lists, too: nothing is looked at while the files change.
        wait_until(lambda: children_of(self.school.daemon_pid) == [], RELOAD_SECONDS, "the lists are built")

    def problems(self) -> list[str]:
        return self.school.json("status")["problems"]

    def test_a_matching_name_is_blocked(self) -> None:
        for name in ("casino7.test", "www.roulette.test", "roulette.test", "poker3-night.test", "CASINO42.test"):
            with self.subTest(name):
                self.assert_blocked(self.pupil.ask(name))
        for name in ("good.test", "mycasino7.test", "casino.test", "slots.test"):
            with self.subTest(name):
                self.assertEqual(self.pupil.ask(name).errors, [])
        self.assertEqual(self.staff.ask("casino7.test").errors, [], "staff may have it")

    def test_check_shows_list_and_line(self) -> None:
        for offline in ([], ["--offline"]):
            report = self.school.json("check", "casino7.test", *offline)
            self.assertEqual((report["verdict"], report["category"]), ("blocked", "gambling"))
            [hit] = report["hits"]
            self.assertEqual((hit["list"], hit["line"], hit["text"]), ("test-patterns", 2, "^casino[0-9]+\\."))
            [hit] = self.school.json("check", "www.roulette.test", *offline)["hits"]
            self.assertEqual((hit["list"], hit["line"]), ("test-patterns", 3))
        self.assertRegex(self.school.run("check", "casino7.test").stdout, r"test-patterns.*2")

    def test_what_cannot_be_used_is_listed(self) -> None:
        lists = {entry["id"]: entry for entry in self.school.json("lists", "ls")["lists"]}
        patterns = lists["test-patterns"]
        self.assertEqual((patterns["format"], patterns["rules"], patterns["rejected_count"]), ("regex", 22, 2))
        rejected = {rule["line"]: (rule["text"], rule["reason"]) for rule in patterns["rejected"]}
        self.assertEqual(rejected[4][0], "(unclosed")
        self.assertIn("parenthesis", rejected[4][1])
        self.assertIn("no option can be honoured", rejected[5][1])
        for verb in ("ls", "build"):
            shown = self.school.run("lists", verb).stdout
            self.assertRegex(shown, r"test-patterns +1 +Missing close parenthesis.* +4 +\(unclosed")
            self.assertRegex(shown, r"test-patterns +1 +has a ';'.* +5 +\^slots;querytype=A")

    def test_a_restart_compiles_nothing(self) -> None:
        compiled = self.school.state / "filter.image.hs"
        self.assertTrue(compiled.exists())
        self.school.stop()
        self.school.start()
        self.assert_blocked(self.pupil.ask("casino7.test"))
        self.assertNotIn(COMPILED, self.school.daemon.log())
        self.school.stop()
        compiled.unlink()
        self.school.start()
        self.assertIn(COMPILED, self.school.daemon.log(), "or the test looks for the wrong words")
        self.assert_blocked(self.pupil.ask("casino7.test"))

    def rules(self) -> int:
        return {entry["id"]: entry["rules"] for entry in self.school.json("lists", "ls")["lists"]}["test-patterns"]

    def reload_with(self, patterns: str, rules: int) -> None:
        self.school.write_list("patterns.txt", patterns)
        self.school.reload()
        wait_until(lambda: self.rules() == rules, RELOAD_SECONDS, f"{rules} rules are in force")

    def test_a_pattern_too_slow_to_decide_is_told(self) -> None:
        self.addCleanup(self.reload_with, PATTERNS, 22)
        self.reload_with(PATTERNS + SLOW, 23)
        self.assertEqual(self.problems(), [])
        # The report comes a moment before the image, and a worker has that a moment before status speaks of it.
        wait_until(lambda: self.pupil.ask(SLOW_NAME) and self.problems() != [], RELOAD_SECONDS, "it is told")
        self.assert_blocked(self.pupil.ask(SLOW_NAME))
        [problem] = self.problems()
        line = PATTERNS.count("\n") + 1
        self.assertRegex(problem, rf"^list test-patterns, line {line}: .*counted as matched \(times: \d+\)")
        self.assertIn(f"! {problem}\n", self.school.run("status").stdout)


if __name__ == "__main__":
    unittest.main()
