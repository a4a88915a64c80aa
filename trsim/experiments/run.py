"""One run of a model, to a Result."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike

from trsim.analysis.results import Provenance, Result
from trsim.analysis.sample import Criteria
from trsim.drivers.simpy_driver import simulate
from trsim.errors import UsageError
from trsim.eventlog import EventLog, LogWriter, Names, Origin, Recorder, StoredLog
from trsim.model import Model

Progress = Callable[[float], None]
"""Called now and then with the share of the work that is done, 0 … 1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: the model with its open questions answered.

    Attributes
    ----------
    model : Model
    seed : int
        Root seed, >= 0.
    horizon_ms : int
        End of the run [ms], beyond the warm-up.
    """

    model: Model
    seed: int
    horizon_ms: int

    def simulate(
        self,
        replication: int,
        progress: Progress | None,
        log_file: str | PathLike[str] | None = None,
    ) -> Result:
        """Return the result of one replication, numbered from 0.

        With a file the rows go there while the run goes on, and the result reads them from it.
        """
        names = names_of(self.model)
        log = EventLog(names)
        if log_file is None:
            self._record(log, replication, progress)
        else:
            with LogWriter(log_file, names, self.origin(replication)) as writer:
                self._record(writer, replication, progress)
            log = StoredLog(log_file)
        return Result(self.provenance, replication, log, self.criteria, model=self.model)

    def _record(self, recorder: Recorder, replication: int, progress: Progress | None) -> None:
        horizon = self.horizon_ms

        def on_progress(at_ms: int) -> None:
            if progress is not None:
                progress(min(at_ms / horizon, 1.0))

        simulate(
            self.model,
            recorder,
            seed=self.seed,
            replication=replication,
            horizon_ms=horizon,
            on_progress=on_progress,
        )
        on_progress(horizon)

    def origin(self, replication: int) -> Origin:
        """Return what a file says about where its rows come from."""
        return Origin.here(self.model.name, self.model.digest, self.seed, replication)

    @property
    def provenance(self) -> Provenance:
        """What must be known to run it again."""
        return Provenance(self.model.name, self.model.digest, self.seed)

    @property
    def criteria(self) -> Criteria:
        """What is counted, as the model says."""
        model = self.model
        return Criteria(
            warm_up_ms=model.warm_up_ms,
            horizon_ms=self.horizon_ms,
            threshold_ms=model.service_level_threshold_ms,
            service_level=model.service_level_definition,
        )


def run(
    model: Model,
    *,
    seed: int | None = None,
    until_s: float | None = None,
    progress: Progress | None = None,
    log_file: str | PathLike[str] | None = None,
) -> Result:
    """Simulate a model once.

    Parameters
    ----------
    model : Model
        A compiled scenario.
    seed : int, optional
        Root seed, >= 0; left out: the model's.
    until_s : float, optional
        End of the run, beyond the warm-up and not beyond the model's horizon [s]; left out: the
        model's horizon.
    progress : callable, optional
        Called now and then with the share of the simulated time that is over, 0 … 1.
    log_file : str or PathLike, optional
        A Parquet file that takes the log while the run goes on, and from which the result reads
        it, so that the memory of the run does not grow with its length; left out: memory.

    Returns
    -------
    Result
        The same as the first replication of :func:`trsim.experiments.replicate.replicate`.

    Raises
    ------
    UsageError
        ``seed`` or ``until_s`` is out of bounds.
    OutputError
        The file cannot be written.
    """
    return plan(model, seed, until_s).simulate(0, progress, log_file)


def plan(model: Model, seed: int | None, until_s: float | None) -> Plan:
    """Return what is to be run, once all is known to be in bounds.

    Parameters
    ----------
    model : Model
    seed : int, optional
        Root seed, >= 0; None: the model's.
    until_s : float, optional
        End of the run, beyond the warm-up and not beyond the model's horizon [s]; None: the
        model's horizon.

    Raises
    ------
    UsageError
        ``seed`` or ``until_s`` is out of bounds.
    """
    used_seed = whole_number("seed", model.seed if seed is None else seed, 0)
    horizon_ms = model.horizon_ms
    if until_s is not None:
        # What recurs daily is laid out up to the model's horizon, so a run cannot go beyond it.
        end_ms = round(until_s * 1000) if math.isfinite(until_s) else -1
        if not model.warm_up_ms < end_ms <= horizon_ms:
            raise UsageError(
                f"until_s must lie beyond the warm-up of {model.warm_up_ms / 1000} s and not "
                f"beyond the horizon of {horizon_ms / 1000} s, not be {until_s}; a longer run "
                f"needs a scenario with a longer horizon"
            )
        horizon_ms = end_ms
    return Plan(model, used_seed, horizon_ms)


def whole_number(name: str, value: object, least: int) -> int:
    """Return an option that must be an integer with a lower bound.

    Raises
    ------
    UsageError
        It is something else, or too small.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise UsageError(f"{name} must be a whole number >= {least}, not {value!r}")
    return value


def names_of(model: Model) -> Names:
    """Return what the numbers in a log of the model stand for."""
    spec, world = model.spec, model.world
    return Names(
        activities=tuple(activity.name for activity in spec.activities),
        available=tuple(activity.available for activity in spec.activities),
        channels=tuple(channel.name for channel in spec.channels),
        queues=tuple(queue.name for queue in spec.queues),
        workflows=tuple(workflow.name for workflow in spec.workflows),
        workers=tuple(worker.name for worker in spec.workers),
        streams=tuple(stream.name for stream in world.streams),
        steps=tuple(model.routing.step_labels),
        attribute_sets=tuple(
            json.dumps(dict(attributes), sort_keys=True, ensure_ascii=False, default=dict)
            for attributes in model.routing.plan.attribute_sets
        ),
    )
