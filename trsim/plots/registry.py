"""Every plot of a run, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from trsim.analysis.results import Result
from trsim.plots.attribution import wait_attribution
from trsim.plots.gantt import worker_gantt
from trsim.plots.life_line import task_life
from trsim.plots.outcomes import offers_per_task, outcome_flow
from trsim.plots.service import service_level
from trsim.plots.staffing import staffing
from trsim.plots.view import View
from trsim.plots.waits import wait_distribution, wait_survival

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Plot(NamedTuple):
    """A plot and what it shows."""

    draw: Callable[[Result, View], Figure]
    text: str
    """One line."""


PLOTS: Final[Mapping[str, Plot]] = {
    "wait_distribution": Plot(
        wait_distribution, "how long tasks waited, as a histogram by what ended the wait"
    ),
    "wait_survival": Plot(
        wait_survival, "the share of tasks still waiting after t, and what ended the other waits"
    ),
    "staffing": Plot(staffing, "tasks waiting, workers by what they do, and arrivals over time"),
    "service_level": Plot(
        service_level, "the service level by interval, with the counts behind it and the goal"
    ),
    "task_life": Plot(
        task_life, "the life line of one task: targets, ringing, talk, wrap-up, deadlines"
    ),
    "worker_gantt": Plot(worker_gantt, "what each worker did when, one lane a worker"),
    "outcome_flow": Plot(
        outcome_flow, "what became of reservations, as shares over all and in each queue"
    ),
    "wait_attribution": Plot(
        wait_attribution, "what tasks waited for, over all and in each queue: shares of the wait"
    ),
    "offers_per_task": Plot(offers_per_task, "how many reservations were made for a task"),
}
