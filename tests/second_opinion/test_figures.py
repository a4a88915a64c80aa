"""Every figure of every scenario, as SQL works it out from the event log alone."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from tests.second_opinion.folders import Folder
from tests.second_opinion.opinion import Opinion
from trsim.analysis.attribution import attribute_waits
from trsim.analysis.growth import GROWING_KPIS
from trsim.analysis.kpi import Fraction, Measures

CHOSEN = "service_level"
"""Stands for whichever of the four definitions the scenario names."""
PENDING = ("wait_for_deadline", "wait_nobody_free", "wait_held_back")
"""Parts of the pending time, which depend on who was free: SQL knows their sum only."""


def first_opinion(measures: Measures) -> dict[str, tuple[int, int] | None]:
    """Return fractions in lowest terms, the parts of the pending time as one figure."""
    told = {name: measures[name] for name in measures if not name.startswith(PENDING)}
    for end in ("", "_share"):
        parts = [measures[f"{part}{end}"] for part in PENDING]
        assert len({whole for _, whole in parts}) == 1
        told[f"wait_pending{end}"] = (sum(part for part, _ in parts), parts[0][1])
    return {name: lowest(*fraction) for name, fraction in told.items()}


def second_opinion(
    fractions: Mapping[str, Fraction], definition: str
) -> dict[str, tuple[int, int] | None]:
    """Return fractions in lowest terms, with the service level that the scenario names."""
    chosen = fractions[f"{CHOSEN}_{definition}"]
    return {name: lowest(*fraction) for name, fraction in {**fractions, CHOSEN: chosen}.items()}


def lowest(part: int, whole: int) -> tuple[int, int] | None:
    """Return a fraction in lowest terms, None where there is no such figure."""
    if not whole:
        return None
    shared = math.gcd(part, whole)
    return part // shared, whole // shared


def test_the_whole_run(folder: Folder, opinion: Opinion) -> None:
    definition = folder.result.criteria.service_level
    second = second_opinion(opinion.figures() | opinion.worker_time(), definition)
    assert first_opinion(folder.result.measures) == second


@pytest.mark.parametrize("kind", ["queue", "stream"])
def test_each_part(folder: Folder, opinion: Opinion, kind: str) -> None:
    definition = folder.result.criteria.service_level
    groups = {key: said for key, said in folder.result.group_measures.items() if key[0] == kind}
    assert groups
    for (_, name), measures in groups.items():
        second = second_opinion(opinion.figures(**{kind: name}), definition)
        assert first_opinion(measures) == second, name


def test_what_the_run_folder_says(folder: Folder, opinion: Opinion) -> None:
    figures = opinion.figures() | opinion.worker_time()
    second = second_opinion(figures, folder.kpis["service_level"])
    exact = {name: said[0] / said[1] for name, said in second.items() if said}
    printed = {kpi["name"]: kpi["estimate"] for kpi in folder.kpis["kpis"]}
    both = [name for name in printed if name in second]
    assert len(both) == len(printed) - 2 * len(PENDING)
    # Where queues grow the folder withholds figures that exist; what it tells has to be right.
    withheld = {kpi["name"] for kpi in folder.kpis["kpis"] if kpi["missing"] is not None}
    assert withheld <= GROWING_KPIS
    assert [name for name in both if printed[name] is None and name not in withheld] == [
        name for name in both if name not in exact
    ]
    told = {name: printed[name] for name in both if name in exact and name not in withheld}
    assert told == pytest.approx({name: exact[name] for name in told}, rel=1e-9, abs=0)


def test_the_parts_of_each_wait(folder: Folder, opinion: Opinion) -> None:
    result = folder.result
    shares = attribute_waits(result.log, folder.model, result.criteria.horizon_ms)
    pending_ms = shares.for_deadline_ms + shares.nobody_free_ms + shares.held_back_ms
    columns = (
        shares.task, shares.wait_ms, shares.ringing_ms, shares.setup_ms, shares.lost_offers_ms,
        pending_ms,
    )  # fmt: skip
    first = list(zip(*(column.tolist() for column in columns), strict=True))
    assert first == opinion.rows("waits")
    for _, wait_ms, *parts in first:
        assert wait_ms == sum(parts)
