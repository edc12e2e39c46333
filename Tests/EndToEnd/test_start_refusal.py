import contextlib
import os
import pathlib
import shutil
import sqlite3
import threading
import unittest

from forger import Forger
from ledgerfile import triggers_dropped
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, eventually, graph_connector, wait_for_checkpoint
from test_log import STEP

SQLITE_ONLY = "it edits the ledger's file"

FOREIGN = "Another program wrote to the ledger's file, from entry [0-9]+ on"
CORRUPT = "The ledger is damaged: "


def leave_head(ledger):
    """Leaves the head row of the log unaltered."""


def count_all_entries(ledger):
    """Sets the log's size in the head row to the number of all entries."""
    ledger.execute("UPDATE head SET next_sequence = (SELECT count(*) FROM entry)")


def count_one_more(ledger):
    """Adds 1 to the log's size in the head row."""
    ledger.execute("UPDATE head SET next_sequence = next_sequence + 1")


def sign_with_false_key(ledger):
    """Makes the head agree with all entries, and signs the head with a false key. The signature has the ID of the true key."""
    forger = Forger(ledger)
    (ours,) = ledger.execute("SELECT verifier_key FROM head").fetchone()
    forger.sign(forger.rebuild(os.urandom(32)), ours)


def remove_checkpoint(ledger):
    """Removes the checkpoint and the key from the head, as if no entry was signed yet."""
    ledger.execute("PRAGMA ignore_check_constraints = ON")
    ledger.execute("UPDATE head SET next_sequence = (SELECT count(*) FROM entry), checkpoint = NULL, verifier_key = NULL")
    ledger.execute("PRAGMA ignore_check_constraints = OFF")


def delete_head(ledger):
    """Deletes the head row of the log."""
    ledger.execute("DELETE FROM head")


# The functions that alter the head row of the log, each with two messages of Reflog. Reflog prints the first message if only
# the head was altered. The first message is None if Reflog accepts the ledger. Reflog prints the second message if rows were
# also appended.
HEADS = {
    leave_head: (None, FOREIGN), count_all_entries: (None, FOREIGN), remove_checkpoint: (FOREIGN, FOREIGN),
    sign_with_false_key: (FOREIGN, FOREIGN),
    delete_head: (CORRUPT + "the head of the log is missing",) * 2,
}


# A statement that writes a trigger into the schema. {0} is the name of the trigger, and {1} is the trigger's table.
ITEM = ("INSERT INTO sqlite_schema VALUES ('trigger', '{0}', '{1}', 0, "
        "'CREATE TRIGGER {0} AFTER INSERT ON {1} BEGIN SELECT 1; END')")


