"""The history's promise: an answer that a client received can be found, whatever happened next."""

import itertools
import random
import signal
import stat
import statistics
import time
import unittest
from collections import Counter

from support.case import EXAM, PUPIL, STAFF, SchoolgateTest
from support.installation import IS_SANITIZED
from support.load import Load, numbered
from support.programs import IS_LONG

KILL_ROUNDS = 200 if IS_LONG else 10
BACK_SECONDS = 1.0
MOST = 10_000  # lookups a search returns


class Search(SchoolgateTest):
    def test_one_record_a_lookup_with_what_the_contract_says(self) -> None:
        self.school.client(STAFF).ask("Music.Example")
        found = self.school.lookups("music.example")
        self.assertEqual(len(found), 1)
        record = found[0]
        self.assertRegex(record["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
        expected = {"device": "staff-laptop", "client": STAFF, "name": "music.example", "type": "A", "verdict": "blocked",
                    "category": "music", "list": "test-music", "tags": ["music"], "rcode": "NOERROR"}
        self.assertEqual({key: record[key] for key in expected}, expected)

    def test_it_is_nobody_elses_to_read(self) -> None:
        self.pupil.ask("private.wild.test")
        self.assertTrue(self.school.lookups("private.wild.test"))
        history = self.school.state / "history"
        for path in (history, *history.rglob("*")):
            with self.subTest(path.name):
                self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o007, 0)

    def test_a_name_is_written_as_people_write_it(self) -> None:
        self.pupil.ask("xn--bcher-kva.wild.test")
        for written in ("bücher.wild.test", "BÜCHER.wild.test.", " xn--bcher-kva.wild.test "):
            with self.subTest(written):
                self.assertTrue(self.school.lookups(written))
        for written in ("*bücher*", "https://good.test/x", "good.test,"):
            with self.subTest(written):
                self.assertNotEqual(self.school.run("history", "search", "--name", written).returncode, 0)

    def test_verdicts(self) -> None:
        self.pupil.ask("good.test")
        self.pupil.ask("nobody.test")
        self.pupil.ask("good.test", flags=0)
        self.assertCountEqual([record["verdict"] for record in self.school.lookups("good.test")], ["allowed", "refused"])
        self.assertEqual([record["rcode"] for record in self.school.lookups("nobody.test")], ["NXDOMAIN"])

    def test_a_device_is_what_it_was_recognised_as(self) -> None:
        for source, device in ((PUPIL, f"ip:{PUPIL}"), (STAFF, "staff-laptop"), (EXAM, "exam-room")):
            with self.subTest(source):
                self.school.client(source).ask("device.wild.test")
                devices = [record["device"] for record in self.school.lookups("device.wild.test")]
                self.assertTrue(devices[0].startswith(device), devices)

    def test_an_alias_is_recorded_under_the_name_that_was_asked(self) -> None:
        self.pupil.ask("cloaked.test")
        record = self.school.lookups("cloaked.test")[0]
        self.assertEqual((record["verdict"], record["category"]), ("blocked", "gambling"))

    def test_odd_octets_come_back_escaped(self) -> None:
        for label, written in (("a\\000b", "a\\000b"), ("x\\010y", "x\\010y"), ("esc\\027[2J", "esc\\027[2j"), ("dot\\046ted", "dot\\.ted")):
            with self.subTest(label):
                self.pupil.ask(f"{label}.odd.bad.example")
                names = [record["name"] for record in self.school.lookups("*.odd.bad.example")]
                self.assertIn(f"{written}.odd.bad.example", names)

    def test_every_answer_has_its_record(self) -> None:
        with Load(self.pupil, itertools.islice(_mixed("count"), 3000)) as load:
            load.join()
        recorded = Counter(record["name"] for suffix in ("count.bad.example", "count.wild.test")
                           for record in self.school.lookups(f"*.{suffix}", MOST))
        self.assertEqual(load.lost, [])
        self.assertEqual(recorded, Counter(dict.fromkeys(load.answered, 1)))


class Stop(SchoolgateTest):
    def test_a_clean_stop_loses_no_answer(self) -> None:
        with Load(self.pupil, _mixed("stop")) as load:
            time.sleep(0.5)
            self.school.stop()
        self.school.start()
        self.assertGreater(len(load.answered), 100)
        self.assert_recorded(load, "stop")

    def test_kill_rounds(self) -> None:
        starts = []
        for number in range(KILL_ROUNDS):
            suffix = f"kill{number}"
            with self.subTest(round=number):
                with Load(self.pupil, _mixed(suffix)) as load:
                    time.sleep(random.uniform(0.1, 0.5))
                    self.school.daemon.signal(signal.SIGKILL)
                    self.school.daemon.wait()
                killed = time.monotonic()
                self.school.start()
                starts.append(time.monotonic() - killed)
                self.assertGreater(len(load.answered), 10)
                self.assert_recorded(load, suffix)
        if not IS_SANITIZED:
            self.assertLess(statistics.median(starts), BACK_SECONDS)

    def assert_recorded(self, load: Load, suffix: str) -> None:
        """Each answered name once. One that was recorded while its answer was on the way may be there too."""
        answered = set(itertools.islice(reversed(load.answered), MOST // 2))
        recorded = Counter(record["name"] for zone in ("bad.example", "wild.test")
                           for record in self.school.lookups(f"*.{suffix}.{zone}", MOST))
        self.assertEqual(sorted(name for name in answered if recorded[name] != 1), [])


def _mixed(suffix: str):
    """Names answered here and names answered by the upstream, in turn."""
    return itertools.chain.from_iterable(zip(numbered(f"{suffix}.bad.example"), numbered(f"{suffix}.wild.test")))


if __name__ == "__main__":
    unittest.main()
