"""One Schoolgate as a school would have it: configuration, policy, lists and state in a folder, and its two programs."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

from .dns_client import Client
from .programs import BUILD, REPOSITORY, START_SECONDS, Program, free_port, make_folder, wait_until

DAEMON = BUILD / "bin/schoolgated"
# Slower by design, and keeping freed memory on purpose: what is promised of time and memory does not hold for it.
IS_SANITIZED = re.search(rb"__(a|t)san_init", DAEMON.read_bytes()) is not None if DAEMON.exists() else False
COMMAND = BUILD / "bin/schoolgate"
# BUILD may be a build folder or an installation; what lies in a clone root's daemon cannot always read.
INSTALLED_DATA = BUILD / "share/schoolgate"
DATA = INSTALLED_DATA if INSTALLED_DATA.exists() else REPOSITORY / "lists/data"
POLICY = pathlib.Path(__file__).parent / "policy.toml"
BLOCK_IPV4 = "198.51.100.80"
BLOCK_TTL = 10

# Started by root, the daemon must give that up; everybody else's tests run it as themselves.
USER = "nobody"

LISTS = {
    "gambling.txt": "# a comment\nbad.example\n",
    "malware.txt": "malware.example\n",
    "terrorism.txt": "terror.example\n",
    "child-abuse.txt": "abuse.example\n",
    "music.hosts": "127.0.0.1 localhost\n0.0.0.0 music.example\n",
}

_CONFIGURATION = """\
[server]
listen = {listen}
workers = {workers}
state = "state"
user = "{user}"
node = "node-1"
data = "{data}"
[policy]
file = "policy.toml"
[upstream]
servers = {upstreams}
{zones}
[block]
ipv4 = "{block_ipv4}"
ipv6 = "{block_ipv6}"
ttl = {block_ttl}
page = {{ http = ["{address}:{page_port}"] }}
"""


@dataclasses.dataclass
class Settings:
    upstreams: list[str] = dataclasses.field(default_factory=list)
    lists: dict[str, str] = dataclasses.field(default_factory=lambda: dict(LISTS))
    policy: str = dataclasses.field(default_factory=POLICY.read_text)
    workers: int = 2
    block_ipv6: str = ""
    zones: str = ""  # [[upstream.zone]] tables, as text
    address: str = "127.0.0.1"
    namespace: str = ""  # a network namespace to run in
    port: int = dataclasses.field(default_factory=free_port)
    page_port: int = dataclasses.field(default_factory=free_port)


class Installation:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = make_folder()
        self.configuration = self.folder / "schoolgate.toml"
        self.policy = self.folder / "policy.toml"
        self.state = self.folder / "state"
        self.state.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.state, USER)
        self.write()
        command = [str(DAEMON), "--config", str(self.configuration)]
        self.daemon = Program(command, self.folder / "daemon.log", settings.namespace)

    # Files

    def write(self) -> None:
        settings = self.settings
        self.configuration.write_text(_CONFIGURATION.format(
            listen=json.dumps([f"{settings.address}:{settings.port}"]), workers=settings.workers, user=USER,
            data=DATA, upstreams=json.dumps(settings.upstreams), zones=settings.zones,
            block_ipv4=BLOCK_IPV4, block_ipv6=settings.block_ipv6, block_ttl=BLOCK_TTL, address=settings.address,
            page_port=settings.page_port))
        self.policy.write_text(settings.policy)
        for name, text in settings.lists.items():
            self.write_list(name, text)

    def write_list(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def remove(self) -> None:
        self.daemon.kill()
        shutil.rmtree(self.folder)

    # The daemon

    def start(self) -> None:
        self.daemon.start()
        try:
            wait_until(self._is_ready, START_SECONDS, "schoolgated is ready")
        except TimeoutError as late:
            raise AssertionError(f"{late}\n{self.run('status').stdout}\n{self.daemon.log()}") from None

    def _is_ready(self) -> bool:
        if not self.daemon.is_running():
            raise AssertionError(f"schoolgated ended with {self.daemon.wait()}:\n{self.daemon.log()}")
        done = self.run("status", "--json")
        return done.returncode == 0 and json.loads(done.stdout)["image"]["digest"] != ""

    def stop(self) -> None:
        """A clean stop, or an error: an exit code, or a word from a sanitizer."""
        code = self.daemon.stop()
        log = self.daemon.log()
        assert code == 0, f"schoolgated ended with {code}:\n{log[-8000:]}"
        assert not re.search(r"(Address|Thread|Leak|UndefinedBehavior)Sanitizer|runtime error:", log), log[-8000:]

    def reload(self) -> None:
        os.kill(self.daemon_pid, signal.SIGHUP)

    @property
    def daemon_pid(self) -> int:
        return self.daemon.pid  # `ip netns exec` becomes the program it runs

    # The command

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(COMMAND), *arguments, "--config", str(self.configuration)], capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)

    def json(self, *arguments: str) -> dict:
        return json.loads(self._checked(*arguments, "--json"))

    def json_lines(self, *arguments: str) -> list[dict]:
        return [json.loads(line) for line in self._checked(*arguments, "--json").splitlines()]

    def _checked(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr}{done.stdout}"
        return done.stdout

    def lookups(self, name: str, limit: int = 1000) -> list[dict]:
        """What the history holds of a name, or of the names of a "*.pattern"."""
        return self.json_lines("history", "search", "--name", name, "--limit", str(limit))

    # Who asks

    def client(self, source: str = "127.0.0.1", timeout: float = 5.0) -> Client:
        return Client(self.settings.address, self.settings.port, source, timeout)
