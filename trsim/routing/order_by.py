"""``order_by`` and paths into attributes: the parts of a target that are no expressions.

Sources: Twilio, "Workflow configuration" (order workers) and "Known agent routing".
"""

from __future__ import annotations

import re
from typing import NoReturn

from trsim.errors import ExpressionError
from trsim.routing.expression_hints import nearest, quoted
from trsim.routing.workflow import AttributePath, OrderClause

_SEGMENT = re.compile(r"\.(?P<name>[A-Za-z0-9_$]+)|\[(?P<index>[0-9]{1,9})\]")
_WORD = re.compile(r"[^\s,]+")
_DIRECTIONS = {"ASC": False, "DESC": True}


def parse_order_by(text: str) -> tuple[OrderClause, ...]:
    """Return the clauses of an ``order_by``.

    Parameters
    ----------
    text : str
        Clauses such as ``worker.skills.sales DESC``, separated by commas; the direction is ASC
        where none is given, and its case does not matter.

    Raises
    ------
    ExpressionError
        If a clause is empty, its path does not begin with ``worker.``, or something else than a
        direction follows it.

    Notes
    -----
    Twilio, "Workflow configuration"; the default direction is trsim's choice.

    Examples
    --------
    >>> parse_order_by("worker.level DESC, worker.cost")
    (OrderClause(path=('level',), descending=True), OrderClause(path=('cost',), descending=False))
    """
    clauses = []
    start = 0
    for part in text.split(","):
        clauses.append(_clause(text, start, start + len(part)))
        start += len(part) + 1
    return tuple(clauses)


def parse_attribute_path(text: str, prefix: str) -> AttributePath:
    """Return the steps of a path such as ``task.routing.agents[0]``, without its prefix.

    Parameters
    ----------
    text : str
        The path, blanks around it allowed.
    prefix : str
        What it has to begin with: ``task`` or ``worker``.

    Raises
    ------
    ExpressionError
        If it is no such path.

    Examples
    --------
    >>> parse_attribute_path("task.routing.agents[0]", "task")
    ('routing', 'agents', 0)
    """
    start = len(text) - len(text.lstrip())
    return _path(text, start, len(text.rstrip()), prefix)


def _clause(text: str, start: int, end: int) -> OrderClause:
    words = list(_WORD.finditer(text, start, end))
    if not words:
        raise ExpressionError(text, start, "expected a clause such as worker.level DESC")
    path = _path(text, words[0].start(), words[0].end(), "worker")
    if len(words) == 1:
        return OrderClause(path)
    direction = words[1].group()
    if direction.upper() not in _DIRECTIONS:
        hint = nearest(direction.upper(), _DIRECTIONS)
        reason = f"expected ASC, DESC or ',', found {quoted(direction)}"
        raise ExpressionError(text, words[1].start(), f"{reason}; {hint}" if hint else reason)
    if len(words) > 2:
        reason = f"expected ',' or the end, found {quoted(words[2].group())}"
        raise ExpressionError(text, words[2].start(), reason)
    return OrderClause(path, _DIRECTIONS[direction.upper()])


def _path(text: str, start: int, end: int, prefix: str) -> AttributePath:
    if not text.startswith(f"{prefix}.", start, end):
        _no_path(text, start, end, prefix)
    steps: list[str | int] = []
    position = start + len(prefix)
    while position < end:
        found = _SEGMENT.match(text, position, end)
        if found is None:
            more = "; a name has no hyphens" if text[position] == "-" else ""
            reason = f"a path has names, points and indices such as [0]{more}"
            raise ExpressionError(text, position, reason)
        name = found["name"]
        steps.append(int(found["index"]) if name is None else name)
        position = found.end()
    return tuple(steps)


def _no_path(text: str, start: int, end: int, prefix: str) -> NoReturn:
    found = text[start:end]
    first = found.partition(".")[0]
    hint = nearest(first.lower(), (prefix,)) if "." in found else ""
    reason = f"expected a path that begins with {prefix}., found {quoted(found)}"
    raise ExpressionError(text, start, f"{reason}; {hint}" if hint else reason)
