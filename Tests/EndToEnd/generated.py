"""Ledgers with much history, made through the code that writes real ones, and what stands in them."""

import os
import sqlite3
import subprocess
import tempfile

from reflogserver import ROOT, Graph, Server

# No credential of its own: the Graph behind it knows nothing of what was generated, and a sweep would say so.
SETTINGS = {"AUTH_MODE": "token,passthrough", "GRAPH_CLIENT_ID": None, "GRAPH_CLIENT_SECRET": None}


def generate(path, changes, seed=1, configuration="debug"):
    """Makes a ledger of three years, from 2023 on."""
    program = ROOT / ".build" / configuration / "ReflogGenerate"
    subprocess.run([program, "--changes", str(changes), "--seed", str(seed), path], check=True, stderr=subprocess.DEVNULL)


class GeneratedServer(Server):
    """A server over a generated ledger, before a Graph that knows nothing of it."""

    def __init__(self, changes, seed=1, configuration="debug", **settings):
        super().__init__(ROOT / ".build" / configuration / "reflog", **(SETTINGS | settings))
        generate(self.database, changes, seed, configuration)

    def __enter__(self):
        self.graph = Graph()
        self.graph.__enter__()
        return super().__enter__()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.graph.__exit__(*arguments)

    def rows(self, sql, *values):
        """Reads the file beside the server."""
        ledger = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return ledger.execute(sql, values).fetchall()
        finally:
            ledger.close()

    def admin(self, *arguments, check=True):
        """Runs a verb of the command line as an admin."""
        run = self.command(*arguments, role="admin")
        assert not check or run.returncode == 0, (arguments, run.returncode, run.stderr)
        return run

    def verify(self, *arguments, database=None):
        return self.command("verify", "--database", database or self.database, *arguments)


def holds_text(path, *texts):
    """Which of these texts stand in a file, however SQLite keeps it."""
    with open(path, "rb") as file:
        content = file.read()
    return [text for text in texts if (text if isinstance(text, bytes) else text.encode()) in content]


def temporary(name):
    return os.path.join(tempfile.mkdtemp(prefix="reflog-test-"), name)
