import json
import pathlib
import subprocess
import unittest

from reflogserver import ROOT, Graph, Server
from testparts import apart

# The Python interpreter that tools/test installs.
PYTHON = ROOT / ".build" / "sdk" / "bin" / "python"


@apart(cores=1)
class SDK(unittest.TestCase):
    """Microsoft's Python SDK works with Reflog. Only the base URL of the SDK is changed."""

    def test_the_sdk_reads_and_changes_references_and_connectors_and_gets_errors(self):
        with Graph(page=3) as graph, Server(graph=graph, SETTLE_WINDOW=1) as server:
            program = pathlib.Path(__file__).with_name("sdk.py")
            # Test a base URL without and with a slash at the end. The SDK's default base URL ends with a slash, so the path of
            # each request contains two slashes in a row.
            for base in (server.url + "/beta", server.url + "/beta/"):
                run = subprocess.run([PYTHON, program, base, server.tokens["operator"]], capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                seen = json.loads(run.stdout)

                self.assertEqual(seen["b2x"], ["sdk-one", "sdk-two", None])
                self.assertEqual(seen["b2c"], ["sdk-one", "sdk-two", None])
                self.assertGreater(len(seen["connectors"]), 7)
                self.assertIn("sdk-two", seen["connectors"])
                self.assertNotIn("sdk-three", seen["connectors"])
                self.assertEqual([error[:2] for error in seen["errors"]], [
                    [404, "Request_ResourceNotFound"], [400, "badRequest"], [501, "notProxied"]])
                for *_, request_id in seen["errors"]:
                    self.assertRegex(request_id, "^[0-9a-f-]{36}$")

            steps = [c for c in server.history() if c["subject"] == "step"]
            self.assertEqual([c["result"] for c in steps], ["applied"] * 12)
            self.assertEqual({c["flowType"] for c in steps}, {"b2xUserFlows", "b2cUserFlows"})
