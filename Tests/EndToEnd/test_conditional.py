from reflogserver import FRAUD_CHECK, INVITATION_CODES, LOYALTY, ServerTestCase

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
REF = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"


class ConditionalChanges(ServerTestCase):
    """Reflog makes a change with the header If-Match only if the step still has the reference that the client read."""

    def tag(self):
        answer = self.server.request("GET", REF)
        self.assertEqual(answer.status, 200 if self.server.reference(STEP) else 204)
        return answer.headers["etag"]

    def test_a_change_with_if_match_is_made_only_if_the_tag_matches(self):
        first = self.tag()
        self.assertEqual(first, f'"connector:{FRAUD_CHECK}"')

        self.assertEqual(self.server.put(STEP, INVITATION_CODES, headers={"If-Match": first}).status, 204)
        late = self.server.put(STEP, LOYALTY, headers={"If-Match": first})
        self.assertEqual((late.status, late.code), (412, "preconditionFailed"))
        self.assertEqual(self.server.reference(STEP), INVITATION_CODES)

        self.assertEqual(self.server.put(STEP, None, headers={"If-Match": f"{first}, {self.tag()}"}).status, 204)
        self.assertEqual(self.server.put(STEP, LOYALTY, headers={"If-Match": "*"}).status, 412)
        self.assertEqual(self.server.put(STEP, FRAUD_CHECK, headers={"If-Match": self.tag()}).status, 204)
        self.assertEqual(self.server.put(STEP, FRAUD_CHECK, headers={"If-Match": "*"}).status, 204)
        self.assertEqual(len(self.server.history()), 4)
