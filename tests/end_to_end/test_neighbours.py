"""Recognition by MAC: two network namespaces, a cable between them, and a device that changes its address."""

import os
import subprocess
import time
import unittest

from support.installation import BLOCK_IPV4, DAEMON, POLICY, Installation, Settings
from support.name_server import NameServer
from support.programs import ip, wait_until

SCHOOL_NET, DEVICE_NET = f"sg-school-{os.getpid()}", f"sg-device-{os.getpid()}"
SCHOOL_ADDRESS, DEVICE_ADDRESSES = "10.99.0.1", ("10.99.0.77", "10.99.0.78")
DEVICE_MAC = "02:00:00:00:00:77"
DEVICE = f"""
[[device]]
id = "roaming-laptop"
match = {{ mac = "{DEVICE_MAC.upper()}" }}
group = "staff"
"""


@unittest.skipUnless(os.geteuid() == 0, "network namespaces need root")
class RecognitionByMac(unittest.TestCase):
    def setUp(self) -> None:
        if not DAEMON.exists():
            raise RuntimeError(f"{DAEMON} is not built")
        for net in (SCHOOL_NET, DEVICE_NET):
            ip("netns", "add", net)
            self.addCleanup(ip, "netns", "del", net)
            ip("-n", net, "link", "set", "lo", "up")
        ip("link", "add", "eth0", "netns", SCHOOL_NET, "type", "veth", "peer", "name", "eth0", "netns", DEVICE_NET)
        ip("-n", DEVICE_NET, "link", "set", "eth0", "address", DEVICE_MAC)
        ip("-n", SCHOOL_NET, "address", "add", f"{SCHOOL_ADDRESS}/24", "dev", "eth0")
        for net in (SCHOOL_NET, DEVICE_NET):
            ip("-n", net, "link", "set", "eth0", "up")
        settings = Settings(policy=POLICY.read_text() + DEVICE, address=SCHOOL_ADDRESS, port=53, page_port=80,
                            namespace=SCHOOL_NET)
        self.school = Installation(settings)
        self.addCleanup(self.school.remove)
        upstream = NameServer(self.school.folder / "nsd", namespace=SCHOOL_NET)
        self.addCleanup(upstream.stop)
        upstream.start()
        settings.upstreams.append(upstream.upstream)
        self.school.write()
        self.school.start()

    def ask(self, name: str) -> str:
        """As the device itself would, with Knot's own client."""
        kdig = ["ip", "netns", "exec", DEVICE_NET, "kdig", f"@{SCHOOL_ADDRESS}", name, "A", "+short", "+timeout=2"]
        return subprocess.run(kdig, capture_output=True, text=True, check=True).stdout.strip()

    def block_page(self, name: str) -> str:
        curl = ["ip", "netns", "exec", DEVICE_NET, "curl", "-s", "--noproxy", "*", "-H", f"Host: {name}",
                f"http://{SCHOOL_ADDRESS}/"]
        return subprocess.run(curl, capture_output=True, text=True, check=True).stdout

    def test_a_device_keeps_its_group_when_its_address_changes(self) -> None:
        for address in DEVICE_ADDRESSES:
            with self.subTest(address):
                ip("-n", DEVICE_NET, "address", "flush", "dev", "eth0")
                ip("-n", DEVICE_NET, "address", "add", f"{address}/24", "dev", "eth0")
                wait_until(lambda: self.ask("bad.example") == "203.0.113.66", 15.0, "recognised by its MAC")
                newest = self.school.lookups("bad.example")[0]
                self.assertEqual((newest["device"], newest["client"]), ("roaming-laptop", address))
                report = self.school.json("check", "bad.example", "--device", address)
                self.assertEqual((report["device"], report["group"]), ("roaming-laptop", "staff"))
                self.assertIn("open now", self.block_page("bad.example"))
        self.school.stop()

    def test_a_stranger_is_a_pupil(self) -> None:
        ip("-n", DEVICE_NET, "link", "set", "eth0", "address", "02:00:00:00:00:99")
        ip("-n", DEVICE_NET, "address", "add", f"{DEVICE_ADDRESSES[0]}/24", "dev", "eth0")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            self.assertEqual(self.ask("bad.example"), BLOCK_IPV4)
            time.sleep(0.2)
        wait_until(lambda: (self.ask("bad.example") and self.school.lookups("bad.example")[0]["device"].startswith("mac:02:00:00:00:00:99")),
                   15.0, "recorded by its MAC")
        self.school.stop()


if __name__ == "__main__":
    unittest.main()
