"""Plain data as YAML that every reader, this package's above all, reads back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from trsim.scenario.nodes import CONTROLS
from trsim.scenario.scalars import plain_scalar
from trsim.scenario.values import DURATION_PATTERN, RATE_PATTERN

_WIDTH = 96
_SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_./%+-]*(?: [A-Za-z0-9_./%+-]+)*")
_QUANTITY = re.compile(rf"(?=.)(?:{DURATION_PATTERN}|{RATE_PATTERN})")
# What readers of YAML 1.1 would take for something else is quoted, too.
_OLD_WORDS = frozenset(("y", "n", "yes", "no", "on", "off"))
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def yaml_text(data: dict[str, Any]) -> str:
    """Return a mapping as YAML 1.2, in the order of its keys.

    Parameters
    ----------
    data : dict
        Texts, numbers, truth values, None, lists and dictionaries with text keys.

    Examples
    --------
    >>> print(yaml_text({"trsim": 1, "workers": {"Alice": {"skills": ["a", "1"]}}}), end="")
    trsim: 1
    workers:
      Alice: {skills: [a, "1"]}
    """
    return "".join(line + "\n" for line in _mapping(data, 0))


def _mapping(data: dict[str, Any], indent: int) -> Iterator[str]:
    pad = "  " * indent
    for key, value in data.items():
        yield from _entry(f"{pad}{_text(key)}:", value, indent)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    if not isinstance(value, (dict, list)) or _is_short(head, value):
        yield f"{head} {_flow(value)}"
        return
    yield head
    if isinstance(value, dict):
        yield from _mapping(value, indent + 1)
        return
    pad = "  " * (indent + 1)
    for item in value:
        if isinstance(item, dict) and item and not _is_short(f"{pad}-", item):
            # The first key stands beside the dash.
            lines = list(_mapping(item, indent + 2))
            yield f"{pad}- {lines[0].lstrip(' ')}"
            yield from lines[1:]
        else:
            yield f"{pad}- {_flow(item)}"


def _is_short(head: str, value: Any) -> bool:
    """Whether a mapping or list reads well in one line."""
    if not value:
        return True
    if _indent(head) == 0 and isinstance(value, dict):
        return False
    return _depth(value) <= 2 and len(head) + len(_flow(value)) < _WIDTH


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max((_depth(item) for item in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(item) for item in value), default=0)
    return 0


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value, allow_nan=False)


def _text(text: str) -> str:
    if _QUANTITY.fullmatch(text):
        return text
    if _SAFE.fullmatch(text) and text.lower() not in _OLD_WORDS and plain_scalar(text) == text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    assert not CONTROLS.search(text), "control characters are refused on reading"
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)
