"""What a scenario writes down for a time that its run does not reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trsim.scenario.clock import Instant
from trsim.scenario.lint_findings import Suspicion
from trsim.scenario.problems import Path, shown
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.schema_tasks import task_of
from trsim.scenario.timeline import Timeline

_RULE = "never-happens"
_LATE = "at or after the horizon"


def too_late(scenario: ScenarioBlock) -> Iterator[Suspicion]:
    """Yield tasks, rates and entries that never happen."""
    timeline = Timeline(scenario)
    lasting: dict[str, int] = {}
    """Tasks that a stream can make, where that is known beforehand."""
    for name, stream in scenario.tasks.items():
        path: Path = ("tasks", name, "arrivals")
        arrivals = stream.arrivals
        if arrivals.process == "poisson":
            yield from _late_steps(arrivals, path, timeline)
        elif arrivals.process == "counts":
            n_intervals = -(-scenario.horizon // arrivals.interval)
            counts = arrivals.counts or ()
            lasting[name] = sum(counts[:n_intervals])
            lost = sum(counts[n_intervals:])
            if lost:
                reason = f"never happens: intervals from this one on begin {_LATE} ({_tasks(lost)})"
                yield Suspicion((*path, "counts", n_intervals), reason, _RULE)
        elif arrivals.process in ("at", "trace"):
            if arrivals.process == "at":
                key, whens = "times", arrivals.times
            else:
                key, whens = "rows", tuple(row.at for row in arrivals.rows or ())
            late = [number for number, when in enumerate(whens) if _is_late(when, timeline)]
            lasting[name] = len(whens) - len(late)
            if late:
                share = f"{len(late)} of {len(whens)} in the list"
                reason = f"never happens ({share}): {_why(whens[late[0]], timeline)}"
                yield Suspicion((*path, key, late[0]), reason, _RULE)
    yield from _entries(scenario, timeline, lasting)


def _entries(
    scenario: ScenarioBlock, timeline: Timeline, lasting: dict[str, int]
) -> Iterator[Suspicion]:
    for number, entry in enumerate(scenario.timetable):
        if _is_late(entry.at, timeline):
            reason = f"never happens: {_why(entry.at, timeline)}"
            yield Suspicion(("timetable", number, "at"), reason, _RULE)
            continue
        for key in ("cancel", "task"):
            named = getattr(entry, key)
            if named is None:
                continue
            stream, task = task_of(named)
            most = lasting.get(stream)
            if most is not None and task >= most:
                known = f"makes {_tasks(most)}" + (f", 0 to {most - 1}" if most else "")
                reason = f"never happens: {shown(stream)} {known}"
                yield Suspicion(("timetable", number, key), reason, _RULE)


def _late_steps(arrivals: Any, path: Path, timeline: Timeline) -> Iterator[Suspicion]:
    for number, step in enumerate(arrivals.rates or ()):
        if step.from_ is not None and _is_late(step.from_, timeline):
            reason = f"never happens: {_why(step.from_, timeline)}"
            yield Suspicion((*path, "rates", number, "from"), reason, _RULE)


def _is_late(when: Instant, timeline: Timeline) -> bool:
    at_ms = timeline.at_ms(when, ())
    return at_ms is not None and at_ms >= timeline.horizon_ms


def _why(when: Instant, timeline: Timeline) -> str:
    remark = timeline.next_day(when)
    return f"{remark}; that is {_LATE}" if remark else f"{when} is {_LATE}"


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"
