"""Tests of the index that finds changes by a part of their reasons, in PostgreSQL."""

import pathlib
import unittest

from postgresqlreflog import PostgreSQLReflog
from postgresqlserver import PostgreSQLServer
from reflogserver import eventually
from test_reason_index import SECRET, change, found, listed

POSTGRESQL_ONLY = "it needs a program with PostgreSQL"
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 40, 1
# The number of ids in a short segment of the index. Newer changes are not in the index.
SEGMENT = 1024
# The first three letters of the secret, as the table `reason_trigram` stores them.
TRIGRAM = sum(ord(letter) << 21 * (2 - position) for position, letter in enumerate(SECRET[:3])).to_bytes(8, "little")


class PostgreSQLReasonIndex(unittest.TestCase):
    def setUp(self):
        self.postgresql = self.enterContext(PostgreSQLServer(in_memory=True))
        self.postgresql.create_database("reflog")
        self.server = self.enterContext(PostgreSQLReflog(self.postgresql.dsn("reflog_service", "reflog")))

    def psql(self, sql):
        return self.postgresql.psql(sql, database="reflog")

    def is_secret_in_a_file(self):
        folder = self.psql("CHECKPOINT; SELECT pg_relation_filepath('reason_trigram')").rpartition("/")[0]
        files = pathlib.Path(self.postgresql.data, folder).iterdir()
        return any(TRIGRAM in file.read_bytes() for file in files)

    def test_the_service_builds_the_index_and_an_erasure_leaves_no_part_of_a_reason_in_its_files(self):
        change(self.server, *(f"{SECRET} {number}" for number in range(SEGMENT)), "Rocket 1", "a ROCKET's 2")
        eventually(lambda: self.psql("SELECT through FROM reason_index") == str(SEGMENT))
        self.assertTrue(self.is_secret_in_a_file())
        expected = ["a ROCKET's 2", "Rocket 1"]
        self.assertEqual(found(self.server, "rocket"), expected)
        self.assertEqual(found(self.server, f"{SECRET} 77")[-1], f"{SECRET} 77")
        self.assertEqual(len(found(self.server, f"{SECRET} 77")), 11)
        self.assertEqual(found(self.server, f"{SECRET} 1023"), [f"{SECRET} 1023"])
        self.assertEqual(listed(self.server, "--database", self.server.database), expected)

        token = self.server.history()[-1]["initiatedBy"]["token"]["id"]
        run = self.server.command("erase", "--token", token, "--yes", role="admin")
        self.assertEqual(run.returncode, 0, run.stderr)

        self.assertFalse(self.is_secret_in_a_file())
        self.assertEqual(found(self.server, SECRET[:3]), [])
        self.assertEqual(self.server.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
