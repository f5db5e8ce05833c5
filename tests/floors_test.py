"""The floors hold: every room uses only rooms on lower floors, no two folders include each other, and no C library shows in
a header.

    python3 tests/floors_test.py
"""

import pathlib
import re
import unittest
from collections.abc import Iterable, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[1]
# The two programs stand on the top floor, beside nothing but each other.
FLOORS = {"base": 0, "dns": 1, "filter": 2, "lists": 3, "policy": 3, "people": 3, "history": 3, "resolver": 4, "web": 5,
          "resolver/daemon": 6, "admin-cli": 6}
C_LIBRARIES = re.compile(r"<(uv\.h|ldns/|hs\.h|hs/|sqlite3\.h|SQLiteCpp/|curl/|nghttp2/|unbound\.h|boost/)")
# Seen by the .cpp files of its own folder only.
INSIDE_A_WRAPPER = "resolver/uv/closing.h"
ASKS_IMAGE = re.compile(r"image_?(\(\))?\)?(->|\.)(classify|list_of|explain)\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"][^>"]+)', re.MULTILINE)
USES = re.compile(r"schoolgate_room\((\S+)[^)]*?\bUSES\b([^)]*)\)")
LINKED_ROOM = re.compile(r"\bschoolgate_([a-z_]+)")


def room_of(path: str) -> str | None:
    """"resolver/daemon/main.cpp" is in resolver/daemon; what is in no room is None."""
    rooms = [room for room in FLOORS if path.startswith(room + "/")]
    return max(rooms, key=len, default=None)


def climbs(room: str, other: str | None) -> bool:
    return other is not None and other != room and FLOORS[other] >= FLOORS[room]


def climbing_includes(path: str, text: str) -> list[str]:
    room = room_of(path)
    targets = [target[1:] for target in INCLUDE.findall(text) if target.startswith('"')]
    return [f"{path} includes {target}" for target in targets if room and climbs(room, room_of(target))]


def folder_includes(files: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """What each folder, whichever room it is in, includes of other folders."""
    graph: dict[str, set[str]] = {}
    for path, text in files:
        here = path.rsplit("/", 1)[0]
        there = {target[1:].rsplit("/", 1)[0] for target in INCLUDE.findall(text) if target.startswith('"')}
        graph.setdefault(here, set()).update(there - {here})
    return graph


def folders_in_a_circle(graph: dict[str, set[str]]) -> list[str]:
    """Folders that are left when those which include nothing that is left have gone, again and again."""
    left = {folder: set(others) for folder, others in graph.items()}
    while True:
        gone = [folder for folder, others in left.items() if not others & left.keys()]
        if not gone:
            return sorted(left)
        for folder in gone:
            del left[folder]


def climbing_links(text: str) -> list[str]:
    found = []
    for room, uses in USES.findall(text):
        others = [other.replace("_", "-") for other in LINKED_ROOM.findall(uses)]
        found += [f"{room} links {other}" for other in others if climbs(room, other if other in FLOORS else None)]
    return found


def sources(*suffixes: str) -> Iterator[tuple[str, str]]:
    for room in FLOORS:
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in suffixes and room_of(name) == room:
                yield name, path.read_text()


class Floors(unittest.TestCase):
    def test_includes_go_downstairs(self) -> None:
        self.assertEqual([climb for path, text in sources(".h", ".cpp") for climb in climbing_includes(path, text)], [])

    def test_no_two_folders_include_each_other(self) -> None:
        self.assertEqual(folders_in_a_circle(folder_includes(sources(".h", ".cpp"))), [])

    def test_links_go_downstairs(self) -> None:
        texts = [(ROOT / room / "CMakeLists.txt").read_text() for room in FLOORS if (ROOT / room / "CMakeLists.txt").exists()]
        self.assertTrue(texts)
        self.assertEqual([climb for text in texts for climb in climbing_links(text)], [])

    def test_no_c_library_in_a_header(self) -> None:
        seen = [f"{path} includes {target}" for path, text in sources(".h") for target in INCLUDE.findall(text)
                if C_LIBRARIES.match(target) and path != INSIDE_A_WRAPPER]
        self.assertEqual(seen, [])
        outside = [path for path, text in sources(".h", ".cpp") if f'"{INSIDE_A_WRAPPER}"' in text
                   and not re.fullmatch(r"resolver/uv/\w+\.cpp", path)]
        self.assertEqual(outside, [])

    def test_what_a_name_is_is_asked_of_the_classifier(self) -> None:
        """The image alone does not know the local rules."""
        asked = [path for path, text in sources(".h", ".cpp") if not path.startswith("filter/") and ASKS_IMAGE.search(text)]
        self.assertEqual(asked, [])

    def test_what_would_be_found(self) -> None:
        self.assertTrue(ASKS_IMAGE.search("snapshot.image->classify(name, scratch)"))
        self.assertTrue(ASKS_IMAGE.search("names.image().explain(name)"))
        self.assertFalse(ASKS_IMAGE.search("snapshot.names().classify(name, scratch)"))
        self.assertTrue(climbing_includes("base/x.h", '#include "dns/name.h"'))
        self.assertTrue(climbing_includes("policy/x.cpp", '# include "lists/build.h"'), "rooms on one floor do not meet")
        self.assertTrue(climbing_includes("resolver/x.cpp", '#include "resolver/daemon/main.h"'))
        self.assertFalse(climbing_includes("resolver/daemon/main.cpp", '#include "web/api.h"\n#include "resolver/x.h"'))
        circle = [("filter/a.h", '#include "filter/trie/b.h"'), ("filter/trie/b.h", '#include "filter/a.h"')]
        self.assertEqual(folders_in_a_circle(folder_includes(circle)), ["filter", "filter/trie"])
        self.assertEqual(folders_in_a_circle(folder_includes(circle[:1])), [])
        self.assertTrue(climbing_links("schoolgate_room(dns SOURCES a.cpp USES schoolgate_filter fmt::fmt)"))
        self.assertFalse(climbing_links("schoolgate_room(filter SOURCES a.cpp USES schoolgate_dns)"))
        self.assertTrue(C_LIBRARIES.match("<boost/beast.hpp"))


if __name__ == "__main__":
    unittest.main()
