"""TaskRouter's workflow document, read and checked.

The document stays what its users wrote; what TaskRouter refuses is a fatal problem at its place,
what it accepts in silence but does not act on is a warning.

Sources: Twilio, "Workflow configuration"; unknown keys and a default filter with a timeout are
accepted by the live service, as a recorded request in a public tutorial shows (TwilioDevEd,
task-router-django).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from trsim.errors import ExpressionError
from trsim.routing.expressions import Expression, Scope, parse_expression

Path = tuple[str | int, ...]

FILTER_KEYS = ("filter_friendly_name", "friendly_name", "expression", "targets")
TARGET_KEYS = ("queue", "priority", "timeout")
KNOWN_WORKER_KEYS = ("known_worker_sid", "known_worker_friendly_name")
UNSUPPORTED_KEYS = ("skip_if", "order_by", *KNOWN_WORKER_KEYS)
"""Keys of a target that TaskRouter acts on and trsim does not yet."""
DEFAULT_FILTER_KEYS = (
    "filter_friendly_name",
    *TARGET_KEYS,
    "expression",
    *UNSUPPORTED_KEYS,
)
HIGHEST_PRIORITY = 2**31 - 1
LONGEST_TIMEOUT_S = 2**31 - 1
_DURATION = re.compile(r"[0-9.]+ ?[a-z]+")


class DocumentProblem(NamedTuple):
    """Something wrong or suspicious in a workflow document."""

    path: Path
    """Keys and list positions from the top of the document."""
    reason: str
    fatal: bool
    """False: a warning; TaskRouter takes it but it does not do what it seems to."""


@dataclass(frozen=True, slots=True)
class Target:
    """One step of a filter."""

    queue: int
    priority: int | None = None
    """Priority the task gets on entering; None: unchanged."""
    timeout_s: int | None = None
    """Share of the filter's cumulative timeout [s]; None: never left by deadline."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Tasks of one kind and the targets they try in order."""

    name: str
    expression: Expression
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class WorkflowDocument:
    """A workflow's filters from top to bottom, and where tasks go that match none."""

    filters: tuple[Filter, ...]
    default: Target | None = None


def read_workflow(
    document: object, queues: Mapping[str, int]
) -> tuple[WorkflowDocument | None, tuple[DocumentProblem, ...]]:
    """Read a workflow document.

    Parameters
    ----------
    document : object
        The parsed document: a mapping with ``task_routing`` at the top.
    queues : mapping of str to int
        Queue numbers by friendly name and by SID.

    Returns
    -------
    document : WorkflowDocument or None
        None if any problem is fatal.
    problems : tuple of DocumentProblem
        In the order of the document.

    Examples
    --------
    >>> document = {"task_routing": {"default_filter": {"queue": "everyone"}}}
    >>> read_workflow(document, {"everyone": 0})[0]
    WorkflowDocument(filters=(), default=Target(queue=0, priority=None, timeout_s=None))
    """
    reader = _Reader(queues)
    found = reader.document(document)
    problems = tuple(reader.problems)
    fatal = any(problem.fatal for problem in problems)
    return (None if fatal else found), problems


