"""One number a replication, whose mean is the estimate of a figure.

Procedures of selection and search work on means.  A mean of replications is one already; a ratio
of totals becomes one by linearizing it (Cochran, "Sampling Techniques", 3rd edition, section 6.3;
Law, "Simulation Modeling and Analysis", 5th edition, section 9.5.3 on ratios of regenerative
cycles).
"""

from __future__ import annotations

from collections.abc import Sequence

from trsim.analysis.kpi import Fraction, Kind
from trsim.errors import UsageError


def contributions(kind: Kind, values: Sequence[Fraction]) -> list[float]:
    """Return what each replication contributes to the estimate of a figure.

    Parameters
    ----------
    kind : Kind
        How replications of the figure become one.
    values : sequence of (int, int)
        Numerator x and denominator y of each replication, at least one.

    Returns
    -------
    list of float
        One number a replication, in the unit of the figure, never NaN.  Their mean is the
        estimate.  Averaged figures: x / y.  Pooled figures, with R the ratio of totals:
        R + (x - R · y) / mean of y; their variance is that of R to first order.  Those of a
        ratio change when replications are added, because R does.

    Raises
    ------
    UsageError
        There is nothing to divide by: in a replication of an averaged figure, or in all of them
        together.
    """
    if kind is Kind.AVERAGED:
        silent = [number for number, (_, whole) in enumerate(values) if not whole]
        if silent:
            raise UsageError(
                f"replication {silent[0]} has no such figure: there was nothing to count in it"
            )
        return [part / whole for part, whole in values]
    part, whole = sum(x for x, _ in values), sum(y for _, y in values)
    if not whole:
        raise UsageError("no replication has such a figure: there was nothing to count in them")
    n, ratio = len(values), part / whole
    # x · Y - X · y is exact in integers; the quotient is rounded once.
    return [ratio + n * (x * whole - part * y) / (whole * whole) for x, y in values]
