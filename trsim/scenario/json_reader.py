"""JSON to a tree with places: the documents that TaskRouter's console and API exchange.

The YAML reader would do for most of it, but not for tabs, and JSON is what was promised.
"""

from __future__ import annotations

import bisect
import json
import re
from typing import NoReturn

from trsim.errors import ScenarioError
from trsim.scenario.nodes import CONTROLS, Limits, Node
from trsim.scenario.problems import Path, Place, problem_at, shown
from trsim.scenario.scalars import plain_scalar
from trsim.scenario.tree_builder import TreeBuilder

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
        (?P<mark>[\[\]{},:])
      | (?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![0-9A-Za-z.+-])
      | (?P<word>true|false|null)(?![0-9A-Za-z])
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)


def read_json(
    text: str, place: Place, base: Path, limits: Limits | None = None, *, is_file: bool
) -> Node:
    """Return a JSON document as a tree.

    Parameters
    ----------
    text : str
        The document.
    place : Place
        The file it is, or the place of the text it stands in.
    base : tuple
        The key path that leads to it.
    limits : Limits, optional
        Budget for depth and number of values.
    is_file : bool
        Whether the values have places of their own; inside a text all have `place`.

    Raises
    ------
    ScenarioError
        If it is not JSON or exceeds the budget.
    """
    builder = TreeBuilder(limits or Limits(), base)
    reader = _Reader(text, place, builder, is_file=is_file)
    reader.value()
    reader.expect_end()
    if builder.problems:
        raise ScenarioError(builder.problems)
    assert builder.root is not None, "a value was read"
    return builder.root


class _Reader:
    """Recursive descent; the builder bounds the depth."""

    def __init__(self, text: str, place: Place, builder: TreeBuilder, *, is_file: bool) -> None:
        self.text = text
        self.base = place
        self.is_file = is_file
        self.builder = builder
        self.position = 0
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.kind, self.token, self.start = "", "", 0
        self.advance()

    def advance(self) -> None:
        """Go on to the next token."""
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            blank = re.compile(r"[ \t\n\r]*").match(self.text, self.position)
            self.start = blank.end() if blank else self.position
            self.fail(f"cannot be read as JSON (found {shown(self.text[self.start :][:12])})")
        self.kind = found.lastgroup or ""
        self.token, self.start = found.group(self.kind), found.start(self.kind)
        self.position = found.end()

    def value(self) -> None:
        """Read one value into the builder."""
        place = self.place()
        if self.token == "{":
            self.mapping(place)
        elif self.token == "[":
            self.list(place)
        elif self.kind in ("string", "number", "word"):
            self.builder.scalar(self.scalar(), place, None)
            self.advance()
        else:
            self.fail(f"a value is missing (found {self.found()})")

    def mapping(self, place: Place) -> None:
        """Read ``{…}``."""
        self.builder.open_mapping(place, None)
        self.advance()
        while self.token != "}":
            if self.kind != "string":
                self.fail(f"a key in double quotes is missing (found {self.found()})")
            self.builder.key(self.string(), self.place(), is_plain=False, anchor=None)
            self.advance()
            self.expect(":")
            self.value()
            self.separator("}")
        self.builder.close()
        self.advance()

    def list(self, place: Place) -> None:
        """Read ``[…]``."""
        self.builder.open_list(place, None)
        self.advance()
        while self.token != "]":
            self.value()
            self.separator("]")
        self.builder.close()
        self.advance()

    def separator(self, closing: str) -> None:
        """Take the comma between two items."""
        if self.token == closing and self.kind == "mark":
            return
        self.expect(",")
        if self.token == closing and self.kind == "mark":
            self.fail(f"a value is missing between ',' and {closing!r}")

    def expect(self, mark: str) -> None:
        """Take one punctuation mark."""
        if self.kind != "mark" or self.token != mark:
            self.fail(f"{mark!r} is missing (found {self.found()})")
        self.advance()

    def expect_end(self) -> None:
        """Refuse anything after the document."""
        if self.kind != "end":
            self.fail(f"the document is over before this place (found {self.found()})")

    def scalar(self) -> str | int | float | bool | None:
        """Return the value of the current token."""
        if self.kind == "string":
            return self.string()
        try:
            return plain_scalar(self.token)
        except ValueError as fault:
            self.fail(f"{fault} (found {shown(self.token)})")

    def string(self) -> str:
        """Return the text of the current token."""
        text: str = json.loads(self.token)
        if CONTROLS.search(text):
            self.fail(f"a control character cannot be used (found {shown(text)})")
        return text

    def found(self) -> str:
        """Return the current token as messages show it."""
        return "the end" if self.kind == "end" else shown(self.token)

    def place(self) -> Place:
        """Return where the current token stands."""
        if not self.is_file:
            return self.base
        line = bisect.bisect_right(self.starts, self.start)
        return Place(self.base.file, line, self.start - self.starts[line - 1] + 1)

    def fail(self, reason: str) -> NoReturn:
        """Refuse the document at the current token."""
        if not self.is_file:
            line = bisect.bisect_right(self.starts, self.start)
            column = self.start - self.starts[line - 1] + 1
            reason = f"line {line}, column {column} of the JSON text: {reason}"
        problem = problem_at(self.place(), self.builder.path(), reason)
        raise ScenarioError([*self.builder.problems, problem])
