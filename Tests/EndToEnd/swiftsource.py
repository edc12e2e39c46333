"""Finds functions in Swift source code by the names that DocC uses, for example `take(_:)` or
`init(found:recorded:recent:)`."""

import dataclasses
import re

KEYWORD = re.compile(r"\b(?:func\s+(?P<name>\w+)|(?P<init>init)\??)\s*(?=[<(])")
TYPE = re.compile(r"^ *(?:[\w@()]+ +)*?(?:struct|class|enum|actor|extension|protocol) +(?P<name>[\w.]+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Function:
    """A function in a file. `type` is the type around the function. `body` is the signature and the code, without comments."""
    name: str
    labels: tuple[str, ...]
    type: str
    body: str

    def __str__(self):
        return f"{self.name}({''.join(label + ':' for label in self.labels)})"

    @property
    def called_as(self):
        """The name with which code calls the function. For an initializer, this is the name of the type."""
        return self.type.split(".")[-1] if self.name == "init" else self.name


def blanked(source):
    """Replaces comments and strings with spaces, so that brackets in comments and strings are not counted."""
    pattern = r'//[^\n]*|/\*.*?\*/|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", " ", match[0]), source, flags=re.DOTALL)


def end_of(text, start):
    """Returns the index after the closing bracket that matches the opening bracket at `start`."""
    pairs, depth = {"(": ")", "{": "}", "<": ">", "[": "]"}, 0
    opening, closing = text[start], pairs[text[start]]
    for index in range(start, len(text)):
        if text[index] == opening:
            depth += 1
        # Do not count the > in an arrow ->, because it is not a bracket.
        elif text[index] == closing and not (closing == ">" and text[index - 1] == "-"):
            depth -= 1
            if depth == 0:
                return index + 1
    raise ValueError(f"a {opening} is not closed")


def labels_of(parameters):
    """Returns the labels of a function's parameters. `parameters` is the text between the parentheses of the declaration."""
    labels, depth, start = [], 0, 0
    for index, letter in enumerate(parameters + ","):
        if letter in "([{<":
            depth += 1
        elif letter in ")]}" or (letter == ">" and parameters[index - 1] != "-"):
            depth -= 1
        elif letter == "," and depth == 0:
            names = re.findall(r"[\w`]+", re.sub(r"@\w+(\([^)]*\))?", "", parameters[start:index].split(":")[0]))
            if names:
                labels.append(names[0])
            start = index + 1
    return tuple(labels)


def functions(source):
    """Returns all functions of a file, in order."""
    text = blanked(source)
    types = [(match.start(), match["name"]) for match in TYPE.finditer(text)]
    scopes = [(start, end_of(text, text.index("{", start)), name) for start, name in types if "{" in text[start:]]
    found = []
    for match in KEYWORD.finditer(text):
        start = match.end()
        if text[start] == "<":
            start = end_of(text, start)
        if text[start] != "(":
            continue
        end = end_of(text, start)
        # Skip calls of `init`. In front of a declaration of `init`, there are only modifiers.
        if match["init"] and not re.search(r"(?:^|[{};])[ \w@()]*$", text[text.rfind("\n", 0, match.start()) + 1:match.start()]):
            continue
        # Search for the body. A requirement in a protocol has no body.
        rest = re.compile(r"[^{}\n;=]*(?:\n[^{}\n;=]*){0,4}?\{").match(text, end)
        body_end = end_of(text, rest.end() - 1) if rest else end
        inside = [name for first, last, name in scopes if first < match.start() < last]
        found.append(Function(
            name=match["name"] or "init", labels=labels_of(text[start + 1:end - 1]), type=inside[-1] if inside else "",
            body=text[match.start():body_end],
        ))
    return found
