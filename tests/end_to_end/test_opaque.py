"""A list whose names may not be stored: in force through restarts, lost sources and lost keys, and readable nowhere."""

import os
import pathlib
import stat
import unittest

from support.case import EDE_CENSORED, SchoolgateTest
from support.installation import LISTS, USER, Settings
from support.programs import wait_until

RELOAD_SECONDS = 10.0
# Words that stand in the list alone, so that text, wire form and key of a name are all found by them.
WORDS = ("hiddenname", "belowname", "rejectedname")
SECRET = "# secret\nhiddenname.test\n*.belowname.test\nrejectedname.test/path\n"
SECRET += "".join(f"hiddenname{number}.test\n" for number in range(20))  # one bad line in ten would be a problem


class Opaque(SchoolgateTest):
    @classmethod
    def settings(cls) -> Settings:
        settings = Settings()
        settings.lists = LISTS | {"abuse.txt": SECRET}
        settings.policy = settings.policy.replace('source = "child-abuse.txt"', 'source = "abuse.txt"\nopaque = true')
        return settings

    def setUp(self) -> None:
        self.key = self.school.state / "opaque.key"

    def tearDown(self) -> None:
        self.school.write()
        if self.key.exists():
            self.key.chmod(0o400)
        if not self.school.daemon.is_running():
            self.school.start()
        self.school.reload()
        wait_until(lambda: self.problems() == "" and self.image() != "", RELOAD_SECONDS, "all is well again")

    def problems(self) -> str:
        return "\n".join(self.school.json("status")["problems"])

    def image(self) -> str:
        return self.school.json("status")["image"]["digest"]

    def wait_problem(self, words: str) -> None:
        try:
            wait_until(lambda: words in self.problems(), RELOAD_SECONDS, "the problem is told")
        except TimeoutError:
            self.fail(f"{words!r} is not in {self.problems()!r}")

    def lose_source(self) -> None:
        (self.school.folder / "abuse.txt").unlink()

    def put_key(self, octets: bytes) -> None:
        self.key.unlink(missing_ok=True)
        self.key.write_bytes(octets)
        self.key.chmod(0o400)
        if os.geteuid() == 0:
            owner = self.school.state.stat()
            os.chown(self.key, owner.st_uid, owner.st_gid)

    def assert_in_force(self) -> None:
        for name in ("hiddenname.test", "www.hiddenname.test", "www.belowname.test"):
            self.assert_blocked(self.pupil.ask(name), error=EDE_CENSORED)
        self.assertEqual(self.pupil.ask("belowname.test").errors, [])

    def restart(self) -> None:
        """Killed in the middle, and up again with an image or without."""
        self.school.daemon.kill()
        self.school.daemon.start()
        wait_until(lambda: self.school.run("status").returncode == 0, RELOAD_SECONDS, "the daemon answers")

    def files_with_a_name(self) -> list[str]:
        """Of the state folder, less the history: that has what devices asked for. And what was logged."""
        files = [path for path in self.school.state.rglob("*") if path.is_file()]
        files = [path for path in files if "history" not in path.parts and "journal" not in str(path)]
        files.append(self.school.daemon.log_file)
        found = []
        for path in files:
            try:
                octets = path.read_bytes().lower()
            except FileNotFoundError:  # a build goes on, and has just taken it away
                continue
            for word in WORDS:
                if word.encode() in octets or word.encode()[::-1] in octets:
                    found.append(f"{path.name}: {word}")
        return found

    def test_it_blocks_before_and_after_a_kill(self) -> None:
        self.assert_in_force()
        self.restart()
        self.assert_in_force()

    def test_no_name_is_in_any_file_of_the_state(self) -> None:
        self.school.reload()
        wait_until((self.school.state / "filter.image.previous").exists, RELOAD_SECONDS, "there is an image before")
        self.assertTrue((self.school.state / "lists/test-child-abuse.hashed").exists())
        self.assertFalse((self.school.state / "lists/test-child-abuse").exists())
        self.assertEqual(self.files_with_a_name(), [])
        self.assertIn("bad.example", (self.school.state / "lists/test-gambling").read_text(), "the others are kept")

    def test_the_key_is_the_daemons_alone(self) -> None:
        status = self.key.stat()
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_size), (0o400, 16))
        owner = pathlib.Path(f"/proc/{self.school.daemon_pid}").stat().st_uid
        self.assertEqual(status.st_uid, owner, f"of {USER}, when root starts it")

    def test_a_list_becomes_opaque(self) -> None:
        self.school.policy.write_text(self.school.settings.policy.replace("opaque = true", "opaque = false"))
        self.school.reload()
        clear = self.school.state / "lists/test-child-abuse"
        wait_until(clear.exists, RELOAD_SECONDS, "it is in the clear")
        self.assertNotEqual(self.files_with_a_name(), [], "or the test looks in the wrong place")
        self.school.write()
        self.school.reload()
        wait_until(lambda: self.files_with_a_name() == [], RELOAD_SECONDS, "and nowhere any more")
        self.assert_in_force()

    def test_the_command_shows_list_and_category_only(self) -> None:
        for offline in ([], ["--offline"]):
            report = self.school.json("check", "www.hiddenname.test", *offline)
            self.assertEqual((report["verdict"], report["category"]), ("blocked", "child-abuse"))
            [hit] = report["hits"]
            self.assertEqual((hit["list"], hit["line"], hit["text"], hit["opaque"]), ("test-child-abuse", None, "", True))
            self.assertNotIn("line", report["decided_by"])
            shown = self.school.run("check", "www.hiddenname.test", *offline).stdout
            self.assertIn("(opaque: names not stored)", shown)
        self.assertIn("opaque: names not stored", self.school.run("lists", "ls").stdout)
        lists = {entry["id"]: entry for entry in self.school.json("lists", "ls")["lists"]}
        self.assertEqual([entry for entry in lists if lists[entry]["opaque"]], ["test-child-abuse"])
        [rejected] = lists["test-child-abuse"]["rejected"]
        self.assertEqual(rejected, {"line": 4, "text": "", "reason": "not enforceable by DNS: has a path", "guarded": False})

    def test_a_source_that_is_gone_leaves_it_in_force(self) -> None:
        self.lose_source()
        self.school.write_list("gambling.txt", LISTS["gambling.txt"] + "good.test\n")
        self.school.reload()
        wait_until(lambda: bool(self.pupil.ask("good.test").errors), RELOAD_SECONDS, "the rest came into force")
        self.assert_in_force()
        self.assertIn("the last good copy is in force", self.problems())
        self.restart()
        self.assert_in_force()
        self.assertEqual(self.files_with_a_name(), [])

    def test_without_key_and_source_the_image_in_force_stays(self) -> None:
        key, digest = self.key.read_bytes(), self.image()
        self.lose_source()
        self.key.unlink()
        self.school.reload()
        self.wait_problem("the lists could not be built, the image in force stays")
        self.assertIn(str(self.key.relative_to(self.school.folder)), self.problems())
        self.assertIn("put the key or the source back", self.problems())
        self.assertEqual(self.image(), digest)
        self.assert_in_force()

        self.restart()  # now there is nothing to filter with
        self.assertEqual(self.pupil.ask("good.test").rcode, "SERVFAIL", "never unfiltered")
        self.assertIn("opaque.key: No such file or directory", self.problems())
        done = self.school.run("check", "good.test", "--offline")
        self.assertEqual(done.returncode, 1)
        self.assertIn("build the lists again", done.stderr)

        self.put_key(key)
        self.school.reload()
        wait_until(lambda: self.image() == digest, RELOAD_SECONDS, "the key is back")
        self.assert_in_force()

    def test_another_key_is_refused_with_words(self) -> None:
        self.lose_source()
        right = self.key.read_bytes()
        self.put_key(b"x" * 16)
        self.restart()
        self.wait_problem("its opaque lists were made with another key")
        self.assertIn("opaque.key is not the one", self.problems())
        self.assertEqual(self.pupil.ask("good.test").rcode, "SERVFAIL")
        self.put_key(right)

    def test_with_the_source_a_lost_key_is_made_again(self) -> None:
        digest = self.image()
        self.key.unlink()
        self.restart()
        wait_until(lambda: self.image() not in ("", digest), RELOAD_SECONDS, "the lists are built again")
        self.assert_in_force()
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o400)

    def test_a_key_that_others_may_read_is_told_and_stops_nothing(self) -> None:
        self.key.chmod(0o644)
        self.restart()
        self.wait_problem("lets others read or write the key")
        self.assertIn("chmod 0400", self.problems())
        self.assert_in_force()


if __name__ == "__main__":
    unittest.main()
