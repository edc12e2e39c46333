import os
import pathlib
import subprocess
import unittest
import urllib.parse

from browser import Browser
from openidprovider import AUDIENCE, CLIENT_SECRET, OpenIDProvider
from reflogserver import FRAUD_CHECK, Server
from testparts import apart, sqlite_only

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
CLIENT = "77d8c1f2-9a0b-4c3d-8e5f-6a7b8c9d0e1f"


@apart(seconds=13, cores=0.6)
class Entra(unittest.TestCase):
    """Tests of the sign-in to the pages through an OpenID provider, with the authorization code flow and PKCE."""

    def setUp(self):
        self.provider = self.enterContext(OpenIDProvider())
        self.server = Server(AUTH_MODE="token,entra", ENTRA_ISSUER=self.provider.issuer, ENTRA_AUDIENCE=AUDIENCE,
                             ENTRA_CLIENT_ID=CLIENT, ENTRA_CLIENT_SECRET=CLIENT_SECRET)
        self.server.settings["PUBLIC_URL"] = f"http://127.0.0.1:{self.server.port}"
        self.enterContext(self.server)
        self.browser = Browser(self.server)

    def begin(self, target="/flows"):
        page = self.browser.open(target)
        link = next(link for link in page.links if link.startswith("/sign-in/entra"))
        answer = self.browser.send("GET", link)
        self.assertEqual(answer.status, 303)
        return answer.headers["location"]

    def come_back(self, url):
        parts = urllib.parse.urlsplit(url)
        return self.browser.send("GET", parts.path + "?" + parts.query)

    @sqlite_only("it searches the ledger's file")
    def test_a_sign_in_opens_the_requested_page_with_the_users_name_and_role(self):
        url = self.begin()
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        self.assertEqual((asked["client_id"], asked["response_type"], asked["code_challenge_method"], asked["scope"]),
                         (CLIENT, "code", "S256", f"openid profile {AUDIENCE}/.default"))
        page = self.come_back(self.provider.authorize(url, ["Reflog.Operate"]))
        self.assertEqual(page.status, 200)
        self.assertIn("/flows", page.links)
        self.assertIn("Lee Gu operator", self.browser.open("/flows").text)
        self.server.put(STEP, FRAUD_CHECK)
        change = self.server.put(STEP, None).change
        form = self.browser.open(f"/changes/{change}/rollback").form(f"/changes/{change}/rollback")
        self.browser.submit(form, reason="back")
        self.assertEqual(self.server.reference(STEP), FRAUD_CHECK)
        self.assertEqual(self.server.history()[-1]["initiatedBy"]["user"]["displayName"], "Lee Gu")
        self.assertNotIn(CLIENT_SECRET, self.server.log)
        for path in (self.server.database, self.server.files + "-wal"):
            self.assertNotIn(CLIENT_SECRET.encode(), pathlib.Path(path).read_bytes())

    def test_the_filter_in_the_requested_url_is_kept(self):
        for target in ("/?flow=B2C_1_signup&result=applied", "/?connector=Fraud%20check"):
            page = self.come_back(self.provider.authorize(self.begin(target), ["Reflog.Read"]))
            self.assertIn(target, page.links)
            self.browser.cookies = {}

    def test_a_code_is_valid_once_and_only_in_the_browser_that_began_the_sign_in(self):
        back = self.provider.authorize(self.begin(), ["Reflog.Read"])
        other = Browser(self.server)
        parts = urllib.parse.urlsplit(back)
        self.assertEqual(other.send("GET", parts.path + "?" + parts.query).status, 400)
        self.assertEqual(other.cookies, {})
        self.assertEqual(self.come_back(back.replace("state=", "state=0")).status, 400)
        self.assertEqual(self.come_back(back).status, 200)
        self.assertEqual(self.come_back(back).status, 400)

    def test_a_refused_sign_in_shows_the_reason(self):
        for roles, changed, status, text in (
                ([], {}, 403, "has no role in Reflog"), (["Reflog.Read"], {"nonce": "another"}, 403, "belongs to another sign-in"),
                (["Reflog.Read"], {"nonce": None}, 403, "belongs to another sign-in"),
                (["Reflog.Read"], {"aud": "another"}, 403, "is for another audience"),
                (["Reflog.Read"], {"aud": AUDIENCE}, 403, "is for another audience"),
                (["Reflog.Read"], {"aud": [CLIENT, "another"]}, 403, "is for another audience"),
                (["Reflog.Read"], {"azp": "another"}, 403, "is for another audience"),
                (["Reflog.Read"], {"iss": "https://login.example"}, 403, "is from another issuer"),
                (["Reflog.Read"], {"tid": None}, 403, "is from another tenant"),
                (["Reflog.Read"], {"exp": 1}, 403, "has expired"), (["Reflog.Read"], {"exp": None}, 403, "has no expiry"),
                (["Reflog.Read"], {"nbf": 4000000000}, 403, "is not valid yet"),
                (["Reflog.Read"], {"header": {"alg": "none"}}, 403, "it is not a signed token"),
                (["Reflog.Read"], {"header": {"alg": "HS256"}}, 403, "its algorithm is not RS256"),
                (["Reflog.Read"], {"header": {"kid": "unknown"}}, 403, "has no key with the token's key id"),
                (["Reflog.Read"], {"header": {"jku": "https://a.example"}}, 403, "its header contains jku"),
                (["Reflog.Read"], {"key": self.provider.other}, 403, "its signature is wrong")):
            page = self.come_back(self.provider.authorize(self.begin(), roles, **changed))
            self.assertEqual((page.status, text in page.text), (status, True), page.text)
            self.assertFalse([name for name in self.browser.cookies if "session" in name])
        url = self.begin()
        self.provider.is_down = True
        page = self.come_back(self.provider.authorize(url, ["Reflog.Read"]))
        self.assertEqual(page.status, 503)
        self.assertIn("sign in with an API token", page.text)

    def refused(self, error, state=None):
        """Begins a sign-in, ends it with an error from Entra, and returns the page that the browser then receives.

        Entra's redirect contains `state`. If `state` is None, the redirect contains the right state.
        """
        begun = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.begin()).query))["state"]
        query = urllib.parse.urlencode({"error": error, "error_description": "<b>Call 555-0100", "state": state or begun})
        return self.browser.send("GET", "/sign-in/entra/return?" + query)

    def test_errors_of_entra_are_shown_with_reflogs_own_texts(self):
        for error, status, text in (
                ("access_denied", 403, "was cancelled or is not allowed"), ("login_required", 403, "sign in at Entra first"),
                ("consent_required", 403, "must first consent"), ("server_error", 503, "at the moment"),
                ("temporarily_unavailable", 503, "at the moment"),
                ("strange_error", 403, "did not sign you in (strange_error)."),
                ("Call 555-0100", 403, "gave no reason"), ("x" * 41, 403, "gave no reason")):
            page = self.refused(error)
            self.assertEqual((page.status, text in page.text), (status, True), page.text)
            self.assertNotIn("555", page.text)
            self.assertEqual(page.form("/sign-in")["fields"]["target"], "/flows")
            self.assertFalse([name for name in self.browser.cookies if "sign_in" in name])

    def test_an_error_with_a_forged_state_is_not_shown_and_does_not_end_the_sign_in(self):
        self.server.put(STEP, FRAUD_CHECK)
        page = self.refused("access_denied", state="0" * 64)
        self.assertEqual((page.status, "another browser" in page.text), (400, True), page.text)
        # The browser still has the cookie of the sign-in that it began. So the browser could still complete that sign-in.
        self.assertTrue([name for name in self.browser.cookies if "sign_in" in name])
        self.assertIn("\nreflog_unauthenticated_total 0\n", self.server.request("GET", "/metrics", role="reader").text)

    def test_a_new_sign_in_ends_the_previous_session(self):
        self.come_back(self.provider.authorize(self.begin(), ["Reflog.Read"]))
        before = dict(self.browser.cookies)
        link = "/sign-in/entra?target=/"
        url = self.browser.send("GET", link).headers["location"]
        # Remove the session's cookie, because a browser does not send this cookie after the redirect from Entra.
        self.browser.cookies = {name: value for name, value in self.browser.cookies.items() if "session" not in name}
        self.assertEqual(self.come_back(self.provider.authorize(url, ["Reflog.Read"])).status, 200)
        self.assertEqual(self.browser.send("GET", "/").status, 200)
        self.browser.cookies = before
        self.assertEqual(self.browser.send("GET", "/").status, 303)

    def test_a_token_without_a_role_begins_no_session(self):
        page = self.browser.open("/")
        token = self.provider.token(self.provider.claims([]))
        refused = self.browser.submit(page.form("/sign-in"), token=token)
        self.assertEqual(refused.status, 403)
        self.assertEqual(self.browser.cookies, {})
        self.browser.submit(page.form("/sign-in"), token=self.provider.token(self.provider.claims(["Reflog.Read"])))
        self.assertEqual(self.browser.send("GET", "/").status, 200)

    def test_an_expired_client_secret_is_reported_as_the_cause(self):
        self.provider.secret = "another"
        page = self.come_back(self.provider.authorize(self.begin(), ["Reflog.Read"]))
        self.assertEqual(page.status, 502)
        self.assertIn("Entra refused this server's client id or secret (invalid_client)", page.text)
        self.assertIn("invalid_client", self.server.log)

    def test_many_other_sign_ins_do_not_discard_a_sign_in_that_has_begun(self):
        back = self.provider.authorize(self.begin(), ["Reflog.Read"])
        other = Browser(self.server)
        for _ in range(1200):
            self.assertEqual(other.send("GET", "/sign-in/entra").status, 303)
        self.assertEqual(self.come_back(back).status, 200)
        # At most two requests are allowed: one for the sign-ins, and one for the keys.
        self.assertLessEqual(self.provider.discoveries, 2)

    def test_incomplete_settings_stop_the_start(self):
        for settings in ({"ENTRA_CLIENT_ID": CLIENT}, {"ENTRA_CLIENT_ID": CLIENT, "ENTRA_CLIENT_SECRET": CLIENT_SECRET}):
            done = subprocess.run([self.server.binary, "serve", "--directory", "embedded", "--port", "0", "--database", os.devnull],
                                  env=self.server.environment() | {"REFLOG_" + name: value for name, value in settings.items()},
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 64)
            self.assertIn("REFLOG_PUBLIC_URL", done.stderr)
            self.assertNotIn(CLIENT_SECRET, done.stderr)
