"""Starting: what is damaged, taken or forbidden gets one clear message; what is given up stays given up."""

import os
import pathlib
import pwd
import re
import shutil
import socket
import unittest

from support.case import SchoolgateTest
from support.installation import DAEMON, LISTS, USER, Installation, Settings
from support.programs import START_SECONDS, ip, wait_until

FAILED = 1


class Start(SchoolgateTest):
    name_servers = 0

    def assert_fails_to_start(self, school: Installation, message: str) -> None:
        school.daemon.start()
        code = school.daemon.wait()
        self.assertEqual(code, FAILED, school.daemon.log())
        complaints = [line for line in school.daemon.log().splitlines() if re.search(message, line)]
        self.assertEqual(len(complaints), 1, f"one message like {message!r} in:\n{school.daemon.log()}")

    def another(self, settings: Settings) -> Installation:
        school = Installation(settings)
        self.addCleanup(school.remove)
        return school

    def test_a_port_in_use(self) -> None:
        settings = self.school.settings
        for taken in (Settings(port=settings.port), Settings(page_port=settings.page_port)):
            with self.subTest(port=taken.port, page_port=taken.page_port):
                port = settings.port if taken.port == settings.port else settings.page_port
                self.assert_fails_to_start(self.another(taken), rf"127\.0\.0\.1:{port}.*(taken|in use)")

    def test_a_udp_port_in_use_by_somebody_else(self) -> None:
        settings = Settings()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", settings.port))
            self.assert_fails_to_start(self.another(settings), rf"127\.0\.0\.1:{settings.port}.*(taken|in use)")

    def test_an_address_that_is_not_ours(self) -> None:
        self.assert_fails_to_start(self.another(Settings(address="192.0.2.200")), r"192\.0\.2\.200")

    def test_a_second_daemon_with_the_same_state(self) -> None:
        second = self.another(Settings())
        text = second.configuration.read_text()
        second.configuration.write_text(text.replace('state = "state"', f'state = "{self.school.state}"'))
        second.daemon.start()
        self.assertEqual(second.daemon.wait(), FAILED)
        self.assert_blocked(self.pupil.ask("bad.example"))
        self.assertEqual(self.school.run("status").returncode, 0, "the first still has its socket")

    def test_state_that_was_deleted_is_made_again(self) -> None:
        self.school.stop()
        for path in sorted(self.school.state.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.school.start()
        self.assert_blocked(self.pupil.ask("bad.example"))

    def test_a_list_that_is_missing_from_the_start_says_so(self) -> None:
        school = self.another(Settings())
        (school.folder / "gambling.txt").unlink()
        school.start()
        self.addCleanup(school.stop)
        lists = {entry["id"]: entry for entry in school.json("lists", "ls")["lists"]}
        self.assertIn("gambling.txt", lists["test-gambling"]["problem"])
        self.assert_blocked(school.client().ask("music.example"))

    def test_version(self) -> None:
        school = self.another(Settings())
        school.daemon.command = [str(DAEMON), "--version"]
        school.daemon.start()
        self.assertEqual(school.daemon.wait(), 0)
        self.assertRegex(school.daemon.log(), r"\d+\.\d+\.\d+")


class DamagedImage(SchoolgateTest):
    def damage(self) -> None:
        image = self.school.state / "filter.image"
        octets = bytearray(image.read_bytes())
        for at in range(64, len(octets), 97):
            octets[at] ^= 0xFF
        image.unlink()  # it is read-only
        image.write_bytes(octets)

    def lose_the_lists(self) -> None:
        for name in LISTS:
            (self.school.folder / name).unlink()
        shutil.rmtree(self.school.state / "lists")  # the last good copies

    def test_it_is_never_used(self) -> None:
        self.school.stop()
        self.damage()
        self.lose_the_lists()
        self.school.daemon.start()
        wait_until(lambda: "no list has a rule" in self.school.run("status").stdout, START_SECONDS, "status says so")
        for name in ("bad.example", "good.test"):
            with self.subTest(name):
                reply = self.pupil.ask(name)
                self.assertEqual((reply.rcode, reply.answer), ("SERVFAIL", []), "filtered, or nothing")
        self.school.write()
        self.school.reload()
        wait_until(lambda: self.pupil.ask("good.test").rcode == "NOERROR", START_SECONDS, "an image was built")
        self.assert_blocked(self.pupil.ask("bad.example"))

    def test_it_is_built_again_from_the_lists(self) -> None:
        self.school.stop()
        self.damage()
        self.school.start()
        self.assert_blocked(self.pupil.ask("bad.example"))


@unittest.skipUnless(os.geteuid() == 0, "network namespaces need root")
class PrivilegedPort(unittest.TestCase):
    """Without root, and where ports below 1024 are root's: in a namespace of its own that is so, whatever it is here."""

    def test_no_permission_is_one_clear_message(self) -> None:
        namespace = f"sg-port-{os.getpid()}"
        ip("netns", "add", namespace)
        self.addCleanup(ip, "netns", "del", namespace)
        ip("-n", namespace, "link", "set", "lo", "up")
        school = Installation(Settings(port=53, namespace=namespace))
        self.addCleanup(school.remove)
        as_user = ["setpriv", f"--reuid={USER}", f"--regid={pwd.getpwnam(USER).pw_gid}", "--clear-groups"]
        at = school.daemon.command.index(str(DAEMON))
        school.daemon.command[at:at] = as_user
        school.daemon.start()
        self.assertEqual(school.daemon.wait(), FAILED, school.daemon.log())
        self.assertRegex(school.daemon.log(), r"\A.*127\.0\.0\.1:53\b.*: no permission for this port.*\n\Z")


@unittest.skipUnless(os.geteuid() == 0, "only root has privileges to drop")
class Privileges(SchoolgateTest):
    name_servers = 0

    def test_nothing_is_left_of_root(self) -> None:
        user = pwd.getpwnam(USER)
        for task in pathlib.Path(f"/proc/{self.school.daemon_pid}/task").iterdir():
            fields = dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)
            with self.subTest(thread=fields["Name"]):
                self.assertEqual(fields["Uid"].split(), [str(user.pw_uid)] * 4)
                self.assertEqual(fields["Gid"].split(), [str(user.pw_gid)] * 4)
                self.assertNotIn("0", fields["Groups"].split())
                for capabilities in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                    self.assertEqual(int(fields[capabilities], 16), 0, capabilities)

    def test_state_belongs_to_the_user(self) -> None:
        self.assertEqual(self.school.run("lists", "build").returncode, 0)  # by root
        owners = {path.owner() for path in self.school.state.rglob("*")}
        self.assertEqual(owners, {USER})


if __name__ == "__main__":
    unittest.main()
