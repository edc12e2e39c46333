import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import time
import unittest

from postgresqlreflog import PostgreSQLReflog
from postgresqlserver import MIGRATIONS, PostgreSQLServer, PostgreSQLStandby, SQLError
from reflogserver import FRAUD_CHECK, NEW_VENDOR, eventually, wait_for_checkpoint

POSTGRESQL_ONLY = "it needs a program with PostgreSQL"

# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 90, 0.7

OWNER, SERVICE = "reflog_owner", "reflog_service"
STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
ENTRIES = "SELECT count(*) FROM entry"
RECOVERY = "is in recovery or read-only. Name the primary server"
NO_STANDBY = "no synchronous standby .*--accept-no-standby"

# Settings with which PostgreSQL can lose changes, and the part of the message that explains each setting.
SERVER_SETTINGS = {
    "fsync": ("off", "its setting fsync is off.* Set it to on"),
    "full_page_writes": ("off", "its setting full_page_writes is off.* Set it to on"),
}
COMMIT_MESSAGE = r"its setting synchronous_commit is {}.* Set it to on"
# SQL statements that make a database unusable, and a part of the message that refuses the database.
DATABASES = {
    "tables of another program": ("CREATE TABLE orders (id bigint)", "another program"),
    "a table change of another program": ("CREATE TABLE change (id bigint)", "another program"),
    "the version of another program": (
        "CREATE TABLE schema_version (id bigint, application text, version bigint); "
        "INSERT INTO schema_version VALUES (1, 'x', 1)", "another program"),
    "another table with the same name": ("CREATE TABLE schema_version (number text)", "another program"),
}


def setUpModule():
    global primary, standby
    primary = PostgreSQLServer(in_memory=True)
    unittest.addModuleCleanup(primary.stop)
    primary.start()
    standby = PostgreSQLStandby(primary, "standby1", in_memory=True)
    unittest.addModuleCleanup(standby.stop)
    standby.start()


class PostgreSQLStartTestCase(unittest.TestCase):
    """Tests that share the servers. Each test has its own databases."""

    def setUp(self):
        self.count = 0

    def database(self, migrated=True):
        """Creates a database, and returns the database's name."""
        self.count += 1
        name = f"{self._testMethodName[:50]}_{self.count}".lower()
        if migrated:
            primary.create_database(name)
        else:
            primary.psql(f"CREATE DATABASE {name} OWNER {OWNER}")
        return name

    def reflog(self, url, **settings):
        server = PostgreSQLReflog(url, **settings)
        # If `url` is not the URL of a PostgreSQL database, the server gets no path for its files. So set the folder in which
        # the server runs.
        server.working_folder = server.folder
        self.addCleanup(server.__exit__)
        return server

    def started(self, url, **settings):
        server = self.reflog(url, **settings)
        server.start()
        return server

    def set(self, **settings):
        primary.set(**settings)
        self.addCleanup(primary.set, **dict.fromkeys(settings))

    def assert_refused(self, server, reason, database=None, code=1):
        """Checks that a start is refused with one line, and that neither the database nor a file is written."""
        before = dumped(database) if database else None
        files = files_of(server)
        start = len(server.log) if "log" in os.listdir(server.folder) else 0

        with self.assertRaises(AssertionError, msg="it started"):
            server.start()

        self.assertRegex(server.log[start:], rf"\Areflog: [^\n]*{reason}[^\n]*\n\Z")
        self.assertEqual(server.process.returncode, code, server.log)
        self.assertEqual(files_of(server), files)
        if database:
            self.assertEqual(dumped(database), before)


