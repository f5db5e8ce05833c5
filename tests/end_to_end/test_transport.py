"""TCP framing and UDP oddities: what RFC 7766 asks of a server, and what must get no answer."""

import pathlib
import re
import socket
import struct
import time
import unittest
from contextlib import ExitStack

from support.case import SchoolgateTest
from support.dns_client import FLAG_QR, Query, encode_name, frame, parse_reply, read_frame
from support.programs import wait_until

# A client has at most 200 connections, and each at most 256 KiB unsent and one answer more. Without a limit: 1.2 GB.
DEAF_OCTETS = 64 << 20


class Tcp(SchoolgateTest):
    def test_pipelined_questions_are_all_answered(self) -> None:
        queries = {query.id: query for query in (Query(f"p{n}.wild.test") for n in range(50))}
        with self.pupil.open_tcp() as tcp:
            tcp.sendall(b"".join(frame(query.encode()) for query in queries.values()))
            for _ in range(len(queries)):
                reply = parse_reply(read_frame(tcp) or b"")
                self.assertEqual(reply.question, queries.pop(reply.id).question())
        self.assertEqual(queries, {})

    def test_a_question_in_single_octets(self) -> None:
        with self.pupil.open_tcp() as tcp:
            for octet in frame(Query("good.test").encode()):
                tcp.sendall(bytes([octet]))
                time.sleep(0.002)
            self.assert_address(parse_reply(read_frame(tcp) or b""), "192.0.2.1")

    def test_half_closed_connections_get_their_answers(self) -> None:
        with self.pupil.open_tcp() as tcp:
            tcp.sendall(frame(Query("half.wild.test").encode()) + frame(Query("bad.example").encode()))
            tcp.shutdown(socket.SHUT_WR)
            self.assertEqual([bool(read_frame(tcp)) for _ in range(3)], [True, True, False])

    def test_an_empty_frame_harms_nobody_else(self) -> None:
        with self.pupil.open_tcp() as broken, self.pupil.open_tcp() as whole:
            broken.sendall(b"\0\0")
            whole.sendall(frame(Query("good.test").encode()))
            self.assert_address(parse_reply(read_frame(whole) or b""), "192.0.2.1")

    def test_a_reset_in_the_middle(self) -> None:
        for sent in (b"\0", frame(Query("good.test").encode())[:9], frame(Query("reset.wild.test").encode()) * 50):
            with self.subTest(octets=len(sent)):
                tcp = self.pupil.open_tcp()
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                tcp.sendall(sent)
                tcp.close()
                self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")

    def test_clients_that_never_read(self) -> None:
        self.send_without_reading()  # what the first ones cost once: cache, buffers, allocator
        before = self.resident_octets()
        for _ in range(5):
            self.send_without_reading()
        self.assertLess(self.resident_octets() - before, DEAF_OCTETS)
        self.assert_address(self.staff.ask("good.test"), "192.0.2.1")  # nobody else notices
        wait_until(lambda: self.pupil.ask("good.test").rcode == "NOERROR", 5.0, "its own questions no longer fill its share")

    def send_without_reading(self) -> None:
        """Twenty connections that each have 12 MB of answers coming."""
        question = frame(Query("big.test", "TXT").encode())
        with ExitStack() as connections:
            for _ in range(20):
                deaf = connections.enter_context(self.pupil.open_tcp())
                deaf.settimeout(0.05)
                try:
                    for _ in range(20):
                        deaf.sendall(question * 100)
                except OSError:
                    pass  # it may be sent away

    def resident_octets(self) -> int:
        status = pathlib.Path(f"/proc/{self.school.daemon_pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s*(\d+) kB$", status, re.MULTILINE)[1]) << 10


class Malformed(SchoolgateTest):
    """What is no question gets the rcode of the RFC, or silence, and the next question its answer."""

    def test_table(self) -> None:
        question = encode_name("good.test") + b"\0\1\0\1"
        opt = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
        cases = {
            "empty": (b"", None),
            "half a header": (b"\x12\x34\1\0\0\1", None),
            "a response": (_header(flags=FLAG_QR) + question, None),
            "no question": (_header(questions=0), "FORMERR"),
            "two questions": (_header(questions=2) + question * 2, "FORMERR"),
            "a name that never ends": (_header() + b"\x05al", "FORMERR"),
            "a pointer to itself": (_header() + b"\xc0\x0c\0\1\0\1", "FORMERR"),
            "a label of 64 octets": (_header() + b"\x40" + b"a" * 64 + b"\0\0\1\0\1", "FORMERR"),
            "a name of 256 octets": (_header() + (b"\x3f" + b"a" * 63) * 3 + b"\x3e" + b"b" * 62 + b"\0\0\1\0\1", "FORMERR"),
            "an OPT cut short": (_header(additional=1) + question + opt[:7], "FORMERR"),
            "two OPTs": (_header(additional=2) + question + opt * 2, "FORMERR"),
            "EDNS version 1": (_header(additional=1) + question + opt[:6] + b"\1" + opt[7:], "BADVERS"),
        }
        impatient = self.school.client(timeout=0.3)
        for what, (message, rcode) in cases.items():
            with self.subTest(what):
                reply = impatient.exchange(message)
                self.assertEqual(reply.rcode if reply else None, rcode)
                self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")


def _header(flags: int = 0x0100, questions: int = 1, additional: int = 0) -> bytes:
    return struct.pack("!6H", 0x4242, flags, questions, 0, 0, additional)


if __name__ == "__main__":
    unittest.main()
