"""The folder of a sweep: whole at every moment, and continued where it was left.

================  ===========================================================================
scenario.yaml     the scenario as used
sweep.yaml        the experiment: ``trsim sweep DIR/sweep.yaml`` runs it again
ledger.sqlite     the figures of every replication, kept as soon as it is done
results.parquet   one row for each replication of each point, rewritten now and then
sweep.json        format, seed, parameters, how much is done, what failed, version of the code
================  ===========================================================================

Every file is replaced in one step.  The ledger decides what is done; the others follow from it,
so they depend neither on interruptions nor on the number of processes.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import closing
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from trsim.analysis.swept import Sweep
from trsim.errors import OutputError, UsageError
from trsim.eventlog.durable import replace_file
from trsim.eventlog.parquet import frame_to_parquet
from trsim.experiments.code_version import code_version
from trsim.experiments.evaluate import Evaluator
from trsim.experiments.experiment_file import experiment_text, read_experiment
from trsim.experiments.figures import Figures
from trsim.experiments.ledger import Ledger
from trsim.experiments.sweep import SweepPlan, sweep_of
from trsim.parallel.backend import Lost

FORMAT: Final = "trsim sweep folder"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "sweep.json"
SCENARIO: Final = "scenario.yaml"
EXPERIMENT: Final = "sweep.yaml"
LEDGER: Final = "ledger.sqlite"
RESULTS: Final = "results.parquet"
_FILES: Final = (SCENARIO, EXPERIMENT, LEDGER, RESULTS, MANIFEST)
_BESIDE: Final = re.compile(
    r"ledger\.sqlite-(?:journal|wal|shm)|"
    rf"\.(?:{'|'.join(map(re.escape, _FILES))})\.[0-9]+\.tmp"
)
"""What a process that was killed leaves behind."""
_PAUSE_S: Final = 10.0
"""Between two writings of the results while work goes on [s]."""
_MOST_SHARE: Final = 0.05
"""Largest part of the time that goes into writing results."""


class SweepFolder:
    """Takes a sweep while it is worked out; a context manager.

    Parameters
    ----------
    folder : str or PathLike
        Missing, empty, or one of a sweep; missing parents are made.
    planned : SweepPlan
        What is run.

    Raises
    ------
    OutputError
        It holds something else, or cannot be written.
    UsageError
        Its ledger is damaged or of another version.
    """

    def __init__(self, folder: str | PathLike[str], planned: SweepPlan) -> None:
        self.folder = Path(os.path.realpath(folder))
        self.planned = planned
        check_sweep_folder(self.folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # First of all what makes the folder ours: whatever happens next, it can go on.
            self._write_manifest(None)
            self._write(SCENARIO, planned.scenario.to_yaml().encode())
            self._write(EXPERIMENT, experiment_text(planned, SCENARIO).encode())
        except OSError as problem:
            raise _not_written(self.folder, problem) from problem
        self.ledger = Ledger(self.folder / LEDGER)

    def run(self, evaluator: Evaluator) -> Sweep:
        """Do what is not done yet, and write all results.

        Parameters
        ----------
        evaluator : Evaluator
            Its store must be :attr:`ledger`.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        done: dict[int, Figures | Lost] = {}
        written_s, cost_s = time.monotonic(), 0.0
        try:
            with closing(evaluator.stream(self.planned.jobs)) as answers:
                for number, answer in answers:
                    done[number] = answer
                    now_s = time.monotonic()
                    if now_s - written_s > max(_PAUSE_S, cost_s / _MOST_SHARE):
                        self._save(done)
                        written_s = time.monotonic()
                        cost_s = written_s - now_s
        except BaseException:
            if done:
                self._save(done)
            raise
        return self._save(done)

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def __enter__(self) -> SweepFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _save(self, done: Mapping[int, Figures | Lost]) -> Sweep:
        swept = sweep_of(self.planned, done)
        try:
            self._write(RESULTS, frame_to_parquet(swept.to_frame()))
            self._write_manifest(swept)
        except OSError as problem:
            raise _not_written(self.folder, problem) from problem
        return swept

    def _write(self, name: str, content: bytes) -> None:
        replace_file(self.folder / name, content)

    def _write_manifest(self, swept: Sweep | None) -> None:
        content = _manifest(self.planned, swept)
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        self._write(MANIFEST, (text + "\n").encode())


