"""The figures of a report page, drawn from the first replication."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from trsim.analysis.sample import Observation
from trsim.core.events import NOTHING
from trsim.plots.canvas import svg_bytes
from trsim.plots.gantt import MOST_WORKERS
from trsim.plots.registry import PLOTS
from trsim.plots.view import View
from trsim.report.page_findings import Findings
from trsim.report.page_svg import inline_svg
from trsim.report.page_text import service_goals

MOST_DRAWN: Final = 1_300_000
"""All drawings of a page together; of more the largest are left out [bytes]."""


@dataclass(frozen=True, slots=True)
class PageFigure:
    """A figure of a page.

    Attributes
    ----------
    name : str
        As in :data:`trsim.plots.registry.PLOTS`.
    caption : str
        What it shows, as a sentence.
    svg : str
        The drawing; empty where it was left out because of its size.
    """

    name: str
    caption: str
    svg: str


def page_figures(findings: Findings) -> dict[str, PageFigure]:
    """Return all figures, by name.

    Parameters
    ----------
    findings : Findings
        Of a life line the task is the one that waited longest; where none was created, there is
        none.  Of many workers there is no figure of what each did: a table says it.
    """
    task = longest_waiting(findings)
    view = view_of(findings, task)
    left_out = {
        "task_life": task is None,
        "worker_gantt": len(findings.result.names.workers) > MOST_WORKERS,
    }
    drawn = {name: _drawn(findings, view, name) for name in PLOTS if not left_out.get(name, False)}
    return without_largest(drawn, MOST_DRAWN)


def without_largest(figures: dict[str, PageFigure], most: int) -> dict[str, PageFigure]:
    """Return the figures, the largest ones without their drawings, so that the others fit.

    Parameters
    ----------
    figures : dict of str to PageFigure
    most : int
        What all drawings together may take, in UTF-8 [bytes].
    """
    size = {name: len(figure.svg.encode()) for name, figure in figures.items()}
    for name in sorted(size, key=lambda name: -size[name]):
        if sum(size.values()) <= most:
            break
        size[name] = 0
    return {
        name: figure if size[name] else replace(figure, svg="") for name, figure in figures.items()
    }


def _drawn(findings: Findings, view: View, name: str) -> PageFigure:
    plot = PLOTS[name]
    caption = f"{plot.text[0].upper()}{plot.text[1:]}."
    drawing = svg_bytes(plot.draw(findings.result, view))
    svg = inline_svg(drawing, f"{name.replace('_', '-')}-", caption)
    return PageFigure(name, caption, svg)


def view_of(findings: Findings, task: int | None = None) -> View:
    """Return what the figures show: all of the run, by the clock if it has one."""
    model = findings.model
    bounds = [judged.condition.bound for judged in service_goals(findings)]
    return View(
        start=None if model.start is None else dt.datetime.fromisoformat(model.start),
        task=task,
        goal=bounds[0] if bounds else None,
        off_activities=tuple(
            NOTHING if worker.shifts is None else worker.off_activity
            for worker in model.world.workers
        ),
        model=model,
    )


def longest_waiting(findings: Findings) -> int | None:
    """Return the counted task that waited longest, of equal ones the first; None if there is none.

    A task that waits at the horizon has waited until then.
    """
    result = findings.result
    tasks = Observation(result.log, result.horizon_ms).tasks
    tasks = tasks.where(tasks.created_ms >= result.criteria.warm_up_ms)
    if not len(tasks):
        return None
    ended = np.where(tasks.waiting, result.horizon_ms, tasks.wait_ended_ms)
    return int(tasks.task[np.argmax(ended - tasks.created_ms)])
