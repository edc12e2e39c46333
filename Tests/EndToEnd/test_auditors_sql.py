import contextlib
import re
import sqlite3
import unittest

from articles import article, blocks, section
from reflogserver import FRAUD_CHECK, Graph, Server, eventually, graph_connector

SQLITE_ONLY = "it runs SQL on the ledger's file"

CHANGES = "/beta/auditLogs/connectorChanges"
SIGNUP, OTHER = "b2cUserFlows/B2C_1_signup/postFederationSignup", "b2cUserFlows/B2C_1_flow0/postAttributeCollection"
CORRELATION = "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"
ARTICLE = article("AuditorsSQL")
QUESTIONS = re.findall(r"^## (\d+)\. (.*)$", ARTICLE, re.MULTILINE)
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 15, 0.3


def record_changes(server, graph):
    """Makes a change of every kind that the queries find."""
    for name, headers in (("Fraud check", {"Reflog-Reason": "CHG0042", "client-request-id": CORRELATION}), ("Loyalty", {})):
        made = server.put(SIGNUP, graph_connector(name), headers=headers)
        assert made.status == 204, made.text
    # Use the id of the change, because the newest change is possibly one that the sweep recorded.
    undone = server.request("POST", f"{CHANGES}/{made.change}/rollback", {"reason": "INC0042"})
    assert undone.status == 200, undone.text
    assert server.put(SIGNUP, graph_connector("Loyalty"), role="reader").status == 403
    assert server.put("b2cUserFlows/B2C_1_none/postFederationSignup", graph_connector("Loyalty")).status == 404
    # Graph applies the next change, but Graph's answer is lost. Later, the reconciler determines the result.
    graph.control(writes=["reset_after"])
    assert server.put(OTHER, graph_connector("Loyalty")).status == 502
    eventually(lambda: not server.request("GET", "/beta/reflog/status").json["pendingChanges"])
    # Change a step without Reflog. When Reflog changes this step the next time, Reflog finds and records the drift.
    graph.control(set={SIGNUP: graph_connector("Outsider A")})
    assert server.put(SIGNUP, None).status == 204
    assert server.request("GET", f"{CHANGES}?$format=csv").status == 200


def shown(reference):
    """Returns a reference in the form of the view `history`."""
    return f"{reference['displayName']} ({reference['connectorId']})" if reference["connectorId"] else reference["state"]


class AuditorsSQL(unittest.TestCase):
    """The article's queries run and return the right rows. The tests replace only the connector's id in the queries."""

    @classmethod
    def setUpClass(cls):
        graph = cls.enterClassContext(Graph(timeout=1))
        cls.server = cls.enterClassContext(Server(graph=graph, SETTLE_WINDOW=0.5, GRAPH_TIMEOUT=1))
        record_changes(cls.server, graph)

    def rows(self, query):
        """Runs a query. Returns each row as a dictionary from names of columns to values."""
        query = query.replace(FRAUD_CHECK, graph_connector("Fraud check"))
        with contextlib.closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as ledger:
            ledger.row_factory = sqlite3.Row
            return [dict(row) for row in ledger.execute(query)]

    def answers(self):
        """Returns a dictionary from the numbers of the questions to the rows that answer them."""
        found = {}
        for number, question in QUESTIONS:
            below = section(ARTICLE, f"## {number}. {question}")
            (query,) = [block.text for block in blocks(below) if block.language == "sql"]
            found[int(number)] = self.rows(query)
        return found

    def test_there_are_ten_questions(self):
        self.assertEqual([number for number, _ in QUESTIONS], [str(number) for number in range(1, 11)])

    def test_every_query_returns_rows(self):
        queries = [block.text for block in blocks(ARTICLE) if block.language == "sql"]
        self.assertGreaterEqual(len(queries), len(QUESTIONS))
        for query in queries:
            with self.subTest(query=query):
                self.assertTrue(self.rows(query))

    def test_the_rows_agree_with_the_history(self):
        history = {change["id"]: change for change in self.server.history()}
        found = self.answers()

        def ids(number):
            return [str(row["id"]) for row in found[number]]

        def changes(condition):
            return [id for id, change in history.items() if condition(change)]

        self.assertEqual(ids(1), changes(lambda change: change["subject"] == "step"))
        configurations = self.server.request("GET", "/beta/auditLogs/connectorConfigurations").json["value"]
        self.assertEqual([(row["flow_id"], row["step"], row["calls"]) for row in found[2]],
                         [(each["flowId"], each["step"], shown(each["reference"])) for each in configurations])
        self.assertEqual({row["what"] for row in found[3]}, {"set", "removed"})
        self.assertEqual(ids(4), changes(lambda change: change["kind"] == "drift"))
        self.assertEqual(ids(5), changes(lambda change: change["result"] in ("denied", "rejected")))
        self.assertEqual(ids(6), changes(
            lambda change: change["kind"] in ("update", "rollback") and change["result"] == "applied" and not change["reason"]))
        self.assertEqual([(str(row["change"]), str(row["rollback"])) for row in found[7]],
                         [(change["rollbackOf"], id) for id, change in history.items() if change["kind"] == "rollback"])
        self.assertEqual(ids(8), changes(
            lambda change: change["kind"] == "update" and change["status"]["settledBy"] == "reconciler"))
        self.assertEqual([row["breaks"] for row in found[9]], [0] * len(configurations))
        self.assertLessEqual({"start", "export"}, {row["kind"] for row in found[10]})
