import base64
import csv
import datetime
import glob
import html.parser
import importlib.util
import os
import pathlib
import shutil
import time
import unittest

from browser import Browser
from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, eventually, graph_connector
from testparts import apart

HAS_CHROMIUM = shutil.which("chromedriver") and importlib.util.find_spec("selenium") and importlib.util.find_spec("axe_playwright_python")
if HAS_CHROMIUM:
    from chromium import SCHEMES, STEP, WIDTHS, Chromium, make_edits, make_sample, make_trouble, trouble_server


@apart(seconds=120, cores=0.8)
@unittest.skipUnless(HAS_CHROMIUM, "chromium, Selenium and axe-core are not installed")
class Chrome(unittest.TestCase):
    """The pages work in a real browser, with scripts and without."""

    def test_an_administrator_finds_a_bad_change_and_rolls_it_back(self):
        for scripts in (True, False):
            with self.subTest(scripts=scripts), Server() as server, Chromium(server, scripts=scripts) as browser:
                server.put(STEP, FRAUD_CHECK)
                bad = server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042"}).change
                browser.sign_in("operator")
                browser.wait_for("CHG0042")
                browser.open(f"/changes/{bad}")
                browser.follow("Roll back")
                browser.wait_for("will call Fraud check")
                browser.fill("reason", "Sign-up is broken")
                browser.press("Roll back")
                browser.wait_for("rolled back")
                self.assertEqual(server.reference(STEP), FRAUD_CHECK)
                browser.follow("Timeline")
                browser.wait_for("Sign-up is broken")

    def test_an_auditor_exports_a_quarter_and_can_change_nothing(self):
        for scripts in (True, False):
            with self.subTest(scripts=scripts), Server() as server, Chromium(server, scripts=scripts) as browser:
                make_sample(server)
                downloads = os.path.join(server.folder, "downloads")
                browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": downloads})
                browser.sign_in("reader")
                browser.follow_summary("Filter")
                today = datetime.datetime.now(datetime.timezone.utc).date()
                first = datetime.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
                behind = (first + datetime.timedelta(days=95)).replace(day=1)
                browser.fill("flow", "B2C_1_signup")
                browser.fill("since", f"{first}")
                browser.fill("until", f"{behind}")
                browser.press("Show")
                browser.wait_for("CHG0042")
                self.assertNotIn("B2C_1_profile_edit", browser.text)
                self.assertIn(f"since={first}&until={behind}", browser.driver.current_url)
                on_every_page = ("Sign out", "Show", "Set the time zone", "Search")
                self.assertEqual([button for button in browser.buttons if button not in on_every_page], [])
                self.assertNotIn("Roll back", browser.text)
                browser.follow("CSV")
                found = eventually(lambda: glob.glob(os.path.join(downloads, "*.csv")))
                rows = list(csv.DictReader(pathlib.Path(found[0]).read_text().splitlines()))
                self.assertEqual({row["flowId"] for row in rows}, {"B2C_1_signup"})
                self.assertEqual(len(rows), 3)
                browser.open(f"/?until={first}")
                browser.wait_for("No changes match this filter")
                browser.open("/?since=2025-02-30")
                browser.wait_for("'2025-02-30' is not a time.")
                self.assertNotIn("No changes match", browser.text)
                self.assertNotIn(" changes.", browser.text)

    def test_the_script_shows_new_changes_counts_and_local_times(self):
        with Server() as server, Chromium(server) as browser:
            make_sample(server)
            for number in range(60):
                server.put(STEP, [FRAUD_CHECK, NEW_VENDOR][number % 2])
            browser.sign_in("reader")
            browser.wait_for("67 changes.")
            titles = browser.driver.execute_script("return [...document.querySelectorAll('time[datetime*=T]')].map(t => t.title)")
            self.assertTrue(titles and all("2026" in title or "20" in title for title in titles), titles)
            server.put(STEP, None, headers={"Reflog-Reason": "Meanwhile"})
            browser.wait_for("1 new change. Show")
            browser.follow("1 new change")
            browser.wait_for("Meanwhile")
            self.assertNotIn("CHG0041", browser.text)
            rows = 25
            while rows < 68:
                browser.follow("Older changes")
                rows = min(rows + 25, 68)
                browser.wait_until(lambda: browser.count("#days li") == rows)
            self.assertIn("Meanwhile", browser.text)
            self.assertIn("CHG0041", browser.text)
            self.assertEqual(browser.count("#days > section"), 1)
            # Open a change, and return to the previous page. The browser must show the same list again.
            browser.follow("Change ")
            browser.wait_for("Details")
            browser.driver.back()
            browser.wait_until(lambda: browser.count("#days li") == 68)
            browser.follow_summary("Filter")
            browser.fill("flow", "B2C_1_profile_edit")
            browser.wait_for("3 changes.")

    def test_the_progress_of_a_rollback_is_shown_until_it_is_done(self):
        with Server() as server, Chromium(server) as browser:
            pages = make_sample(server)
            browser.sign_in("operator")
            browser.open(pages["time-rollback"])
            browser.fill("reason", "Back")
            browser.press("Roll back to this time")
            browser.wait_for("The rollback is done")

    def test_the_result_of_a_change_is_announced_to_screen_readers(self):
        with Graph(timeout=1) as graph, trouble_server(graph) as server, Chromium(server) as browser:
            server.put(STEP, graph_connector("Fraud check"))
            browser.sign_in("operator")
            graph.control(writes=["hang_after"])
            change = server.put(STEP, graph_connector("Loyalty")).change
            graph.control(hang=[STEP])
            browser.open(f"/changes/{change}")
            browser.wait_for("not known yet")
            self.assertEqual(browser.outcome, "")
            graph.control(hang=[])
            browser.wait_until(lambda: browser.outcome == f"Change {change}: applied")

    def test_a_plan_from_the_browsers_cache_is_loaded_again(self):
        with Server() as server, Chromium(server) as browser:
            pages = make_sample(server)
            browser.sign_in("operator")
            for name, is_loaded in (("rollback", True), ("time-rollback", True), ("timeline", False)):
                browser.open(pages[name])
                browser.driver.execute_script("window.kept = true; dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
                if is_loaded:
                    browser.wait_until(lambda: browser.retry(lambda: browser.driver.execute_script("return !window.kept")))
                else:
                    time.sleep(0.5)
                    self.assertTrue(browser.driver.execute_script("return window.kept"), name)

    def test_axe_finds_no_violation_on_any_page(self):
        """Checks each page in light, in dark and in print, each time at another width. tools/screenshots checks all
        combinations."""
        def check_pages(server, pages, zone="UTC"):
            with Chromium(server) as browser:
                browser.open("/sign-in")
                self.assertEqual(browser.problems(), [])
                browser.sign_in("operator")
                browser.choose_time_zone(zone)
                for number, (name, path) in enumerate(pages.items()):
                    for index, scheme in enumerate(SCHEMES):
                        width = WIDTHS[(number + index) % len(WIDTHS)]
                        browser.show(scheme, width)
                        browser.open(path)
                        self.assertEqual(browser.problems(), [], f"{name}, {scheme}, {width}")

        with Server() as server:
            check_pages(server, make_sample(server))
        with Server() as server:
            check_pages(server, make_edits(server), "America/Argentina/Buenos_Aires")
        with Graph(timeout=1) as graph, trouble_server(graph) as server:
            check_pages(server, make_trouble(server, graph))

    def test_every_control_of_every_page_is_reached_with_the_tab_key_and_shows_the_focus(self):
        with Server() as server, Chromium(server) as browser:
            pages = make_sample(server)
            browser.sign_in("operator")
            for name, path in pages.items():
                browser.open(path)
                browser.driver.execute_script(START_OF_TABS)
                for _ in range(browser.driver.execute_script("return expected.length") * 2 + 30):
                    browser.press_tab()
                    if browser.driver.execute_script("return expected.every((control) => reached.has(control))"):
                        break
                missed = browser.driver.execute_script(
                    "return expected.filter((control) => !reached.has(control)).map((control) => control.outerHTML.slice(0, 150))")
                self.assertEqual(missed, [], name)
                self.assertEqual(browser.driver.execute_script("return [...bare]"), [], name)
                positive = browser.driver.execute_script(
                    "return [...document.querySelectorAll('[tabindex]')].filter((element) => element.tabIndex > 0).length")
                self.assertEqual(positive, 0, name)

    def test_the_first_tab_stop_skips_the_navigation(self):
        with Server() as server, Chromium(server) as browser:
            browser.sign_in("reader")
            browser.open("/")
            browser.press_tab()
            self.assertEqual(browser.driver.switch_to.active_element.text, "Skip to content")
            browser.driver.switch_to.active_element.send_keys("\ue007")
            self.assertEqual(browser.driver.switch_to.active_element.get_attribute("id"), "content")
            browser.press_tab()
            inside = browser.driver.execute_script("return document.querySelector('main').contains(document.activeElement)")
            self.assertTrue(inside)

    def test_a_printed_page_is_black_on_white_and_has_no_controls(self):
        with Server() as server, Chromium(server) as browser:
            pages = make_sample(server)
            browser.sign_in("operator")
            browser.show("print", 768)
            for name, path in pages.items():
                browser.open(path)
                colours = browser.driver.execute_script(
                    "const style = getComputedStyle(document.body); return [style.color, style.backgroundColor]")
                self.assertEqual(colours, ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], name)
                shown = browser.driver.execute_script(
                    "return [...document.querySelectorAll('nav, form, button, .button, summary, .skip')]"
                    ".filter((element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 150))")
                self.assertEqual(shown, [], name)
            browser.open(pages["filtered"])
            self.assertIn("Filter: result denied", browser.text)
            browser.open(pages["flow"])
            self.assertTrue(browser.driver.execute_script("return document.querySelector('details table').checkVisibility()"))
            browser.open(pages["flows"])
            self.assertEqual(browser.driver.execute_script("return getComputedStyle(document.querySelector('thead')).display"),
                             "table-header-group")
            document = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
            self.assertIn(b"/MediaBox [0 0 594.", base64.b64decode(document))

    def test_every_control_works_without_a_script(self):
        with Server() as server:
            pages = make_sample(server)
            browser = Browser(server)
            controls = Controls(browser.open(pages.pop("sign-in")).html)
            self.assertEqual((controls.problems, controls.count > 3), ([], True))
            browser.sign_in("operator")
            for name, path in pages.items():
                controls = Controls(browser.open(path).html)
                self.assertEqual((controls.problems, controls.count > (3 if name == "sign-in" else 5)), ([], True), name)


