"""TaskRouter's workflow document, read and checked.

The document stays what its users wrote; what TaskRouter refuses is a fatal problem at its place,
what it accepts in silence but does not act on is a warning.  What can be read and is probably not
meant is found by :mod:`trsim.routing.workflow_lint`.

Sources: Twilio, "Workflow configuration"; unknown keys and a default filter with a timeout are
accepted by the live service, as a recorded request in a public tutorial shows (TwilioDevEd,
task-router-django).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trsim.routing.expressions import Expression, Scope
from trsim.routing.workflow import Filter, Target, WorkflowDocument
from trsim.routing.workflow_problems import DocumentProblem, Findings, Path, kind_of
from trsim.routing.workflow_target import BARE_TARGET_KEYS, TARGET_KEYS, TargetReader

__all__ = ["DocumentProblem", "read_workflow"]

FILTER_KEYS = ("filter_friendly_name", "friendly_name", "expression", "targets")
DEFAULT_FILTER_KEYS = ("filter_friendly_name", *TARGET_KEYS)
_NO_EFFECT = ("timeout", "skip_if")
"""Keys of a default filter that TaskRouter takes and does not act on."""


def read_workflow(
    document: object, queues: Mapping[str, int] | None, *, strict: bool = False
) -> tuple[WorkflowDocument | None, tuple[DocumentProblem, ...]]:
    """Read a workflow document.

    Parameters
    ----------
    document : object
        The parsed document: a mapping with ``task_routing`` at the top.
    queues : mapping of str to int, or None
        Queue numbers by friendly name and by SID.  None takes every name for a queue and numbers
        them as they come.
    strict : bool
        True refuses expressions that production merely tolerates
        (:func:`~trsim.routing.expressions.parse_expression`).

    Returns
    -------
    document : WorkflowDocument or None
        None if any problem is fatal.
    problems : tuple of DocumentProblem
        In the order of the document.

    Examples
    --------
    >>> document = {"task_routing": {"default_filter": {"queue": "everyone"}}}
    >>> found, problems = read_workflow(document, {"everyone": 0})
    >>> found.default.queue, problems
    (0, ())
    """
    reader = _Reader(queues, strict=strict)
    found = reader.document(document)
    problems = tuple(reader.findings.problems)
    fatal = any(problem.fatal for problem in problems)
    return (None if fatal else found), problems


class _Reader:
    """Walks a document from top to bottom."""

    def __init__(self, queues: Mapping[str, int] | None, *, strict: bool) -> None:
        self.findings = Findings()
        self.targets = TargetReader(queues, strict=strict, findings=self.findings)

    def document(self, document: object) -> WorkflowDocument | None:
        if not isinstance(document, Mapping) or "task_routing" not in document:
            reason = "a workflow document is a mapping with the key 'task_routing'"
            self.findings.missing("task_routing", document, (), reason, ("task_routing",))
            return None
        self.findings.unknown_keys(document, ("task_routing",), ())
        routing = document["task_routing"]
        path: Path = ("task_routing",)
        if not isinstance(routing, Mapping):
            self.refuse(path, f"must be a mapping, not {kind_of(routing)}")
            return None
        self.findings.unknown_keys(routing, ("filters", "default_filter"), path)
        filters, default_filter = routing.get("filters"), routing.get("default_filter")
        if filters is not None and not isinstance(filters, list):
            self.refuse((*path, "filters"), f"must be a list, not {kind_of(filters)}")
            filters = None
        elif not filters and default_filter is None:
            self.refuse(path, "has neither filters nor a default_filter: no task could enter")
        read = [self.filter(item, (*path, "filters", i)) for i, item in enumerate(filters or ())]
        default = self.default(default_filter, (*path, "default_filter"))
        return WorkflowDocument(tuple(f for f in read if f is not None), default)

    def refuse(self, path: Path, reason: str) -> None:
        self.findings.refuse(path, reason, "document")

    def filter(self, item: object, path: Path) -> Filter | None:
        if not isinstance(item, Mapping):
            self.refuse(path, f"a filter must be a mapping, not {kind_of(item)}")
            return None
        bare = "targets" not in item and "queue" in item
        known = (*FILTER_KEYS, *BARE_TARGET_KEYS) if bare else FILTER_KEYS
        self.findings.unknown_keys(item, known, path)
        name = item.get("filter_friendly_name") or item.get("friendly_name")
        expression = self.expression(item, path)
        if bare:
            reason = "names a queue without targets; read as a filter with that one target"
            self.findings.warn(path, reason, "bare-filter")
            target = self.targets.target(item, None, path, ignored=("expression",))
            read = [] if target is None else [target]
        else:
            read = list(self.steps(item, path))
        if expression is None or not read:
            return None
        return Filter(str(name or f"filter {path[-1]}"), expression, tuple(read))

    def expression(self, item: Mapping[str, object], path: Path) -> Expression | None:
        text = item.get("expression")
        if isinstance(text, str):
            return self.targets.expression(text, Scope.TASK, (*path, "expression"))
        reason = "a filter needs an expression, as a text"
        self.findings.missing("expression", item, path, reason, FILTER_KEYS)
        return None

    def steps(self, item: Mapping[str, object], path: Path) -> Iterator[Target]:
        """Yield the targets of a filter; each inherits the queue of the one before."""
        targets = item.get("targets")
        if not isinstance(targets, list) or not targets:
            reason = "a filter needs a list of at least one target"
            self.findings.missing("targets", item, path, reason, FILTER_KEYS)
            return
        queue: int | None = None
        for position, entry in enumerate(targets):
            here = (*path, "targets", position)
            if not isinstance(entry, Mapping):
                self.refuse(here, f"a target must be a mapping, not {kind_of(entry)}")
                continue
            self.findings.unknown_keys(entry, TARGET_KEYS, here)
            if position == 0 and entry.get("queue") is None:
                reason = "the first target must name a queue"
                self.findings.missing("queue", entry, here, reason, TARGET_KEYS)
            target = self.targets.target(entry, queue, here)
            if target is not None:
                queue = target.queue
                yield target

    def default(self, item: object, path: Path) -> Target | None:
        if item is None:
            return None
        if not isinstance(item, Mapping):
            self.refuse(path, f"must be a mapping, not {kind_of(item)}")
            return None
        self.findings.unknown_keys(item, DEFAULT_FILTER_KEYS, path)
        for key in _NO_EFFECT:
            if key in item:
                reason = "has no effect on a default filter: tasks wait until TTL"
                self.findings.warn((*path, key), reason, "default-filter-key")
        if item.get("queue") is None:
            reason = "a default filter must name a queue"
            self.findings.missing("queue", item, path, reason, DEFAULT_FILTER_KEYS)
            return None
        return self.targets.target(item, None, path, ignored=_NO_EFFECT)
