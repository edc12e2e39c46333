"""Tests of the copy of a whole ledger into another database."""

import contextlib
import os
import random
import shutil
import sqlite3
import time
import unittest

from generated import generate
from migratedledgers import STEP, MigrationTestCase, reflog, rows
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, wait_for_checkpoint
from test_exports import make_every_kind_of_change

SQLITE_ONLY = "it copies SQLite files"
KILLS = 20
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 60, 1


class MigrateLedger(MigrationTestCase):
    def expect_copy(self, source, target, anchor=None):
        self.assertEqual(rows(source), rows(target))
        self.expect_equal(source, target, anchor=anchor)

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
            self.expect_copy(server.database, other.database, f"{server.database}.anchor")
            for ending in ("key", "anchor", "directory"):
                shutil.copy(f"{server.database}.{ending}", f"{other.database}.{ending}")
            other.tokens = server.tokens
            other.start()
            self.assertEqual(len(other.history()), len(server_changes(server)))
            self.assertEqual(other.put(STEP, NEW_VENDOR).status, 204)
            self.assertEqual(other.put(STEP, FRAUD_CHECK).status, 204)
            self.assertEqual(wait_for_checkpoint(other)[1], key)
            self.assertEqual(reflog("verify", "--database", other.database).returncode, 0)

    def test_an_existing_ledger_is_never_overwritten(self):
        with Server() as server:
            make_every_kind_of_change(server)
            wait_for_checkpoint(server)
            server.stop()
            before = rows(server.database)
            copy, other = self.folder / "copy.sqlite", self.folder / "other.sqlite"
            # The first run copies the ledger. The second run only compares the two ledgers.
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
            ):
                run = reflog("migrate-ledger", server.database, target)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(message, run.stderr)
            # If the program was built with PostgreSQL, the connection fails, because no program listens on port 1.
            run = reflog("migrate-ledger", server.database, "postgresql://localhost:1/reflog")
            self.assertIn(run.returncode, (64, 70), run.stderr)
            self.assertRegex(run.stderr, "built without PostgreSQL|Connection refused")
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
            # Kill the process at a random moment in the first half of the time that a whole copy takes. Even a continued copy
            # often takes longer than this, because it ends with a comparison of all rows.
            if self.is_killed(source, target, chance.uniform(0, seconds / 2)):
                kills += 1
            else:
                self.expect_copy(source, target)
                for file in self.folder.glob("target.sqlite*"):
                    file.unlink()
            refusals += self.is_refused(target, ("compact",))

        run = reflog("migrate-ledger", source, target)

        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertGreater(refusals, KILLS // 2)
        self.expect_copy(source, target)


def server_changes(server):
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return ledger.execute("SELECT id FROM change").fetchall()


if __name__ == "__main__":
    unittest.main()
