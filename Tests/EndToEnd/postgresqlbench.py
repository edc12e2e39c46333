"""Compares Reflog with its ledger in PostgreSQL, Reflog with SQLite, and pgbench. Compare only figures of one round."""

import math
import pathlib
import re
import statistics
import subprocess
import tempfile

from peers.load import WARM_UP_SECONDS
from peers.reflog import prepared_load, recorded
from postgresqlreflog import PostgreSQLReflog
from postgresqlserver import PostgreSQLServer
from reflogserver import Server

CONNECTIONS = (64, 8, 1)

# The tables for pgbench. Each transaction makes one append under the lock of the head row, like a program without group commit.
SCHEMA = """
CREATE TABLE head (id bigint PRIMARY KEY, next_sequence bigint NOT NULL, root bytea NOT NULL);
INSERT INTO head VALUES (1, 0, sha256(''));
CREATE TABLE entry (sequence bigint PRIMARY KEY, address bigint NOT NULL, hash bytea NOT NULL);
CREATE INDEX entry_address ON entry (address, sequence);
"""
APPEND = """
\\set address random(1, 1000)
BEGIN;
SELECT next_sequence FROM head WHERE id = 1 FOR UPDATE \\gset
INSERT INTO entry VALUES (:next_sequence, :address, sha256(:next_sequence::text::bytea));
UPDATE head SET next_sequence = next_sequence + 1, root = sha256(root) WHERE id = 1;
COMMIT;
"""


def measure(options):
    """Runs all rounds, and prints the figures of each round and the medians of the ratios."""
    ratios = {"pgbench": [], "sqlite": []}
    with PostgreSQLServer(max_connections=200, shared_buffers="256MB") as postgresql:
        postgresql.psql("CREATE DATABASE pgbench")
        postgresql.psql(SCHEMA, database="pgbench")
        for number in range(options.rounds):
            appends = pgbench(postgresql, options.seconds)
            name = f"round{number}"
            postgresql.create_database(name)
            with PostgreSQLReflog(postgresql.dsn(database=name), options.binary) as server:
                there = loads(server, options.seconds)
            with Server(options.binary) as server:
                sqlite = loads(server, options.seconds)
            ratios["pgbench"].append(there[64]["rate"] / appends)
            ratios["sqlite"].append(there[64]["rate"] / sqlite[64]["rate"])
            print(f"round {number + 1} of {options.rounds}")
            print(f"  pgbench, one append a transaction, 64 clients: {appends:,.0f}/s")
            for title, figures in (("Reflog on PostgreSQL", there), ("Reflog on SQLite", sqlite)):
                for connections in CONNECTIONS:
                    found = figures[connections]
                    print(f"  {title}, {connections} connections: {found['rate']:,.0f}/s, "
                          f"p50 {found['p50']:.2f} ms, p99 {found['p99']:.2f} ms")
    for name, values in ratios.items():
        print(f"Reflog on PostgreSQL / {name}: {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")


def pgbench(postgresql, seconds):
    """Returns the number of appends per second."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(APPEND)
        script.flush()
        pathlib.Path(script.name).chmod(0o644)
        done = subprocess.run(
            [postgresql.programs / "pgbench", "-n", "-f", script.name, "-c", "64", "-j", "2", "-T", str(math.ceil(seconds)),
             postgresql.dsn("postgres", "pgbench")],
            check=True, capture_output=True, text=True,
        )
    return float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])


def loads(server, seconds):
    """Returns, for each number of connections, the changes per second and the percentiles of the response times."""
    load = prepared_load(server)
    found = {}
    for connections in CONNECTIONS:
        load.run(connections, WARM_UP_SECONDS)
        load.measure(connections, seconds)
        figures = {name.rsplit(".", 1)[1]: value for name, value in load.figures.items() if f".{connections}." in name}
        found[connections] = figures
    load.check(recorded(server))
    return found
