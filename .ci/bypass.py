"""The bypass suite: ways round a filter that a pupil might try, each against the real daemon before a real upstream."""

from __future__ import annotations

import http.client
import itertools
import pathlib
import struct
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from bypass_rows import DISAGREED, Row, outcome, read_rows
from support.dns_client import FLAG_AD, FLAG_QR, FLAG_RD, Client, Query, Reply, encode_name
from support.installation import Installation, Settings
from support.load import Load, numbered
from support.name_server import NameServer
from support.programs import REPOSITORY, wait_until

PUPIL, TEACHER, EXAM = "127.0.0.1", "127.0.0.2", "127.0.3.9"
SECONDS = 10.0
NSID_OPTION = 3

ZONE = """\
$ORIGIN .
$TTL 300
@ SOA ns.test. admin.test. 1 3600 600 86400 60
@ NS ns.test.
* A 192.0.2.99
*.example A 192.0.2.99
ok.bad.example A 192.0.2.99
*.ok.bad.example A 192.0.2.99
ads.example A 192.0.2.99
bad.example.org A 192.0.2.99
66.113.0.203.in-addr.arpa PTR bad.example.
bad.example A 203.0.113.66
bad.example AAAA 2001:db8:bad::66
bad.example HTTPS 1 . alpn=h2 ipv4hint=203.0.113.66
bad.example SVCB 1 . alpn=dot ipv4hint=203.0.113.66
bad.example MX 10 mail.bad.example.
bad.example TXT "leak"
bad.example TYPE65280 \\# 1 00
*.bad.example A 203.0.113.67
_8443._https.bad.example HTTPS 1 . alpn=h2 ipv4hint=203.0.113.66
_dns.bad.example SVCB 1 dns.test. alpn=dot
*.ads.example A 203.0.113.67
_dns.resolver.arpa SVCB 1 dns.test. alpn=dot
resolver.arpa A 192.0.2.99
_dns.dns.google SVCB 1 dns.google. alpn=dot
"""

POLICY = f"""\
default_group = "pupils"
list = [
  {{ id = "bad", category = "gambling", source = "bad.txt" }},
  {{ id = "sites", category = "translate-cache", source = "sites.txt" }},
  {{ id = "malware", category = "malware", source = "malware.txt" }},
  {{ id = "doh", category = "encrypted-dns", source = "{REPOSITORY}/lists/data/starter/encrypted-dns.txt" }},
]
[[group]]
id = "pupils"
block = ["gambling", "encrypted-dns", "translate-cache", "malware"]
allow_names = ["ok.bad.example"ALLOWED]
[[group]]
id = "teachers"
parent = "pupils"
allow = ["gambling"]
[[group]]
id = "exam"
parent = "pupils"
otherwise = "block"
[[device]]
id = "teacher"
match = {{ address = "{TEACHER}" }}
group = "teachers"
[[device]]
id = "exam-room"
match = {{ subnet = "127.0.3.0/24" }}
group = "exam"
"""
BAD = "bad.example\n*.ads.example\n"
SITES = "translate.google.com\ntranslate.goog\nweb.archive.org\n"
CHAIN = "good.example CNAME bad.example.\n"


@dataclass(frozen=True)
class World:
    """What a row's set-up column asks for; rows of the same world share a daemon."""

    zone: str = ""  # in addition to ZONE
    bad: str = BAD
    malware: str = "malware.example\n"
    allowed: str = ""  # a name that pupils are allowed in addition
    address: str = "127.0.0.1"

    def settings(self) -> Settings:
        allowed = f', "{self.allowed}"' if self.allowed else ""
        return Settings(policy=POLICY.replace("ALLOWED", allowed), address=self.address,
                        lists={"bad.txt": self.bad, "sites.txt": SITES, "malware.txt": self.malware})


