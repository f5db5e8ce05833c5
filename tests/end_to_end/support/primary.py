"""A name server whose zones are files that it reads again when it is told to: NSD, BIND and Knot are such."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import signal
from collections.abc import Sequence

from .dns_client import Client
from .programs import START_SECONDS, Program, free_port, wait_until


@dataclasses.dataclass
class Transferred:
    """A zone that a client may have whole, with the key when there is one."""
    name: str
    text: str
    key: str = ""
    secret: str = ""
    notified_port: int = 0  # where it is told that the zone has changed; 0: nowhere


class Primary:
    program: Program  # by who knows how it is configured
    is_out_of_reach = False  # it is in a network of its own: nobody here can ask whether it answers yet

    def __init__(self, folder: pathlib.Path, zones: Sequence[Transferred], address: str = "127.0.0.1") -> None:
        folder.mkdir(parents=True)
        self.folder, self.zones = folder, zones
        self.address, self.port = address, free_port()
        for zone in zones:
            (folder / f"{zone.name}.zone").write_text(zone.text)

    def start(self) -> None:
        self.program.start()
        if self.is_out_of_reach:
            return
        client = Client(self.address, self.port, timeout=0.2)
        name = type(self).__name__
        wait_until(lambda: self._answers(client) or not self.program.is_running(), START_SECONDS, f"{name} answers or ends")
        assert self.program.is_running(), f"{name} ended:\n{self.log()}"

    def apexes(self) -> list[str]:
        """Of the zones that it is to answer for."""
        return [zone.name for zone in self.zones]

    def _answers(self, client: Client) -> bool:
        try:
            return all(client.ask(apex, "SOA").rcode == "NOERROR" for apex in self.apexes())
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
