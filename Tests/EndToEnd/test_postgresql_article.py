import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest

from articles import article, blocks, code, rows, section
from pgbouncer import PgBouncer
from postgresqlserver import PostgreSQLServer
from reflogserver import BINARY, ROOT, Port, Server, wait_for_checkpoint

ARTICLE = article("PostgreSQL")
POSTGRESQL_ONLY = "it needs a program with PostgreSQL"
# The time in seconds and the number of cores that this module needs. sidebyside.py reads these constants.
SECONDS, CORES = 20, 0.5
# The messages in the article that these tests can't cause: they need an older server, or another build of the program.
FROM_SOURCE = {"its version is older than PostgreSQL 15", "This program was built without PostgreSQL"}


class Article(unittest.TestCase):
    """The article describes a setup that works, and the messages that the program writes."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(PostgreSQLServer(in_memory=True, roles=()))
        (setup,) = [block.text for block in blocks(ARTICLE) if block.language == "psql"]
        cls.server.psql(setup)
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        (tables,) = [block.text for block in blocks(ARTICLE) if "migrations/" in block.text and block.language == "shell"]
        cls.shell(tables, OWNER_URL=cls.server.dsn("reflog_owner", "reflog"))

    @classmethod
    def shell(cls, script, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, capture_output=True, text=True,
                              env=environment | {"PATH": f"{BINARY.parent}:{os.environ['PATH']}"} | variables, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, database, *flags, accepts=True, **variables):
        """Starts a service, waits until the service is ready or has ended, and stops the service. Returns the service's
        messages."""
        port = Port()
        self.addCleanup(port.close)
        flags = [*flags, *(["--accept-no-standby"] if accepts else [])]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REFLOG_")}
        process = subprocess.Popen(
            [BINARY, "serve", "--directory", "embedded", "--sample", "--port", str(port.number), "--database", database,
             "--files", self.folder / "reflog", *flags], stderr=subprocess.PIPE, text=True, env=environment | variables,
        )
        messages = []
        for line in process.stderr:
            messages.append(line)
            if line.startswith("Reflog listens on "):
                break
        process.terminate()
        messages += process.stderr.readlines()
        process.wait(timeout=60)
        process.stderr.close()
        return "".join(messages)

    def url(self, role="reflog_service", database="reflog"):
        return self.server.dsn(role, database)

    @contextlib.contextmanager
    def another_process(self):
        """Pretends that another process uses the ledger: inserts the row of that process, and renews the row again and
        again."""
        done = threading.Event()

        def renew():
            while not done.wait(0.2):
                self.server.psql("UPDATE service_process SET expires = expires + 1", database="reflog")
        self.server.psql("INSERT INTO service_process VALUES (1, 1, 'web2', 71, 'other', 0, 9e15)", database="reflog")
        thread = threading.Thread(target=renew)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            self.server.psql("DELETE FROM service_process", database="reflog")

    def test_a_dump_is_restored_and_verified_with_the_shown_commands(self):
        self.assertIn("Reflog listens on ", self.start(self.url()))
        key = self.shell(f"reflog checkpoint --database '{self.url()}' --format json | jq -r .key").strip()
        (script,) = [block.text for block in blocks(section(ARTICLE, "## Backup")) if block.language == "shell"]
        script = script.replace("/var/lib/reflog/", f"{self.folder}/").replace("reflog.dump", f"{self.folder}/reflog.dump")
        self.shell(script, OWNER_URL=self.url("reflog_owner"), ADMIN_URL=self.url("postgres", "postgres"),
                   COPY_URL=self.url("reflog_owner", "reflog_copy"), KEY=key)

    def test_the_program_contains_each_message_about_a_refused_start(self):
        psql = self.server.psql
        psql("CREATE ROLE other LOGIN; CREATE ROLE stranger LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE reversed LOGIN; "
             "ALTER ROLE reversed SET default_transaction_read_only = on; CREATE ROLE elsewhere LOGIN; ALTER ROLE elsewhere SET search_path = 'other'; "
             "CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0; "
             "CREATE DATABASE empty; CREATE DATABASE newer TEMPLATE reflog; "
             "GRANT CONNECT ON DATABASE reflog TO reader, reversed, stranger, elsewhere")
        psql("GRANT SELECT ON schema_version TO reader", database="reflog")
        psql("SET session_replication_role = replica; UPDATE schema_version SET version = 99", database="newer")
        psql("ALTER SYSTEM SET fsync = off")
        psql("SELECT pg_reload_conf()")
        messages = [self.start(self.url())]
        psql("ALTER SYSTEM RESET fsync")
        psql("SELECT pg_reload_conf()")
        messages += [self.start(self.url(*which)) for which in (
            ("reflog_service", "latin"), ("reversed",), ("reader",), ("stranger",), ("other", "empty"), ("reflog_service", "newer"),
            ("reflog_service", "missing"), ("elsewhere",))]
        with self.another_process():
            messages.append(self.start(self.url()))
        messages += [self.start(self.url(), accepts=False), self.start("postgresql://%zz@/reflog")]
        for message in messages:
            self.assertNotIn("Reflog listens on ", message)
        table = rows(section(ARTICLE, "## Failures"))
        documented = {code(row[0])[0] for row in table if len(row) == 2}
        self.assertGreater(len(documented), 8)
        unknown = {text for text in documented - FROM_SOURCE if not any(text in message for message in messages)}
        self.assertEqual(unknown, set(), "\n".join(messages))
        sources = "".join(path.read_text() for path in ROOT.glob("Sources/*/**/*.swift"))
        texts = FROM_SOURCE | {code(row[0])[0] for row in table if len(row) == 3 and re.match(r"`(It|Another) ", row[0])}
        self.assertEqual({text for text in texts if text not in sources}, set())

    def test_a_service_works_through_pgbouncer_with_only_the_shown_settings(self):
        with PgBouncer(self.server) as pgbouncer:
            url = pgbouncer.dsn(database="reflog")
            self.assertIn("Reflog listens on ", self.start(url))
            self.assertIn("unsupported startup parameter", self.start(url, PGOPTIONS="-c jit=off"))


class Files(unittest.TestCase):
    """A command never replaces a file of a ledger in PostgreSQL."""

    def test_no_verb_writes_over_a_file_of_the_ledger(self):
        with Server() as server:
            wait_for_checkpoint(server)
            for ending in (".key", ".anchor", ".first-tokens", ".key.next"):
                path = pathlib.Path(server.files + ending)
                content = path.read_bytes() if path.exists() else None
                # The program finds the ledger by the path in REFLOG_FILES. Without this variable, the program finds the ledger
                # by the key and the anchor, because they are next to the file.
                for environment in (server.environment(), os.environ):
                    with self.subTest(ending=ending, named="REFLOG_FILES" in environment):
                        run = subprocess.run([server.binary, "export", "--database", server.database, "--output", path, "--force"],
                                             capture_output=True, text=True, env=environment, timeout=60)
                        self.assertEqual(run.returncode, 1, run.stderr)
                        self.assertIn(f"{path} is a file of the ledger {server.files}", run.stderr)
                        self.assertEqual(path.read_bytes() if path.exists() else None, content)
