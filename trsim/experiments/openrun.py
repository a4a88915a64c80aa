"""A finished run, opened again from its folder.

:func:`open_run` brings the event log into memory, for figures, which look at its columns again and
again.  :func:`open_stored_run` leaves it in its file, for whatever goes through the rows once:
its memory does not grow with the length of the run.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Final

from trsim.analysis.results import Result
from trsim.errors import UsageError
from trsim.eventlog import EventLog, StoredLog
from trsim.experiments.run import names_of, plan
from trsim.experiments.runfolder import FORMAT, FORMAT_VERSION, MANIFEST
from trsim.model import Model
from trsim.scenario.load import Scenario, load_scenario

_TYPES: Final[Mapping[str, type]] = {
    "scenario_digest": str,
    "seed": int,
    "horizon_ms": int,
    "fingerprints": list,
}
"""What of a manifest is needed, and what it must be."""


@dataclass(frozen=True, slots=True)
class OpenRun:
    """What a folder keeps of a run, checked to belong together.

    Attributes
    ----------
    folder : Path
    manifest : mapping
        As :func:`trsim.experiments.runfolder.manifest_of` wrote it.
    scenario : Scenario
        As it was run.
    model : Model
        Compiled from the scenario.
    result : Result
        The first replication, as :func:`trsim.experiments.run.run` returned it; its log is in
        memory, or a :class:`~trsim.eventlog.StoredLog`.
    """

    folder: Path
    manifest: Mapping[str, Any]
    scenario: Scenario
    model: Model
    result: Result

    @property
    def start(self) -> dt.datetime | None:
        """Wall-clock label of time 0, without zone; None: the scenario has no start."""
        start = self.scenario.content.start
        return None if start is None else start.local


def open_run(folder: str | PathLike[str]) -> OpenRun:
    """Return the run that a folder keeps, with its event log in memory.

    Parameters
    ----------
    folder : str or PathLike
        What ``trsim run --out`` or :func:`trsim.experiments.runfolder.write_run_folder` wrote.

    Raises
    ------
    UsageError
        It is not the folder of a run, is of another version, is damaged, or its scenario is no
        longer the one that was run.
    ScenarioError
        Its scenario cannot be read.
    """
    return _opened(Path(folder), EventLog.load)


def open_stored_run(folder: str | PathLike[str]) -> OpenRun:
    """Return the run that a folder keeps, with its event log left in the file.

    What the file says of itself is checked now.  The rows are held to its fingerprint by whoever
    goes through them: behind the last one, :meth:`~trsim.eventlog.StoredLog.rows` and
    :meth:`~trsim.eventlog.StoredLog.blocks` raise a UsageError if they are others.

    Parameters
    ----------
    folder : str or PathLike
        What ``trsim run --out`` or :func:`trsim.experiments.runfolder.write_run_folder` wrote.  It
        must stay as it is as long as the run is used.

    Raises
    ------
    UsageError
        It is not the folder of a run, is of another version, is damaged, or its scenario is no
        longer the one that was run.
    ScenarioError
        Its scenario cannot be read.
    """
    return _opened(Path(folder), StoredLog)


def _opened(place: Path, opened_log: Callable[[Path], EventLog]) -> OpenRun:
    """Return the run in a folder, whose parts belong together."""
    manifest = _manifest(place)
    scenario = load_scenario(place / "scenario.yaml")
    model = scenario.compile()
    if model.digest != manifest["scenario_digest"]:
        # Its names and expressions would no longer be those of the log.
        raise UsageError(f"{place / 'scenario.yaml'} is not the scenario that was run")
    log = opened_log(place / "events.parquet")
    if [log.fingerprint()] != manifest["fingerprints"][:1] or log.names != names_of(model):
        raise UsageError(f"{place / 'events.parquet'} is not the event log of the run")
    return OpenRun(place, manifest, scenario, model, _result(model, log, manifest, place))


def _manifest(place: Path) -> dict[str, Any]:
    """Return the manifest of a run folder, of which all that is needed is there."""
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
        ours = manifest["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError):
        ours = False
    if not ours:
        raise UsageError(
            f"{place} is not the folder of a run; 'trsim run SCENARIO --out DIR' writes one"
        )
    assert isinstance(manifest, dict), "only a mapping has a format"
    if manifest.get("version") != FORMAT_VERSION:
        raise UsageError(
            f"{place} is of version {manifest.get('version')!r}; this trsim reads version "
            f"{FORMAT_VERSION}"
        )
    for key, kind in _TYPES.items():
        value = manifest.get(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise UsageError(f"{place / MANIFEST} is damaged: {key} is not as trsim writes it")
    return manifest


def _result(model: Model, log: EventLog, manifest: Mapping[str, Any], place: Path) -> Result:
    """Return the result as the run itself made it."""
    try:
        planned = plan(model, manifest["seed"], manifest["horizon_ms"] / 1000)
    except UsageError as problem:
        raise UsageError(f"{place / MANIFEST} is damaged: {problem}") from problem
    return Result(planned.provenance, 0, log, planned.criteria, model=model)
