"""Django with django-simple-history on SQLite, served by gunicorn: an audit log with the usual parts of a web framework.

SQLite has the same settings as in Reflog: WAL mode and `synchronous=FULL`. So every answered change is durable.
"""

import contextlib
import os
import pathlib
import shutil
import sqlite3

from peers import ADDRESSES
from peers.load import WARM_UP_SECONDS, Load
from peers.processes import Child, run
from reflogserver import Port

SITE = pathlib.Path(__file__).resolve().parent / "djangosite"
# The number of worker processes: one for each of two cores. More threads in each worker were not faster.
WORKERS = 2


class SimpleHistory:
    name = "django"
    title = "Django, django-simple-history, SQLite, gunicorn"

    def __init__(self, bench):
        self.bench = bench
        self.empty = os.path.join(bench.folder, "django-empty.sqlite")
        self.database = os.path.join(bench.folder, "django.sqlite")

    def environment(self, database):
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "settings", "PEERS_DATABASE": database, "PYTHONDONTWRITEBYTECODE": "1",
        }

    def prepare(self):
        run(self.bench.venv / "bin" / "python", "create.py", ADDRESSES, cwd=SITE, env=self.environment(self.empty))

    def measure(self):
        for end in ("-wal", "-shm"):
            pathlib.Path(self.database + end).unlink(missing_ok=True)
        shutil.copyfile(self.empty, self.database)
        with contextlib.closing(Port()) as port, self.server(port.number) as server:
            server.wait_for_port(port.number)
            load = Load(self.name, port.number)
            load.run(64, WARM_UP_SECONDS)
            for connections in (64, 1):
                load.measure(connections, self.bench.seconds)
        load.check(self.recorded())
        return load.figures

    def server(self, port):
        command = [
            self.bench.venv / "bin" / "gunicorn", "--workers", WORKERS, "--bind", f"127.0.0.1:{port}",
            "--log-level", "warning", "django.core.wsgi:get_wsgi_application()",
        ]
        return Child(command, self.bench.log(self.name), cwd=SITE, env=self.environment(self.database))

    def recorded(self):
        """Returns the number of rows in the history."""
        database = sqlite3.connect(self.database)
        try:
            return database.execute("SELECT count(*) FROM references_historicalreference").fetchone()[0]
        finally:
            database.close()
