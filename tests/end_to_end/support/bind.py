"""BIND, the authoritative server that most districts have, as a primary: of what changes it keeps the differences, for IXFR."""

from __future__ import annotations

import os
import pathlib
import signal
from collections.abc import Sequence

from .dns_client import Client
from .name_server import Transferred
from .programs import START_SECONDS, Program, free_port, wait_until

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


class Bind:
    def __init__(self, folder: pathlib.Path, zones: Sequence[Transferred]) -> None:
        folder.mkdir(parents=True)
        self.folder, self.zones, self.port = folder, zones, free_port()
        for zone in zones:
            (folder / f"{zone.name}.zone").write_text(zone.text)
        configuration = folder / "named.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=self.port, zones="".join(map(_zone, zones))))
        # It writes a named.run where it is started.
        self.program = Program(["env", "-C", str(folder), "named", "-f", "-n", "1", "-d", "1", "-c", str(configuration)],
                               folder / "named.log")

    def start(self) -> None:
        self.program.start()
        client = Client("127.0.0.1", self.port, timeout=0.2)
        wait_until(lambda: self._answers(client) or not self.program.is_running(), START_SECONDS, "BIND answers or ends")
        assert self.program.is_running(), f"BIND ended:\n{self.log()}"

    def _answers(self, client: Client) -> bool:
        try:
            return client.ask(self.zones[0].name, "SOA").rcode == "NOERROR"
        except TimeoutError:
            return False

    def stop(self) -> None:
        self.program.kill()

    def change(self, zone: str, text: str) -> None:
        """Reads the zone's new text; when it has, it says so to whom it notifies."""
        (self.folder / f"{zone}.zone").write_text(text)
        os.kill(self.program.pid, signal.SIGHUP)

    def log(self) -> str:
        return self.program.log()
