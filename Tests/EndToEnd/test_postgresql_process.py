"""Tests that only one process at a time writes a ledger in PostgreSQL. Also tests backups and `reflog verify`."""

import random
import threading
import time
import unittest

from postgresqlproxy import CommitProxy
from postgresqlreflog import PostgreSQLReflog
from postgresqlserver import OWNER, SERVICE, PostgreSQLServer
from reflogserver import FRAUD_CHECK, NEW_VENDOR, eventually

POSTGRESQL_ONLY = "it needs a program with PostgreSQL"
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 60, 0.5

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
# The time in seconds after which the row of a process expires.
EXPIRY = 10


def setUpModule():
    global postgresql
    postgresql = PostgreSQLServer()
    unittest.addModuleCleanup(postgresql.stop)
    postgresql.start()


class PostgreSQLProcessTestCase(unittest.TestCase):
    def setUp(self):
        self.name = self._testMethodName.lower()[:60]
        postgresql.create_database(self.name)
        self.url = postgresql.dsn(SERVICE, self.name)

    def psql(self, sql):
        return postgresql.psql(sql, OWNER, self.name)

    def reflog(self, url=None):
        server = PostgreSQLReflog(url or self.url)
        self.addCleanup(server.__exit__)
        return server

    def started(self, url=None):
        server = self.reflog(url)
        server.start()
        return server

    def expires(self):
        return int(self.psql("SELECT expires FROM service_process"))

    def seconds_to_start(self, server):
        began = time.monotonic()
        server.start()
        return time.monotonic() - began


class ServiceProcessTests(PostgreSQLProcessTestCase):
    """The table `service_process` contains the process that may write the ledger."""

    def test_a_second_process_is_refused(self):
        first, second = self.started(), self.reflog()
        began = time.monotonic()
        with self.assertRaises(AssertionError, msg="it started"):
            second.start()

        self.assertLess(time.monotonic() - began, EXPIRY)
        self.assertEqual(second.process.returncode, 1)
        waiting, refusal = second.log.splitlines()
        process = rf"process {first.process.pid} on host \S+, started at 20\S+Z,"
        self.assertRegex(waiting, rf"^{process} may still use postgresql://\S+\. Reflog waits for up to 10 s to find "
                                  r"out whether that process has ended\.$")
        self.assertRegex(refusal, rf"^reflog: postgresql://\S+ can't be used: {process} uses it\. Only one process may write a ledger, "
                                  r"so stop that process first\.$")
        self.assertEqual(first.put(STEP, NEW_VENDOR).status, 204)

    def test_a_process_renews_its_row_and_deletes_it_at_its_end(self):
        server = self.started()
        expires = self.expires()
        eventually(lambda: self.expires() > expires)
        # The process also renews the row while changes arrive without a pause.
        expires = self.expires()
        for connector in (NEW_VENDOR, FRAUD_CHECK) * 1000:
            self.assertEqual(server.put(STEP, connector).status, 204)
            if self.expires() > expires:
                break
        self.assertGreater(self.expires(), expires)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(self.psql("SELECT count(*) FROM service_process"), "0")

    def test_a_process_that_was_killed_on_this_machine_is_replaced_immediately(self):
        server = self.started()
        server.kill()
        self.assertLess(self.seconds_to_start(server), EXPIRY / 2)
        self.assertNotIn("Waiting", server.log)

    def test_a_process_on_another_machine_is_replaced_when_its_row_expires(self):
        server = self.started()
        server.kill()
        self.psql(f"UPDATE service_process SET machine = 'other', host = 'web2', process_id = 1, expires = {NOW} + 9000000")
        self.assertGreater(self.seconds_to_start(server), 2)
        self.assertIn("process 1 on host web2", server.log)
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)

    def test_a_process_that_lost_its_row_records_nothing_more(self):
        server = self.started()
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
        eventually(lambda: self.psql("SELECT count(*) FROM service_event WHERE kind = 'start'") == "1")
        entries = self.psql("SELECT count(*) FROM entry")
        self.psql(f"UPDATE service_process SET holder = 1, machine = 'other', host = 'web2', process_id = 1, expires = {NOW} + 4000000")

        answers = [server.put(STEP, FRAUD_CHECK) for _ in range(3)]

        self.assertEqual({(answer.status, answer.code) for answer in answers}, {(503, "ledgerUnavailable")})
        self.assertRegex(answers[0].text, r"process 1 on host web2, started at \S+, uses postgresql://\S+, so this process records no "
                                          r"more changes\. Stop one of the two processes\.")
        self.assertEqual(self.psql("SELECT count(*) FROM entry"), entries)
        server.stop()
        self.assertEqual(self.psql("SELECT host FROM service_process"), "web2")


class LostCommitTests(PostgreSQLProcessTestCase):
    def test_a_commit_that_never_arrived_does_not_delay_changes(self):
        with CommitProxy(postgresql.port) as proxy:
            url = postgresql.dsn(SERVICE, self.name, tcp=True).replace(f":{postgresql.port}/", f":{proxy.port}/")
            # The connection is not encrypted, because the proxy must read its messages.
            server = self.started(url + "?sslmode=disable&gssencmode=disable")
            self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
            # With this seed, only one connection is cut.
            cut = threading.Thread(target=proxy.cut_next, args=(random.Random(2), "lost COMMIT"))
            cut.start()
            eventually(lambda: proxy.cut)
            began = time.monotonic()

            self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)

            self.assertLess(time.monotonic() - began, 8)
            # The thread ends when PostgreSQL has ended the connection.
            cut.join()
            self.assertEqual(proxy.counts["lost COMMIT"], 1)
            self.assertEqual(server.verify().returncode, 0)


class BackupTests(PostgreSQLProcessTestCase):
    def test_a_backup_is_refused(self):
        server = self.started()
        answer = server.request("GET", "/beta/reflog/backup", role="admin")
        self.assertEqual((answer.status, answer.code), (501, "notSupported"))
        self.assertNotIn("retry-after", answer.headers)
        run = server.command("backup", server.folder + "/copy", role="admin")
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn("Use pg_dump or pgBackRest, and check the restored copy with reflog verify --database URL.", run.stderr)


class VerifyTests(PostgreSQLProcessTestCase):
    """`reflog verify` names the cause if the tables of the ledger are not found or can't be read."""

    def verify(self, server):
        run = server.verify()
        self.assertEqual(run.returncode, 65, run.stderr)
        return run.stdout + run.stderr

    def test_a_changed_search_path_is_reported(self):
        server = self.started()
        server.stop()
        self.psql("CREATE SCHEMA other; GRANT USAGE ON SCHEMA other TO PUBLIC")
        postgresql.psql(f"ALTER DATABASE {self.name} SET search_path = other, public")

        self.assertIn("its search_path is 'other, public', so another schema hides the tables", self.verify(server))
        with self.assertRaises(AssertionError, msg="it started"):
            server.start()
        self.assertIn("search_path", server.log)

    def test_a_damaged_catalog_is_named(self):
        server = self.started()
        server.stop()
        self.assertEqual(server.verify().returncode, 0)
        for index in ("change_actor", "head_pkey"):
            with self.subTest(index):
                postgresql.psql(f"SET allow_system_table_mods = on; DELETE FROM pg_index WHERE indexrelid = '{index}'::regclass",
                                database=self.name)
                self.assertIn(f"index {index}", self.verify(server))


if __name__ == "__main__":
    unittest.main()
