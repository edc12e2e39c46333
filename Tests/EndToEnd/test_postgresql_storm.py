import unittest

from postgresqlproxy import POINTS
from postgresqlstorm import PostgreSQLStorm
from reflogserver import BINARY
from testparts import apart

POSTGRESQL_ONLY = "it needs a program with PostgreSQL"


@apart(seconds=25, cores=1.5)
class PostgreSQLStormTests(unittest.TestCase):
    """If PostgreSQL or its connections fail, no acknowledged change is lost, and no change is recorded twice."""

    def test_faults_under_load_lose_no_acknowledged_change(self):
        with PostgreSQLStorm(BINARY, clients=16, seed=20261129, pause=0.02, changes=3) as storm:
            storm.run_faults(storm.terminations, 10)
            storm.run_faults(storm.kills, 1)
            for point in sorted(set(POINTS) - {"lost COMMIT"}):
                storm.points = [point]
                storm.run_faults(storm.cuts, 1, checks=False)
            storm.run_faults(storm.restarts, 1)
            self.assertEqual(storm.found, [], storm.summary)
            self.assertGreater(storm.results["applied"], 40)
            for fault, found in storm.controls().items():
                with self.subTest(control=fault):
                    self.assertTrue(found, "the check can't fail")

    def test_a_false_answer_to_a_commit_is_found(self):
        with PostgreSQLStorm(BINARY, clients=8, seed=5) as storm:
            found, later = storm.false_answer()
            self.assertTrue(any("not what was acknowledged" in problem or "is lost" in problem for problem in found), found)
            self.assertEqual({(answer.status, answer.code) for answer in later}, {(503, "ledgerUnavailable")})
