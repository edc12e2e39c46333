import datetime
import re
import urllib.parse

from browser import Browser
from reflogserver import FRAUD_CHECK, NEW_VENDOR, ServerTestCase

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
# Clocks in Asia/Kolkata are always 5:30 ahead of UTC.
KOLKATA = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


class TimeZones(ServerTestCase):
    """A person chooses the time zone in which the pages show and read times."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.put(STEP, FRAUD_CHECK)
        cls.change = cls.server.put(STEP, NEW_VENDOR).change
        recorded = next(change for change in cls.server.history() if change["id"] == cls.change)
        cls.exact, cls.settled = recorded["activityDateTime"], recorded["resultDateTime"]
        cls.moment = datetime.datetime.fromisoformat(cls.exact)

    def signed_in(self, zone=None, role="operator"):
        browser = Browser(self.server)
        page = browser.sign_in(role)
        if zone:
            page = browser.submit(page.form("/time-zone"), zone=zone)
            self.assertEqual(page.status, 200, page.text)
        return browser

    def ids(self, page):
        return [path.rsplit("/", 1)[1] for path in page.paths if re.fullmatch("/changes/[0-9]+", path)]

    def test_every_page_shows_its_time_zone_and_a_form_to_choose_another(self):
        browser = self.signed_in()
        paths = ["/", f"/changes/{self.change}", f"/changes/{self.change}/rollback", "/flows", f"/flows?asOf={self.exact}",
                 "/flows/b2cUserFlows/B2C_1_signup", f"/flows/rollback?asOf={self.exact}", "/export", "/evidence", "/freezes",
                 "/integrity", "/changes/4711"]
        for zone in ("UTC", "Asia/Kolkata", "UTC"):
            for path in paths:
                page = browser.open(path)
                form = page.form("/time-zone")
                self.assertEqual((form["method"], form["fields"]["target"]), ("post", path))
                page = browser.submit(form, zone=zone)
                self.assertIn(f"Times are in {zone}.", page.text)
                self.assertEqual(page.form("/time-zone")["fields"]["zone"], zone)

    def test_times_are_shown_in_the_time_zone_and_attributes_are_in_utc(self):
        local = self.moment.astimezone(KOLKATA)
        page = self.signed_in("asia/kolkata").open(f"/changes/{self.change}")
        self.assertIn(f"Requested {local:%Y-%m-%dT%H:%M:%S.%f}+05:30", page.text)
        self.assertIn(("datetime", self.exact), page.attributes)
        timeline = self.signed_in("Asia/Kolkata").open("/")
        self.assertIn(f"{local:%Y-%m-%d %H:%M:%S}", timeline.text)
        self.assertIn(("datetime", f"{local:%Y-%m-%d}"), timeline.attributes)
        self.assertIn(f"{self.moment:%Y-%m-%d %H:%M:%S}", self.signed_in().open("/").text)

    def test_a_typed_time_is_read_in_the_shown_time_zone(self):
        browser = self.signed_in("Asia/Kolkata")
        form = browser.open("/").form("/")
        self.assertEqual(form["fields"]["zone"], "Asia/Kolkata")
        local = self.moment.astimezone(KOLKATA)

        def found(**fields):
            query = urllib.parse.urlencode({name: value for name, value in (form["fields"] | fields).items()})
            return self.ids(browser.open("/?" + query))
        before, after = (f"{local + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}" for seconds in (-2, 2))
        self.assertIn(self.change, found(since=before, until=after))
        self.assertNotIn(self.change, found(since=after))
        self.assertNotIn(self.change, found(until=before))
        self.assertIn(self.change, found(since=f"{local:%Y-%m-%d}", until=f"{local:%Y-%m-%d}"))
        self.assertIn("From (Asia/Kolkata)", browser.open("/").text)
        self.assertIn("From (UTC)", self.signed_in().open("/").text)

    def test_a_link_selects_the_same_changes_in_every_time_zone(self):
        local = self.moment.astimezone(KOLKATA)
        since = f"{local - datetime.timedelta(seconds=2):%Y-%m-%dT%H:%M:%S}"
        link = "/?" + urllib.parse.urlencode({"since": since, "zone": "Asia/Kolkata"})
        pages = [self.signed_in(zone).open(link) for zone in ("Asia/Kolkata", "UTC", "America/New_York")]
        self.assertEqual([self.ids(page) for page in pages], [self.ids(pages[0])] * 3)
        self.assertIn(self.change, self.ids(pages[0]))
        # The form shows the time in the time zone of the page, and finds the same changes when it is sent again.
        self.assertEqual(pages[0].form("/")["fields"]["since"], since)
        in_utc = (local - datetime.timedelta(seconds=2)).astimezone(datetime.timezone.utc)
        self.assertEqual(pages[1].form("/")["fields"]["since"], f"{in_utc:%Y-%m-%dT%H:%M:%S}.000")
        for page in pages[1:]:
            again = "/?" + urllib.parse.urlencode(page.form("/")["fields"])
            self.assertEqual(self.ids(self.signed_in().open(again)), self.ids(pages[0]))
        # A link without a time zone is in UTC, whatever the page shows.
        later = "/?" + urllib.parse.urlencode({"since": since})
        self.assertEqual(self.ids(self.signed_in("Asia/Kolkata").open(later)), self.ids(self.signed_in().open(later)))

    def test_the_download_and_the_count_have_the_changes_of_the_page(self):
        browser = self.signed_in("Asia/Kolkata")
        since = f"{self.moment.astimezone(KOLKATA) - datetime.timedelta(seconds=2):%Y-%m-%dT%H:%M:%S}"
        query = urllib.parse.urlencode({"since": since, "zone": "Asia/Kolkata"})
        page = browser.open("/?" + query)
        download = browser.open(next(link for link in page.links if link.startswith("/export?format=csv")))
        self.assertEqual(len(download.html.split("\r\n")) - 2, len(set(self.ids(page))))
        self.assertEqual(browser.open("/timeline/count?" + query).json["count"], len(set(self.ids(page))))
        form = browser.open("/export?" + query).form("/export")
        self.assertEqual((form["fields"]["since"], form["fields"]["zone"]), (since, "Asia/Kolkata"))

    def test_the_time_of_the_flows_is_read_and_shown_in_the_time_zone(self):
        browser = self.signed_in("Asia/Kolkata")
        settled = datetime.datetime.fromisoformat(self.settled).astimezone(KOLKATA)
        # Whole seconds are shown without milliseconds.
        later = settled + datetime.timedelta(milliseconds=1 if settled.microsecond < 999_000 else 2)
        typed = f"{later:%Y-%m-%dT%H:%M:%S.%f}"[:23]
        form = browser.open("/flows").form("/flows")
        page = browser.open("/flows?" + urllib.parse.urlencode(form["fields"] | {"asOf": typed}))
        self.assertIn("Fraud check (new vendor)", page.text)
        self.assertIn(f"what each step called at {typed[:10]} {typed[11:]}", page.text)
        self.assertEqual(page.form("/flows")["fields"]["asOf"], typed)
        self.assertIn("As of (Asia/Kolkata)", page.text)
        # The links contain the time in UTC, or with its time zone.
        flow = next(link for link in page.links if link.startswith("/flows/b2cUserFlows/B2C_1_signup"))
        self.assertIn("zone=Asia%2FKolkata", flow)
        back = next(link for link in browser.open(flow).links if link.startswith("/flows?"))
        self.assertIn(f"what each step called at {typed[:10]} {typed[11:]}", browser.open(back).text)

    def test_an_unknown_time_zone_is_refused_with_its_name(self):
        browser = self.signed_in()
        for zone in ("Mars/Olympus", "Berlin", "../../etc/passwd", "UTC; Path=/"):
            page = browser.submit(browser.open("/").form("/time-zone"), zone=zone)
            self.assertEqual(page.status, 400)
            self.assertIn(f"Reflog does not know the time zone '{zone}'. Use UTC or a name such as Europe/Berlin.", page.text)
        self.assertIn("Reflog does not know the time zone 'Mars'.", browser.open("/?since=2026-01-01&zone=Mars").text)
        self.assertIn("Times are in UTC.", browser.open("/").text)
        browser.cookies["reflog_time_zone"] = "Mars"
        self.assertIn("Times are in UTC.", browser.open("/").text)

    def test_another_site_can_not_choose_the_time_zone(self):
        browser = self.signed_in()
        form = browser.open("/").form("/time-zone")
        self.assertEqual(browser.submit(form, {"Sec-Fetch-Site": "cross-site"}, zone="Asia/Kolkata").status, 400)
        self.assertEqual(browser.submit(form | {"fields": form["fields"] | {"csrf": "0" * 64}}, zone="Asia/Kolkata").status, 400)
        answer = browser.send("POST", "/time-zone", urllib.parse.urlencode(
            form["fields"] | {"zone": "Asia/Kolkata", "target": "//evil.example/"}))
        self.assertEqual((answer.status, answer.headers["location"]), (303, "/"))
        cookie = answer.headers["set-cookie"]
        self.assertEqual(cookie, "reflog_time_zone=Asia/Kolkata; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict")
