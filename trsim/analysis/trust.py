"""Reasons to doubt a result: what a reader must know before believing a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import Spans, clipped
from trsim.analysis.workers import held_spans, read_stays
from trsim.core.states import REMOVED, TaskStatus

MANY_OFFERS = 100
"""More offers than this to one task are called ping-pong."""
LONG_DRAIN = 0.1
"""Share of the run; a pool is called drained if nobody was there for that long at its end."""


class Doubt(Enum):
    """Kinds of reasons to doubt a result."""

    NO_TASKS = "no tasks"
    """Nothing was offered, so there is nothing to measure."""
    ALL_CENSORED = "all waits open"
    """No wait ended before the horizon."""
    MOSTLY_OPEN = "mostly open"
    """More than half of the tasks are not done at the horizon."""
    REFUSED = "refused tasks"
    """Tasks that no filter took."""
    PING_PONG = "ping-pong"
    """A task was offered over and over."""
    DRAINED = "drained pool"
    """Nobody could be asked for the last part of the run, while tasks waited."""
    ONE_REPLICATION = "one replication"
    """Chance cannot be told from effect."""


@dataclass(frozen=True, slots=True)
class Caveat:
    """One reason to doubt a result, in words."""

    doubt: Doubt
    text: str

    def __str__(self) -> str:
        return self.text


def caveats(seen: Observation, criteria: Criteria) -> tuple[Caveat, ...]:
    """Return the reasons to doubt the figures of one run, apart from its being only one."""
    return (
        *_unfinished(seen, criteria),
        *_refusals(seen, criteria),
        *_ping_pong(seen, criteria),
        *_drained(seen),
    )


def over_replications(runs: Sequence[tuple[Caveat, ...]]) -> tuple[Caveat, ...]:
    """Return the caveats of a study: each kind once, with the number of runs that have it."""
    combined: list[Caveat] = []
    for doubt in Doubt:
        texts = [caveat.text for run in runs for caveat in run if caveat.doubt is doubt]
        if len(runs) > 1 and texts:
            texts[0] = f"in {len(texts)} of {len(runs)} replications: {texts[0]}"
        combined.extend(Caveat(doubt, text) for text in texts[:1])
    return (*combined, *_too_few(len(runs)))


def _too_few(replications: int) -> Iterable[Caveat]:
    if replications == 1:
        yield Caveat(
            Doubt.ONE_REPLICATION,
            "one replication says nothing about chance: run several to get intervals",
        )


def _unfinished(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    tasks = seen.tasks.where(seen.tasks.created_ms >= criteria.warm_up_ms)
    offered = len(tasks)
    done = np.isin(tasks.status, (TaskStatus.COMPLETED, TaskStatus.CANCELED, REMOVED))
    still_open = offered - int(np.count_nonzero(done))
    if not offered:
        yield Caveat(Doubt.NO_TASKS, "no tasks were offered, so there is nothing to measure")
    elif bool(tasks.waiting.all()):
        yield Caveat(
            Doubt.ALL_CENSORED,
            f"nothing but waiting: of {_tasks(offered)} offered none was assigned or ended, so "
            "no wait has a known length",
        )
    elif 2 * still_open > offered:
        yield Caveat(
            Doubt.MOSTLY_OPEN,
            f"of {_tasks(offered)} offered {still_open:,} are open at the horizon: means over "
            "the others make the system look better than it is",
        )


def _refusals(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    refused = seen.refused(criteria)
    if refused:
        yield Caveat(
            Doubt.REFUSED,
            f"no filter of their workflow took {_tasks(refused)}: what is refused is in no "
            "other figure",
        )


def _ping_pong(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    tasks = seen.tasks.where(seen.tasks.created_ms >= criteria.warm_up_ms)
    if tasks.offers.max(initial=0) > MANY_OFFERS:
        many = int(np.count_nonzero(tasks.offers > MANY_OFFERS))
        worst = int(np.argmax(tasks.offers))
        yield Caveat(
            Doubt.PING_PONG,
            f"more than {MANY_OFFERS} offers were made for {_tasks(many)}, for task "
            f"{int(tasks.task[worst])} as many as {int(tasks.offers[worst]):,}: TaskRouter asks "
            "workers who turned a task down again and again",
        )


def _drained(seen: Observation) -> Iterable[Caveat]:
    """Look for a last part of the run in which nobody was on offer while tasks waited."""
    tasks, horizon = seen.tasks, seen.horizon_ms
    waiting = int(np.count_nonzero(tasks.waiting))
    if not waiting:
        return
    stays = read_stays(seen.log, horizon)
    present = stays.spans(np.asarray(seen.log.names.available, dtype=np.bool_)[stays.activity])
    working = held_spans(seen.reservations, horizon)
    gone = max(_last_end(present, horizon), _last_end(working, horizon))
    if horizon - gone > LONG_DRAIN * horizon:
        yield Caveat(
            Doubt.DRAINED,
            f"from {gone / 1000:,.0f} s to the end at {horizon / 1000:,.0f} s no worker was in an "
            f"available activity, with {_tasks(waiting)} waiting: were shifts over, or do "
            "workers not come back after a missed offer?",
        )


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"


def _last_end(spans: Spans, horizon_ms: int) -> int:
    return int(clipped(spans, 0, horizon_ms).end_ms.max(initial=0))
