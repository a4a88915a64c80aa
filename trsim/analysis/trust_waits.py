"""Doubts about waits that were cut short: customers who left, and tasks that wait still."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from trsim.analysis.sample import Criteria, Observation
from trsim.analysis.tables import TaskTable
from trsim.analysis.trust_kinds import Caveat, Doubt, span_text, tasks_text
from trsim.analysis.wait_kpis import PERCENTILES
from trsim.core.states import Reason

FEWEST_BEYOND: Final = 5
"""A percentile is looked at if as many tasks can be expected to lie beyond it."""
MUCH: Final = 0.1
"""A percentile is doubted if the tasks that wait still raise it by this share."""


def wait_doubts(seen: Observation, criteria: Criteria) -> Iterable[Caveat]:
    """Yield doubts about waits whose true length nobody saw.

    Parameters
    ----------
    seen : Observation
        The run.
    criteria : Criteria
        Tasks created from the warm-up on are looked at.

    Notes
    -----
    A wait that ends in a hang-up, or goes on at the horizon, is censored: it tells only that an
    answer would have taken longer.  Percentiles are taken of ended waits.  Where so many tasks
    wait at the horizon that they alone could lie beyond a percentile, nobody has seen how long
    it is when all waits are over.  Counting open waits with the age they have reached gives a
    lower bound; if it is not much higher, the open waits are young and nothing is said.
    """
    tasks = seen.tasks.where(seen.tasks.created_ms >= criteria.warm_up_ms)
    lost = int(np.count_nonzero(tasks.reason == Reason.HANGUP))
    if 2 * lost > len(tasks):
        answered = int(np.count_nonzero(tasks.assigned_ms >= 0))
        yield Caveat(
            Doubt.MOSTLY_LOST,
            f"{lost:,} of {tasks_text(len(tasks))} offered ({100 * lost / len(tasks):.0f} %) were "
            f"given up before an answer: mean_wait and its percentiles are rather patience than "
            f"service, and asa tells of {answered:,} only; judge by abandonment and "
            "service_level_offered, and check patience and staff",
        )
    yield from _late_percentiles(tasks, criteria.horizon_ms)


def _late_percentiles(tasks: TaskTable, horizon_ms: int) -> Iterable[Caveat]:
    ended = np.sort((tasks.wait_ended_ms - tasks.created_ms)[~tasks.waiting])
    ages = horizon_ms - tasks.created_ms[tasks.waiting]
    if not ended.size or not ages.size:
        return
    every = np.sort(np.concatenate([ended, ages]))
    shown = []
    for percent in PERCENTILES:
        said = int(ended[-(-percent * ended.size // 100) - 1])
        least = int(every[-(-percent * every.size // 100) - 1])
        beyond = (100 - percent) * every.size / 100
        if FEWEST_BEYOND <= beyond <= ages.size and least > (1 + MUCH) * said:
            shown.append(f"wait_p{percent} is {span_text(said)}, but at least {span_text(least)}")
    if shown:
        yield Caveat(
            Doubt.LONG_OPEN_WAITS,
            f"{ages.size:,} of {tasks_text(len(tasks))} still wait at the horizon, the oldest for "
            f"{span_text(int(ages.max()))}; with the waits they have reached, {', '.join(shown)}: "
            "let the run go on until they are answered, or read these figures as lower bounds",
        )
