"""Reads the README and the articles: their sections, tables, code blocks and links."""

import dataclasses
import re

from reflogserver import ROOT

README = ROOT / "README.md"
ARTICLES = sorted(ROOT.glob("Sources/*/*.docc/*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    """A block of code: the language of the block, and the text. The language can be empty."""
    language: str
    text: str


def article(name):
    """Returns the text of the article with this name. Exactly one DocC catalogue must contain an article with this name."""
    (path,) = [path for path in ARTICLES if path.stem == name]
    return path.read_text()


def section(text, heading):
    """Returns the text below a heading. The text ends at the next heading of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    prose = re.split(rf"^{re.escape(heading)}\n", text, maxsplit=1, flags=re.MULTILINE)
    assert len(prose) == 2, f"there is no heading {heading}"
    return re.split(rf"^#{{1,{level}}} ", prose[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text):
    """Returns the rows of all tables in a text, without the header rows. Each row is a list of cells."""
    found, is_body = [], False
    for line in without_code(text).splitlines():
        if not line.startswith("|"):
            is_body = False
        elif re.fullmatch(r"\|[-| ]+\|", line):
            is_body = True
        elif is_body:
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1])])
    return found


def code(cell):
    """Returns the code spans in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def blocks(text):
    """Returns the blocks of code in a text, in order."""
    return [Block(*match) for match in FENCE.findall(text)]


def without_code(text):
    """Returns the text without its blocks of code."""
    return FENCE.sub("", text)


def links(text):
    """Returns the targets of the links and pictures in a text. Leaves out targets on the web."""
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_code(text))


def anchors(text):
    """Returns the anchors that GitHub creates for the headings in a text."""
    headings = re.findall(r"^#+ (.*)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
