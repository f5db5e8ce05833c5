"""A small DNS client: builds queries byte by byte, sends them over UDP or TCP, reads replies strictly.

It knows as little as the tests need and nothing of the server under test, so that both cannot be wrong in the same way.
"""

from __future__ import annotations

import itertools
import re
import socket
import struct
from dataclasses import dataclass, field

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "NULL": 10, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
         "DNAME": 39, "OPT": 41, "RRSIG": 46, "SVCB": 64, "HTTPS": 65, "AXFR": 252, "ANY": 255}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 16: "BADVERS"}
EDE_OPTION = 15
FLAG_QR, FLAG_AA, FLAG_TC, FLAG_RD, FLAG_RA, FLAG_AD, FLAG_CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010

_ids = itertools.count(0x1000)


class Malformed(Exception):
    """The reply breaks the wire format."""


@dataclass(frozen=True)
class Record:
    name: str
    type: str
    ttl: int
    value: str


@dataclass(frozen=True)
class Edns:
    size: int
    version: int
    do: bool
    options: list[tuple[int, bytes]]

    @property
    def errors(self) -> list[int]:
        """The extended errors (RFC 8914), in order."""
        return [struct.unpack_from("!H", value)[0] for code, value in self.options if code == EDE_OPTION]


@dataclass(frozen=True)
class Reply:
    id: int
    flags: int
    rcode: str
    question: bytes  # as it stands in the message, name, type and class
    answer: list[Record]
    authority: list[Record]
    edns: Edns | None
    size: int

    def has(self, flag: int) -> bool:
        return bool(self.flags & flag)

    def values(self, rtype: str) -> list[str]:
        return [record.value for record in self.answer if record.type == rtype]

    @property
    def errors(self) -> list[int]:
        return self.edns.errors if self.edns else []


@dataclass(frozen=True)
class Query:
    """One question, and how to ask it."""

    name: str  # presentation form, \\DDD for any octet
    type: str = "A"
    qclass: int = 1
    opcode: int = 0
    flags: int = FLAG_RD
    edns_size: int | None = 1232  # None: no OPT
    do: bool = False
    options: tuple[tuple[int, bytes], ...] = ()
    id: int = field(default_factory=lambda: next(_ids) & 0xFFFF)

    def question(self) -> bytes:
        number = TYPES.get(self.type) or int(self.type.removeprefix("TYPE"))
        return encode_name(self.name) + struct.pack("!HH", number, self.qclass)

    def encode(self) -> bytes:
        opt = b""
        if self.edns_size is not None:
            options = b"".join(struct.pack("!HH", code, len(value)) + value for code, value in self.options)
            opt = struct.pack("!BHHIH", 0, TYPES["OPT"], self.edns_size, 0x8000 if self.do else 0, len(options)) + options
        header = struct.pack("!6H", self.id, self.opcode << 11 | self.flags, 1, 0, 0, 1 if opt else 0)
        return header + self.question() + opt


def encode_name(text: str) -> bytes:
    """"www.example" or "a\\000b.example" to wire form."""
    labels: list[bytearray] = [bytearray()]
    for escaped, literal, char in re.findall(r"\\(\d{3})|\\(.)|(.)", text, re.DOTALL):
        if char == ".":
            labels.append(bytearray())
        elif escaped:
            labels[-1].append(int(escaped))
        else:
            labels[-1] += (literal or char).encode("utf-8")
    return b"".join(bytes([len(label)]) + label for label in labels if label) + b"\0"


class _Reader:
    def __init__(self, message: bytes) -> None:
        self.message, self.at = message, 0

    def take(self, layout: str) -> tuple[int, ...]:
        size = struct.calcsize(layout)
        if self.at + size > len(self.message):
            raise Malformed(f"message ends at {len(self.message)}, {size} octets wanted at {self.at}")
        self.at += size
        return struct.unpack_from(layout, self.message, self.at - size)

    def name(self) -> str:
        text, self.at = self._name_at(self.at)
        return text

    def _name_at(self, at: int) -> tuple[str, int]:
        labels: list[str] = []
        after: int | None = None
        while True:
            if at >= len(self.message):
                raise Malformed("name runs out of the message")
            size = self.message[at]
            if size >= 0xC0:
                target = struct.unpack_from("!H", self.message, at)[0] & 0x3FFF
                if not 12 <= target < at:
                    raise Malformed(f"compression pointer at {at} to {target}")
                after, at = (at + 2 if after is None else after), target
            elif size >= 0x40:
                raise Malformed(f"label type {size >> 6}")
            elif size == 0:
                return ".".join(labels) or ".", at + 1 if after is None else after
            else:
                labels.append(_label_text(self.message[at + 1 : at + 1 + size]))
                at += 1 + size

    def record(self) -> tuple[Record, tuple[int, int, bytes]]:
        name = self.name()
        rtype, rclass, ttl, size = self.take("!HHIH")
        if self.at + size > len(self.message):
            raise Malformed("RDATA runs out of the message")
        start, self.at = self.at, self.at + size
        rdata = self.message[start : start + size]
        value = "" if rtype == TYPES["OPT"] else self._value(rtype, start, rdata)
        return Record(name, TYPE_NAMES.get(rtype, f"TYPE{rtype}"), ttl, value), (rclass, ttl, rdata)

    def _value(self, rtype: int, start: int, rdata: bytes) -> str:
        kind = TYPE_NAMES.get(rtype)
        if kind == "A":
            return socket.inet_ntop(socket.AF_INET, rdata)
        if kind == "AAAA":
            return socket.inet_ntop(socket.AF_INET6, rdata)
        if kind in ("CNAME", "NS", "PTR", "DNAME"):
            return self._name_at(start)[0]
        if kind == "MX":
            return f"{struct.unpack('!H', rdata[:2])[0]} {self._name_at(start + 2)[0]}"
        if kind == "SOA":
            first, at = self._name_at(start)
            second, at = self._name_at(at)
            return " ".join([first, second, *map(str, struct.unpack_from("!5I", self.message, at))])
        if kind == "TXT":
            return rdata[1 : 1 + rdata[0]].decode("latin-1")
        return rdata.hex()


