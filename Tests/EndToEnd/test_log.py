import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest
import urllib.request

from forger import Forger
from ledgerfile import triggers_dropped
from reflogserver import FRAUD_CHECK, NEW_VENDOR, ROOT, Server, wait_for_checkpoint
from test_exports import make_every_kind_of_change
from test_verifiers import GOLOG, setUpModule  # noqa: F401: setUpModule builds the Go program
from testparts import apart, sqlite_only

CHANGES = "/beta/auditLogs/connectorChanges"
STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"


@apart(cores=1)
class Log(unittest.TestCase):
    """Programs that share no code with Reflog verify the log of a running server."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(ORIGIN="audit.contoso.example/reflog"))
        make_every_kind_of_change(cls.server)
        cls.old = wait_for_checkpoint(cls.server)[0]
        for number in range(300):
            cls.server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2])
        cls.checkpoint, cls.key = wait_for_checkpoint(cls.server)
        cls.old_file = os.path.join(cls.server.folder, "old")
        pathlib.Path(cls.old_file).write_text(cls.old)

    def receipt(self, change):
        answer = self.server.request("GET", f"{CHANGES}/{change}?$format=tlog-proof")
        self.assertEqual(answer.status, 200)
        path = os.path.join(self.server.folder, f"{change}.tlog-proof")
        pathlib.Path(path).write_text(answer.text)
        return path

    def test_go_verifies_checkpoint_inclusion_consistency_and_receipts(self):
        sizes = ",".join(str(size) for size in (1, 2, 5, 256, int(self.old.split("\n")[1])))
        run = subprocess.run([GOLOG, "-key", self.key, "-limit", "100000", "-sizes", sizes, "-old", self.old_file,
                              "-proof", self.receipt(7), self.server.url], capture_output=True, text=True, timeout=120)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        size = self.checkpoint.split("\n")[1]
        # golog counts one inclusion proof for each entry and one inclusion proof for the receipt.
        self.assertIn(f"size {size}, {int(size) + 1} inclusions", run.stdout)

    def test_python_verifies_tiles_records_and_receipts(self):
        records = os.path.join(self.server.folder, "records.jsonl")
        with open(records, "w") as file:
            for change in self.server.history():
                file.write(self.server.request("GET", f"{CHANGES}/{change['id']}?$format=record").text)
        run = subprocess.run([sys.executable, ROOT / "tools" / "verify_log.py", self.server.url, "--key", self.key, "--records",
                              records, "--old", self.old_file, "--proof", self.receipt(9)], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        self.assertIn("0 findings", run.stdout)

    def test_the_independent_verifier_shows_its_progress_only_on_a_terminal(self):
        class SlowLog(http.server.SimpleHTTPRequestHandler):
            def do_GET(handler):
                with urllib.request.urlopen(self.server.url + handler.path) as answer:
                    data = answer.read()
                if handler.path.endswith("/entries/000"):
                    time.sleep(1.2)
                handler.send_response(200)
                handler.end_headers()
                handler.wfile.write(data)

            def log_message(handler, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowLog) as log:
            threading.Thread(target=log.serve_forever).start()
            self.addCleanup(log.shutdown)
            command = [sys.executable, ROOT / "tools" / "verify_log.py", f"http://127.0.0.1:{log.server_port}", "--key", self.key]
            quiet = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual((quiet.returncode, quiet.stderr), (0, ""), quiet.stdout)
            master, terminal = os.openpty()
            self.addCleanup(os.close, master)
            shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, text=True)
            os.close(terminal)
            self.assertEqual((shown.returncode, shown.stdout), (0, quiet.stdout))
            self.assertRegex(os.read(master, 10_000).decode(), r"^\rread [0-9]+ of [0-9]+ entries")

    def test_a_record_contains_the_values_that_the_history_shows(self):
        for change in self.server.history()[:12]:
            lines = self.server.request("GET", f"{CHANGES}/{change['id']}?$format=record").text.splitlines()
            records = [json.loads(line) for line in lines]
            self.assertEqual(lines, [json.dumps(r, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for r in records])
            first, last = records[0], records[-1]
            self.assertEqual(first["entry"], "intent" if len(records) == 2 else "settled")
            for name in ("id", "kind", "subject", "flowType", "flowId", "step", "correlationId", "requestId", "rollbackOf",
                         "tenantId", "activityDateTime"):
                self.assertEqual(first[name], change[name], name)
            self.assertEqual((last["result"], last["sequence"]), (change["result"], change["sequence"]))
            self.assertEqual(first["before"].get("connectorId"), change["before"].get("connectorId"))
            # A record must not contain personal data.
            self.assertNotIn("first-", lines[0])
            self.assertNotIn("127.0.0.1", lines[0])

    def test_the_command_line_shows_the_checkpoint_and_the_receipt(self):
        for source in (["--database", self.server.database], ["--server", self.server.url]):
            environment = self.server.environment() | {"REFLOG_TOKEN": self.server.tokens["reader"]}
            run = subprocess.run([self.server.binary, "checkpoint", "--format", "json", *source], capture_output=True, text=True,
                                 env=environment)
            self.assertEqual(json.loads(run.stdout), {"checkpoint": self.checkpoint, "key": self.key})
            path = os.path.join(self.server.folder, "by-hand.tlog-proof")
            subprocess.run([self.server.binary, "show", "7", "--proof", path, "--force", *source], capture_output=True, env=environment,
                           check=True)
            self.assertEqual(pathlib.Path(path).read_text(), pathlib.Path(self.receipt(7)).read_text())

    def test_each_checkpoint_is_one_line_of_the_log(self):
        lines = [line for line in self.server.log.splitlines() if "checkpoint=" in line]
        self.assertTrue(any(self.checkpoint.replace("\n", "\\n") in line for line in lines))

    def test_unknown_tiles_are_answered_with_404(self):
        for path in ("/tile/0/000.p/0", "/tile/0/999", "/tile/00/000", "/tile/9/000", "/tile/entries/x000", "/tile/0/000/"):
            self.assertEqual(self.server.request("GET", path, role=None).status, 404, path)


@sqlite_only("it edits copies of the ledger's file")
class Verifying(unittest.TestCase):
    """`reflog verify` finds every edit of the ledger's file."""

    def setUp(self):
        self.server = self.enterContext(Server())
        make_every_kind_of_change(self.server)
        self.checkpoint, self.key = wait_for_checkpoint(self.server)
        self.server.stop()
        self.copy = os.path.join(self.server.folder, "copy.sqlite")

    def verify(self, *arguments, path=None):
        return subprocess.run([self.server.binary, "verify", "--database", path or self.copy, *arguments], capture_output=True,
                              text=True, timeout=120)

    def test_a_duplicate_address_is_found(self):
        self.assertEqual(self.edited()[0], 0)
        with triggers_dropped(self.copy) as ledger:
            ledger.execute("PRAGMA writable_schema = ON")
            ledger.execute("UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE (flow, step)', 'CHECK (1)') WHERE name = 'address'")
            ledger.execute("DELETE FROM sqlite_schema WHERE tbl_name = 'address' AND name LIKE 'sqlite_autoindex%'")
        with triggers_dropped(self.copy) as ledger:
            ledger.execute("INSERT INTO address (id, flow, step) SELECT 99, flow, step FROM address WHERE id = 1")
            ledger.execute("UPDATE change SET address = 99 WHERE id = (SELECT max(id) FROM change WHERE address = 1)")

        run = self.verify("--key", self.key)

        self.assertEqual(run.returncode, 65, run.stderr)
        self.assertIn("Row 1 of the table address has the same identity as another row", run.stdout)

    def edited(self, *statements, put_checkpoint=None):
        """Edits a copy of the ledger with SQL, and verifies the copy. Returns the exit code and the findings.

        If `put_checkpoint` is an older checkpoint, stores it in the head row of the log, and changes the rest of the head to
        agree with that checkpoint.
        """
        for suffix in ("", ".anchor"):
            shutil.copy(self.server.files + suffix, self.copy + suffix)
        with triggers_dropped(self.copy) as ledger:
            for statement in statements:
                ledger.execute(statement)
            if put_checkpoint:
                forger = Forger(ledger)
                forger.set_head(forger.rebuild(bytes(32)), put_checkpoint, self.key)
        run = self.verify("--key", self.key)
        return run.returncode, run.stdout

    def test_an_unaltered_ledger_verifies(self):
        for arguments in ([], ["--key", self.key], ["--key", self.key, "--since", self.server.files + ".anchor"]):
            run = self.verify(*arguments, path=self.server.database)
            self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
        self.assertEqual(self.edited(), (0, ""))
        other = self.verify("--key", self.key[:-6] + "AAAAA=", path=self.server.database)
        self.assertEqual(other.returncode, 64)

    def test_every_edit_is_found(self):
        for statement, finding in (
                ("UPDATE change SET after_connector = before_connector WHERE id = 1", "Change 1 "),
                ("UPDATE change SET before_absent = 'none', before_connector = NULL, before_name = NULL WHERE id = 1", "Change 1 "),
                ("UPDATE change SET activity_time = activity_time - 1 WHERE id = 3", "Change 3 "),
                ("UPDATE change SET result = 'rejected' WHERE id = 1", "Change 1 "),
                ("UPDATE change SET actor = (SELECT max(id) FROM actor) WHERE id = 1", "Change 1 "),
                ("UPDATE change_personal SET reason = 'other' WHERE change = 1", "Change 1 "),
                ("UPDATE actor_name SET name = 'Mallory'", "Change 1 "),
                ("UPDATE connector_name SET display_name = 'Mallory' WHERE id = 1", "Change "),
                ("UPDATE connector SET connector_id = 'mallory' WHERE id = (SELECT coalesce(after_connector, before_connector) FROM change)",
                 "Change "),
                ("UPDATE flow SET flow_id = 'mallory' WHERE id = 1", "Change 1 "),
                ("UPDATE service_event SET count = 99 WHERE id = 1", "Service event 1 "),
                ("DELETE FROM change_personal WHERE change = 1", "Change 1 "),
                ("UPDATE entry SET hash = zeroblob(32) WHERE sequence = 4", "were changed, removed, added or moved"),
                ("UPDATE entry SET salt = zeroblob(16) WHERE sequence = 5", "does not match entry 5"),
                ("DELETE FROM entry WHERE sequence = 6", "Entry 6 is missing"),
                ("UPDATE head SET checkpoint = replace(checkpoint, 'reflog', 'mallory')", "the ledger's checkpoint"),
                ("UPDATE head SET next_sequence = next_sequence - 1", "The head of the log counts"),
                ("UPDATE head SET next_sequence = next_sequence - 1", "is after the signed end of the log"),
                ("UPDATE head SET next_sequence = next_sequence + 1", "The head of the log counts"),
                ("UPDATE head SET frontier = zeroblob(length(frontier))", "The tree in the head of the log does not match the entries"),
                ("UPDATE head SET frontier = substr(frontier, 33)", "The tree in the head of the log does not match the entries"),
                ("UPDATE head SET next_change = 1", "In the head of the log, the next change has the number 1,"),
                ("UPDATE head SET newest_time = newest_time + 1", "The time in the head of the log is not the time of the newest"),
                ("UPDATE head SET verifier_key = 'x' || verifier_key", "The key in the head of the log did not sign the checkpoint"),
                ("DROP INDEX change_actor", "the index change_actor is missing, altered or added."),
                ("UPDATE head SET next_event = 1", "In the head of the log, the next service event has the number 1,"),
                ("INSERT INTO entry SELECT max(sequence) + 1, NULL, event, hash, salt FROM entry WHERE event IS NOT NULL",
                 "is after the signed end of the log: Reflog did not append it."),
                ("UPDATE ledger SET tenant_id = 'mallory'", "Change 1 "),
                ("UPDATE change_personal SET salt = zeroblob(16) WHERE change = 1", "Change 1 ")):
            code, found = self.edited(statement)
            self.assertEqual(code, 65, statement)
            self.assertIn(finding, found, statement)
        code, found = self.edited("DELETE FROM change_personal WHERE change = 2", "DELETE FROM entry WHERE change = 2",
                                  "DELETE FROM idempotency", "DELETE FROM change WHERE id = 2")
        self.assertEqual(code, 65)

    def test_only_the_anchor_shows_that_the_newest_entries_were_deleted(self):
        self.server.start()
        self.server.put(STEP, None)
        wait_for_checkpoint(self.server)
        self.server.stop()
        newest = self.server.files + ".anchor"
        # Delete all rows that are newer than the checkpoint.
        cut = (f"DELETE FROM entry WHERE sequence >= {self.checkpoint.split(chr(10))[1]}",
               "DELETE FROM service_event_personal WHERE event NOT IN (SELECT event FROM entry WHERE event IS NOT NULL)",
               "DELETE FROM service_event WHERE sequence > (SELECT max(sequence) FROM entry)",
               "DELETE FROM change_personal WHERE change = (SELECT max(id) FROM change)",
               "DELETE FROM change WHERE id = (SELECT max(id) FROM change)")
        code, found = self.edited(*cut, put_checkpoint=self.checkpoint)
        self.assertEqual(code, 65)
        self.assertIn("the anchor: ", found)
        # Without the anchor, verify can't find the deletion. This shows that verify found the deletion because of the anchor.
        os.remove(self.copy + ".anchor")
        self.assertEqual(self.verify("--key", self.key).returncode, 0)
        # A server does not start with the shortened ledger and the newest anchor.
        shutil.copy(newest, self.server.folder + "/newest")
        shutil.copy(self.copy, self.server.database)
        with self.assertRaisesRegex(AssertionError, "does not match the anchor"):
            self.server.start()

    def test_the_key_file_is_required_and_only_its_owner_can_read_it(self):
        self.assertEqual(os.stat(self.server.files + ".key").st_mode & 0o777, 0o600)
        with open(self.server.files + ".key") as file:
            secret = file.read().split("+", 4)[4].strip()
        self.assertNotIn(secret, self.server.log)
        os.chmod(self.server.files + ".key", 0o644)
        with self.assertRaisesRegex(AssertionError, "other users can read the file"):
            self.server.start()
        os.remove(self.server.files + ".key")
        with self.assertRaisesRegex(AssertionError, "the file is missing, but the ledger was signed with it"):
            self.server.start()
