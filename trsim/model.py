"""The Model: a scenario compiled to what an engine runs.  Frozen and picklable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from trsim.core.spec import WorkspaceSpec
from trsim.errors import UsageError
from trsim.routing.compiled import CompiledRouting
from trsim.world.distributions import Distribution, check_law
from trsim.world.plan import WorldPlan


@dataclass(frozen=True, slots=True)
class Prices:
    """What staff costs and what tasks are worth, in the scenario's own currency.

    Attributes
    ----------
    wages_per_s : tuple of (float or None)
        Wage of each worker [money/s], >= 0; None: not given.
    values : tuple of (float or None)
        What an assigned task of each stream is worth [money], >= 0; None: not given.
    abandonment_costs : tuple of (float or None)
        What each hang-up of a stream costs [money], >= 0; None: not given.
    """

    wages_per_s: tuple[float | None, ...] = ()
    values: tuple[float | None, ...] = ()
    abandonment_costs: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """Specification, routing and world of one scenario, with nothing left to interpret."""

    name: str
    spec: WorkspaceSpec
    routing: CompiledRouting
    """Filters, targets and queues; with the plan it was made from, attribute sets included."""
    world: WorldPlan
    horizon_ms: int
    """The simulated span is [0, horizon) [ms]."""
    warm_up_ms: int = 0
    """Tasks created earlier are left out of the KPIs [ms]."""
    seed: int = 0
    replications: int = 1
    start: str | None = None
    """Wall-clock label of time 0, ISO 8601."""
    service_level_threshold_ms: int = 20_000
    service_level_definition: str = "offered"
    goals: tuple[tuple[str, str], ...] = ()
    """Pairs of KPI name and condition, for example ``("service_level", ">= 80%")``."""
    digest: str = ""
    """SHA-256 of the scenario as used, for provenance; empty: no scenario says all of it."""
    warnings: tuple[str, ...] = ()
    """What the loader found suspicious, with places."""
    prices: Prices = Prices()
    """Used by the figures of cost alone; no run depends on it."""

    def with_answer_delay(self, behavior: str, law: Distribution) -> Model:
        """Return the model with another law of the time from an offer to the reply.

        It is for laws that a scenario cannot express.  No scenario says what this model is, so
        its ``digest`` is empty, and nothing that is kept by digest is reused for it.

        Parameters
        ----------
        behavior : str
            Name of the behavior whose workers answer by the law.
        law : Distribution
            Durations [s].  It has to be an immutable value: the same uniform gives the same
            duration, whoever asks and in whichever order.

        Raises
        ------
        UsageError
            There is no such behavior, or the law is none.

        Notes
        -----
        Every offer keeps its uniform, so that an equal law gives an equal log.  Rejections take
        as long as answers unless the behavior has a ``reject_delay``.  For other processes to
        run the model, its law has to be pickled: classes of a notebook or script need
        cloudpickle, which joblib and Dask use.
        """
        names = [plan.name for plan in self.world.behaviors]
        if behavior not in names:
            near = get_close_matches(str(behavior), names, n=1)
            advice = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(names) or "none"
            raise UsageError(f"there is no behavior {behavior!r} (there are: {known}{advice})")
        check_law(f"the answer delay of {behavior!r}", law)
        behaviors = tuple(
            replace(plan, answer_delay=law) if plan.name == behavior else plan
            for plan in self.world.behaviors
        )
        return replace(self, world=replace(self.world, behaviors=behaviors), digest="")
