"""NSD, Debian's authoritative server, as the upstream: it serves one root zone that holds every name of the tests."""

from __future__ import annotations

import pathlib
import signal
from collections.abc import Sequence

from .primary import Primary, Transferred
from .programs import Program

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


def _transferred(zone: Transferred) -> str:
    """For nsd.conf; zones share no key's name."""
    text = _KEY.format(key=zone.key, secret=zone.secret) if zone.key else ""
    text += _TRANSFERRED.format(name=zone.name, key=zone.key or "NOKEY")
    if zone.notified_port:
        text += f"  notify: 127.0.0.1@{zone.notified_port} {zone.key or 'NOKEY'}\n"
    return text


class NameServer(Primary):
    def __init__(self, folder: pathlib.Path, address: str = "127.0.0.1", namespace: str = "",
                 zone: str = "", transferred: Sequence[Transferred] = ()) -> None:
        super().__init__(folder, transferred, address)
        (folder / "root.zone").write_text(zone or ZONE.read_text())
        configuration = folder / "nsd.conf"
        configuration.write_text(_CONFIGURATION.format(address=address, port=self.port, folder=folder,
                                                       more="".join(map(_transferred, transferred))))
        self.program = Program(["nsd", "-d", "-c", str(configuration)], folder / "nsd.log", namespace)
        self.is_out_of_reach = bool(namespace)

    @property
    def upstream(self) -> str:
        """As `upstream.servers` wants it."""
        return f"udp://{self.address}:{self.port}"

    def apexes(self) -> list[str]:
        return ["."]

    def pause(self) -> None:
        """Silence, as of a dead network: questions are neither answered nor refused."""
        self.program.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.program.signal(signal.SIGCONT)
