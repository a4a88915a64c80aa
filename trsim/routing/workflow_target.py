"""Reads the targets of a workflow document.

Sources: Twilio, "Workflow configuration", "Known agent routing" and "Worker presence".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from trsim.errors import ExpressionError
from trsim.routing.expressions import Expression, Scope, parse_expression
from trsim.routing.order_by import parse_attribute_path, parse_order_by
from trsim.routing.workflow import KnownWorker, OrderClause, Target
from trsim.routing.workflow_problems import Findings, Path, kind_of, remark_rule

KNOWN_WORKER_KEYS = ("known_worker_sid", "known_worker_friendly_name")
BARE_TARGET_KEYS = ("queue", "priority", "timeout", "skip_if", "order_by", *KNOWN_WORKER_KEYS)
"""Keys of a target beside ``expression``, which a filter without targets has for itself."""
TARGET_KEYS = ("queue", "priority", "timeout", "expression", *BARE_TARGET_KEYS[3:])
HIGHEST_PRIORITY = 2**31 - 1
LONGEST_TIMEOUT_S = 2**31 - 1
_DURATION = re.compile(r"[0-9.]+ ?[a-z]+")


class TargetReader:
    """Reads targets and expressions, and says what is wrong with them.

    Parameters
    ----------
    queues : mapping of str to int, optional
        Queue numbers by friendly name and by SID; None: every name is a queue, numbered as it
        comes.
    strict : bool
        Whether expressions that production merely tolerates are refused.
    findings : Findings
        Where problems go.
    """

    def __init__(
        self, queues: Mapping[str, int] | None, *, strict: bool, findings: Findings
    ) -> None:
        self._queues = queues
        self._seen: dict[str, int] = {}
        self._strict = strict
        self._findings = findings

    def target(
        self,
        item: Mapping[str, object],
        inherited: int | None,
        path: Path,
        ignored: tuple[str, ...] = (),
    ) -> Target | None:
        """Return a target, None if its queue is not known.

        Parameters
        ----------
        item : mapping
            The target, or a filter that is one.
        inherited : int or None
            Queue of the target before.
        path : tuple
            Where it stands.
        ignored : tuple of str
            Keys that are not the target's, or have no effect here.
        """
        item = {key: value for key, value in item.items() if key not in ignored}
        queue = inherited if item.get("queue") is None else self._queue(item["queue"], path)
        priority = self._number(item, "priority", (0, HIGHEST_PRIORITY), path)
        timeout = self._number(item, "timeout", (1, LONGEST_TIMEOUT_S), path)
        expression = self._optional(item, "expression", Scope.PAIR, path)
        skip_if = self._optional(item, "skip_if", Scope.PRESENCE, path)
        order_by = self._order_by(item.get("order_by"), (*path, "order_by"))
        known_worker = self._known_worker(item, path)
        if queue is None:
            return None
        return Target(queue, priority, timeout, expression, skip_if, order_by, known_worker)

    def expression(self, text: str, scope: Scope, path: Path) -> Expression | None:
        """Return an expression, None if it cannot be parsed."""
        try:
            expression = parse_expression(text, scope, strict=self._strict)
        except ExpressionError as error:
            rule = "hyphenated-name" if "no hyphens" in error.reason else "expression-syntax"
            self._findings.refuse(path, _at_character(error), rule)
            return None
        for remark in expression.remarks:
            reason = f"at character {remark.position + 1}: {remark.reason}"
            self._findings.warn(path, reason, remark_rule(remark.reason))
        return expression

    def _optional(
        self, item: Mapping[str, object], key: str, scope: Scope, path: Path
    ) -> Expression | None:
        text = self._text(item.get(key), (*path, key), "an expression, as a text")
        return None if text is None else self.expression(text, scope, (*path, key))

    def _text(self, value: object, path: Path, what: str) -> str | None:
        if value is None or isinstance(value, str):
            return value
        self._findings.refuse(path, f"must be {what}, not {kind_of(value)}", "value")
        return None

    def _order_by(self, value: object, path: Path) -> tuple[OrderClause, ...]:
        text = self._text(value, path, "a text such as 'worker.level DESC'")
        if text is None:
            return ()
        try:
            return parse_order_by(text)
        except ExpressionError as error:
            self._findings.refuse(path, _at_character(error), "order-by-syntax")
            return ()

    def _known_worker(self, item: Mapping[str, object], path: Path) -> KnownWorker | None:
        given = [key for key in KNOWN_WORKER_KEYS if item.get(key) is not None]
        if len(given) > 1:
            reason = f"{' and '.join(given)} exclude each other"
            self._findings.refuse((*path, given[1]), reason, "two-known-workers")
            return None
        if not given:
            return None
        (key,) = given
        text = self._text(item[key], (*path, key), "a path such as 'task.agent_sid'")
        if text is None:
            return None
        try:
            steps = parse_attribute_path(text, "task")
        except ExpressionError as error:
            self._findings.refuse((*path, key), _at_character(error), "known-worker-path")
            return None
        return KnownWorker(steps, by_name=key == "known_worker_friendly_name")

    def _queue(self, name: object, path: Path) -> int | None:
        if self._queues is None and isinstance(name, str):
            return self._seen.setdefault(name, len(self._seen))
        known = self._queues or {}
        number = known.get(name) if isinstance(name, str) else None
        if number is None:
            listed = ", ".join(repr(queue) for queue in list(known)[:8])
            near = get_close_matches(str(name), list(known), n=1)
            advice = f" (did you mean {near[0]!r}?)" if near else ""
            listing = f"; queues are {listed}" if listed and (not near or len(known) > 1) else ""
            reason = f"there is no queue {name!r}{listing}{advice}"
            self._findings.refuse((*path, "queue"), reason, "unknown-queue")
        return number

    def _number(
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
            reason = f"must be {what} {low} … {high}, not {value!r}"
            self._findings.refuse((*path, key), reason, "value")
            return None
        return value


def _at_character(error: ExpressionError) -> str:
    return f"at character {error.position + 1}: {error}"
