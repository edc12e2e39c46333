"""Tests of the copy of a whole ledger into PostgreSQL and from PostgreSQL."""

import random
import threading
import time
import unittest

from generated import generate
from migratedledgers import STEP, MigrationTestCase, reflog, rows
from postgresqldatabase import OWNER, Database, psql
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, wait_for_checkpoint
from test_exports import make_every_kind_of_change

POSTGRESQL_ONLY = "it needs a program with PostgreSQL"
KILLS = 20
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 20, 1


class MigratePostgreSQL(MigrationTestCase):
    def database(self):
        database = Database()
        self.addCleanup(database.drop)
        return database

    def migrate(self, source, target):
        run = reflog("migrate-ledger", source, target)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, "")
        return run.stderr

    def test_a_ledger_moves_between_databases_and_is_served_there(self):
        with Server() as server:
            make_every_kind_of_change(server)
            key = wait_for_checkpoint(server)[1]
            server.stop()
            first, second = self.folder / "first.sqlite", self.folder / "second.sqlite"
            other = self.database()

            messages = [self.migrate(server.database, first), self.migrate(first, other.url_of(OWNER)),
                        self.migrate(other.url, second)]

            self.assertIn("The API tokens were copied.", messages[0])
            self.assertIn(f"Copy them to {first}.key", messages[0])
            self.assertIn(f"--files {first}.", messages[1])
            self.assertEqual(rows(first), rows(second))
            self.assertEqual(rows(f"{first}.tokens"), rows(f"{second}.tokens"))
            self.expect_equal(server.database, first, other.url, second, anchor=server.files + ".anchor")
            # The server continues with the signing key, the anchor and the embedded directory of the first ledger.
            server.database = other.url
            server.start()
            changes = len(server.history())
            self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
            self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)
            self.assertEqual(wait_for_checkpoint(server)[1], key)
            self.assertEqual(len(server.history()), changes + 2)
            self.assertEqual(reflog("verify", "--database", other.url, "--anchor", server.files + ".anchor").returncode, 0)

    def test_unsuitable_sources_and_targets_are_refused(self):
        source, empty = self.folder / "source.sqlite", self.database()
        generate(source, 10)
        full = self.database()
        self.migrate(source, full.url_of(OWNER))
        another = self.folder / "another.sqlite"
        generate(another, 20)
        before = rows_of(full)
        for arguments, code, message in (
            ((another, full.url_of(OWNER)), 1, "already contains a ledger"),
            ((full.url, full.url), 64, "is the ledger to copy"),
            ((source, empty.url), 1, "Name a role that owns the tables"),
            ((empty.url, self.folder / "new.sqlite"), 1, "it contains no history"),
        ):
            with self.subTest(message):
                run = reflog("migrate-ledger", *arguments)
                self.assertEqual(run.returncode, code, run.stderr)
                self.assertIn(message, run.stderr)
        self.assertEqual(rows_of(full), before)
        # The second run only compares the two ledgers again.
        self.migrate(source, full.url_of(OWNER))

    def test_a_source_that_a_server_writes_is_refused(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK)
            target = self.folder / "target.sqlite"
            self.migrate(server.database, target)
            server.put(STEP, NEW_VENDOR)
            run = reflog("migrate-ledger", server.database, target)
            self.assertEqual(run.returncode, 1)
            self.assertIn("already contains a ledger", run.stderr)

    def test_a_killed_copy_can_be_continued(self):
        source, target, back = self.folder / "source.sqlite", self.database(), self.folder / "back.sqlite"
        generate(source, 5_000)
        other = self.database()
        began = time.monotonic()
        self.migrate(source, other.url_of(OWNER))
        seconds = time.monotonic() - began
        chance, refusals = random.Random(11), 0
        settings = {"FILES": str(self.folder / "files"), "ACCEPT_NO_STANDBY": "true"}
        # Half of the kills interrupt the copy into PostgreSQL. The other half interrupt the copy from PostgreSQL.
        for start, end in ((source, target.url_of(OWNER)), (target.url, back)):
            kills = 0
            while kills < KILLS // 2:
                kills += self.is_killed(start, end, chance.uniform(0, seconds / 3))
                refusals += self.is_refused(end, ("export", "--format", "csv"), **settings)
            self.migrate(start, end)

        self.assertGreater(refusals, KILLS // 4)
        self.assertEqual(rows(source), rows(back))
        self.expect_equal(source, target.url, back)
        self.assertEqual(psql(target.url_of(OWNER), "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'"), "0")

    def test_two_copies_at_the_same_time_are_refused(self):
        source, target = self.folder / "source.sqlite", self.database()
        generate(source, 2_000)
        runs = []
        threads = [threading.Thread(target=lambda: runs.append(reflog("migrate-ledger", source, target.url_of(OWNER))))
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        # If the second process begins after the first process has ended, the second process only compares the two ledgers.
        self.assertIn(0, [run.returncode for run in runs])
        for run in runs:
            if run.returncode != 0:
                self.assertRegex(run.stderr, r"^reflog: Another run of reflog migrate-ledger is copying into \S+, so nothing "
                                             r"was copied\.")
        self.expect_equal(source, target.url)


def rows_of(database):
    """Returns the contents of a PostgreSQL database as SQL. Leaves out the lines with a random key, because the key differs in
    each dump."""
    return [line for line in database.dump().splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


if __name__ == "__main__":
    unittest.main()
