"""Reflog with the embedded directory. Each round begins with a new ledger. The load is the same as for the other servers."""

import pathlib
import re

from peers import ADDRESSES
from peers.load import WARM_UP_SECONDS, Load
from reflogserver import Server

# The names of figures, and the counter in /metrics from which each figure is computed.
COUNTERS = {"statements": "reflog_sql_statements_total", "commits": "reflog_ledger_commits_total"}
TRACED_SECONDS = 2


class Reflog:
    name = "reflog"
    title = "Reflog"

    def __init__(self, bench):
        self.bench = bench

    def prepare(self):
        pass

    def measure(self):
        return self.measure_load() | self.count_flushes()

    def measure_load(self):
        """Measures throughput, latency and the cost of each change."""
        with Server(self.bench.binary) as server:
            load = prepared_load(server)
            for connections in (64, 1, 256):
                counted, answered = counters(server), load.answered
                load.measure(connections, self.bench.seconds)
                for name, value in counters(server).items():
                    each = (value - counted[name]) / (load.answered - answered)
                    load.figures[f"reflog.{connections}.{name}"] = each
            load.check(recorded(server))
        return load.figures

    def count_flushes(self):
        """Counts the fdatasync calls per change with strace. No other figure is measured in this run, because strace slows the
        server down."""
        figures = {}
        trace = pathlib.Path(self.bench.folder, "trace")
        server = Server(self.bench.binary)
        # With -D, the server is a child of this process, so that this process can stop the server. With --seccomp-bpf, only
        # fdatasync is traced, and other calls run at full speed.
        server.wrapper = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fdatasync", "-e", "signal=none",
                          "-o", str(trace)]
        with server:
            load = prepared_load(server)
            for connections in (64, 1):
                before, answered = flushes(trace), load.answered
                load.run(connections, min(TRACED_SECONDS, self.bench.seconds))
                each = (flushes(trace) - before) / (load.answered - answered)
                figures[f"reflog.{connections}.flushes"] = each
        trace.unlink()
        return figures


def prepared_load(server):
    """Creates those flows that a server does not have, warms the server up, and returns the load."""
    for number in range(ADDRESSES):
        flow = {"id": f"B2C_1_bench{number}", "userFlowType": "signUpOrSignIn", "userFlowTypeVersion": 3}
        answer = server.request("POST", "/beta/identity/b2cUserFlows", flow)
        if answer.status != 201 and server.request("GET", f"/beta/identity/b2cUserFlows/{flow['id']}").status != 200:
            raise SystemExit(f"Reflog did not create a user flow: {answer.text}")
    load = Load("reflog", server.port, server.tokens["operator"], server.process.pid)
    load.run(64, WARM_UP_SECONDS)
    return load


def counters(server):
    """Returns the counters in /metrics. A counter with labels is the sum over all labels."""
    text = server.request("GET", "/metrics").text
    samples = {name: re.findall(rf"^{metric}(?:\{{.*\}})? (\S+)", text, re.MULTILINE) for name, metric in COUNTERS.items()}
    return {name: sum(map(float, values)) for name, values in samples.items() if values}


def recorded(server):
    """Returns the number of changes in the ledger. The newest id is that number, because ids have no gaps."""
    newest = server.request("GET", "/beta/auditLogs/connectorChanges?$top=1").json["value"]
    return int(newest[0]["id"]) if newest else 0


def flushes(trace):
    """Counts the fdatasync calls in strace's output. A call with two lines, unfinished and resumed, is counted once."""
    with open(trace) as lines:
        return sum("fdatasync(" in line for line in lines)
