"""Allowed names: the right data, kept as long as it may be, through truncation and through upstreams that go silent."""

import dataclasses
import itertools
import statistics
import time
import unittest

from support.case import SchoolgateTest
from support.dns_client import FLAG_AA, FLAG_AD, FLAG_RA, FLAG_TC, Reply
from support.programs import free_port, wait_until

UNREACHABLE_EDES = {22, 23}  # RFC 8914: No Reachable Authority, Network Error
SERVFAIL_SECONDS = 2.0
LOCAL_SECONDS = 0.005

_unique = itertools.count()


def fresh_name() -> str:
    """A name nobody asked for before, so that no cache has it; the upstream answers 192.0.2.3."""
    return f"fresh{next(_unique)}.wild.test"


class Answers(SchoolgateTest):
    @classmethod
    def settings(cls):
        return dataclasses.replace(super().settings(), workers=1)  # each has a cache of its own

    def test_data_of_every_type(self) -> None:
        for rtype, expected in (("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("TXT", "t"), ("MX", "10 good.test")):
            with self.subTest(rtype):
                reply = self.pupil.ask("good.test", rtype)
                self.assertEqual((reply.rcode, reply.values(rtype)), ("NOERROR", [expected]))
                self.assertTrue(reply.has(FLAG_RA))
                self.assertFalse(reply.has(FLAG_AA), "only an authority may say AA")
                self.assertFalse(reply.has(FLAG_AD), "nothing was validated")

    def test_a_chain_comes_whole_and_in_order(self) -> None:
        reply = self.pupil.ask("alias.test")
        self.assertEqual([(record.name, record.type) for record in reply.answer],
                         [("alias.test", "CNAME"), ("good.test", "A")])

    def test_negative_answers_carry_the_soa(self) -> None:
        for name, rtype, rcode in (("nobody.test", "A", "NXDOMAIN"), ("ns.test", "AAAA", "NOERROR")):
            with self.subTest(name):
                reply = self.pupil.ask(name, rtype)
                self.assertEqual((reply.rcode, reply.answer), (rcode, []))
                self.assertEqual([record.type for record in reply.authority], ["SOA"])
                self.assertLessEqual(reply.authority[0].ttl, 60, "RFC 2308: at most the SOA's minimum")

    def test_a_ttl_counts_down_and_runs_out(self) -> None:
        self.assertEqual(self.pupil.ask("short.test").answer[0].ttl, 2)
        time.sleep(1.1)
        self.assertEqual(self.pupil.ask("short.test").answer[0].ttl, 1)
        time.sleep(1.1)
        self.assertEqual(self.pupil.ask("short.test").answer[0].ttl, 2, "asked for again")


class Truncation(SchoolgateTest):
    def test_what_fits_no_datagram_comes_over_tcp(self) -> None:
        over_udp = self.pupil.ask("big.test", "TXT")
        self.assertTrue(over_udp.has(FLAG_TC))
        self.assertLessEqual(over_udp.size, 1232)
        over_tcp = self.pupil.ask("big.test", "TXT", "tcp")
        self.assertFalse(over_tcp.has(FLAG_TC))
        self.assertEqual(len(over_tcp.values("TXT")), 61, "although the upstream truncated it over UDP")

    def test_no_datagram_is_larger_than_the_client_takes(self) -> None:
        for size, most in ((None, 512), (512, 512), (1232, 1232), (4096, 1232), (65535, 1232)):
            with self.subTest(size):
                reply = self.pupil.ask("big.test", "TXT", edns_size=size)
                self.assertLessEqual(reply.size, most)
                self.assertTrue(reply.has(FLAG_TC))


class CacheWithoutUpstream(SchoolgateTest):
    def test_cached_and_blocked_names_do_not_need_one(self) -> None:
        cached = [("good.test", "A", "NOERROR"), ("nobody.test", "A", "NXDOMAIN"), ("ns.test", "AAAA", "NOERROR")]
        for _ in range(16):  # each worker has a cache of its own; a new socket may meet either
            for name, rtype, _ in cached:
                self.pupil.ask(name, rtype)
        self.upstreams[0].pause()
        self.addCleanup(self.upstreams[0].resume)
        for name, rtype, rcode in [*cached, ("bad.example", "A", "NOERROR")]:
            with self.subTest(name):
                times = []
                for _ in range(15):
                    asked = time.monotonic()
                    self.assertEqual(self.pupil.ask(name, rtype).rcode, rcode)
                    times.append(time.monotonic() - asked)
                self.assertLess(statistics.median(times), LOCAL_SECONDS)

    def test_an_uncached_name_fails_soon_and_says_why_and_all_recovers(self) -> None:
        self.upstreams[0].pause()
        try:
            asked = time.monotonic()
            reply = self.pupil.ask(fresh_name())
            self.assertLess(time.monotonic() - asked, SERVFAIL_SECONDS)
            self.assert_unreachable(reply)
            # One name that nobody answers proves nothing; after some seconds without any answer it is said.
            wait_until(lambda: self.upstream_states() == {"not answering"}, 10.0, "status says that no upstream answers")
        finally:
            self.upstreams[0].resume()
        wait_until(lambda: self.pupil.ask(fresh_name()).rcode == "NOERROR", 3.0, "the upstream is used again")

    def upstream_states(self) -> set[str]:
        return {upstream["state"] for upstream in self.school.json("status")["upstreams"]}

    def assert_unreachable(self, reply: Reply) -> None:
        self.assertEqual((reply.rcode, reply.answer), ("SERVFAIL", []))
        self.assertTrue(UNREACHABLE_EDES & set(reply.errors), f"EDE {reply.errors}")


class FailOver(SchoolgateTest):
    """Three upstreams: a port where nobody is, and two servers of which either may go silent."""

    name_servers = 2

    @classmethod
    def settings(cls):
        settings = super().settings()
        settings.upstreams = [f"udp://127.0.0.1:{free_port()}"]
        return settings

    def test_every_name_is_answered_whichever_is_silent(self) -> None:
        for silent in (None, 0, 1):
            with self.subTest(silent=silent):
                if silent is not None:
                    self.upstreams[silent].pause()
                try:
                    for _ in range(5):
                        asked = time.monotonic()
                        self.assert_address(self.pupil.ask(fresh_name()), "192.0.2.3")
                        self.assertLess(time.monotonic() - asked, SERVFAIL_SECONDS)
                finally:
                    if silent is not None:
                        self.upstreams[silent].resume()


class ConditionalZone(SchoolgateTest):
    """What belongs to a zone goes to its server, and everything else does not."""

    @classmethod
    def settings(cls):
        settings = super().settings()
        cls.closed_port = free_port()
        settings.zones = f'[[upstream.zone]]\nname = "wild.test"\nservers = ["udp://127.0.0.1:{cls.closed_port}"]'
        return settings

    def test_the_zone_s_server_is_the_only_one_asked(self) -> None:
        self.assertEqual(self.pupil.ask("x.wild.test").rcode, "SERVFAIL")
        self.assert_address(self.pupil.ask("good.test"), "192.0.2.1")


class NoUpstream(SchoolgateTest):
    name_servers = 0

    def test_the_filter_works_and_the_rest_says_so(self) -> None:
        self.assert_blocked(self.pupil.ask("bad.example"))
        reply = self.pupil.ask("good.test")
        self.assertEqual(reply.rcode, "SERVFAIL")
        self.assertTrue(UNREACHABLE_EDES & set(reply.errors), f"EDE {reply.errors}")


if __name__ == "__main__":
    unittest.main()
