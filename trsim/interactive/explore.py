"""``trsim.explore``: sliders over values of a scenario, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from trsim.analysis.study import Study
from trsim.errors import UsageError
from trsim.experiments.replicate import replicate
from trsim.interactive.bars import in_notebook
from trsim.interactive.knobs import Knob, knobs_of
from trsim.interactive.outcome import COMPARED, Outcome, picture_html
from trsim.interactive.panel import Panel, load_widgets
from trsim.model import Model
from trsim.plots import PLOTS
from trsim.scenario.load import Scenario
from trsim.scenario.problems import allowed_names, shown
from trsim.scenario.values import DAY_MS

_MOST_KEPT: Final = 16
"""So many outcomes are kept with their logs, so that a slider can be turned back at once."""


class Explorer:
    """A scenario whose values can be turned; in Jupyter it shows itself as sliders.

    Made by :func:`explore`.

    Attributes
    ----------
    scenario : Scenario
        As it is.
    knobs : tuple of Knob
        What can be turned, in the order of the sliders.
    """

    def __init__(self, scenario: Scenario, knobs: tuple[Knob, ...], runner: Runner) -> None:
        self.scenario = scenario
        self.knobs = knobs
        self._runner = runner
        self._kept: dict[str, Outcome] = {}
        self._base = runner.study(scenario.compile())

    def at(self, changes: Mapping[str, object]) -> Outcome:
        """Return what comes of some changes; it needs no widgets.

        Parameters
        ----------
        changes : mapping of str to object
            Values by dotted path, as for :meth:`trsim.Scenario.replace`.

        Raises
        ------
        UsageError
            If a path leads nowhere.
        ScenarioError
            If the scenario with the new values has problems.
        """
        key = repr(sorted(changes.items(), key=lambda change: change[0]))
        if key not in self._kept:
            scenario = self.scenario.replace(changes) if changes else self.scenario
            model = scenario.compile()
            study = self._runner.study(model) if changes else self._base
            if len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            outcome = Outcome(dict(changes), scenario, model, study, self._base, self._runner.plot)
            self._kept[key] = outcome
        return self._kept[key]

    @cached_property
    def panel(self) -> Panel:
        """The sliders, with a table and a picture.

        Raises
        ------
        UsageError
            The widgets are not installed.
        """
        return Panel(self.knobs, self.at)

    def __repr__(self) -> str:
        turnable = "\n".join(f"  {knob.path}" for knob in self.knobs)
        return f"{self.at({})}\n\ncan be turned:\n{turnable}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # Pages that cannot run widgets show the table and the picture as they are now.
        shown_as = dict(self.panel.box._repr_mimebundle_())
        outcome = self.panel.outcome
        static = f"{outcome.table_html()}{picture_html(outcome.picture())}"
        return {**shown_as, "text/html": static, "text/plain": repr(self)}


class Runner:
    """How every setting is run.

    Parameters
    ----------
    plot : str
        Name of the plot.
    replications : int
        Runs of each setting, >= 1.
    seed : int or None
        Root seed; None: the scenario's.
    until_s : float or None
        End of each run [s]; None: the horizon, or a day after the warm-up if that is sooner.
    """

    def __init__(
        self, plot: str, replications: int, seed: int | None, until_s: float | None
    ) -> None:
        self.plot = plot
        self._replications = replications
        self._seed = seed
        self._until_s = until_s

    def study(self, model: Model) -> Study:
        """Return the runs of a model."""
        until_s = self._until_s
        if until_s is None:
            until_s = min(model.horizon_ms, model.warm_up_ms + DAY_MS) / 1000
        return replicate(
            model, replications=self._replications, seed=self._seed, until_s=until_s, keep=1
        )


def explore(
    scenario: Scenario,
    parameters: Mapping[str, object] | Sequence[str] | None = None,
    *,
    plot: str = COMPARED,
    replications: int = 1,
    seed: int | None = None,
    until_s: float | None = None,
) -> Explorer:
    """Return sliders over values of a scenario, which is run again whenever one is turned.

    Every setting meets the same customers with the same patience and the same reactions of
    workers, so what changes is the effect of the slider.  Outside Jupyter the figures come as
    text, and :meth:`Explorer.at` says what comes of a change.

    Parameters
    ----------
    scenario : Scenario
    parameters : mapping or sequence of str, optional
        Dotted paths of the values.  In a mapping a tuple ``(low, high)`` or ``(low, high, step)``
        is the range of a slider, in numbers (durations in s, rates in tasks per hour) or as
        written in a scenario; a list holds choices; None leaves the range to trsim.  Left out:
        reservation timeouts, numbers of workers and the factors on demand, at most 12.
    plot : str
        One of :data:`trsim.plots.PLOTS`.
    replications : int
        Runs of each setting, >= 1.
    seed : int, optional
        Root seed, >= 0; left out: the scenario's.
    until_s : float, optional
        End of each run, beyond the warm-up [s]; left out: the scenario's horizon, or a day after
        the warm-up if that is sooner.

    Raises
    ------
    UsageError
        An option is out of bounds, a path leads nowhere, or in Jupyter the widgets are not
        installed.

    Examples
    --------
    >>> import trsim
    >>> desk = trsim.load_scenario("scenarios/support_desk.yaml")  # doctest: +SKIP
    >>> trsim.explore(desk, {"workers.all_round.count": (5, 15)})  # doctest: +SKIP
    """
    if plot not in PLOTS:
        raise UsageError(f"there is no plot {shown(plot)} ({allowed_names(list(PLOTS), plot)})")
    if in_notebook():
        load_widgets()
    runner = Runner(plot, replications, seed, until_s)
    return Explorer(scenario, knobs_of(scenario, parameters), runner)
