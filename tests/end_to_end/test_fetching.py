"""Lists that are fetched: in force soon after, kept when their server fails, and nothing taken that is not whole and signed."""

import base64
import http.server
import os
import shutil
import ssl
import subprocess
import threading
import unittest
from typing import ClassVar

from support.case import SchoolgateTest
from support.installation import USER, Settings
from support.knot import Knot
from support.name_server import NameServer
from support.primary import Transferred
from support.programs import make_folder, wait_until

FETCH_SECONDS = 15.0
LIST = "test-fetched"


class ListServer:
    """A web server whose pages a test sets: path to octets, to a status, or to where else it is."""

    def __init__(self, certificate: tuple[str, str] | None = None) -> None:
        self.pages: dict[str, bytes | int | str] = {}
        self.asked: list[str] = []
        pages, asked = self.pages, self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                page = pages.get(self.path, 404)
                body = page if isinstance(page, bytes) else b"sorry"
                self.send_response(200 if isinstance(page, bytes) else 302 if isinstance(page, str) else page)
                if isinstance(page, str):
                    self.send_header("Location", page)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if certificate else "http"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server.server_port}{path}"

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Fetching(SchoolgateTest):
    web: ClassVar[ListServer]
    key: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.web = ListServer()
        cls.addClassCleanup(cls.web.stop)
        super().setUpClass()

    @classmethod
    def settings(cls) -> Settings:
        """A signed list: over http, a signature is asked for."""
        settings = Settings()
        cls.folder = make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        subprocess.run(["minisign", "-G", "-W", "-p", "key.pub", "-s", "key.sec"], cwd=cls.folder, check=True,
                       capture_output=True)
        cls.key = (cls.folder / "key.pub").read_text().splitlines()[1]
        settings.policy += (f'\n[[list]]\nid = "{LIST}"\ncategory = "gambling"\nsource = "{cls.web.url("/list.txt")}"\n'
                            f'minisign = "{cls.key}"\nrefresh = "5m"\n')
        cls.publish("first.fetched.test\nshared.fetched.test\n")
        return settings

    @classmethod
    def publish(cls, text: str) -> None:
        """Signed by the real program."""
        (cls.folder / "list.txt").write_text(text)
        subprocess.run(["minisign", "-S", "-W", "-s", "key.sec", "-m", "list.txt"], cwd=cls.folder, check=True,
                       capture_output=True)
        cls.web.pages["/list.txt.minisig"] = (cls.folder / "list.txt.minisig").read_bytes()
        cls.web.pages["/list.txt"] = text.encode()

    def setUp(self) -> None:
        self.publish("first.fetched.test\nshared.fetched.test\n")
        self.school.run("lists", "update")

    def is_blocked(self, name: str) -> bool:
        return bool(self.pupil.ask(name).errors)

    def report(self) -> dict:
        return next(one for one in self.school.json("lists", "ls")["lists"] if one["id"] == LIST)

    def test_the_daemon_fetches_what_its_policy_names(self) -> None:
        """Nobody told it to: a start is enough, and it does not wait for the network."""
        self.school.stop()
        shutil.rmtree(self.school.state / "lists")
        self.school.start()
        wait_until(lambda: self.is_blocked("first.fetched.test"), FETCH_SECONDS, "the list is in force")
        wait_until(lambda: self.school.json("status")["problems"] == [], FETCH_SECONDS, "all is well")

    def test_an_update_is_in_force_when_the_command_returns(self) -> None:
        self.publish("second.fetched.test\nshared.fetched.test\n")
        done = self.school.run("lists", "update", LIST)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, f"{LIST}: new\n")
        self.assertTrue(self.is_blocked("second.fetched.test"))
        self.assertFalse(self.is_blocked("first.fetched.test"))
        self.assertEqual(self.school.run("lists", "update", LIST).stderr, f"{LIST}: unchanged\n")

    def test_in_the_background_what_is_named_is_fetched_before_it_is_due(self) -> None:
        self.publish("second.fetched.test\nshared.fetched.test\n")
        self.web.asked.clear()
        self.assertEqual(self.school.run("lists", "update", "--background").returncode, 0)
        self.assertEqual(self.web.asked, [], "nothing is due")
        done = self.school.run("lists", "update", "--background", LIST)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.web.asked, ["/list.txt", "/list.txt.minisig"])
        self.assertIn("second.fetched.test", (self.school.state / "lists/fetched" / LIST).read_text())

    def test_a_list_that_cannot_be_had_leaves_the_last_one(self) -> None:
        for page, why in ((500, "the server answers with status 500"), (404, "the server answers with status 404"),
                          (b"<!doctype html><title>Please log in</title>", "is a web page, not a list"),
                          (b"other.fetched.test\n", "its signature does not fit")):
            with self.subTest(why):
                self.web.pages["/list.txt"] = page
                done = self.school.run("lists", "update", LIST)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f"{LIST}: failed, {self.web.url('/list.txt')}: {why}", done.stderr)
                self.assertTrue(self.is_blocked("first.fetched.test"))
                self.assertFalse(self.is_blocked("other.fetched.test"))
                self.assertIn(why, self.report()["problem"])
                self.assertIn("the last good version is in force (rules: 2)", self.report()["problem"])
                self.assertTrue(any(why in problem for problem in self.school.json("status")["problems"]))
        left = sorted(path.name for path in (self.school.state / "lists/fetched").iterdir())
        self.assertEqual(left, [LIST, f"{LIST}.json"])
        self.publish("first.fetched.test\nshared.fetched.test\n")
        self.school.run("lists", "update")
        self.assertEqual(self.report()["problem"], "")

    def test_what_there_is_not_is_refused(self) -> None:
        done = self.school.run("lists", "update", "test-fetchd")
        self.assertEqual((done.returncode, done.stderr),
                         (1, f"the policy has no list 'test-fetchd' (did you mean '{LIST}'?)\n"))
        done = self.school.run("lists", "update", "test-gambling")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is nothing to fetch", done.stderr)

    def test_an_opaque_list_leaves_no_name(self) -> None:
        """Only hashes stay, and the next build has them."""
        self.publish("nobodysname.fetched.test\nothername.fetched.test\n")
        policy = self.school.policy.read_text()
        self.school.policy.write_text(policy.replace(f'id = "{LIST}"', f'id = "{LIST}"\nopaque = true'))
        try:
            for _ in range(2):
                done = self.school.run("lists", "update")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(self.is_blocked("nobodysname.fetched.test"))
                self.assertFalse((self.school.state / "lists/fetched" / LIST).exists())
                self.assertEqual(self.school.run("lists", "build").returncode, 0)
                self.assertTrue(self.is_blocked("nobodysname.fetched.test"))
                self.assertEqual((self.report()["problem"], self.report()["kept_copy"]), ("", False))
            found = subprocess.run(["grep", "-rl", "nobodysname", str(self.school.state / "lists"),
                                    str(self.school.state / "filter.image")], capture_output=True, text=True)
            self.assertEqual(found.stdout, "")
        finally:
            self.school.policy.write_text(policy)
            self.school.run("lists", "update")


