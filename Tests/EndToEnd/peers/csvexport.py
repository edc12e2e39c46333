"""Compares Reflog's CSV export of a ledger with the sqlite3 shell and with a C loop. The three programs read the same file.

The C loop prints the same bytes as Reflog. The shell prints the same cells, but quotes them differently.
"""

import csv
import hashlib
import itertools
import os
import pathlib
import shutil
import subprocess
import time

import historybench
from peers.processes import run
from reflogserver import Graph

HERE = pathlib.Path(__file__).resolve().parent


class CSVExport:
    name = "csv"
    title = "export as CSV: Reflog, the sqlite3 shell, a C loop"

    def __init__(self, bench):
        self.bench = bench
        self.ledger = os.path.join(bench.folder, "ledger.sqlite")
        self.loop = os.path.join(bench.folder, "csvloop")

    def prepare(self):
        """Creates or copies the ledger, compiles the C loop, and checks that all programs print the same rows."""
        if self.bench.ledger:
            # A signed ledger needs its key and its anchor.
            for end in ("", ".key", ".anchor"):
                if not end or os.path.exists(self.bench.ledger + end):
                    shutil.copy(self.bench.ledger + end, self.ledger + end)
        else:
            run(self.bench.generator, "--changes", self.bench.changes, self.ledger)
        compile_loop(self.loop)
        self.rows = int(run("sqlite3", "-readonly", self.ledger, "SELECT count(*) FROM change"))
        self.check()

    @property
    def commands(self):
        """The commands that print the rows without a server."""
        return {
            "command": [self.bench.binary, "export", "--database", self.ledger],
            # The option -init replaces the user's own settings, because those settings could change the output.
            "shell": ["sqlite3", "-readonly", "-init", HERE / "csvshell.sql", self.ledger, ""],
            "loop": [self.loop, self.ledger],
        }

    def measure(self):
        figures = {}
        with Graph() as graph, historybench.serving(self.bench.binary, self.ledger, graph) as server:
            figures["csv.http"] = self.rate(self.client(server))
        return figures | {f"csv.{name}": self.rate(command) for name, command in self.commands.items()}

    def client(self, server):
        """Returns a command that downloads the export."""
        url = f"{server.url}{historybench.CHANGES}?$format=csv"
        return ["curl", "--silent", "--show-error", "--fail", "--header", "Authorization: Bearer " + server.tokens["reader"], url]

    def rate(self, command):
        """Returns the number of rows that a command prints per second. The time includes the start and the end of the command.
        Discards the output."""
        start = time.perf_counter()
        self.start(command, stdout=subprocess.DEVNULL).wait()
        return self.rows / (time.perf_counter() - start)

    def start(self, command, **options):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
        return Checked(command, stdin=subprocess.DEVNULL, env=environment, **options)

    def check(self):
        """Ends the run with an error if the programs print different rows."""
        with Graph() as graph, historybench.serving(self.bench.binary, self.ledger, graph) as server:
            sums = {"http": self.sha256(self.client(server))}
        sums |= {name: self.sha256(self.commands[name]) for name in ("command", "loop")}
        if len(set(sums.values())) > 1:
            raise SystemExit(f"Reflog and the C loop print different files: {sums}")
        difference = self.first_difference(self.commands["command"] + ["--raw"], self.commands["shell"])
        if difference:
            raise SystemExit(f"Reflog and the sqlite3 shell print different rows: {difference}")

    def first_difference(self, one, other):
        """Compares the rows that two commands print. Returns the first pair of different rows, or None if all are equal."""
        difference = None
        with self.lines(one) as ours, self.lines(other) as theirs:
            for rows in itertools.zip_longest(csv.reader(ours.stdout), csv.reader(theirs.stdout)):
                if rows[0] != rows[1]:
                    difference = difference or rows
        return difference

    def lines(self, command):
        return self.start(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def sha256(self, command):
        with self.start(command, stdout=subprocess.PIPE) as process:
            return hashlib.file_digest(process.stdout, "sha256").hexdigest()


class Checked(subprocess.Popen):
    """A process whose failure ends the run."""

    def wait(self, timeout=None):
        status = super().wait(timeout)
        if status:
            raise SystemExit(f"{self.args[0]} ended with {status}.")
        return status


def compile_loop(path):
    run("cc", "-O2", "-o", path, HERE / "csvloop.c", "-lsqlite3")
