import sqlite3
import unittest

from reflogserver import NEW_VENDOR, Server

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"


class Recovery(unittest.TestCase):
    def test_what_a_crash_left_pending_is_settled_at_the_next_start(self):
        with Server() as server:
            server.put(STEP, NEW_VENDOR)
            server.stop()
            # What is there when the process dies between the directory's answer and the outcome.
            ledger = sqlite3.connect(server.database)
            ledger.execute("""
                INSERT INTO change (intent_sequence, activity_time, subject, address, kind, before_state, before_connector, after_state,
                  after_connector, actor, request_id)
                SELECT (SELECT max(sequence) + 1 FROM entry), activity_time, subject, address, kind, before_state,
                  before_connector, after_state, after_connector, actor, 'crash' FROM change WHERE id = 1""")
            ledger.execute("INSERT INTO entry SELECT max(sequence) + 1, 2, NULL, zeroblob(32), NULL FROM entry")
            ledger.commit()
            ledger.close()
            shown = server.command("show", "2", "--database", server.database, "--format", "json")
            self.assertIn('"result":"pending"', shown.stdout)

            server.start()

            settled = server.request("GET", "/beta/auditLogs/connectorChanges/2").json
            self.assertEqual((settled["result"], settled["status"]["settledBy"]), ("applied", "reconciler"))
