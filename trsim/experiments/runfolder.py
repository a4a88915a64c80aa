"""The folder that holds everything about a run.

=====================  ======================================================================
scenario.yaml          the scenario as used
manifest.json          format, versions, seed, fingerprint of every replication, horizon, digest
events.parquet         event log of the first replication
tasks.parquet          its tasks, reservations, workers and steps of workflows, as the tables of
reservations.parquet   a :class:`~trsim.analysis.results.Result`
workers.parquet
steps.parquet
queues.parquet         its queues by 15 minutes
activities.parquet     its workers' stays in activities
waits.parquet          where the wait of each task comes from
kpis.json              key figures over all replications, of the whole, each queue, each stream;
                       mean counts of each target of workflows
=====================  ======================================================================

Only the first replication is kept in full: the others follow from scenario and seed, and their
fingerprints in the manifest prove that a repetition is one.

A folder is written beside its place under another name, flushed, and renamed at the end, so that
it is there completely or not at all.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import platform
import shutil
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trsim.analysis.study import Study
from trsim.errors import OutputError, UsageError
from trsim.eventlog import Origin, StoredLog
from trsim.eventlog.durable import copy_to_new_file, sync_folder, write_new_file
from trsim.eventlog.parquet import frame_to_parquet

if TYPE_CHECKING:
    import pandas as pd

FORMAT: Final = "trsim run folder"
FORMAT_VERSION: Final = 2
"""Version 2: counts of the targets of workflows over all replications in ``kpis.json``."""
MANIFEST: Final = "manifest.json"
FILES: Final = (
    "scenario.yaml",
    "events.parquet",
    "tasks.parquet",
    "reservations.parquet",
    "workers.parquet",
    "steps.parquet",
    "queues.parquet",
    "activities.parquet",
    "waits.parquet",
    "kpis.json",
    MANIFEST,
)
"""Everything a run folder holds, in the order of writing."""

_PACKAGES = ("trsim", "numpy", "simpy", "pyarrow")


def write_run_folder(folder: str | PathLike[str], study: Study, scenario_text: str) -> Path:
    """Write a study to a folder.

    Parameters
    ----------
    folder : str or PathLike
        Where to; missing parents are made.  An empty folder and a run folder of trsim are
        replaced, anything else is left alone.
    study : Study
        With its first replication kept.
    scenario_text : str
        The scenario as used, YAML.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputError
        The folder cannot be written or is not ours to replace.  What was there before is
        untouched; only if flushing the finished change to disk fails is the new content already
        in place.
    UsageError
        The study kept no replication, or the one it kept does not know its model.
    """
    if not study.results:
        raise UsageError("a run folder needs the first replication, but the study kept none")
    target = Path(os.path.realpath(folder))
    contents = _contents(study, scenario_text)
    try:
        _refuse_foreign(target)
        _write(target, contents)
    except OutputError:
        raise
    except OSError as problem:
        place = problem.filename or target
        raise OutputError(f"cannot write {place}: {problem.strerror or problem}") from problem
    return target


def check_run_folder(folder: str | PathLike[str]) -> None:
    """Refuse a place where :func:`write_run_folder` would not write, before the work is done.

    Raises
    ------
    OutputError
        The place is not a folder, or holds anything but a run of trsim.
    """
    target = Path(os.path.realpath(folder))
    try:
        _refuse_foreign(target)
    except OutputError:
        raise
    except OSError as problem:
        raise OutputError(f"cannot write {target}: {problem.strerror or problem}") from problem


def manifest_of(study: Study) -> dict[str, Any]:
    """Return what a manifest says: all that is needed to run the study again and to check it."""
    versions = {name: _version(name) for name in _PACKAGES}
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "scenario": study.provenance.name,
        "scenario_digest": study.provenance.digest,
        "seed": study.provenance.seed,
        "replications": study.replications,
        "horizon_ms": study.criteria.horizon_ms,
        "warm_up_ms": study.criteria.warm_up_ms,
        "fingerprints": list(study.fingerprints),
        "versions": {"python": platform.python_version(), **versions},
        "caveats": [caveat.text for caveat in study.caveats],
        "files": list(FILES),
        "complete": True,
    }


def kpis_of(study: Study) -> dict[str, Any]:
    """Return all key figures as plain numbers; what is not known is null.

    ``steps`` has the counts of each target of the workflows, in the order of their numbers, as
    means over the replications.
    """
    return {
        "format": "trsim kpis",
        "version": FORMAT_VERSION,
        **study.kpis().as_dict(),
        "by_queue": _records(study.by_queue()),
        "by_stream": _records(study.by_stream()),
        "steps": [dict(means) for means in study.step_means],
    }


def _contents(study: Study, scenario_text: str) -> Mapping[str, bytes | Path]:
    """Return the bytes of every file, so that nothing but writing can go wrong later.

    A log that is in a file already is given by its path.
    """
    result, about = study.results[0], study.provenance
    log = result.log
    contents: dict[str, bytes | Path] = {
        "scenario.yaml": scenario_text.encode(),
        "events.parquet": log.path
        if isinstance(log, StoredLog)
        else log.to_parquet(origin=Origin.here(about.name, about.digest, about.seed, 0)),
        "tasks.parquet": frame_to_parquet(result.tasks),
        "reservations.parquet": frame_to_parquet(result.reservations),
        "workers.parquet": frame_to_parquet(result.workers),
        "steps.parquet": frame_to_parquet(result.steps),
        "queues.parquet": frame_to_parquet(result.queues),
        "activities.parquet": frame_to_parquet(result.activities),
        "waits.parquet": frame_to_parquet(result.attribution.to_frame()),
        "kpis.json": _json(kpis_of(study)),
        MANIFEST: _json(manifest_of(study)),
    }
    assert tuple(contents) == FILES, "every file is listed"
    return contents


def _refuse_foreign(target: Path) -> None:
    """Stop unless the place is free, an empty folder, or a run folder with nothing else in it."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"cannot write {target}: it is not a folder")
    there = sorted(entry.name for entry in target.iterdir())
    if not there:
        return
    try:
        about = json.loads((target / MANIFEST).read_bytes())
        ours = about["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError):
        ours = False
    if not ours:
        raise OutputError(f"cannot write {target}: it holds files that are not a run of trsim")
    foreign = [name for name in there if name not in FILES]
    if foreign:
        raise OutputError(
            f"cannot write {target}: it also holds {foreign[0]!r}, which replacing it would delete"
        )


def _write(target: Path, contents: Mapping[str, bytes | Path]) -> None:
    """Write a folder beside its place, move it there, and remove the one it replaces."""
    missing = [parent for parent in target.parents if not parent.exists()]
    scratch = target.with_name(f".{target.name}.{os.getpid()}.new")
    begun = done = False
    try:
        for parent in reversed(missing):
            os.mkdir(parent)
        os.mkdir(scratch)
        begun = True
        for name, content in contents.items():
            if isinstance(content, Path):
                copy_to_new_file(content, scratch / name)
            else:
                write_new_file(scratch / name, content)
        sync_folder(scratch)
        old = _move(scratch, target)
        done = True
    finally:
        if begun and not done:
            shutil.rmtree(scratch, ignore_errors=True)
        if not done:
            for parent in missing:
                _remove_if_empty(parent)
    try:
        sync_folder(target.parent)
    finally:
        if old is not None:
            _remove_old(old, target)


def _move(scratch: Path, target: Path) -> Path | None:
    """Put a finished folder in its place; return where the old one is now, if there was one."""
    if not target.exists():
        os.rename(scratch, target)
        return None
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    os.rename(target, old)
    try:
        os.rename(scratch, target)
    except BaseException:
        os.rename(old, target)
        raise
    return old


def _remove_old(old: Path, target: Path) -> None:
    try:
        shutil.rmtree(old)
    except OSError as problem:
        raise OutputError(
            f"{target} is written, but the folder it replaced cannot be removed: {old}"
        ) from problem


def _remove_if_empty(folder: Path) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        # Somebody else uses it meanwhile, or it was never made: then it is not ours to remove.
        return


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain objects, with None for NaN."""
    return [
        {str(key): None if _is_nan(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
