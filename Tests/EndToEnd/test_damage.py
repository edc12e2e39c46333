import unittest

import damagedfiles
from reflogserver import BINARY
from testparts import apart

SQLITE_ONLY = "it damages the ledger's file"


@apart(seconds=20, cores=1.5)
class Damage(unittest.TestCase):
    """A start on damaged files serves the whole history or reports the problem. `tools/damage` tries every damage."""

    # The tests try every SHARE-th damage.
    SHARE = 12

    def test_every_start_serves_the_whole_history_or_reports_the_problem(self):
        count, starts, findings = damagedfiles.run(BINARY, share=self.SHARE)
        self.assertEqual(findings, [])
        self.assertGreater(count, 40)
        self.assertTrue(0 < starts < count)

    def test_there_are_more_than_200_different_damages(self):
        self.assertGreater(damagedfiles.count(), 200)
