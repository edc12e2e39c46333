"""Tests of the files that belong to a ledger: keys, anchors, older copies, backups and manifests."""

import contextlib
import glob
import os
import pathlib
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import time
import unittest

from generated import GeneratedServer
from reflogserver import BINARY, FRAUD_CHECK, NEW_VENDOR, Server, eventually, wait_for_checkpoint
from test_exports import make_every_kind_of_change
from test_retention import edit
from testparts import sqlite_only

CHANGES = "/beta/auditLogs/connectorChanges"
STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"


def change(server, times=1):
    for number in range(times):
        assert server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2]).status == 204


def verify(server, *arguments, database=None):
    return server.command("verify", "--database", database or server.database, *arguments)


def server_rows(server, sql):
    """Runs a query on the ledger's file and returns the rows. The server can be running or stopped."""
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return ledger.execute(sql).fetchall()


def signing_files(server):
    """Returns the contents of the anchor and of the key files next to the ledger, as a dictionary from file names to bytes."""
    return {file.name: file.read_bytes() for file in pathlib.Path(server.folder).glob("reflog.sqlite.[ak]*")}


class Keys(unittest.TestCase):
    def test_both_keys_sign_a_rotation_and_the_old_key_still_verifies(self):
        with Server() as server:
            change(server, 3)
            old_checkpoint, old = wait_for_checkpoint(server)
            for role in ("reader", "operator"):
                self.assertEqual(server.request("POST", "/beta/reflog/keys", {}, role).code, "forbidden")
            run = server.command("key", "rotate", "--format", "json", role="admin")
            self.assertEqual(run.returncode, 0, run.stderr)
            eventually(lambda: wait_for_checkpoint(server)[1] != old)
            change(server, 3)
            checkpoint, new = wait_for_checkpoint(server)
            self.assertNotEqual(old, new)
            self.assertIn(f'"key":"{new}"', run.stdout)
            # At least one checkpoint has the signatures of both keys.
            self.assertTrue(any(line.count("— ") == 2 for line in server.log.splitlines() if "checkpoint=" in line))
            kept = pathlib.Path(server.folder, "kept")
            kept.write_text(old_checkpoint)
            self.assertEqual(verify(server, "--key", new, "--key", old, "--since", kept).returncode, 0)
            self.assertEqual(verify(server, "--key", new, "--since", kept).returncode, 65)
            self.assertEqual(stat.S_IMODE(os.stat(server.files + ".key").st_mode), 0o600)
            server.stop()
            server.start()
            change(server)
            self.assertEqual(wait_for_checkpoint(server)[1], new)

    def test_an_interrupted_rotation_is_finished_or_discarded_at_the_next_start(self):
        with Server() as server:
            change(server)
            old = wait_for_checkpoint(server)[1]
            server.stop()
            # The server discards a new key if no entry of the log records the rotation to that key.
            shutil.copy(server.files + ".key", server.files + ".key.next")
            server.start()
            change(server)
            self.assertEqual(wait_for_checkpoint(server)[1], old)
            self.assertFalse(os.path.exists(server.files + ".key.next"))
            shutil.copy(server.files + ".key", server.files + ".before")
            server.command("key", "rotate", role="admin")
            change(server)
            new = eventually(lambda: (key := wait_for_checkpoint(server)[1]) != old and key)
            server.stop()
            # Make the files look as if the server had stopped before it renamed the new key. The new key becomes the current
            # key, because an entry of the log records the rotation to it.
            os.rename(server.files + ".key", server.files + ".key.next")
            os.rename(server.files + ".before", server.files + ".key")
            server.start()
            change(server)
            self.assertEqual(wait_for_checkpoint(server)[1], new)
            # The server renames the file when it publishes a checkpoint that both keys signed.
            eventually(lambda: not os.path.exists(server.files + ".key.next"))
            change(server)
            self.assertEqual(wait_for_checkpoint(server)[0].count("— "), 1)
            server.stop()
            self.assertEqual(verify(server, "--key", new, "--anchor", server.files + ".anchor").returncode, 0)