class UnsafeServerTests(PostgreSQLStartTestCase):
    """A start is refused if the database could lose acknowledged changes, or belongs to another program."""

    def test_unsafe_settings_of_the_server_are_refused(self):
        database = self.database(migrated=False)
        for name, (value, reason) in SERVER_SETTINGS.items():
            with self.subTest(setting=name):
                primary.set(**{name: value})
                try:
                    self.assert_refused(self.reflog(primary.dsn(OWNER, database)), reason, database)
                finally:
                    primary.set(**{name: "on"})

    def test_commits_that_do_not_wait_for_the_disk_or_the_standby_are_refused(self):
        for value in ("off", "local", "remote_write"):
            with self.subTest(value=value):
                database = self.database(migrated=False)
                primary.psql(f"ALTER DATABASE {database} SET synchronous_commit = {value}")
                self.assert_refused(self.reflog(primary.dsn(OWNER, database)), COMMIT_MESSAGE.format(value), database)

    def test_settings_of_a_role_and_of_the_environment_cannot_weaken_commits(self):
        database = self.database(migrated=False)
        server = self.reflog(primary.dsn(OWNER, database))
        server.others["PGOPTIONS"] = "-c synchronous_commit=off"
        self.assert_refused(server, COMMIT_MESSAGE.format("off"), database)
        primary.psql(f"ALTER ROLE {OWNER} IN DATABASE {database} SET synchronous_commit = off")
        self.assert_refused(self.reflog(primary.dsn(OWNER, database)), COMMIT_MESSAGE.format("off"), database)

    def test_another_encoding_is_refused(self):
        primary.psql(f"CREATE DATABASE latin OWNER {OWNER} ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
        self.assert_refused(self.reflog(primary.dsn(OWNER, "latin")), "server_encoding is LATIN1.* Set it to UTF8", "latin")

    def test_a_standby_is_refused(self):
        database = self.database()
        eventually(lambda: exists(standby, database))
        self.assert_refused(self.reflog(standby.dsn(SERVICE, database)), RECOVERY, database)

    def test_a_server_without_a_synchronous_standby_is_refused_unless_it_is_accepted(self):
        database = self.database()
        self.assert_refused(self.reflog(primary.dsn(SERVICE, database), ACCEPT_NO_STANDBY=None), NO_STANDBY, database)
        self.assertEqual(primary.psql(ENTRIES, database=database), "0")

        self.started(primary.dsn(SERVICE, database))

        # The server records the event of the start a moment after it is ready.
        details = "SELECT details FROM service_event WHERE kind = 'start'"
        shown = json.loads(eventually(lambda: primary.psql(details, database=database)))
        self.assertIs(shown["acceptNoStandby"], True)
        self.assertTrue(shown["database"].startswith("postgresql://"), shown)

    def test_a_role_without_rights_is_refused(self):
        database = self.database()
        primary.psql("CREATE ROLE visitor LOGIN")
        self.addCleanup(primary.psql, "DROP ROLE visitor")
        server = self.reflog(primary.dsn("visitor", database))
        self.assert_refused(server, "role visitor lacks rights on Reflog's tables", database)
        empty = self.database(migrated=False)
        self.assert_refused(self.reflog(primary.dsn("visitor", empty)), "its tables can't be created", empty)

    def test_a_newer_schema_is_refused(self):
        database = self.database()
        primary.psql("UPDATE schema_version SET version = 99", OWNER, database)
        self.assert_refused(self.reflog(primary.dsn(SERVICE, database)), "was written by a newer version of Reflog", database)

    def test_the_tables_of_an_older_version_are_migrated_by_their_owner(self):
        database = self.database(migrated=False)
        oldest = min(MIGRATIONS.glob("postgresql-*.sql"))
        primary.psql(f"BEGIN;\n{oldest.read_text()}\nCOMMIT;", OWNER, database)
        self.assert_refused(self.reflog(primary.dsn(SERVICE, database)), "its tables can't be created", database)
        server = self.started(primary.dsn(OWNER, database))
        self.assertEqual(server.stop(), 0)
        server.database = primary.dsn(SERVICE, database)
        server.start()

    def test_the_database_of_another_program_is_refused(self):
        for name, (statement, reason) in DATABASES.items():
            with self.subTest(name):
                database = self.database(migrated=False)
                primary.psql(statement, OWNER, database)
                self.assert_refused(self.reflog(primary.dsn(OWNER, database)), reason, database)

    def test_an_older_copy_is_refused(self):
        database, copy = self.database(), self.database(migrated=False)
        server = self.started(primary.dsn(SERVICE, database))
        self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)
        dump = dumped(database)
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
        wait_for_checkpoint(server)
        self.assertEqual(server.stop(), 0)
        primary.psql(dump, database=copy)

        server.database = primary.dsn(SERVICE, copy)
        self.assert_refused(server, r"the ledger has fewer entries than the \d+ that were signed", copy)

        server.database = primary.dsn(SERVICE, database)
        server.start()
        self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)

    def test_a_running_server_never_writes_to_an_older_copy(self):
        database, copy = self.database(), self.database(migrated=False)
        server = self.started(primary.dsn(SERVICE, database))
        self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)
        primary.psql(dumped(database), database=copy)
        self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
        entries = primary.psql(ENTRIES, database=copy)

        primary.psql(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        end_backends(database)
        primary.psql(f"ALTER DATABASE {database} RENAME TO {database}_newer; ALTER DATABASE {copy} RENAME TO {database}")
        answers = [server.put(STEP, FRAUD_CHECK) for _ in range(5)]

        self.assertEqual({(answer.status, answer.code) for answer in answers}, {(503, "ledgerUnavailable")})
        self.assertIn("acknowledged", answers[-1].text)
        self.assertEqual(primary.psql(ENTRIES, database=database), entries)

    def test_a_running_server_refuses_changes_if_a_setting_becomes_unsafe(self):
        database = self.database()
        server = self.started(primary.dsn(SERVICE, database))
        self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)
        primary.set(fsync="off")
        try:
            end_backends(database)
            answers = [server.put(STEP, NEW_VENDOR) for _ in range(3)]
        finally:
            primary.set(fsync="on")
        self.assertEqual({(answer.status, answer.code) for answer in answers}, {(503, "ledgerUnavailable")})
        self.assertIn("fsync", answers[-1].text)
        eventually(lambda: server.put(STEP, NEW_VENDOR).status == 204)


