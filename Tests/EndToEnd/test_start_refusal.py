import contextlib
import os
import pathlib
import shutil
import sqlite3
import unittest

from forger import Forger
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server
from test_log import STEP, settled

# What is made of the checkpoint in the file, so that it may seem to cover what was forged.
CHECKPOINTS = {
    "as it is": "",
    "with the size of all that is there": "UPDATE checkpoint SET size = (SELECT count(*) FROM entry)",
    "deleted": "DELETE FROM checkpoint",
}


class StartRefusal(unittest.TestCase):
    """A ledger of which something is gone by the word of an event that nobody signed is not served, and not signed."""

    @classmethod
    def setUpClass(cls):
        cls.signed = cls.enterClassContext(Server())
        for number in range(6):
            cls.signed.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2], headers={"Reflog-Reason": "CHG0042"})
        # Nothing is old enough to go, but somebody asked for a purge: one more event of it looks like any other.
        for path, body in (("retention", {"days": 400}), ("retention/purge", {})):
            answer = cls.signed.request("POST", f"/beta/reflog/{path}", body, role="admin")
            assert answer.status in (200, 202), answer.text
        settled(cls.signed)
        assert cls.signed.stop() == 0

    def test_the_control_starts(self):
        for checkpoint, statement in CHECKPOINTS.items():
            with self.subTest(checkpoint=checkpoint):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    ledger.execute(statement)
                before = contents(server)

                server.start()

                self.assertEqual(server.stop(), 0)
                self.assertNotEqual(contents(server), before)
                self.assertEqual(verified(server).returncode, 0)

    def test_a_purge_that_nobody_signed_stops_the_start(self):
        self.assert_each_is_refused(purge_oldest)

    def test_an_erasure_that_nobody_signed_stops_the_start(self):
        self.assert_each_is_refused(erase_oldest)

    def copy(self):
        """A server, not started, over a copy of the signed ledger and of all that stands beside it."""
        server = Server()
        self.addCleanup(server.__exit__)
        for file in pathlib.Path(self.signed.folder).glob("reflog.sqlite*"):
            shutil.copy(file, server.folder)
        return server

    def assert_each_is_refused(self, forge):
        """The start ends with 1 and one line that says why, and leaves the ledger as it was."""
        for checkpoint, statement in CHECKPOINTS.items():
            with self.subTest(checkpoint=checkpoint):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    sequence = forge(ledger)
                    ledger.execute(statement)
                before = contents(server)

                with self.assertRaises(AssertionError, msg="it started"):
                    server.start()

                self.assertEqual(server.process.returncode, 1, server.log)
                self.assertRegex(server.log, rf"\Areflog: Entry {sequence} says that history goes, and it is gone although no "
                                             r"checkpoint over that entry was signed: [^\n]+ Run reflog verify, [^\n]+\n\Z")
                self.assertEqual(contents(server), before)
                self.assertEqual(verified(server).returncode, 65)


@contextlib.contextmanager
def disarmed(path):
    """A ledger open to somebody who alters it: its triggers are gone, and there again afterwards."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        triggers = ledger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            ledger.execute(f"DROP TRIGGER {name}")
        yield ledger
        for _, sql in triggers:
            ledger.execute(sql)
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def purge_oldest(ledger):
    """Takes the oldest change away as a purge does, behind an event that says so; returns the number of that one's entry."""
    event = Forger(ledger).append_event("purged", {"changes": "1", "purge": 1}, os.urandom(16))
    ledger.execute("INSERT INTO purged_change VALUES (1, 1, ?)", (event,))
    for statement in ("DELETE FROM idempotency WHERE change = 1", "DELETE FROM change_personal WHERE change = 1",
                      "DELETE FROM change WHERE id = 1", "UPDATE entry SET salt = NULL WHERE change = 1"):
        ledger.execute(statement)
    return newest_entry(ledger)


def erase_oldest(ledger):
    """Takes away what the oldest change says of somebody, as an erasure does; returns the number of its event's entry."""
    forger = Forger(ledger)
    actor, kind, id = ledger.execute("SELECT actor.id, actor_type, actor_id FROM change JOIN actor ON actor.id = change.actor "
                                     "WHERE change.id = 1").fetchone()
    event = forger.append_event("erased", {"actorId": id, "actorType": kind}, os.urandom(16))
    ledger.execute("INSERT INTO erasure (actor, event) VALUES (?, ?)", (actor, event))
    ledger.execute("UPDATE change_personal SET erased_hash = ?, salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL "
                   "WHERE change = 1", (forger.personal("change_personal", 1),))
    return newest_entry(ledger)


def newest_entry(ledger):
    return ledger.execute("SELECT max(sequence) FROM entry").fetchone()[0]


def contents(server):
    """The bytes of the ledger and of what stands beside it, and all rows; what SQLite keeps for itself aside."""
    files = {file.name: file.read_bytes() for file in pathlib.Path(server.folder).glob("reflog.sqlite*")
             if not file.name.endswith(("-wal", "-shm"))}
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return files, list(ledger.iterdump())


def verified(server):
    return server.command("verify", "--database", server.database, "--anchor", server.database + ".anchor")