WORLDS = {
    "case-05": World(bad="BAD.Example.\n"),
    "case-06": World(bad="\ufeff bad.example\r\n"),
    "chain-01": World(CHAIN),
    "chain-02": World("good.example CNAME x.bad.example.\nx.bad.example AAAA 2001:db8:bad::66\n"),
    "chain-03": World("".join(f"c{n}.example CNAME c{n + 1}.example.\n" for n in range(1, 8))
                      + "c8.example CNAME bad.example.\n"),
    "chain-04": World("c1.example CNAME c2.example.\nc2.example CNAME c1.example.\n"),
    "chain-05": World("good.example DNAME bad.example.\n"),
    "chain-06": World("good.example HTTPS 1 bad.example. alpn=h2 ipv4hint=203.0.113.66\n"),
    "chain-07": World("good.example HTTPS 0 bad.example.\n"),
    "chain-10": World(CHAIN, allowed="good.example"),
    "chain-11": World(CHAIN),
    "chain-12": World(CHAIN + "other.example CNAME bad.example.\n"),
    "chain-13": World("good.example A 192.0.2.99\n"),
    "chain-14": World(allowed="reload.test"),
    "id-07": World(address="[::1]"),
    "idn-01": World(bad="bücher.example\n"),
    "prec-03": World(malware="bad.example\n", bad="", allowed="example"),
}


class Unmet(Exception):
    """What a row asks beyond the words of its expectation does not hold."""


def require(holds: object, what: str) -> None:
    if not holds:
        raise Unmet(what)


def client_of(school: Installation) -> Client:
    return Client(school.settings.address.strip("[]"), school.settings.port)


def every_worker_filters(school: Installation) -> bool:
    """Each takes over new lists for itself, a moment after `status` shows them; a new socket may meet any of them."""
    return all("SERVFAIL" not in outcome(client_of(school).ask("ready.bad.example")) for _ in range(16))


def ask(school: Installation, row: Row, source: str = PUPIL) -> list[Reply]:
    return [school.client(source).ask(name, rtype, transport, **settings)
            for name, rtype, transport, settings in row.questions()]


def send(school: Installation, message: bytes) -> Reply | None:
    return school.client(timeout=0.5).exchange(message)


def header(flags: int = FLAG_RD, questions: int = 1, answers: int = 0, additional: int = 0) -> bytes:
    return struct.pack("!6H", 0x4242, flags, questions, answers, 0, additional)


def question(name: str) -> bytes:
    return encode_name(name) + b"\0\1\0\1"


BLOCKED_QUESTION = question("bad.example")
OPT = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
FORGED_ANSWER = question("ok.example") + struct.pack("!IH4s", 300, 4, b"\xc0\0\2\1")
MESSAGES = {
    "wire-06": header() + b"\x03www\xc0\x04\0\1\0\1",
    "wire-07": header(questions=2) + question("ok.example") + BLOCKED_QUESTION,
    "wire-08": header(answers=1) + BLOCKED_QUESTION + FORGED_ANSWER,
    "wire-09": header(additional=2) + BLOCKED_QUESTION + OPT + OPT,
    "wire-11": header(flags=FLAG_RD | FLAG_QR) + BLOCKED_QUESTION,
}

Replies = list[Reply | None]
Attempt = Callable[[Installation, Row], Replies]


def a_message(school: Installation, row: Row) -> Replies:
    return [send(school, MESSAGES[row.id])]


def a_dot_in_a_label(school: Installation, row: Row) -> Replies:
    [in_exam] = ask(school, row, EXAM)
    require("BLOCK" in outcome(in_exam), "the allow rule of ok.bad.example does not cover it")
    return [*ask(school, row)]


def a_tail(school: Installation, row: Row) -> Replies:
    reply = send(school, header() + BLOCKED_QUESTION + Query("tail.example").encode())
    require(not school.lookups("tail.example"), "the tail is no lookup")
    return [reply]


def other_opcodes(school: Installation, row: Row) -> Replies:
    return [school.client().ask("bad.example", "SOA", opcode=opcode) for opcode in (2, 4, 5)]