@dataclass
class _Reader:
    """Walks a document and collects everything that is wrong with it."""

    queues: Mapping[str, int]
    problems: list[DocumentProblem] = field(default_factory=list)

    def refuse(self, path: Path, reason: str) -> None:
        self.problems.append(DocumentProblem(path, reason, fatal=True))

    def warn(self, path: Path, reason: str) -> None:
        self.problems.append(DocumentProblem(path, reason, fatal=False))

    def document(self, document: object) -> WorkflowDocument | None:
        if not isinstance(document, Mapping) or "task_routing" not in document:
            reason = "a workflow document is a mapping with the key 'task_routing'"
            self.missing("task_routing", document, (), reason, ("task_routing",))
            return None
        self.unknown_keys(document, ("task_routing",), ())
        routing = document["task_routing"]
        path: Path = ("task_routing",)
        if not isinstance(routing, Mapping):
            self.refuse(path, f"must be a mapping, not {_kind(routing)}")
            return None
        self.unknown_keys(routing, ("filters", "default_filter"), path)
        filters, default_filter = routing.get("filters"), routing.get("default_filter")
        if filters is not None and not isinstance(filters, list):
            self.refuse((*path, "filters"), f"must be a list, not {_kind(filters)}")
            filters = None
        elif not filters and default_filter is None:
            self.refuse(path, "has neither filters nor a default_filter: no task could enter")
        read = [self.filter(item, (*path, "filters", i)) for i, item in enumerate(filters or ())]
        default = self.default(default_filter, (*path, "default_filter"))
        return WorkflowDocument(tuple(f for f in read if f is not None), default)

    def filter(self, item: object, path: Path) -> Filter | None:
        if not isinstance(item, Mapping):
            self.refuse(path, f"a filter must be a mapping, not {_kind(item)}")
            return None
        only_queue = "targets" not in item and "queue" in item
        known = (*FILTER_KEYS, *TARGET_KEYS, *UNSUPPORTED_KEYS) if only_queue else FILTER_KEYS
        self.unknown_keys(item, known, path)
        targets = [item] if only_queue else item.get("targets")
        if only_queue:
            self.warn(path, "names a queue without targets; read as a filter with that one target")
        if not isinstance(targets, list) or not targets:
            reason = "a filter needs a list of at least one target"
            self.missing("targets", item, path, reason, FILTER_KEYS)
            targets = []
        name = item.get("filter_friendly_name") or item.get("friendly_name")
        expression = self.expression(item, path)
        read = tuple(self.targets(targets, path if only_queue else (*path, "targets"), only_queue))
        if expression is None or not read:
            return None
        return Filter(str(name or f"filter {path[-1]}"), expression, read)

    def expression(self, item: Mapping[str, object], path: Path) -> Expression | None:
        text = item.get("expression")
        if not isinstance(text, str):
            reason = "a filter needs an expression, as a text"
            self.missing("expression", item, path, reason, FILTER_KEYS)
            return None
        try:
            expression = parse_expression(text, Scope.TASK)
        except ExpressionError as error:
            self.refuse((*path, "expression"), f"at character {error.position + 1}: {error}")
            return None
        for remark in expression.remarks:
            reason = f"at character {remark.position + 1}: {remark.reason}"
            self.warn((*path, "expression"), reason)
        return expression

    def targets(self, targets: list[object], path: Path, bare: bool) -> Iterator[Target]:
        queue: int | None = None
        endless: int | None = None
        for position, item in enumerate(targets):
            here = path if bare else (*path, position)
            if endless is not None:
                self.warn(here, f"is never reached by a timeout: target {endless} has none")
            if not isinstance(item, Mapping):
                self.refuse(here, f"a target must be a mapping, not {_kind(item)}")
                continue
            if not bare:
                self.unknown_keys(item, (*TARGET_KEYS, "expression", *UNSUPPORTED_KEYS), here)
                self.unsupported(item, ("expression",), here)
            self.unsupported(item, UNSUPPORTED_KEYS, here)
            if queue is None and item.get("queue") is None and position == 0:
                self.missing("queue", item, here, "the first target must name a queue", TARGET_KEYS)
            target = self.target(item, queue, here)
            if target is None:
                continue
            queue = target.queue
            if endless is None and item.get("timeout") is None:
                endless = position
            yield target

    def target(
        self, item: Mapping[str, object], inherited: int | None, path: Path
    ) -> Target | None:
        queue = self.queue(item, path) if item.get("queue") is not None else inherited
        priority = self.number(item, "priority", (0, HIGHEST_PRIORITY), path)
        timeout = self.number(item, "timeout", (1, LONGEST_TIMEOUT_S), path)
        return None if queue is None else Target(queue, priority, timeout)

    def unsupported(self, item: Mapping[str, object], keys: tuple[str, ...], path: Path) -> None:
        for key in keys:
            if key in item:
                self.refuse((*path, key), f"{key} is not supported yet")

    def default(self, item: object, path: Path) -> Target | None:
        if item is None:
            return None
        if not isinstance(item, Mapping):
            self.refuse(path, f"must be a mapping, not {_kind(item)}")
            return None
        self.unknown_keys(item, DEFAULT_FILTER_KEYS, path)
        self.unsupported(item, ("expression", "order_by", *KNOWN_WORKER_KEYS), path)
        for key in ("timeout", "skip_if"):
            if key in item:
                self.warn((*path, key), "has no effect on a default filter: tasks wait until TTL")
        if item.get("queue") is None:
            reason = "a default filter must name a queue"
            self.missing("queue", item, path, reason, DEFAULT_FILTER_KEYS)
            return None
        queue = self.queue(item, path)
        priority = self.number(item, "priority", (0, HIGHEST_PRIORITY), path)
        return None if queue is None else Target(queue, priority, None)

    def queue(self, item: Mapping[str, object], path: Path) -> int | None:
        name = item["queue"]
        number = self.queues.get(name) if isinstance(name, str) else None
        if number is None:
            known = ", ".join(repr(queue) for queue in list(self.queues)[:8])
            near = get_close_matches(str(name), list(self.queues), n=1)
            advice = f" (did you mean {near[0]!r}?)" if near else ""
            listed = f"; queues are {known}" if not near or len(self.queues) > 1 else ""
            self.refuse((*path, "queue"), f"there is no queue {name!r}{listed}{advice}")
        return number

    def number(
        self, item: Mapping[str, object], key: str, bounds: tuple[int, int], path: Path
    ) -> int | None:
        value = item.get(key)
        if value is None:
            return None
        # The service takes numbers and numeric strings alike.
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
            value = int(value)
        low, high = bounds
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            what = "a whole number"
            if key == "timeout" and isinstance(value, str) and _DURATION.fullmatch(value):
                what = "a whole number of seconds, without unit,"
            self.refuse((*path, key), f"must be {what} {low} … {high}, not {value!r}")
            return None
        return value

    def missing(
        self, key: str, item: object, path: Path, reason: str, known: tuple[str, ...]
    ) -> None:
        """Refuse a mapping without a key, at the key that was probably meant to be it."""
        names = [str(name) for name in item] if isinstance(item, Mapping) else []
        if key not in names:
            for name in names:
                if name.startswith(f"{key}:"):
                    more = f"a blank is missing behind the ':' in {name!r}"
                elif name not in known and get_close_matches(name, known, n=1) == [key]:
                    more = f"unknown key (did you mean {key!r}?)"
                else:
                    continue
                self.refuse((*path, name), f"{more}; {reason}")
                return
        self.refuse(path if key in ("queue", "task_routing") else (*path, key), reason)

    def unknown_keys(self, item: Mapping[str, object], known: tuple[str, ...], path: Path) -> None:
        for key in item:
            if key in known:
                continue
            near = get_close_matches(str(key), known, n=1)
            advice = f" (did you mean {near[0]!r}?)" if near else ""
            if str(key).partition(":")[0] in known:
                advice = "; a blank is missing behind its ':'"
            self.warn((*path, str(key)), f"unknown key, which TaskRouter keeps and ignores{advice}")


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    kinds = {bool: "true or false", str: "a text", Mapping: "a mapping", list: "a list"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), "a number")
