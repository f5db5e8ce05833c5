"""Knot DNS, authoritative at many districts and registries, as a primary: of a zone file that changes it keeps the differences."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from .primary import Primary, Transferred
from .programs import Program

_CONFIGURATION = """
server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
- target: stderr
  any: debug
database:
  storage: "{folder}"
{keys}
{remotes}
acl:
{rules}
zone:
{zones}"""

_KEY = """- id: "{key}"
  algorithm: hmac-sha256
  secret: "{secret}"
"""

_REMOTE = """- id: "{name}"
  address: 127.0.0.1@{port}
"""

_RULE = """- id: "{name}"
  address: 127.0.0.1
  action: transfer
"""

_ZONE = """- domain: "{name}"
  storage: "{folder}"
  file: "{name}.zone"
  zonefile-load: difference
  zonefile-sync: -1
  journal-content: changes
  acl: "{name}"
"""

_NOTIFIED = """  notify: "{name}"
"""


def _section(name: str, entries: list[str]) -> str:
    return f"{name}:\n{''.join(entries)}" if entries else ""


def _zone(zone: Transferred, folder: pathlib.Path) -> str:
    return _ZONE.format(name=zone.name, folder=folder) + (_NOTIFIED.format(name=zone.name) if zone.notified_port else "")


def _with_key(text: str, zone: Transferred) -> str:
    return text + (f'  key: "{zone.key}"\n' if zone.key else "")


class Knot(Primary):
    def __init__(self, folder: pathlib.Path, zones: Sequence[Transferred]) -> None:
        super().__init__(folder, zones)
        configuration = folder / "knot.conf"
        configuration.write_text(_CONFIGURATION.format(
            folder=folder, port=self.port,
            keys=_section("key", [_KEY.format(key=zone.key, secret=zone.secret) for zone in zones if zone.key]),
            remotes=_section("remote", [_with_key(_REMOTE.format(name=zone.name, port=zone.notified_port), zone)
                                        for zone in zones if zone.notified_port]),
            rules="".join(_with_key(_RULE.format(name=zone.name), zone) for zone in zones),
            zones="".join(_zone(zone, folder) for zone in zones)))
        self.program = Program(["knotd", "-c", str(configuration)], folder / "knotd.log")
