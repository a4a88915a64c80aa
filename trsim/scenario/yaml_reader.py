"""Untrusted YAML 1.2 to a tree with places, within a budget.

Works on the events of ruamel.yaml, so that nothing is built before it is counted: aliases and
merge keys are charged with their expanded size.  Only the core schema's values exist, so no tag
can make an object.  Whatever the parser raises leaves here as a :class:`ScenarioError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from trsim.errors import Problem, ScenarioError
from trsim.scenario.nodes import CONTROLS, Limits, Node, ScalarNode
from trsim.scenario.problems import Place, problem_at, shown
from trsim.scenario.scalars import plain_scalar
from trsim.scenario.tree_builder import TreeBuilder
from trsim.scenario.yaml_faults import Tracker, yaml_fault

_CORE = "tag:yaml.org,2002:"


def read_yaml(content: bytes, file: str, limits: Limits | None = None) -> Node:
    """Return the one document of a YAML file as a tree.

    Parameters
    ----------
    content : bytes
        The file, UTF-8; a byte order mark and any line ends are welcome.
    file : str
        Its name, for messages.
    limits : Limits, optional
        Budget for size, depth and number of values.

    Raises
    ------
    ScenarioError
        If it is not YAML 1.2, holds more than the budget allows, or anything that plain data
        cannot hold.  All duplicate keys and unusable numbers are listed; other faults end the
        reading.
    """
    limits = limits or Limits()
    if len(content) > limits.size:
        raise ScenarioError([problem_at(Place(file), (), f"has more than {limits.size} bytes")])
    text = decode(content, file)
    # Each value but the first needs one of these, save for blanks inside of them: the cheap
    # bound refuses in a moment what would take the parser a minute.
    if text.count(",") + text.count("\n") > limits.nodes:
        reason = f"more than {limits.nodes} lines and list items"
        raise ScenarioError([problem_at(Place(file), (), reason)])
    return _read(text, file, limits)


def read_yaml_value(text: str, file: str) -> Node:
    """Return a value as it would be read in a file, for example from a command line.

    Raises
    ------
    ScenarioError
        As :func:`read_yaml` does.
    """
    check_characters(text, file)
    return _read(text, file, Limits()) if text.strip() else ScalarNode(None, Place(file, 1, 1))


def decode(content: bytes, file: str) -> str:
    """Return the text of a UTF-8 file with line feeds only.

    Raises
    ------
    ScenarioError
        If it is not UTF-8, or holds control characters; the first place is named.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        reason = "is UTF-16 or UTF-32; save it as UTF-8"
        raise ScenarioError([problem_at(Place(file, 1, 1), (), reason)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        reason = f"is not UTF-8: byte 0x{content[fault.start]:02x} cannot stand here"
        raise ScenarioError([problem_at(Place(file, line, column), (), reason)]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    check_characters(text, file)
    return text


def check_characters(text: str, file: str) -> None:
    """Refuse control characters, and line ends that editors do not count.

    Raises
    ------
    ScenarioError
        With the place of the first.
    """
    found = CONTROLS.search(text)
    if found is None:
        return
    start = found.start()
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    what = f"the control character U+{ord(found.group()):04X} cannot be used"
    if found.group() == "\0":
        what += "; is this a text file?"
    raise ScenarioError([problem_at(Place(file, line, column), (), what)])


def _read(text: str, file: str, limits: Limits) -> Node:
    reader = _Reader(TreeBuilder(limits), file)
    for event in _events(text, file):
        reader.take(event)
    return reader.finish()


def _events(text: str, file: str) -> Iterator[Any]:
    """Yield the parser's events; its many kinds of exceptions become one."""
    line, column = 0, 0
    tracker = Tracker()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line, column = event.end_mark.line, event.end_mark.column
            tracker.take(event)
            yield event
    except ScenarioError:
        raise
    except MarkedYAMLError as fault:
        spot = yaml_fault(fault, text, tracker)
        place = Place(file, spot.line + 1, spot.column + 1)
        reason = "".join(char if char.isprintable() else repr(char)[1:-1] for char in spot.reason)
        raise ScenarioError([problem_at(place, (), f"not valid YAML: {reason}")]) from None
    except Exception as fault:
        # Measured: ValueError, OverflowError, KeyError, IndexError and RecursionError come out
        # of the scanner for texts that are merely wrong.  The text is at fault, not trsim.
        place = Place(file, line + 1, column + 1)
        reason = f"not valid YAML at or after this place ({type(fault).__name__})"
        raise ScenarioError([problem_at(place, (), reason)]) from None


class _Reader:
    """Turns events into calls of the builder."""

    def __init__(self, builder: TreeBuilder, file: str) -> None:
        self.builder = builder
        self.file = file
        self.documents = 0

    def take(self, event: Any) -> None:
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, ScalarEvent):
            self._scalar(event, place)
        elif isinstance(event, MappingStartEvent):
            self._check_tag(event, place, "map")
            self.builder.open_mapping(place, event.anchor)
        elif isinstance(event, SequenceStartEvent):
            self._check_tag(event, place, "seq")
            self.builder.open_list(place, event.anchor)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self.builder.close()
        elif isinstance(event, AliasEvent):
            self.builder.alias(str(event.anchor), place)
        elif isinstance(event, DocumentStartEvent):
            self._document(event, place)

    def finish(self) -> Node:
        root = self.builder.root
        if self.builder.problems:
            raise ScenarioError(self.builder.problems)
        if root is None:
            self._refuse(Place(self.file, 1, 1), "the file is empty")
        return root

    def _document(self, event: Any, place: Place) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(place, "a second document begins here; a file holds one")
        if event.version not in (None, (1, 2)):
            version = ".".join(str(part) for part in event.version)
            self._refuse(place, f"is YAML {version} by its own word; allowed: YAML 1.2")

    def _scalar(self, event: Any, place: Place) -> None:
        text = str(event.value)
        if not text.isascii():
            text = self._joined_surrogates(text, place)
        if CONTROLS.search(text):
            self._fault(place, f"a control character cannot be used (found {shown(text)})")
        if not text and event.style is None and not self.builder.wants_key:
            # Nothing stands behind the key; the parser's place is that of whatever comes next.
            place = self.builder.key_place or place
        tag = self._tag(event)
        is_plain = event.style is None and tag != "!"
        if self.builder.wants_key:
            self.builder.key(text, place, is_plain=is_plain, anchor=event.anchor)
            return
        value = text if not is_plain or tag == _CORE + "str" else self._resolved(text, place)
        if tag not in (None, "!", _CORE + "str") and not _agrees(tag, value):
            self._refuse(place, f"the tag {shown(_short(tag))} is not allowed here")
        self.builder.scalar(value, place, event.anchor)

    def _resolved(self, text: str, place: Place) -> str | int | float | bool | None:
        try:
            return plain_scalar(text)
        except ValueError as fault:
            self._fault(place, f"{fault} (found {shown(text)})")
            return None

    def _joined_surrogates(self, text: str, place: Place) -> str:
        # JSON writes characters beyond U+FFFF as two escapes; YAML's scanner leaves them apart.
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._refuse(place, "half of a surrogate pair is no character")

    @staticmethod
    def _tag(event: Any) -> str | None:
        return None if event.tag is None else str(event.tag)

    def _check_tag(self, event: Any, place: Place, kind: str) -> None:
        tag = self._tag(event)
        if tag not in (None, "!", _CORE + kind):
            self._refuse(
                place, f"the tag {shown(_short(tag))} is not allowed here; a file holds plain data"
            )

    def _fault(self, place: Place, reason: str) -> None:
        self.builder.problems.append(problem_at(place, self.builder.path(), reason))

    def _refuse(self, place: Place, reason: str) -> NoReturn:
        problem: Problem = problem_at(place, self.builder.path(), reason)
        raise ScenarioError([*self.builder.problems, problem])


def _short(tag: object) -> str:
    """Return a tag as it is written in a file."""
    return str(tag).replace(_CORE, "!!")


def _agrees(tag: str, value: object) -> bool:
    """Whether a value has the type that a core tag claims."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "int": int,
        "float": (int, float),
        "bool": bool,
        "null": type(None),
    }
    kind = kinds.get(tag.removeprefix(_CORE))
    if kind is None or (isinstance(value, bool) and tag != _CORE + "bool"):
        return False
    return isinstance(value, kind)
