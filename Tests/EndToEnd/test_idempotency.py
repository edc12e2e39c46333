import threading

from reflogserver import FRAUD_CHECK, INVITATION_CODES, NEW_VENDOR, ServerTestCase

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER_STEP = "b2cUserFlows/B2C_1_signup/postAttributeCollection"


class Idempotency(ServerTestCase):
    """A request that is repeated with the same Idempotency-Key does not make a second change."""

    def setUp(self):
        self.key = {"Idempotency-Key": self.id()}
        self.changes_before = len(self.server.history())

    def new_changes(self):
        return self.server.history()[self.changes_before:]

    def test_a_repeat_gets_the_same_answer(self):
        first = self.server.put(STEP, NEW_VENDOR, headers=self.key)
        self.server.put(STEP, None)
        # The repeated request has a wrong If-Match. The repeated request must still get the first answer, because Reflog
        # checks the idempotency key earlier than If-Match.
        again = self.server.put(STEP, NEW_VENDOR, headers=self.key | {"If-Match": '"x"'})

        self.assertEqual((again.status, again.change), (first.status, first.change))
        self.assertIsNone(self.server.reference(STEP))
        self.assertEqual(len(self.new_changes()), 2)

    def test_concurrent_repeats_wait_for_the_first_request(self):
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(self.server.put(STEP, INVITATION_CODES, headers=self.key)))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual({answer.status for answer in answers}, {204})
        self.assertEqual(len({answer.change for answer in answers}), 1)
        self.assertEqual(len(self.new_changes()), 1)

    def test_a_repeated_creation_makes_one_connector(self):
        body = {"displayName": "Once", "targetUrl": "https://api.contoso.example/once", "authenticationConfiguration":
                {"@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p"}}
        answers = [self.server.request("POST", "/beta/identity/apiConnectors", body, headers=self.key) for _ in "123"]

        self.assertEqual([answer.status for answer in answers], [201, 201, 201])
        self.assertEqual(len({answer.json["id"] for answer in answers}), 1)
        self.assertEqual(len(self.new_changes()), 1)

    def test_the_same_key_with_another_body_is_refused(self):
        self.server.put(STEP, NEW_VENDOR, headers=self.key)
        answer = self.server.put(STEP, FRAUD_CHECK, headers=self.key)

        self.assertEqual((answer.status, answer.code), (422, "idempotencyMismatch"))
        self.assertEqual(len(self.new_changes()), 1)

    def test_the_same_key_with_another_path_or_actor_is_another_request(self):
        self.server.put(STEP, NEW_VENDOR, headers=self.key)
        self.assertEqual(self.server.put(OTHER_STEP, NEW_VENDOR, headers=self.key).status, 204)
        self.assertEqual(self.server.put(STEP, NEW_VENDOR, role="reader", headers=self.key).status, 403)
        self.assertEqual([change["result"] for change in self.new_changes()], ["applied", "applied", "denied"])

    def test_a_repeat_of_a_rejected_change_gets_the_same_refusal(self):
        nowhere = "b2cUserFlows/B2C_1_nowhere/postFederationSignup"
        answers = [self.server.put(nowhere, None, headers=self.key) for _ in "12"]

        self.assertEqual({(answer.status, answer.code) for answer in answers}, {(404, "Request_ResourceNotFound")})
        self.assertEqual(len(self.new_changes()), 1)

    def test_a_repeat_after_a_restart_gets_the_same_answer(self):
        first = self.server.put(STEP, NEW_VENDOR, headers=self.key)
        self.server.kill()
        self.server.start()

        self.assertEqual(self.server.put(STEP, NEW_VENDOR, headers=self.key).change, first.change)
