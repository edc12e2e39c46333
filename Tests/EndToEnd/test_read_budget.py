"""Each caller can send a limited number of reads of Microsoft Graph per minute. So Graph's own limit is not reached, and Graph
still accepts Reflog's requests for changes and for the sweep."""

import collections
import concurrent.futures

from test_graph import LOYALTY, OTHER, PATIENT, SIGNUP, GraphTestCase
from testparts import apart

BUDGET = 6
IDENTITY = "/beta/identity/"
SIGNUP_STEP = IDENTITY + "b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup"
READS = (IDENTITY + "apiConnectors", IDENTITY + "b2xUserFlows", SIGNUP_STEP, SIGNUP_STEP + "/$ref",
         IDENTITY + "b2cUserFlows/B2C_1_signup", IDENTITY + "b2cUserFlows")


@apart(seconds=12)
class ReadBudget(GraphTestCase):
    settings = PATIENT | {"GRAPH_CALLER_READS_PER_MINUTE": BUDGET}

    def test_one_reader_cannot_use_the_read_budget_of_other_callers(self):
        change = self.server.put(SIGNUP, LOYALTY).change

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda path: self.server.request("GET", path, role="reader"), READS * 8))

        statuses = collections.Counter(answer.status for answer in answers)
        self.assertEqual(set(statuses), {200, 429})
        self.assertLessEqual(statuses[200], BUDGET)
        for refused in (answer for answer in answers if answer.status == 429):
            self.assertEqual(refused.code, "tooManyReads")
            self.assertIn("This read was not sent. Try again in a minute.", refused.text)
            self.assertTrue(1 <= int(refused.headers["retry-after"]) <= 60)
        # The plan of a rollback also reads Graph, so the plan is refused. A read of the history does not read Graph.
        plan = f"/beta/auditLogs/connectorChanges/{change}/rollback"
        self.assertEqual(self.server.request("POST", plan, {"dryRun": True}, "reader").code, "tooManyReads")
        self.assertEqual(self.server.request("GET", "/beta/auditLogs/connectorChanges", role="reader").status, 200)
        run = self.server.command("rollback", change, "--dry-run", role="reader")
        self.assertEqual((run.returncode, "tooManyReads" in run.stderr), (75, True), run.stderr)
        # Other callers have their own budget, and changes and sweeps are not counted.
        self.assertEqual(self.server.request("GET", READS[0]).status, 200)
        for connector in [LOYALTY, None] * BUDGET:
            self.assertEqual(self.server.put(OTHER, connector).status, 204)
        self.swept()
