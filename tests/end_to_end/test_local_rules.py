"""`schoolgate local`: in force when the command returns, for names that are cached too, and for ever."""

import concurrent.futures
import http.client
import socket
import statistics
import time
import unittest
from urllib.parse import urlencode

from support.case import SchoolgateTest
from support.installation import IS_SANITIZED, LISTS
from support.load import Load, numbered
from support.programs import wait_until

DONE, REFUSED, BAD_USAGE = 0, 1, 2
ROUNDS = 40
PATIENCE_SECONDS = 10.0
IN_FORCE_MS = 250.0  # on a machine that builds beside it; the figure is printed


class LocalRules(SchoolgateTest):
    def tearDown(self) -> None:
        for rule in self.school.json("local", "ls")["rules"]:
            self.local("remove", rule["name"], "--category", rule["category"])

    def local(self, *arguments: str) -> dict:
        return self.school.json("local", *arguments)

    def rules(self) -> list[tuple[str, str, str]]:
        return [(rule["effect"], rule["category"], rule["name"]) for rule in self.local("ls")["rules"]]

    def ask_admin(self, method: str, **parameters: str) -> int:
        """One request to the admin socket, without a process around it."""
        connection = http.client.HTTPConnection("schoolgate")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.school.state / "admin.sock"))
        connection.request(method, "/api/v1/local-rules?" + urlencode({"by": "test", **parameters}))
        status = connection.getresponse().status
        connection.close()
        return status

    def ask_until_blocked(self, name: str) -> float:
        """When it was."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.pupil.ask(name).errors:
            self.assertLess(time.monotonic(), end)
        return time.monotonic()

    def assert_both(self) -> None:
        """A local block and a local allow."""
        self.assert_blocked(self.pupil.ask("good.test"))
        self.assert_blocked(self.pupil.ask("alias.test"))
        self.assert_address(self.pupil.ask("bad.example"), "203.0.113.66")

    def set_both(self) -> None:
        self.local("block", "good.test", "--category", "gambling", "--reason", "seen in a lesson")
        self.local("allow", "bad.example", "--category", "gambling", "--reason", "a mistake of the list")

    def test_a_block_holds_for_the_very_next_question(self) -> None:
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")  # and now it is cached, by both workers
        for _ in range(20):
            self.assertEqual(self.pupil.ask("alias.test").errors, [])
        outcome = self.local("block", "good.test", "--category", "gambling", "--reason", "seen in a lesson")
        for _ in range(20):  # whichever worker gets them
            self.assert_blocked(self.pupil.ask("good.test"))
            self.assert_blocked(self.pupil.ask("www.good.test"))
            self.assert_blocked(self.pupil.ask("alias.test"))
        self.assert_address(self.staff.ask("good.test"), "192.0.2.1")
        self.assertEqual({group["group"]: group["verdict"] for group in outcome["groups"]},
                         {"everyone": "allowed", "pupils": "blocked", "staff": "allowed", "exam": "blocked"})
        self.local("remove", "good.test")
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")

    def test_an_allow_holds_for_the_very_next_question(self) -> None:
        self.assert_blocked(self.pupil.ask("bad.example"))
        self.assert_blocked(self.pupil.ask("cloaked.test"))
        outcome = self.local("allow", "bad.example")
        self.assertEqual([rule["category"] for rule in outcome["put"]], ["gambling"])
        self.assert_address(self.pupil.ask("bad.example"), "203.0.113.66")
        self.assertEqual(self.pupil.ask("cloaked.test").errors, [], "it leads to bad.example")
        self.local("remove", "bad.example")
        self.assert_blocked(self.pupil.ask("bad.example"))
        self.assert_blocked(self.pupil.ask("cloaked.test"))

    def test_only_the_name_or_only_what_is_below(self) -> None:
        self.local("block", "one.wild.test", "--category", "gambling", "--exact")
        self.local("block", "two.wild.test", "--category", "gambling", "--below")
        blocked = {name: bool(self.pupil.ask(name).errors)
                   for name in ("one.wild.test", "x.one.wild.test", "two.wild.test", "x.two.wild.test")}
        self.assertEqual(blocked, {"one.wild.test": True, "x.one.wild.test": False, "two.wild.test": False,
                                   "x.two.wild.test": True})

    def test_what_is_locked_stays(self) -> None:
        for arguments in (("abuse.example",), ("abuse.example", "--category", "child-abuse")):
            done = self.school.run("local", "allow", *arguments)
            self.assertEqual(done.returncode, REFUSED)
            self.assertIn("locked", done.stderr)
        self.assertNotEqual(self.pupil.ask("abuse.example").errors, [])
        self.assertEqual(self.rules(), [])

    def test_what_is_wrong_is_said(self) -> None:
        for arguments, code, word in ((("block", "x.test", "--category", "gamblign"), BAD_USAGE, "'gambling'"),
                                      (("block", "https://x.test/a", "--category", "gambling"), BAD_USAGE, "path"),
                                      (("allow", "good.test"), REFUSED, "no category"),
                                      (("remove", "good.test"), REFUSED, "no local rule")):
            with self.subTest(arguments):
                done = self.school.run("local", *arguments)
                self.assertEqual((done.returncode, done.stdout), (code, ""))
                self.assertIn(word, done.stderr)

    def test_what_the_guard_protects_is_blocked_only_by_who_insists(self) -> None:
        for name, words in (("ask.childline.org.uk", "would block 'childline.org.uk', which is a helpline"),
                            ("co.uk", "covers every name under a public suffix")):
            with self.subTest(name):
                done = self.school.run("local", "block", name, "--category", "gambling")
                self.assertEqual((done.returncode, done.stdout), (REFUSED, ""))
                self.assertEqual(done.stderr, f"'{name}' {words}: if that is meant, say --even-protected\n")
        self.assertEqual(self.rules(), [])
        self.local("block", "ask.childline.org.uk", "--category", "gambling", "--even-protected", "--reason", "a clone")
        self.assert_blocked(self.pupil.ask("ask.childline.org.uk"))
        self.school.stop()
        self.school.start()
        self.assert_blocked(self.pupil.ask("ask.childline.org.uk"))
        self.assertEqual(self.rules(), [("give", "gambling", "ask.childline.org.uk")])

    def test_check_and_history_name_the_local_rule(self) -> None:
        self.local("block", "good.test", "--category", "gambling", "--reason", "seen in a lesson")
        self.local("allow", "bad.example", "--category", "gambling")
        self.pupil.ask("good.test")
        record = self.school.lookups("good.test")[0]
        self.assertEqual((record["verdict"], record["category"], record["list"]), ("blocked", "gambling", "local rules"))
        for where in ((), ("--offline",)):
            with self.subTest(where):
                report = self.school.json("check", "good.test", *where)
                decided = [step for step in report["chain"] if step["outcome"] == "blocks"]
                self.assertEqual([(step["list"], step["line"]) for step in decided], [("local rules", None)])
                self.assertIn("seen in a lesson", report["decided_by"])
                lifted = self.school.json("check", "bad.example", *where)
                self.assertEqual(lifted["verdict"], "allowed")
                self.assertIn("lifted by a local rule", [step["outcome"] for step in lifted["chain"]])

    def test_a_name_rule_that_still_blocks_is_told(self) -> None:
        self.local("block", "x.rooms.test", "--category", "gambling")
        outcome = self.local("allow", "x.rooms.test")
        [pupils] = [group for group in outcome["groups"] if group["group"] == "pupils"]
        self.assertEqual((pupils["verdict"], pupils["decided_by"]), ("blocked", "block *.rooms.test in group pupils"))
        self.assertEqual(self.school.json("check", "x.rooms.test")["verdict"], "blocked")

    def test_they_outlive_a_reload_and_a_new_image(self) -> None:
        self.set_both()
        before = self.school.json("status")["image"]["digest"]
        self.addCleanup(self.school.reload)
        self.addCleanup(self.school.write)
        self.school.write_list("music.hosts", LISTS["music.hosts"] + "0.0.0.0 reloaded.test\n")
        self.school.reload()
        wait_until(lambda: self.school.json("status")["image"]["digest"] != before, PATIENCE_SECONDS, "a new image")
        self.assert_both()

    def test_they_outlive_a_restart(self) -> None:
        self.set_both()
        self.school.stop()
        self.school.start()
        self.assert_both()

    def test_what_was_answered_outlives_kill_9(self) -> None:
        self.set_both()
        for number in range(5):
            with self.subTest(number):
                self.local("block", f"k{number}.wild.test", "--category", "gambling")
                self.school.daemon.kill()
                self.school.start()
                self.assert_both()
                self.assert_blocked(self.pupil.ask(f"k{number}.wild.test"))
        self.assertEqual(len(self.rules()), 7)
        self.assertEqual(self.school.json("status")["problems"], [])

    def test_a_damaged_file_is_told_and_nothing_is_lost(self) -> None:
        self.set_both()
        file, copy = self.school.state / "local_rules.toml", self.school.state / "local_rules.toml.copy"
        wait_until(lambda: copy.read_text() == file.read_text(), PATIENCE_SECONDS, "the copy is written")
        self.school.daemon.kill()
        file.write_text("[[rule]]\nname = \n")
        self.school.start()
        self.assert_both()
        [problem] = self.school.json("status")["problems"]
        self.assertIn("local_rules.toml:2:", problem)
        self.local("block", "one.wild.test", "--category", "gambling")
        self.assertEqual(self.school.json("status")["problems"], [])
        self.assertEqual(len(self.rules()), 3)

    def test_a_rule_whose_category_is_gone_is_set_aside_alone(self) -> None:
        self.set_both()
        self.school.stop()
        for name in ("local_rules.toml", "local_rules.toml.copy"):
            file = self.school.state / name
            file.write_text(file.read_text() + '\n[[rule]]\nname = "odd.test"\neffect = "give"\ncategory = "gone"\n'
                            'reason = ""\nadded_by = "jane"\nadded = "2026-11-25T09:30:00Z"\n')
        self.school.start()
        self.assert_both()
        [problem] = self.school.json("status")["problems"]
        self.assertIn("give gone at odd.test: there is no category 'gone' any more", problem)
        self.local("remove", "odd.test")
        self.assertEqual(self.school.json("status")["problems"], [])

    def test_no_lookup_is_lost_while_rules_change(self) -> None:
        with Load(self.pupil, numbered("wild.test")) as load:
            for number in range(50):
                self.assertEqual(self.ask_admin("POST", effect="give", name=f"n{number}.load.test", category="games"), 200)
        self.assertEqual(load.lost, [])
        self.assertEqual({reply.rcode for reply in load.answered.values()}, {"NOERROR"})
        self.assertEqual(len(self.rules()), 50)

    def test_time_until_it_is_in_force(self) -> None:
        answered, in_force = [], []
        for number in range(ROUNDS):
            name = f"t{number}.wild.test"
            self.assertEqual(self.pupil.ask(name).errors, [])
            with concurrent.futures.ThreadPoolExecutor() as pool:
                began = time.monotonic()
                first_block = pool.submit(self.ask_until_blocked, name)
                self.assertEqual(self.ask_admin("POST", effect="give", name=name, category="gambling"), 200)
                answered.append((time.monotonic() - began) * 1000)
                self.assert_blocked(self.pupil.ask(name))
                in_force.append((first_block.result() - began) * 1000)
        print(f"\nlocal rule: in force {statistics.median(in_force):.1f} ms after it was asked for in the middle, "
              f"{max(in_force):.1f} ms at most; answered after {statistics.median(answered):.1f} ms and "
              f"{max(answered):.1f} ms", flush=True)
        if not IS_SANITIZED:
            self.assertLess(statistics.median(in_force), IN_FORCE_MS)
            self.assertLess(statistics.median(answered), IN_FORCE_MS)


if __name__ == "__main__":
    unittest.main()
