"""Tests of the index that finds changes by a part of their reasons."""

import contextlib
import glob
import json
import os
import pathlib
import sqlite3
import subprocess
import unittest
import urllib.parse

from reflogserver import FRAUD_CHECK, NEW_VENDOR, Server, eventually
from testparts import apart, sqlite_only

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
CHANGES = "/beta/auditLogs/connectorChanges"
# These letters occur in no other text of the ledger.
SECRET = "ⴀⴁⴂⴃ"


def change(server, *reasons):
    for number, reason in enumerate(reasons):
        answer = server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2], headers={"Reflog-Reason": urllib.parse.quote(reason)})
        assert answer.status == 204, answer.text


def indexed(server):
    """Returns the id of the newest change in the index, or None if the index is empty or its tables are not created yet."""
    with contextlib.closing(sqlite3.connect(f"file:{server.files}.search?mode=ro", uri=True)) as index:
        try:
            return index.execute("SELECT max(through) FROM segment").fetchone()[0]
        except sqlite3.OperationalError:
            return None


def newest(server):
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as ledger:
        return ledger.execute("SELECT max(id) FROM change").fetchone()[0]


def wait_for_index(server):
    eventually(lambda: indexed(server) == newest(server))


def found(server, text, order="desc"):
    filter = urllib.parse.quote(f"contains(tolower(reason),'{text}')")
    answer = server.request("GET", f"{CHANGES}?$filter={filter}&$orderby=id%20{order}&$count=true")
    assert answer.status == 200, answer.text
    assert answer.json["@odata.count"] == len(answer.json["value"])
    return [change["reason"] for change in answer.json["value"]]


def listed(server, *source):
    run = server.command("history", "--reason", "rocket", "--format", "json", *source, role="reader")
    assert run.returncode == 0, run.stderr
    return [change["reason"] for change in json.loads(run.stdout)["value"]]


@sqlite_only("it tests a file next to a SQLite ledger")
@apart(seconds=20)
class ReasonIndex(unittest.TestCase):
    def test_a_search_finds_all_reasons_after_a_kill_and_without_the_index(self):
        with Server() as server:
            reasons = ["Rocket 1", "other", "ROCKET 2", "rock it", "a rocket's 3"]
            change(server, *reasons)
            wait_for_index(server)
            expected = ["a rocket's 3", "ROCKET 2", "Rocket 1"]
            self.assertEqual(found(server, "rocket"), expected)
            self.assertEqual(listed(server, "--database", server.database), expected)
            self.assertEqual(os.stat(server.files + ".search").st_mode & 0o777, 0o600)

            server.kill()
            self.assertEqual(listed(server, "--database", server.database), expected)
            server.start()
            change(server, "rocket 4")
            expected.insert(0, "rocket 4")
            self.assertEqual(found(server, "rocket"), expected)
            wait_for_index(server)
            self.assertEqual(found(server, "rocket"), expected)
            self.assertEqual(found(server, "rocket", "asc"), expected[::-1])
            self.assertEqual(found(server, "rocket 5"), [])

            self.assertEqual(server.stop(), 0)
            self.assertEqual([os.path.basename(path) for path in glob.glob(server.files + ".search*")], ["reflog.sqlite.search"])
            self.assertEqual(listed(server, "--database", server.database), expected)
            os.remove(server.files + ".search")
            self.assertEqual(listed(server, "--database", server.database), expected)
            server.start()
            self.assertEqual(found(server, "rocket"), expected)
            wait_for_index(server)
            self.assertEqual(found(server, "rocket"), expected)

    def test_a_damaged_index_is_built_again(self):
        with Server() as server:
            change(server, *(f"rocket {number}" for number in range(20)))
            wait_for_index(server)
            self.assertEqual(server.stop(), 0)
            path = pathlib.Path(server.files + ".search")
            whole = path.read_bytes()
            for bytes in (b"", b"text", whole[:5000], whole[:4096] + b"\xa5" * (len(whole) - 4096), b"\0" * len(whole)):
                path.write_bytes(bytes)
                self.assertEqual(len(listed(server, "--database", server.database)), 20)
                server.start()
                wait_for_index(server)
                self.assertEqual(len(found(server, "rocket")), 20)
                self.assertEqual(server.stop(), 0)

    def test_an_index_that_cannot_be_created_does_not_stop_the_start(self):
        with Server() as server:
            change(server, "rocket")
            self.assertEqual(server.stop(), 0)
            path = pathlib.Path(server.files + ".search")
            path.unlink()
            path.mkdir()
            (path / "other").write_text("a file of another program")
            server.start()
            self.assertIn("the index of reasons could not be opened", server.log)
            self.assertEqual(len(found(server, "rocket")), 1)

    def test_an_old_index_that_cannot_be_opened_stops_the_start(self):
        with Server() as server:
            change(server, f"{SECRET} rocket")
            wait_for_index(server)
            self.assertEqual(server.stop(), 0)
            # Create a folder in place of the index's -wal file. SQLite can't open it, and Reflog can't delete it. The start
            # must fail, because the old index could contain erased reasons.
            log = pathlib.Path(server.files + ".search-wal")
            log.mkdir()
            before = pathlib.Path(server.files + ".search").read_bytes()
            run = subprocess.run([server.binary, "serve", "--port", "0", "--database", server.database], capture_output=True, text=True,
                                 env=server.environment() | server.variables, timeout=60)
            self.assertEqual(run.returncode, 1)
            self.assertIn(f"{log} can't be used: Is a directory", run.stderr)
            self.assertEqual(pathlib.Path(server.files + ".search").read_bytes(), before)
            log.rmdir()
            server.start()
            wait_for_index(server)
            self.assertEqual(found(server, "rocket"), [f"{SECRET} rocket"])

    def test_an_erasure_leaves_no_part_of_a_reason_in_the_index(self):
        with Server() as server:
            change(server, *(f"{SECRET} {number}" for number in range(20)))
            wait_for_index(server)
            parts = [letter.encode() for letter in SECRET[1:]]

            def is_secret_present():
                return any(part in pathlib.Path(path).read_bytes() for path in glob.glob(server.files + ".search*") for part in parts)

            self.assertTrue(is_secret_present())
            token = server.history()[-1]["initiatedBy"]["token"]["id"]
            run = server.command("erase", "--token", token, "--yes", role="admin")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertFalse(is_secret_present())
            change(server, "rocket")
            wait_for_index(server)
            self.assertEqual((found(server, "rocket"), found(server, SECRET[:3])), (["rocket"], []))
            self.assertFalse(is_secret_present())


if __name__ == "__main__":
    unittest.main()
