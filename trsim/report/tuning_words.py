"""The sentences of a tuning: what to set, what it is worth, what is promised, what conflicts."""

from __future__ import annotations

import math

from trsim.analysis.tuning import Change, Pick, Tuning, Verdict, difference_text
from trsim.report.figures import figure
from trsim.report.wording import printable
from trsim.scenario.values import seconds_text

_LATER = "workflows.*.task_reservation_timeout"


def recommendation(tuning: Tuning) -> str:
    """Return what to do and what it is worth, in a sentence or two."""
    asked = tuning.question
    if tuning.recommended is None:
        return _no_recommendation(tuning)
    settings = " and ".join(
        f"{parameter.label} to {value}"
        for parameter, value in zip(
            asked.parameters, tuning.points[tuning.recommended].values, strict=True
        )
    )
    if not tuning.changed:
        estimate = tuning.points[tuning.recommended].objective.estimate
        return printable(
            f"Leave {settings.replace(' to ', ' at ')}: {asked.objective} is "
            f"{_value(estimate, asked.unit)}, and nothing tried is told to be better."
        )
    change = tuning.confirmation[0]
    if not change.is_told and tuning.today in tuning.alike:
        return printable(
            f"Nothing speaks against today's {tuning.label(tuning.today)}: the best point found, "
            f"{tuning.label(tuning.recommended)}, has {asked.objective} "
            f"{_value(change.recommended, asked.unit)} instead of "
            f"{_value(change.today, asked.unit)}, which cannot be told apart on "
            f"{tuning.confirmed_on} fresh replications."
        )
    return printable(
        f"Set {settings}: {asked.objective} {_value(change.recommended, asked.unit)} instead of "
        f"{_value(change.today, asked.unit)} today ({tuning.label(tuning.today)}), "
        f"{_difference(change)}."
    )


def _no_recommendation(tuning: Tuning) -> str:
    asked = tuning.question
    conditions = " and ".join(asked.conditions)
    text = (
        f"No point that was tried keeps {conditions}."
        if all(point.verdict is Verdict.INFEASIBLE for point in tuning.points)
        else f"No point is known to keep {conditions}."
    )
    if tuning.least_violating is not None:
        point = tuning.points[tuning.least_violating]
        text += (
            f" The one that comes nearest is {tuning.label(tuning.least_violating)}, with "
            f"{asked.objective} {_value(point.objective.estimate, asked.unit)}."
        )
    return printable(text)


def alike(tuning: Tuning) -> str:
    """Return which points are as good, as far as can be told; nothing if there is none."""
    if tuning.recommended is None or len(tuning.alike) < 2:
        return ""
    ends = tuning.alike_range
    if ends is not None:
        low, high = (str(point.values[0]) for point in ends)
        if low != high:
            return printable(f"Anything from {low} to {high} cannot be told from it.")
        return ""
    names = [tuning.label(index) for index in tuning.alike if index != tuning.recommended]
    shown = "; ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return printable(f"These cannot be told from it: {shown}.")


def conflict(tuning: Tuning) -> str:
    """Return where other KPIs would choose otherwise; nothing where none would."""
    against = conflicting(tuning)
    if not against:
        return ""
    parts = [
        f"{pick.kpi} is best at {tuning.label(pick.best)} "
        f"({_value(pick.estimates[pick.best], pick.unit)} instead of "
        f"{_value(pick.estimates[tuning.recommended or 0], pick.unit)})"
        for pick in against
    ]
    return printable(f"Other figures would choose otherwise: {'; '.join(parts)}.")


def conflicting(tuning: Tuning) -> tuple[Pick, ...]:
    """Return the picks from whose best the recommended point can be told."""
    if tuning.recommended is None:
        return ()
    return tuple(pick for pick in tuning.picks if tuning.recommended not in pick.alike)


def theory(tuning: Tuning) -> str:
    """Return what the formula for capacity says beside it; nothing where it is not about this."""
    known = tuning.theory
    if known.optimum is None:
        about_timeout = any(
            parameter.label.endswith(_LATER.rpartition(".")[2])
            for parameter in tuning.question.parameters
        )
        return printable(f"No formula beside it: {known.reason}.") if about_timeout else ""
    if math.isinf(known.optimum):
        return f"Capacity alone would never time out, because {known.reason}."
    if not known.optimum:
        return (
            f"Capacity alone would ask for as short a timeout as possible, because {known.reason}."
        )
    work = "" if known.worker_time is None else f" ({known.worker_time:.1f} s of work per task)"
    return f"Capacity alone would ask for {known.optimum:.1f} s{work}, because {known.reason}."


def sentences(tuning: Tuning) -> tuple[str, ...]:
    """Return all of them in the order in which they are read."""
    told = (
        f"{recommendation(tuning)} {alike(tuning)}".rstrip(),
        tuning.promise if tuning.recommended is not None else "",
        conflict(tuning),
        theory(tuning),
    )
    return tuple(text for text in told if text)


def change_text(change: Change) -> str:
    """Return a difference with its sign and interval, for a table."""
    difference = change.difference
    if difference.estimate is None:
        return "-"
    scale, unit = (100, " points") if change.unit == "share" else (1, _unit(change.unit))
    shown = f"{scale * difference.estimate:+,.{_digits(scale * difference.estimate)}f}{unit}"
    if difference.half_width is None:
        return shown
    width = scale * difference.half_width
    return f"{shown} ± {width:,.{_digits(width)}f}"


def interval_text(tuning: Tuning, index: int) -> str:
    """Return the objective at a point with its half-width."""
    unit = tuning.question.unit
    point = tuning.points[index]
    if point.objective.estimate is None or point.objective.half_width is None:
        return "-"
    width = point.objective.half_width
    if unit == "share":
        return f"{100 * point.objective.estimate:.2f} ± {100 * width:.2f} %"
    digits = _digits(width)
    return f"{point.objective.estimate:,.{digits}f} ± {width:,.{digits}f}{_unit(unit)}"


def value_text(seconds: float) -> str:
    """Return a number of seconds as scenario files spell it."""
    return seconds_text(seconds)


def _difference(change: Change) -> str:
    estimate, half = change.difference.estimate, change.difference.half_width
    if estimate is None or half is None:
        return "by how much cannot be said"
    word = "less" if estimate < 0 else "more"
    low, high = sorted((abs(estimate) - half, abs(estimate) + half))
    size = difference_text(abs(estimate), change.unit)
    if change.unit == "share":
        return f"{size} {word} ({100 * low:.2g} to {100 * high:.2g})"
    return f"{size} {word} ({low:.3g} to {high:.3g})"


def _value(value: float | None, unit: str) -> str:
    return f"{value:.4g}" if value is not None and not unit else figure(value, unit)


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _digits(value: float) -> int:
    """Return decimals that show two figures of a number, none of a great one."""
    size = abs(value)
    if not size or size >= 100:
        return 0
    return max(0, 1 - math.floor(math.log10(size)))
