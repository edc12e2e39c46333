import csv
import datetime
import glob
import importlib.util
import os
import pathlib
import shutil
import time
import unittest

from reflogserver import FRAUD_CHECK, NEW_VENDOR, Graph, Server, eventually, graph_connector
from testparts import apart

HAS_CHROMIUM = shutil.which("chromedriver") and importlib.util.find_spec("selenium") and importlib.util.find_spec("axe_playwright_python")
if HAS_CHROMIUM:
    from chromium import STEP, Chromium, make_sample, make_trouble, trouble_server


@apart(seconds=45, cores=0.6)
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
                browser.fill("since", f"{first:%m%d%Y}")
                browser.fill("until", f"{behind:%m%d%Y}")
                browser.press("Show")
                browser.wait_for("CHG0042")
                self.assertNotIn("B2C_1_profile_edit", browser.text)
                self.assertIn(f"since={first}&until={behind}", browser.driver.current_url)
                self.assertEqual([button for button in browser.buttons if button not in ("Sign out", "Show", "Search")], [])
                self.assertNotIn("Roll back", browser.text)
                browser.follow("CSV")
                found = eventually(lambda: glob.glob(os.path.join(downloads, "*.csv")))
                rows = list(csv.DictReader(pathlib.Path(found[0]).read_text().splitlines()))
                self.assertEqual({row["flowId"] for row in rows}, {"B2C_1_signup"})
                self.assertEqual(len(rows), 3)
                browser.open(f"/?until={first}")
                browser.wait_for("No changes match this filter")

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
            # If you open a change and return to the previous page, the same list is shown again.
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
        package = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent
        axe = (package / "axe.min.js").read_text()

        def check_pages(server, pages):
            for scheme, width in (("light", 1440), ("dark", 390)):
                with Chromium(server, width=width, scheme=scheme) as browser:
                    for number, (name, path) in enumerate(pages.items()):
                        if number == 1:
                            browser.sign_in("operator")
                        browser.open(path)
                        browser.driver.execute_script(axe)
                        found = browser.driver.execute_async_script("axe.run().then(arguments[0])")
                        problems = [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]]
                        self.assertEqual(problems, [], f"{name}, {scheme}, {width}")
                        self.assertFalse(browser.scrolls_sideways, f"{name} at {width}")

        with Server() as server:
            check_pages(server, make_sample(server))
        with Graph(timeout=1) as graph, trouble_server(graph) as server:
            check_pages(server, {"sign-in": "/sign-in"} | make_trouble(server, graph))
