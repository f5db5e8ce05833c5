"""`schoolgate`: the verbs, with the daemon and without, and their exit codes."""

import unittest

from support.case import SchoolgateTest
from support.installation import Installation, Settings

DONE, REFUSED, BAD_USAGE = 0, 1, 2


class WithDaemon(SchoolgateTest):
    def test_status_says_what_is_so(self) -> None:
        before = self.school.json("status")
        self.pupil.ask("good.test")
        self.pupil.ask("bad.example")
        after = self.school.json("status")
        self.assertEqual(after["lookups"] - before["lookups"], 2)
        self.assertEqual(after["blocked"] - before["blocked"], 1)
        self.assertIs(after["dnssec_validation"], False)
        self.assertEqual([upstream["server"] for upstream in after["upstreams"]], [self.upstreams[0].upstream])
        self.assertEqual(after["upstreams"][0]["state"], "answering")
        self.assertEqual(after["problems"], [])
        self.assertRegex(self.school.run("status").stdout, r"(?i)dnssec")

    def test_check_tells_the_whole_chain(self) -> None:
        report = self.school.json("check", "www.bad.example")
        self.assertEqual((report["name"], report["verdict"], report["category"]), ("www.bad.example", "blocked", "gambling"))
        steps = [step["step"] for step in report["chain"]]
        for step in ("locked-category", "security-category", "name-rule", "category", "otherwise"):
            self.assertIn(step, steps)
        decided = [step for step in report["chain"] if step["outcome"] == "blocks"]
        self.assertEqual([(step["list"], step["line"]) for step in decided], [("test-gambling", 2)])

    def test_check_for_a_group_and_a_device(self) -> None:
        for arguments, verdict in ((("--group", "staff"), "allowed"), (("--group", "exam"), "blocked"),
                                   (("--device", "staff-laptop"), "allowed"), (("--device", "127.0.0.2"), "allowed")):
            with self.subTest(arguments):
                self.assertEqual(self.school.json("check", "bad.example", *arguments)["verdict"], verdict)

    def test_check_agrees_with_the_answer(self) -> None:
        for name in ("bad.example", "ok.bad.example", "good.test", "malware.example", "terror.example", "x.rooms.test"):
            with self.subTest(name):
                is_blocked = bool(self.pupil.ask(name).errors)
                self.assertEqual(self.school.json("check", name)["verdict"], "blocked" if is_blocked else "allowed")

    def test_policy_and_lists(self) -> None:
        policy = self.school.json("policy", "show")
        self.assertEqual([group["id"] for group in policy["groups"]], ["everyone", "pupils", "staff", "exam"])
        lists = {entry["id"]: entry for entry in self.school.json("lists", "ls")["lists"]}
        self.assertEqual(lists["test-gambling"]["rules"], 1)
        self.assertEqual(lists["test-music"]["format"], "hosts")
        self.assertEqual([entry["problem"] for entry in lists.values()], [""] * len(lists))

    def test_history_search_filters(self) -> None:
        for name in ("one.wild.test", "two.wild.test", "bad.example"):
            self.staff.ask(name)
        search = ("history", "search", "--device", "staff-laptop")
        self.assertEqual([record["name"] for record in self.school.json_lines(*search, "--limit", "2")],
                         ["bad.example", "two.wild.test"], "newest first")
        self.assertEqual(self.school.json_lines(*search, "--verdict", "blocked"), [], "staff may have it")
        self.assertEqual(len(self.school.json_lines(*search, "--name", "*.wild.test")), 2)

    def test_another_program_gets_long_names_whole(self) -> None:
        name = ".".join(["x" * 50] * 4 + ["bad.example"])
        self.pupil.ask(name)
        self.assertIn(f" {name} ", self.school.run("history", "search", "--limit", "1").stdout)

    def test_exit_codes(self) -> None:
        for arguments, code in ((("status",), DONE), (("check", "good.test"), DONE), (("check", "bad.example"), DONE),
                                (("--help",), DONE), (("check", "--help"), DONE),
                                (("check", "bad.example", "--group", "nobody"), REFUSED),
                                (("check",), BAD_USAGE), (("chekc", "x"), BAD_USAGE), (("status", "--jsn"), BAD_USAGE),
                                (("check", "x.test", "--group", "staff", "--device", "x"), BAD_USAGE)):
            with self.subTest(arguments):
                done = self.school.run(*arguments)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertEqual(bool(done.stderr), code != DONE)

    def test_no_colour_but_on_a_terminal(self) -> None:
        for verb in (("status",), ("check", "bad.example"), ("lists", "ls"), ("policy", "show"), ("history", "search")):
            with self.subTest(verb):
                self.assertNotIn("\x1b", self.school.run(*verb).stdout)


class WithoutDaemon(SchoolgateTest):
    def test_check_says_the_same(self) -> None:
        names = ("bad.example", "good.test", "terror.example", "malware.example", "ok.bad.example")
        with_daemon = [self.school.json("check", name) for name in names]
        self.school.stop()
        self.assertEqual([self.school.json("check", name) for name in names], with_daemon)
        self.assertEqual(self.school.run("status").returncode, REFUSED)
        self.school.start()

    def test_check_before_the_first_start(self) -> None:
        school = Installation(Settings())
        self.addCleanup(school.remove)
        self.assertEqual(school.run("lists", "build").returncode, DONE)
        self.assertEqual(school.json("check", "bad.example")["verdict"], "blocked")


if __name__ == "__main__":
    unittest.main()
