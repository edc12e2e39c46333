"""Starlette with asyncpg, served by uvicorn: an asynchronous service that uses the same PostgreSQL table as pgbench."""

import contextlib
import os
import pathlib

from peers.load import WARM_UP_SECONDS, Load
from peers.processes import Child
from reflogserver import Port

HERE = pathlib.Path(__file__).resolve().parent
# The number of worker processes. On two cores a second worker was not faster, because PostgreSQL needs the other core.
WORKERS = 1
# The number of connections to PostgreSQL. With 8 connections the service was slower, and with 32 connections it was not faster.
POOL = 16


class AsyncPG:
    name = "starlette"
    title = "Starlette, asyncpg, PostgreSQL, uvicorn"

    def __init__(self, bench, postgres):
        self.bench, self.postgres = bench, postgres

    def prepare(self):
        self.postgres.prepare()

    def measure(self):
        with self.postgres.running() as postgres:
            with contextlib.closing(Port()) as port, self.server(port.number, postgres) as server:
                server.wait_for_port(port.number)
                load = Load(self.name, port.number)
                load.run(64, WARM_UP_SECONDS)
                for connections in (64, 1):
                    load.measure(connections, self.bench.seconds)
            load.check(postgres.recorded())
        return load.figures

    def server(self, port, postgres):
        command = [
            self.bench.venv / "bin" / "uvicorn", "peers.starletteapp:app", "--app-dir", HERE.parent, "--port", port,
            "--workers", WORKERS, "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
        ]
        environment = os.environ | {
            "PEERS_SOCKET": postgres.folder, "PEERS_PORT": str(postgres.port), "PEERS_POOL": str(POOL),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return Child(command, self.bench.log(self.name), env=environment)
