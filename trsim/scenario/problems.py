"""How a problem in a file is worded: place, key path, reason, nearest name.

Text of the user's never reaches a message unescaped, and a message's first line stays short.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from trsim.errors import Problem

LINE_LENGTH = 200
"""Most characters of the first line of a message."""
_PATH_LENGTH = 90
_SHOWN_LENGTH = 40
_KEPT_LENGTH = 80
"""Characters of a reason that stay even if the name of the file is very long."""
_LISTED_LENGTH = 60
"""Characters of a list of names beside a guess."""
_COMPARED_NAMES = 2_000
"""How many names a misspelled one is compared with; comparing all of 100,000 takes a second."""

_HINT = re.compile(r"did you mean '[^']*'\?\)?$")

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top of a scenario."""


class Place(NamedTuple):
    """Where something stands."""

    file: str
    line: int = 0
    """Counted from 1; 0 where there is no such place."""
    column: int = 0
    """Counted from 1; 0 where there is no such place."""


def shown(value: object) -> str:
    """Return a value as a message shows it: quoted, escaped, shortened.

    Examples
    --------
    >>> shown("desk"), shown(None), shown(True)
    ("'desk'", 'nothing', 'true')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, str) and len(value) > _SHOWN_LENGTH:
        return repr(value[: _SHOWN_LENGTH - 1]) + "…"
    text = repr(value)
    return text if len(text) <= 2 * _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "…"


def path_text(path: Iterable[str | int]) -> str:
    """Return a key path as users write it.

    Examples
    --------
    >>> path_text(("workflows", "front door", "filters", 0, "queue"))
    'workflows."front door".filters[0].queue'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + _key_text(step)
    return text


def _key_text(key: str) -> str:
    if key and all(char.isalnum() or char in "_-" for char in key):
        return key if len(key) <= 64 else key[:63] + "…"
    escaped = shown(key)[1:-1] if len(key) <= _SHOWN_LENGTH else shown(key)[1:-2] + "…"
    return '"' + escaped.replace('"', '\\"') + '"'


def file_text(file: str) -> str:
    """Return the name of a file in one line, with what cannot be printed escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in file)


def problem_at(place: Place, path: Iterable[str | int], reason: str) -> Problem:
    """Return a problem whose first line keeps to `LINE_LENGTH`.

    Parameters
    ----------
    place : Place
        Where the key or value stands.
    path : iterable of str or int
        Its key path.
    reason : str
        What is wrong; lines after the first are kept as they are.
    """
    where = path_text(path)
    if len(where) > _PATH_LENGTH:
        where = where[: _PATH_LENGTH // 2] + "…" + where[-_PATH_LENGTH // 2 + 1 :]
    file = file_text(place.file)
    problem = Problem(file, place.line, place.column, where, reason)
    first, *rest = reason.split("\n")
    excess = len(str(problem).split("\n", maxsplit=1)[0]) - LINE_LENGTH
    if excess > 0:
        hint = _HINT.search(first)
        tail = hint.group() if hint is not None else ""
        kept = max(_KEPT_LENGTH - len(tail), len(first) - excess - 2 - len(tail))
        if kept < len(first) - len(tail):
            first = first[:kept].rstrip() + "… " * bool(tail) + (tail or "…")
        problem = Problem(file, place.line, place.column, where, "\n".join([first, *rest]))
    return problem


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that `name` was probably meant to be; None if none is close.

    Examples
    --------
    >>> nearest("biling", ["sales", "billing"])
    'billing'
    """
    by_lower: dict[str, str] = {}
    for known in names:
        by_lower.setdefault(known.lower(), known)
    lower = name.lower()[:128]
    if lower in by_lower:
        return by_lower[lower]
    known_names = [known for known in by_lower if abs(len(known) - len(lower)) <= 8]
    close = difflib.get_close_matches(lower, known_names[:_COMPARED_NAMES], n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def blank_missing(key: str) -> str | None:
    """Return the key that was meant by a text such as ``process:poisson``, None if none was."""
    name, colon, rest = key.partition(":")
    return name if colon and rest and name.isidentifier() else None


def allowed_names(names: Sequence[str], wrong: str | None = None, limit: int = 6) -> str:
    """Return the words that end a message: what is allowed, and what was probably meant.

    Parameters
    ----------
    names : sequence of str
        What is allowed; at most `limit` of them are shown.
    wrong : str, optional
        What was found instead.
    """
    parts = []
    guess = nearest(wrong, names) if wrong is not None else None
    if guess is not None:
        parts.append(f"did you mean {shown(guess)}?")
    if not names:
        parts.append("there are none")
    else:
        listed = ", ".join(shown(name)[1:-1] for name in names[:limit])
        more = f" and {len(names) - limit} more" if len(names) > limit else ""
        if guess is None or (len(names) > 1 and len(listed) + len(more) <= _LISTED_LENGTH):
            parts.insert(0, f"allowed: {listed}{more}")
    return "; ".join(parts)
