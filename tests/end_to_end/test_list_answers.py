"""A response policy zone as a list: its category is withheld, and answered as the zone gives it, where the policy says so."""

from support.case import EDE_BLOCKED, SchoolgateTest

ZONE = """\
$TTL 300
@ SOA localhost. root.localhost. 1 3600 600 86400 300
none.test CNAME .
empty.test CNAME *.
here.test A 192.0.2.77
garden.test CNAME good.test.
slow.test CNAME rpz-tcp-only.
$INCLUDE more.zone
"""
MORE = "drop.test CNAME rpz-drop.\n32.9.2.0.192.rpz-ip CNAME .\n"
LIST = '\n[[list]]\nid = "zone"\ncategory = "gambling"\nsource = "policy.zone"\n'


class ListAnswers(SchoolgateTest):
    def use(self, action: str) -> None:
        """The zone with that action, in force."""
        self.addCleanup(self.school.json, "lists", "build")
        self.addCleanup(self.school.write)
        self.school.write_list("policy.zone", ZONE)
        self.school.write_list("more.zone", MORE)
        self.school.policy.write_text(self.school.policy.read_text() + LIST + action)
        self.school.json("lists", "build")

    def test_are_the_zones_where_the_policy_says_so(self) -> None:
        self.use('action = "given"\n')
        self.assertEqual(self.pupil.ask("none.test").rcode, "NXDOMAIN")
        empty = self.pupil.ask("empty.test")
        self.assertEqual((empty.rcode, empty.answer, empty.errors), ("NOERROR", [], [EDE_BLOCKED]))
        self.assertEqual(self.pupil.ask("here.test").values("A"), ["192.0.2.77"])
        garden = self.pupil.ask("garden.test")
        self.assertEqual((garden.values("CNAME"), garden.values("A")), (["good.test"], ["192.0.2.1"]))
        self.assertEqual(self.pupil.ask("any.brief.test").rcode, "NXDOMAIN")  # by the address of the answer
        with self.assertRaises(TimeoutError):
            self.school.client("127.0.0.1", timeout=0.5).ask("drop.test")
        for name in ("none.test", "here.test"):
            self.assertEqual(self.staff.ask(name).rcode, "NXDOMAIN")  # nobody has such a name; staff may have gambling
        self.assertEqual(self.staff.ask("any.brief.test").values("A"), ["192.0.2.9"])
        kept = [(row["verdict"], row["category"], row["list"]) for row in self.school.lookups("garden.test")]
        self.assertEqual(kept, [("rewritten", "gambling", "zone")])

    def test_are_the_block_page_where_it_does_not(self) -> None:
        self.use("")
        self.assert_blocked(self.pupil.ask("none.test"))
        self.assert_blocked(self.pupil.ask("any.brief.test"))
        listed = {entry["id"]: entry for entry in self.school.json("lists", "ls")["lists"]}["zone"]
        self.assertIn("gives an answer of its own: that takes action", str(listed))

    def test_are_one_and_the_same_for_a_whole_list(self) -> None:
        self.use('action = "nxdomain"\n')
        for name in ("none.test", "here.test", "slow.test"):
            self.assertEqual(self.pupil.ask(name).rcode, "NXDOMAIN")
