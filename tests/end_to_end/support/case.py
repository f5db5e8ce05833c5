"""The ground a test class stands on: one name server and one Schoolgate, started once for all its tests."""

from __future__ import annotations

import unittest
from typing import ClassVar

from .dns_client import FLAG_AD, FLAG_RA, Client, Reply
from .installation import BLOCK_IPV4, BLOCK_TTL, DAEMON, Installation, Settings
from .name_server import NameServer

PUPIL, STAFF, EXAM = "127.0.0.1", "127.0.0.2", "127.0.3.9"
EDE_BLOCKED, EDE_CENSORED = 15, 16


class SchoolgateTest(unittest.TestCase):
    name_servers: ClassVar[int] = 1
    school: ClassVar[Installation]
    upstreams: ClassVar[list[NameServer]]

    @classmethod
    def settings(cls) -> Settings:
        """What a class wants different; upstreams are filled in."""
        return Settings()

    @classmethod
    def setUpClass(cls) -> None:
        if not DAEMON.exists():
            raise RuntimeError(f"{DAEMON} is not built")
        settings = cls.settings()
        cls.school = Installation(settings)
        cls.addClassCleanup(cls.school.remove)
        cls.upstreams = [cls.start_name_server(f"nsd-{number}") for number in range(cls.name_servers)]
        settings.upstreams += [upstream.upstream for upstream in cls.upstreams]
        cls.school.write()
        cls.school.start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.school.stop()

    @classmethod
    def start_name_server(cls, name: str) -> NameServer:
        server = NameServer(cls.school.folder / name)
        cls.addClassCleanup(server.stop)
        server.start()
        return server

    @property
    def pupil(self) -> Client:
        return self.school.client(PUPIL)

    @property
    def staff(self) -> Client:
        return self.school.client(STAFF)

    def assert_blocked(self, reply: Reply, rtype: str = "A", error: int = EDE_BLOCKED) -> None:
        """The contract's answer to a blocked name: an address for A, nothing but an SOA for every other type."""
        self.assertEqual(reply.rcode, "NOERROR")
        self.assertTrue(reply.has(FLAG_RA))
        self.assertFalse(reply.has(FLAG_AD))
        if rtype == "A":
            self.assertEqual([(record.value, record.ttl) for record in reply.answer], [(BLOCK_IPV4, BLOCK_TTL)])
        else:
            self.assertEqual(reply.answer, [])
            self.assertEqual([(record.type, record.ttl) for record in reply.authority], [("SOA", BLOCK_TTL)])
        if reply.edns:
            self.assertEqual(reply.errors, [error])

    def assert_address(self, reply: Reply, address: str) -> None:
        self.assertEqual((reply.rcode, reply.values("A"), reply.errors), ("NOERROR", [address], []))
