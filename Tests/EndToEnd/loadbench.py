"""Measures the load of 64 connections on a ledger with many changes, and over a long time."""

import os
import pathlib
import statistics
import tempfile
import time

from historybench import resident
from peers.processes import Usage, run
from peers.reflog import prepared_load
from reflogserver import Server

CONNECTIONS = 64
# A server is idle if it uses less processor time than this in 5 seconds.
IDLE_SECONDS = 0.2
CHECKPOINT_TIMES = pathlib.Path(__file__).with_name("checkpointtimes.c")


def growth(binary, ledger, rounds, seconds):
    """Compares the load on an empty ledger and on a ledger that `tools/generate --embedded` created. Adds changes to that ledger."""
    if not os.path.exists(f"{ledger}.directory"):
        raise SystemExit(f"{ledger} has no embedded directory. Create a ledger with tools/generate --embedded.")
    wait_for_index(binary, ledger)
    ratios = []
    for number in range(rounds):
        rates = {}
        # The order changes in each round, so that a change of the machine's speed affects both ledgers.
        for name in ("an empty ledger", ledger) if number % 2 == 0 else (ledger, "an empty ledger"):
            server = served(binary, ledger) if name == ledger else Server(binary)
            with server:
                load = prepared_load(server)
                load.measure(CONNECTIONS, seconds)
            figures = {figure.split(".")[-1]: value for figure, value in load.figures.items()}
            rates[name] = figures["rate"]
            print(f"round {number + 1}, {name}: {figures['rate']:,.0f} changes/s, p50 {figures['p50']:.2f} ms, "
                  f"p99 {figures['p99']:.2f} ms, {figures['cpu']:.0f} µs of CPU a change", flush=True)
        ratios.append(rates[ledger] / rates["an empty ledger"])
    print(f"large / empty: median {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def served(binary, ledger):
    server = Server(binary)
    server.database = str(ledger)
    return server


def wait_for_index(binary, ledger):
    """Runs a server until it is idle. A server that opens a generated ledger first builds the index of reasons for minutes."""
    with served(binary, ledger) as server:
        usage = Usage(server.process.pid)
        while True:
            time.sleep(5)
            busy, _ = usage.since()
            if busy < IDLE_SECONDS:
                return
            usage = Usage(server.process.pid)


def soak(binary, minutes):
    """Prints one line for each minute of load: changes, times of answers and checkpoints, and memory.

    The times of checkpoints are those of all files: the ledger, the embedded directory and the index of reasons.
    """
    if minutes < 1:
        raise SystemExit("--minutes must be at least 1.")
    memory, slowest, checkpoints, changes = [], 0, [], 0
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
                if not checkpoints and not durations:
                    raise SystemExit("No checkpoint was measured. The program must use the shared library of SQLite.")
                memory.append(resident(server.process.pid, "RssAnon"))
                changes += result["requests"]
                slowest = max(slowest, result["max"] / 1000)
                checkpoints += durations
                print(f"minute {minute + 1}: {result['requests'] / 60:,.0f} changes/s, p50 {result['p50'] / 1000:.1f} ms, "
                      f"p99 {result['p99'] / 1000:.1f} ms, slowest {result['max'] / 1000:.1f} ms, {len(durations)} checkpoints, "
                      f"slowest {max(durations, default=0):.1f} ms, memory {memory[-1]:.1f} MB", flush=True)
    ordered = sorted(checkpoints)
    print(f"{changes:,} changes; slowest answer {slowest:.1f} ms; {len(ordered)} checkpoints: "
          f"median {statistics.median(ordered):.1f} ms, slowest {ordered[-1]:.1f} ms, "
          f"{sum(duration > 50 for duration in ordered)} over 50 ms")
    third = max(1, minutes // 3)
    print(f"memory: median {statistics.median(memory[third:2 * third] or memory):.1f} MB in the second third, "
          f"{statistics.median(memory[-third:]):.1f} MB in the last third")
