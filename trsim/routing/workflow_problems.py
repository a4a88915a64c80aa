"""What can be said about a workflow document: problems, their levels and their rules.

Every rule has a name that never changes, so that a message can be looked up and silenced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a document."""

BAD_CONFIGURATION = 20001
"""Code of the answer 400 to a configuration or an expression that cannot be used."""
_HINT = re.compile(r" \(did you mean '[^']*'\?\)$")


class DocumentProblem(NamedTuple):
    """Something wrong or suspicious in a workflow document."""

    path: Path
    """Keys and list positions from the top of the document."""
    reason: str
    fatal: bool
    """True: TaskRouter refuses the document.  False: it takes it, but it does not do what it
    seems to."""
    rule: str = "document"
    """One of `RULES`."""
    is_note: bool = False
    """Worth knowing, and probably meant."""

    @property
    def level(self) -> str:
        """Return ``error``, ``warning`` or ``note``."""
        if self.fatal:
            return "error"
        return "note" if self.is_note else "warning"


RULES: Mapping[str, str] = MappingProxyType(
    {
        "document": "the document has not the shape of a workflow",
        "missing-key": "a key that TaskRouter asks for is not there",
        "unknown-key": "a key that TaskRouter keeps and ignores",
        "unknown-queue": "a queue that does not exist",
        "value": "a value of the wrong type, or out of its bounds",
        "expression-syntax": "an expression that cannot be parsed",
        "hyphenated-name": "an expression with a hyphen in a name",
        "order-by-syntax": "an order_by that cannot be parsed",
        "known-worker-path": "a known worker that is no path in the task's attributes",
        "two-known-workers": "a target that names its known worker in two ways",
        "bare-filter": "a filter with a queue instead of targets",
        "alias": "an old name of a key",
        "default-filter-key": "a key that has no effect on a default filter",
        "unread-text": "a part of an expression that is dropped or ignored",
        "missing-list": "NOT IN over a list that may be missing, which makes it false",
        "both-missing": "== between two attributes, true where both are missing",
        "never-true": "a comparison that is always false",
        "mixed-types": "constants of different types side by side",
        "suspicious-expression": "a comparison or a name that is probably not meant",
        "unreachable-target": "a target behind one that is never left",
        "last-target-timeout": "tasks canceled when the last target times out",
        "last-target-skipped": "tasks canceled when the last target is skipped",
        "offer-outlasts-target": "an offer that stands longer than its target",
        "known-worker-forever": "a known worker's target without a way out",
        "delay-step": "a target that asks nobody, for some time",
        "target-asks-nobody": "a target that asks nobody",
        "repeated-target": "a target that changes nothing",
        "skip-if-counts-busy": "a skip_if that counts busy workers as available",
        "skip-if-never": "a skip_if that is never true",
        "order-by-text": "an order_by over something that is no number",
        "filter-never-matches": "a filter that takes no task",
        "shadowed-filter": "a filter that no task reaches",
        "unused-default-filter": "a default filter that no task reaches",
        "no-default-filter": "tasks that match no filter are refused",
    }
)
"""What each rule is about, in a few words."""

_REMARK_RULES = (
    ("NOT IN is false", "missing-list"),
    ("both attributes are missing", "both-missing"),
    ("constants of different types", "mixed-types"),
    ("always false", "never-true"),
    ("does not compare arrays", "never-true"),
    ("it is dropped", "unread-text"),
    ("they are dropped", "unread-text"),
    ("from there on is ignored", "unread-text"),
)


def remark_rule(reason: str) -> str:
    """Return the rule of an expression's remark.

    Examples
    --------
    >>> remark_rule("';' cannot be read; it is dropped")
    'unread-text'
    """
    found = (rule for words, rule in _REMARK_RULES if words in reason)
    return next(found, "suspicious-expression")


@dataclass
class Findings:
    """Collects problems in the order in which they are found."""

    problems: list[DocumentProblem] = field(default_factory=list)

    def refuse(self, path: Path, reason: str, rule: str) -> None:
        """Add a problem for which TaskRouter refuses the document."""
        self.problems.append(DocumentProblem(path, _with_code(reason), True, rule))

    def warn(self, path: Path, reason: str, rule: str) -> None:
        """Add something that TaskRouter takes in silence."""
        self.problems.append(DocumentProblem(path, reason, False, rule))

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
                self.refuse((*path, name), f"{more}; {reason}", "missing-key")
                return
        where = path if key in ("queue", "task_routing") else (*path, key)
        self.refuse(where, reason, "missing-key")

    def unknown_keys(self, item: Mapping[str, object], known: tuple[str, ...], path: Path) -> None:
        """Warn of keys that TaskRouter does not act on."""
        for key in item:
            if key in known:
                continue
            near = get_close_matches(str(key), known, n=1)
            advice = f" (did you mean {near[0]!r}?)" if near else ""
            if str(key).partition(":")[0] in known:
                advice = "; a blank is missing behind its ':'"
            reason = f"unknown key, which TaskRouter keeps and ignores{advice}"
            self.warn((*path, str(key)), reason, "unknown-key")


def kind_of(value: object) -> str:
    """Return what a value of a document is, in words."""
    if value is None:
        return "nothing"
    kinds = {bool: "true or false", str: "a text", Mapping: "a mapping", list: "a list"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), "a number")


def _with_code(reason: str) -> str:
    """Return a reason with TaskRouter's code in its first line, before a guess at its end."""
    first, *rest = reason.split("\n")
    hint = _HINT.search(first)
    tail = "" if hint is None else hint.group()
    body = first.removesuffix(tail)
    return "\n".join([f"{body} (TaskRouter error {BAD_CONFIGURATION}){tail}", *rest])
