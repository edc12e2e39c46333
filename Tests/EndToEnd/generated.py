"""Creates ledgers with long histories, serves them, and reads their files."""

import os
import sqlite3
import subprocess
import tempfile

from reflogserver import BUILD, Graph, Server

# These settings contain no credential, so Reflog makes no sweep. A sweep would record drift, because the fake Graph does not
# have the flows of the generated history.
SETTINGS = {"AUTH_MODE": "token,passthrough", "GRAPH_CLIENT_ID": None, "GRAPH_CLIENT_SECRET": None}


def generate(path, changes, seed=1, configuration="debug"):
    """Creates a ledger whose changes are spread over three years, from 2023 on."""
    program = BUILD / configuration / "ReflogGenerate"
    subprocess.run([program, "--changes", str(changes), "--seed", str(seed), path], check=True, stderr=subprocess.DEVNULL)


class GeneratedServer(Server):
    """A server for a generated ledger, in front of a fake Graph that has none of the ledger's flows."""

    def __init__(self, changes, seed=1, configuration="debug", **settings):
        super().__init__(BUILD / configuration / "reflog", **(SETTINGS | settings))
        generate(self.database, changes, seed, configuration)

    def __enter__(self):
        self.graph = Graph()
        self.graph.__enter__()
        return super().__enter__()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.graph.__exit__(*arguments)

    def rows(self, sql, *values):
        """Runs a query on the ledger's file while the server runs."""
        ledger = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return ledger.execute(sql, values).fetchall()
        finally:
            ledger.close()

    def admin(self, *arguments, check=True):
        """Runs a command of the command line as an admin."""
        run = self.command(*arguments, role="admin")
        assert not check or run.returncode == 0, (arguments, run.returncode, run.stderr)
        return run

    def verify(self, *arguments, database=None):
        return self.command("verify", "--database", database or self.database, *arguments)


def texts_in_file(path, *texts):
    """Returns those of the given texts that the file contains, as a list."""
    with open(path, "rb") as file:
        content = file.read()
    return [text for text in texts if (text if isinstance(text, bytes) else text.encode()) in content]


def temporary(name):
    return os.path.join(tempfile.mkdtemp(prefix="reflog-test-"), name)
