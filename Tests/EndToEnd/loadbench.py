"""Measures the load of 64 connections on a ledger with many changes, and over a long time."""

import os
import pathlib
import re
import statistics
import tempfile

from peers.processes import run
from peers.reflog import prepared_load
from reflogserver import Server

CONNECTIONS = 64
CHECKPOINT_TIMES = pathlib.Path(__file__).parent / "peers" / "checkpointtimes.c"


def growth(binary, ledger, rounds, seconds):
    """Compares the load on an empty ledger and on a ledger that `tools/generate --embedded` created. Adds changes to that ledger."""
    ratios = []
    for number in range(rounds):
        rates = []
        for name, database in (("an empty ledger", None), (ledger, ledger)):
            server = Server(binary)
            if database:
                server.database = str(database)
            with server:
                load = prepared_load(server)
                load.measure(CONNECTIONS, seconds)
            figures = {figure.split(".")[-1]: value for figure, value in load.figures.items()}
            rates.append(figures["rate"])
            print(f"round {number + 1}, {name}: {figures['rate']:,.0f} changes/s, p50 {figures['p50']:.2f} ms, "
                  f"p99 {figures['p99']:.2f} ms, {figures['cpu']:.0f} µs of CPU a change", flush=True)
        ratios.append(rates[1] / rates[0])
    print(f"large / empty: median {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def soak(binary, minutes):
    """Prints one line for each minute of load: changes, times of answers and checkpoints, and memory."""
    memory, slowest, checkpoints = [], 0, []
    with tempfile.TemporaryDirectory(prefix="reflog-soak-") as folder:
        library, times = os.path.join(folder, "checkpointtimes.so"), pathlib.Path(folder, "times")
        run("cc", "-O2", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, CHECKPOINT_TIMES, "-ldl")
        server = Server(binary)
        server.wrapper = ["env", f"LD_PRELOAD={library}", f"CHECKPOINT_TIMES={times}"]
        with server:
            load = prepared_load(server)
            for minute in range(minutes):
                times.write_text("")
                result = load.run(CONNECTIONS, 60)
                durations = [int(line) / 1000 for line in times.read_text().split()]
                memory.append(resident_megabytes(server.process.pid))
                slowest = max(slowest, result["max"] / 1000)
                checkpoints += durations
                print(f"minute {minute + 1}: {result['requests'] / 60:,.0f} changes/s, p50 {result['p50'] / 1000:.1f} ms, "
                      f"p99 {result['p99'] / 1000:.1f} ms, slowest {result['max'] / 1000:.1f} ms, {len(durations)} checkpoints, "
                      f"slowest {max(durations, default=0):.1f} ms, memory {memory[-1]:.1f} MB", flush=True)
    ordered = sorted(checkpoints)
    print(f"{load.answered:,} changes; slowest answer {slowest:.1f} ms; {len(ordered)} checkpoints: "
          f"median {statistics.median(ordered):.1f} ms, slowest {ordered[-1]:.1f} ms, "
          f"{sum(duration > 50 for duration in ordered)} over 50 ms")
    third = max(1, minutes // 3)
    print(f"memory: median {statistics.median(memory[third:2 * third] or memory):.1f} MB in the second third, "
          f"{statistics.median(memory[-third:]):.1f} MB in the last third")


def resident_megabytes(process_id):
    """Returns the memory of a process that is not in files or shared with other processes."""
    status = pathlib.Path(f"/proc/{process_id}/status").read_text()
    return int(re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024