class FetchingEncrypted(SchoolgateTest):
    """Over https: a certificate of nobody's is refused, one of a known authority taken."""

    web: ClassVar[ListServer]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                        "2", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=lists", "-addext",
                        "subjectAltName=IP:127.0.0.1"], cwd=cls.folder, check=True, capture_output=True)
        (cls.folder / "cert.pem").chmod(0o644)
        cls.web = ListServer((str(cls.folder / "cert.pem"), str(cls.folder / "key.pem")))
        cls.addClassCleanup(cls.web.stop)
        cls.web.pages["/list.txt"] = b"first.fetched.test\n"
        super().setUpClass()

    @classmethod
    def settings(cls) -> Settings:
        settings = Settings()
        settings.policy += f'\n[[list]]\nid = "{LIST}"\ncategory = "gambling"\nsource = "{cls.web.url("/list.txt")}"\n'
        return settings

    def test_only_a_known_certificate_is_believed(self) -> None:
        done = self.school.run("lists", "update", LIST)
        self.assertIn("self-signed certificate", done.stderr)
        self.assertFalse(self.pupil.ask("first.fetched.test").errors)
        os.environ["SSL_CERT_FILE"] = str(self.folder / "cert.pem")
        try:
            done = self.school.run("lists", "update", LIST)
        finally:
            del os.environ["SSL_CERT_FILE"]
        self.assertEqual(done.stderr, f"{LIST}: new\n")
        self.assertTrue(self.pupil.ask("first.fetched.test").errors)

    def test_an_encrypted_list_is_not_fetched_in_the_clear(self) -> None:
        self.web.pages["/list.txt"] = f"http://127.0.0.1:{self.web.server.server_port}/other.txt"
        os.environ["SSL_CERT_FILE"] = str(self.folder / "cert.pem")
        try:
            done = self.school.run("lists", "update", LIST)
        finally:
            del os.environ["SSL_CERT_FILE"]
            self.web.pages["/list.txt"] = b"first.fetched.test\n"
        self.assertIn("which is not encrypted", done.stderr)


