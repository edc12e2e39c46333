"""Measures how much time Reflog adds to changes in front of a Graph that needs a fixed time for each answer."""

import contextlib
import os
import pathlib
import tempfile
import types

from peers.processes import Child, run
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Port, Server

LOAD = pathlib.Path(__file__).parent / "peers" / "graphload.c"
WARM_UP_SECONDS = 3


def measure(options):
    """Prints the times of a change with and without Reflog. Each connection changes a different address.

    Without Reflog, the client itself sends Graph the two requests that Reflog would send for a change: a read and a write.
    """
    added = []
    with tempfile.TemporaryDirectory(prefix="reflog-graph-bench-") as folder, contextlib.closing(Port()) as port:
        load = os.path.join(folder, "graphload")
        run("cc", "-O2", "-D_GNU_SOURCE", "-o", load, LOAD)

        def times(port, requests, token):
            output = run(load, port, options.connections, WARM_UP_SECONDS, options.seconds, requests, token,
                         FRAUD_CHECK, NEW_VENDOR)
            return sorted(float(line) / 1000 for line in output.split())

        command = [options.bare_binary, "--port", port.number, "--graph-delay", options.delay]
        with Child(command, os.path.join(folder, "graph.log")) as graph:
            graph.wait_for_port(port.number)
            fake = types.SimpleNamespace(url=f"http://127.0.0.1:{port.number}")
            # Reflog's own reads of Graph are turned off, so that only changes are measured.
            with Server(options.binary, graph=fake, GRAPH_TIMEOUT=10, SETTLE_WINDOW=0, SWEEP_INTERVAL=86400) as server:
                for number in range(options.rounds):
                    direct = times(port.number, "pair", "a-token")
                    through = times(server.port, "put", server.tokens["operator"])
                    show(f"round {number + 1}: without Reflog", direct)
                    show(f"round {number + 1}: through Reflog", through)
                    added.append([at(through, share) - at(direct, share) for share in (.5, .99)])
    for name, values in zip(("p50", "p99"), zip(*added)):
        ordered = sorted(values)
        print(f"Reflog adds at {name}: median {at(ordered, .5):.2f} ms, from {ordered[0]:.2f} to {ordered[-1]:.2f} ms")


def at(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(name, times):
    print(f"{name:32} p50 {at(times, .5):8.2f} ms   p99 {at(times, .99):8.2f} ms   n {len(times)}", flush=True)
