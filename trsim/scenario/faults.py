"""From pydantic's errors to problems with a place and words for people."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from trsim.errors import Problem
from trsim.scenario.blocks import REASON
from trsim.scenario.nodes import Entry, ListNode, MapNode, Node, ScalarNode, child
from trsim.scenario.problems import (
    Path,
    Place,
    allowed_names,
    blank_missing,
    nearest,
    problem_at,
    shown,
)
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.values import rate, seconds_text

MOST_PROBLEMS = 1_000
"""Faults of the schema that are put into words; a file with more of them is something else."""
_DISCRIMINATORS = ("distribution", "process")
_PROCESSES = ("poisson", "renewal", "counts", "at", "trace")
_STAND_INS: dict[str, Any] = {
    "trsim": 1,
    "task_queues": {"stand-in": {}},
    "workflows": {"stand-in": {"configuration": {}}},
    "workers": {},
    "tasks": {},
}
"""What the schema asks for where nothing is left of it; no further check looks at it."""
_CLOCK = frozenset(("start", "time_zone"))
_QUOTED = re.compile(r"'([^']*)'")


def schema_problems(
    error: ValidationError, root: Node, data: object, keys: Mapping[int, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield the problems behind a validation error.

    Parameters
    ----------
    error : ValidationError
        What the schema found.
    root : Node
        The tree that was validated.
    data : object
        The same as plain data.
    keys : mapping
        By `id` of each mapping in `data` that is a block: its keys.
    """
    items = error.errors(include_url=False, include_input=True)[:MOST_PROBLEMS]
    located = [_locate(_steps(item), item["type"], root, data) for item in items]
    meant = {
        (id(mapping), guess)
        for item, (_, path, mapping) in zip(items, located, strict=True)
        if item["type"] == "extra_forbidden"
        for guess in _meant(str(path[-1]), keys.get(id(mapping), ()))
    }
    for item, (place, path, mapping) in zip(items, located, strict=True):
        # Where a key is misspelled, that it is missing is no news.
        if item["type"] == "missing" and (id(mapping), path[-1]) in meant:
            continue
        yield problem_at(place, path, _reason(item, path, keys.get(id(mapping), ())))


def without_faults(data: Any, error: ValidationError) -> ScenarioBlock | None:
    """Return what is left of a scenario without the parts that do not fit the schema.

    It serves only to look for further problems; None if too little is left.
    """
    rest = {key: dict(part) if isinstance(part, dict) else part for key, part in data.items()}
    dropped: set[tuple[int | str, ...]] = set()
    for item in error.errors(include_url=False, include_input=False):
        section = rest.get(str(item["loc"][0])) if item["loc"] else None
        is_entry = isinstance(section, dict) and len(item["loc"]) > 1
        dropped.add(item["loc"][:2] if is_entry else item["loc"][:1])
    clock = {nearest(str(steps[0]), ScenarioBlock.keys()) for steps in dropped if len(steps) == 1}
    if clock & _CLOCK:
        return None  # each clock time would seem to be wrong
    for steps in dropped:
        if len(steps) == 2:
            rest[str(steps[0])].pop(str(steps[1]), None)
        elif steps:
            rest.pop(str(steps[0]), None)
    rest = {**_STAND_INS, **{key: part for key, part in rest.items() if part != {}}}
    try:
        return ScenarioBlock.model_validate(rest)
    except ValidationError:
        return None


def _steps(item: Any) -> tuple[int | str, ...]:
    """Return the steps to an error, and to the key that a validator names in its block."""
    key = item["ctx"]["key"] if item["type"] == REASON else ""
    return (*item["loc"], key) if key else item["loc"]


def _meant(wrong: str, keys: tuple[str, ...]) -> tuple[str | None, ...]:
    """Return the keys that an unknown one stands for, if any."""
    if _is_rate(wrong, keys):
        return ("mean",)
    return nearest(_in_full(blank_missing(wrong) or wrong, keys), keys), blank_missing(wrong)


def _in_full(name: str, keys: tuple[str, ...]) -> str:
    """Return ``task_queue`` for ``queue`` and the like, where that is the key."""
    return f"task_{name}" if f"task_{name}" in keys else name


def _is_rate(wrong: str, keys: tuple[str, ...]) -> bool:
    """Whether a law is given a rate where it takes a mean."""
    return wrong == "rate" and {"distribution", "mean"} <= set(keys)


def _locate(
    steps: tuple[int | str, ...], kind: str, root: Node, data: object
) -> tuple[Place, Path, object]:
    """Return place and key path of an error, and the plain mapping that holds the last key.

    Steps that are not in the tree are pydantic's own (names of alternatives, values that stand
    for a mapping) and are left out, save for a missing key.
    """
    node, place, holder = root, root.place, data
    path: list[str | int] = []
    chosen: Node | None = None
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        if node is not chosen and _is_choice(node, step):
            # Names of laws and processes can be keys as well: `counts` is both.
            chosen = node
            continue
        if isinstance(node, MapNode) and isinstance(step, str) and step in node.entries:
            entry: Entry = node.entries[step]
            node, holder, data = entry.node, data, _item(data, step)
            whole = isinstance(node, (MapNode, ListNode)) or kind == "extra_forbidden"
            place = entry.key_place if whole else node.place
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node, holder, data = node.items[step], data, _item(data, step)
            place = node.place
        elif is_last and kind == "missing":
            holder = data
        else:
            if step == "[key]":
                place = entry.key_place
            continue
        path.append(step)
    if kind == "union_tag_invalid" and isinstance(node, MapNode):
        # The name of the law or process is wrong, not the mapping around it.
        key = next(key for key in _DISCRIMINATORS if key in node.entries)
        place, path = node.entries[key].node.place, [*path, key]
    return place, tuple(path), holder