def check_sweep_folder(folder: str | PathLike[str]) -> None:
    """Refuse a place that is neither empty nor a sweep's, before any work is done.

    Raises
    ------
    OutputError
        It is no folder, or holds anything but a sweep of trsim.
    """
    target = Path(os.path.realpath(folder))
    try:
        if not target.exists():
            return
        if not target.is_dir():
            raise OutputError(f"cannot write {target}: it is not a folder")
        names = sorted(entry.name for entry in target.iterdir())
    except OutputError:
        raise
    except OSError as problem:
        raise _not_written(target, problem) from problem
    left = [name for name in names if _BESIDE.fullmatch(name)]
    names = [name for name in names if name not in left]
    if names and not _is_ours(target):
        raise OutputError(f"cannot write {target}: it holds files that are not a sweep of trsim")
    for name in left:
        _remove_remnant(target / name)


def open_sweep(folder: str | PathLike[str]) -> Sweep:
    """Return the sweep that a folder keeps; nothing is simulated.

    Raises
    ------
    UsageError
        It is not the folder of a sweep, or the sweep is not complete.
    ScenarioError
        Its scenario or experiment cannot be read.
    """
    place = Path(folder)
    if not _is_ours(place):
        raise UsageError(
            f"{place} is not the folder of a sweep; 'trsim sweep SCENARIO --out DIR' writes one"
        )
    planned = read_experiment(place / EXPERIMENT).planned()
    with Ledger(place / LEDGER) as ledger:
        done = {
            number: figures
            for number, job in enumerate(planned.jobs)
            if (figures := ledger.get(job)) is not None
        }
    missing = len(planned.jobs) - len(done)
    if missing:
        raise UsageError(
            f"{place} lacks {missing} of {len(planned.jobs)} replications, or they are of another "
            f"version of trsim; 'trsim sweep {place / EXPERIMENT} --out {place}' adds them"
        )
    return sweep_of(planned, done)


def is_sweep_folder(folder: str | PathLike[str]) -> bool:
    """Return whether a place is the folder of a sweep."""
    return _is_ours(Path(folder))


def _is_ours(folder: Path) -> bool:
    try:
        about = json.loads((folder / MANIFEST).read_bytes())
        return bool(about["format"] == FORMAT)
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _remove_remnant(path: Path) -> None:
    """Remove a half-written file whose writer is gone; SQLite looks after its own."""
    number = re.search(r"\.([0-9]+)\.tmp$", path.name)
    if number is None:
        return
    try:
        os.kill(int(number[1]), 0)
    except ProcessLookupError:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _manifest(planned: SweepPlan, swept: Sweep | None) -> dict[str, Any]:
    points = () if swept is None else swept.points
    done = sum(len(point.replications) for point in points)
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "complete": done == len(planned.jobs),
        "scenario": planned.scenario.name,
        "scenario_digest": planned.scenario.digest,
        "code_version": code_version(),
        "seed": planned.seed,
        "design": planned.sampling.design.value,
        "parameters": [
            {"path": each.label, "unit": each.unit, "sets": list(each.paths)}
            for each in planned.parameters
        ],
        "points": len(planned.points),
        "replications": planned.replications,
        "done": done,
        "failed": [] if swept is None else list(swept.failed),
    }


def _not_written(folder: Path, problem: OSError) -> OutputError:
    return OutputError(f"cannot write {problem.filename or folder}: {problem.strerror or problem}")
