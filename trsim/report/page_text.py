"""The sentences of a report page: what was simulated, and what came out of it."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from typing import Final

from trsim.analysis.kpis import SERVICE_LEVELS
from trsim.report.figures import figure, interval_text
from trsim.report.goals import Judgment
from trsim.report.page_findings import Findings
from trsim.report.wording import printable, shortened
from trsim.scenario.values import duration_text, seconds_text

MOST_NAME: Final = 80
"""Longest name on a page [characters]; what goes beyond is cut off."""
_ANSWERS: Final = {
    "offered": "of the offered tasks were assigned within {0}",
    "answered": "of the assigned tasks were assigned within {0}",
    "excluding_short": (
        "of the offered tasks were assigned within {0}, hang-ups within {0} left out"
    ),
    "including_short": "of the offered tasks were assigned, or hung up, within {0}",
}
assert set(_ANSWERS) == set(SERVICE_LEVELS), "every definition has its words"


def name_text(name: str) -> str:
    """Return a name of the user's for a page: printable and not too long."""
    return shortened(printable(name), MOST_NAME)


def label_of(kpi: str) -> str:
    """Return the name of a KPI for people.

    Examples
    --------
    >>> label_of("wait_p95"), label_of("asa")
    ('wait p95', 'ASA')
    """
    return "ASA" if kpi == "asa" else kpi.replace("_", " ")


def question(findings: Findings) -> str:
    """Return what the simulation was to find out."""
    names = findings.result.names
    return (
        f"What service do customers get with {_counted(len(names.workers), 'worker')} in "
        f"{_counted(len(names.queues), 'queue')} and {_counted(len(names.streams), 'stream')} of "
        "tasks?"
    )


def simulated(findings: Findings) -> str:
    """Return what was simulated, and how often."""
    result, table = findings.result, findings.table
    span = duration_text(result.horizon_ms)
    if findings.model.start is not None:
        span += f" from {dt.datetime.fromisoformat(findings.model.start):%Y-%m-%d %H:%M}"
    runs = "once," if table.replications == 1 else f"{table.replications:,} times,"
    tasks = figure(table["offered"].estimate, "tasks")
    of_them = "" if table.replications == 1 else " on average"
    text = f"{span} were simulated {runs} with {tasks} tasks{of_them}."
    if result.criteria.warm_up_ms:
        text += (
            f" Tasks of the first {duration_text(result.criteria.warm_up_ms)}, the warm-up, are "
            "not counted."
        )
    return text


def answer(findings: Findings) -> str:
    """Return the service level with its interval and its goal, as a sentence or two."""
    table = findings.table
    value = table["service_level"]
    if value.estimate is None:
        return "There is no service level, because no task was counted."
    words = _ANSWERS[table.service_level].format(seconds_text(table.threshold_s))
    spread = interval_text(value)
    within = f" ({100 * table.confidence:.3g} % interval: {spread})" if spread else ""
    text = f"{figure(value.estimate, 'share')} {words}{within}."
    return " ".join([text, *(_verdict(judgment) for judgment in service_goals(findings))])


def service_goals(findings: Findings) -> tuple[Judgment, ...]:
    """Return the goals that ask for the service level."""
    names = ("service_level", f"service_level_{findings.table.service_level}")
    return tuple(judged for judged in findings.judgments if judged.value.name in names)


def _verdict(judgment: Judgment) -> str:
    text = f"The goal, {judgment.condition.text}, is {'met' if judgment.met else 'missed'}"
    if judgment.doubtful:
        text += ", but the interval reaches to the other side: chance may have decided that"
    return f"{text}."


def goals_answer(findings: Findings) -> str:
    """Return how many of the goals are met."""
    judgments = findings.judgments
    missed = [judgment.goal for judgment in judgments if not judgment.met]
    if not judgments:
        return "The scenario sets no goals."
    if not missed:
        return "The only goal is met." if len(judgments) == 1 else "All goals are met."
    return f"{len(missed)} of {_counted(len(judgments), 'goal')} missed: {', '.join(missed)}."


def warnings(findings: Findings) -> tuple[str, ...]:
    """Return what a reader must know before believing a figure."""
    return (
        *(printable(text) for text in findings.caveats),
        *(printable(text) for text in findings.warnings),
    )


def commands(findings: Findings) -> tuple[str, ...]:
    """Return the commands that make the run and this page again."""
    result, words = findings.result, ["trsim", "run", "scenario.yaml"]
    words += ["--seed", str(result.provenance.seed)]
    words += ["--replications", str(findings.table.replications)]
    if result.horizon_ms != findings.model.horizon_ms:
        words += ["--until", duration_text(result.horizon_ms)]
    words += ["--out", "run"]
    return shlex.join(words), "trsim report run --out report.html"


def provenance(findings: Findings) -> Iterator[tuple[str, str]]:
    """Yield what proves that a repetition is one: names and values."""
    result = findings.result
    yield "Seed", str(result.provenance.seed)
    yield "Replications", f"{findings.table.replications:,}"
    yield "Simulated time", duration_text(result.horizon_ms)
    yield "Digest of the scenario (SHA-256)", result.provenance.digest or "not known"
    first = "Fingerprint of the event log (SHA-256)"
    if findings.table.replications > 1:
        first = "Fingerprint of the first event log (SHA-256)"
    yield first, findings.fingerprints[0]
    for name, version in findings.versions.items():
        yield f"Version of {printable(name)}", printable(version)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
