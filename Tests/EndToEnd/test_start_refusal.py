import contextlib
import os
import pathlib
import shutil
import sqlite3
import threading
import unittest

from forger import Forger
from ledgerfile import disarmed
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, eventually, graph_connector, settled
from test_log import STEP

FOREIGN = "The ledger's file is not as Reflog left it: from entry [0-9]+ on another program wrote to it"
CORRUPT = "The ledger holds what Reflog does not write: "


def leave(ledger):
    """The head as it is."""


def count_all(ledger):
    """The head with the size of all that is there."""
    ledger.execute("UPDATE head SET next_sequence = (SELECT count(*) FROM entry)")


def count_more(ledger):
    """The head with a greater size than all that is there."""
    ledger.execute("UPDATE head SET next_sequence = next_sequence + 1")


def seem_to_sign(ledger):
    """A head that agrees with all that is there, signed by somebody in the name of the true key."""
    forger = Forger(ledger)
    (ours,) = ledger.execute("SELECT verifier_key FROM head").fetchone()
    forger.sign(forger.rebuild(os.urandom(32)), ours)


def sign_nothing(ledger):
    """A head that says of all that is there that nothing was signed yet."""
    ledger.execute("PRAGMA ignore_check_constraints = ON")
    ledger.execute("UPDATE head SET next_sequence = (SELECT count(*) FROM entry), checkpoint = NULL, verifier_key = NULL")
    ledger.execute("PRAGMA ignore_check_constraints = OFF")


def delete_head(ledger):
    """No head."""
    ledger.execute("DELETE FROM head")


# What is made of the head, so that it may seem to cover what was forged, and why the ledger is refused: where nothing was forged, and
# where something was appended.
HEADS = {
    leave: (None, FOREIGN), count_all: (None, FOREIGN), sign_nothing: (FOREIGN, FOREIGN),
    seem_to_sign: (CORRUPT + "a checkpoint that is not this log's: ",) * 2, delete_head: (CORRUPT + "no head",) * 2,
}


