"""A report of a tuning: one page that can be sent, read anywhere and printed.

One HTML file without a script and without any address outside of it, in the style of the report of
a run.
"""

from __future__ import annotations

import shlex
from typing import Any, Final

from trsim.analysis.kpis import definition
from trsim.analysis.tuning import Tuning
from trsim.plots.canvas import svg_bytes
from trsim.plots.pareto import draw_pareto
from trsim.plots.tuning_curve import draw_tuning_curve
from trsim.report.figures import figure
from trsim.report.page_figures import PageFigure
from trsim.report.page_svg import inline_svg
from trsim.report.page_tables import Cell, PageTable, TableRow
from trsim.report.page_text import name_text
from trsim.report.tuning_tables import runs_text, shown_changes, verdict_text
from trsim.report.tuning_words import alike, change_text, conflict, interval_text, recommendation
from trsim.report.tuning_words import theory as theory_text
from trsim.report.wording import printable

GENERATOR: Final = "trsim tune"
"""How a page tells that it is one of ours."""
CURVE: Final = (
    "The objective at every point that was tried. Shaded: what cannot be told from the recommended "
    "value."
)
PARETO: Final = "Two figures of every point that was tried; to gain in one is to lose in the other."


def tuning_page(tuning: Tuning, command: tuple[str, ...] = ()) -> str:
    """Return the report of a tuning, an HTML document.

    Parameters
    ----------
    tuning : Tuning
    command : tuple of str
        Words of the command that made it, to be shown; left out: none is shown.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("trsim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # A drawing was parsed and written anew, so every text in it is escaped.
    environment.filters["drawing"] = lambda figure: Markup(figure.svg)
    return environment.get_template("tuning.html.j2").render(_context(tuning, command))


def _context(tuning: Tuning, command: tuple[str, ...]) -> dict[str, Any]:
    """Return everything that the template puts in its place."""
    asked = tuning.question
    varied = " and ".join(printable(parameter.label) for parameter in asked.parameters)
    return {
        "generator": GENERATOR,
        "title": name_text(asked.scenario),
        "question": f"Which {varied} is best for {printable(asked.objective)}?",
        "answer": f"{recommendation(tuning)} {alike(tuning)}".rstrip(),
        "verdict": "missed" if tuning.recommended is None else "met",
        "promise": tuning.promise,
        "conflict": conflict(tuning),
        "theory": theory_text(tuning),
        "warnings": tuple(printable(text) for text in tuning.warnings),
        "several": False,
        "figures": _figures(tuning),
        "numbers": _Numbers(),
        "points": _points(tuning),
        "picks": _picks(tuning),
        "changes": _changes(tuning),
        "facts": tuple(_facts(tuning).items()),
        "command": shlex.join(command),
    }


class _Numbers:
    """Numbers figures in the order in which they stand on the page."""

    def __init__(self) -> None:
        self._count = 0

    def next(self, figure: PageFigure) -> str:
        """Return how the next figure is called."""
        self._count += 1
        return f"Figure {self._count}"


def _figures(tuning: Tuning) -> dict[str, PageFigure]:
    drawn = {}
    if len(tuning.question.parameters) == 1:
        svg = inline_svg(svg_bytes(draw_tuning_curve(tuning)), "curve-", CURVE)
        drawn["curve"] = PageFigure("curve", CURVE, svg)
    if tuning.pareto is not None:
        svg = inline_svg(svg_bytes(draw_pareto(tuning)), "pareto-", PARETO)
        drawn["pareto"] = PageFigure("pareto", PARETO, svg)
    return drawn


def _points(tuning: Tuning) -> PageTable:
    rows = tuple(
        TableRow(
            printable(tuning.label(index)),
            (
                Cell(str(point.replications), float(point.replications)),
                Cell(interval_text(tuning, index), point.objective.estimate),
            ),
            text=verdict_text(tuning, index),
        )
        for index, point in enumerate(tuning.points)
    )
    heads = ("point", "replications", printable(tuning.question.objective), "verdict")
    return PageTable("points", "All points that were tried", heads, rows)


def _picks(tuning: Tuning) -> PageTable:
    rows = []
    for pick in tuning.picks:
        here = "-"
        if tuning.recommended is not None:
            here = figure(pick.estimates[tuning.recommended], pick.unit)
        conflicts = tuning.recommended is not None and tuning.recommended not in pick.alike
        cells = (
            Cell(printable(tuning.label(pick.best))),
            Cell(figure(pick.estimates[pick.best], pick.unit), pick.estimates[pick.best]),
            Cell(here, notes=("conflict",) if conflicts else ()),
        )
        rows.append(
            TableRow(pick.kpi, cells, text=f"as good: {printable(runs_text(tuning, pick.alike))}")
        )
    heads = ("asked for", "best", "there", "at the recommended", "what cannot be told from it")
    return PageTable("picks", "What other objectives would choose", heads, tuple(rows))


def _changes(tuning: Tuning) -> PageTable:
    rows = tuple(
        TableRow(
            printable(change.kpi),
            (
                Cell(figure(change.today, change.unit), change.today),
                Cell(figure(change.recommended, change.unit), change.recommended),
                Cell(
                    change_text(change),
                    change.difference.estimate,
                    () if change.is_told else ("not told from 0",),
                ),
            ),
            text="" if index == 0 and not change.unit else definition(change.kpi).text,
        )
        for index, change in enumerate(shown_changes(tuning))
    )
    heads = ("figure", "today", "recommended", "difference", "what it tells")
    return PageTable("changes", "What the change brings, and what it costs", heads, rows)


def _facts(tuning: Tuning) -> dict[str, str]:
    asked = tuning.question
    return {
        "Searched": "; ".join(
            f"{printable(each.label)} from {each.low:g} to {each.high:g} {each.unit}".rstrip()
            for each in asked.parameters
        ),
        "Conditions": ", ".join(asked.conditions) or "none",
        "Differences that do not matter": f"below {tuning.difference_text(asked.indifference)}",
        "Confidence": f"{100 * asked.confidence:.4g} %",
        "Replications": f"{tuning.replications_used:,} (budget: {asked.budget})",
        "Seed": str(asked.seed),
        "Digest of the scenario (SHA-256)": asked.digest or "not known",
    }
