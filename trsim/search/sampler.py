"""Proposals for many parameters, by Optuna's TPE, on grids of indices.

Source: Bergstra, Bardenet, Bengio and Kégl (2011), "Algorithms for hyper-parameter optimization",
NIPS 24.  It promises nothing; it looks where good points were, which pays from three parameters on,
where a grid is too large.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trsim.errors import UsageError
from trsim.search.procedure import check_count

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

_EXCESSES: Final = "excesses"


class Sampler:
    """Proposes points, one after another, and learns from their values; smaller is better.

    Parameters
    ----------
    sizes : sequence of int
        Number of grid points of each dimension, >= 1.
    seed : int
        The same seed and the same values told give the same proposals.
    first_points : int, optional
        Proposals drawn evenly before the model is used, >= 1.
    constrained : int, optional
        Number of limits, >= 0; each value is then told with as many excesses.

    Raises
    ------
    UsageError
        Optuna is not installed, or an argument is out of bounds.

    Notes
    -----
    No point is proposed twice: if the model does, the next untried point after a random one is
    taken.  Points of one batch may be asked for one after another before any is told; how many
    at once is part of the search, and must not depend on the number of processes.
    """

    def __init__(
        self, sizes: Sequence[int], *, seed: int, first_points: int = 10, constrained: int = 0
    ) -> None:
        check_count("seed", seed, 0)
        check_count("first_points", first_points, 1)
        check_count("constrained", constrained, 0)
        if not sizes:
            raise UsageError("a search needs at least one dimension")
        for size in sizes:
            check_count("size of a dimension", size, 1)
        self.sizes: Final = tuple(sizes)
        self._constrained: Final = constrained
        self._random: Final = np.random.default_rng(seed)
        self._trials: dict[tuple[int, ...], Trial] = {}
        self._open: list[tuple[int, ...]] = []
        optuna = _optuna()
        with _quiet(optuna):
            sampler = optuna.samplers.TPESampler(
                seed=seed % 2**32,
                n_startup_trials=first_points,
                multivariate=True,
                constant_liar=True,
                constraints_func=_excesses if constrained else None,
            )
            self._study = optuna.create_study(sampler=sampler, direction="minimize")
        self._optuna = optuna
        self._grid = {
            str(index): optuna.distributions.IntDistribution(0, size - 1)
            for index, size in enumerate(self.sizes)
        }

    def ask(self) -> tuple[int, ...] | None:
        """Return the indices of the next point; None once every point was proposed."""
        if len(self._trials) == math.prod(self.sizes):
            return None
        with _quiet(self._optuna):
            trial = self._study.ask(self._grid)
            point = self._indices(trial)
            if point in self._trials:
                self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
                point = self._untried()
                self._study.enqueue_trial({str(i): index for i, index in enumerate(point)})
                trial = self._study.ask(self._grid)
        self._trials[point] = trial
        self._open.append(point)
        return point

    def tell(self, point: Sequence[int], value: float, excesses: Sequence[float] = ()) -> None:
        """Take the value of a point that was proposed.

        Parameters
        ----------
        point : sequence of int
            Its indices.
        value : float
            What is made small; finite.
        excesses : sequence of float, optional
            By how much each limit is broken; 0 or less where it is kept.

        Raises
        ------
        UsageError
            The point was not proposed, or is known already; a number is missing or not finite.
        """
        known = tuple(point)
        if known not in self._open:
            raise UsageError(f"the point {known} was not proposed, or its value is known already")
        if len(excesses) != self._constrained:
            raise UsageError(
                f"the point {known} comes with {len(excesses)} excesses, not {self._constrained}"
            )
        if not all(map(math.isfinite, (value, *excesses))):
            raise UsageError(f"the point {known} needs finite numbers, not {value!r}, {excesses!r}")
        self._open.remove(known)
        trial = self._trials[known]
        with _quiet(self._optuna):
            trial.set_user_attr(_EXCESSES, [float(each) for each in excesses])
            self._study.tell(trial, float(value))

    def _indices(self, trial: Trial) -> tuple[int, ...]:
        return tuple(int(trial.params[name]) for name in self._grid)

    def _untried(self) -> tuple[int, ...]:
        total = math.prod(self.sizes)
        flat = int(self._random.integers(total))
        while (point := self._point(flat)) in self._trials:
            flat = (flat + 1) % total
        return point

    def _point(self, flat: int) -> tuple[int, ...]:
        indices = []
        for size in reversed(self.sizes):
            flat, index = divmod(flat, size)
            indices.append(index)
        return tuple(reversed(indices))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise UsageError(
            "searching many parameters needs Optuna, which is not installed: "
            "pip install 'trsim[tune]'"
        ) from None
    return optuna


def _excesses(trial: FrozenTrial) -> Sequence[float]:
    excesses: list[float] = trial.user_attrs[_EXCESSES]
    return excesses


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Keep Optuna from talking, and leave its settings as they were."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            # Its remarks are about options of its own that are new or will go.
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(verbosity)
