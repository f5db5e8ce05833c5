"""Runs the shared black-box suites and lists against the release build, and compares with the best reached so far.

    PYTHONPATH=tests/end_to_end python3 .ci/black_box.py SHARED
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bypass import bypass
from support.installation import Installation, Settings
from support.dns_client import Client
from support.programs import REPOSITORY, Program, START_SECONDS, free_port, wait_until

FLOORS = REPOSITORY / "tests/floors.toml"
ALIVE = "alive.test"


@contextmanager
def upstream(suites: pathlib.Path, log: pathlib.Path) -> Iterator[int]:
    """The small upstream that the suites expect behind the server; gives its port."""
    port = free_port()
    server = Program([sys.executable, str(suites / "upstream.py"), str(port)], log)
    server.start()
    try:
        wait_until(lambda: answers(Client("127.0.0.1", port, timeout=0.5)), START_SECONDS, "the suites' upstream answers")
        yield port
    finally:
        server.kill()


def answers(client: Client) -> bool:
    try:
        return client.ask(ALIVE).rcode == "NOERROR"
    except TimeoutError:
        return False


def bad_packets(suites: pathlib.Path) -> int:
    """How many of the malformed and odd messages are met as their RFCs say."""
    with ExitStack() as stack:
        school = Installation(Settings())
        stack.callback(school.remove)
        port = stack.enter_context(upstream(suites, school.folder / "upstream.log"))
        school.settings.upstreams.append(f"udp://127.0.0.1:{port}")
        school.write()
        school.start()
        outcome = school.folder / "badpackets.json"
        subprocess.run([sys.executable, str(suites / "badpackets.py"), "--quiet", "--port", str(school.settings.port),
                        "--pid", str(school.daemon_pid), "--name", ALIVE, "--json", str(outcome)])
        school.stop()
        return json.loads(outcome.read_text())["summary"]["pass"]


def rules_of(lists: pathlib.Path, sources: list[pathlib.Path], list_format: str) -> int:
    """How many rules are read from lists as their publishers ship them."""
    policy = ['default_group = "everyone"']
    for number, source in enumerate(sources):
        policy.append(f'[[list]]\nid = "real-{number}"\ncategory = "games"\nsource = "{source}"\nformat = "{list_format}"')
    school = Installation(Settings(policy="\n".join(policy)))
    try:
        outcome = school.json("lists", "build")
    finally:
        school.remove()
    for entry, source in zip(outcome["lists"], sources):
        print(f"{entry['rules']:8} rules {entry['skipped']:6} lines skipped {entry['rejected_count']:6} rejected {entry['guarded']:5} of them guarded  {entry['format']:10} "
              f"{source.relative_to(lists)} {entry['problem']}")
    # What the guard sets aside was read all the same.
    return sum(entry["rules"] + entry["guarded"] for entry in outcome["lists"] if not entry["problem"])


# Lists of addresses, and of what another program rewrites.
NO_LISTS = {"doh-ipv4.txt", "doh-ipv6.txt", "example-cloaking-rules.txt"}


def real_lists(lists: pathlib.Path) -> int:
    """Every format, as it is found by content, and the folders of UT1."""
    files = [file for file in lists.glob("formats/*") if file.name not in NO_LISTS]
    folders = [folder for folder in lists.glob("ut1/*") if folder.is_dir()]
    return rules_of(lists, sorted([*files, *folders]), "auto")


def real_patterns(lists: pathlib.Path) -> int:
    return rules_of(lists, [lists / "regex/patterns.txt"], "regex")


def main() -> int:
    shared = pathlib.Path(sys.argv[1])
    floors = tomllib.loads(FLOORS.read_text())
    reached = {"badpackets": bad_packets(shared / "suites"), "list_rules": real_lists(shared / "lists"),
               "patterns": real_patterns(shared / "lists"),
               "bypass": bypass(shared / "suites/bypass_cases.tsv")}
    below = 0
    for what, count in reached.items():
        verdict = "ok" if count >= floors[what] else "BELOW"
        below += verdict == "BELOW"
        print(f"{what}: {count}, the best so far {floors[what]}: {verdict}")
        if count > floors[what]:
            print(f"  raise it in {FLOORS.relative_to(REPOSITORY)}")
    print(f"{len(reached) - below} passed, {below} failed")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
