"""Sweeps put together by hand: two parameters x and y, and abandonment as it is given."""

from __future__ import annotations

from collections.abc import Sequence

from trsim.analysis.kpi import Fraction
from trsim.analysis.results import Provenance
from trsim.analysis.sample import Criteria
from trsim.analysis.study import Study
from trsim.analysis.swept import Axis, Sweep, SweepPoint


def swept_desk(
    design: str,
    points: Sequence[tuple[int | None, ...]],
    runs: Sequence[Sequence[Fraction]],
    rows: tuple[int, ...] | None = None,
) -> Sweep:
    """Return a sweep; ``runs`` has the abandonment of each replication of each point."""
    width = len(points[0])
    return Sweep(
        name="Desk",
        design=design,
        seed=1,
        axes=tuple(Axis(label, "", True, 3, 3.0) for label in "xyz"[:width]),
        points=tuple(
            SweepPoint(
                number=number,
                values=values,
                numbers=tuple(None if v is None else float(v) for v in values),
                study=_study(fractions),
                replications=tuple(range(len(fractions))),
            )
            for number, (values, fractions) in enumerate(zip(points, runs, strict=True))
        ),
        rows=tuple(range(len(points))) if rows is None else rows,
    )


def _study(fractions: Sequence[Fraction]) -> Study | None:
    if not fractions:
        return None
    return Study(
        provenance=Provenance("Desk", "0" * 64, 1),
        criteria=Criteria(0, 1000, 20_000, "all"),
        fingerprints=("",) * len(fractions),
        measures=tuple({"abandonment": each} for each in fractions),
        group_measures=({},) * len(fractions),
        run_caveats=((),) * len(fractions),
    )
