import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from browser import Browser
from reflogserver import FRAUD_CHECK, NEW_VENDOR, ROOT, Server, wait_for_checkpoint
from test_log import STEP
from testparts import apart, sqlite_only

CHANGES = "/beta/auditLogs/connectorChanges"
REASON = "Disk failure, no copy of the key"


@apart(seconds=15, cores=0.7)
class LostKey(unittest.TestCase):
    """A ledger whose signing key is lost continues under a new name. The entries before and after the change of the name can be
    verified."""

    def setUp(self):
        self.server = self.enterContext(Server())
        for connector in (FRAUD_CHECK, NEW_VENDOR):
            self.assertEqual(self.server.put(STEP, connector).status, 204)
        page = self.server.request("GET", f"{CHANGES}?$top=1").json
        self.next_page = page["@odata.nextLink"].split("connectorChanges", 1)[1]
        self.position = self.server.request("GET", f"{CHANGES}?$format=jsonl").headers["reflog-position"]
        self.checkpoint, self.key = wait_for_checkpoint(self.server)
        self.assertEqual(self.server.stop(), 0)
        # The server has recorded its stop, so now the anchor has the newest checkpoint.
        self.anchor = pathlib.Path(self.server.files + ".anchor").read_text()
        self.former, self.size = self.anchor.split("\n")[:2]

    def replace(self, *arguments):
        return self.server.command("key", "replace", "--database", self.server.database, *arguments)

    def lose(self, text=None):
        os.remove(self.server.files + ".key")
        if text is not None:
            path = pathlib.Path(self.server.files + ".key")
            path.write_text(text)
            path.chmod(0o600)

    def test_the_log_continues_under_a_new_name(self):
        self.lose()
        with self.assertRaisesRegex(AssertionError, "signing key .* can't be used: the file is missing, but the ledger was signed "
                                                    "with it. Restore the file. If the key is lost, run reflog key replace --lost."):
            self.server.start()

        run = self.replace("--lost", "--reason", REASON)

        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(f"The log {self.former} ends with {self.size} entries. It continues as {self.former}-", run.stderr)
        self.server.start()
        self.assertEqual(self.server.put(STEP, FRAUD_CHECK).status, 204)
        checkpoint, key = wait_for_checkpoint(self.server)
        self.assertRegex(checkpoint, rf"\A{self.former}-[0-9a-f]{{8}}\n")
        event, = (e for e in self.server.request("GET", "/beta/auditLogs/serviceEvents?$top=1000").json["value"]
                  if e["kind"] == "keyReplaced")
        self.assertEqual(event["sequence"], int(self.size))
        details = event["details"]
        self.assertEqual((details["formerOrigin"], details["formerSize"], details["formerRoot"], details["reason"]),
                         (*self.anchor.split("\n")[:1], int(self.size), self.anchor.split("\n")[2], REASON))
        self.assertEqual((details["formerKey"], details["key"]), (self.key, key))
        self.check_positions()
        self.check_confirmation(self.confirm_with_the_command)
        self.check_verification(key)

    def test_an_administrator_confirms_the_replacement_on_a_page(self):
        self.lose()
        self.assertEqual(self.replace("--lost", "--reason", REASON).returncode, 0)
        self.server.start()

        self.check_confirmation(self.confirm_on_the_page)

    def check_positions(self):
        """Reflog refuses a link to a next page, and a position, if it contains the former name. The message shows how to
        continue."""
        answer = self.server.request("GET", CHANGES + self.next_page)
        self.assertEqual((answer.status, answer.code), (400, "badRequest"), answer.text)
        self.assertIn(f"was made while the log was called {self.former}.", answer.text)
        self.assertIn("Start again with the first page.", answer.text)
        answer = self.server.request("GET", CHANGES + self.next_page.replace("skiptoken=2.", "skiptoken=3."))
        self.assertIn("Start again without it", answer.text)
        name = self.server.request("GET", "/checkpoint", role=None).text.split("\n")[0]
        sequence = self.position.partition("@")[0]
        for position, advice in ((self.position, f"Continue with the position {sequence}@{name}."),
                                 (f"999@{self.former}", f"The position is after the {self.size} entries"),
                                 (f"{sequence}@other.example", "belongs to another log")):
            answer = self.server.request("GET", f"{CHANGES}?$format=jsonl&after={position}")
            self.assertEqual((answer.status, answer.code), (400, "badRequest"), answer.text)
            self.assertIn(advice, answer.json["error"]["message"])
        answer = self.server.request("GET", f"{CHANGES}?$format=jsonl&after={sequence}@{name}")
        self.assertEqual((answer.status, len(answer.text.splitlines())), (200, 1), answer.text)

    def confirm_with_the_command(self):
        run = self.server.command("key", "confirm", role="admin")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn(REASON, run.stdout)

    def confirm_on_the_page(self):
        admin = Browser(self.server)
        admin.sign_in("admin")
        page = admin.open("/integrity")
        self.assertIn(f"Reason: {REASON}", page.text)
        self.assertIn(f"The log {self.former} continues as {self.former}-", page.text)
        form = page.form("/integrity")
        self.assertEqual(admin.submit(form | {"fields": {"csrf": "forged"}}).status, 400)
        self.assertIsNotNone(self.server.request("GET", "/beta/reflog/status").json["keyReplaced"])
        page = admin.submit(form)
        self.assertEqual(page.status, 200)
        self.assertNotIn("/integrity", [form["action"] for form in page.forms])
        event = self.server.request("GET", "/beta/auditLogs/serviceEvents?$orderby=id desc&$top=50".replace(" ", "%20"))
        confirmed, = (e for e in event.json["value"] if e["kind"] == "keyReplacementConfirmed")
        self.assertEqual(confirmed["initiatedBy"]["token"]["displayName"], "first-admin")

    def check_confirmation(self, confirm):
        """The status and the pages show that the key was replaced, until an admin confirms the replacement of the key."""
        browser = Browser(self.server)
        browser.sign_in("reader")
        self.assertEqual(self.server.request("GET", "/beta/reflog/status").json["keyReplaced"]["reason"], REASON)
        self.assertIn(REASON, self.server.command("status", "--database", self.server.database).stdout)
        self.assertIn(f"Reason: {REASON}. An administrator must confirm this", browser.open("/flows").text)
        self.assertEqual(self.server.request("POST", "/beta/reflog/keys/confirm", {}).status, 403)
        page = browser.open("/integrity")
        self.assertIn("An administrator must confirm that the key was replaced on purpose", page.text)
        self.assertNotIn("/integrity", [form["action"] for form in page.forms])
        # Reflog refuses the confirmation if a reader sends it.
        form = {"action": "/integrity", "fields": page.form("/sign-out")["fields"]}
        self.assertEqual(browser.submit(form).status, 403)

        confirm()

        self.assertIsNone(self.server.request("GET", "/beta/reflog/status").json["keyReplaced"])
        self.assertNotIn("An administrator must confirm", browser.open("/flows").text)
        again = self.server.request("POST", "/beta/reflog/keys/confirm", {}, "admin")
        self.assertEqual((again.status, again.json), (200, {"confirmed": None}))

    def check_verification(self, key):
        wait_for_checkpoint(self.server)
        old = pathlib.Path(self.server.folder) / "old-checkpoint"
        old.write_text(self.checkpoint)
        run = self.server.command("verify", "--database", self.server.database, "--key", self.key, "--key", key, "--since", str(old))
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
        self.assertIn(f"The first {self.size} entries were signed as {self.former} with the key {self.key}", run.stderr)
        run = subprocess.run([sys.executable, ROOT / "tools" / "verify_log.py", self.server.url, "--key", self.key, "--key", key,
                              "--old", old], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        # The verification finds a checkpoint that has the former name and a wrong root.
        with open(old, "w") as file:
            file.write(self.checkpoint.replace(self.checkpoint.split("\n")[2], self.anchor.split("\n")[2]))
        run = self.server.command("verify", "--database", self.server.database, "--key", self.key, "--key", key, "--since", str(old))
        self.assertEqual(run.returncode, 65, run.stderr)

    @sqlite_only("it copies the ledger's file")
    def test_every_unusable_key_is_reported_and_can_be_replaced(self):
        with Server() as other:
            wait_for_checkpoint(other)
            other.stop()
            foreign = pathlib.Path(other.files + ".key").read_text()
        for text, problem in (("", "it does not have the form PRIVATE"), (foreign, "the key belongs to another log")):
            with self.subTest(problem=problem):
                server = Server()
                self.addCleanup(server.__exit__)
                for file in pathlib.Path(self.server.folder).glob("reflog.sqlite*"):
                    shutil.copy(file, server.folder)
                path = pathlib.Path(server.files + ".key")
                path.write_text(text)
                path.chmod(0o600)
                with self.assertRaisesRegex(AssertionError, f"{problem}.*run reflog key replace --lost"):
                    server.start()
                run = server.command("key", "replace", "--lost", "--reason", REASON, "--database", server.database)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertEqual(path.with_suffix(".key.old").read_text(), text)
                server.tokens = self.server.tokens
                server.start()
                self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)

    def test_an_unnecessary_replacement_of_the_key_is_refused(self):
        run = self.replace("--lost", "--reason", REASON)
        self.assertEqual((run.returncode, "is not lost, so it is not replaced" in run.stderr), (1, True), run.stderr)
        for arguments in ((), ("--lost",), ("--reason", REASON), ("--lost", "--reason", " ")):
            self.assertEqual(self.replace(*arguments).returncode, 64, arguments)
        self.lose()
        # The anchor shows that this copy lacks signed entries. So the copy is refused, even if the copy's key is lost.
        lines = self.anchor.split("\n")
        pathlib.Path(self.server.files + ".anchor").write_text("\n".join([lines[0], str(int(lines[1]) + 9), *lines[2:]]))
        run = self.replace("--lost", "--reason", REASON)
        self.assertEqual((run.returncode, "does not match the anchor" in run.stderr), (1, True), run.stderr)