def over_both(school: Installation, row: Row) -> Replies:
    settings = {"edns_size": None} if row.id == "trans-07" else {}
    return [school.client().ask(row.name, row.types, transport, **settings) for transport in ("udp", "tcp")]


def a_loop(school: Installation, row: Row) -> Replies:
    started = time.monotonic()
    replies = ask(school, row)
    require(time.monotonic() - started < 1.0, "answered within 1 s")
    return [*replies]


def twice(school: Installation, row: Row) -> Replies:
    return [*ask(school, row), *ask(school, row)]


def pupil_and_teacher(school: Installation, row: Row) -> Replies:
    first = [*ask(school, row), school.client(TEACHER).ask(row.name)]
    second = [school.client(TEACHER).ask("other.example"), school.client().ask("other.example")]
    require(all("ALLOW" in outcome(reply) for reply in (first[1], second[0])), "the teacher may have it")
    return [first[0], second[1]]


def reload(school: Installation) -> None:
    before = school.json("status")["image"]["digest"]
    school.reload()
    wait_until(lambda: school.json("status")["image"]["digest"] != before, SECONDS, "the new lists are in force")


def blocked_since(school: Installation, row: Row) -> Replies:
    for _ in range(8):  # each worker has a cache of its own
        require("ALLOW" in outcome(ask(school, row)[0]), "allowed, and then cached")
    school.write_list("bad.txt", BAD + "good.example\n")
    reload(school)
    return [reply for _ in range(8) for reply in ask(school, row)]


def while_reloading(school: Installation, row: Row) -> Replies:
    names = itertools.islice(numbered("bad.example"), 10_000)
    with Load(school.client(), names) as load:
        for number in itertools.count():
            school.write_list("sites.txt", SITES + f"reload{number}.test\n")
            reload(school)
            if not load.is_alive():
                break
    require(number > 0, "a reload while the questions run")
    require(len(load.answered) == 10_000 and not load.lost, "every question is answered")
    return [*load.answered.values()]


def over_ipv6(school: Installation, row: Row) -> Replies:
    return [client_of(school).ask(row.name)]


def mapped(school: Installation, row: Row) -> Replies:
    """From a socket of IPv6, as a program sees it that knows the addresses as ::ffff:127.0.0.x."""
    def from_mapped(source: str) -> Reply:
        return Client("::ffff:127.0.0.1", school.settings.port, f"::ffff:{source}").ask(row.name, transport="tcp")

    require("ALLOW" in outcome(from_mapped(TEACHER)), "a mapped address is the teacher's too")
    return [from_mapped(PUPIL)]


def no_server_name(school: Installation, row: Row) -> Replies:
    replies = ask(school, row)
    require(not any(code == NSID_OPTION for reply in replies for code, _ in reply.edns.options), "no NSID")
    return [*replies]


def no_opt(school: Installation, row: Row) -> Replies:
    replies = ask(school, row)
    require(not any(reply.edns for reply in replies), "no OPT")
    return [*replies]


def unsigned(school: Installation, row: Row) -> Replies:
    replies = ask(school, row)
    require(not any(reply.has(FLAG_AD) or reply.values("RRSIG") for reply in replies), "neither AD nor RRSIG")
    return [*replies]


def markup_for_the_page(school: Installation, row: Row) -> Replies:
    for host, path in (("bad.example", "/<script>alert(1)</script>"), ("<script>alert(1)</script>.bad.example", "/")):
        connection = http.client.HTTPConnection("127.0.0.1", school.settings.page_port, timeout=5)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        page = connection.getresponse().read().decode()
        connection.close()
        require("bad.example" in page or "<script" in host, "the page names what was asked for")
        require("<script" not in page.lower(), "markup is text")
    return [school.client().ask("bad.example")]


