"""Hours in the small: questions without a pause and a reload every other second, and nothing wears out.

Fifteen seconds, or half an hour with SCHOOLGATE_LONG=1.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
import random
import re
import sqlite3
import threading
import time
import unittest
from collections import Counter
from collections.abc import Iterator

from support.case import EDE_BLOCKED, SchoolgateTest
from support.dns_client import Client, Query, Reply, parse_reply
from support.installation import BLOCK_IPV4, IS_SANITIZED, LISTS, Settings
from support.programs import IS_LONG, wait_until

SECONDS = 1800.0 if IS_LONG else 15.0
WARM_UP_SECONDS = 60.0 if IS_LONG else 5.0
RELOAD_EVERY_SECONDS = 2.0
RELOAD_SECONDS = 10.0
ASKERS = 4
ONE_OVER_TCP = 50  # of this many
NAMES = 300  # of each kind, so that caches are full after the warm-up
# What fills up to a bound while it works: the page cache of the day file (32 MiB) and the history writer's batch (15 MB).
# Whoever loses three octets a lookup is found in the long run, and two kilobytes a lookup in the short one.
MOST_GROWTH_BYTES = 64 << 20
A_NEW_DAY_BYTES = 44 << 20  # at midnight: one more page cache, and the names of the day

BLOCKED = (BLOCK_IPV4, "NOERROR")
# What may be asked: a name, {} being a number below NAMES, and the address and rcode of the right answer.
QUESTIONS = {
    "b{}.bad.example": BLOCKED,
    "malware.example": BLOCKED,
    "music.example": BLOCKED,
    "cloaked.test": BLOCKED,
    "good.test": ("192.0.2.1", "NOERROR"),
    "w{}.wild.test": ("192.0.2.3", "NOERROR"),
    "u{}.brief.test": ("192.0.2.9", "NOERROR"),  # out of the cache after a second
    "nobody{}.test": (None, "NXDOMAIN"),
}


class Asker(threading.Thread):
    """Asks one question after the other, until it is told to stop. After that `asked` and `wrong` are final."""

    def __init__(self, client: Client, seed: int) -> None:
        super().__init__(daemon=True)
        self.client, self.random = client, random.Random(seed)
        self.asked = 0
        self.wrong: list[str] = []
        self.is_stopping = threading.Event()

    def run(self) -> None:
        with self.client.open_udp() as udp:
            while not self.is_stopping.is_set():
                pattern, (address, rcode) = self.random.choice(list(QUESTIONS.items()))
                query = Query(pattern.format(self.random.randrange(NAMES)))
                self.asked += 1
                try:
                    if self.random.randrange(ONE_OVER_TCP) == 0:
                        reply = self.client.exchange(query.encode(), "tcp")
                    else:
                        udp.send(query.encode())
                        reply = parse_reply(udp.recv(65535))
                except OSError as error:
                    self.wrong.append(f"{query.name}: {error}")
                    return
                if not _is_right(query, reply, address, rcode):
                    self.wrong.append(f"{query.name}: {reply}")


def _is_right(query: Query, reply: Reply | None, address: str | None, rcode: str) -> bool:
    return (reply is not None and (reply.id, reply.rcode) == (query.id, rcode)
            and reply.values("A") == ([address] if address else [])
            and (EDE_BLOCKED in reply.errors) == (address == BLOCK_IPV4))


def music(length: int) -> str:
    """Of four lengths, none so far from another that a person would have to look at it."""
    padding = (f"0.0.0.0 p{number}.padding.test\n" for number in range(4000 + length * 1000))
    return LISTS["music.hosts"] + "".join(padding)


class Soak(SchoolgateTest):
    @classmethod
    def settings(cls) -> Settings:
        settings = Settings()
        settings.lists = LISTS | {"music.hosts": music(0)}
        return settings

    def test_nothing_wears_out(self) -> None:
        askers = [Asker(self.pupil, seed) for seed in range(ASKERS)]
        self.own_questions = 0
        versions = itertools.count()
        # Half of what is open is open only once something was asked and reloaded.
        self.run_for(WARM_UP_SECONDS, askers, versions)
        memory = self.anonymous_bytes()
        descriptors, days = self.descriptors(), len(self.day_files())
        images = self.mapped_images()
        askers += (fresh := [Asker(self.pupil, ASKERS + seed) for seed in range(ASKERS)])
        self.run_for(SECONDS - WARM_UP_SECONDS, fresh, versions)
        asked = self.own_questions + sum(asker.asked for asker in askers)
        new_days = len(self.day_files()) - days

        self.assertEqual([wrong for asker in askers for wrong in asker.wrong], [])
        if not IS_SANITIZED:
            self.assertLess(self.anonymous_bytes() - memory, MOST_GROWTH_BYTES + new_days * A_NEW_DAY_BYTES)
        most = descriptors.total() + 3 * new_days  # a database, its log and its index
        wait_until(lambda: self.descriptors().total() <= most, RELOAD_SECONDS,
                   f"{descriptors} are open, and no more: {self.descriptors()}")
        self.assertEqual(self.mapped_images(), images)
        self.school.stop()
        self.assertEqual(sum(map(_rows, self.day_files())), asked)

    def run_for(self, seconds: float, askers: list[Asker], versions: Iterator[int]) -> None:
        end = time.monotonic() + seconds
        for asker in askers:
            asker.start()
        while time.monotonic() < end:
            self.reload(next(versions))
            time.sleep(RELOAD_EVERY_SECONDS)
        for asker in askers:
            asker.is_stopping.set()
        for asker in askers:
            asker.join()

    def reload(self, version: int) -> None:
        """A list with another name in it, and of another length; returns when it is in force."""
        self.school.write_list("music.hosts", music(version % 4) + f"0.0.0.0 version{version}.test\n")
        self.school.reload()
        wait_until(lambda: self.is_blocked(f"version{version}.test"), RELOAD_SECONDS, f"version {version} is in force")

    def is_blocked(self, name: str) -> bool:
        self.own_questions += 1
        return EDE_BLOCKED in self.pupil.ask(name).errors

    # What the daemon holds

    def anonymous_bytes(self) -> int:
        """Resident memory of its own. What is mapped from files, rings and images, the system takes back as it likes."""
        status = self.in_proc("status").read_text()
        return int(re.search(r"^RssAnon:\s+(\d+) kB$", status, re.MULTILINE)[1]) << 10

    def descriptors(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for link in self.in_proc("fd").iterdir():
            try:
                found[re.sub(r"\d+", "N", os.readlink(link))] += 1
            except FileNotFoundError:
                pass  # closed since
        return found

    def mapped_images(self) -> int:
        return len(re.findall(r"filter\.image", self.in_proc("maps").read_text()))

    def in_proc(self, name: str) -> pathlib.Path:
        return pathlib.Path(f"/proc/{self.school.daemon_pid}") / name

    def day_files(self) -> list[pathlib.Path]:
        return list((self.school.state / "history").glob("*.sqlite"))


def _rows(day_file: pathlib.Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{day_file}?mode=ro", uri=True)) as day:
        return day.execute("SELECT count(*) FROM lookup").fetchone()[0]


if __name__ == "__main__":
    unittest.main()