def _is_choice(node: Node, step: str | int) -> bool:
    """Whether a step names the law or process that a mapping says it is."""
    named = (child(node, key) for key in _DISCRIMINATORS)
    return any(isinstance(name, ScalarNode) and name.value == step for name in named)


def _item(data: Any, step: str | int) -> object:
    return data[step]


def _reason(item: Any, path: Path, keys: tuple[str, ...]) -> str:
    kind, found, context = item["type"], item["input"], item.get("ctx", {})
    if kind == REASON:
        return str(context["reason"])
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]) if path else "", found, keys)
    words = _WORDS.get(kind)
    if words is not None:
        return words(found, context)
    return f"{str(item['msg']).lower()} (found {shown(found)})"


def _unknown(name: str, found: object, keys: tuple[str, ...]) -> str:
    if name.lower().startswith("transfer"):
        return "unknown key: transfers are not simulated"
    if blank_missing(name) in keys:
        return f"unknown key: a blank is missing behind the ':' in {shown(name)}"
    if _is_rate(name, keys):
        example = ""
        with contextlib.suppress(ValueError, ArithmeticError):
            mean = round(1 / rate(found), 3)
            example = f" (write mean: {seconds_text(mean)})"
        return f"unknown key: a law takes the mean, 1/rate{example}"
    return f"unknown key ({allowed_names(keys, _in_full(name, keys), limit=12)})"


def _literal(found: object, context: Mapping[str, Any]) -> str:
    allowed = _QUOTED.findall(str(context.get("expected", ""))) or [str(context.get("expected"))]
    guess = nearest(found, allowed) if isinstance(found, str) else None
    hint = f"; did you mean {shown(guess)}?" if guess else ""
    return f"must be {' or '.join(allowed)} (found {shown(found)}{hint})"


def _tag_missing(found: object, context: Mapping[str, Any]) -> str:
    key = str(context.get("discriminator", "")).strip("'")
    if isinstance(found, dict):
        joined = next((name for name in found if blank_missing(name) == key), None)
        if joined is not None:
            return f"a blank is missing behind the ':' in {shown(joined)}"
        guess = nearest(key, found)
        return f"the key {key!r} is missing" + (f" (found {shown(guess)})" if guess else "")
    return f"must be a mapping with the key {key!r} (found {shown(found)})"


def _tag_wrong(found: object, context: Mapping[str, Any]) -> str:
    key = str(context.get("discriminator", "")).strip("'")
    allowed = _QUOTED.findall(str(context.get("expected_tags", "")))
    wrong = found.get(key) if isinstance(found, dict) else None
    listed = allowed_names(allowed, wrong if isinstance(wrong, str) else None, limit=12)
    return f"there is no {key} {shown(wrong)} ({listed})"


def _mapping(found: object, context: Mapping[str, Any]) -> str:
    if found is None:
        return "is empty; a mapping must stand here, {} for none"
    if found in _PROCESSES:
        return f"must be a mapping: write {{process: {found}, …}}"
    return f"must be a mapping (found {shown(found)})"


def _text(found: object, context: Mapping[str, Any]) -> str:
    advice = "; put it in quotes" if isinstance(found, (int, float)) else ""
    return f"must be a text (found {shown(found)}{advice})"


def _truth(found: object, context: Mapping[str, Any]) -> str:
    word = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(found).lower())
    advice = f"; write {word}" if word else ""
    return f"must be true or false (found {shown(found)}{advice})"


def _bound(words: str, key: str) -> Callable[[object, Mapping[str, Any]], str]:
    return lambda found, context: f"must be {words} {context.get(key)} (found {shown(found)})"


def _length(words: str, key: str) -> Callable[[object, Mapping[str, Any]], str]:
    def reason(found: object, context: Mapping[str, Any]) -> str:
        count = len(found) if isinstance(found, (str, dict, list, tuple)) else 0
        noun = "entry" if context.get(key) == 1 else "entries"
        return f"must have {words} {context.get(key)} {noun} (found {count})"

    return reason


def _kind(words: str) -> Callable[[object, Mapping[str, Any]], str]:
    return lambda found, context: f"must be {words} (found {shown(found)})"


_WORDS: dict[str, Callable[[object, Mapping[str, Any]], str]] = {
    "int_type": _kind("a whole number"),
    "int_from_float": _kind("a whole number"),
    "float_type": _kind("a number"),
    "finite_number": _kind("a finite number"),
    "bool_type": _truth,
    "string_type": _text,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "tuple_type": _kind("a list"),
    "list_type": _kind("a list"),
    "literal_error": _literal,
    "union_tag_not_found": _tag_missing,
    "union_tag_invalid": _tag_wrong,
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "too_long": _length("at most", "max_length"),
    "too_short": _length("at least", "min_length"),
    "string_too_long": lambda found, context: (
        f"must have at most {context.get('max_length')} characters (found {len(str(found))})"
    ),
}
