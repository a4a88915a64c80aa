"""What a report page is about: a run that was kept, or a study that is still in memory.

Both are read through what a run folder holds, so a page is the same whichever way it was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from trsim.analysis.kpi_table import KpiTable, KpiValue, Missing
from trsim.analysis.kpis import KPIS
from trsim.analysis.results import Result
from trsim.analysis.study import Study
from trsim.errors import UsageError
from trsim.experiments.openrun import OpenRun
from trsim.experiments.runfolder import kpis_of, manifest_of
from trsim.model import Model
from trsim.report.goals import Judgment, judge
from trsim.scenario.lint import findings_of
from trsim.scenario.load import Scenario

_PLACES = {kpi.name: place for place, kpi in enumerate(KPIS)}


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a page says, before it is put into words.

    Attributes
    ----------
    model : Model
        What was run.
    scenario_text : str
        The scenario as used, YAML.
    result : Result
        The first replication, which figures over time and lives of tasks are drawn from.
    table : KpiTable
        Key figures over all replications.
    queues, streams : mapping of str to KpiTable
        The same for each queue and each arrival stream, by name.
    warnings : tuple of str
        What is suspicious about the scenario, each with its key path but without its file: where
        that lies differs from machine to machine.
    caveats : tuple of str
        Reasons to doubt the figures.
    fingerprints : tuple of str
        SHA-256 of each replication's log.
    versions : mapping of str to str
        Of the programs that simulated, by name.
    """

    model: Model
    scenario_text: str
    result: Result
    table: KpiTable
    queues: Mapping[str, KpiTable]
    streams: Mapping[str, KpiTable]
    warnings: tuple[str, ...]
    caveats: tuple[str, ...]
    fingerprints: tuple[str, ...]
    versions: Mapping[str, str]

    @property
    def judgments(self) -> tuple[Judgment, ...]:
        """The scenario's goals, judged on the figures over all replications."""
        return judge(self.model.goals, self.table)


def findings_of_run(kept: OpenRun) -> Findings:
    """Return what a page says of a run that was kept.

    Parameters
    ----------
    kept : OpenRun
        As :func:`trsim.experiments.openrun.open_run` returns it.

    Raises
    ------
    UsageError
        The key figures of the folder are missing or damaged.
    """
    path = kept.folder / "kpis.json"
    try:
        kpis = json.loads(path.read_bytes())
        return _findings(kept.scenario, kept.model, kept.result, kpis, kept.manifest)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise UsageError(f"{path} is missing, or is not as trsim writes it") from problem


def findings_of_study(study: Study, scenario: Scenario, model: Model) -> Findings:
    """Return what a page says of a study.

    Parameters
    ----------
    study : Study
        With its first replication kept.
    scenario : Scenario
        As used.
    model : Model
        Compiled from the scenario: what was run.

    Raises
    ------
    UsageError
        The study kept no replication.
    """
    if not study.results:
        raise UsageError("a report needs the first replication, but the study kept none")
    return _findings(scenario, model, study.results[0], kpis_of(study), manifest_of(study))


def _findings(
    scenario: Scenario,
    model: Model,
    result: Result,
    kpis: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> Findings:
    if kpis["replications"] != len(manifest["fingerprints"]):
        raise ValueError("the key figures are those of another run")
    return Findings(
        model=model,
        scenario_text=scenario.to_yaml(),
        result=result,
        table=_table(kpis, kpis["kpis"]),
        queues=_tables(kpis, "queue"),
        streams=_tables(kpis, "stream"),
        warnings=_warnings(scenario, model),
        caveats=tuple(map(str, manifest["caveats"])),
        fingerprints=tuple(map(str, manifest["fingerprints"])),
        versions={str(name): str(value) for name, value in manifest["versions"].items()},
    )


def _warnings(scenario: Scenario, model: Model) -> tuple[str, ...]:
    found = findings_of(scenario.content, scenario.source, model.routing, model.world)
    problems = (finding.problem for finding in found if finding.level == "warning")
    return tuple(sorted(f"{p.path}: {' '.join(p.reason.split())}" for p in problems))


def _tables(kpis: Mapping[str, Any], kind: str) -> dict[str, KpiTable]:
    """Return the table of each queue or stream."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in kpis[f"by_{kind}"]:
        rows.setdefault(row[kind], []).append(row)
    return {name: _table(kpis, own) for name, own in rows.items()}


def _table(kpis: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> KpiTable:
    values = tuple(_value(row) for row in rows)
    places = [_PLACES[value.name] for value in values]
    if not values or any(later <= earlier for earlier, later in pairwise(places)):
        raise ValueError("key figures are missing, or told twice")
    return KpiTable(
        values=values,
        replications=int(kpis["replications"]),
        confidence=float(kpis["confidence"]),
        service_level=str(kpis["service_level"]),
        threshold_s=float(kpis["threshold_s"]),
        warm_up_s=float(kpis["warm_up_s"]),
        # Folders of earlier versions know of no batches and withhold nothing.
        batches=int(kpis.get("batches") or 0),
        batch_s=float(kpis.get("batch_s") or 0.0),
    )


def _value(row: Mapping[str, Any]) -> KpiValue:
    name = row["name"] if "name" in row else row["kpi"]
    return KpiValue(
        name=name,
        unit=KPIS[_PLACES[name]].unit,
        estimate=_number(row["estimate"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        half_width=_number(row["half_width"]),
        n=int(row["n"]),
        missing=None if row.get("missing") is None else Missing(row["missing"]),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
