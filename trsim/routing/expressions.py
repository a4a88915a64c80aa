"""Routing expressions: the public face of the expression language.

An expression decides which workers serve a queue, which filter of a workflow a task belongs to,
which workers a target takes and whether a target is skipped.  It is parsed once, when a model
is compiled, and then asked many times::

    text ──▶ expression_lexer ──▶ expression_parser ──▶ expression_tree
                                                              │
             Expression ◀── expression_closures ◀─────────────┤
                 ▲              expression_scopes, _values    │
                 └── remarks ◀── expression_lint ◀────────────┘

The language is closed: it reads the mappings it is given and nothing else.

Notes
-----
Sources: Twilio, "Expression syntax", "Workflow configuration", "TaskQueue resource" and "Task
resource".  What the pages leave open is stated where it is decided: cutting into tokens in
`expression_lexer`, grammar in `expression_parser`, values in `expression_values`, names in
`expression_scopes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from trsim.routing.expression_closures import Verdict, verdict
from trsim.routing.expression_lint import comparison_remarks, reference_remarks
from trsim.routing.expression_parser import MAX_LENGTH, MAX_NESTING, Syntax, parse_syntax
from trsim.routing.expression_scopes import Scope, check_reference
from trsim.routing.expression_tree import Remark

__all__ = ["MAX_LENGTH", "MAX_NESTING", "Expression", "Remark", "Scope", "parse_expression"]

_NO_WORKER: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression, made by `parse_expression`.

    Two expressions are equal if text, scope and strictness are; an expression can be pickled and
    used as a key.

    Attributes
    ----------
    text : str
        The text it was parsed from, unchanged.
    scope : Scope
        What its names refer to.
    strict : bool
        Whether texts that production merely tolerates were refused.
    remarks : tuple of Remark
        What is suspicious, in the order of the text.
    names : tuple of tuple of str
        The paths it refers to, each once, as written and in the order of appearance; an index
        is shown in its brackets, as ``("languages", "[0]")``.
    """

    text: str
    scope: Scope
    strict: bool
    remarks: tuple[Remark, ...] = field(compare=False)
    names: tuple[tuple[str, ...], ...] = field(compare=False)
    _verdict: Verdict = field(compare=False, repr=False)

    def matches(self, attributes: Mapping[str, object]) -> bool:
        """Return whether the expression is true for one object.

        Parameters
        ----------
        attributes : mapping
            `Scope.WORKER`: the worker's attributes, laid over ``sid``, ``friendly_name``,
            ``activity_sid`` and ``activity_name``.  `Scope.TASK`: the task's attributes.
            `Scope.PRESENCE`: ``{"workers": {"available": 2, "unavailable": 0, "WA…": 2}}``, with
            a count for every activity, because a count that is not there is NULL, not 0.

        Notes
        -----
        Never raises, whatever the values are.

        Examples
        --------
        >>> parse_expression("skills HAS 'sales'", Scope.WORKER).matches({"skills": ["sales"]})
        True
        """
        assert self.scope is not Scope.PAIR, "a target expression asks for a task and a worker"
        return self._verdict(attributes, _NO_WORKER)

    def matches_pair(self, task: Mapping[str, object], worker: Mapping[str, object]) -> bool:
        """Return whether the expression of a target is true for a task and a worker.

        Parameters
        ----------
        task : mapping
            The task's attributes.
        worker : mapping
            The worker's attributes, together with ``sid``, ``friendly_name``, ``activity_sid``,
            ``activity_name`` and ``channel``: by unique name of the channel a mapping with
            ``configured_capacity``, ``assigned_tasks`` and ``available_capacity_percentage``.

        Notes
        -----
        Never raises, whatever the values are.

        Examples
        --------
        >>> same = parse_expression("task.language IN worker.languages", Scope.PAIR)
        >>> same.matches_pair({"language": "es"}, {"languages": ["en", "es"]})
        True
        """
        assert self.scope is Scope.PAIR, "only a target expression compares task and worker"
        return self._verdict(task, worker)

    def __reduce__(self) -> tuple[object, ...]:
        # Functions made at run time cannot be pickled; parsing again costs microseconds.
        return _rebuild, (self.text, self.scope, self.strict)


def parse_expression(text: str, scope: Scope, *, strict: bool = False) -> Expression:
    """Return the expression that `text` spells.

    Parameters
    ----------
    text : str
        At most 65,536 characters, with brackets nested at most 100 deep.
    scope : Scope
        What its names refer to.
    strict : bool
        False reads what the production service is known to take: characters that occur in no
        token are dropped and whatever follows a complete expression is ignored, each with a
        remark.  True makes both errors.

    Raises
    ------
    ExpressionError
        If the text does not begin with an expression (an empty text does not), if a name cannot
        stand in this scope, or if a limit is exceeded.

    Notes
    -----
    Twilio, "Expression syntax".  In both modes a hyphen outside quotation marks begins a number,
    belongs to ``<-`` or ``>-``, or is an error; it is never dropped, so ``skill-level > 3`` is
    an error.  So are ``NOT (…)``, ``NOT HAS``, ``<>``, arithmetic and a name alone.

    Examples
    --------
    >>> expression = parse_expression("type == 'ticket' AND level >= 3", Scope.TASK)
    >>> expression.matches({"type": "ticket", "level": 4})
    True
    >>> expression.names
    (('type',), ('level',))
    >>> parse_expression("level > 3 ; x", Scope.TASK).remarks[0]
    Remark(position=10, reason="';' cannot be read; it is dropped")
    >>> parse_expression("is_vip", Scope.TASK)
    Traceback (most recent call last):
        ...
    trsim.errors.ExpressionError: expected a comparison operator, found the end; a name alone \
is no condition: compare it, as in is_vip == true
      is_vip
            ^
    """
    syntax = parse_syntax(text, strict=strict)
    for reference in syntax.references:
        check_reference(text, reference, scope)
    names = dict.fromkeys(reference.names for reference in syntax.references)
    return Expression(
        text=text,
        scope=scope,
        strict=strict,
        remarks=_remarks(syntax, scope),
        names=tuple(names),
        _verdict=verdict(syntax.condition, scope),
    )


def _remarks(syntax: Syntax, scope: Scope) -> tuple[Remark, ...]:
    remarks = list(syntax.remarks)
    for comparison in syntax.comparisons:
        remarks.extend(comparison_remarks(comparison, scope))
    for reference in syntax.references:
        remarks.extend(reference_remarks(reference, scope))
    return tuple(sorted(remarks, key=lambda remark: remark.position))


def _rebuild(text: str, scope: Scope, strict: bool) -> Expression:
    return parse_expression(text, scope, strict=strict)
