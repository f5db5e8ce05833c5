"""The rows of bypass_cases.tsv: how one is asked, and what its expectation column means."""

from __future__ import annotations

import csv
import pathlib
from dataclasses import dataclass

from support.dns_client import FLAG_AD, FLAG_CD, FLAG_RD, TYPES, Reply
from support.installation import BLOCK_IPV4, BLOCK_TTL

WORDS = {"BLOCK", "ALLOW", "NODATA", "NXDOMAIN", "REFUSED", "FORMERR", "NOTIMP", "SERVFAIL", "SILENCE"}
EDE_BLOCKED, EDE_FILTERED = 15, 17
CLASSES = {"IN": 1, "CH": 3, "ANY": 255}

# What this version has not got: an id, or how ids begin, and why the row cannot be met yet.
NOT_YET = {
    "chain-08": "rules by the answer's address: not built yet",
    "chain-09": "rules by the answer's address: not built yet",
    "search-02": "rules by the answer's address: not built yet",
    "trans-02": "encrypted transports: not built yet",
    "trans-03": "encrypted transports: not built yet",
    "trans-04": "encrypted transports: not built yet",
    "trans-05": "encrypted transports: not built yet",
    "trans-06": "encrypted transports: not built yet",
    "trans-08": "encrypted transports: not built yet",
    "trans-09": "the console: not built yet",
    "block-06": "encrypted transports: not built yet, so the block page has no port for https",
    "id-06": "needs a second machine and IPv6; test_neighbours.py does it for IPv4",
    "id-08": "a forged source address is the switch's to stop; the answer goes to the address that was forged",
    "canary-": "negative answers for canary names: not built yet",
    "ech-": "removing ECH: not built yet",
    "safe-": "safe search: not built yet",
    "search-01": "search domains: not built yet",
    "search-03": "local answers for single labels: not built yet",
    "rebind-": "dropping private addresses from public answers: not built yet",
    "rev-02": "locally served zones (RFC 6303): not built yet",
    "rawip-": "DNS is not asked; a matter of the manual",
    "tunnel-": "tunnel detection and limits by zone: not built yet",
    "log-04": "export as CSV: not built yet",
    "log-05": "names from DHCP and PTR: not built yet",
    "prec-01": "safe search: not built yet",
    "prec-02": "safe search and bypasses: not built yet",
    "prec-04": "bypasses: not built yet",
}

# Where the expectation is not shared: what is right instead, and why. These are asked and judged by that.
DISAGREED = {
    "idn-02": ("ALLOW", "RFC 2181 section 11: octets beyond ASCII have no encoding on the wire, so this is another name "
                        "than xn--bcher-kva.example, and no resolver turns one into the other"),
}

# Expectations that are sentences, in the words of WORDS. What they ask beyond is checked where the row is asked.
READINGS = {
    "NOT A MATCH FOR bad.example; forwarded or FORMERR, never cut at NUL": "ALLOW FORMERR",
    r"must not be treated as the two-label name; ALLOW/REFUSED; log shows bad\.example": "ALLOW REFUSED",
    "ALLOW or REFUSED, and must NOT hit the allow rule ok.bad.example": "ALLOW REFUSED",
    "BLOCK or FORMERR; nothing of the tail goes upstream": "BLOCK FORMERR",
    "no answer": "SILENCE",
    "ALLOW (different name) unless listed; admin UI shows the A-label": "ALLOW",
    "BLOCK or RFC 8482 HINFO; no address": "BLOCK",
    "as udp": "BLOCK",
    "REFUSED or a fixed neutral string": "REFUSED",
    "SERVFAIL within 1 s": "SERVFAIL",
    "ALLOW (explicit allow of the asked name wins) - document it": "ALLOW",
    "teacher ALLOW, pupil BLOCK, whatever the order": "BLOCK",
    "BLOCK at once after the list reload": "BLOCK",
    "BLOCK for every one": "BLOCK",
    "BLOCK both": "BLOCK",
    "BLOCK, no internal host name leaked": "BLOCK",
    "BLOCK by the network's default policy": "BLOCK",
    "BLOCK by the prefix's default policy": "BLOCK",
    "same policy as 10.0.0.5": "BLOCK",
    "BLOCK (list category doh)": "BLOCK",
    "our own DoT/DoH record or NODATA; never forwarded": "NODATA",
    "NODATA/NXDOMAIN locally": "NODATA NXDOMAIN",
    "ALLOW; answer naming bad.example may be blocked": "ALLOW BLOCK",
    "category rule": "BLOCK",
    "BLOCK (decode: bad-example -> bad.example) or category": "BLOCK",
    "EDE 17 (Filtered) or 15 (Blocked) present, TTL<=10": "BLOCK",
    "no OPT in the reply": "BLOCK",
    "AD=0, no RRSIG": "BLOCK",
    "BLOCK or REFUSED; never upstream's": "BLOCK REFUSED",
    "page escapes name and path (no XSS)": "BLOCK",
    "BLOCK; console shows the text, no element is made": "BLOCK",
    r"one log line, escaped as \ddd": "BLOCK",
    "row stored verbatim (bound parameters)": "BLOCK",
}

