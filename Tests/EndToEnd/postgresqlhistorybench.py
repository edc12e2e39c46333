"""Measures pages and the CSV export of a generated ledger after a copy into PostgreSQL."""

import os
import random
import shutil
import statistics
import subprocess
import time

from historybench import COLUMNS, SETTINGS, Client, Queries, path, percentile
from postgresqldatabase import OWNER
from postgresqlreflog import PostgreSQLReflog
from postgresqlserver import PostgreSQLServer
from reflogserver import Graph

WARM_UP_ROUNDS = 20


def measure(options, ledger):
    """Copies a ledger that tools/generate created into a new database, and measures the copy there."""
    with PostgreSQLServer(max_connections=50, shared_buffers="1GB") as postgresql:
        postgresql.create_database("history")
        (service, owner) = (postgresql.dsn(database="history"), postgresql.dsn(OWNER, "history"))
        took, memory = timed([options.binary, "migrate-ledger", ledger, owner])
        print(f"reflog migrate-ledger: {took:.0f} s, peak memory {memory:.0f} MB", flush=True)
        postgresql.psql("VACUUM ANALYZE", database="history")
        with Graph() as graph, served(service, ledger, options.binary, graph) as server:
            pages(server, ledger, options.rounds * 100)
        export(service, options)


def served(url, ledger, binary, graph):
    """Returns a server for the copy of a ledger, with the files of the ledger."""
    server = PostgreSQLReflog(url, binary, graph, **SETTINGS)
    for ending in (".key", ".anchor", ".first-tokens"):
        if os.path.exists(f"{ledger}{ending}"):
            shutil.copy(f"{ledger}{ending}", server.files + ending)
    return server


def pages(server, ledger, rounds):
    """Measures the first page of 100 of every query of `tools/bench history`."""
    client, queries, times = Client(server), Queries(ledger, random.Random(1)), {}
    for number in range(rounds + WARM_UP_ROUNDS):
        for name, filter in queries.all().items():
            took, _ = client.get(path(filter, top=100))
            if number >= WARM_UP_ROUNDS:
                times.setdefault(name, []).append(took * 1000)
    print(f"{'first page of 100':32}{'p50 ms':>8}{'p99 ms':>8}")
    for name, found in times.items():
        print(f"{name:32}{percentile(found, .5):8.2f}{percentile(found, .99):8.2f}", flush=True)


def export(url, options):
    """Compares the CSV export with COPY by psql of two views: one with numbers for times, and one with times as text, as in the
    export. All programs write to /dev/null."""
    views = {"change_details": COLUMNS, "history": "*"}
    ratios = {view: [] for view in views}
    for number in range(options.rounds):
        took, memory = timed([options.binary, "export", "--format", "csv"], REFLOG_DATABASE=url)
        print(f"round {number + 1}: reflog export {took:.1f} s, peak memory {memory:.0f} MB", flush=True)
        for view, columns in views.items():
            copy = f"COPY (SELECT {columns} FROM {view} ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)"
            alone, _ = timed(["psql", "--no-psqlrc", "--quiet", "--dbname", url, "--command", copy])
            ratios[view].append(alone / took)
            print(f"round {number + 1}: COPY of {view} by psql {alone:.1f} s", flush=True)
    for view, found in ratios.items():
        print(f"COPY of {view} / reflog export: median {statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})")


def timed(command, **variables):
    """Runs a command without its output. Returns its time in seconds and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env=os.environ | variables)
    messages = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{messages.decode()[-2000:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024
