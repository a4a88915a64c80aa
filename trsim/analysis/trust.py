"""Reasons to doubt a result: what a reader must know before believing a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from trsim.analysis.kpi_table import KpiTable
from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.spans import Spans, clipped
from trsim.analysis.steps import NO_FACTS, WORKFLOW_ENDS, RoutingFacts, read_steps
from trsim.analysis.trust_kinds import Caveat, Doubt, some, tasks_text
from trsim.analysis.trust_load import load_doubts
from trsim.analysis.trust_precision import chance_doubts
from trsim.analysis.trust_start import warm_up_doubts
from trsim.analysis.trust_waits import wait_doubts
from trsim.analysis.workers import held_spans, read_stays
from trsim.core.states import REMOVED, Reason, TaskStatus

MANY_RESERVATIONS = 100
"""A task reserved more often than this is called ping-pong.

It is a tenth of the 1,000 at which TaskRouter gives up (Twilio, "Limits").  Chance does not lead
there: where nine offers in ten fail, each for itself, 1 task in 38,000 is reserved more than 100
times.  Something regular goes on, such as workers who stay available and never answer.
"""
LONG_DRAIN = 0.1
"""Share of the run; a pool is called drained if nobody was there for that long at its end."""
_NO_SERVICE = (Doubt.NO_TASKS, Doubt.ALL_CENSORED, Doubt.WORKFLOW_ENDS_ALL, Doubt.DRAINED)


def caveats(
    seen: Observation, criteria: Criteria, routing: RoutingFacts = NO_FACTS
) -> tuple[Caveat, ...]:
    """Return the reasons to doubt the figures of one run, apart from its being only one.

    Parameters
    ----------
    seen : Observation
        The run.
    criteria : Criteria
        What is counted.
    routing : RoutingFacts, optional
        What the log does not say about its workflows; left out, targets are not looked at.
    """
    found = (
        *_unfinished(seen, criteria),
        *_refusals(seen, criteria),
        *_all_canceled_by_workflow(seen, criteria),
        *_never_tried(seen, criteria, routing),
        *_ping_pong(seen, criteria, routing),
        *_drained(seen),
        *wait_doubts(seen, criteria),
    )
    # Where nobody is there, or nothing gets through, that is the reason and not the load.
    if any(caveat.doubt in _NO_SERVICE for caveat in found):
        return found
    load = tuple(load_doubts(seen, criteria))
    # A queue that grows never ends its warm-up.
    return (*found, *load, *(() if load else warm_up_doubts(seen, criteria)))


def over_replications(
    runs: Sequence[tuple[Caveat, ...]], table: KpiTable | None = None
) -> tuple[Caveat, ...]:
    """Return the caveats of a study: each kind once, with the number of runs that have it.

    Parameters
    ----------
    runs : sequence of tuples
        The caveats of each replication; at least one.
    table : KpiTable, optional
        The figures over all replications, whose intervals may be too wide; left out, they are
        not looked at.

    Notes
    -----
    A visible warm-up is told of several replications only if it is in two of them at least and
    in a quarter of all: all begin alike, so what few of them show is chance.
    """
    combined: list[Caveat] = []
    for doubt in Doubt:
        texts = [caveat.text for run in runs for caveat in run if caveat.doubt is doubt]
        if doubt is Doubt.WARM_UP and len(texts) < max(min(2, len(runs)), len(runs) / 4):
            continue
        if len(runs) > 1 and texts:
            texts[0] = f"in {len(texts)} of {len(runs)} replications: {texts[0]}"
        combined.extend(Caveat(doubt, text) for text in texts[:1])
    return (*combined, *chance_doubts(len(runs), table))


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
            f"nothing but waiting: of {tasks_text(offered)} offered none was assigned or ended, so "
            "no wait has a known length",
        )
    elif 2 * still_open > offered:
        yield Caveat(
            Doubt.MOSTLY_OPEN,
            f"of {tasks_text(offered)} offered {still_open:,} are open at the horizon: means over "
            "the others make the system look better than it is",
        )


def _refusals(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    refused = seen.refused(criteria)
    if refused:
        streams = [
            f"{count:,} of {name}"
            for number, name in enumerate(seen.log.names.streams)
            if (count := seen.refused(criteria, number))
        ]
        of_streams = f" ({some(streams)})" if streams else ""
        yield Caveat(
            Doubt.REFUSED,
            f"no filter of their workflow took {tasks_text(refused)}{of_streams}: what is "
            "refused is in no other figure",
        )


def _all_canceled_by_workflow(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    tasks = seen.tasks.where(seen.tasks.created_ms >= criteria.warm_up_ms)
    ended = int(np.count_nonzero(tasks.ended_ms >= 0))
    by_workflow = np.isin(tasks.reason, (*WORKFLOW_ENDS, Reason.NO_MATCHING_FILTER))
    if ended and ended == np.count_nonzero(by_workflow) and not (tasks.assigned_ms >= 0).any():
        yield Caveat(
            Doubt.WORKFLOW_ENDS_ALL,
            f"no task was assigned, and the workflow canceled all that ended, {tasks_text(ended)}: "
            "is anybody in the queues of its targets, and available before their timeouts end?",
        )


def _never_tried(seen: Observation, criteria: Criteria, routing: RoutingFacts) -> Iterable[Caveat]:
    """Look for targets without a visit in configurations that tasks went through.

    Default filters are left out: there to catch what nobody foresaw, they are rightly idle.
    """
    steps = read_steps(seen, criteria, len(routing.places))
    used = {
        place.configuration
        for place, visits in zip(routing.places, steps, strict=True)
        if visits.entered
    }
    idle = [
        f"{place.configuration}: {place.label}"
        for place, visits in zip(routing.places, steps, strict=True)
        if not visits.entered and place.configuration in used and not place.is_default
    ]
    if idle:
        one = len(idle) == 1
        yield Caveat(
            Doubt.NEVER_TRIED,
            f"{len(idle):,} {'target was' if one else 'targets were'} never tried ({some(idle)}):"
            f" the run says nothing about {'it' if one else 'them'}",
        )


def _ping_pong(seen: Observation, criteria: Criteria, routing: RoutingFacts) -> Iterable[Caveat]:
    tasks = seen.tasks.where(seen.tasks.created_ms >= criteria.warm_up_ms)
    limit = routing.assignment_limit
    most = MANY_RESERVATIONS if limit is None else min(MANY_RESERVATIONS, limit - 1)
    over = tasks.batches > most
    if over.any():
        worst = int(np.argmax(tasks.batches))
        many, times = int(np.count_nonzero(over)), int(tasks.batches[worst])
        ends = "there is no limit" if limit is None else f"at {limit:,} it would be canceled"
        if limit is not None and times >= limit:
            ends = f"that is the limit of {limit:,}, at which a task is canceled"
        yield Caveat(
            Doubt.PING_PONG,
            f"{tasks_text(many)} {'was' if many == 1 else 'were'} reserved more than {most} times, "
            f"task {int(tasks.task[worst])} as often as {times:,}; {ends}: workers who turned a "
            "task down or missed it are asked again and again",
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
            f"available activity, with {tasks_text(waiting)} waiting: were shifts over, or do "
            "workers not come back after a missed offer?",
        )


def _last_end(spans: Spans, horizon_ms: int) -> int:
    return int(clipped(spans, 0, horizon_ms).end_ms.max(initial=0))
