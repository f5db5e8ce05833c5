"""The shell functions of deploy/ that a machine without a network, or in the middle of its first updates, depends on, and those
that share out the end-to-end tests."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

DEPLOY = pathlib.Path(__file__).resolve().parents[1] / "deploy"
NOTHING_IS_INSTALLED = "exit 1"
THIS_IS_ROOT = 'exec "$@"'


class Packages(unittest.TestCase):
    """With programs of our own in the place of dpkg-query, sudo and apt-get."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.put("dpkg-query", NOTHING_IS_INSTALLED)
        self.put("sudo", THIS_IS_ROOT)
        self.put("sleep", "")

    def put(self, program: str, text: str) -> None:
        path = self.folder / program
        path.write_text(f'#!/bin/bash\necho "{program} $*" >>{self.folder}/calls\n{text}\n')
        path.chmod(0o755)

    def install(self, section: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-euc", f". {DEPLOY}/packages.sh; install_packages {section}"], capture_output=True,
                              text=True, env=os.environ | {"PATH": f"{self.folder}:{os.environ['PATH']}"})

    def calls(self, program: str, argument: str) -> int:
        lines = (self.folder / "calls").read_text().splitlines()
        return sum(line.startswith(f"{program} ") and argument in line for line in lines)

    def test_what_is_only_for_trying_is_not_for_the_build(self) -> None:
        self.put("apt-get", "")
        done = self.install("build")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.calls("apt-get", " cmake "), 1)
        self.assertEqual(self.calls("apt-get", " knot-dnsutils"), 0)

    def test_without_a_network_it_says_what_is_missing(self) -> None:
        self.put("apt-get", "exit 100")
        done = self.install("try")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\ACould not install curl knot-dnsutils: .*network.*\n\Z")

    def test_old_package_lists_may_do(self) -> None:
        self.put("apt-get", '[ "$1" != update ]')
        self.assertEqual(self.install("try").returncode, 0)
        self.assertEqual(self.calls("apt-get", "update"), 1)

    def test_it_waits_for_the_lock_of_the_package_lists(self) -> None:
        held = f'[ "$(grep -c ^apt-get.update {self.folder}/calls)" -le 2 ]'
        self.put("apt-get", f'if {held}; then echo "E: Could not get lock x" >&2; exit 100; fi')
        self.assertEqual(self.install("try").returncode, 0)
        self.assertEqual(self.calls("apt-get", "update"), 3)
        self.assertEqual(self.calls("apt-get", "DPkg::Lock::Timeout="), 1)


MODULE = """\
import os, unittest
class Case(unittest.TestCase):
    def test_{name}(self) -> None:
        print("slot", os.environ["SCHOOLGATE_SLOT"])
        self.assertTrue({holds})
"""


class EndToEnd(unittest.TestCase):
    """Modules of our own, two at a time."""

    def run_modules(self, holds: dict[str, bool], *chosen: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        """What the stage says, and what it counts."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "tests/end_to_end").mkdir(parents=True)
            (folder / "tests/tally.py").symlink_to(DEPLOY.parent / "tests/tally.py")
            (folder / "cmake").symlink_to("/bin/true")
            for module, is_good in holds.items():
                (folder / f"tests/end_to_end/test_{module}.py").write_text(MODULE.format(name=module, holds=is_good))
            environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "SCHOOLGATE_TALLY": str(folder / "tally"),
                                        "SCHOOLGATE_OPEN_FOLDER": name}
            done = subprocess.run(["bash", "-euc", f". {DEPLOY}/test_stages.sh; end_to_end release {' '.join(chosen)}"],
                                  cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return done, sorted((folder / "tally").read_text().splitlines())

    def test_every_module_counts(self) -> None:
        done, tally = self.run_modules({"a": True, "b": True, "c": True})
        self.assertEqual((done.returncode, tally), (0, ["1 0 0"] * 3), done.stdout)
        self.assertEqual(set(re.findall(r"slot (\d)", done.stdout)), {"0", "1"})

    def test_one_that_fails_is_named_and_the_others_run(self) -> None:
        done, tally = self.run_modules({"a": False, "b": True, "c": True})
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(tally, ["0 1 0", "1 0 0", "1 0 0"])
        self.assertIn("FAIL: test_a ", done.stdout)

    def test_chosen_ones(self) -> None:
        done, tally = self.run_modules({"a": True, "b": False}, "test_a.Case.test_a")
        self.assertEqual((done.returncode, tally), (0, ["1 0 0"]), done.stdout)

    def ports(self, slot: str) -> list[int]:
        code = "from support.programs import free_port; print(*(free_port() for _ in range(500)))"
        return [int(port) for port in subprocess.run(
            ["python3", "-c", code], cwd=DEPLOY.parent / "tests/end_to_end", env=os.environ | {"SCHOOLGATE_SLOT": slot},
            stdout=subprocess.PIPE, text=True, check=True).stdout.split()]

    def test_no_port_is_given_twice(self) -> None:
        ports = self.ports("0") + self.ports("1")
        self.assertEqual(len(set(ports)), 1000)
        self.assertLess(max(ports), 32768, "from there on the system gives ports to outgoing sockets")


if __name__ == "__main__":
    unittest.main()
