"""The load that wrk creates with put.lua. The load is the same for every peer that is a web server."""

import http.client
import json
import math
import os
import pathlib
import subprocess

from peers import ADDRESSES
from peers.processes import Usage
from reflogserver import FRAUD_CHECK, NEW_VENDOR

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "put.lua"
PATH = "/beta/identity/b2cUserFlows/B2C_1_bench0/apiConnectorConfiguration/postFederationSignup/$ref"
WARM_UP_SECONDS = 1


class Load:
    """The load on one server. Counts the changes that the server answered, and measures their cost.

    Each measurement adds figures. The name of a figure contains the peer and the number of connections: `reflog.64.rate`.
    """

    def __init__(self, name, port, token="", process_id=None):
        self.name, self.port, self.token, self.process_id = name, port, token, process_id
        self.figures = {}
        # The number of changes that the server answered, and the number of changes that were still without an answer when a
        # load ended. The server possibly recorded those, too.
        self.answered, self.unanswered = 0, 0
        self.probe()

    def probe(self):
        """Sends one change without wrk, and checks that the status is 204. wrk itself accepts every status below 400."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        body = {"@odata.id": f"https://graph.microsoft.com/beta/identity/apiConnectors/{FRAUD_CHECK}"}
        connection.request("PUT", PATH, json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 204:
            raise SystemExit(f"{self.name} answered a change with {answer.status}: {text[:500]}")
        self.answered += 1

    def run(self, connections, seconds):
        """Sends changes for `seconds`, rounded up to whole seconds, and returns wrk's counts."""
        threads = min(2, connections)
        environment = os.environ | {
            "TOKEN": self.token, "FLOWS": str(ADDRESSES), "THREADS": str(threads),
            "CONNECTORS": f"{FRAUD_CHECK} {NEW_VENDOR}",
        }
        done = subprocess.run(
            ["wrk", f"-t{threads}", f"-c{connections}", f"-d{math.ceil(seconds)}s", "--timeout", "10s", "-s", SCRIPT,
             f"http://127.0.0.1:{self.port}"],
            env=environment, capture_output=True, text=True,
        )
        if "RESULT" not in done.stdout:
            raise SystemExit(f"wrk failed on {self.name}:\n{done.stdout}{done.stderr}")
        result = json.loads(done.stdout.split("RESULT", 1)[1])
        if result["refused"] or result["broken"] or not result["requests"]:
            raise SystemExit(f"{self.name} did not answer every change with success: {result}")
        self.answered += result["requests"]
        self.unanswered += connections
        return result

    def measure(self, connections, seconds):
        """Measures the load with this number of connections."""
        usage = self.process_id and Usage(self.process_id)
        result = self.run(connections, seconds)
        found = {
            "rate": result["requests"] / (result["duration"] / 1e6),
            "p50": result["p50"] / 1000, "p99": result["p99"] / 1000,
        }
        if usage:
            busy, switches = usage.since()
            found |= {"cpu": busy * 1e6 / result["requests"], "switches": switches / result["requests"]}
        self.figures |= {f"{self.name}.{connections}.{figure}": value for figure, value in found.items()}

    def check(self, recorded):
        """Ends the run if the peer recorded too few or too many changes. The peer must have recorded every answered change."""
        if not self.answered <= recorded <= self.answered + self.unanswered:
            raise SystemExit(f"{self.name} answered {self.answered} changes but recorded {recorded}.")
