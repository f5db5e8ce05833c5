"""The block page, fetched as a browser would after the DNS sent it there."""

import http.client
import re
import unittest
from html.parser import HTMLParser

from support.case import SchoolgateTest


class _Loads(HTMLParser):
    """What a browser would fetch, run or send for a page, without anybody following a link."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for key, value in attributes:
            is_plain_link = tag == "a" and key == "href"
            if key in ("src", "href", "srcset", "action", "data", "poster", "http-equiv") and not is_plain_link:
                self.found.append(f"<{tag} {key}={value}>")
            if key == "style":
                self.handle_data(value or "")
        if tag in ("script", "iframe", "object", "embed"):
            self.found.append(f"<{tag}>")

    def handle_data(self, text: str) -> None:
        self.found += re.findall(r"(?i)url\s*\([^)]*|@import[^;]*", text)


def loaded_from(page: str) -> list[str]:
    reader = _Loads()
    reader.feed(page)
    return reader.found


class BlockPage(SchoolgateTest):
    def fetch(self, host: str, path: str = "/", method: str = "GET") -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.school.settings.page_port, timeout=5)
        self.addCleanup(connection.close)
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        response = connection.getresponse()
        return response, response.read().decode()

    def test_it_says_what_and_why(self) -> None:
        response, page = self.fetch("www.bad.example")
        self.assertEqual(response.status, 403)
        self.assertIn("no-store", response.getheader("Cache-Control", ""))
        self.assertIn("text/html", response.getheader("Content-Type", ""))
        self.assertIn("www.bad.example", page)
        self.assertIn("Gambling", page)
        self.assertIn('name="viewport"', page)

    def test_any_path_and_method(self) -> None:
        for method, path in (("GET", "/a/b?c=d"), ("POST", "/login"), ("GET", "/../../etc/passwd")):
            with self.subTest(path):
                self.assertEqual(self.fetch("bad.example", path, method)[0].status, 403)
        self.assertEqual(self.fetch("bad.example", "/", "HEAD")[1], "")

    def test_a_locked_category_names_no_name(self) -> None:
        response, page = self.fetch("abuse.example")
        self.assertEqual(response.status, 403)
        self.assertNotIn("abuse.example", page)

    def test_an_alias_of_a_blocked_name_is_not_open(self) -> None:
        for name in ("cloaked.test", "x.moved.test"):
            with self.subTest(name):
                self.assertIn("open now", self.fetch(name)[1])
                self.pupil.ask(name)
                page = self.fetch(name)[1]
                self.assertIn("because of where it leads", page)
                self.assertIn("Gambling", page)
                self.assertNotIn("open now", page)
        self.pupil.ask("evil.test")
        self.assertIn("closed for everyone", self.fetch("evil.test")[1])
        self.pupil.ask("good.test")
        self.assertIn("open now", self.fetch("good.test")[1])

    def test_nothing_comes_from_elsewhere(self) -> None:
        for host in ("bad.example", "abuse.example", "127.0.0.1", "good.test"):
            with self.subTest(host):
                self.assertEqual(loaded_from(self.fetch(host)[1]), [])

    def test_what_comes_from_elsewhere_would_be_seen(self) -> None:
        for page in ('<img src="//x.test/a">', "<link href=https://x.test/a>", "<style>a{background:url( /a.png)}</style>",
                     '<style>@import "a.css"</style>', '<p style="background:URL(a)">', "<script>1</script>",
                     '<form action="https://x.test">', '<meta http-equiv="refresh" content="0;url=//x.test">'):
            with self.subTest(page):
                self.assertNotEqual(loaded_from(page), [])
        self.assertEqual(loaded_from('<a href="https://help.example">help</a><style>a{color:red}</style>'), [])

    def test_what_the_client_sends_is_text(self) -> None:
        for host in ("<script>alert(1)</script>.bad.example", '"onload=x.bad.example', "bad.example&lt;b&gt;"):
            with self.subTest(host):
                page = self.fetch(host, "/<script>alert(2)</script>")[1]
                self.assertNotIn("<script", page)
                self.assertNotIn('"onload', page)

    def test_odd_requests_do_not_end_it(self) -> None:
        for host in ("", "127.0.0.1", "[::1]:80", "x" * 300, "bad.example:80"):
            with self.subTest(host):
                self.assertIn(self.fetch(host)[0].status, (400, 403))
        self.assertEqual(self.fetch("bad.example")[0].status, 403)


if __name__ == "__main__":
    unittest.main()