@sqlite_only("it opens the ledger's file")
class Crashes(unittest.TestCase):
    """Every answered change is signed, even if the server is killed."""

    def test_every_answered_change_is_signed_after_a_kill_even_if_the_anchor_is_older(self):
        with Server() as server:
            key = wait_for_checkpoint(server)[1]
            for times in range(1, 6):
                anchored = pathlib.Path(server.files + ".anchor").read_bytes()
                change(server, times)
                server.kill()
                answered = server_rows(server, "SELECT id, result FROM change")
                (size, checkpoint), = server_rows(server, "SELECT next_sequence, checkpoint FROM head")
                entries = server_rows(server, "SELECT count(*), max(sequence) FROM entry")
                self.assertEqual(entries, [(size, size - 1)])
                self.assertEqual(checkpoint.split("\n")[1], str(size))
                self.assertEqual({result for _, result in answered}, {"applied"})
                # Put back the older anchor. If the server crashes after it commits a change and before it writes the new
                # anchor, the older anchor remains.
                pathlib.Path(server.files + ".anchor").write_bytes(anchored)
                run = verify(server, "--key", key, "--anchor", server.files + ".anchor")
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                server.start()
                self.assertEqual(len(server.history()), len(answered))
                wait_for_checkpoint(server)

    def test_a_start_that_was_interrupted_before_the_first_entry_can_be_repeated(self):
        """A server starts with a ledger that has no key yet. If a key exists that has not signed a checkpoint yet, the server
        uses this key."""
        server = Server()
        self.addCleanup(server.__exit__)
        # If a folder or a link has the name of a file, the server can't create that file, so the start fails. With
        # ".key.partial", the start fails when the server writes the key. With ".first-tokens", the start fails later, when the
        # key already exists.
        for name, block, unblock, has_key in (
            (".key.partial", os.mkdir, os.rmdir, False),
            (".first-tokens", lambda path: os.symlink("nowhere", path), os.remove, True),
        ):
            block(server.files + name)
            with self.assertRaises(AssertionError):
                server.start()
            unblock(server.files + name)
            self.assertEqual(server_rows(server, "SELECT next_sequence, checkpoint FROM head"), [(0, None)])
            self.assertEqual(os.path.exists(server.files + ".key"), has_key)
            self.assertFalse(os.path.exists(server.files + ".anchor"))
        secret = pathlib.Path(server.files + ".key").read_bytes()

        server.start()

        change(server)
        key = wait_for_checkpoint(server)[1]
        server.stop()
        server.start()
        self.assertEqual(wait_for_checkpoint(server)[1], key)
        self.assertEqual(pathlib.Path(server.files + ".key").read_bytes(), secret)
        run = verify(server, "--key", key, "--anchor", server.files + ".anchor")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


@sqlite_only("it copies the ledger's file")
class OlderCopies(unittest.TestCase):
    def test_an_older_copy_is_served_only_if_a_setting_accepts_it_and_the_start_is_recorded(self):
        with Server() as server:
            change(server, 4)
            wait_for_checkpoint(server)
            server.stop()
            shutil.copy(server.database, server.files + ".older")
            server.start()
            change(server, 5)
            lost = int(server.history()[-1]["id"])
            signed = int(wait_for_checkpoint(server)[0].split("\n")[1])
            old_origin = wait_for_checkpoint(server)[0].split("\n")[0]
            server.stop()
            signed = int(pathlib.Path(server.files + ".anchor").read_text().split("\n")[1])
            shutil.copy(server.files + ".older", server.database)

            self.assertRaisesRegex(AssertionError, "fewer entries than", server.start)

            server.settings["ACCEPT_OLDER_LEDGER"] = "true"
            server.start()
            event = next(e for e in server.request("GET", "/beta/auditLogs/serviceEvents").json["value"]
                         if e["kind"] == "olderLedgerAccepted")
            self.assertEqual((event["details"]["anchoredSize"], event["details"]["anchoredOrigin"]), (signed, old_origin))
            change(server)
            newest = server.history()[-1]
            self.assertGreater(int(newest["id"]), lost)
            checkpoint, key = wait_for_checkpoint(server)
            self.assertEqual(checkpoint.split("\n")[0], event["details"]["origin"])
            self.assertNotEqual(event["details"]["origin"], old_origin)
            self.assertTrue(os.path.exists(f"{server.files}.anchor.{signed}"))
            run = verify(server, "--key", key, "--anchor", server.files + ".anchor")
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            # The server starts with the setting and without the setting. The event for the accepted copy is recorded only once.
            for value in ("true", None):
                server.stop()
                server.settings["ACCEPT_OLDER_LEDGER"] = value
                server.start()
                kinds = [e["kind"] for e in server.request("GET", "/beta/auditLogs/serviceEvents").json["value"]]
                self.assertEqual(kinds.count("olderLedgerAccepted"), 1)

    def test_a_copy_that_is_older_than_a_rotation_is_refused_and_no_file_is_changed(self):
        with Server() as server:
            change(server, 2)
            old = wait_for_checkpoint(server)[1]
            server.stop()
            shutil.copy(server.database, server.files + ".older")
            server.start()
            server.command("key", "rotate", role="admin")
            change(server)
            eventually(lambda: wait_for_checkpoint(server)[1] != old)
            server.stop()
            shutil.copy(server.files + ".older", server.database)
            shutil.copy(server.files + ".key", server.files + ".key.next")
            before = signing_files(server)

            with self.assertRaises(AssertionError) as refusal:
                server.start()

            self.assertRegex(str(refusal.exception), r"does not match the anchor \S+: [^.]+\. Restore the newest copy")
            self.assertEqual(signing_files(server), before)