# Names that the table describes rather than writes.
NAMES = {
    "case-04": "bad.example.",
    "case-15": "a." * 121 + "bad.example",  # 255 octets hold no more
    "wire-01": "bad\\000xxx.example",
    "wire-02": "bad\\046example",
    "wire-03": "ok\\046bad.example",
    "wire-04": "\\098\\097\\100.example",
    "wire-05": "\\128\\200\\255.bad.example",
    "idn-02": "b\\195\\188cher.example",
    "log-01": "<img\\032src=x\\032onerror=alert(1)>.bad.example",
    "log-02": "x\\013\\010y\\027[31m.bad.example",
    "log-03": "')\\059DROP\\032TABLE\\032queries\\059--.bad.example",
}
NUMBERS = {"A6/38": "TYPE38"}

SETTINGS: dict[str, dict] = {
    "block-04": {"flags": FLAG_RD | FLAG_CD},
    "block-05": {"flags": 0},
    "ecs-01": {"options": ((8, bytes.fromhex("000120000a000909")),)},
    "ecs-02": {"options": ((65001, bytes.fromhex("020000000002")),)},
    "ecs-03": {"options": ((65073, b"teacher"), (65074, b"teacher"))},
    "ecs-04": {"options": ((3, b""),)},
}


@dataclass(frozen=True)
class Row:
    id: str
    group: str
    setup: str
    qname: str
    types: str
    qclass: str
    transport: str
    expected: str
    why: str

    @property
    def name(self) -> str:
        return NAMES.get(self.id, self.qname)

    @property
    def not_yet(self) -> str:
        return next((why for start, why in NOT_YET.items() if self.id.startswith(start)), "")

    def questions(self) -> list[tuple[str, str, str, dict]]:
        """As Client.ask takes them: name, type, transport, settings."""
        transport = self.transport.split("+")[0].split()[0]
        settings = {"qclass": CLASSES[self.qclass], **SETTINGS.get(self.id, {})}
        if "no EDNS" in self.transport:
            settings["edns_size"] = None
        if self.transport.endswith("+DO"):
            settings["do"] = True
        types = [NUMBERS.get(written, written) for written in self.types.split(", ")]
        if transport not in ("udp", "tcp") or any(one not in TYPES and not one.startswith("TYPE") for one in types):
            raise ValueError(f"{self.id}: no way to ask {self.types} over {self.transport}")
        return [(self.name, one, transport, settings) for one in types]

    def accepted(self) -> set[str]:
        if self.id in DISAGREED:
            return {DISAGREED[self.id][0]}
        words = set(READINGS.get(self.expected, self.expected.replace("/", " ").replace(" or ", " ")).split())
        if not words or not words <= WORDS:
            raise ValueError(f"{self.id}: the expectation '{self.expected}' is not understood")
        return words


def read_rows(table: pathlib.Path) -> list[Row]:
    with table.open(newline="", encoding="utf-8") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Row(*row) for row in rows]


def outcome(reply: Reply | None) -> set[str]:
    """The words that hold for a reply."""
    if reply is None:
        return {"SILENCE"}
    if reply.rcode != "NOERROR":
        return {reply.rcode}
    told = not reply.edns or len(reply.errors) == 1 and reply.errors[0] in (EDE_BLOCKED, EDE_FILTERED)
    soa = [record for record in reply.authority if record.type == "SOA" and record.ttl <= BLOCK_TTL]
    addresses = [record for record in reply.answer if record.value == BLOCK_IPV4 and record.ttl <= BLOCK_TTL]
    is_block_answer = len(addresses) == len(reply.answer) == 1 or not reply.answer and soa
    is_block = told and is_block_answer and not reply.has(FLAG_AD)
    words = {"BLOCK"} if is_block else set()
    if not reply.answer:
        words.add("NODATA")
    elif not is_block and not reply.errors and not addresses:
        words.add("ALLOW")
    return words
