"""Functions and a test case that several tests of `reflog migrate-ledger` share."""

import contextlib
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from reflogserver import BINARY, TENANT

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
UNFINISHED = "is an unfinished copy of another ledger. Run the same reflog migrate-ledger again"


def reflog(*arguments, binary=False, **settings):
    """Runs a command, and returns the completed process. Of Reflog's environment variables, only `settings` are set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
    kept |= {"REFLOG_" + name: value for name, value in settings.items()}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=not binary, env=kept, timeout=300)


def exported(database, form):
    run = reflog("export", "--format", form, "--database", database, binary=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def rows(database):
    """Returns all rows of a SQLite ledger's tables, with the types of the values."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as ledger:
        tables = [name for name, in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                  if not name.startswith("sqlite_")]
        return {table: sorted(ledger.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


class MigrationTestCase(unittest.TestCase):
    """A test case in which each test has a separate temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="reflog-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def expect_equal(self, *ledgers, anchor=None):
        """Checks that all ledgers have the same exports and pass a verification."""
        for form in ("csv", "jsonl", "ocsf"):
            self.assertEqual({exported(ledger, form) for ledger in ledgers}, {exported(ledgers[0], form)})
        for ledger in ledgers:
            run = reflog("verify", "--database", ledger, *(["--anchor", anchor] if anchor else []))
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def is_killed(self, source, target, seconds):
        """Copies a ledger with a separate process, and kills the process after `seconds`. Returns False if the copy was complete
        earlier."""
        copy = subprocess.Popen([BINARY, "migrate-ledger", source, target], stderr=subprocess.PIPE, text=True)
        try:
            messages = copy.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            copy.kill()
            copy.communicate()
            return True
        self.assertEqual(copy.returncode, 0, messages)
        return False

    def is_refused(self, target, verb, **settings):
        """Returns whether the target is an unfinished copy. Checks that each command refuses an unfinished copy."""
        if UNFINISHED not in reflog("status", "--database", target).stderr:
            return False
        served = {"DIRECTORY": "graph", "GRAPH_TENANT": TENANT, "AUTH_MODE": "token,passthrough"} | settings
        for arguments in (("verify",), verb, ("serve", "--port", "0")):
            refused = reflog(*arguments, "--database", target, **(served if "serve" in arguments else {}))
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(UNFINISHED, refused.stderr)
        return True
