import unittest

from reflogserver import Server
from storm import Storm


class StormTests(unittest.TestCase):
    """The short form of tools/storm."""

    def test_nothing_acknowledged_is_lost_under_load(self):
        with Server() as server:
            storm = Storm(server, clients=16, addresses=8, seed=1)
            storm.run(seconds=2)
            self.assertEqual(storm.violations(), [])
            self.assertGreater(storm.results["applied"], 50)
            self.assertTrue(storm.control(), "the check can't fail")

    def test_nothing_acknowledged_is_lost_when_the_server_is_killed(self):
        with Server() as server:
            storm = Storm(server, clients=16, addresses=8, seed=2)
            storm.run(seconds=3, kills=3)
            self.assertEqual(storm.violations(), [])
