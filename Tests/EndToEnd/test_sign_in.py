import os
import pathlib
import subprocess
import unittest
import urllib.parse

from browser import Browser
from openidprovider import AUDIENCE, CLIENT_SECRET, OpenIDProvider
from reflogserver import FRAUD_CHECK, Server
from testparts import apart

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
CLIENT = "77d8c1f2-9a0b-4c3d-8e5f-6a7b8c9d0e1f"


@apart(seconds=13, cores=0.6)
class Entra(unittest.TestCase):
    """Signing in on the pages by an OpenID provider: the authorisation code flow with PKCE."""

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

    def test_somebody_signs_in_and_comes_to_where_they_wanted(self):
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
        for path in (self.server.database, self.server.database + "-wal"):
            self.assertNotIn(CLIENT_SECRET.encode(), pathlib.Path(path).read_bytes())

    def test_the_filter_that_somebody_wanted_survives(self):
        for target in ("/?flow=B2C_1_signup&result=applied", "/?connector=Fraud%20check"):
            page = self.come_back(self.provider.authorize(self.begin(target), ["Reflog.Read"]))
            self.assertIn(target, page.links)
            self.browser.cookies = {}

    def test_a_code_counts_once_and_in_the_browser_that_asked_for_it(self):
        back = self.provider.authorize(self.begin(), ["Reflog.Read"])
        other = Browser(self.server)
        parts = urllib.parse.urlsplit(back)
        self.assertEqual(other.send("GET", parts.path + "?" + parts.query).status, 400)
        self.assertEqual(other.cookies, {})
        self.assertEqual(self.come_back(back.replace("state=", "state=0")).status, 400)
        self.assertEqual(self.come_back(back).status, 200)
        self.assertEqual(self.come_back(back).status, 400)

    def test_who_may_not_is_told_so(self):
        for roles, changed, status, words in (
                ([], {}, 403, "has no role in Reflog"), (["Reflog.Read"], {"nonce": "another"}, 403, "belongs to another sign-in"),
                (["Reflog.Read"], {"aud": "somebody else"}, 403, "belongs to another sign-in")):
            page = self.come_back(self.provider.authorize(self.begin(), roles, **changed))
            self.assertEqual((page.status, words in page.text), (status, True), page.text)
            self.assertFalse([name for name in self.browser.cookies if "session" in name])
        url = self.begin()
        self.provider.is_down = True
        page = self.come_back(self.provider.authorize(url, ["Reflog.Read"]))
        self.assertEqual(page.status, 503)
        self.assertIn("sign in with an API token", page.text)

    def refused(self, error, state=None):
        """What is shown where Entra, or somebody else, sends a browser back with an error."""
        begun = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.begin()).query))["state"]
        query = urllib.parse.urlencode({"error": error, "error_description": "<b>Call 555-0100", "state": state or begun})
        return self.browser.send("GET", "/sign-in/entra/return?" + query)

    def test_entra_says_no_in_words_of_reflogs_own(self):
        for error, status, words in (("access_denied", 403, "cancelled there"), ("login_required", 403, "sign in there first"),
                                     ("consent_required", 403, "must consent"), ("server_error", 503, "just now"),
                                     ("temporarily_unavailable", 503, "just now"), ("strange_error", 403, "nobody in (strange_error)."),
                                     ("Call 555-0100", 403, "does not say why"), ("x" * 41, 403, "does not say why")):
            page = self.refused(error)
            self.assertEqual((page.status, words in page.text), (status, True), page.text)
            self.assertNotIn("555", page.text)
            self.assertEqual(page.form("/sign-in")["fields"]["target"], "/flows")
            self.assertFalse([name for name in self.browser.cookies if "sign_in" in name])

    def test_what_another_site_says_is_not_shown_and_counts_as_nothing(self):
        self.server.put(STEP, FRAUD_CHECK)
        page = self.refused("access_denied", state="0" * 64)
        self.assertEqual((page.status, "another browser" in page.text), (400, True), page.text)
        # The sign-in that began goes on.
        self.assertTrue([name for name in self.browser.cookies if "sign_in" in name])
        self.assertIn("\nreflog_unauthenticated_total 0\n", self.server.request("GET", "/metrics", role="reader").text)

    def test_signing_in_anew_ends_the_session_before(self):
        self.come_back(self.provider.authorize(self.begin(), ["Reflog.Read"]))
        before = dict(self.browser.cookies)
        link = "/sign-in/entra?target=/"
        url = self.browser.send("GET", link).headers["location"]
        # The session's cookie does not come with what Entra leads to.
        self.browser.cookies = {name: value for name, value in self.browser.cookies.items() if "session" not in name}
        self.assertEqual(self.come_back(self.provider.authorize(url, ["Reflog.Read"])).status, 200)
        self.assertEqual(self.browser.send("GET", "/").status, 200)
        self.browser.cookies = before
        self.assertEqual(self.browser.send("GET", "/").status, 303)

    def test_a_token_without_a_role_opens_no_session(self):
        page = self.browser.open("/")
        token = self.provider.token(self.provider.claims([]))
        refused = self.browser.submit(page.form("/sign-in"), token=token)
        self.assertEqual(refused.status, 403)
        self.assertEqual(self.browser.cookies, {})
        self.browser.submit(page.form("/sign-in"), token=self.provider.token(self.provider.claims(["Reflog.Read"])))
        self.assertEqual(self.browser.send("GET", "/").status, 200)

    def test_a_secret_that_expired_is_said_to_be_what_is_wrong(self):
        self.provider.secret = "another"
        page = self.come_back(self.provider.authorize(self.begin(), ["Reflog.Read"]))
        self.assertEqual(page.status, 502)
        self.assertIn("does not take this server's own registration (invalid_client)", page.text)
        self.assertIn("invalid_client", self.server.log)

    def test_nobody_crowds_out_a_sign_in_that_began(self):
        back = self.provider.authorize(self.begin(), ["Reflog.Read"])
        other = Browser(self.server)
        for _ in range(1200):
            self.assertEqual(other.send("GET", "/sign-in/entra").status, 303)
        self.assertEqual(self.come_back(back).status, 200)
        # Once for this, and once for the keys.
        self.assertLessEqual(self.provider.discoveries, 2)

    def test_what_is_missing_of_its_settings_stops_the_start(self):
        for settings in ({"ENTRA_CLIENT_ID": CLIENT}, {"ENTRA_CLIENT_ID": CLIENT, "ENTRA_CLIENT_SECRET": CLIENT_SECRET}):
            done = subprocess.run([self.server.binary, "serve", "--directory", "embedded", "--port", "0", "--database", os.devnull],
                                  env=self.server.environment() | {"REFLOG_" + name: value for name, value in settings.items()},
                                  capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 64)
            self.assertIn("REFLOG_PUBLIC_URL", done.stderr)
            self.assertNotIn(CLIENT_SECRET, done.stderr)
