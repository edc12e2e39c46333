import json
import unittest

from reflogserver import Graph, Server, eventually, graph_connector

STEP = "b2cUserFlows/B2C_1_flow0/postFederationSignup"


class Recovery(unittest.TestCase):
    def test_a_change_that_a_crash_left_pending_is_settled_after_the_next_start(self):
        with Graph(timeout=1) as graph, Server(graph=graph, GRAPH_TIMEOUT=1, SETTLE_WINDOW=0.5) as server:
            # The fake Graph applies the write. Then the fake Graph kills the server and sends no answer.
            graph.control(kill={"landed": server.process.pid})
            with self.assertRaises(OSError):
                server.put(STEP, graph_connector("Loyalty"))
            server.process.wait()
            self.assertEqual(graph.reference(STEP), graph_connector("Loyalty"))
            shown = server.command("history", "--filter", "result eq 'pending'", "--database", server.database, "--format", "json")
            pending = json.loads(shown.stdout)["value"]
            self.assertEqual([change["step"] for change in pending], ["postFederationSignup"], shown.stderr)

            server.start()

            path = f"/beta/auditLogs/connectorChanges/{pending[0]['id']}"
            settled = eventually(lambda: (change := server.request("GET", path).json)["result"] != "pending" and change)
            self.assertEqual((settled["result"], settled["status"]["settledBy"]), ("applied", "reconciler"))
