"""BIND, the authoritative server that most districts have, as a primary: of what changes it keeps the differences, for IXFR."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from .primary import Primary, Transferred
from .programs import Program

_CONFIGURATION = """
options {{
  directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file none;
  lock-file none;
  session-keyfile none;
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify explicit;
  notify-delay 0;
  ixfr-from-differences yes;
}};
controls {{ }};
logging {{
  channel usual {{ stderr; severity info; }};
  channel all {{ stderr; severity debug 3; }};
  category default {{ usual; }};
  category notify {{ all; }};
}};
{zones}"""

_KEY = """
key "{key}" {{ algorithm hmac-sha256; secret "{secret}"; }};
"""

_ZONE = """
zone "{name}" {{
  type primary;
  file "{name}.zone";
  allow-transfer {{ {allowed}; }};
  also-notify {{ 127.0.0.1 port {port}{key}; }};
}};
"""


def _zone(zone: Transferred) -> str:
    text = _KEY.format(key=zone.key, secret=zone.secret) if zone.key else ""
    return text + _ZONE.format(name=zone.name, allowed=f'key "{zone.key}"' if zone.key else "127.0.0.1",
                               port=zone.notified_port, key=f' key "{zone.key}"' if zone.key else "")


class Bind(Primary):
    def __init__(self, folder: pathlib.Path, zones: Sequence[Transferred]) -> None:
        super().__init__(folder, zones)
        configuration = folder / "named.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=self.port, zones="".join(map(_zone, zones))))
        # It writes a named.run where it is started.
        self.program = Program(["env", "-C", str(folder), "named", "-f", "-n", "1", "-d", "1", "-c", str(configuration)],
                               folder / "named.log")