class StartRefusal(unittest.TestCase):
    """A ledger that another program wrote to is not served, and nothing of what that appended is signed."""

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
        """A head that somebody forged is refused although nothing else was; one that says what it said before is not."""
        for forge_head, (words, _) in HEADS.items():
            with self.subTest(head=forge_head.__doc__):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    forge_head(ledger)
                if words:
                    self.assert_refused(server, words)
                    continue
                before = contents(server)
                server.start()

                self.assertEqual(server.stop(), 0)
                self.assertNotEqual(contents(server), before)
                self.assertEqual(verified(server).returncode, 0)

    def test_nothing_is_signed_that_somebody_else_appended(self):
        for forge in (order_purge, claim_oldest, release_holds, insert_change, insert_event):
            self.assert_each_is_refused(forge)

    def test_a_purge_that_nobody_signed_stops_the_start(self):
        self.assert_each_is_refused(purge_oldest)

    def test_entries_that_nobody_signed_the_loss_of_stop_the_start(self):
        self.assert_each_is_refused(empty_newest)

    def test_an_erasure_that_nobody_signed_stops_the_start(self):
        self.assert_each_is_refused(erase_oldest)

    def test_a_server_records_and_signs_nothing_behind_what_somebody_else_wrote(self):
        """A row behind the head, and a head that is another: readers are still answered, until the next start is refused."""
        for forge in (order_purge, insert_change, insert_event, count_more, seem_to_sign, delete_head):
            with self.subTest(forge=forge.__name__):
                server = self.copy()
                server.start()
                self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
                signed, _ = settled(server)
                with disarmed(server.database) as ledger:
                    forge(ledger)
                for _ in "12":
                    answer = server.put(STEP, FRAUD_CHECK)
                    self.assertEqual((answer.status, answer.code), (503, "ledgerUnavailable"))
                    self.assertRegex(answer.text, FOREIGN)
                self.assertEqual(server.reference(STEP), NEW_VENDOR)
                self.assertEqual(server.request("GET", "/readyz").status, 503)
                if forge not in (seem_to_sign, delete_head):
                    self.assertEqual(server.request("GET", "/checkpoint").text, signed)
                server.stop()
                self.assert_refused(server, "", is_log_new=False)

    def test_a_change_that_is_under_way_as_somebody_else_writes_stays_pending(self):
        """Its outcome is not recorded behind what Reflog did not write."""
        with Graph() as graph, Server(graph=graph) as server:
            settled(server)
            graph.control(delay=3)
            answers = []
            step = "b2cUserFlows/B2C_1_flow1/postFederationSignup"
            request = threading.Thread(target=lambda: answers.append(server.put(step, graph_connector("Loyalty"))))
            request.start()
            eventually(lambda: rows(server, "SELECT id FROM change WHERE result = 'pending'"))
            with disarmed(server.database) as ledger:
                order_purge(ledger)
            signed = head(server)
            request.join()

            self.assertEqual((answers[0].status, answers[0].code), (502, "outcomeUnknown"))
            self.assertEqual(graph.standing(step), graph_connector("Loyalty"))
            self.assertEqual(head(server), signed)
            self.assertEqual(rows(server, f"SELECT result FROM change WHERE id = {answers[0].change}"), [("pending",)])

    def test_a_head_of_an_older_copy_is_not_that_of_the_newer_entries(self):
        """It has a good signature, which does not cover what came since."""
        server = self.copy()
        older = head(server)
        server.start()
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
        settled(server)
        self.assertEqual(server.stop(), 0)
        for without_anchor in (False, True):
            with self.subTest(without_anchor=without_anchor):
                copy = self.copy(server)
                with disarmed(copy.database) as ledger:
                    put_head(ledger, older)
                if without_anchor:
                    os.remove(copy.database + ".anchor")
                self.assert_refused(copy, FOREIGN)

    def test_the_head_of_another_log_is_not_this_ones(self):
        with Server() as other:
            settled(other)
            other.stop()
            server = self.copy()
            with disarmed(server.database) as ledger:
                put_head(ledger, head(other))
            self.assert_refused(server, "")

    def test_an_erasure_is_not_signed_because_a_row_names_an_older_event(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            erase_oldest(ledger)
            ledger.execute("INSERT INTO erasure (actor, event, finished) SELECT actor, 1, 1 FROM change WHERE id = 1")
        self.assert_refused(server, FOREIGN)

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
            self.assert_refused(server, FOREIGN)

    def test_no_older_ledger_that_nobody_signed_was_accepted(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            Forger(ledger).append_event("olderLedgerAccepted", {"lostChanges": "1"}, os.urandom(16))
            delete_oldest(ledger)
        self.assert_refused(server, FOREIGN)

    def test_losses_that_nobody_signed_are_not_accepted_with_an_older_ledger(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            purge_oldest(ledger)
        with open(server.database + ".anchor", "rb") as anchor:
            origin, size, root, *rest = anchor.read().split(b"\n")
        pathlib.Path(server.database + ".anchor").write_bytes(b"\n".join([origin, b"%d" % (int(size) + 9), root, *rest]))
        server.settings["ACCEPT_OLDER_LEDGER"] = "true"
        self.assert_refused(server, FOREIGN)

    def test_a_schema_that_somebody_altered_is_not_served(self):
        for statement, name in (
                ("DROP TRIGGER change_delete", "trigger change_delete"), ("DROP INDEX change_applied", "index change_applied"),
                ("CREATE VIEW shadow AS SELECT 1", "view shadow"),
                ("CREATE TRIGGER planted AFTER INSERT ON change BEGIN UPDATE entry SET salt = NULL; END", "trigger planted")):
            with self.subTest(statement=statement):
                server = self.copy()
                with contextlib.closing(sqlite3.connect(server.database, isolation_level=None)) as ledger:
                    ledger.execute(statement)
                with self.assertRaisesRegex(AssertionError, f"is not Reflog's own: the {name} is missing, altered or somebody else's"):
                    server.start()

    def test_a_size_beside_the_checkpoint_counts_for_nothing(self):
        for size in ("next_sequence - 1", "next_sequence + 1"):
            server = self.copy()
            with disarmed(server.database) as ledger:
                ledger.execute(f"UPDATE head SET next_sequence = {size}")
            self.assert_refused(server, FOREIGN)

    def test_an_edge_of_the_tree_beside_the_checkpoint_is_not_gone_on_from(self):
        """It would give a root of its own to all that comes."""
        for frontier in ("zeroblob(length(frontier))", "substr(frontier, 33)"):
            server = self.copy()
            with disarmed(server.database) as ledger:
                ledger.execute(f"UPDATE head SET frontier = {frontier}")
            self.assert_refused(server, FOREIGN)

    def test_numbers_that_are_taken_are_not_given_again(self):
        for column in ("next_change", "next_event"):
            server = self.copy()
            with disarmed(server.database) as ledger:
                ledger.execute(f"UPDATE head SET {column} = {column} - 1")
            self.assert_refused(server, FOREIGN)

    def test_a_key_that_nobody_signed_signs_nothing(self):
        server = self.copy()
        with disarmed(server.database) as ledger:
            forger, seed = Forger(ledger), os.urandom(32)
            ours = ledger.execute("SELECT verifier_key FROM head").fetchone()[0]
            forger.append_event("keyRotated", {"from": forger.rebuild(seed).vkey, "to": ours}, os.urandom(16))
            purge_oldest(ledger)
            forger.sign(forger.rebuild(seed))
        self.assert_refused(server, "")

    def test_where_nothing_is_signed_any_more_nothing_may_be_gone(self):
        for beside in ((".anchor",), (".anchor", ".key")):
            with self.subTest(removed=beside):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    purge_oldest(ledger)
                    sign_nothing(ledger)
                for name in beside:
                    os.remove(server.database + name)
                self.assert_refused(server, FOREIGN)
                self.assertFalse(any(os.path.exists(server.database + name) for name in beside))

    def copy(self, source=None):
        """A server, not started, over a copy of the signed ledger and of all that stands beside it."""
        server = Server()
        self.addCleanup(server.__exit__)
        source = source or self.signed
        for file in pathlib.Path(source.folder).glob("reflog.sqlite*"):
            shutil.copy(file, server.folder)
        server.tokens = source.tokens
        return server

    def assert_each_is_refused(self, forge):
        """Whatever is made of the head."""
        for forge_head, (_, words) in HEADS.items():
            with self.subTest(forge=forge.__name__, head=forge_head.__doc__):
                server = self.copy()
                with disarmed(server.database) as ledger:
                    forge(ledger)
                    forge_head(ledger)
                self.assert_refused(server, words)

    def assert_refused(self, server, words, is_log_new=True):
        """The start ends with 1 and one line that says why, and leaves the ledger as it was; `reflog verify` finds it too."""
        before = contents(server)
        said = 0 if is_log_new else len(server.log)

        with self.assertRaises(AssertionError, msg="it started"):
            server.start()

        self.assertEqual(server.process.returncode, 1, server.log)
        self.assertRegex(server.log[said:], rf"\Areflog: {words}[^\n]+\n\Z")
        self.assertEqual(contents(server), before)
        self.assertEqual(verified(server).returncode, 65)


def purge_oldest(ledger):
    """Takes the oldest change away as a purge does, behind an event that says so."""
    event = Forger(ledger).append_event("purged", {"changes": "1", "purge": 1}, os.urandom(16))
    ledger.execute("INSERT INTO purged_change VALUES (1, 1, ?)", (event,))
    delete_oldest(ledger)


def empty_newest(ledger):
    """Takes the newest change away behind an event that says only that its entries go."""
    (change,) = ledger.execute("SELECT max(id) FROM change").fetchone()
    entries = [sequence for (sequence,) in ledger.execute("SELECT sequence FROM entry WHERE change = ? ORDER BY 1", (change,))]
    Forger(ledger).append_event("purged", {"entries": ",".join(map(str, entries)), "purge": 1}, os.urandom(16))
    for statement in ("DELETE FROM idempotency WHERE change = ?", "DELETE FROM change_personal WHERE change = ?",
                      "DELETE FROM change WHERE id = ?", "UPDATE entry SET salt = NULL, change = 0 WHERE change = ?"):
        ledger.execute(statement, (change,))


def insert_change(ledger):
    """A change without an entry."""
    columns = [name for _, name, *_ in ledger.execute("PRAGMA table_info(change)") if name not in ("id", "intent_sequence", "outcome_sequence")]
    ledger.execute(f"INSERT INTO change (id, intent_sequence, outcome_sequence, {', '.join(columns)}) "
                   f"SELECT (SELECT max(id) + 1 FROM change), intent_sequence, outcome_sequence, {', '.join(columns)} FROM change "
                   "ORDER BY id DESC LIMIT 1")


def insert_event(ledger):
    """An event without an entry."""
    ledger.execute("INSERT INTO service_event (id, sequence, time, kind, count, details) SELECT max(id) + 1, max(sequence), max(time), "
                   "'holdReleased', 1, '{\"name\":\"CASE\"}' FROM service_event")


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
    """Takes away what the oldest change says of somebody, as an erasure does."""
    erase(ledger, 1)


def erase(ledger, change, recorded=True):
    forger = Forger(ledger)
    actor, kind, id = ledger.execute("SELECT actor.id, actor_type, actor_id FROM change JOIN actor ON actor.id = change.actor "
                                     "WHERE change.id = ?", (change,)).fetchone()
    event = forger.append_event("erased", {"actorId": id, "actorType": kind}, os.urandom(16))
    if recorded:
        ledger.execute("INSERT INTO erasure (actor, event) VALUES (?, ?)", (actor, event))
    ledger.execute("UPDATE change_personal SET erased_hash = ?, salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL "
                   "WHERE change = ?", (forger.personal("change_personal", change), change))


def head(server):
    """The row of the head, by columns."""
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        ledger.row_factory = sqlite3.Row
        return dict(ledger.execute("SELECT * FROM head").fetchone())


def put_head(ledger, row):
    ledger.execute(f"UPDATE head SET {', '.join(f'{column} = :{column}' for column in row)}", row)


def rows(server, sql):
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return ledger.execute(sql).fetchall()


def contents(server):
    """The bytes of the ledger and of what stands beside it, and all rows; what SQLite keeps for itself aside."""
    files = {file.name: file.read_bytes() for file in pathlib.Path(server.folder).glob("reflog.sqlite*")
             if not file.name.endswith(("-wal", "-shm"))}
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return files, list(ledger.iterdump())


def verified(server):
    anchor = server.database + ".anchor"
    return server.command("verify", "--database", server.database, *(["--anchor", anchor] if os.path.exists(anchor) else []))
