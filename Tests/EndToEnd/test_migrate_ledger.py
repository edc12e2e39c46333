"""Tests of the copy of a whole ledger into another database."""

import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

from generated import generate
from reflogserver import BINARY, FRAUD_CHECK, NEW_VENDOR, TENANT, Server, wait_for_checkpoint
from test_exports import make_every_kind_of_change

SQLITE_ONLY = "it copies SQLite files"
STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
UNFINISHED = "is an unfinished copy of another ledger. Run the same reflog migrate-ledger again"
SQLITE_ONLY = "it copies SQLite files"
KILLS = 20
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 60, 1


def reflog(*arguments, binary=False, **settings):
    """Runs a command with only these variables of Reflog, and returns the completed process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
    kept |= {"REFLOG_" + name: value for name, value in settings.items()}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=not binary, env=kept, timeout=300)


def exported(database, form):
    run = reflog("export", "--format", form, "--database", database, binary=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def rows(database):
    """Returns all rows of a ledger's tables, with the types of the values."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as ledger:
        tables = [name for name, in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                  if not name.startswith("sqlite_")]
        return {table: sorted(ledger.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


class MigrateLedger(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="reflog-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def expect_equal(self, source, target):
        self.assertEqual(rows(source), rows(target))
        for form in ("csv", "jsonl", "ocsf"):
            self.assertEqual(exported(source, form), exported(target, form))
        anchor = pathlib.Path(f"{source}.anchor")
        verified = reflog("verify", "--database", target, *(["--anchor", anchor] if anchor.exists() else []))
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def test_a_copy_is_served_with_the_files_of_the_ledger(self):
        with Server() as server, Server() as other:
            make_every_kind_of_change(server)
            key = wait_for_checkpoint(server)[1]
            run = reflog("migrate-ledger", server.database, other.database)
            self.assertEqual(run.returncode, 1)
            self.assertIn("in use by another Reflog process", run.stderr)
            server.stop()
            other.stop()
            shutil.rmtree(other.folder)
            os.mkdir(other.folder)

            run = reflog("migrate-ledger", server.database, other.database)

            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(run.stdout, "")
            for text in (f"{other.database} is a complete copy of {server.database}", "The API tokens were copied.",
                         f"Copy them to {other.database}.key", f"Do not start a server on {server.database} again."):
                self.assertIn(text, run.stderr)
            self.expect_equal(server.database, other.database)
            for ending in ("key", "anchor", "directory"):
                shutil.copy(f"{server.database}.{ending}", f"{other.database}.{ending}")
            other.tokens = server.tokens
            other.start()
            self.assertEqual(len(other.history()), len(server_changes(server)))
            self.assertEqual(other.put(STEP, NEW_VENDOR).status, 204)
            self.assertEqual(other.put(STEP, FRAUD_CHECK).status, 204)
            self.assertEqual(wait_for_checkpoint(other)[1], key)
            self.assertEqual(reflog("verify", "--database", other.database).returncode, 0)

    def test_a_ledger_is_never_written_over(self):
        with Server() as server:
            make_every_kind_of_change(server)
            wait_for_checkpoint(server)
            server.stop()
            before = rows(server.database)
            copy, other = self.folder / "copy.sqlite", self.folder / "other.sqlite"
            # A second run only compares the two ledgers again.
            for _ in range(2):
                self.assertEqual(reflog("migrate-ledger", server.database, copy).returncode, 0)
            generate(other, 10)
            text = self.folder / "notes.txt"
            text.write_text("x" * 200)
            for target, code, message in (
                (other, 1, "already contains a ledger"),
                (server.database, 64, "is a file of the ledger"),
                (server.database + ".anchor", 64, "is a file of the ledger"),
                (text, 1, "it is not a SQLite file"),
                ("postgresql://localhost/reflog", 64, "built without PostgreSQL"),
            ):
                run = reflog("migrate-ledger", server.database, target)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(message, run.stderr)
            self.assertEqual(rows(server.database), before)
            self.assertEqual(rows(copy), before)
            run = reflog("migrate-ledger", self.folder / "none.sqlite", self.folder / "new.sqlite")
            self.assertEqual(run.returncode, 1)
            self.assertFalse((self.folder / "new.sqlite").exists())

    def test_a_killed_copy_can_be_continued(self):
        source, target = self.folder / "source.sqlite", self.folder / "target.sqlite"
        generate(source, 12_000)
        began = time.monotonic()
        self.assertEqual(reflog("migrate-ledger", source, self.folder / "other.sqlite").returncode, 0)
        seconds = time.monotonic() - began
        chance, kills, refusals = random.Random(7), 0, 0
        while kills < KILLS:
            copy = subprocess.Popen([BINARY, "migrate-ledger", source, target], stderr=subprocess.PIPE, text=True)
            try:
                # If earlier runs copied all rows, this run copies no row. But the run always needs time for the comparison.
                messages = copy.communicate(timeout=chance.uniform(0, seconds / 2))[1]
            except subprocess.TimeoutExpired:
                copy.kill()
                copy.communicate()
                kills += 1
            else:
                self.assertEqual(copy.returncode, 0, messages)
                self.expect_equal(source, target)
                for file in self.folder.glob("target.sqlite*"):
                    file.unlink()
            refusals += self.is_refused(target)

        run = reflog("migrate-ledger", source, target)

        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertGreater(refusals, KILLS // 2)
        self.expect_equal(source, target)

    def is_refused(self, target):
        """Returns whether the target is an unfinished copy. Checks that a server and other verbs then refuse the target."""
        run = reflog("status", "--database", target)
        if UNFINISHED not in run.stderr:
            return False
        settings = {"DIRECTORY": "graph", "GRAPH_TENANT": TENANT, "AUTH_MODE": "token,passthrough"}
        for arguments in (("verify",), ("compact",), ("serve", "--port", "0")):
            refused = reflog(*arguments, "--database", target, **(settings if "serve" in arguments else {}))
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(UNFINISHED, refused.stderr)
        return True


def server_changes(server):
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return ledger.execute("SELECT id FROM change").fetchall()


if __name__ == "__main__":
    unittest.main()
