"""What a sweep leaves behind: a study for each point, and the tables made of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trsim.analysis.directions import Direction, direction_of
from trsim.analysis.kpi import Measures
from trsim.analysis.kpi_table import KpiValue
from trsim.analysis.kpis import KPIS, definition
from trsim.analysis.page import aside_html, table_html
from trsim.analysis.study import Study
from trsim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

MAIN_KPIS: Final = ("service_level", "abandonment", "mean_wait", "timeout_share", "occupancy")
"""Figures that are shown where nobody says which."""
_MOST_ROWS: Final = 50
"""Points shown in a notebook."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter of a sweep.

    Attributes
    ----------
    label : str
        Dotted path in the scenario.
    unit : str
        Of its numbers: ``"s"``, ``"per hour"`` or nothing.
    is_numeric : bool
        Whether its values are numbers; else they are choices, numbered from 0.
    today : object
        The value in the scenario, as it is written there; None: unknown.
    today_number : float, optional
        The same as a number.
    choices : tuple of str
        What a choice can be, in the order of the numbers.
    """

    label: str
    unit: str
    is_numeric: bool
    today: object
    today_number: float | None
    choices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Label and unit."""
        return f"{self.label} [{self.unit}]" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One setting of all parameters.

    Attributes
    ----------
    number : int
        From 0, in the order of the design.
    values : tuple of object
        One for each parameter, as a scenario file has it; None: as the scenario is.
    numbers : tuple of (float or None)
        The same as numbers in the units of the parameters.
    study : Study, optional
        Of the replications that there are; None: there are none.
    replications : tuple of int
        Their numbers.
    lost : tuple of (int, str)
        Replications that could not be done, and why.
    """

    number: int
    values: tuple[object, ...]
    numbers: tuple[float | None, ...]
    study: Study | None
    replications: tuple[int, ...]
    lost: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Sweep:
    """The points of a sweep, each with its study.

    Attributes
    ----------
    name : str
        Of the scenario.
    design : str
        How the points were chosen, such as ``"grid"``.
    seed : int
        Root seed of all replications.
    axes : tuple of Axis
        What was varied.
    points : tuple of SweepPoint
    rows : tuple of int
        Rows of the design as numbers of points; a design may come to a point several times.
    """

    name: str
    design: str
    seed: int
    axes: tuple[Axis, ...]
    points: tuple[SweepPoint, ...]
    rows: tuple[int, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Replications that could not be done, each with its point and why."""
        return tuple(
            f"point {point.number} ({self.setting(point)}), replication {number}: {why}"
            for point in self.points
            for number, why in point.lost
        )

    def setting(self, point: SweepPoint) -> str:
        """Return the values of a point in words."""
        return ", ".join(
            f"{axis.label}={text_of(value)}"
            for axis, value in zip(self.axes, point.values, strict=True)
        )

    def figure(self, point: SweepPoint, kpi: str, *, confidence: float = 0.95) -> KpiValue | None:
        """Return a figure of a point with its interval, None where the point has none.

        Raises
        ------
        UsageError
            There is no such KPI, or ``confidence`` is out of bounds.
        """
        definition(kpi)
        if point.study is None or kpi not in _measures(point.study, 0):
            return None
        return point.study.kpi(kpi, confidence=confidence)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each replication of each point.

        Returns
        -------
        DataFrame
            Columns ``point``, one for each parameter (its path; numbers in seconds, per hour or
            plain, choices as texts), ``replication``, ``seed``, and one for each KPI (NaN where
            there is no such figure).
        """
        import pandas as pd

        rows = [
            (point, place, number)
            for point in self.points
            for place, number in enumerate(point.replications)
        ]
        runs = [_measures(point.study, place) for point, place, _ in rows if point.study]
        found: dict[str, None] = {}
        for run in runs:
            found.update(dict.fromkeys(run))
        known = [kpi.name for kpi in KPIS if kpi.name in found]
        columns: dict[str, object] = {"point": pd.Series([p.number for p, _, _ in rows], dtype=int)}
        for index, axis in enumerate(self.axes):
            columns[axis.label] = _column(axis, [(p.values, p.numbers) for p, _, _ in rows], index)
        columns["replication"] = pd.Series([number for _, _, number in rows], dtype=int)
        columns["seed"] = pd.Series([self.seed] * len(rows), dtype=int)
        for name in [*known, *(name for name in found if "@" in name)]:
            columns[name] = pd.Series([_quotient(run, name) for run in runs], dtype=float)
        return pd.DataFrame(columns)

    def table(self, kpis: Sequence[str] | None = None, *, confidence: float = 0.95) -> pd.DataFrame:
        """Return one row for each point and KPI.

        Parameters
        ----------
        kpis : sequence of str, optional
            Left out: :data:`MAIN_KPIS`.
        confidence : float
            Of the intervals, 0 < confidence < 1.

        Returns
        -------
        DataFrame
            Columns ``point``, one for each parameter, ``kpi``, ``unit``, ``estimate``, ``low``,
            ``high``, ``half_width`` (NaN where not known) and ``n``.

        Raises
        ------
        UsageError
            There is no such KPI, or ``confidence`` is out of bounds.
        """
        import pandas as pd

        names = MAIN_KPIS if kpis is None else tuple(kpis)
        rows = [
            (point, name, self.figure(point, name, confidence=confidence))
            for point in self.points
            for name in names
        ]
        columns: dict[str, object] = {"point": pd.Series([p.number for p, _, _ in rows], dtype=int)}
        for index, axis in enumerate(self.axes):
            columns[axis.label] = _column(axis, [(p.values, p.numbers) for p, _, _ in rows], index)
        columns["kpi"] = [name for _, name, _ in rows]
        columns["unit"] = [definition(name).unit for _, name, _ in rows]
        for part in ("estimate", "low", "high", "half_width"):
            columns[part] = pd.Series([getattr(f, part, None) for _, _, f in rows], dtype=float)
        columns["n"] = pd.Series([0 if f is None else f.n for _, _, f in rows], dtype=int)
        return pd.DataFrame(columns)

    def best(self, kpi: str) -> SweepPoint:
        """Return the point with the best estimate of a KPI, the first of several.

        The winner of many points owes something to luck; its interval does not account for that.

        Raises
        ------
        UsageError
            There is no such KPI, neither more nor less of it is better, or no point has it.
        """
        better = direction_of(kpi)
        if better is Direction.NEITHER:
            raise UsageError(f"neither more nor less of {kpi} is better in itself")
        sign = 1 if better is Direction.LOWER else -1
        ranked = []
        for point in self.points:
            found = self.figure(point, kpi)
            if found is not None and found.estimate is not None:
                ranked.append((sign * found.estimate, point.number, point))
        if not ranked:
            raise UsageError(f"no point of {self.name!r} has a figure {kpi}")
        return min(ranked, key=lambda each: each[:2])[2]

    def __repr__(self) -> str:
        return f"<Sweep of {self.name!r}, {len(self.points)} points, seed {self.seed}>"

    def _repr_html_(self) -> str:
        heads = [axis.title for axis in self.axes]
        names = [name for name in MAIN_KPIS if any(self.figure(p, name) for p in self.points)]
        for name in names:
            heads += [f"{name} [{definition(name).unit}]", "±"]
        rows = [list(self._cells(point, names)) for point in self.points[:_MOST_ROWS]]
        replications = sorted({len(point.replications) for point in self.points})
        counts = " to ".join(map(str, dict.fromkeys((replications[0], replications[-1]))))
        note = f"{len(self.points)} points, {counts} replications each, 95 % confidence intervals"
        if len(self.points) > _MOST_ROWS:
            note += f"; the first {_MOST_ROWS} are shown"
        if self.failed:
            note += f"; {len(self.failed)} replications failed"
        return f"<div>{table_html(heads, rows)}{aside_html(note)}</div>"

    def _cells(self, point: SweepPoint, names: Sequence[str]) -> Iterator[str | float | None]:
        yield from (text_of(value) for value in point.values)
        for name in names:
            found = self.figure(point, name)
            yield None if found is None else found.estimate
            yield None if found is None else found.half_width


def text_of(value: object) -> str:
    """Return a value as a scenario file has it; ``as is`` where it is left as it is."""
    if value is None:
        return "as is"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _measures(study: Study, place: int) -> Measures:
    """Return all figures of a replication, other thresholds of the service level included."""
    thresholds = study.thresholds[place] if study.thresholds else {}
    return {**study.measures[place], **thresholds}


def _quotient(run: Measures, name: str) -> float:
    part, whole = run.get(name, (0, 0))
    return part / whole if whole else math.nan


def _column(
    axis: Axis, points: Sequence[tuple[tuple[object, ...], tuple[float | None, ...]]], index: int
) -> pd.Series:
    """Return the values of a parameter: whole numbers where all are, numbers, or texts."""
    import pandas as pd

    values = [values[index] for values, _ in points]
    if not axis.is_numeric:
        return pd.Series([None if v is None else text_of(v) for v in values], dtype=object)
    if values and all(isinstance(value, int) for value in values):
        return pd.Series(values, dtype=int)
    # What is left as it is in the scenario is the scenario's value.
    numbers = [axis.today_number if numbers[index] is None else numbers[index]
               for _, numbers in points]  # fmt: skip
    return pd.Series(numbers, dtype=float)
