"""A report of a run: one page that can be sent, read anywhere and printed.

The page is one HTML file without a script and without any address outside of it.  It shows the
figures that the tables show, and the plots; here they are only put in order.  Equal runs give
equal bytes, as long as the versions of trsim and matplotlib are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from trsim.analysis.attribution import WAIT_PARTS
from trsim.analysis.frames import STEP_COLUMNS
from trsim.analysis.kpi import Kind
from trsim.analysis.kpi_table import KpiTable
from trsim.plots.service import service_level_numbers
from trsim.report import page_tables as tables
from trsim.report import page_text as text
from trsim.report.explain import explain
from trsim.report.page_figures import PageFigure, longest_waiting, page_figures, view_of
from trsim.report.page_findings import Findings
from trsim.report.page_text import label_of, name_text
from trsim.report.wording import Clock, printable
from trsim.scenario.values import duration_text

GENERATOR: Final = "trsim report"
"""How a page tells that it is one of ours."""
MOST_BYTES: Final = 2_000_000
"""No page is larger: drawings, tables and texts have their own limits."""
MOST_SCENARIO: Final = 60_000
"""A longer scenario is not repeated on the page [characters]."""
MOST_ENTRIES: Final = 60
"""Of the life of a task so many lines are told."""
_MOST_LINE: Final = 300
_COMBINED: Final = {
    Kind.POOLED: "all replications together; interval by the jackknife",
    Kind.AVERAGED: "mean of the replications; interval by Student's t",
}


class Line(NamedTuple):
    """A line of a task's life."""

    when: str
    age: str
    kind: str
    text: str


class Meaning(NamedTuple):
    """What a figure on the page means."""

    key: str
    name: str
    unit: str
    text: str
    formula: str = ""
    combined: str = ""


def page(findings: Findings) -> str:
    """Return the report of a run, an HTML document.

    Parameters
    ----------
    findings : Findings
        As :func:`trsim.report.page_findings.findings_of_run` or ``findings_of_study`` returns
        them.

    Returns
    -------
    str
        The whole page, less than :data:`MOST_BYTES` long in UTF-8.
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
    return environment.get_template("page.html.j2").render(_context(findings))


def _context(findings: Findings) -> dict[str, Any]:
    """Return everything that the templates put in its place."""
    result = findings.result
    return {
        "generator": GENERATOR,
        "title": name_text(result.provenance.name),
        "question": text.question(findings),
        "simulated": text.simulated(findings),
        "answer": text.answer(findings),
        "goals_answer": text.goals_answer(findings),
        "verdict": _verdict(findings),
        "warnings": text.warnings(findings),
        "headlines": tables.headline_cells(findings.table),
        "several": findings.table.replications > 1,
        "note": findings.table.note,
        "goals": tables.goal_table(findings.judgments),
        "kpi_tables": tuple(tables.kpi_tables(findings.table)),
        "queues": tables.group_table("queue", findings.queues),
        "streams": tables.group_table("stream", findings.streams),
        "steps": tables.step_table(result),
        "attribution": tables.attribution_table(findings.table, findings.queues, findings.streams),
        "intervals": _interval_table(findings),
        "workers": tables.worker_table(result),
        "figures": page_figures(findings),
        "numbers": _Numbers(),
        "life": tuple(_life(findings)),
        "most_entries": MOST_ENTRIES,
        "meanings": tuple(_meanings(findings.table)),
        "parts": tuple(Meaning(key, p.label, "s", p.text) for key, p in WAIT_PARTS.items()),
        "step_meanings": tuple(_step_meanings()),
        "commands": text.commands(findings),
        "provenance": tuple(text.provenance(findings)),
        "fingerprints": findings.fingerprints[1:],
        "scenario": _scenario(findings),
    }


class _Numbers:
    """Numbers figures in the order in which they stand on the page."""

    def __init__(self) -> None:
        self._count = 0

    def next(self, figure: PageFigure) -> str:
        """Return how the next figure is called."""
        self._count += 1
        return f"Figure {self._count}"


def _verdict(findings: Findings) -> str:
    """Return what the color of the answer says: ``met``, ``missed`` or nothing."""
    judgments = findings.judgments
    if not judgments:
        return ""
    return "met" if all(judgment.met for judgment in judgments) else "missed"


def _interval_table(findings: Findings) -> tables.PageTable:
    numbers = service_level_numbers(findings.result, view_of(findings))
    instants = numbers.edges_ms.tolist()
    clock = Clock.for_instants(findings.model.start, instants)
    edges = [clock.label(at_ms) for at_ms in instants]
    return tables.interval_table(edges, numbers.in_time.tolist(), numbers.counted.tolist())


def _life(findings: Findings) -> Iterator[Line]:
    """Yield what befell the task that waited longest, from its creation on."""
    task = longest_waiting(findings)
    if task is None:
        return
    model, rows = findings.model, findings.result.log.rows()
    clock = Clock.for_instants(model.start, [1, model.horizon_ms - 1])
    for entry in explain(model, rows, task, clock=clock)[:MOST_ENTRIES]:
        told = printable(entry.text)
        shown = told if len(told) <= _MOST_LINE else f"{told[: _MOST_LINE - 1]}…"
        age = duration_text(entry.age_ms)
        yield Line(clock.label(entry.at_ms), age, entry.kind.value, shown)


def _meanings(table: KpiTable) -> Iterator[Meaning]:
    """Yield what each figure of a table means."""
    for value in table:
        kpi = value.definition
        combined = _COMBINED[kpi.kind] if table.replications > 1 else ""
        yield Meaning(kpi.name, label_of(kpi.name), kpi.unit, kpi.text, kpi.formula, combined)


def _step_meanings() -> Iterator[Meaning]:
    for name, meaning in STEP_COLUMNS.items():
        yield Meaning(name, label_of(name), "", meaning)


def _scenario(findings: Findings) -> str:
    """Return the scenario with every character visible; nothing of one that is too long."""
    if len(findings.scenario_text) > MOST_SCENARIO:
        return ""
    return "\n".join(printable(line) for line in findings.scenario_text.splitlines())
