"""A wrong configuration or policy: one message a mistake, with file, line and column, and exit code 2."""

import unittest
from dataclasses import dataclass

from support.installation import DAEMON, Installation, Settings

BAD_CONFIGURATION = 2


@dataclass(frozen=True)
class Mistake:
    old: str
    new: str
    message: str  # a regular expression for what follows "file:line:column: "


NOT_BUILT_YET = r".*not built yet"

CONFIGURATION = [
    Mistake('workers = 2', 'workers = "two"', r".*workers.*number"),
    Mistake('workers = 2', 'workers = -1', r".*workers"),
    Mistake('workers = 2', 'worker = 2', r".*'worker'.*workers"),
    Mistake('workers = 2', 'workers = = 2', r"."),
    Mistake('ttl = 10', 'ttl = -1', r".*ttl"),
    Mistake('ipv4 = "198.51.100.80"', 'ipv4 = "198.51.100"', r".*198\.51\.100.*IPv4"),
    Mistake('node = "node-1"', 'listen_tls = ["127.0.0.1:8853"]', NOT_BUILT_YET),
    Mistake('node = "node-1"', 'listen_https = ["127.0.0.1:8443"]', NOT_BUILT_YET),
    Mistake('node = "node-1"', 'certificate = "x.pem"', NOT_BUILT_YET),
    Mistake('node = "node-1"', 'trusted_forwarders = ["127.0.0.1"]', NOT_BUILT_YET),
    Mistake('node = "node-1"', 'trusted_proxies = ["127.0.0.1"]', NOT_BUILT_YET),
    Mistake('node = "node-1"', 'time_zone = "Europe/Berlin"', NOT_BUILT_YET),
    Mistake('node = "node-1"', 'allow_from = ["127.0.0.0/33"]', r".*127\.0\.0\.0/33.*network"),
    Mistake('servers = []', 'servers = []\nmode = "recursive"', NOT_BUILT_YET),
    Mistake('servers = []', 'servers = []\ndnssec = true', NOT_BUILT_YET),
    Mistake('servers = []', 'servers = ["tls://127.0.0.1"]', NOT_BUILT_YET),
    Mistake('servers = []', 'servers = ["https://127.0.0.1/dns-query"]', NOT_BUILT_YET),
    Mistake('servers = []', 'servers = ["127.0.0.1"]', r".*udp://"),
    Mistake('ttl = 10', 'ttl = 10\n[console]\nlisten = ["127.0.0.1:8053"]', NOT_BUILT_YET),
    Mistake('ttl = 10', 'ttl = 10\n[metrics]\nlisten = ["127.0.0.1:9153"]', NOT_BUILT_YET),
    Mistake('file = "policy.toml"', 'file = "policy.toml"\ntakes_over = true', NOT_BUILT_YET),
]

POLICY = [
    Mistake('block = ["gambling", "music"]', 'block = ["gamblin"]', r".*gamblin.*gambling"),
    Mistake('default_group = "pupils"', 'default_group = "pupil"', r".*pupil.*pupils"),
    Mistake('otherwise = "block"', 'otherwise = "deny"', r".*deny"),
    Mistake('otherwise = "block"', 'otherwse = "block"', r".*otherwse.*otherwise"),
    Mistake('otherwise = "block"', 'safe_search = true', NOT_BUILT_YET),
    Mistake('otherwise = "block"', 'mode = "observe"', NOT_BUILT_YET),
    Mistake('format = "hosts"', 'refresh = "1d"', r".*'refresh' is for an address"),
    Mistake('id = "everyone"', 'id = "everyone"\nparent = "staff"', r".*everyone"),
    Mistake('id = "pupils"\nparent = "everyone"', 'id = "pupils"\nparent = "staff"', r".*(cycl|circle|parent)"),
    Mistake('match = { subnet = "127.0.3.0/24" }', 'match = { address = "127.0.0.2" }', r".*127\.0\.0\.2"),
    Mistake('match = { subnet = "127.0.3.0/24" }', 'match = { client_id = "x" }', NOT_BUILT_YET),
]


class Mistakes(unittest.TestCase):
    def setUp(self) -> None:
        if not DAEMON.exists():
            raise RuntimeError(f"{DAEMON} is not built")
        self.school = Installation(Settings())
        self.addCleanup(self.school.remove)

    def check(self) -> tuple[int, str]:
        daemon = self.school.daemon
        daemon.log_file.unlink(missing_ok=True)
        daemon.command = [str(DAEMON), "--config", str(self.school.configuration), "--check-config"]
        daemon.start()
        return daemon.wait(), daemon.log()

    def test_what_is_right_is_accepted_quietly(self) -> None:
        self.assertEqual(self.check()[0], 0)

    def test_every_mistake_is_named_with_its_place(self) -> None:
        for file, mistakes in ((self.school.configuration, CONFIGURATION), (self.school.policy, POLICY)):
            right = file.read_text()
            for mistake in mistakes:
                with self.subTest(mistake.new):
                    self.assertIn(mistake.old, right)
                    file.write_text(right.replace(mistake.old, mistake.new, 1))
                    code, output = self.check()
                    self.assertEqual(code, BAD_CONFIGURATION, output)
                    self.assertRegex(output, rf"(?m)^(\S*/)?{file.name}:\d+:\d+: {mistake.message}")
            file.write_text(right)

    def test_a_file_that_is_not_there(self) -> None:
        self.school.configuration.unlink()
        code, output = self.check()
        self.assertEqual(code, BAD_CONFIGURATION)
        self.assertIn("schoolgate.toml", output)


if __name__ == "__main__":
    unittest.main()
