"""What the options of commands name: instants of a run, its tasks, and what has a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.eventlog import EventLog
    from trsim.experiments.openrun import OpenRun
    from trsim.scenario.load import Scenario

_SHORT_HOUR = re.compile(r"[0-9]:[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,9}")


class NamedTask(NamedTuple):
    """A task as somebody names it, not looked for yet."""

    stream: int | None
    """Number of its stream; None: it is named by its number in the run."""
    number: int
    """Counted from 0 in the order of creation, in its stream or in the run."""


def instant_ms(option: str, text: str, scenario: Scenario, horizon_ms: int) -> int:
    """Return an instant of a run [ms since its start], 0 … horizon.

    Parameters
    ----------
    option : str
        What it is given with, for messages, such as ``--from``.
    text : str
        A time of day or a date with one, if the scenario has a start, or the time since the
        start, such as ``1h30m``.
    scenario : Scenario
        What is run.
    horizon_ms : int
        End of the run [ms].

    Raises
    ------
    UsageError
        It cannot be read, needs a start that there is none of, or lies outside of the run.
    """
    from trsim.scenario.clock import Calendar, Offset, instant
    from trsim.scenario.values import duration_text

    start = scenario.content.start
    try:
        when = instant(f"0{text}" if _SHORT_HOUR.match(text) else text)
    except ValueError as problem:
        raise UsageError(f"{option} {problem}") from problem
    if isinstance(when, Offset):
        at_ms = when.ms
    elif start is None:
        raise UsageError(
            f"{option} {text}: the scenario has no start, so say how long after the beginning of "
            "the run, such as 1h30m"
        )
    else:
        at_ms = Calendar(start.local, scenario.content.time_zone).at_ms(when)
    if not 0 <= at_ms <= horizon_ms:
        raise UsageError(
            f"{option} {text} lies outside of the run, which takes {duration_text(horizon_ms)}"
        )
    return at_ms


def instant_of(kept: OpenRun, option: str, text: str | None, default_ms: int) -> int:
    """Return an instant of a run that was kept [ms since its start], a default where none is named.

    The other parameters and what is raised are those of :func:`instant_ms`.
    """
    if text is None:
        return default_ms
    return instant_ms(option, text, kept.scenario, kept.result.horizon_ms)


def number_of(kind: str, name: str, known: Sequence[str]) -> int:
    """Return the number of something that has a name.

    Parameters
    ----------
    kind : str
        What it is, for messages, such as ``queue``.
    name : str
        Its name.
    known : sequence of str
        All names, in the order of their numbers.

    Raises
    ------
    UsageError
        Nothing has this name; the nearest one is told.
    """
    from trsim.scenario.problems import allowed_names, shown

    if name not in known:
        raise UsageError(f"there is no {kind} {shown(name)} ({allowed_names(known, name)})")
    return known.index(name)


def named_task(text: str, streams: Sequence[str], otherwise: str = "") -> NamedTask:
    """Return what a text such as ``billing_calls/17`` or ``17`` names.

    Parameters
    ----------
    text : str
        What was given with ``--task``.
    streams : sequence of str
        Names of all streams, in the order of their numbers.
    otherwise : str, optional
        What else the option takes, for messages.

    Raises
    ------
    UsageError
        It is neither, or there is no such stream.
    """
    from trsim.scenario.problems import shown

    stream, slash, number = text.strip().rpartition("/")
    if not _NUMBER.fullmatch(number) or (slash and not stream):
        forms = ["a task such as billing_calls/17", "its number", *filter(None, [otherwise])]
        listed = f"{', '.join(forms[:-1])}, or {forms[-1]}"
        raise UsageError(f"--task is {listed} (found {shown(text)})")
    return NamedTask(number_of("stream", stream, streams) if slash else None, int(number))


def task_of(log: EventLog, named: NamedTask) -> int | None:
    """Return the number of a task in the order of creation; None if it was refused.

    Raises
    ------
    UsageError
        The run has no such task; which it has is told.
    """
    from trsim.report.explain_find import find_task, name_of

    if named.stream is not None:
        return find_task(log, named.stream, named.number)
    name_of(log, named.number)  # refuses a number that no task has
    return named.number