def recorded(school: Installation, row: Row) -> Replies:
    """The history gives the very octets back, and its table one line without a control character."""
    replies = ask(school, row)
    asked = encode_name(row.name).lower()
    names = [encode_name(record["name"]) for record in school.lookups("*.bad.example")]
    require(asked in names, "recorded octet by octet")
    table = school.run("history", "search", "--name", "*.bad.example", "--limit", "1").stdout
    require(all(char == "\n" or char.isprintable() for char in table), "no control character on the terminal")
    lookups = table[table.index("TIME") :].splitlines()[1:]
    require(len(lookups) == 1, "one line for one lookup")
    return [*replies]


def escaped_in_history(school: Installation, row: Row) -> Replies:
    replies = ask(school, row)
    require(school.lookups("bad\\.example"), "the history shows bad\\.example")
    return [*replies]


ATTEMPTS: dict[str, Attempt] = {
    **dict.fromkeys(MESSAGES, a_message), "wire-03": a_dot_in_a_label, "wire-10": a_tail, "wire-12": other_opcodes,
    "type-07": over_both, "trans-07": over_both, "chain-04": a_loop, "chain-11": twice, "chain-12": pupil_and_teacher,
    "chain-13": blocked_since, "chain-14": while_reloading, "id-07": over_ipv6, "id-09": mapped,
    "ecs-04": no_server_name, "block-02": no_opt, "block-03": unsigned, "block-07": markup_for_the_page,
    "wire-02": escaped_in_history, "log-01": recorded, "log-02": recorded, "log-03": recorded,
}


def verdict(school: Installation, row: Row) -> str:
    """Empty when the row is met; otherwise what was seen instead."""
    try:
        accepted = row.accepted()
        replies = ATTEMPTS.get(row.id, lambda school, row: [*ask(school, row)])(school, row)
    except (Unmet, ValueError, AssertionError, OSError) as problem:
        return f"{type(problem).__name__}: {problem}"
    wrong = [reply for reply in replies if not outcome(reply) & accepted]
    if not wrong:
        return ""
    return f"{len(wrong)} of {len(replies)} replies are not {' or '.join(sorted(accepted))}: {wrong[0]}"


def in_world(world: World, rows: list[Row]) -> dict[str, str]:
    school = Installation(world.settings())
    upstream = NameServer(school.folder / "nsd", zone=ZONE + world.zone)
    try:
        upstream.start()
        school.settings.upstreams.append(upstream.upstream)
        school.write()
        school.start()
        wait_until(lambda: every_worker_filters(school), SECONDS, "every worker filters")
        verdicts = {row.id: verdict(school, row) for row in rows}
        school.stop()
        return verdicts
    except (AssertionError, TimeoutError) as problem:
        return {row.id: f"{type(problem).__name__}: {problem}" for row in rows}
    finally:
        upstream.stop()
        school.remove()


def bypass(table: pathlib.Path) -> int:
    """How many rows are met; tells of every row that is not."""
    rows = read_rows(table)
    not_yet: dict[str, list[str]] = defaultdict(list)
    worlds: dict[World, list[Row]] = defaultdict(list)
    for row in rows:
        if row.not_yet:
            not_yet[row.not_yet].append(row.id)
        else:
            worlds[WORLDS.get(row.id, World())].append(row)
    verdicts = {}
    for world, its_rows in worlds.items():
        verdicts |= in_world(world, its_rows)
    for reason, ids in not_yet.items():
        print(f"not yet    {', '.join(ids)}: {reason}")
    failed = {name: seen for name, seen in verdicts.items() if seen}
    disagreed = DISAGREED.keys() & verdicts.keys() - failed.keys()
    for name in disagreed:
        print(f"disagreed  {name}: {DISAGREED[name][1]}")
    for name, seen in failed.items():
        print(f"FAILED     {name}: {seen}")
    met = len(verdicts) - len(failed) - len(disagreed)
    print(f"bypass: {len(rows)} rows, {met} met, {len(failed)} failed, {len(disagreed)} disagreed with, "
          f"{sum(map(len, not_yet.values()))} not yet")
    return met
