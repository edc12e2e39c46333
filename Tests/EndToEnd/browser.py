"""A browser without scripts: it keeps cookies, sends forms, and parses pages with the standard library."""

import html.parser
import http.client
import http.cookies
import json
import urllib.parse


class Page(html.parser.HTMLParser):
    """A page: its text, links, forms, tags and attributes."""

    def __init__(self, answer_status, text, headers):
        super().__init__()
        self.status, self.html, self.headers = answer_status, text, headers
        self.texts, self.links, self.forms, self.tags, self.attributes, self.elements = [], [], [], [], [], []
        self.feed(text.replace("<wbr>", ""))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        self.attributes += list(values.items())
        self.elements.append((tag, attributes))
        if tag == "a":
            self.links.append(values.get("href"))
        if tag == "form":
            self.forms.append({"action": values.get("action"), "method": values.get("method", "get"), "fields": {}})
        # A browser does not send a checkbox that is not ticked. A required checkbox is included, because a person must tick it
        # before the browser sends the form.
        is_left_out = values.get("type") == "checkbox" and not values.keys() & {"checked", "required"}
        if tag == "input" and self.forms and "name" in values and not is_left_out:
            self.forms[-1]["fields"][values["name"]] = values.get("value", "")

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    @property
    def paths(self):
        """The links without their queries."""
        return [link.partition("?")[0] for link in self.links if link]

    @property
    def json(self):
        return json.loads(self.html)

    def form(self, action):
        return next(form for form in self.forms if form["action"] == action)


class Browser:
    def __init__(self, server):
        self.server, self.cookies = server, {}

    def send(self, method, path, body=None, headers=None):
        """Sends one request. Does not follow a redirect."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            fields = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
            if body is not None:
                fields["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, fields | (headers or {}))
            response = connection.getresponse()
            text = response.read().decode()
            for line in response.headers.get_all("set-cookie") or []:
                for name, morsel in http.cookies.SimpleCookie(line).items():
                    if morsel["max-age"] == "0":
                        self.cookies.pop(name, None)
                    else:
                        self.cookies[name] = morsel.value
            return Page(response.status, text, {name.lower(): value for name, value in response.getheaders()})
        finally:
            connection.close()

    def open(self, path, **options):
        """Opens a page, and follows redirects like a browser."""
        page = self.send("GET", path, **options)
        while page.status == 303:
            page = self.send("GET", page.headers["location"])
        return page

    def submit(self, form, headers=None, **values):
        body = urllib.parse.urlencode(form["fields"] | values)
        page = self.send("POST", form["action"], body, headers)
        while page.status == 303:
            page = self.send("GET", page.headers["location"])
        return page

    def sign_in(self, role, path="/"):
        page = self.open(path)
        return self.submit(page.form("/sign-in"), token=self.server.tokens[role])
