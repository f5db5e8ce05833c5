"""`schoolgate lists add` and `remove`: the policy file changes, and the daemon follows on SIGHUP."""

import os

from support.case import SchoolgateTest
from support.programs import wait_until

PATIENCE_SECONDS = 10.0


class ListChanges(SchoolgateTest):
    def setUp(self) -> None:
        self.school.write_list("ours.txt", "good.test\n")
        self.addCleanup(self.school.write)
        self.before = self.school.policy.read_bytes()
        self.own = ("--id", "ours", "--category", "gambling", "--source", str(self.school.folder / "ours.txt"))

    def wait_blocked(self, name: str, blocked: bool = True) -> None:
        wait_until(lambda: bool(self.pupil.ask(name).errors) == blocked, PATIENCE_SECONDS, f"{name} blocked: {blocked}")

    def test_a_list_of_ones_own_comes_and_goes(self) -> None:
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")
        added = self.school.json("lists", "add", *self.own)
        self.assertEqual([entry["source"] for entry in added["added"]], ["ours.txt"])
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")  # as the command says: not in force yet
        self.school.reload()
        self.wait_blocked("good.test")
        chain = self.school.json("check", "good.test", "--group", "pupils")["chain"]
        self.assertIn("ours", [step["list"] for step in chain])
        self.assertIn("ours", [entry["id"] for entry in self.school.json("lists", "ls")["lists"]])
        self.school.json("lists", "remove", "ours")
        self.assertEqual(self.school.policy.read_bytes(), self.before)
        self.school.reload()
        self.wait_blocked("good.test", False)

    def test_the_file_stays_whose_it_was(self) -> None:
        os.chown(self.school.policy, 12345, 54321)
        os.chmod(self.school.policy, 0o604)
        self.addCleanup(os.chown, self.school.policy, os.geteuid(), os.getegid())
        self.school.json("lists", "add", *self.own)
        status = os.stat(self.school.policy)
        self.assertEqual((status.st_uid, status.st_gid, status.st_mode & 0o7777), (12345, 54321, 0o604))

    def test_what_would_be_wrong_is_not_written(self) -> None:
        refused = self.school.run("lists", "add", "--id", "ours", "--category", "gamblin", "--source", self.own[-1])
        self.assertEqual(refused.returncode, 2)
        self.assertRegex(refused.stderr, r"policy\.toml:\d+:\d+: unknown category 'gamblin' \(did you mean 'gambling'\?\)")
        self.assertEqual(self.school.policy.read_bytes(), self.before)

    def test_too_few_names_are_not_a_covered_category(self) -> None:
        shortfalls = {entry["category"]: entry for entry in self.school.json("status")["below_floor"]}
        self.assertLess(shortfalls["gambling"]["names"], shortfalls["gambling"]["floor"])
        self.assertRegex(self.school.run("status").stdout, r"! gambling: \d+ names? of at least 1,000: blocked, and not covered")

    def test_the_catalogue_comes_with_it(self) -> None:
        catalogue = self.school.json("lists", "catalogue")
        self.assertGreater(len(catalogue["lists"]), 50)
        self.assertEqual([entry["id"] for entry in catalogue["sets"]], ["college", "secondary", "primary"])
        added = self.school.json("lists", "add", "ut1-adult")
        self.assertEqual([entry["licence"] for entry in added["added"]], ["CC BY-SA 4.0"])
        self.school.json("lists", "remove", "ut1-adult")
        self.assertEqual(self.school.policy.read_bytes(), self.before)
