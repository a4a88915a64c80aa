"""Options that say what is varied, for the commands that vary something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.experiments.sweep import SweepPlan

F = TypeVar("F", bound=Callable[..., Any])


class Varied(Protocol):
    """What the options of :func:`vary_options` become, and the design."""

    @property
    def vary(self) -> tuple[str, ...]:
        """Each ``PATH=RANGE``."""
        ...

    @property
    def replications(self) -> int | None:
        """Of each point."""
        ...

    @property
    def seed(self) -> int | None:
        """Root seed."""
        ...

    @property
    def until(self) -> str | None:
        """A horizon instead of the scenario's."""
        ...

    @property
    def design(self) -> str | None:
        """Name of the design."""
        ...

    @property
    def samples(self) -> int | None:
        """How many points are drawn."""
        ...


def vary_options(command: F) -> F:
    """Give a command ``--vary``, ``--replications``, ``--seed``, ``--until`` and the like."""
    for option in reversed(
        (
            click.option(
                "--vary",
                metavar="PATH=RANGE",
                multiple=True,
                help="What to vary, again for each parameter: 5s..60s:12 (12 points), 40..60/5 "
                "(steps of 5), 5s..90s or 10s,20s,30s; * in a path sets all that match together.",
            ),
            click.option(
                "--replications", "-n", type=click.IntRange(min=1), help="Runs of each point."
            ),
            click.option(
                "--seed", type=click.IntRange(min=0), help="Root seed; wins over the scenario's."
            ),
            click.option("--until", metavar="DURATION", help="Simulate up to here, e.g. 2h."),
            click.option(
                "--samples",
                type=click.IntRange(min=1),
                help="Points drawn by a design that draws; 64 unless said otherwise.",
            ),
            click.option(
                "--confidence",
                type=click.FloatRange(0, 1, min_open=True, max_open=True),
                default=0.95,
                help="Of the intervals.",
            ),
        )
    ):
        command = option(command)
    return command


def planned_of(file: str, options: Varied) -> SweepPlan:
    """Return the sweep that a file and options describe, checked and compiled.

    Parameters
    ----------
    file : str
        A scenario, or an experiment, over which options win.
    options : Varied

    Raises
    ------
    UsageError
        The options cannot be used, or the scenario refuses a point.
    ScenarioError
        The file has problems.
    """
    from trsim.experiments.designs import DEFAULT_SAMPLES, Design, design_named
    from trsim.experiments.experiment_file import is_experiment, read_experiment
    from trsim.experiments.parameters import by_path
    from trsim.experiments.sweep import Sampling, planned_sweep
    from trsim.scenario.load import load_scenario

    vary: dict[str, object] = by_path(options.vary)
    replications, seed, sampling = None, None, Sampling(Design.GRID, DEFAULT_SAMPLES)
    if is_experiment(file):
        experiment = read_experiment(file)
        scenario = experiment.scenario
        vary = {**experiment.vary, **vary}
        replications, seed, sampling = (
            experiment.replications,
            experiment.seed,
            experiment.sampling,
        )
    else:
        scenario = load_scenario(file)
    if not vary:
        raise UsageError(
            "nothing is varied; give --vary PATH=RANGE, such as --vary workers.agent.count=40..60"
        )
    if options.until is not None:
        scenario = scenario.replace({"horizon": options.until})
    design = sampling.design if options.design is None else design_named(options.design)
    return planned_sweep(
        scenario,
        vary,
        replications=options.replications or replications,
        seed=seed if options.seed is None else options.seed,
        sampling=Sampling(design, options.samples or sampling.samples),
    )
