"""What deploy/test adds up: every outcome of a test counts once, and as what it is."""

import io
import pathlib
import tempfile
import unittest

from tally import CountingRunner, Tally, read_junit


class Outcomes(unittest.TestCase):
    """Not run as they stand: half of them fail on purpose."""

    def passes(self) -> None:
        pass

    def fails(self) -> None:
        self.fail()

    def fails_in_two_parts(self) -> None:
        for part in range(3):
            with self.subTest(part=part):
                self.assertEqual(part, 0)

    def breaks(self) -> None:
        raise OSError

    def skips(self) -> None:
        self.skipTest("not here")

    def skips_a_part(self) -> None:
        with self.subTest(part=1):
            self.skipTest("not here")

    def skips_a_part_and_fails(self) -> None:
        self.skips_a_part()
        self.fail()

    @unittest.expectedFailure
    def fails_as_expected(self) -> None:
        self.fail()

    @unittest.expectedFailure
    def passes_unexpectedly(self) -> None:
        pass


class ClosedGround(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        raise OSError

    def first(self) -> None:
        pass

    second = first


def tally_of(case: type[unittest.TestCase], *names: str) -> Tally:
    suite = unittest.TestSuite(map(case, names))
    return CountingRunner(io.StringIO()).run(suite).tally()


class Unittest(unittest.TestCase):
    def test_each_outcome(self) -> None:
        passed, failed, skipped = Tally(passed=1), Tally(failed=1), Tally(skipped=1)
        outcomes = {"passes": passed, "fails": failed, "fails_in_two_parts": failed, "breaks": failed, "skips": skipped,
                    "skips_a_part": skipped, "skips_a_part_and_fails": failed, "fails_as_expected": passed,
                    "passes_unexpectedly": failed}
        for name, expected in outcomes.items():
            with self.subTest(name):
                self.assertEqual(tally_of(Outcomes, name), expected)
        self.assertEqual(tally_of(Outcomes, *outcomes), Tally(passed=2, failed=5, skipped=2))

    def test_a_class_that_cannot_begin_is_one_failure(self) -> None:
        self.assertEqual(tally_of(ClosedGround, "first", "second"), Tally(failed=1))


class Junit(unittest.TestCase):
    def test_each_status(self) -> None:
        cases = ['status="run"/>', 'status="run"/>', 'status="fail"><failure message=""/></testcase>',
                 'status="notrun"><skipped message="Unable to find executable"/></testcase>',
                 'status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>',
                 'status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>', 'status="disabled"/>']
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "junit.xml"
            file.write_text("<testsuite>" + "".join(f"<testcase {case}" for case in cases) + "</testsuite>")
            self.assertEqual(read_junit(str(file)), Tally(passed=2, failed=2, skipped=3))


if __name__ == "__main__":
    unittest.main()
