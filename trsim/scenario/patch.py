"""Changes a value in the text of a scenario and keeps every other byte as it is.

Comments, blank lines, quotes, line ends and the order of keys are the author's; only the value
changes, or one key is added where there was none.  Whether the text then says what was meant is
proved by reading it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from trsim.errors import Problem, ScenarioError
from trsim.scenario.load import Scenario, load_scenario, read_scenario
from trsim.scenario.paths import parse_path
from trsim.scenario.problems import Path as KeyPath
from trsim.scenario.problems import Place, path_text, problem_at, shown
from trsim.scenario.scalars import plain_scalar

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./%+-]*")
"""Texts that need no quotes wherever they stand."""
_PROPERTIES: Final = re.compile(r"(?:[&!][^\s]*\s+)+")
"""Anchor and tag before a value."""
_QUOTES: Final = ("'", '"')


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of a file before and after a change.

    Attributes
    ----------
    line : int
        Its number in the new text, from 1.
    before : str
        Empty if the line is new.
    after : str
    """

    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Patch:
    """A scenario file with other values.

    Attributes
    ----------
    file : str
        The file to be written.
    content : bytes
        All of it.
    lines : tuple of ChangedLine
        What is different.
    """

    file: str
    content: bytes
    lines: tuple[ChangedLine, ...]


def patch(file: str, changes: Mapping[str, object]) -> Patch:
    """Return a scenario file with other values at some places; nothing is written.

    Parameters
    ----------
    file : str
        The scenario file.
    changes : mapping of str to object
        Values by dotted path, as :meth:`trsim.Scenario.replace` takes them.

    Raises
    ------
    UsageError
        A path leads nowhere.
    ScenarioError
        The file cannot be read, or a value cannot be changed in it without changing others: it
        stands in another file or is shared through an alias.
    """
    before = load_scenario(file)
    meant = before.replace(changes)
    content = Path(file).read_bytes()
    mark = b"\xef\xbb\xbf"
    bom = mark if content.startswith(mark) else b""
    old = text = content.removeprefix(mark).decode()
    for path, value in changes.items():
        steps = parse_path(path)
        _refuse_included(before, steps, file)
        text = patched_text(text, steps, value, file)
    new = bom + text.encode()
    _check(read_scenario(new, file), meant, before, tuple(changes), file)
    return Patch(file, new, _changed_lines(old, text))


def patched_text(text: str, path: KeyPath, value: object, file: str = "scenario") -> str:
    r"""Return a YAML text with another value at a path.

    Parameters
    ----------
    text : str
        A YAML document whose top is a mapping.
    path : tuple of str and int
        Where the value goes; keys that are missing are added.
    value : object
        A text, a number, true or false.
    file : str
        Name of the file, for messages.

    Raises
    ------
    ScenarioError
        The value at the path is a mapping, a list or a block of text, or stands elsewhere because
        of an alias.

    Examples
    --------
    >>> patched_text("a:\n  b: 15s  # why\n", ("a", "b"), "24s")
    'a:\n  b: 24s  # why\n'
    """
    node = YAML(typ="safe", pure=True).compose(text)
    for depth, step in enumerate(path):
        key, found = _child(node, step)
        here = path[: depth + 1]
        if found is None:
            if isinstance(node, MappingNode) and isinstance(step, str):
                return _with_key(text, node, step, _nested(path[depth + 1 :], value))
            raise _fault(file, node, here, "there is nothing at this place that could be changed")
        if _is_alias(text, node, key, found):
            reason = "is shared through an alias (*) or anchor; write it out here, then try again"
            raise _fault(file, key or node, here, reason)
        if _is_empty(found) and key is not None:
            rest = _nested(path[depth + 1 :], value)
            at = text.index(":", key.end_mark.index) + 1
            return f"{text[:at]} {rest}{text[at:]}"
        node = found
    if not isinstance(node, ScalarNode) or node.style not in (None, *_QUOTES):
        raise _fault(file, node, path, "is no single value in one line; change it by hand")
    return _with_value(text, node, value)