@sqlite_only("reflog backup copies a SQLite file")
class Backups(unittest.TestCase):
    def test_a_backup_is_complete_verifies_on_read_only_media_and_can_be_restored(self):
        with Server() as server:
            make_every_kind_of_change(server)
            wait_for_checkpoint(server)
            file = os.path.join(server.folder, "media", "backup.sqlite")
            os.mkdir(os.path.dirname(file))
            for role in ("reader", "operator"):
                self.assertEqual(server.request("GET", "/beta/reflog/backup", role=role).code, "forbidden")
            run = server.command("backup", file, role="admin")
            self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
            self.assertIn("was verified", run.stderr)
            self.assertEqual(server.command("backup", file, role="admin").returncode, 1)
            self.assertEqual(glob.glob(server.files + ".backup*"), [])
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            os.chmod(os.path.dirname(file), 0o500)
            self.assertEqual(verify(server, "--key", wait_for_checkpoint(server)[1], database=file).returncode, 0)
            os.chmod(os.path.dirname(file), 0o700)
            count = len(server.history())

            # Restore the backup.
            change(server, 2)
            server.stop()
            for path in glob.glob(server.files + "-*"):
                os.remove(path)
            shutil.copy(file, server.database)
            server.settings["ACCEPT_OLDER_LEDGER"] = "true"
            server.start()
            self.assertEqual(len(server.history()), count)
            change(server)

            damage(file)
            self.assertEqual(verify(server, database=file).returncode, 65)

    def test_an_unfinished_backup_is_deleted_at_the_next_start(self):
        with Server() as server:
            server.stop()
            pathlib.Path(server.files + ".backup").write_text("half")
            server.start()
            self.assertEqual(glob.glob(server.files + ".backup*"), [])