class AddressTests(PostgreSQLStartTestCase):
    """The address of the database has the format of libpq, and the password in the address is never shown."""

    def test_variables_and_the_password_file_complete_the_address(self):
        database = self.database()
        password = primary.passwords[SERVICE]
        file = pathlib.Path(primary.folder, "pgpass")
        file.write_text(f"127.0.0.1:{primary.port}:*:{SERVICE}:{password}\n")
        file.chmod(0o600)
        host = {"PGHOST": "127.0.0.1", "PGPORT": str(primary.port), "PGUSER": SERVICE}
        for url, others in (
                (f"postgresql://{SERVICE}@127.0.0.1:{primary.port}/{database}", {"PGPASSFILE": str(file)}),
                (f"postgresql://{SERVICE}@127.0.0.1:{primary.port}/{database}", {"PGPASSWORD": password}),
                (f"postgres:///{database}", host | {"PGPASSWORD": password}),
                ("postgresql://", host | {"PGPASSFILE": str(file), "PGDATABASE": database})):
            with self.subTest(url=url, others=list(others)):
                server = self.reflog(url)
                server.others = others
                server.start()
                self.assertEqual(server.put(STEP, NEW_VENDOR).status, 204)
                self.assertEqual(server.stop(), 0)
                primary.psql(f"DROP DATABASE {database}")
                primary.create_database(database)

    def test_the_primary_is_found_among_several_hosts(self):
        database = self.database()
        eventually(lambda: exists(standby, database))
        hosts = f"127.0.0.1:{standby.port},127.0.0.1:{primary.port}"
        url = f"postgresql://{SERVICE}:{primary.passwords[SERVICE]}@{hosts}/{database}"
        self.assert_refused(self.reflog(url), RECOVERY, database)
        server = self.started(url + "?target_session_attrs=read-write")
        self.assertEqual(server.put(STEP, FRAUD_CHECK).status, 204)

    def test_the_password_is_not_shown_while_the_server_works(self):
        database = self.database()
        for separator in (":", "?password="):
            with self.subTest(separator=separator):
                url = primary.dsn(SERVICE, database, tcp=True)
                password = primary.passwords[SERVICE]
                if separator != ":":
                    url = url.replace(f":{password}@", "@") + "?password=" + password
                server = self.started(url)
                server.put(STEP, FRAUD_CHECK)
                end_backends(database)
                server.put(STEP, NEW_VENDOR)
                status = server.request("GET", "/beta/reflog/status", role="reader").text
                events = server.request("GET", "/beta/auditLogs/serviceEvents", role="reader").text
                metrics = server.request("GET", "/metrics", role="reader").text
                shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
                stored = dumped(database)
                for text in (server.log, status, events, metrics, shown, stored):
                    self.assertNotIn(password, text)
                self.assertIn(f"postgresql://{SERVICE}@127.0.0.1:{primary.port}/{database}", server.log)
                server.stop()
                primary.psql(f"DROP DATABASE {database}")
                primary.create_database(database)

    def test_messages_about_a_wrong_address_do_not_show_the_password(self):
        secret = "hidden-4711"
        port = primary.port
        for url in (f"postgresql://{SERVICE}:{secret}@127.0.0.1:{port}/postgres",
                    f"postgresql://{SERVICE}@127.0.0.1:{port}/postgres?password={secret}",
                    f"postgresql://{SERVICE}:{secret}%zz@127.0.0.1:{port}/postgres",
                    f"postgresql://{SERVICE}:a@{secret}@127.0.0.1:{port}/postgres",
                    f"postgresql://{SERVICE}:a/{secret}@127.0.0.1:{port}/postgres",
                    f"postgresql://{SERVICE}:{secret}@127.0.0.1:{port}/postgres?nosuchparameter=1",
                    f"postgresql://{SERVICE}:{secret}@127.0.0.1:notaport/postgres",
                    f"postgresql://{SERVICE}:{secret}@nohost.invalid/postgres",
                    f"postgress://{SERVICE}:{secret}@127.0.0.1:{port}/postgres",
                    f"POSTGRESQL://{SERVICE}:{secret}@127.0.0.1:{port}/postgres",
                    f"host=127.0.0.1 port={port} user={SERVICE} password={secret}"):
            with self.subTest(url=url.replace(secret, "…")):
                server = self.reflog(url)
                with self.assertRaises(AssertionError, msg="it started"):
                    server.start()
                self.assertNotIn(secret, server.log)
                for command in (("verify",), ("status",), ("token", "list"), ("compact",)):
                    run = server.command(*command, "--database", url)
                    self.assertNotEqual(run.returncode, 0)
                    self.assertNotIn(secret, run.stdout + run.stderr)

    def test_messages_and_suggestions_of_commands_do_not_show_the_password(self):
        database = self.database()
        server = self.started(primary.dsn(SERVICE, database))
        url = primary.dsn(SERVICE, database, tcp=True)
        for arguments in (("token", "revoke", "missing"), ("token", "list"), ("status",), ("verify",), ("show", "99"), ("history",)):
            with self.subTest(arguments=arguments):
                run = server.command(*arguments, "--database", url)
                self.assertNotIn(primary.passwords[SERVICE], run.stdout + run.stderr)
                # Exit code 64 would mean that the command refused the URL. The test needs an accepted URL.
                self.assertNotEqual(run.returncode, 64, run.stderr)

    def test_a_misspelled_setting_does_not_show_its_value(self):
        secret = "hidden-4711"
        server = self.reflog(primary.dsn(SERVICE), DATABSE=f"postgresql://{SERVICE}:{secret}@localhost/ledger")
        with self.assertRaises(AssertionError, msg="it started"):
            server.start()
        self.assertIn("REFLOG_DATABSE", server.log)
        self.assertNotIn(secret, server.log)


