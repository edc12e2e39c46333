"""Measures the response times and sizes of the web pages with a large ledger."""

import random
import sqlite3
import time

from browser import Browser
from historybench import percentile, serving
from reflogserver import Graph


class Pages:
    """The paths of the web pages. Each call of a function returns a path with different values."""

    def __init__(self, database, chance):
        ledger = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        one = lambda sql: [row[0] for row in ledger.execute(sql)]
        self.chance = chance
        self.newest = one("SELECT max(id) FROM change")[0]
        # A flow without a change has no page.
        self.flows = one("SELECT DISTINCT flow_type || '/' || flow_id FROM flow JOIN address ON address.flow = flow.id "
                         "WHERE EXISTS (SELECT 1 FROM change WHERE change.address = address.id)")
        self.steps = one("SELECT name FROM step")
        self.connectors = one("SELECT connector_id FROM connector")
        self.names = one("SELECT name FROM actor_name WHERE name IS NOT NULL")
        # The times of the first and the last change, in seconds since 1970.
        first, last = one("SELECT min(activity_time) / 1000000 FROM change")[0], one("SELECT max(activity_time) / 1000000 FROM change")[0]
        self.moment = lambda: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(chance.uniform(first, last)))

    def paths(self):
        """Returns a dictionary from the names of pages to functions. Each function returns a path of the page."""
        pick = self.chance.choice
        flow = lambda: pick(self.flows)
        return {
            "timeline": lambda: "/",
            "timeline of a flow": lambda: "/?flow=" + flow(),
            "timeline of a flow and step": lambda: f"/?flow={flow()}&step={pick(self.steps)}",
            "timeline of an actor": lambda: "/?actor=" + pick(self.names).replace(" ", "+"),
            "timeline of a connector": lambda: "/?connector=" + pick(self.connectors),
            "timeline of rejected changes": lambda: "/?result=rejected",
            "timeline between two days": lambda: f"/?since={self.moment()[:10]}&until={self.moment()[:10]}",
            "change": lambda: f"/changes/{self.chance.randint(1, self.newest)}",
            "flows": lambda: "/flows",
            "flows at a time": lambda: "/flows?asOf=" + self.moment(),
            "flow": lambda: "/flows/" + flow(),
            "flow until a time": lambda: f"/flows/{flow()}?until={self.moment()}",
            "export": lambda: "/export",
            "integrity": lambda: "/integrity",
            "news": lambda: f"/timeline/news?behind={self.newest}",
        }


def run(binary, database, count, seed=1):
    """Requests each page `count` times. Prints the median and the 99th percentile of the times, and the maximum size."""
    pages = Pages(database, random.Random(seed))
    with Graph() as graph, serving(binary, database, graph) as server:
        browser = Browser(server)
        browser.sign_in("reader")
        for name, path in pages.paths().items():
            times, weights = [], []
            for number in range(count + 10):
                asked = path()
                start = time.perf_counter()
                page = browser.send("GET", asked)
                took = time.perf_counter() - start
                assert page.status == 200, (asked, page.text)
                # The first 10 requests warm up the server.
                if number >= 10:
                    times.append(took)
                    weights.append(len(page.html.encode()))
            print(f"{name:32} p50 {percentile(times, .5) * 1000:8.2f} ms   p99 {percentile(times, .99) * 1000:8.2f} ms   "
                  f"at most {max(weights) / 1000:5.1f} KB", flush=True)