@sqlite_only("reflog compact rewrites a SQLite file")
class Compaction(unittest.TestCase):
    def test_a_compacted_file_has_the_same_log(self):
        with Server() as server:
            make_every_kind_of_change(server)
            checkpoint, key = wait_for_checkpoint(server)
            history = server.history()
            refused = server.command("compact", "--database", server.database)
            self.assertEqual(refused.returncode, 1, refused.stderr)
            self.assertIn("another", refused.stderr)
            self.assertEqual(wait_for_checkpoint(server)[0], checkpoint)
            server.stop()
            before = server_rows(server, "SELECT * FROM head"), server_rows(server, "SELECT * FROM entry"), signing_files(server)
            # Create the file that a crash during a compaction leaves.
            pathlib.Path(server.files + ".compact").write_text("half")

            run = server.command("compact", "--database", server.database)

            self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
            self.assertEqual((server_rows(server, "SELECT * FROM head"), server_rows(server, "SELECT * FROM entry"), signing_files(server)),
                             before)
            self.assertEqual(glob.glob(server.files + ".compact*"), [])
            self.assertEqual(stat.S_IMODE(os.stat(server.database).st_mode), 0o600)
            self.assertEqual(verify(server, "--key", key, "--anchor", server.files + ".anchor").returncode, 0)
            server.start()
            self.assertEqual(server.history(), history)
            change(server)

    def test_a_killed_compaction_does_not_change_the_ledger(self):
        with GeneratedServer(4000) as server:
            _, key = wait_for_checkpoint(server)
            server.stop()
            changes = server.rows("SELECT count(*) FROM change")
            for seconds in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3):
                process = subprocess.Popen([server.binary, "compact", "--database", server.database], stderr=subprocess.DEVNULL,
                                           env=server.environment())
                time.sleep(seconds)
                process.kill()
                process.wait()
                self.assertEqual(server.rows("SELECT count(*) FROM change"), changes)
                run = server.verify("--key", key, "--anchor", server.files + ".anchor")
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            server.start()
            self.assertEqual(server.rows("SELECT count(*) FROM change"), changes)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_a_server_starts_after_each_killed_compaction_of_a_killed_server(self):
        with Server() as server, tempfile.TemporaryDirectory() as folder:
            make_every_kind_of_change(server)
            changes = server_rows(server, "SELECT count(*) FROM change")
            server.kill()
            for path in glob.glob(server.files + "*"):
                shutil.copy2(path, folder)
            # A checkpoint of SQLite copies the -wal file into the ledger's file and then truncates the -wal file. Run 1 kills
            # the process at the first truncation, run 2 at the second, and so on.
            for number in range(1, 20):
                with self.subTest(number=number):
                    for path in glob.glob(server.files + "*"):
                        os.remove(path)
                    for name in os.listdir(folder):
                        shutil.copy2(os.path.join(folder, name), os.path.dirname(server.files))
                    run = subprocess.run(
                        ["strace", "-f", "-o", os.devnull, "-P", server.database + "-wal", "-e", "trace=ftruncate",
                         "-e", f"inject=ftruncate:signal=KILL:when={number}",
                         server.binary, "compact", "--database", server.database],
                        capture_output=True, text=True, env=server.environment())
                    server.start()
                    self.assertEqual(server_rows(server, "SELECT count(*) FROM change"), changes, run.stderr)
                    self.assertEqual(server.stop(), 0)
                if run.returncode == 0:
                    break
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertGreater(number, 3)

    def test_a_file_that_is_no_ledger_is_not_compacted(self):
        with tempfile.TemporaryDirectory() as folder:
            missing, other = os.path.join(folder, "missing.sqlite"), os.path.join(folder, "other.sqlite")
            with contextlib.closing(sqlite3.connect(other)) as database:
                database.execute("CREATE TABLE other (id INTEGER)")
            for path in (missing, other):
                run = subprocess.run([BINARY, "compact", "--database", path], capture_output=True, text=True)
                self.assertEqual(run.returncode, 1, run.stderr)
                self.assertIn(path, run.stderr)
            with contextlib.closing(sqlite3.connect(other)) as database:
                self.assertEqual(database.execute("SELECT name FROM sqlite_schema").fetchall(), [("other",)])
            self.assertFalse(os.path.exists(missing))


