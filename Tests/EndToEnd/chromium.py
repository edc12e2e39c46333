"""Real Chromium, driven by Selenium, before a server of its own."""

import shutil
import time

from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"


class Chromium:
    def __init__(self, server, width=1440, height=900, scheme="light", scripts=True):
        self.server = server
        options = webdriver.ChromeOptions()
        for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars",
                     f"window-size={width},{height}"):
            options.add_argument("--" + flag)
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
        self.width, self.height = width, height
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, path):
        self.driver.get(self.server.url + path)

    def sign_in(self, role):
        self.open("/sign-in")
        self.fill("token", self.server.tokens[role])
        self.press("Sign in")
        self.attempt(lambda: self.driver.find_element(By.XPATH, "//button[normalize-space()='Sign out']"))

    @staticmethod
    def attempt(action, seconds=30):
        """Again and again while a page is on its way."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return action()
            except WebDriverException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def press(self, words):
        self.attempt(lambda: self.driver.find_element(By.XPATH, f"//button[normalize-space()='{words}']").click())

    def follow(self, words):
        self.attempt(lambda: self.driver.find_element(By.PARTIAL_LINK_TEXT, words).click())

    def follow_summary(self, words):
        self.attempt(lambda: self.driver.find_element(By.XPATH, f"//summary[normalize-space()='{words}']").click())

    @property
    def buttons(self):
        return self.attempt(lambda: [button.text for button in self.driver.find_elements(By.TAG_NAME, "button")])

    @property
    def scrolls_sideways(self):
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        return size["width"] > self.width

    def fill(self, id, text):
        self.attempt(lambda: self.driver.find_element(By.ID, id).send_keys(text))

    @property
    def text(self):
        return self.attempt(lambda: self.driver.find_element(By.TAG_NAME, "main").text)

    def wait_for(self, words, seconds=30):
        deadline = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def picture(self, path):
        """The whole page, however long."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": self.width, "height": max(self.height, int(size["height"])), "deviceScaleFactor": 1, "mobile": self.width < 600})
        self.driver.save_screenshot(str(path))


def sample(server):
    """A history with something of everything, and the pages that show it, by name."""
    for target in (LOYALTY, FRAUD_CHECK):
        server.put(STEP, target, headers={"Reflog-Reason": "CHG0041%20First%20set-up"})
    server.put(OTHER, LOYALTY)
    moment = server.history()[-1]["resultDateTime"]
    server.put(OTHER, None, headers={"Reflog-Reason": "No%20longer%20wanted"})
    server.put(OTHER, FRAUD_CHECK, role="reader")
    server.put("b2cUserFlows/B2C_1_nowhere/postFederationSignup", LOYALTY)
    bad = server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042%20New%20vendor%20goes%20live"}).change
    return {"sign-in": "/sign-in", "timeline": "/", "filtered": "/?result=denied", "empty": "/?actor=nobody", "change": f"/changes/{bad}", "flows": "/flows",
            "flows-then": f"/flows?asOf={moment}", "time-rollback": f"/flows/rollback?asOf={moment}",
            "flow": "/flows/b2cUserFlows/B2C_1_signup", "export": "/export?flow=B2C_1_signup", "integrity": "/integrity",
            "rollback": f"/changes/{bad}/rollback", "missing": "/changes/4711"}