class StartRefusal(unittest.TestCase):
    """If another program wrote to a ledger, Reflog does not serve the ledger and does not sign the appended rows."""

    @classmethod
    def setUpClass(cls):
        cls.signed = cls.enterClassContext(Server())
        for number in range(6):
            cls.signed.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2], headers={"Reflog-Reason": "CHG0042"})
        # Request a purge, so that a forged purge event seems valid. No change is old enough to be purged.
        for path, body in (("retention", {"days": 400}), ("retention/purge", {})):
            answer = cls.signed.request("POST", f"/beta/reflog/{path}", body, role="admin")
            assert answer.status in (200, 202), answer.text
        wait_for_checkpoint(cls.signed)
        assert cls.signed.stop() == 0

    def test_an_unaltered_ledger_starts_and_a_forged_head_is_refused(self):
        """A forged head is refused even if it is the only alteration. An unaltered head is accepted."""
        for forge_head, (reason, _) in HEADS.items():
            with self.subTest(head=forge_head.__doc__):
                server = self.copy()
                with triggers_dropped(server.database) as ledger:
                    forge_head(ledger)
                if reason:
                    self.assert_refused(server, reason)
                    continue
                before = contents(server)
                server.start()

                self.assertEqual(server.stop(), 0)
                self.assertNotEqual(contents(server), before)
                self.assertEqual(verified(server).returncode, 0)

    def test_entries_that_another_program_appended_are_refused_and_not_signed(self):
        for forge in (request_purge, claim_purge_of_oldest, release_holds, insert_change, insert_event):
            self.assert_each_is_refused(forge)

    def test_an_unsigned_purge_stops_the_start(self):
        self.assert_each_is_refused(purge_oldest)

    def test_an_unsigned_deletion_of_entries_stops_the_start(self):
        self.assert_each_is_refused(empty_newest)

    def test_an_unsigned_erasure_stops_the_start(self):
        self.assert_each_is_refused(erase_oldest)

    def test_a_server_records_and_signs_nothing_after_another_program_wrote(self):
        """If another program appends a row or alters the head while the server runs, the server still answers reads, and the
        next start is refused."""
        for forge in (request_purge, insert_change, insert_event, count_one_more, sign_with_false_key, delete_head):
            with self.subTest(forge=forge.__name__):
                server = self.copy()
                server.start()
                self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
                signed, _ = wait_for_checkpoint(server)
                with triggers_dropped(server.database) as ledger:
                    forge(ledger)
                for _ in "12":
                    answer = server.put(STEP, FRAUD_CHECK)
                    self.assertEqual((answer.status, answer.code), (503, "ledgerUnavailable"))
                    self.assertRegex(answer.text, FOREIGN)
                self.assertEqual(server.reference(STEP), NEW_VENDOR)
                self.assertEqual(server.request("GET", "/readyz").status, 503)
                if forge not in (sign_with_false_key, delete_head):
                    self.assertEqual(server.request("GET", "/checkpoint").text, signed)
                server.stop()
                self.assert_refused(server, "", is_log_new=False)

    def test_a_running_change_stays_pending_if_another_program_writes(self):
        """The outcome of the change is not recorded, because its entry would follow rows that Reflog did not write."""
        with Graph() as graph, Server(graph=graph) as server:
            wait_for_checkpoint(server)
            graph.control(delay=3)
            answers = []
            step = "b2cUserFlows/B2C_1_flow1/postFederationSignup"
            request = threading.Thread(target=lambda: answers.append(server.put(step, graph_connector("Loyalty"))))
            request.start()
            eventually(lambda: rows(server, "SELECT id FROM change WHERE result = 'pending'"))
            with triggers_dropped(server.database) as ledger:
                request_purge(ledger)
            signed = head(server)
            request.join()

            self.assertEqual((answers[0].status, answers[0].code), (502, "outcomeUnknown"))
            self.assertEqual(graph.reference(step), graph_connector("Loyalty"))
            self.assertEqual(head(server), signed)
            self.assertEqual(rows(server, f"SELECT result FROM change WHERE id = {answers[0].change}"), [("pending",)])

    def test_the_head_of_an_older_copy_is_refused(self):
        """The older head has a valid signature, but the signature does not cover the later entries."""
        server = self.copy()
        older = head(server)
        server.start()
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
        wait_for_checkpoint(server)
        self.assertEqual(server.stop(), 0)
        for without_anchor in (False, True):
            with self.subTest(without_anchor=without_anchor):
                copy = self.copy(server)
                with triggers_dropped(copy.database) as ledger:
                    put_head(ledger, older)
                if without_anchor:
                    os.remove(copy.files + ".anchor")
                self.assert_refused(copy, FOREIGN)

    def test_the_head_of_another_log_is_refused(self):
        with Server() as other:
            wait_for_checkpoint(other)
            other.stop()
            server = self.copy()
            with triggers_dropped(server.database) as ledger:
                put_head(ledger, head(other))
            self.assert_refused(server, "")

    def test_an_unsigned_erasure_is_refused_although_a_row_refers_to_an_older_event(self):
        server = self.copy()
        with triggers_dropped(server.database) as ledger:
            erase_oldest(ledger)
            ledger.execute("INSERT INTO erasure (actor, event, finished) SELECT actor, 1, 1 FROM change WHERE id = 1")
        self.assert_refused(server, FOREIGN)

    def test_a_recorded_erasure_does_not_cover_later_changes(self):
        with Server() as server:
            server.put(STEP, FRAUD_CHECK, headers={"Reflog-Reason": "CHG0042"})
            actor = server.history()[0]["initiatedBy"]["token"]["id"]
            self.assertEqual(server.command("erase", "--actor", actor, "--yes", role="admin").returncode, 0)
            change = int(server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0043"}).change)
            wait_for_checkpoint(server)
            server.stop()
            os.remove(os.path.join(server.folder, "log"))
            with triggers_dropped(server.database) as ledger:
                erase(ledger, change, recorded=False)
            self.assert_refused(server, FOREIGN)

    def test_an_unsigned_event_that_accepts_an_older_ledger_is_refused(self):
        server = self.copy()
        with triggers_dropped(server.database) as ledger:
            Forger(ledger).append_event("olderLedgerAccepted", {"lostChanges": "1"}, os.urandom(16))
            delete_oldest(ledger)
        self.assert_refused(server, FOREIGN)

    def test_unsigned_deletions_are_refused_although_an_older_ledger_is_accepted(self):
        server = self.copy()
        with triggers_dropped(server.database) as ledger:
            purge_oldest(ledger)
        with open(server.files + ".anchor", "rb") as anchor:
            origin, size, root, *rest = anchor.read().split(b"\n")
        pathlib.Path(server.files + ".anchor").write_bytes(b"\n".join([origin, b"%d" % (int(size) + 9), root, *rest]))
        server.settings["ACCEPT_OLDER_LEDGER"] = "true"
        self.assert_refused(server, FOREIGN)

    def test_an_altered_schema_is_refused(self):
        for statement, name in (
                ("DROP TRIGGER change_delete", "trigger change_delete"), ("DROP INDEX change_applied", "index change_applied"),
                ("CREATE VIEW shadow AS SELECT 1", "view shadow"),
                ("CREATE TRIGGER planted AFTER INSERT ON change BEGIN UPDATE entry SET salt = NULL; END", "trigger planted"),
                # SQLite refuses to create a trigger named sqlite_x, but runs it if it is in the file. The trigger named x is on
                # a table of the migrator.
                (ITEM.format("sqlite_x", "change"), "trigger sqlite_x"), (ITEM.format("x", "grdb_migrations"), "trigger x")):
            with self.subTest(statement=statement):
                server = self.copy()
                with contextlib.closing(sqlite3.connect(server.database, isolation_level=None)) as ledger:
                    ledger.execute("PRAGMA writable_schema = ON")
                    ledger.execute(statement)
                with self.assertRaisesRegex(AssertionError, f"is not Reflog's: the {name} is missing, altered or added"):
                    server.start()

    def test_a_size_that_differs_from_the_checkpoint_is_refused(self):
        for size in ("next_sequence - 1", "next_sequence + 1"):
            server = self.copy()
            with triggers_dropped(server.database) as ledger:
                ledger.execute(f"UPDATE head SET next_sequence = {size}")
            self.assert_refused(server, FOREIGN)

    def test_a_frontier_that_differs_from_the_checkpoint_is_refused(self):
        """With the wrong frontier, all later roots would be wrong."""
        for frontier in ("zeroblob(length(frontier))", "substr(frontier, 33)"):
            server = self.copy()
            with triggers_dropped(server.database) as ledger:
                ledger.execute(f"UPDATE head SET frontier = {frontier}")
            self.assert_refused(server, FOREIGN)

    def test_a_head_that_would_repeat_an_id_is_refused(self):
        for column in ("next_change", "next_event"):
            server = self.copy()
            with triggers_dropped(server.database) as ledger:
                ledger.execute(f"UPDATE head SET {column} = {column} - 1")
            self.assert_refused(server, FOREIGN)

    def test_a_head_with_another_next_id_time_or_key_is_refused(self):
        """The signature does not cover these columns. Reflog computes their values from the newest rows."""
        for value in ("next_change = next_change + 5", "next_event = next_event + 5", "newest_time = newest_time + 1000000",
                      "newest_time = 0", "verifier_key = 'other' || verifier_key"):
            with self.subTest(value=value):
                server = self.copy()
                with triggers_dropped(server.database) as ledger:
                    ledger.execute(f"UPDATE head SET {value}")
                self.assert_refused(server, FOREIGN)

    def test_an_unsigned_rotation_of_the_key_is_refused(self):
        server = self.copy()
        with triggers_dropped(server.database) as ledger:
            forger, seed = Forger(ledger), os.urandom(32)
            ours = ledger.execute("SELECT verifier_key FROM head").fetchone()[0]
            forger.append_event("keyRotated", {"from": forger.rebuild(seed).vkey, "to": ours}, os.urandom(16))
            purge_oldest(ledger)
            forger.sign(forger.rebuild(seed))
        self.assert_refused(server, "")

    def test_deletions_are_refused_if_the_checkpoint_was_removed(self):
        for removed in ((".anchor",), (".anchor", ".key")):
            with self.subTest(removed=removed):
                server = self.copy()
                with triggers_dropped(server.database) as ledger:
                    purge_oldest(ledger)
                    remove_checkpoint(ledger)
                for name in removed:
                    os.remove(server.files + name)
                self.assert_refused(server, FOREIGN)
                self.assertFalse(any(os.path.exists(server.files + name) for name in removed))

    def copy(self, source=None):
        """Returns a server with a copy of the signed ledger and of all files next to it. The server is not started."""
        server = Server()
        self.addCleanup(server.__exit__)
        source = source or self.signed
        for file in pathlib.Path(source.folder).glob("reflog.sqlite*"):
            shutil.copy(file, server.folder)
        server.tokens = source.tokens
        return server

    def assert_each_is_refused(self, forge):
        """Checks that the start is refused after a forgery together with each function in HEADS, one after the other."""
        for forge_head, (_, reason) in HEADS.items():
            with self.subTest(forge=forge.__name__, head=forge_head.__doc__):
                server = self.copy()
                with triggers_dropped(server.database) as ledger:
                    forge(ledger)
                    forge_head(ledger)
                self.assert_refused(server, reason)

    def assert_refused(self, server, reason, is_log_new=True):
        """Checks that the server does not start, and that verify has findings.

        The start must end with exit code 1, print one line with the reason, and alter no file.
        """
        before = contents(server)
        start = 0 if is_log_new else len(server.log)

        with self.assertRaises(AssertionError, msg="it started"):
            server.start()

        self.assertEqual(server.process.returncode, 1, server.log)
        self.assertRegex(server.log[start:], rf"\Areflog: {reason}[^\n]+\n\Z")
        self.assertEqual(contents(server), before)
        self.assertEqual(verified(server).returncode, 65)


def purge_oldest(ledger):
    """Appends a purge event with the id of the oldest change, and deletes this change in the same way as a purge."""
    event = Forger(ledger).append_event("purged", {"changes": "1", "purge": 1}, os.urandom(16))
    ledger.execute("INSERT INTO purged_change VALUES (1, 1, ?)", (event,))
    delete_oldest(ledger)


def empty_newest(ledger):
    """Appends a purge event that names only the entries of the newest change, and deletes this change."""
    (change,) = ledger.execute("SELECT max(id) FROM change").fetchone()
    entries = [sequence for (sequence,) in ledger.execute("SELECT sequence FROM entry WHERE change = ? ORDER BY 1", (change,))]
    Forger(ledger).append_event("purged", {"entries": ",".join(map(str, entries)), "purge": 1}, os.urandom(16))
    for statement in ("DELETE FROM idempotency WHERE change = ?", "DELETE FROM change_personal WHERE change = ?",
                      "DELETE FROM change WHERE id = ?", "UPDATE entry SET salt = NULL, change = 0 WHERE change = ?"):
        ledger.execute(statement, (change,))


def insert_change(ledger):
    """Inserts a change without an entry."""
    columns = [name for _, name, *_ in ledger.execute("PRAGMA table_info(change)") if name not in ("id", "intent_sequence", "outcome_sequence")]
    ledger.execute(f"INSERT INTO change (id, intent_sequence, outcome_sequence, {', '.join(columns)}) "
                   f"SELECT (SELECT max(id) + 1 FROM change), intent_sequence, outcome_sequence, {', '.join(columns)} FROM change "
                   "ORDER BY id DESC LIMIT 1")


def insert_event(ledger):
    """Inserts an event without an entry."""
    ledger.execute("INSERT INTO service_event (id, sequence, time, kind, count, details) SELECT max(id) + 1, max(sequence), max(time), "
                   "'holdReleased', 1, '{\"name\":\"CASE\"}' FROM service_event")


def request_purge(ledger):
    Forger(ledger).append_event("purgeAsked", {"before": "2026-01-01T00:00:00.000000Z", "purge": 2}, os.urandom(16))


def claim_purge_of_oldest(ledger):
    Forger(ledger).append_event("purged", {"changes": "1", "entries": "4-5", "purge": 1}, os.urandom(16))


def release_holds(ledger):
    Forger(ledger).append_event("holdReleased", {"name": "CASE"}, os.urandom(16))


def delete_oldest(ledger):
    for statement in ("DELETE FROM idempotency WHERE change = 1", "DELETE FROM change_personal WHERE change = 1",
                      "DELETE FROM change WHERE id = 1", "UPDATE entry SET salt = NULL, change = 0 WHERE change = 1"):
        ledger.execute(statement)


def erase_oldest(ledger):
    """Erases the personal data of the oldest change in the same way as an erasure."""
    erase(ledger, 1)


def erase(ledger, change, recorded=True):
    forger = Forger(ledger)
    actor, kind, id = ledger.execute("SELECT actor.id, actor_type, actor_id FROM change JOIN actor ON actor.id = change.actor "
                                     "WHERE change.id = ?", (change,)).fetchone()
    asked = forger.append_event("erasureAsked", {"actorId": id, "actorType": kind}, os.urandom(16))
    (entry,) = ledger.execute("SELECT intent_sequence FROM change WHERE id = ?", (change,)).fetchone()
    event = forger.append_event(
        "erased", {"actorId": id, "actorType": kind, "asked": asked, "entries": str(entry)}, os.urandom(16))
    if recorded:
        ledger.execute("INSERT INTO erasure (actor, event) VALUES (?, ?)", (actor, asked))
    ledger.execute("UPDATE change_personal SET erased_hash = ?, erased_event = ?, salt = NULL, actor_name = NULL, ip_address = NULL, "
                   "reason = NULL WHERE change = ?", (forger.personal("change_personal", change), event, change))


def head(server):
    """Returns the head row of the log as a dictionary from columns to values."""
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        ledger.row_factory = sqlite3.Row
        return dict(ledger.execute("SELECT * FROM head").fetchone())


def put_head(ledger, row):
    ledger.execute(f"UPDATE head SET {', '.join(f'{column} = :{column}' for column in row)}", row)


def rows(server, sql):
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return ledger.execute(sql).fetchall()


def contents(server):
    """Returns the bytes of the ledger and of the files next to it, and all rows as SQL. Leaves out -wal and -shm."""
    files = {file.name: file.read_bytes() for file in pathlib.Path(server.folder).glob("reflog.sqlite*")
             if not file.name.endswith(("-wal", "-shm"))}
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return files, list(ledger.iterdump())


def verified(server):
    anchor = server.files + ".anchor"
    return server.command("verify", "--database", server.database, *(["--anchor", anchor] if os.path.exists(anchor) else []))
