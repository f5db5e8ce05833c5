"""NSD, Debian's authoritative server, as the upstream: it serves one root zone that holds every name of the tests."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import signal
from collections.abc import Sequence

from .dns_client import Client
from .programs import Program, START_SECONDS, free_port, wait_until

ZONE = pathlib.Path(__file__).parent / "root.zone"

_CONFIGURATION = """
server:
  ip-address: {address}
  port: {port}
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: ""
  xfrdfile: ""
  zonelistfile: "{folder}/zone.list"
  server-count: 1
  tcp-count: 64
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: root.zone
{more}"""

_KEY = """
key:
  name: "{key}"
  algorithm: hmac-sha256
  secret: "{secret}"
"""

_TRANSFERRED = """
zone:
  name: "{name}"
  zonefile: "{name}.zone"
  provide-xfr: 127.0.0.1 {key}
"""


@dataclasses.dataclass
class Transferred:
    """A zone that a client may have whole, with the key when there is one."""
    name: str
    text: str
    key: str = ""
    secret: str = ""
    notified_port: int = 0  # where it is told that the zone has changed; 0: nowhere

    def configuration(self) -> str:
        """For nsd.conf; zones share no key's name."""
        text = _KEY.format(key=self.key, secret=self.secret) if self.key else ""
        text += _TRANSFERRED.format(name=self.name, key=self.key or "NOKEY")
        if self.notified_port:
            text += f"  notify: 127.0.0.1@{self.notified_port} {self.key or 'NOKEY'}\n"
        return text


class NameServer:
    def __init__(self, folder: pathlib.Path, address: str = "127.0.0.1", namespace: str = "",
                 zone: str = "", transferred: Sequence[Transferred] = ()) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.address, self.port = address, free_port()
        (folder / "root.zone").write_text(zone or ZONE.read_text())
        for one in transferred:
            (folder / f"{one.name}.zone").write_text(one.text)
        more = "".join(one.configuration() for one in transferred)
        configuration = folder / "nsd.conf"
        configuration.write_text(_CONFIGURATION.format(address=address, port=self.port, folder=folder, more=more))
        self.program = Program(["nsd", "-d", "-c", str(configuration)], folder / "nsd.log", namespace)

    @property
    def upstream(self) -> str:
        """As `upstream.servers` wants it."""
        return f"udp://{self.address}:{self.port}"

    def start(self) -> None:
        self.program.start()
        if "netns" not in self.program.command:
            client = Client(self.address, self.port, timeout=0.2)
            wait_until(lambda: _answers(client) or not self.program.is_running(), START_SECONDS, "NSD answers or ends")
            assert self.program.is_running(), f"NSD ended:\n{self.program.log()}"

    def stop(self) -> None:
        self.program.kill()

    def change(self, zone: str, text: str) -> None:
        """Reads the zone's new text; when it has, it says so to whom it notifies."""
        (self.folder / f"{zone}.zone").write_text(text)
        os.kill(self.program.pid, signal.SIGHUP)

    def pause(self) -> None:
        """Silence, as of a dead network: questions are neither answered nor refused."""
        self.program.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.program.signal(signal.SIGCONT)


def _answers(client: Client) -> bool:
    try:
        return client.ask(".", "SOA").rcode == "NOERROR"
    except TimeoutError:
        return False