class SynchronousStandbyTests(PostgreSQLStartTestCase):
    """A change is acknowledged only after the synchronous standby has received the change."""

    def setUp(self):
        super().setUp()
        self.name = self.database()
        self.set(synchronous_standby_names="standby1")
        eventually(lambda: primary.psql("SELECT sync_state FROM pg_stat_replication") == "sync")
        self.server = self.started(primary.dsn(SERVICE, self.name), ACCEPT_NO_STANDBY=None)
        self.assertEqual(self.server.put(STEP, FRAUD_CHECK).status, 204)

    def test_a_commit_waits_for_a_stopped_standby(self):
        answer = self.answer_while_stopped(lambda: time.sleep(2))
        self.assertEqual(answer.status, 204)
        self.assert_recorded_once()

    def test_a_cancelled_wait_is_not_answered_as_a_failure(self):
        def cancel():
            before = self.waiting("pid")
            self.assertIn("t", self.waiting("pg_cancel_backend(pid)"))
            # The server opens a new connection to read whether the transaction was committed, and waits for the standby again.
            eventually(lambda: self.waiting("pid") not in ("", before))
            time.sleep(1)

        answer = self.answer_while_stopped(cancel)
        self.assertEqual(answer.status, 204)
        self.assert_recorded_once()

    def test_an_ended_backend_that_waits_is_not_answered_as_a_failure(self):
        def end():
            self.assertIn("t", self.waiting("pg_terminate_backend(pid)"))
            time.sleep(2)

        answer = self.answer_while_stopped(end)
        self.assertEqual(answer.status, 204)
        self.assert_recorded_once()

    def answer_while_stopped(self, meanwhile):
        """Sends a change while the standby is stopped. The answer must arrive only after the standby continues."""
        standby.pause()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            try:
                answer = pool.submit(self.server.put, STEP, NEW_VENDOR, headers={"client-request-id": "waits"})
                eventually(lambda: self.waiting("pid"))
                meanwhile()
                self.assertFalse(answer.done(), "the change was answered before the standby confirmed it")
            finally:
                standby.resume()
            return answer.result()

    def waiting(self, column):
        """Returns the value of a column, for each backend that waits for the standby."""
        return primary.psql(
            f"SELECT {column} FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = '{self.name}'")

    def assert_recorded_once(self):
        rows = primary.psql("SELECT result FROM change_details WHERE correlation_id = 'waits'", database=self.name)
        self.assertEqual(rows, "applied")
        self.assertEqual(self.server.reference(STEP), NEW_VENDOR)


def exists(server, database):
    """Returns whether a standby has the tables of a database."""
    try:
        return server.psql("SELECT to_regclass('change')", database=database) == "change"
    except SQLError:
        return False


def files_of(server):
    """Returns the names of the ledger's files. Leaves out the embedded directory, because it is opened before the ledger."""
    return {name for name in os.listdir(server.folder) if name != "log" and ".directory" not in name}


def dumped(database):
    """Returns a copy of a database as SQL. Leaves out the row of the process that writes the ledger."""
    command = ["pg_dump", "--exclude-table-data", "service_process", "--dbname", primary.dsn("postgres", database)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    # Remove the commands at the beginning and the end of the dump, because they contain a random key.
    return re.sub(r"(?m)^\\(un)?restrict .*\n", "", run.stdout)


def end_backends(database):
    primary.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 f"WHERE datname = '{database}' AND application_name = 'reflog'")


if __name__ == "__main__":
    unittest.main()