def written_value(value: object, quote: str = "") -> str:
    """Return a value as it stands in a file, in quotes where it must or where it was before."""
    if isinstance(value, str):
        if quote == "'":
            return "'" + value.replace("'", "''") + "'"
        is_safe = _PLAIN.fullmatch(value) is not None and plain_scalar(value) == value
        return value if is_safe and not quote else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _child(node: Any, step: str | int) -> tuple[Any, Any]:
    """Return the key's node and the value's; None for what is not there."""
    if isinstance(node, MappingNode) and isinstance(step, str):
        for key, value in node.value:
            if key.value == step:
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _is_alias(text: str, parent: Node, key: Node | None, found: Node) -> bool:
    """Tell whether a value stands elsewhere and is only named here.

    The composer hands out one node for an anchor and all its aliases, so a value that does not
    lie behind its key, inside of its parent, was written somewhere else.
    """
    begin = parent.start_mark.index if key is None else key.end_mark.index
    if begin <= found.start_mark.index <= parent.end_mark.index:
        return text[begin : found.start_mark.index].lstrip(" :-,[\t\r\n").startswith("*")
    return True


def _is_empty(node: Node) -> bool:
    return (
        isinstance(node, ScalarNode)
        and node.style is None
        and node.start_mark.index == node.end_mark.index
    )


def _nested(path: KeyPath, value: object) -> str:
    """Return a value inside of the keys that lead to it, in one line."""
    content = written_value(value)
    for step in reversed(path):
        content = f"{{{_key(step)}: {content}}}"
    return content


def _key(step: str | int) -> str:
    return written_value(step) if isinstance(step, str) else str(step)


def _with_value(text: str, node: ScalarNode, value: object) -> str:
    begin, end = node.start_mark.index, node.end_mark.index
    old = text[begin:end]
    properties = _PROPERTIES.match(old)
    kept = "" if properties is None else properties.group()
    quote = node.style if node.style in _QUOTES else ""
    return f"{text[:begin]}{kept}{written_value(value, quote or '')}{text[end:]}"


def _with_key(text: str, node: MappingNode, step: str, content: str) -> str:
    """Return the text with a new key in a mapping, where it reads as if it had always been."""
    entry = f"{_key(step)}: {content}"
    if node.flow_style:
        at = node.start_mark.index + text[node.start_mark.index :].index("{") + 1
        return f"{text[:at]}{entry}{', ' if node.value else ''}{text[at:]}"
    first, value = node.value[0]
    line_end = "\r\n" if "\r\n" in text else "\n"
    indent = " " * first.start_mark.column
    is_short = isinstance(value, ScalarNode) and value.start_mark.line == first.start_mark.line
    if is_short and value.end_mark.line == first.start_mark.line:
        # Behind a first value of one line, so that comments stay above what they speak of.
        at = text.find("\n", value.end_mark.index)
        if at < 0:
            return f"{text}{line_end}{indent}{entry}{line_end}"
        return f"{text[: at + 1]}{indent}{entry}{line_end}{text[at + 1 :]}"
    at = first.start_mark.index
    return f"{text[:at]}{entry}{line_end}{indent}{text[at:]}"


def _refuse_included(scenario: Scenario, path: KeyPath, file: str) -> None:
    """Stop where a value, or what it would be put into, was read from another file."""
    place = scenario.place(path)
    if place.file not in (file, ""):
        where = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
        reason = f"stands in an included file, {where}; change it there by hand"
        raise ScenarioError([problem_at(place, path, reason)])


def _check(
    changed: Scenario, meant: Scenario, before: Scenario, paths: tuple[str, ...], file: str
) -> None:
    """Refuse a text that does not say what was meant, for whatever reason."""
    if changed == meant:
        return
    places = [before.place(path) for path in paths]
    reason = (
        "cannot be changed without changing other values: they share it through an anchor (&) or "
        "a merge key (<<); write it out, then try again"
    )
    raise ScenarioError(
        [
            problem_at(Place(file, place.line, place.column), parse_path(path), reason)
            for path, place in zip(paths, places, strict=True)
        ]
    )


def _changed_lines(before: str, after: str) -> tuple[ChangedLine, ...]:
    import difflib

    old, new = before.splitlines(), after.splitlines()
    lines = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        for number in range(j1, j2):
            index = i1 + number - j1
            lines.append(ChangedLine(number + 1, old[index] if index < i2 else "", new[number]))
    return tuple(lines)


def _fault(file: str, node: Node, path: KeyPath, reason: str) -> ScenarioError:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    problem: Problem = problem_at(place, path, f"{shown(path_text(path))} {reason}")
    return ScenarioError([problem])
