"""Tasks grouped by the value of one of their attributes.

Groups go by the attributes that tasks were created with, as the log keeps them: sets of
attributes, each a JSON text.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from trsim.analysis.spans import Flags
from trsim.errors import UsageError

MISSING = "(missing)"
"""Name of the group of tasks that do not have the attribute."""
_NOWHERE = object()
_MOST_NAMED = 10


class AttributeGroup(NamedTuple):
    """Attribute sets that agree in one attribute."""

    label: str
    """The value: a text as it is, anything else, and a text that would be taken for something
    else, as JSON; :data:`MISSING` where there is none."""
    sets: Flags
    """Which of the attribute sets belong to it, shape (n_attribute_sets,)."""


def groups_by(path: str, attribute_sets: tuple[str, ...]) -> tuple[AttributeGroup, ...]:
    """Return attribute sets by the value of an attribute.

    Parameters
    ----------
    path : str
        Name of the attribute; inside of nested objects with dots between, such as
        ``customer.tier``.  A name that itself has dots comes before a nested one.
    attribute_sets : tuple of str
        JSON texts.

    Returns
    -------
    tuple of AttributeGroup
        Numbers in rising order first, then other values by their labels, the missing ones last.

    Raises
    ------
    UsageError
        No attribute set has the attribute.
    """
    contents = [json.loads(text) for text in attribute_sets]
    found = [_follow(content, path) for content in contents]
    if all(value is _NOWHERE for value in found):
        raise UsageError(f"no task has an attribute {path!r}; {_advice(path, contents)}")
    keys = [_key(value) for value in found]
    values = dict(zip(keys, found, strict=True))
    ordered = sorted(values, key=lambda key: _rank(key, values[key]))
    labels = _labels({key: values[key] for key in ordered})
    return tuple(
        AttributeGroup(labels[key], np.array([other == key for other in keys], dtype=np.bool_))
        for key in ordered
    )


def _follow(content: Any, path: str) -> Any:
    if isinstance(content, dict) and path in content:
        return content[path]
    for name in path.split("."):
        if not isinstance(content, dict) or name not in content:
            return _NOWHERE
        content = content[name]
    return content


def _key(value: Any) -> str:
    """Return what tells values apart; of nothing it is no JSON text."""
    return "" if value is _NOWHERE else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _rank(key: str, value: Any) -> tuple[bool, bool, float, str]:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return (value is _NOWHERE, not is_number, float(value) if is_number else 0.0, key)


def _labels(values: dict[str, Any]) -> dict[str, str]:
    """Return a label for each key; a text that equals another group's label stays quoted."""
    taken = {MISSING, *(key for key, value in values.items() if not isinstance(value, str))}
    return {
        key: MISSING
        if value is _NOWHERE
        else (value if isinstance(value, str) and value not in taken else key)
        for key, value in values.items()
    }


def _advice(path: str, contents: list[Any]) -> str:
    known = list(dict.fromkeys(name for content in contents for name in _paths(content)))
    near = difflib.get_close_matches(path, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if not known:
        return "tasks have no attributes at all"
    more = len(known) - _MOST_NAMED
    return f"there are {', '.join(known[:_MOST_NAMED])}" + (f" and {more} more" if more > 0 else "")


def _paths(content: Any, before: str = "") -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield before + name
            yield from _paths(value, f"{before}{name}.")
