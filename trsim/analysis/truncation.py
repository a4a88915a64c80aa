"""MSER-5: how much of the beginning of a series to leave out.

Sources: White, "An effective truncation heuristic for bias reduction in simulation output",
Simulation 69, 1997 (MSER); White, Cobb and Spratt, "A comparison of five steady-state truncation
heuristics for simulation", WSC 2000 (batches of five).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BATCH: Final = 5
"""Values in a batch."""
Floats = NDArray[np.float64]


def mser5(values: Floats) -> int | None:
    """Return how many values MSER-5 cuts off.

    Parameters
    ----------
    values : ndarray, shape (n_values,)
        In the order of time; what is over after the last whole batch of five is left out.  At
        least two batches.

    Returns
    -------
    int or None
        A multiple of five; None if the least error lies in the last half, where it says nothing.

    Examples
    --------
    >>> mser5(np.repeat([0.0, 4.0, 5.0, 4.0, 5.0, 4.0, 5.0, 4.0], 5))
    5
    """
    batches = values[: values.size // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    # The last few batches may agree by chance and are no candidates (White et al. 2000).
    errors = truncation_errors(batches)[: max(batches.size - BATCH, batches.size // 2 + 1)]
    cut = int(np.argmin(errors))
    return None if cut > batches.size // 2 else cut * BATCH


def truncation_errors(batches: Floats) -> Floats:
    """Return the marginal standard error, squared, for each number of batches left out.

    Parameters
    ----------
    batches : ndarray, shape (n_batches,)
        Means of batches in the order of time.

    Returns
    -------
    ndarray, shape (n_batches,)
        Σ (Y(i) - mean)² / (n - d)² over i > d, for d = 0, 1, …
    """
    n = batches.size
    left = np.arange(n, 0, -1)
    # Sums of squares lose digits around a large mean, which does not change what is sought.
    around = batches - batches.mean()
    sums, squares = (np.cumsum(part[::-1])[::-1] for part in (around, around**2))
    return np.asarray(np.maximum(squares - sums**2 / left, 0.0) / left**2)
