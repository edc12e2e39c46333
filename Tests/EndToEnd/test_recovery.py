import json
import shutil
import unittest

from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, eventually, graph_connector
from testparts import sqlite_only

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


@sqlite_only("it injects errors into the writes of SQLite files")
class FailedStarts(unittest.TestCase):
    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_a_start_that_fails_with_an_io_error_does_not_prevent_the_next_start(self):
        step = "b2cUserFlows/B2C_1_signup/postFederationSignup"
        with Server() as server:
            connectors = [NEW_VENDOR, FRAUD_CHECK]
            failed = 0
            for call, count in (("pwrite64", 6), ("fdatasync", 4)):
                for number in range(1, count + 1):
                    with self.subTest(call=call, number=number):
                        connectors.reverse()
                        self.assertEqual(server.put(step, connectors[0]).status, 204)
                        server.kill()
                        failed += self.fails_to_start(server, call, number)
                        server.start()
                        self.assertEqual(server.reference(step), connectors[0])
            # The last calls can come after the start.
            self.assertGreaterEqual(failed, 6)

    def fails_to_start(self, server, call, number):
        """Starts the server while one system call of the start fails. Returns whether the start failed. Then no server runs."""
        files = [server.files + ending for ending in ("", "-wal", ".directory", ".directory-wal")]
        server.wrapper = ["strace", "-D", "-f", "--seccomp-bpf", "-o", server.files + ".trace",
                          *(part for file in files for part in ("-P", file)),
                          "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={number}"]
        try:
            server.start()
            server.kill()
            return False
        except AssertionError:
            return True
        finally:
            server.wrapper = []
