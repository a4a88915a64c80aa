"""How long each reference case is run, which errors it must see, and running it.

Lengths were chosen from the spread between replications.  The fast version runs by default and
compares what it can tell within some seconds; the long one runs with ``--deep``.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.analytic import figures
from tests.analytic.comparison import Verdict, compare
from tests.analytic.figures import Figure
from tests.analytic.scenarios import BUILDERS
from trsim.experiments.run import plan
from trsim.scenario.load import Scenario

FIRST_SEED = 20_020_917

Runs = Mapping[str, list[Figure]]
"""The figures of a case, each with one ratio for every replication."""


@dataclass(frozen=True, slots=True)
class Case:
    """A published or exact result, with what is needed to build it."""

    id: str
    model: str
    source: str
    params: Mapping[str, Any]
    expect: Mapping[str, Any]
    """Exact values, or ``mean``, ``half_width`` and ``confidence``."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Length:
    """How much is simulated."""

    replications: int
    seconds: float
    """Simulated time of a replication after its warm-up [s]."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in the scenario of a case, which its comparison must not let pass."""

    params: Mapping[str, Any] = field(default_factory=dict)
    """Other values of the case's parameters."""
    places: Mapping[str, Any] = field(default_factory=dict)
    """Other values at places of the scenario."""


def _read() -> Mapping[str, Case]:
    text = (Path(__file__).parent / "reference_cases.json").read_text(encoding="utf-8")
    return {entry["id"]: Case(**entry) for entry in json.loads(text)}


CASES = _read()


def seed_of(case: Case) -> int:
    """Return the case's own fixed seed.

    Draws belong to what they decide, so cases with the same seed would have the same customers:
    one unlucky sample would be seen many times.
    """
    return FIRST_SEED + zlib.crc32(case.id.encode())


def simulate(case: Case, warm_up: float, length: Length, fault: Fault | None = None) -> Runs:
    """Return the figures of all replications, after checking that each run adds up.

    Parameters
    ----------
    case : Case
    warm_up : float
        Left out of the figures [s].
    length : Length
    fault : Fault, optional
        A mistake to plant.
    """
    fault = fault or Fault()
    params = {**case.params, **fault.params}
    content = BUILDERS[case.model](params, (warm_up, length.seconds))
    scenario = Scenario.from_dict(content)
    if fault.places:
        scenario = scenario.replace(fault.places)
    planned = plan(scenario.compile(), seed_of(case), None)
    runs: dict[str, list[Figure]] = {}
    for replication in range(length.replications):
        result = planned.simulate(replication, None)
        seen = figures.observed(result)
        figures.assert_conserved(seen, result)
        for name, value in _figures(case, seen, result).items():
            runs.setdefault(name, []).append(value)
    return runs


def _figures(case: Case, seen: Any, result: Any) -> Mapping[str, Figure]:
    match case.model:
        case "two_classes":
            return {**figures.whole(seen, result), **figures.by_stream(seen, result)}
        case "n_model":
            # The first second is spent on the preference for specialists.
            classes = figures.by_stream(seen, result, delay_ms=1000)
            slowed = case.params["slowed"]
            waits = {
                name: (part, whole * slowed)
                for name, (part, whole) in classes.items()
                if name.startswith("mean_wait")
            }
            return {**classes, **waits, **figures.by_group(seen, result)}
        case "day":
            measured = figures.whole(seen, result)
            in_time = (measured["service_level_offered"][0], 1)
            return {**measured, "in_time": in_time}
        case "bank":
            return figures.of_bank(seen, result, case.params["expected_arrivals"])
        case "bank_hours":
            return figures.by_hour(seen, result)
        case "growing_staff":
            hours = sorted({float(name.partition(".")[2]) for name in case.expect})
            return figures.by_instant(seen, result, case.params["staff"], hours)
        case _:
            return figures.whole(seen, result)


def verdicts(case: Case, runs: Runs, required: Mapping[str, float]) -> list[Verdict]:
    """Return the comparisons of some figures of a case.

    Parameters
    ----------
    case : Case
    runs : mapping
        As simulated.
    required : mapping of str to float
        Relative error that must be seen, by the figure's name in the case.
    """
    return [
        compare(name, runs[name.removesuffix(".checked")], case.expect[name], size)
        for name, size in required.items()
    ]
