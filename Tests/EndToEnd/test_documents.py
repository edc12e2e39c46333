import json
import re
import unittest

import doccomments
from articles import ARTICLES, README, anchors, article, blocks, code, links, rows, section, without_code

SQLITE_ONLY = "it starts no server"

COMMAND_LINE = article("CommandLine")


def commands(document):
    """Returns the `reflog` commands in the code spans of a text, and in the code blocks that no test runs."""
    found = [span for span in code(without_code(document)) if span.startswith("reflog ")]
    for block in blocks(document):
        if block.language in ("shell", "ini"):
            found += re.findall(r"\breflog [a-z][^|;&>#\n]*", block.text.replace("\\\n", " "))
    return found


def reachable(*starts):
    """Returns the documents that a reader can reach from the documents `starts` by following links."""
    found, waiting = set(), list(starts)
    names = {document.stem: document for document in ARTICLES}
    while waiting:
        document = waiting.pop()
        if document in found:
            continue
        found.add(document)
        text = document.read_text()
        targets = [(document.parent / link.partition("#")[0]).resolve() for link in links(text) if ".md" in link]
        waiting += [target for target in targets if target in ARTICLES]
        waiting += [names[name] for name in re.findall(r"<doc:(\w+)>", text) if name in names]
    return found


class Documents(unittest.TestCase):
    """The links, the code blocks and the commands in the README and the articles are valid."""

    def test_the_readme_is_short(self):
        self.assertLessEqual(len(README.read_bytes()), 12_288)

    def test_every_link_points_to_a_file_and_a_heading(self):
        for document in [README, *ARTICLES]:
            for link in links(document.read_text()):
                with self.subTest(document=document.name, link=link):
                    path, _, anchor = link.partition("#")
                    target = (document.parent / path).resolve() if path else document
                    # A link to a picture in a DocC catalogue has no file extension.
                    self.assertTrue(target.exists() or list(document.parent.glob(path + ".*")))
                    if anchor:
                        self.assertIn(anchor, anchors(target.read_text()))

    def test_every_article_is_linked_from_the_readme_or_from_the_page_of_a_catalogue(self):
        pages = [document for document in ARTICLES if document.stem == document.parent.stem]
        self.assertEqual(set(ARTICLES) - reachable(README, *pages), set())

    def test_every_article_begins_with_a_title_and_a_summary(self):
        for document in ARTICLES:
            with self.subTest(document=document.name):
                self.assertRegex(document.read_text(), r"\A# [^\n]+\n\n[^\n#|][^\n]*\n")

    def test_the_names_of_the_articles_are_unique(self):
        names = [document.stem for document in ARTICLES]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_every_block_of_code_has_the_right_language(self):
        for document in [README, *ARTICLES]:
            for block in blocks(document.read_text()):
                with self.subTest(document=document.name, block=block.text):
                    # A block of commands must have the language `sh`, because tests run only blocks with that language.
                    self.assertNotIn(block.language, ("bash", "console", "terminal", "zsh"))
                    if not block.language:
                        self.assertNotRegex(block.text, r"(?m)^(\$ )?reflog [a-z]")
                    if block.language == "json":
                        json.loads(block.text)

    def test_every_command_has_an_existing_verb_and_existing_flags(self):
        flags = {name: {flag for row in rows(section(COMMAND_LINE, f"## reflog {name}")) for flag in code(row[0])}
                 for name in re.findall(r"^## reflog (.*)$", COMMAND_LINE, re.MULTILINE)}
        verbs = {name.split(" ")[0] for name in flags} | {"help"}
        for document in [README, *ARTICLES]:
            for command in commands(document.read_text()):
                with self.subTest(document=document.name, command=command):
                    names = re.findall(r"[\w-]+", command)[1:]
                    if names[0].isupper():
                        continue
                    self.assertIn(names[0], verbs)
                    known = flags.get(" ".join(names[:2]), flags.get(names[0], set())) | {"--help"}
                    self.assertEqual(set(re.findall(r"(?<=\s)--[\w-]+", command)) - known, set())


class DocComments(unittest.TestCase):
    """tools/docs finds package declarations without a doc comment."""

    def symbol(self, **changes):
        return {"kind": {"identifier": "swift.method"}, "accessLevel": "package", "location": {}, "docComment": {}} | changes

    def test_a_declaration_without_a_doc_comment_is_found(self):
        documented, bare = self.symbol(), self.symbol()
        del bare["docComment"]
        self.assertEqual(doccomments.undocumented({"symbols": [documented, bare]}), [bare])

    def test_declarations_that_need_no_doc_comment_are_not_found(self):
        bare = self.symbol(kind={"identifier": "swift.enum.case"})
        internal, synthesized = self.symbol(accessLevel="internal"), self.symbol()
        for symbol in (bare, internal, synthesized):
            del symbol["docComment"]
        del synthesized["location"]
        self.assertEqual(doccomments.undocumented({"symbols": [bare, internal, synthesized]}), [])
