import json
import time
import unittest

from reflogserver import Graph, Server, graph_connector

STEP = "b2cUserFlows/B2C_1_flow0/postFederationSignup"


class Recovery(unittest.TestCase):
    def test_what_a_crash_left_pending_is_settled_after_the_next_start(self):
        with Graph(timeout=0.5) as graph, Server(graph=graph, GRAPH_TIMEOUT=0.5, SETTLE_WINDOW=0.5) as server:
            # The process dies between the directory's write and its answer.
            graph.control(kill={"landed": server.process.pid})
            with self.assertRaises(OSError):
                server.put(STEP, graph_connector("Loyalty"))
            server.process.wait()
            self.assertEqual(graph.standing(STEP), graph_connector("Loyalty"))
            shown = server.command("history", "--filter", "result eq 'pending'", "--database", server.database, "--format", "json")
            pending = json.loads(shown.stdout)["value"]
            self.assertEqual([change["step"] for change in pending], ["postFederationSignup"], shown.stderr)

            server.start()

            deadline = time.monotonic() + 30
            while (settled := server.request("GET", f"/beta/auditLogs/connectorChanges/{pending[0]['id']}").json)["result"] == "pending":
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)
            self.assertEqual((settled["result"], settled["status"]["settledBy"]), ("applied", "reconciler"))
