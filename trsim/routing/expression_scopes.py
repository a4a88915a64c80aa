"""The places an expression can stand in, the names allowed there, and what they mean."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import TypeAlias

from trsim.errors import ExpressionError
from trsim.routing.expression_hints import nearest, quoted
from trsim.routing.expression_tree import Reference

Attributes: TypeAlias = Mapping[str, object]
# The first mapping is the only one, or the task; the second is the worker of a pair.
Lookup: TypeAlias = Callable[[Attributes, Attributes], object]

# Twilio, "Workflow configuration": what a worker offers beside its attributes.
WORKER_EXTRAS = ("sid", "friendly_name", "activity_sid", "activity_name")


class Scope(enum.Enum):
    """Where an expression stands, which decides what its names refer to.

    Notes
    -----
    Twilio, "Workflow configuration" and "TaskQueue resource"; the tolerance for ``task.`` in a
    filter and the refusal of names without prefix in a target are trsim's choice.
    """

    #: ``target_workers`` of a queue: worker attributes, without prefix.
    WORKER = "worker"
    #: ``expression`` of a filter: task attributes, without prefix; a leading ``task.`` is
    #: tolerated unless the task has an attribute named ``task``.
    TASK = "task"
    #: ``expression`` of a target: every name begins with ``task.`` or ``worker.``.
    PAIR = "pair"
    #: ``skip_if`` of a target: numbers of workers, ``workers.available``,
    #: ``workers.unavailable`` and ``workers.WA…``, and constants.
    PRESENCE = "presence"


def check_reference(text: str, reference: Reference, scope: Scope) -> None:
    """Refuse a name that cannot stand in `scope`.

    Raises
    ------
    ExpressionError
        In a target unless it begins with ``task.`` or ``worker.``; in a ``skip_if`` unless it
        is ``workers.`` and one name.
    """
    path = reference.path
    prefixed = len(path) > 1 and isinstance(path[1], str)
    if scope is Scope.PAIR and not (prefixed and path[0] in ("task", "worker")):
        allowed = "a name in the expression of a target begins with task. or worker."
        hint = nearest(str(path[0]).lower(), ("task", "worker"))
    elif scope is Scope.PRESENCE and not (prefixed and len(path) == 2 and path[0] == "workers"):
        allowed = "skip_if knows only workers.available, workers.unavailable and workers.WA…"
        hint = nearest(str(path[0]).lower(), ("workers",))
    else:
        return
    reason = f"{allowed}, found {quoted(str(reference))}" + (f"; {hint}" if hint else "")
    raise ExpressionError(text, reference.position, reason)


def lookup(reference: Reference, scope: Scope) -> Lookup:
    """Return the function that finds the value of `reference`; NULL is None.

    Examples
    --------
    >>> find = lookup(Reference(0, ("task", "languages", 1)), Scope.PAIR)
    >>> find({"languages": ["en", "es"]}, {})
    'es'
    """
    path = reference.path
    if scope is Scope.PAIR:
        return _in_first(path[1:]) if path[0] == "task" else _in_second(path[1:])
    if scope is Scope.TASK and path[0] == "task" and len(path) > 1 and isinstance(path[1], str):
        return _in_task(path)
    return _in_first(path)


def follow(value: object, path: tuple[str | int, ...]) -> object:
    """Return what `path` leads to in `value`; None if it leads nowhere."""
    for step in path:
        if isinstance(step, str):
            # dict first: asking an abstract class is several times slower.
            if not isinstance(value, (dict, Mapping)):
                return None
            value = value.get(step)
        else:
            if not isinstance(value, (list, tuple)) or step >= len(value):
                return None
            value = value[step]
    return value


def _in_first(path: tuple[str | int, ...]) -> Lookup:
    return lambda first, second: follow(first, path)


def _in_second(path: tuple[str | int, ...]) -> Lookup:
    return lambda first, second: follow(second, path)


def _in_task(path: tuple[str | int, ...]) -> Lookup:
    bare = path[1:]
    return lambda first, second: follow(first, path if "task" in first else bare)
