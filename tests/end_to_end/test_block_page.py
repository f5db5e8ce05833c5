"""The block page, fetched as a browser would after the DNS sent it there."""

import http.client
import re
import unittest

from support.case import SchoolgateTest


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

    def test_nothing_comes_from_elsewhere(self) -> None:
        page = self.fetch("bad.example")[1]
        self.assertEqual(re.findall(r"""(?:src|href)=["']?(?!https://|#|data:)([^"'> ]+)""", page), [])
        self.assertEqual(re.findall(r"<(?:script|img|iframe|link)[^>]*", page), [])

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
