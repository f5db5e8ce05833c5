"""A client that never rests: a window of questions in flight, each with a name of its own, until the names run out or it
is told to stop."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterator

from .dns_client import Client, Query, Reply, parse_reply

WINDOW = 32
QUIET_SECONDS = 2.0  # after which what is still in flight counts as lost


class Load(threading.Thread):
    """Use as a context: it asks from entering to leaving. After that `answered` and `lost` are final."""

    def __init__(self, client: Client, names: Iterator[str]) -> None:
        super().__init__(daemon=True)
        self.client, self.names = client, names
        self.answered: dict[str, Reply] = {}
        self.in_flight: dict[int, str] = {}
        self.is_stopping = threading.Event()

    def __enter__(self) -> Load:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_stopping.set()
        self.join()

    @property
    def lost(self) -> list[str]:
        return list(self.in_flight.values())

    def run(self) -> None:
        ids = (number & 0xFFFF for number in itertools.count())
        with self.client.open_udp() as udp:
            udp.settimeout(QUIET_SECONDS)
            try:
                while self._fill_window(udp, ids):
                    reply = parse_reply(udp.recv(65535))
                    self.answered[self.in_flight.pop(reply.id)] = reply
            except (TimeoutError, ConnectionError):
                return  # the server is gone, or silent

    def _fill_window(self, udp: socket.socket, ids: Iterator[int]) -> bool:
        """Whether an answer is still to come."""
        room = 0 if self.is_stopping.is_set() else WINDOW - len(self.in_flight)
        for name in itertools.islice(self.names, room):
            query = Query(name, id=next(ids))
            self.in_flight[query.id] = name
            udp.send(query.encode())
        return bool(self.in_flight)


def numbered(suffix: str) -> Iterator[str]:
    """n0.SUFFIX, n1.SUFFIX, …"""
    return (f"n{number}.{suffix}" for number in itertools.count())