# Finds the controls that the Tab key must reach. Records the controls that it reaches, and which of them do not show the focus.
START_OF_TABS = """
  window.expected = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && element.type !== "hidden" && element.tabIndex >= 0
      && !(element.type === "radio" && !element.checked));
  window.reached = new Set();
  window.bare = new Set();
  addEventListener("focusin", ({ target }) => {
    reached.add(target);
    const style = getComputedStyle(target);
    if (style.outlineStyle === "none" || style.outlineWidth === "0px") bare.add(target.outerHTML.slice(0, 150));
  });
"""


class Controls(html.parser.HTMLParser):
    """The controls in a page, and the problems of those that need a script."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.problems, self.count = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.forms.append(values)
            self.check("action" in values, tag, values)
        if tag in ("a", "button", "input", "select", "textarea"):
            self.count += 1
        if tag == "a":
            target = values.get("href", "")
            self.check(target.startswith("/") or target == "#content", tag, values)
        if tag in ("button", "input", "select", "textarea"):
            self.check(bool(self.forms) and values.get("type") not in ("button", "reset"), tag, values)
            self.check(tag == "button" or "name" in values, tag, values)
            self.check("disabled" not in values, tag, values)
        self.check(not any(name.startswith("on") for name in values), tag, values)
        # Only the script shows the message about new changes.
        self.check("hidden" not in values or "data-news" in values, tag, values)

    def handle_endtag(self, tag):
        if tag == "form":
            self.forms.pop()

    def check(self, is_right, tag, values):
        if not is_right:
            self.problems.append((tag, values))