def _label_text(label: bytes) -> str:
    return "".join(chr(c) if 0x21 <= c <= 0x7E and chr(c) not in '.\\"' else f"\\{c:03}" for c in label)


def parse_reply(message: bytes) -> Reply:
    """Every octet must be accounted for; Malformed otherwise."""
    reader = _Reader(message)
    identity, flags, questions, *counts = reader.take("!6H")
    start = reader.at
    for _ in range(questions):
        reader.name()
        reader.take("!HH")
    question = message[start : reader.at]
    sections: list[list[Record]] = []
    edns: Edns | None = None
    extended = 0
    for count in counts:
        section = []
        for _ in range(count):
            record, (size, ttl, rdata) = reader.record()
            if record.type == "OPT":
                edns = Edns(size, ttl >> 16 & 0xFF, bool(ttl & 0x8000), _options(rdata))
                extended = ttl >> 24
            else:
                section.append(record)
        sections.append(section)
    if reader.at != len(message):
        raise Malformed(f"{len(message) - reader.at} octets after the last record")
    rcode = extended << 4 | flags & 0xF
    return Reply(identity, flags, RCODES.get(rcode, str(rcode)), question, sections[0], sections[1], edns, len(message))


def _options(rdata: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(rdata):
        code, size = struct.unpack_from("!HH", rdata, at)
        found.append((code, rdata[at + 4 : at + 4 + size]))
        at += 4 + size
    return found


class Client:
    """Asks one server, from one source address: 127.0.0.N is how a loopback test plays several devices."""

    def __init__(self, server: str, port: int, source: str = "", timeout: float = 5.0) -> None:
        self.server, self.port, self.source, self.timeout = server, port, source, timeout

    def ask(self, name: str, rtype: str = "A", transport: str = "udp", **settings) -> Reply:
        query = Query(name, rtype, **settings)
        reply = self.exchange(query.encode(), transport)
        if reply is None:
            raise TimeoutError(f"no answer to {name} {rtype} over {transport} within {self.timeout} s")
        assert reply.id == query.id, "the id is not the query's"
        return reply

    def exchange(self, message: bytes, transport: str = "udp") -> Reply | None:
        """The reply to these very octets; None when there is none."""
        answer = self._udp(message) if transport == "udp" else self._tcp(message)
        return parse_reply(answer) if answer else None

    def open_udp(self) -> socket.socket:
        return self._open(socket.SOCK_DGRAM)

    def open_tcp(self) -> socket.socket:
        connection = self._open(socket.SOCK_STREAM)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _open(self, kind: socket.SocketKind) -> socket.socket:
        opened = socket.socket(socket.AF_INET6 if ":" in self.server else socket.AF_INET, kind)
        opened.settimeout(self.timeout)
        try:
            if self.source:
                opened.bind((self.source, 0))
            opened.connect((self.server, self.port))
        except OSError:
            opened.close()
            raise
        return opened

    def _udp(self, message: bytes) -> bytes | None:
        with self.open_udp() as udp:
            try:
                udp.send(message)
                return udp.recv(65535)
            except (TimeoutError, ConnectionRefusedError):
                return None

    def _tcp(self, message: bytes) -> bytes | None:
        with self.open_tcp() as tcp:
            tcp.sendall(frame(message))
            return read_frame(tcp)


def frame(message: bytes) -> bytes:
    return struct.pack("!H", len(message)) + message


def read_frame(tcp: socket.socket) -> bytes | None:
    """One message; None when the server closes first or stays silent."""
    head = _read_exactly(tcp, 2)
    return _read_exactly(tcp, struct.unpack("!H", head)[0]) if head else None


def _read_exactly(tcp: socket.socket, size: int) -> bytes | None:
    got = b""
    while len(got) < size:
        try:
            more = tcp.recv(size - len(got))
        except (TimeoutError, ConnectionResetError):
            return None
        if not more:
            return None
        got += more
    return got
