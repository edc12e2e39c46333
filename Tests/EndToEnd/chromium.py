"""Drives Chromium with Selenium, and creates the histories that Reflog's pages show in tests and pictures."""

import functools
import importlib.util
import pathlib
import shutil
import time

from browser import Browser
from reflogserver import FRAUD_CHECK, LOYALTY, NEW_VENDOR, Port, Server, graph_connector
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

STEP = "b2cUserFlows/B2C_1_signup/postFederationSignup"
OTHER = "b2cUserFlows/B2C_1_profile_edit/postAttributeCollection"

# The schemes in which a page is checked. For `print`, the browser has the dark scheme, but the printed page must not have dark
# colours.
SCHEMES = ("light", "dark", "print")
# The widths in CSS pixels: a small phone, a tablet, a desktop.
WIDTHS = (320, 768, 1440)


@functools.cache
def axe():
    """Returns the source of axe-core, a script that finds violations of accessibility rules in a page."""
    package = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent
    return (package / "axe.min.js").read_text()


class Chromium:
    def __init__(self, server, width=1440, height=900, scheme="light", scripts=True):
        self.server = server
        options = webdriver.ChromeOptions()
        for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars",
                     f"window-size={width},{height}"):
            options.add_argument("--" + flag)
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        self.port = Port()
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver"), self.port.number))
        self.height = height
        self.show(scheme, width)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        self.port.close()

    def show(self, scheme, width):
        """Shows pages in a scheme and at a width."""
        self.width = width
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": "print" if scheme == "print" else "",
            "features": [{"name": "prefers-color-scheme", "value": "light" if scheme == "light" else "dark"}]})
        self.resize(self.height)

    def problems(self):
        """Returns a list with the violations that axe finds in the page. If the page scrolls sideways, the list also says
        so."""
        self.driver.execute_script(axe())
        found = self.driver.execute_async_script("axe.run().then(arguments[0])")
        problems = [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]
        return problems + (["The page scrolls sideways."] if self.scrolls_sideways else [])

    def choose_time_zone(self, name):
        field = self.retry(lambda: self.driver.find_element(By.ID, "time-zone"))
        field.clear()
        field.send_keys(name)
        self.press("Set the time zone")
        self.retry(lambda: self.driver.find_element(By.XPATH, f"//footer//p[contains(., 'Times are in {name}.')]"))

    def press_tab(self):
        key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
        for type in ("rawKeyDown", "keyUp"):
            self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": type, **key})

    def resize(self, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": self.width, "height": height, "deviceScaleFactor": 1, "mobile": self.width < 600})

    def open(self, path):
        self.driver.get(self.server.url + path)

    def sign_in(self, role):
        # A printed page has no forms.
        self.show("light", self.width)
        self.open("/sign-in")
        self.fill("token", self.server.tokens[role])
        self.press("Sign in")
        self.retry(lambda: self.driver.find_element(By.XPATH, "//button[normalize-space()='Sign out']"))

    @staticmethod
    def retry(action, seconds=120):
        """Repeats an action until it succeeds, because the page is possibly still loading."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return action()
            except WebDriverException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def press(self, label):
        self.retry(lambda: self.driver.find_element(By.XPATH, f"//button[normalize-space()='{label}']").click())

    def follow(self, text):
        self.retry(lambda: self.driver.find_element(By.PARTIAL_LINK_TEXT, text).click())

    def follow_summary(self, text):
        self.retry(lambda: self.driver.find_element(By.XPATH, f"//summary[normalize-space()='{text}']").click())

    @property
    def buttons(self):
        return self.retry(lambda: [button.text for button in self.driver.find_elements(By.TAG_NAME, "button")])

    @property
    def scrolls_sideways(self):
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        return max(size["width"], self.driver.execute_script("return document.documentElement.scrollWidth")) > self.width

    def fill(self, id, text):
        self.retry(lambda: self.driver.find_element(By.ID, id).send_keys(text))

    @property
    def text(self):
        return self.retry(lambda: self.driver.find_element(By.TAG_NAME, "main").text)

    @property
    def outcome(self):
        """The text that the page announces to screen readers."""
        return self.retry(lambda: self.driver.execute_script("return document.querySelector('#outcome').textContent"))

    def count(self, selector):
        return self.driver.execute_script("return document.querySelectorAll(arguments[0]).length", selector)

    @staticmethod
    def wait_until(condition, seconds=120):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def wait_for(self, text, seconds=120):
        deadline = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def picture(self, path):
        """Saves a picture of the whole page."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        self.resize(max(self.height, int(size["height"])))
        self.driver.save_screenshot(str(path))
        self.resize(self.height)


def make_sample(server):
    """Makes changes of several kinds and results.

    Returns a dictionary from the names of pages to paths. The pages show the changes.
    """
    for target in (LOYALTY, FRAUD_CHECK):
        server.put(STEP, target, headers={"Reflog-Reason": "CHG0041%20First%20set-up"})
    server.put(OTHER, LOYALTY)
    moment = server.history()[-1]["resultDateTime"]
    server.put(OTHER, None, headers={"Reflog-Reason": "No%20longer%20wanted"})
    server.put(OTHER, FRAUD_CHECK, role="reader")
    server.put("b2cUserFlows/B2C_1_nowhere/postFederationSignup", LOYALTY)
    bad = server.put(STEP, NEW_VENDOR, headers={"Reflog-Reason": "CHG0042%20New%20vendor%20goes%20live"}).change
    server.request("POST", "/beta/reflog/freezes",
                   {"reason": "Moving to the new tenant", "flowType": "b2cUserFlows", "flowId": "B2C_1_nowhere"})
    return {"sign-in": "/sign-in", "timeline": "/", "filtered": "/?result=denied", "empty": "/?actor=missing",
            "change": f"/changes/{bad}", "flows": "/flows",
            "flows-then": f"/flows?asOf={moment}", "time-rollback": f"/flows/rollback?asOf={moment}",
            "flow": "/flows/b2cUserFlows/B2C_1_signup", "export": "/export?flow=B2C_1_signup",
            "differences": f"/flows?asOf={moment}&compareWith=now", "connectors": "/connectors",
            "connector": f"/connectors/{FRAUD_CHECK}", "search": "/?q=signup",
            "actor": f"/actors/token/{server.tokens['operator'].split('_')[1]}?reads=true",
            "evidence": "/evidence?period=none", "integrity": "/integrity", "freezes": "/freezes",
            "rollback": f"/changes/{bad}/rollback", "missing": "/changes/4711"}


def make_edits(server):
    """Edits a connector that a step calls, deletes another connector, and freezes the step, its flow and everything.

    Returns a dictionary from the names of pages to paths. The pages show the changes and the freezes.
    """
    server.put(OTHER, NEW_VENDOR)
    replaced = server.put(OTHER, FRAUD_CHECK).change
    deletion = server.request("DELETE", f"/beta/identity/apiConnectors/{NEW_VENDOR}").change
    server.put(STEP, LOYALTY)
    first = server.history()[-1]["resultDateTime"]
    server.put(STEP, FRAUD_CHECK)
    moment = server.history()[-1]["resultDateTime"]
    edit = server.request("PATCH", f"/beta/identity/apiConnectors/{FRAUD_CHECK}",
                          {"displayName": "Fraud check of the new vendor", "targetUrl": "https://a-long-name.contoso.example/hook"})
    flow, step = STEP.rsplit("/", 1)
    scope = dict(zip(("flowType", "flowId"), flow.split("/")))
    for body in ({"scope": "all", "until": "2099-01-01T00:00:00Z"}, scope, scope | {"step": step}):
        server.request("POST", "/beta/reflog/freezes", {"reason": "INC0042 The new vendor is down"} | body)
    newest = next(change["id"] for change in server.history()[::-1] if change["step"])
    return {"frozen-flows": "/flows", "frozen-change": f"/changes/{newest}", "edit": f"/changes/{edit.change}", "edited-timeline": "/?flow=B2C_1_signup",
            "edited-flow": "/flows/b2cUserFlows/B2C_1_signup", "edited-flows": f"/flows?asOf={moment}",
            "edited-plan": f"/flows/rollback?asOf={moment}", "typed-time": "/?since=2026-01-01T00:00&zone=Asia/Kolkata",
            "frozen-plan": f"/flows/rollback?asOf={first}", "deletion": f"/changes/{deletion}",
            "missing-connector": f"/changes/{replaced}/rollback", "wrong-time": "/?until=soon",
            "wrong-times": "/flows?asOf=2099-01-01&compareWith=soon"}


def trouble_server(graph):
    """Returns a server in front of this fake Graph, for make_trouble(). The caller must start the server."""
    return Server(graph=graph, SETTLE_WINDOW=1, GRAPH_TIMEOUT=1, SWEEP_INTERVAL=1, GRAPH_READS_PER_MINUTE=60000)


def make_trouble(server, graph):
    """Causes drift, a change with an unknown outcome, and a rollback to a time that fails for some of the steps.

    Returns a dictionary from the names of pages to paths. The pages show the drift, the change and the rollback.
    """
    drifted, hanging = "b2cUserFlows/B2C_1_flow0/postFederationSignup", "b2cUserFlows/B2C_1_flow1/postFederationSignup"
    for address in (drifted, hanging):
        first = server.put(address, graph_connector("Fraud check")).change
    time.sleep(1.1)
    moment = max(change["resultDateTime"] for change in server.history())
    for address in (drifted, hanging):
        server.put(address, graph_connector("Loyalty"))
    time.sleep(1.1)
    graph.control(set={drifted: graph_connector("Outsider A")})
    deadline = time.monotonic() + 60
    while not any(change["kind"] == "drift" for change in server.history()):
        assert time.monotonic() < deadline, server.log
        time.sleep(0.2)
    graph.control(writes=["hang_before"])
    pending = server.put(hanging, None, headers={"Reflog-Reason": "Sign-up%20is%20broken"}).change
    graph.control(hang=[hanging])
    browser = Browser(server)
    browser.sign_in("operator")
    plan = browser.open(f"/flows/rollback?asOf={moment}")
    page = browser.submit(plan.form("/flows/rollback"), reason="Back to before the vendor")
    while "still running" in page.text:
        assert time.monotonic() < deadline + 60, page.text
        page = browser.open(next(link for link in page.links if "/flows/rollback/" in link))
    progress = "/flows/rollback/" + page.form("/flows/rollback")["fields"]["batch"]
    return {"drift": "/", "pending": f"/changes/{pending}", "locked": f"/changes/{first}/rollback",
            "progress": progress, "drift-flows": "/flows", "drift-flow": "/flows/b2cUserFlows/B2C_1_flow0"}
