"""Tests of the files that commands read and write, and of files that change while a server uses them."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import unittest

from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, eventually, wait_for_checkpoint
from testparts import apart

SQLITE_ONLY = "it tests the files of a SQLite ledger"

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
CHANGES = "/beta/auditLogs/connectorChanges"
ENDINGS = ("", "-wal", "-shm", ".key", ".anchor", ".tokens", ".lock", ".directory", ".directory-wal", ".first-tokens")


def change(server, times=1):
    for number in range(times):
        assert server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2]).status == 204


@apart(seconds=12)
class Output(unittest.TestCase):
    """A command never replaces a file of a ledger. It replaces any other existing file only with --force."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        change(cls.server, 3)
        wait_for_checkpoint(cls.server)

    def verbs(self, path):
        """Returns a command for each verb that writes a file, and the role that the command needs."""
        database = ["--database", self.server.database]
        return [(["export", "--output", path, *database], None), (["show", "2", "--proof", path, *database], None),
                (["backup", path], "admin"),
                (["export", "--server", self.server.url, "--manifest", "--output", path], "reader"),
                (["export", "--follow", "--state", path, *database], None)]

    def test_no_verb_writes_over_a_file_of_the_ledger(self):
        folder = self.server.folder
        os.symlink(self.server.files + ".key", os.path.join(folder, "link"))
        # The anchor is not used here, because the server replaces the anchor with a new file.
        os.link(self.server.files + ".key", os.path.join(folder, "hard-link"))
        os.symlink(folder, os.path.join(folder, "folder-link"))
        paths = [self.server.files + ending for ending in ENDINGS]
        paths += [os.path.join(folder, name) for name in ("link", "hard-link", "folder-link/reflog.sqlite.key")]
        # These files do not exist. If a command created such a file, a later start would read it as a file of the ledger.
        paths += [self.server.files + ending for ending in (".key.next", ".directory-journal")]
        paths.append(self.server.files + ".search")
        before = inodes(self.server)
        for number, path in enumerate(paths):
            # Every path is tested with two verbs, and every verb is tested with several paths.
            for arguments, role in self.verbs(path)[:2] + self.verbs(path)[2 + number % 3:][:1]:
                force = ["--force"] if "--follow" not in arguments else []
                with self.subTest(path=path, arguments=arguments):
                    run = self.server.command(*arguments, *force, role=role)
                    self.assertIn(run.returncode, (1, 64))
                    self.assertIn(path, run.stderr)
                    self.assertEqual(inodes(self.server), before)
                    self.assertEqual(pathlib.Path(self.server.files + ".anchor").read_text().count("\n\n"), 1)
        os.remove(os.path.join(folder, "hard-link"))
        change(self.server)

    def test_another_existing_file_is_replaced_only_with_force(self):
        path = os.path.join(self.server.folder, "mine")
        for arguments, role in self.verbs(path)[:4]:
            with self.subTest(arguments=arguments):
                pathlib.Path(path).write_text("yesterday")
                run = self.server.command(*arguments, role=role)
                self.assertEqual((run.returncode, pathlib.Path(path).read_text()), (1, "yesterday"))
                self.assertIn(f"{path} exists already. Name another file, or use --force to replace it.", run.stderr)
                run = self.server.command(*arguments, "--force", role=role)
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertNotEqual(pathlib.Path(path).read_bytes(), b"yesterday")

    def test_a_backup_leaves_one_file_and_nothing_next_to_it(self):
        folder = pathlib.Path(self.server.folder, "backups")
        folder.mkdir()
        self.assertEqual(self.server.command("backup", folder / "copy.sqlite", role="admin").returncode, 0)
        for verb in (["history"], ["status"], ["verify"]):
            self.assertEqual(self.server.command(*verb, "--database", folder / "copy.sqlite").returncode, 0)
        self.assertEqual([file.name for file in folder.iterdir()], ["copy.sqlite"])


class Anchor(unittest.TestCase):
    def test_the_anchor_does_not_replace_another_file_of_the_ledger(self):
        server = Server()
        self.addCleanup(server.__exit__)
        os.symlink(server.folder, os.path.join(server.folder, "link"))
        for path in [server.files + ending for ending in ENDINGS + (".search", ".webhooks") if ending != ".anchor"] + [
                os.path.join(server.folder, "link", "reflog.sqlite.key")]:
            with self.subTest(path=path):
                run = subprocess.run([server.binary, "serve", "--port", "0", *server.database_flags], capture_output=True, text=True,
                                     timeout=60, env=server.environment() | server.variables | {"REFLOG_ANCHOR": path})
                self.assertEqual(run.returncode, 64, run.stderr)
                self.assertIn(f"REFLOG_ANCHOR is {path}, which is another file of the ledger {server.database}", run.stderr)
                self.assertEqual(os.listdir(server.folder), ["link"])


