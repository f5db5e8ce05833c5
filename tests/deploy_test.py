"""The shell functions of deploy/ that a machine without a network, or in the middle of its first updates, depends on."""

import os
import pathlib
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


if __name__ == "__main__":
    unittest.main()
