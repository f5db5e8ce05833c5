"""cases.tsv against the real server: what each group gets, and the ways round that a pupil might try."""

import csv
import pathlib
import unittest
from dataclasses import dataclass

from support.case import EDE_BLOCKED, EDE_CENSORED, EXAM, PUPIL, STAFF, SchoolgateTest
from support.dns_client import FLAG_CD, FLAG_RD, Query, Reply

CASES = pathlib.Path(__file__).parent / "cases.tsv"
CLIENTS = {"pupil": PUPIL, "staff": STAFF, "exam": EXAM}
DEEPEST = "a." * 121  # with bad.example: 255 octets


@dataclass(frozen=True)
class Case:
    id: str
    qname: str
    type: str
    transport: str
    client: str
    settings: str
    expected: str
    why: str

    @property
    def name(self) -> str:
        return self.qname.replace("DEEP.", DEEPEST)

    def query_settings(self) -> dict:
        settings: dict = {}
        for word in () if self.settings == "-" else self.settings.split():
            key, _, value = word.partition("=")
            if key == "class":
                settings["qclass"] = int(value)
            elif key == "opcode":
                settings["opcode"] = int(value)
            elif key == "option":
                code, _, octets = value.partition(":")
                settings["options"] = ((int(code), bytes.fromhex(octets)),)
            else:
                settings |= {"cd": {"flags": FLAG_RD | FLAG_CD}, "rd0": {"flags": 0}, "do": {"do": True},
                             "plain": {"edns_size": None}}[key]
        return settings


def read_cases() -> list[Case]:
    with CASES.open(newline="") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Case(*row) for row in rows]


class Cases(SchoolgateTest):
    def test_every_case(self) -> None:
        for case in read_cases():
            with self.subTest(case.id, why=case.why):
                client = self.school.client(CLIENTS[case.client])
                reply = client.ask(case.name, case.type, case.transport, **case.query_settings())
                self.check(case, reply)

    def check(self, case: Case, reply: Reply) -> None:
        # Of another opcode's message only the header is read: what follows may have any shape.
        if not case.settings.startswith("opcode"):
            self.assertEqual(bool(reply.edns), case.settings != "plain", "OPT in the reply, or not, as in the query")
        self.assertFalse([record for record in reply.answer if record.type == "RRSIG"])
        what, _, value = case.expected.partition(" ")
        if what in ("BLOCK", "CENSOR"):
            self.assert_blocked(reply, case.type, EDE_BLOCKED if what == "BLOCK" else EDE_CENSORED)
        elif what == "ADDRESS":
            self.assert_address(reply, value)
        elif what == "NOADDRESS":
            self.assertEqual((reply.rcode, reply.values("A"), reply.values("AAAA")), ("NOERROR", [], []))
        elif what == "NODATA":
            self.assertEqual((reply.rcode, reply.answer), ("NOERROR", []))
        else:
            self.assertEqual((reply.rcode, reply.answer), (what, []))

    def test_the_question_comes_back_bit_for_bit(self) -> None:
        for name in ("bAd.ExAmPlE", "gOOd.teST", "NO-such.TEST", "Bad\\000x.example"):
            query = Query(name)
            with self.subTest(name):
                reply = self.pupil.exchange(query.encode())
                self.assertEqual(reply.question if reply else None, query.question())


class BlockAddressV6(SchoolgateTest):
    @classmethod
    def settings(cls):
        settings = super().settings()
        settings.block_ipv6 = "2001:db8::80"
        return settings

    def test_aaaa_of_a_blocked_name(self) -> None:
        reply = self.pupil.ask("bad.example", "AAAA")
        self.assertEqual((reply.rcode, reply.values("AAAA"), reply.errors), ("NOERROR", ["2001:db8::80"], [EDE_BLOCKED]))


if __name__ == "__main__":
    unittest.main()
