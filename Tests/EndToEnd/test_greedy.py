import unittest

from greedy import Greedy, as_reader, as_stranger
from reflogserver import Server
from testparts import apart, sqlite_only


@apart(seconds=25, cores=1.7)
@sqlite_only("it opens the ledger's file")
class GreedyCallers(unittest.TestCase):
    """Whatever a reader or a client without a credential does, it neither stops an operator nor fills the ledger. This is a
    short version of `tools/greedy`."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.greedy = Greedy(cls.server, connections=60)
        cls.greedy.make_history(200)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def assert_harmless(self, efforts, names):
        growth = 0
        for name in names:
            with self.subTest(name):
                grown, statuses = self.greedy.growth(efforts[name], 0.3)
                growth += grown
                _, operators = self.greedy.disturbance(efforts[name], 0.7)
                self.assertLessEqual(max(operators), 204, (operators, statuses))
        self.assertLessEqual(growth, 64 * 1024)

    def test_a_reader_stops_no_operator_and_does_not_fill_the_ledger(self):
        token = self.server.tokens["reader"]
        self.assert_harmless(as_reader(token, self.greedy.session_of(token)), [
            "denied references with long reasons", "denied flows with 16 steps", "denied connectors with large bodies",
            "denied rollbacks", "heavy filters", "exports", "unread exports", "pipelined requests", "slow bodies",
            "all heavy requests", "boards"])

    def test_a_stranger_stops_no_operator_and_does_not_fill_the_ledger(self):
        self.assert_harmless(as_stranger(), [
            "wrong tokens", "wrong sign-ins", "open routes", "huge bodies", "slow headers", "no HTTP"])


@apart(seconds=10, cores=0.5)
class Shares(unittest.TestCase):
    def test_many_exports_are_recorded_one_by_one_up_to_a_limit_and_then_counted(self):
        with Server() as server:
            for _ in range(30):
                self.assertEqual(server.request("GET", "/beta/auditLogs/connectorChanges?$format=csv", role="reader").status, 200)
            server.stop()
            server.start()
            events = server.request("GET", "/beta/auditLogs/serviceEvents?$filter=kind%20eq%20'export'").json["value"]
            self.assertEqual(sum(event["count"] for event in events), 30)
            # The limit applies to each minute, and these requests can be spread over two minutes.
            self.assertLessEqual(len(events), 18)

    def test_a_network_has_a_share_of_the_connections(self):
        with Server() as server:
            held = Greedy(server).hold_connections(520)
            self.addCleanup(lambda: [connection.close() for connection in held])
            self.assertEqual(server.put("b2cUserFlows/B2C_1_signup/postFederationSignup", None).status, 204)
            self.assertEqual(sum(not Greedy.is_open(connection) for connection in held), 8)

    def test_bytes_that_are_no_request_are_answered_at_a_limited_pace(self):
        with Server() as server:
            greedy, efforts = Greedy(server, connections=100), as_stranger()
            for name in ("unknown methods", "no HTTP"):
                with self.subTest(name):
                    # A network gets the first 200 answers immediately, and then 200 answers a second.
                    process, results = greedy.start(efforts[name], seconds=3)
                    answers = results.get()
                    process.join()
                    self.assertGreater(answers[400], 200)
                    self.assertLess(answers[400], 200 + 4 * 200)