def rpz(serial: int, names: list[str]) -> str:
    text = f"$TTL 60\n@ SOA ns.rpz.test. admin.rpz.test. {serial} 3600 600 86400 60\n@ NS ns.rpz.test.\n"
    return text + "".join(f"{name} CNAME .\n*.{name} CNAME .\n" for name in names)


class FetchingZone(SchoolgateTest):
    """A response policy zone of a district's primary, signed with TSIG."""

    scheme: ClassVar[str] = "axfr"
    names: ClassVar[list[str]] = ["fromzone.test"]
    primary: ClassVar[NameServer | Knot]

    @classmethod
    def make_primary(cls, zone: Transferred) -> NameServer | Knot:
        return NameServer(cls.folder / "nsd", transferred=[zone])

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        secret = base64.b64encode(os.urandom(32)).decode()
        cls.primary = cls.make_primary(Transferred("rpz.test", rpz(1, cls.names), "school.key", secret))
        cls.addClassCleanup(cls.primary.stop)
        cls.primary.start()
        cls.secret = cls.folder / "tsig.secret"
        cls.write_secret(secret)
        cls.right = secret
        super().setUpClass()

    @classmethod
    def write_secret(cls, secret: str) -> None:
        cls.secret.write_text(secret + "\n")
        cls.secret.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(cls.secret, USER)

    @classmethod
    def settings(cls) -> Settings:
        settings = Settings()
        settings.policy += (f'\n[[list]]\nid = "{LIST}"\ncategory = "gambling"\n'
                            f'source = "{cls.scheme}://127.0.0.1:{cls.primary.port}/rpz.test"\n'
                            f'tsig = {{ name = "school.key", secret_file = "{cls.secret}" }}\n')
        return settings

    def test_the_zone_is_in_force_and_stays_when_the_key_is_wrong(self) -> None:
        name = f"www.{self.names[-1]}"
        wait_until(lambda: bool(self.pupil.ask(name).errors), FETCH_SECONDS, "the zone is in force")
        self.assertEqual(self.school.run("lists", "update", LIST).stderr, f"{LIST}: unchanged\n")
        self.write_secret(base64.b64encode(os.urandom(32)).decode())
        try:
            done = self.school.run("lists", "update", LIST)
            self.assertIn(f"{LIST}: failed, {self.scheme}://127.0.0.1:{self.primary.port}/rpz.test: ", done.stderr)
            self.assertTrue(self.pupil.ask(name).errors)
        finally:
            self.write_secret(self.right)


class FetchingZoneOfKnot(FetchingZone):
    """Of many messages, each signed, and so are the differences."""

    scheme = "ixfr"
    names: ClassVar[list[str]] = [f"name{number}.fromzone.test" for number in range(10_000)]

    @classmethod
    def make_primary(cls, zone: Transferred) -> Knot:
        return Knot(cls.folder / "knot", [zone])

    def test_what_changed_comes_as_differences(self) -> None:
        wait_until(lambda: bool(self.pupil.ask(f"www.{self.names[-1]}").errors), FETCH_SECONDS, "the zone is in force")
        self.assertRegex(self.primary.log(), r"AXFR, outgoing, .*, finished, .* ([2-9]|\d\d+) messages")
        changed = [f"new{number}.fromzone.test" for number in range(4_000)] + self.names[4_000:]
        self.primary.change("rpz.test", rpz(2, changed))
        wait_until(lambda: "loaded, serial 1 -> 2" in self.primary.log(), FETCH_SECONDS, "Knot has the new version")
        self.assertEqual(self.school.run("lists", "update", LIST).stderr, f"{LIST}: new\n")
        self.assertRegex(self.primary.log(), r"IXFR, outgoing, .*, finished, .* ([2-9]|\d\d+) messages")
        for name in ("new0.fromzone.test", "www.new3999.fromzone.test", "name4000.fromzone.test"):
            self.assertTrue(self.pupil.ask(name).errors, name)
        for name in ("name0.fromzone.test", "www.name3999.fromzone.test"):
            self.assertFalse(self.pupil.ask(name).errors, name)


if __name__ == "__main__":
    unittest.main()
