import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import unittest

from forger import Forger
from ledgerfile import disarmed
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, settled
from test_log import STEP

# What is made of the checkpoint in the file, so that it may seem to cover what was forged.
CHECKPOINTS = {
    "as it is": "",
    "with the size of all that is there": "UPDATE checkpoint SET size = (SELECT count(*) FROM entry)",
    "deleted": "DELETE FROM checkpoint",
}


FOREIGN = "What stands in the ledger from entry [0-9]+ on is not what Reflog appended there"


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

                if checkpoint == "deleted":
                    with self.assertRaisesRegex(AssertionError, FOREIGN):
                        server.start()
                    self.assertEqual(contents(server), before)
                    continue
                server.start()

                self.assertEqual(server.stop(), 0)
                self.assertNotEqual(contents(server), before)
                self.assertEqual(verified(server).returncode, 0)

    def test_nothing_is_signed_that_somebody_else_appended(self):
        for forge in (order_purge, claim_oldest, release_holds):
            with self.subTest(forge=forge.__name__):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    forge(ledger)
                before = contents(server)
                with self.assertRaisesRegex(AssertionError, FOREIGN):
                    server.start()
                self.assertEqual(contents(server), before)

    def test_a_server_records_and_signs_nothing_behind_what_somebody_else_appended(self):
        server = self.copy()
        server.start()
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
        settled(server)
        with disarmed(server.database) as ledger:
            order_purge(ledger)
        signed = server.request("GET", "/checkpoint").text
        answer = server.put(STEP, FRAUD_CHECK)
        self.assertEqual((answer.status, answer.code), (503, "ledgerUnavailable"))
        self.assertRegex(answer.text, FOREIGN)
        self.assertEqual(server.reference(STEP), NEW_VENDOR)
        self.assertEqual(server.request("GET", "/readyz").status, 503)
        self.assertEqual(server.request("GET", "/checkpoint").text, signed)
        server.stop()
        with self.assertRaisesRegex(AssertionError, FOREIGN):
            server.start()

    def test_a_purge_that_nobody_signed_stops_the_start(self):
        self.assert_each_is_refused(purge_oldest)

    def test_entries_that_nobody_signed_the_loss_of_stop_the_start(self):
        self.assert_each_is_refused(empty_newest)

    def test_an_erasure_that_nobody_signed_stops_the_start(self):
        self.assert_each_is_refused(erase_oldest)

    def test_an_erasure_is_not_signed_because_a_row_names_an_older_event(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            erase_oldest(ledger)
            ledger.execute("INSERT INTO erasure (actor, event, finished) SELECT actor, 1, 1 FROM change WHERE id = 1")
        self.assert_refused(server, "Entry [0-9]+ says that history goes, ")

    def test_an_erasure_long_ago_speaks_for_no_later_words(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK, headers={"Reflog-Reason": "CHG0042"})
            actor = server.history()[0]["initiatedBy"]["token"]["id"]
            self.assertEqual(server.command("erase", "--actor", actor, "--yes", role="admin").returncode, 0)
            change = int(server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0043"}).change)
            settled(server)
            server.stop()
            os.remove(os.path.join(server.folder, "log"))
            with disarmed(server.database) as ledger:
                erase(ledger, change, recorded=False)
            self.assert_refused(server, "Entry [0-9]+ says that history goes, ")

    def test_no_older_ledger_that_nobody_signed_was_accepted(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            Forger(ledger).append_event("olderLedgerAccepted", {"lostChanges": "1"}, os.urandom(16))
            delete_oldest(ledger)
        self.assert_refused(server, "")

    def test_losses_that_nobody_signed_are_not_accepted_with_an_older_ledger(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            purge_oldest(ledger)
        with open(server.database + ".anchor", "rb") as anchor:
            origin, size, root, *rest = anchor.read().split(b"\n")
        pathlib.Path(server.database + ".anchor").write_bytes(b"\n".join([origin, b"%d" % (int(size) + 9), root, *rest]))
        server.settings["ACCEPT_OLDER_LEDGER"] = "true"
        self.assert_refused(server, "Entry [0-9]+ says that history goes, ")

    def test_a_schema_that_somebody_altered_is_not_served(self):
        for statement, name in (
                ("DROP TRIGGER change_delete", "trigger change_delete"), ("DROP INDEX change_effective", "index change_effective"),
                ("CREATE VIEW shadow AS SELECT 1", "view shadow"),
                ("CREATE TRIGGER planted AFTER INSERT ON change BEGIN UPDATE entry SET salt = NULL; END", "trigger planted")):
            with self.subTest(statement=statement):
                server = self.copy()
                with contextlib.closing(sqlite3.connect(server.database, isolation_level=None)) as ledger:
                    ledger.execute(statement)
                with self.assertRaisesRegex(AssertionError, f"is not Reflog's own: the {name} is missing, altered or somebody else's"):
                    server.start()

    def test_a_checkpoint_beside_its_note_counts_for_nothing(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            ledger.execute("UPDATE checkpoint SET size = size - 1")
        with self.assertRaisesRegex(AssertionError, "for the size of a checkpoint that was signed for"):
            server.start()

    def test_a_key_that_nobody_signed_signs_nothing(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            forger, chance = Forger(ledger), random.Random(1)
            ours = ledger.execute("SELECT verifier_key FROM checkpoint").fetchone()[0]
            forger.append_event("keyRotated", {"from": forger.rebuild(chance).vkey, "to": ours}, os.urandom(16))
            purge_oldest(ledger)
            forger.sign(forger.rebuild(random.Random(1)))
        self.assert_refused(server, "")

    def test_where_nothing_is_signed_any_more_nothing_may_be_gone(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            sequence = purge_oldest(ledger)
            ledger.execute("DELETE FROM checkpoint")
        os.remove(server.database + ".anchor")
        before = contents(server)
        with self.assertRaises(AssertionError, msg="it started"):
            server.start()
        self.assertEqual(server.process.returncode, 1, server.log)
        self.assertIn(f"Entry {sequence} says that history goes, ", server.log)
        self.assertEqual(contents(server), before)

    def copy(self):
        """A server, not started, over a copy of the signed ledger and of all that stands beside it."""
        server = Server()
        self.addCleanup(server.__exit__)
        for file in pathlib.Path(self.signed.folder).glob("reflog.sqlite*"):
            shutil.copy(file, server.folder)
        return server

    def assert_each_is_refused(self, forge):
        """Whatever is made of the checkpoint."""
        for checkpoint, statement in CHECKPOINTS.items():
            with self.subTest(checkpoint=checkpoint):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    sequence = forge(ledger)
                    ledger.execute(statement)
                with_other_size = "size" in statement
                self.assert_refused(
                    server, "The ledger holds what Reflog does not write: [0-9]+ for the size of a checkpoint that was signed for "
                    if with_other_size else rf"Entry {sequence} says that history goes, and it is gone although no checkpoint "
                                            r"over that entry was signed: [^\n]+ Run reflog verify, ")

    def assert_refused(self, server, words):
        """The start ends with 1 and one line that says why, and leaves the ledger as it was."""
        before = contents(server)

        with self.assertRaises(AssertionError, msg="it started"):
            server.start()

        self.assertEqual(server.process.returncode, 1, server.log)
        self.assertRegex(server.log, rf"\Areflog: {words}[^\n]+\n\Z")
        self.assertEqual(contents(server), before)
        self.assertEqual(verified(server).returncode, 65)


def purge_oldest(ledger):
    """Takes the oldest change away as a purge does, behind an event that says so; returns the number of that one's entry."""
    event = Forger(ledger).append_event("purged", {"changes": "1", "purge": 1}, os.urandom(16))
    ledger.execute("INSERT INTO purged_change VALUES (1, 1, ?)", (event,))
    delete_oldest(ledger)
    return newest_entry(ledger)


def empty_newest(ledger):
    """Takes the newest change away behind an event that says only that its entries go."""
    (change,) = ledger.execute("SELECT max(id) FROM change").fetchone()
    entries = [sequence for (sequence,) in ledger.execute("SELECT sequence FROM entry WHERE change = ? ORDER BY 1", (change,))]
    Forger(ledger).append_event("purged", {"entries": ",".join(map(str, entries)), "purge": 1}, os.urandom(16))
    for statement in ("DELETE FROM idempotency WHERE change = ?", "DELETE FROM change_personal WHERE change = ?",
                      "DELETE FROM change WHERE id = ?", "UPDATE entry SET salt = NULL, change = 0 WHERE change = ?"):
        ledger.execute(statement, (change,))
    return newest_entry(ledger)


def order_purge(ledger):
    Forger(ledger).append_event("purgeAsked", {"before": "2026-01-01T00:00:00.000000Z", "purge": 2}, os.urandom(16))


def claim_oldest(ledger):
    Forger(ledger).append_event("purged", {"changes": "1", "entries": "4-5", "purge": 1}, os.urandom(16))


def release_holds(ledger):
    Forger(ledger).append_event("holdReleased", {"name": "CASE"}, os.urandom(16))


def delete_oldest(ledger):
    for statement in ("DELETE FROM idempotency WHERE change = 1", "DELETE FROM change_personal WHERE change = 1",
                      "DELETE FROM change WHERE id = 1", "UPDATE entry SET salt = NULL, change = 0 WHERE change = 1"):
        ledger.execute(statement)


def erase_oldest(ledger):
    """Takes away what the oldest change says of somebody, as an erasure does; returns the number of its event's entry."""
    erase(ledger, 1)
    return newest_entry(ledger)


def erase(ledger, change, recorded=True):
    forger = Forger(ledger)
    actor, kind, id = ledger.execute("SELECT actor.id, actor_type, actor_id FROM change JOIN actor ON actor.id = change.actor "
                                     "WHERE change.id = ?", (change,)).fetchone()
    event = forger.append_event("erased", {"actorId": id, "actorType": kind}, os.urandom(16))
    if recorded:
        ledger.execute("INSERT INTO erasure (actor, event) VALUES (?, ?)", (actor, event))
    ledger.execute("UPDATE change_personal SET erased_hash = ?, salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL "
                   "WHERE change = ?", (forger.personal("change_personal", change), change))


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
