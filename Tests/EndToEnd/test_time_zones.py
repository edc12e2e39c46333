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
        operator = "/actors/token/" + self.server.tokens["operator"].split("_")[1]
        paths = [operator, operator + "?since=2026-01-01&zone=Asia%2FKolkata", f"/connectors/{NEW_VENDOR}", "/", f"/changes/{self.change}", f"/changes/{self.change}/rollback", "/flows", f"/flows?asOf={self.exact}",
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
        # The form shows the time in the time zone of the page. If the form is sent again, the same changes are found.
        self.assertEqual(pages[0].form("/")["fields"]["since"], since.replace("T", " "))
        in_utc = (local - datetime.timedelta(seconds=2)).astimezone(datetime.timezone.utc)
        self.assertEqual(pages[1].form("/")["fields"]["since"], f"{in_utc:%Y-%m-%d %H:%M:%S}")
        for page in pages[1:]:
            again = "/?" + urllib.parse.urlencode(page.form("/")["fields"])
            self.assertEqual(self.ids(self.signed_in().open(again)), self.ids(pages[0]))
        # A time in a link without a time zone is in UTC, whatever time zone the page shows.
        later = "/?" + urllib.parse.urlencode({"since": since})
        self.assertEqual(self.ids(self.signed_in("Asia/Kolkata").open(later)), self.ids(self.signed_in().open(later)))

    def test_links_contain_the_moment_or_the_day_in_place_of_a_relative_time(self):
        browser = self.signed_in("Asia/Kolkata")
        for text, since in (("1d", r"[0-9-]{10}T[0-9:]{8}.000000Z"), ("yesterday", "[0-9-]{10}")):
            page = browser.open("/?" + urllib.parse.urlencode({"since": text, "zone": "Asia/Kolkata"}))
            self.assertIn(self.change, self.ids(page))
            download, change = (next(link for link in page.links if link.startswith(start))
                                for start in ("/export?format=csv", "/changes/"))
            for link in (download, change):
                found = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)
                self.assertRegex(found["since"][0], f"^{since}$")
                self.assertEqual(found["zone"], ["Asia/Kolkata"])
            self.assertIn(self.change, browser.open(download).html)
            shown = page.form("/")["fields"]["since"]
            self.assertRegex(shown, "^[0-9-]{10}( [0-9:]{8})?$")
            self.assertIn(self.change, self.ids(browser.open("/?" + urllib.parse.urlencode(page.form("/")["fields"]))))
        board = browser.open("/flows?asOf=2h&zone=Asia/Kolkata")
        self.assertNotIn("2h", [value for name, value in board.attributes if name == "value"])
        flow = next((link for link in board.links if link.startswith("/flows/b2cUserFlows/")), "asOf=2026")
        self.assertNotIn("2h", flow)

    def test_the_download_and_the_count_have_the_changes_of_the_page(self):
        browser = self.signed_in("Asia/Kolkata")
        since = f"{self.moment.astimezone(KOLKATA) - datetime.timedelta(seconds=2):%Y-%m-%dT%H:%M:%S}"
        query = urllib.parse.urlencode({"since": since, "zone": "Asia/Kolkata"})
        page = browser.open("/?" + query)
        download = browser.open(next(link for link in page.links if link.startswith("/export?format=csv")))
        self.assertEqual(len(download.html.split("\r\n")) - 2, len(set(self.ids(page))))
        self.assertEqual(browser.open("/timeline/count?" + query).json["count"], len(set(self.ids(page))))
        form = browser.open("/export?" + query).form("/export")
        self.assertEqual((form["fields"]["since"], form["fields"]["zone"]), (since.replace("T", " "), "Asia/Kolkata"))

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
        self.assertEqual(page.form("/flows")["fields"]["asOf"], typed.replace("T", " "))
        self.assertIn("As of (Asia/Kolkata)", page.text)
        # Each link contains either the time in UTC, or the time and its time zone.
        flow = next(link for link in page.links if link.startswith("/flows/b2cUserFlows/B2C_1_signup"))
        self.assertIn("zone=Asia%2FKolkata", flow)
        back = next(link for link in browser.open(flow).links if link.startswith("/flows?"))
        self.assertIn(f"what each step called at {typed[:10]} {typed[11:]}", browser.open(back).text)

    def test_the_page_of_an_actor_reads_and_shows_times_in_the_time_zone(self):
        browser = self.signed_in("Asia/Kolkata")
        path = "/actors/token/" + self.server.tokens["operator"].split("_")[1]
        local = self.moment.astimezone(KOLKATA)
        page = browser.open(path)
        self.assertIn(f"{local:%Y-%m-%d %H:%M:%S}", page.text)
        self.assertIn(("datetime", f"{local:%Y-%m-%d}"), page.attributes)
        fields = page.form(path)["fields"]
        self.assertEqual(fields["zone"], "Asia/Kolkata")
        before, after = (f"{local + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}" for seconds in (-2, 2))

        def found(browser=browser, **typed):
            return browser.open(path + "?" + urllib.parse.urlencode(fields | typed))
        shown = found(since=before, until=after)
        self.assertIn(self.change, self.ids(shown))
        self.assertEqual(shown.form(path)["fields"]["since"], before.replace("T", " "))
        self.assertNotIn(self.change, self.ids(found(since=after)))
        self.assertNotIn(self.change, self.ids(found(until=before)))
        # In another time zone, the link selects the same changes, and the form shows the same moment.
        other = self.signed_in()
        self.assertEqual(self.ids(found(other, since=before, until=after)), self.ids(shown))
        in_utc = self.moment - datetime.timedelta(seconds=2)
        self.assertEqual(found(other, since=before).form(path)["fields"]["since"], f"{in_utc:%Y-%m-%d %H:%M:%S}")
        # The links to changes, the timeline and the export keep the actor, the period and the zone.
        kept = urllib.parse.urlencode({
            "actor": path.removeprefix("/actors/"), "since": before, "until": after, "zone": "Asia/Kolkata"})
        change = next(link for link in shown.links if link.startswith("/changes/"))
        self.assertEqual(change.partition("?")[2], kept)
        self.assertIn("/?" + kept, browser.open(change).links)
        for start in ("/?", "/export?"):
            self.assertIn(start + kept.replace("%2F", "/", 1), shown.links)
        self.assertIn(self.change, self.ids(browser.open("/?" + kept)))
        self.assertIn("Reflog does not know the time zone 'Mars'.", found(since=before, zone="Mars").text)

    def test_a_mistyped_time_zone_can_be_corrected(self):
        browser = self.signed_in()
        for path in ("/flows?flow=signup", "/"):
            refused = browser.submit(browser.open(path).form("/time-zone"), zone="Berlin")
            self.assertEqual(refused.status, 400)
            form = refused.form("/time-zone")
            self.assertEqual((form["fields"]["target"], form["fields"]["zone"]), (path, "Berlin"))
            self.assertIn("Reflog does not know this time zone. Use UTC or a name such as Europe/Berlin. Time zone", refused.text)
            page = browser.submit(form, zone="Europe/Berlin")
            self.assertEqual(page.status, 200)
            self.assertIn("Times are in Europe/Berlin. Times with Z are in UTC.", page.text)

    def test_the_page_after_a_refused_form_leads_to_a_page(self):
        browser = self.signed_in()
        csrf = {"csrf": browser.open("/").form("/time-zone")["fields"]["csrf"]}
        for action, fields, target in (
                ("/freezes/4711/release", csrf, "/freezes"), ("/freezes", csrf, "/freezes"), ("/time-zone", {}, "/"),
                (f"/changes/{self.change}/restore?flow=signup", csrf, f"/changes/{self.change}?flow=signup"),
                ("/flows/rollback", {}, "/flows"),
                (f"/changes/{self.change}/rollback?flow=signup", {}, f"/changes/{self.change}/rollback?flow=signup")):
            page = browser.submit({"action": action, "fields": fields}, reason="x", force="true")
            self.assertGreaterEqual(page.status, 400, action)
            self.assertEqual(page.form("/time-zone")["fields"]["target"], target)
            self.assertEqual(browser.open(target).status, 200, target)
        # If a form is sent without a session, the sign-in page leads to the same pages.
        for action, target in (("/time-zone", "/"), ("/freezes/1/release", "/freezes"), ("/changes/1/rollback?flow=x",) * 2):
            page = Browser(self.server).submit({"action": action, "fields": {}})
            self.assertEqual(page.form("/sign-in")["fields"]["target"], target)

    def test_a_moment_in_a_repeated_hour_is_kept_by_the_form(self):
        # At 01:00 UTC on 2025-10-26, clocks in Europe/Berlin were set from 03:00 to 02:00.
        browser = self.signed_in("Europe/Berlin")
        for moment, shown in (("2025-10-26T00:30:00Z", "2025-10-26 02:30:00 (+02:00)"),
                              ("2025-10-26T01:30:00Z", "2025-10-26 02:30:00 (+01:00)")):
            for _ in range(2):
                page = browser.open("/flows?" + urllib.parse.urlencode({"asOf": moment}))
                self.assertIn(f"each step called at {shown}", page.text)
                fields = page.form("/flows")["fields"]
                page = browser.open("/flows?" + urllib.parse.urlencode(fields))
                self.assertIn(f"each step called at {shown}", page.text)
            plan = browser.open("/flows/rollback?asOf=" + moment)
            self.assertIn(f"Roll back to {shown}", plan.text)

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
