"""`schoolgate lists add` and `remove`: the policy file changes, and a daemon that runs follows at once."""

import http.client
import json
import os
import socket

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
        self.assertEqual(added["reload"], "In force.")
        self.assert_blocked(self.pupil.ask("good.test"))  # as the command says
        chain = self.school.json("check", "good.test", "--group", "pupils")["chain"]
        self.assertIn("ours", [step["list"] for step in chain])
        self.assertIn("ours", [entry["id"] for entry in self.school.json("lists", "ls")["lists"]])
        self.assertTrue(self.school.run("lists", "remove", "ours").stdout.endswith("\nIn force.\n"))
        self.assertEqual(self.school.policy.read_bytes(), self.before)
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")

    def test_a_hand_edit_that_is_wrong_is_refused_with_the_next_change(self) -> None:
        request = http.client.HTTPConnection("schoolgate")
        request.sock = socket.socket(socket.AF_UNIX)
        request.sock.connect(str(self.school.state / "admin.sock"))
        self.school.policy.write_bytes(self.before + b"\nodd = 1\n")
        request.request("POST", "/api/v1/policy/reload")
        answer = request.getresponse()
        message = json.loads(answer.read())["error"]["message"]
        request.close()
        self.assertEqual(answer.status, 503)
        self.assertRegex(message, r"^the new policy is not in force, the old one stays: .*policy\.toml:\d+:\d+: .*'odd'")
        self.assert_blocked(self.pupil.ask("bad.example"))
        self.school.policy.write_bytes(self.before)
        self.school.reload()

    def test_without_a_daemon_it_is_in_force_from_the_start(self) -> None:
        self.school.stop()
        added = self.school.run("lists", "add", *self.own)
        self.assertEqual((added.returncode, added.stderr), (0, ""))
        self.assertTrue(added.stdout.endswith("\nschoolgated does not run: this is in force when it starts.\n"), added.stdout)
        self.school.start()
        self.wait_blocked("good.test")
        self.school.json("lists", "remove", "ours")

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
