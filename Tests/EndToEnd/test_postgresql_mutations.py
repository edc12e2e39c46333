import contextlib
import io
import tempfile
import unittest

import mutations
from postgresqlledgers import PostgreSQLLedgers
from reflogserver import BINARY
from testparts import apart

POSTGRESQL_ONLY = "it needs a program with PostgreSQL"

SEED = 20261129


@apart(seconds=60, cores=1)
class PostgreSQLMutations(unittest.TestCase):
    """`reflog verify` finds what a superuser altered in PostgreSQL. This is a short version of `tools/mutate --postgresql`."""

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="reflog-mutations-"))
        cls.ledgers = cls.enterClassContext(PostgreSQLLedgers(folder, BINARY, changes=12, seed=SEED))

    def trials(self, numbers, only=None):
        """Makes mutations. Returns the `Report` about the mutations, and the text that was printed."""
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            report = mutations.trials(self.ledgers, mutations.POSTGRESQL_KINDS, numbers, SEED, 2, only)
            report.show(SEED)
        return report, text.getvalue()

    def test_an_unaltered_ledger_verifies(self):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            self.assertEqual(self.ledgers.controls(), [], text.getvalue())

    def test_every_mutation_that_alters_history_is_found(self):
        report, text = self.trials(range(20))
        self.assertFalse(report.failures, text)
        self.assertGreater(report.total["found"], 10, text)

    def test_a_mutation_without_a_finding_is_reported_as_missed(self):
        verify = self.ledgers.verify
        try:
            self.ledgers.verify = lambda *_: (0, "")
            report, text = self.trials(range(4), only="a row deleted")
        finally:
            self.ledgers.verify = verify
        self.assertGreater(report.total["altered"], 0, text)
        self.assertEqual(report.total["missed"], report.total["altered"], text)
