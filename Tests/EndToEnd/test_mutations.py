import contextlib
import io
import unittest

import mutations
import purgestorm
from reflogserver import BUILD
from testparts import apart

SQLITE_ONLY = "it edits the ledger's file"

DEBUG = BUILD / "debug"


@apart(seconds=20, cores=0.7)
class Mutations(unittest.TestCase):
    def test_every_mutation_that_alters_history_is_found(self):
        """Runs a short version of `tools/mutate`. This also checks that `reflog verify` has no findings for unaltered
        ledgers."""
        report = io.StringIO()
        with contextlib.redirect_stdout(report):
            is_clean = mutations.run(DEBUG / "reflog", [DEBUG / "ReflogGenerate"], mutations=150, changes=200, seed=7)
        self.assertTrue(is_clean, report.getvalue())


@apart(cores=0.7)
class PurgeStorm(unittest.TestCase):
    def test_a_killed_purge_continues_and_keeps_the_required_changes(self):
        """Runs a short version of `tools/purge-storm`."""
        report = io.StringIO()
        with contextlib.redirect_stdout(report):
            code = purgestorm.main(changes=3000, kills=3, configuration="debug", seed=3)
        self.assertEqual(code, 0, report.getvalue())
