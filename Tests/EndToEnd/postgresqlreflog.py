"""Starts Reflog with its ledger in a PostgreSQL database."""

import subprocess

import reflogserver


class PostgreSQLReflog(reflogserver.Server):
    """A Reflog server whose ledger is in a PostgreSQL database. The other files are in the server's folder.

    The URL is in an environment variable, so the list of processes does not show the password in the URL.
    """

    def __init__(self, url, binary=reflogserver.BINARY, graph=None, **settings):
        super().__init__(binary, graph, **settings)
        self.database = url
        # Variables without the prefix `REFLOG_`, for example PGPASSWORD.
        self.others = {}

    @property
    def variables(self):
        return super().variables | self.others

    def verify(self, url=None):
        """Runs `reflog verify`, and returns the completed process. A check of a large ledger takes minutes."""
        return subprocess.run(
            [self.binary, "verify", "--anchor", self.files + ".anchor"], capture_output=True, text=True, timeout=1200,
            env=self.environment() | {"REFLOG_DATABASE": url or self.database},
        )