def inodes(server):
    """Returns the inode of each file of a ledger. Leaves out the anchor, because the server replaces the anchor's file."""
    return {ending: os.stat(server.files + ending).st_ino for ending in ENDINGS
            if ending != ".anchor" and os.path.exists(server.files + ending)}


@apart(seconds=12)
class Input(unittest.TestCase):
    """If another program altered a checkpoint or a manifest, Reflog reads the file or reports that the file can't be read.
    Reflog never reports that the ledger was altered."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        change(cls.server, 3)
        cls.checkpoint, cls.key = wait_for_checkpoint(cls.server)
        cls.exported = os.path.join(cls.server.folder, "export.csv")
        run = cls.server.command("export", "--server", cls.server.url, "--manifest", "--output", cls.exported, role="reader")
        assert run.returncode == 0, run.stderr
        cls.manifest = pathlib.Path(cls.exported + ".manifest").read_text()

    # The ways in which programs alter a text. Each way has a function that alters the text, and True if Reflog can still read
    # the altered text.
    WAYS = {
        "CR LF": (lambda text: text.replace("\n", "\r\n").encode(), True),
        "a byte order mark": (lambda text: b"\xef\xbb\xbf" + text.encode(), True),
        "a byte order mark and CR LF": (lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), True),
        "no last newline": (lambda text: text.rstrip("\n").encode(), True),
        "UTF-16": (lambda text: text.encode("utf-16"), False),
        "UTF-16 without a mark": (lambda text: text.encode("utf-16-le"), False),
        "empty": (lambda text: b"", False),
        "only a newline": (lambda text: b"\n", False),
        "a web page": (lambda text: b"<html>502</html>\n", False),
        "a web page after a byte order mark": (lambda text: b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n\n", False),
        "the first half": (lambda text: text.encode()[:len(text) // 2], False),
        "without the last line": (lambda text: text[:text.rindex("—")].encode(), False),
        "a cut signature": (lambda text: text.encode()[:-9], False),
        "one line": (lambda text: text.replace("\n", " ").encode(), False),
        "HTML entities": (lambda text: text.replace("—", "&mdash;").encode(), False),
        "binary": (lambda text: bytes(range(256)), False),
    }

    def test_every_altered_checkpoint_and_manifest_is_read_or_reported(self):
        kept = pathlib.Path(self.server.folder, "kept.txt")
        manifest = pathlib.Path(self.exported + ".manifest")
        self.addCleanup(manifest.write_text, self.manifest)
        for way, (alter, is_readable) in self.WAYS.items():
            for option, file, text in (("--since", kept, self.checkpoint), ("--anchor", kept, self.checkpoint),
                                       ("--manifest", manifest, self.manifest)):
                with self.subTest(way=way, option=option):
                    file.write_bytes(alter(text))
                    run = self.server.command("verify", "--database", self.server.database, "--key", self.key, option, file)
                    self.assertEqual(run.returncode, 0 if is_readable else 64, run.stdout + run.stderr)
                    if not is_readable:
                        self.assertIn(f"reflog: {file} cannot be read: ", run.stderr)
                        self.assertNotIn("verification", run.stderr)

    def test_a_key_can_come_from_a_file_of_windows(self):
        for key in ("\ufeff" + self.key, self.key + "\r", "\ufeff" + self.key + "\r\n"):
            run = self.server.command("verify", "--database", self.server.database, "--key", key)
            self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_zip_file_and_an_export_in_utf_16_are_not_reported_as_altered(self):
        pack = os.path.join(self.server.folder, "pack.zip")
        run = self.server.command("evidence", "--period", time.strftime("%Y"), "--server", self.server.url, pack, role="reader")
        self.assertEqual(run.returncode, 0, run.stderr)
        run = self.server.command("verify", "--manifest", pack)
        self.assertEqual((run.returncode, run.stderr),
                         (64, f"reflog: {pack} cannot be read: it is a ZIP file. Unpack it, and use the file in its folder.\n"))
        exported = pathlib.Path(self.exported)
        content = exported.read_bytes()
        self.addCleanup(exported.write_bytes, content)
        for encoding in ("utf-16", "utf-16-le"):
            exported.write_bytes(content.decode().encode(encoding))
            run = self.server.command("verify", "--manifest", f"{exported}.manifest", "--key", self.key)
            self.assertEqual((run.returncode, run.stdout), (64, ""), run.stderr)
            self.assertIn(f"{exported} cannot be read: it is UTF-16 text; save it as UTF-8.", run.stderr)

    def test_a_checkpoint_or_manifest_that_does_not_exist_is_reported(self):
        for option, name in (("--since", "none"), ("--manifest", "none.manifest"), ("--since", self.server.folder)):
            run = self.server.command("verify", "--database", self.server.database, option, name)
            self.assertEqual(run.returncode, 64)
            self.assertIn(f"{name} cannot be read: it ", run.stderr)

    def test_a_backup_that_is_older_than_the_export_is_reported(self):
        backup = os.path.join(self.server.folder, "older.sqlite")
        self.assertEqual(self.server.command("backup", backup, role="admin").returncode, 0)
        change(self.server, 2)
        wait_for_checkpoint(self.server)
        newer = os.path.join(self.server.folder, "newer.csv")
        self.server.command("export", "--server", self.server.url, "--manifest", "--output", newer, role="reader")
        run = self.server.command("verify", "--database", backup, "--key", self.key, "--manifest", newer + ".manifest")
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertRegex(run.stderr, f"{backup} is older than the export: it has [0-9]+ entries")
        self.assertNotIn("failed verification", run.stderr)


@apart(seconds=12)
class Positions(unittest.TestCase):
    """A position, a page link or a state file of a newer ledger is refused, because an export could then skip changes."""

    def test_positions_of_a_newer_ledger_are_refused(self):
        with Server() as server:
            change(server, 4)
            wait_for_checkpoint(server)
            backup = os.path.join(server.folder, "backup.sqlite")
            self.assertEqual(server.command("backup", backup, role="admin").returncode, 0)
            change(server, 20)
            position = server.request("GET", f"{CHANGES}?$format=jsonl").headers["reflog-position"]
            pages = [server.request("GET", f"/beta/auditLogs/{items}?$top=2{order}").json["@odata.nextLink"].removeprefix(server.url)
                     for items in ("connectorChanges", "serviceEvents") for order in ("", "&$orderby=id")]
            state = pathlib.Path(server.folder, "state")
            self.follow(server, state)
            self.assertEqual(state.read_text().partition("@")[2], position.partition("@")[2] + "\n")
            for page in pages:
                self.assertEqual(server.request("GET", page).status, 200)
            server.stop()
            for file in pathlib.Path(server.folder).glob("reflog.sqlite-*"):
                file.unlink()
            shutil.copy(backup, server.database)
            server.settings["ACCEPT_OLDER_LEDGER"] = "true"
            server.start()
            # With 30 entries, the position would be valid in the new ledger. Only the name of the log shows that the position
            # belongs to another history.
            for entries in (1, 30):
                change(server, entries)
                for option in (position, position.partition("@")[0]):
                    answer = server.request("GET", f"{CHANGES}?$format=jsonl&after={option}")
                    expected = 400 if "@" in option or entries == 1 else 200
                    self.assertEqual(answer.status, expected, answer.text)
                    event = server.request("GET", f"/beta/auditLogs/serviceEvents?$format=jsonl&after={option}")
                    self.assertEqual(event.status, expected, event.text)
                for page in pages:
                    self.assertEqual(server.request("GET", page).status, 400)
                for source in (["--server", server.url], ["--database", server.database]):
                    run = server.command("export", "--format", "jsonl", "--follow", "--state", state, *source, role="reader")
                    self.assertEqual((run.returncode, run.stdout), (1, ""), run.stderr)
                    self.assertIn("belongs to another log", run.stderr)

    def follow(self, server, state):
        command = [server.binary, "export", "--server", server.url, "--format", "jsonl", "--follow", "--state", state]
        follower = subprocess.Popen(command, stdout=subprocess.PIPE, env=server.environment("reader"))
        eventually(state.exists)
        follower.send_signal(signal.SIGTERM)
        follower.communicate()

    def test_a_file_that_is_not_a_state_file_is_not_replaced(self):
        with Server() as server:
            change(server)
            for content in (b"notes", b"", b"<html>", "1@x".encode("utf-16")):
                state = pathlib.Path(server.folder, "notes")
                state.write_bytes(content)
                run = server.command("export", "--database", server.database, "--follow", "--state", state)
                self.assertIn(run.returncode, (1, 64))
                self.assertIn(str(state), run.stderr)
                self.assertEqual(state.read_bytes(), content)


@apart(seconds=12)
class Replacement(unittest.TestCase):
    """A server whose file was replaced records no more changes, and answers no read from the new file."""

    def test_a_replaced_file_stops_changes_and_reads(self):
        for ending in ("", "-wal"):
            for action in ("replaced", "moved"):
                with self.subTest(ending=ending, action=action), Server() as server:
                    change(server, 3)
                    file = server.files + ending
                    os.rename(file, file + ".moved")
                    if action == "replaced":
                        shutil.copy(file + ".moved", file)
                    answer = server.put(STEP, NEW_VENDOR)
                    self.assertEqual((answer.status, answer.code), (503, "ledgerUnavailable"), answer.text)
                    self.assertIn(f"{file} was replaced, moved or deleted while Reflog uses it.", answer.text)
                    self.assertEqual(server.request("GET", CHANGES).status, 503)
                    self.assertEqual(server.request("GET", "/readyz", role=None).status, 503)
                    # Move the file back. The server uses the file again, because it is the same file.
                    os.replace(file + ".moved", file)
                    change(server)
                    self.assertEqual(len(server.history()), len({item["id"] for item in server.history()}))
                    self.assertEqual(server.stop(), 0)
                    self.assertEqual(server.command("verify", "--database", server.database).returncode, 0)

    def test_an_idle_server_notices_a_replaced_file(self):
        with Server() as server:
            os.rename(server.database, server.files + ".moved")
            eventually(lambda: server.request("GET", "/readyz", role=None).status == 503)
            os.rename(server.files + ".moved", server.database)


class Port(unittest.TestCase):
    def test_a_taken_port_is_reported_in_one_line_and_no_file_is_created(self):
        server = Server()
        self.addCleanup(server.__exit__)
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            run = subprocess.run([server.binary, "serve", "--port", str(port), "--database", server.database],
                                 capture_output=True, text=True, env=server.environment() | server.variables, timeout=60)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stderr, f"reflog: Reflog can't listen on 127.0.0.1:{port}: Address already in use.\n")
        self.assertEqual(os.listdir(server.folder), [])


class CopiesInUse(unittest.TestCase):
    def test_every_verb_reports_a_copy_without_its_log(self):
        with Server() as server:
            change(server, 4)
            copy = pathlib.Path(server.folder, "copies")
            copy.mkdir()
            shutil.copy(server.database, copy / "reflog.sqlite")
            for verb in ("history", "status", "export", "config", "checkpoint", "verify"):
                run = server.command(verb, "--database", copy / "reflog.sqlite")
                self.assertEqual(run.returncode, 65 if verb == "verify" else 1, run.stderr)
                self.assertIn(f"{copy}/reflog.sqlite-wal is missing", run.stderr)
                self.assertEqual(run.stdout, "")
            self.assertEqual(os.listdir(copy), ["reflog.sqlite"])
            # The copied ledger is new: its first entry is only in the `-wal` file, which is missing here. So each start must
            # fail, even with the files next to the ledger.
            for endings in ((".directory",), (".directory", ".key", ".anchor", ".tokens")):
                for ending in endings:
                    shutil.copy(server.files + ending, copy)
                start = subprocess.run([server.binary, "serve", "--port", "0", "--database", copy / "reflog.sqlite"],
                                       capture_output=True, text=True, env=server.environment() | server.variables, timeout=60)
                self.assertEqual(start.returncode, 1)
                self.assertRegex(start.stderr, r"\Areflog: \S+reflog.sqlite(.directory)?-wal is missing|\Areflog: .*-wal is missing")

    def test_a_server_starts_on_a_complete_ledger_without_its_log(self):
        """After a kill, `sqlite3` copies the `-wal` file into the ledger. The anchor shows that no entry is missing."""
        with Server() as server:
            change(server, 4)
            wait_for_checkpoint(server)
            server.kill()
            subprocess.run(["sqlite3", server.database, "SELECT count(*) FROM change"], check=True, capture_output=True)
            self.assertFalse(os.path.exists(server.files + "-wal"))
            server.start()
            self.assertEqual(len(server.history()), 4)
