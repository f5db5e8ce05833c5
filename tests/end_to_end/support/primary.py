"""A name server whose zones are files that it reads again when it is told to: BIND and Knot are such."""

from __future__ import annotations

import os
import pathlib
import signal
from collections.abc import Sequence

from .dns_client import Client
from .name_server import Transferred
from .programs import START_SECONDS, Program, free_port, wait_until


class Primary:
    program: Program  # by who knows how it is configured

    def __init__(self, folder: pathlib.Path, zones: Sequence[Transferred]) -> None:
        folder.mkdir(parents=True)
        self.folder, self.zones, self.port = folder, zones, free_port()
        for zone in zones:
            (folder / f"{zone.name}.zone").write_text(zone.text)

    def start(self) -> None:
        self.program.start()
        client = Client("127.0.0.1", self.port, timeout=0.2)
        name = type(self).__name__
        wait_until(lambda: self._answers(client) or not self.program.is_running(), START_SECONDS, f"{name} answers or ends")
        assert self.program.is_running(), f"{name} ended:\n{self.log()}"

    def _answers(self, client: Client) -> bool:
        try:
            return all(client.ask(zone.name, "SOA").rcode == "NOERROR" for zone in self.zones)
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
