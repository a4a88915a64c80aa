"""What is wrong with a text that is no YAML, in plain words and at the line to look at.

The parser reports where it could not go on, which for an open quotation mark or brace lies far
behind the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent, ScalarEvent

_INDENTATION = "the indentation differs from the lines above"
_BLANK = "a blank is missing behind the ':'"
_NO_COLON = "a ':' and a blank are missing behind this key"
_JOINED = re.compile(r"[ -]*[^\s:#'\"{\[]+:[^\s:]")
"""A line that begins with a key and a ':' without a blank."""
_CANNOT_START = re.compile(r"found character '(.)' that cannot start any token")
_WORDS = {
    "found character '\\t' that cannot start any token": "a tab cannot stand here; indent and "
    "separate with blanks",
    "mapping values are not allowed here": "this ':' has no place here; quote the text it belongs "
    "to",
    "sequence entries are not allowed here": "a list cannot begin behind a key; write '-' at the "
    "beginning of a line",
}


class Spot(NamedTuple):
    """A place, counted from 0 as the parser counts, and what is wrong there."""

    line: int
    column: int
    reason: str


class Tracker:
    """Remembers of the parser's events what an error may go back to."""

    def __init__(self) -> None:
        self.open: list[Any] = []
        """Events that began the mappings and lists which are not over."""
        self.quoted: Any = None
        """The last event, if it was a text in quotation marks."""

    def take(self, event: Any) -> None:
        """Note an event."""
        is_quoted = isinstance(event, ScalarEvent) and event.style in ("'", '"')
        self.quoted = event if is_quoted else None
        if isinstance(event, CollectionStartEvent):
            self.open.append(event)
        elif isinstance(event, CollectionEndEvent):
            self.open.pop()


def yaml_fault(fault: MarkedYAMLError, text: str, tracker: Tracker) -> Spot:
    """Return the place to look at and the reason.

    Parameters
    ----------
    fault : MarkedYAMLError
        What the parser says.
    text : str
        What it was reading.
    tracker : Tracker
        What it had read before.
    """
    mark = fault.problem_mark or fault.context_mark
    problem = str(fault.problem or "cannot be read").strip()
    if mark is None:
        return Spot(-1, -1, problem)
    lines = text.split("\n")
    for look in _LOOKS:
        found = look(fault, lines, tracker)
        if found is not None:
            return found
    context = f" {fault.context}" if fault.context else ""
    return Spot(mark.line, mark.column, _WORDS.get(problem, problem + context))


def _open_quote(fault: MarkedYAMLError, lines: Sequence[str], tracker: Tracker) -> Spot | None:
    opened, quoted, mark = fault.context_mark, tracker.quoted, fault.problem_mark
    if "quoted scalar" in str(fault.context) and "end of stream" in str(fault.problem):
        return Spot(opened.line, opened.column, "this quotation mark is never closed")
    if quoted is None or mark is None:
        return None
    start, end = quoted.start_mark, quoted.end_mark
    if start.line < end.line:
        reason = f"this quotation mark is closed in line {end.line + 1} only; is one missing?"
        return Spot(start.line, start.column, reason)
    if "'<scalar>'" in str(fault.problem) and mark.line == end.line:
        reason = "the text goes on behind its closing quotation mark; quote all of it"
        return Spot(mark.line, mark.column, reason)
    return None


def _open_brace(fault: MarkedYAMLError, lines: Sequence[str], tracker: Tracker) -> Spot | None:
    problem, mark, opened = str(fault.problem), fault.problem_mark, fault.context_mark
    if mark is None:
        return None
    if "'<stream end>'" in problem and tracker.open and tracker.open[-1].flow_style:
        opened = tracker.open[-1].start_mark
        brace = lines[opened.line][opened.column]
        return Spot(opened.line, opened.column, f"this {brace!r} is never closed")
    if problem.startswith("expected ',' or '") and opened is not None:
        brace = lines[opened.line][opened.column]
        if opened.line < mark.line:
            reason = f"this {brace!r} is not closed, or a ',' is missing before line"
            return Spot(opened.line, opened.column, f"{reason} {mark.line + 1}")
        reason = "a ',' is missing before this place, or a text with ':' is not in quotes"
        return Spot(mark.line, mark.column, reason)
    if problem.endswith(("but found '}'", "but found ']'")):
        return Spot(mark.line, mark.column, f"this {problem[-2]!r} closes nothing")
    return None


def _wrong_start(fault: MarkedYAMLError, lines: Sequence[str], tracker: Tracker) -> Spot | None:
    found = _CANNOT_START.fullmatch(str(fault.problem))
    mark = fault.problem_mark
    if found is None:
        kinds = ("a block scalar", "an alias", "an anchor")
        if not str(fault.context).endswith(kinds) or fault.context_mark is None:
            return None
        mark = fault.context_mark
    elif not found[1].isprintable():
        return None
    char = lines[mark.line][mark.column : mark.column + 1]
    return Spot(mark.line, mark.column, f"a value cannot begin with {char!r}; put it in quotes")


def _no_colon(fault: MarkedYAMLError, lines: Sequence[str], tracker: Tracker) -> Spot | None:
    mark = fault.context_mark
    if fault.problem != "could not find expected ':'" or mark is None:
        return None
    is_joined = _JOINED.match(lines[mark.line][mark.column :])
    return Spot(mark.line, mark.column, _BLANK if is_joined else _NO_COLON)


def _indentation(fault: MarkedYAMLError, lines: Sequence[str], tracker: Tracker) -> Spot | None:
    problem, mark = str(fault.problem), fault.problem_mark
    if mark is None or mark.line >= len(lines):
        return None
    line = lines[mark.line]
    first = len(line) - len(line.lstrip(" "))
    if problem == "mapping values are not allowed here":
        above = mark.line - 1
        while above >= 0 and not lines[above].split("#")[0].strip():
            above -= 1
        if above >= 0 and _JOINED.match(lines[above]) and ": " not in lines[above]:
            return Spot(above, len(lines[above]) - len(lines[above].lstrip(" -")), _BLANK)
        if above >= 0 and ":" not in lines[above] and not lines[above][:first].strip():
            return Spot(above, first, _NO_COLON)
        return None if ": " in line[: mark.column] else Spot(mark.line, first, _INDENTATION)
    if not problem.startswith("expected <block end>") or mark.column != first:
        return None
    if problem.endswith("'-'"):
        return Spot(mark.line, first, f"a list item stands among keys; {_INDENTATION}?")
    if problem.endswith("'?'"):
        return Spot(mark.line, first, f"a key stands among list items; {_INDENTATION}?")
    return Spot(mark.line, first, _INDENTATION)


_Look: TypeAlias = Callable[[MarkedYAMLError, Sequence[str], Tracker], "Spot | None"]
_LOOKS: tuple[_Look, ...] = (_open_quote, _wrong_start, _open_brace, _no_colon, _indentation)
