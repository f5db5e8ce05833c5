"""Real programs in the foreground, in a folder of their own, on free loopback ports."""

from __future__ import annotations

import atexit
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("SCHOOLGATE_BUILD", REPOSITORY / "build/release")).resolve()
IS_LONG = os.environ.get("SCHOOLGATE_LONG") == "1"
START_SECONDS = 30.0
# Modules that run at the same time have a slot each, from 0, and take no port that another has found free.
PORTS_OF_A_SLOT = 3000
FIRST_PORT = 20000 + PORTS_OF_A_SLOT * int(os.environ.get("SCHOOLGATE_SLOT", "0"))

# NSD and ip lie where an ordinary user's shell does not look.
os.environ["PATH"] += ":/usr/sbin:/sbin"

# Nothing stays behind, even when the tests are stopped in the middle.
signal.signal(signal.SIGTERM, signal.default_int_handler)
_running: set[Program] = set()
_folders: set[pathlib.Path] = set()
# Each once: whoever found a port free may open it much later.
_ports = iter(random.sample(range(FIRST_PORT, FIRST_PORT + PORTS_OF_A_SLOT), PORTS_OF_A_SLOT))


@atexit.register
def _leave_nothing() -> None:
    for program in list(_running):
        program.kill()
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port free for UDP and TCP, below the range from which the system gives ports to outgoing sockets."""
    for port in _ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no port is left")


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def ip(*arguments: str) -> None:
    """iproute2's command."""
    subprocess.run(["ip", *arguments], check=True)


def make_folder() -> pathlib.Path:
    """A temporary folder that an unprivileged daemon can enter."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="schoolgate-test-"))
    folder.chmod(0o755)
    _folders.add(folder)
    return folder


class Program:
    """One process group that we started; its output goes to a file."""

    def __init__(self, command: list[str], log: pathlib.Path, namespace: str = "") -> None:
        self.command = (["ip", "netns", "exec", namespace] if namespace else []) + command
        self.log_file = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        _running.add(self)

    @property
    def pid(self) -> int:
        assert self.process is not None, "not started"
        return self.process.pid

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def signal(self, number: signal.Signals) -> None:
        """To the whole group: NSD answers from a child."""
        os.killpg(self.pid, number)

    def wait(self, seconds: float = 20.0) -> int:
        assert self.process is not None, "not started"
        return self.process.wait(seconds)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        if self.process is None:
            return 0
        if self.is_running():
            os.kill(self.pid, signal.SIGTERM)
        try:
            return self.wait()
        finally:
            self.kill()

    def kill(self) -> None:
        if self not in _running:
            return
        _running.remove(self)
        try:
            self.signal(signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended by itself
        self.wait()