class Manifests(unittest.TestCase):
    """A check of an exported file against its manifest finds every alteration of the file."""

    @classmethod
    def setUpClass(cls):
        cls.server = server = cls.enterClassContext(Server())
        make_every_kind_of_change(server)
        change(server, 8)
        cls.checkpoint, cls.key = wait_for_checkpoint(server)

    def export(self, *arguments, name="history.csv"):
        path = os.path.join(self.server.folder, name)
        run = self.server.command("export", "--server", self.server.url, "--manifest", "--output", path, *arguments, role="reader")
        self.assertEqual(run.returncode, 0, run.stderr)
        return path

    def verify(self, path):
        return verify(self.server, "--key", self.key, "--manifest", path + ".manifest")

    def test_an_unaltered_export_verifies_after_later_changes(self):
        for arguments, name in (((), "a.csv"), (("--raw", "--excel"), "b.csv"), (("--format", "jsonl"), "c.jsonl"),
                                (("--format", "ocsf"), "d.jsonl"), (("--filter", "result eq 'applied'"), "e.csv"),
                                (("--after", "20"), "f.csv"), (("--filter", "id eq 999999"), "g.csv")):
            path = self.export(*arguments, name=name)
            change(self.server)
            run = self.verify(path)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_missing_added_and_altered_rows_are_reported(self):
        path = self.export(name="edited.csv")
        lines = pathlib.Path(path).read_bytes().split(b"\r\n")
        rows = {int(line.split(b",")[0]): number for number, line in enumerate(lines) if line[:1].isdigit()}
        victim = sorted(rows)[len(rows) // 2]
        line = lines[rows[victim]]
        for edited, finding in (
            ([l for l in lines if l != line], f"Row {victim} is missing."),
            ([l if l != line else line.replace(b",applied,", b",rejected,") for l in lines], f"Row {victim} was altered."),
            (lines[:-1] + [b"99999" + line[line.index(b","):], b""], "Row 99999 was added."),
        ):
            pathlib.Path(path).write_bytes(b"\r\n".join(edited))
            run = self.verify(path)
            self.assertEqual(run.returncode, 65)
            self.assertIn(finding, run.stdout)
            self.assertIn("is not the file that was exported", run.stdout)

    def test_rows_whose_data_was_erased_later_are_not_reported_as_altered(self):
        with Server() as server:
            server.tokens["ada"] = server.request(
                "POST", "/beta/reflog/tokens", {"name": "ada", "role": "operator"}, "admin").json["token"]
            ids = [server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][role == "ada"], role, {"Reflog-Reason": "INC7"}).change
                   for role in ("ada", "operator", "ada")]
            wait_for_checkpoint(server)
            for name, arguments in (("all.csv", []), ("some.csv", ["--filter", "contains(reason, 'INC7')"])):
                path = os.path.join(server.folder, name)
                run = server.command("export", "--server", server.url, "--manifest", "--output", path, *arguments, role="reader")
                self.assertEqual(run.returncode, 0, run.stderr)
                text = pathlib.Path(path).read_text()
                pathlib.Path(path).write_text(text.replace(f"\n{ids[1]},", f"\n{ids[1]},9"))
            server.request("POST", "/beta/reflog/erasures", {"token": "ada"}, "admin")
            eventually(lambda: server.request("GET", f"{CHANGES}/{ids[2]}").json["erased"])
            for name in ("all.csv", "some.csv"):
                run = verify(server, "--manifest", os.path.join(server.folder, name + ".manifest"))
                self.assertEqual(run.returncode, 65, run.stderr)
                found = [line for line in run.stdout.splitlines() if line.startswith("Row ")]
                self.assertEqual(found, [f"Row {ids[1]} was altered."])

    def test_an_edited_manifest_or_a_manifest_with_another_key_is_refused(self):
        path = self.export(name="forged.csv")
        manifest = pathlib.Path(path + ".manifest")
        note = manifest.read_text()
        manifest.write_text(note.replace('"rows":', '"rows":1'))
        self.assertEqual(self.verify(path).returncode, 65)
        other = "audit.example/other+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        manifest.write_text(note)
        self.assertNotEqual(verify(self.server, "--key", other, "--manifest", path + ".manifest").returncode, 0)

    def test_a_manifest_exists_when_its_export_was_downloaded(self):
        answer = self.server.request("GET", CHANGES + "?$format=csv&manifest=true", role="reader")
        url = answer.headers["reflog-manifest"]
        note = self.server.request("GET", url[url.index("/beta"):], role="reader")
        self.assertEqual(note.status, 200)
        self.assertIn('"manifest":"reflog export 1"', note.text)
        self.assertEqual(self.server.request("GET", "/beta/auditLogs/exportManifests/none", role="reader").status, 404)
        self.assertNotIn("reflog-manifest", self.server.request("GET", CHANGES + "?$format=csv").headers)
        self.assertEqual(self.server.request("GET", CHANGES + "?manifest=true").status, 400)


@sqlite_only("it edits the ledger's file")
class Damage(unittest.TestCase):
    def test_a_change_that_does_not_match_its_entry_is_never_shown_as_valid(self):
        with Server() as server:
            make_every_kind_of_change(server)
            wait_for_checkpoint(server)
            victim = next(c["id"] for c in server.history() if c["kind"] == "update" and c["result"] == "applied")
            server.stop()
            edit(server.database, f"UPDATE change SET http_status = 299 WHERE id = {victim}")
            server.start()
            one = server.request("GET", f"{CHANGES}/{victim}")
            self.assertEqual((one.status, one.code), (500, "internalError"))
            self.assertIn(f"Change {victim} is not what was recorded", one.json["error"]["message"])
            self.assertEqual(server.request("GET", f"{CHANGES}?$filter=id%20eq%20{victim}").status, 500)
            self.assertEqual(server.request("GET", f"{CHANGES}?$filter=id%20gt%20{victim}").status, 200)
            self.assertEqual(server.command("show", victim, "--database", server.database).returncode, 65)


def damage(path):
    """Finds an IP address in the file, and flips one of its bits."""
    with open(path, "r+b") as file:
        content = file.read()
        offset = content.index(b"127.0.0.1")
        file.seek(offset)
        file.write(bytes([content[offset] ^ 1]))
