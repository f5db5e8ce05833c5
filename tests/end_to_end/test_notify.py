"""NOTIFY: a primary says that its zone has changed, and the new names are blocked within seconds, whatever `refresh` says."""

import base64
import os
import shutil
import unittest
from typing import ClassVar

from support.bind import Bind
from support.case import SchoolgateTest
from support.installation import USER, Settings
from support.knot import Knot
from support.name_server import NameServer
from support.primary import Transferred
from support.programs import free_port, make_folder, wait_until

FETCH_SECONDS = 20.0
REFUSED, NOTAUTH = "REFUSED", "9"
STRANGER = "127.0.0.77"
NOTIFY = 4
FLAG_AA = 0x0400


def zone_text(serial: int, names: list[str]) -> str:
    text = f"$TTL 60\n@ SOA ns.rpz.test. admin.rpz.test. {serial} 3600 600 86400 60\n@ NS ns.rpz.test.\n"
    return text + "".join(f"{name} CNAME .\n" for name in names)


class Notify(SchoolgateTest):
    """NSD, BIND and Knot, each with a zone in the clear and one whose transfer and NOTIFY are signed."""

    nsd: ClassVar[NameServer]
    bind: ClassVar[Bind]
    knot: ClassVar[Knot]
    port: ClassVar[int]
    sources: ClassVar[dict[str, str]]  # zone to where it comes from
    serials: ClassVar[dict[str, int]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.port = free_port()
        cls.nsd = NameServer(cls.folder / "nsd", transferred=[cls.zone("nsd.test"), cls.zone("nsd-signed.test", "nsd.key")])
        cls.bind = Bind(cls.folder / "bind", [cls.zone("bind.test"), cls.zone("bind-signed.test", "bind.key")])
        cls.knot = Knot(cls.folder / "knot", [cls.zone("knot.test"), cls.zone("knot-signed.test", "knot.key")])
        for primary in (cls.nsd, cls.bind, cls.knot):
            cls.addClassCleanup(primary.stop)
            primary.start()
        cls.sources = {"nsd.test": f"axfr://127.0.0.1:{cls.nsd.port}", "nsd-signed.test": f"axfr://127.0.0.1:{cls.nsd.port}",
                       "bind.test": f"axfr://localhost:{cls.bind.port}",
                       "bind-signed.test": f"ixfr://127.0.0.1:{cls.bind.port}",
                       "knot.test": f"axfr://127.0.0.1:{cls.knot.port}",
                       "knot-signed.test": f"ixfr://127.0.0.1:{cls.knot.port}"}
        cls.serials = dict.fromkeys(cls.sources, 1)
        super().setUpClass()

    @classmethod
    def zone(cls, name: str, key: str = "") -> Transferred:
        zone = Transferred(name, zone_text(1, [f"first.{name}"]), notified_port=cls.port)
        if key:
            zone.key, zone.secret = key, base64.b64encode(os.urandom(32)).decode()
            secret = cls.folder / key
            secret.write_text(zone.secret + "\n")
            secret.chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(secret, USER)
        return zone

    @classmethod
    def settings(cls) -> Settings:
        settings = Settings(port=cls.port)
        for zone, source in cls.sources.items():
            settings.policy += (f'\n[[list]]\nid = "{zone.removesuffix(".test")}"\ncategory = "gambling"\n'
                                f'source = "{source}/{zone}"\nrefresh = "1d"\n')
            if "signed" in zone:
                key = zone.removesuffix("-signed.test") + ".key"
                settings.policy += f'tsig = {{ name = "{key}", secret_file = "{cls.folder / key}" }}\n'
        return settings

    def setUp(self) -> None:
        for zone in self.sources:
            wait_until(lambda zone=zone: self.is_blocked(f"first.{zone}"), FETCH_SECONDS, f"{zone} is in force")

    def is_blocked(self, name: str) -> bool:
        return bool(self.pupil.ask(name).errors)

    def change(self, zone: str, *names: str) -> None:
        self.serials[zone] += 1
        primary = {"nsd": self.nsd, "bind": self.bind, "knot": self.knot}[zone.removesuffix(".test").removesuffix("-signed")]
        primary.change(zone, zone_text(self.serials[zone], [f"{name}.{zone}" for name in ("first", *names)]))

    def fetches(self) -> int:
        return self.school.daemon.log().count("told by its primary that it has changed")

    def refusals(self) -> list[str]:
        return [line for line in self.school.daemon.log().splitlines() if "refused a NOTIFY" in line]

    def test_what_a_primary_says_has_changed_is_in_force_within_seconds(self) -> None:
        for zone in self.sources:
            with self.subTest(zone):
                self.assertFalse(self.is_blocked(f"new.{zone}"))
                self.change(zone, "new")
                wait_until(lambda zone=zone: self.is_blocked(f"new.{zone}"), FETCH_SECONDS, f"{zone} is fetched")
        self.assertRegex(self.bind.log(), r"'bind-signed.test/IN': IXFR started: TSIG bind.key \(serial 1 -> 2\)")
        self.assertRegex(self.bind.log(), r"'bind.test/IN': AXFR started")
        # BIND checks that the answer to what it signed is signed.
        self.assertIn(f"zone bind-signed.test/IN: notify response from 127.0.0.1#{self.port}: NOERROR", self.bind.log())
        self.assertRegex(self.knot.log(), r"\[knot-signed.test.\] IXFR, outgoing, remote \S+, started, serial 1 -> 2\n")
        self.assertRegex(self.knot.log(), r"\[knot.test.\] AXFR, outgoing, remote \S+, started, serial 2\n")
        # Knot too: an answer that is not signed with the key is a failure to it.
        self.assertIn(f"[knot-signed.test.] notify, outgoing, remote 127.0.0.1@{self.port}, serial 2\n", self.knot.log())
        self.assertEqual(self.school.json("status")["problems"], [])

    def test_of_two_changes_in_a_row_the_second_is_not_lost(self) -> None:
        for zone in ("nsd-signed.test", "bind.test", "knot-signed.test"):
            self.change(zone, "early")
            wait_until(lambda zone=zone: self.is_blocked(f"early.{zone}"), FETCH_SECONDS, f"{zone} is fetched")
            self.change(zone, "late")
        for zone in ("nsd-signed.test", "bind.test", "knot-signed.test"):
            wait_until(lambda zone=zone: self.is_blocked(f"late.{zone}"), FETCH_SECONDS, f"{zone} is fetched once more")
            self.assertFalse(self.is_blocked(f"early.{zone}"))

    def test_strangers_and_other_zones_are_refused_alike_and_nothing_is_fetched(self) -> None:
        before = self.fetches()
        for transport in ("udp", "tcp"):
            for source, zone, rcode in ((STRANGER, "nsd.test", REFUSED), (STRANGER, "none.test", REFUSED),
                                        ("127.0.0.1", "none.test", REFUSED), ("127.0.0.1", "first.nsd.test", REFUSED),
                                        ("127.0.0.1", "nsd-signed.test", NOTAUTH)):
                with self.subTest(source=source, zone=zone, transport=transport):
                    reply = self.school.client(source).ask(zone, "SOA", transport, opcode=NOTIFY, flags=FLAG_AA)
                    self.assertEqual((reply.rcode, reply.has(FLAG_AA), reply.answer), (rcode, False, []))
        self.assertEqual(self.fetches(), before)
        wait_until(self.refusals, FETCH_SECONDS, "it is told")
        self.assertLessEqual(len(self.refusals()), 2, "once a minute at most")
        self.assertRegex(self.refusals()[0], r"refused a NOTIFY from 127\.0\.0\.\d+ for .+\.test: .+ \(told once a minute at most\)")

    def test_a_thousand_forged_ones_are_two_fetches_and_no_lookups(self) -> None:
        before = self.fetches()
        with self.school.client("127.0.0.1").open_udp() as udp:
            message = (b"\x12\x34\x24\x00\x00\x01\x00\x00\x00\x00\x00\x00" b"\x03nsd\x04test\x00\x00\x06\x00\x01")
            for _ in range(1000):
                udp.send(message)
                self.assertEqual(udp.recv(512), b"\x12\x34\xa4\x00" + message[4:])
        wait_until(lambda: self.fetches() > before, FETCH_SECONDS, "one is fetched")
        self.assertLessEqual(self.fetches() - before, 2)
        over_tcp = self.pupil.ask("nsd.test", "SOA", "tcp", opcode=NOTIFY, flags=FLAG_AA)
        self.assertEqual((over_tcp.rcode, over_tcp.has(FLAG_AA), over_tcp.answer), ("NOERROR", True, []))
        self.assertEqual(self.school.lookups("nsd.test"), [])


if __name__ == "__main__":
    unittest.main()
