"""NSD, Debian's authoritative server, as the upstream: it serves one root zone that holds every name of the tests."""

from __future__ import annotations

import dataclasses
import pathlib
import signal

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

_TRANSFERRED = """
key:
  name: "{key}"
  algorithm: hmac-sha256
  secret: "{secret}"
zone:
  name: "{name}"
  zonefile: "{name}.zone"
  provide-xfr: 127.0.0.1 {key}
"""


@dataclasses.dataclass
class Transferred:
    """A zone that a client with the key may have whole."""
    name: str
    text: str
    key: str
    secret: str


class NameServer:
    def __init__(self, folder: pathlib.Path, address: str = "127.0.0.1", namespace: str = "",
                 zone: str = "", transferred: Transferred | None = None) -> None:
        folder.mkdir(parents=True)
        self.address, self.port = address, free_port()
        (folder / "root.zone").write_text(zone or ZONE.read_text())
        more = ""
        if transferred:
            (folder / f"{transferred.name}.zone").write_text(transferred.text)
            more = _TRANSFERRED.format(name=transferred.name, key=transferred.key, secret=transferred.secret)
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
