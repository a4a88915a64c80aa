"""What offers cost workers, how many tasks a group can serve, and which timeout serves most.

Derivation (renewal reward; Ross, "Stochastic processes", section 3.6).  An offer goes to a worker
who is absent with probability g; a present one picks up after a time with distribution function F
and density f, unless a reject clock with rate r runs out first; a picked-up offer is rejected with
probability ρ.  The offer also ends at its timeout T.  With S = 1 - F an offer is still
open after x with probability u(x) = g + (1 - g) e^(-rx) S(x), so

* it is accepted with probability a = (1 - g)(1 - ρ) ∫₀ᵀ e^(-rx) dF(x),
* it times out with probability u(T) and is rejected with the rest, b = 1 - a - u(T),
* it lasts d = ∫₀ᵀ u(x) dx on average.

A time-out takes the worker away for c = p v on average (sent away with chance p, for a mean time
v), a reject for c'.  Offers of a task are alike and independent until one is accepted, 1 / a of
them on average, of which all but one fail.  By Wald's equation a task that is served in the end
uses

    h_eff = h + [d + c u(T) + c' b] / a

of workers' time, h its handling.  n workers have n seconds a second, so without abandonment queues
are stable exactly below λ = n / h_eff, and in overload n / h_eff tasks are served each second.

With N = d + c u + c' b the derivative of h_eff has the sign of N' a - N a'.  Without rejects it is
zero where (1 - g) f(T) / u(T) = a / (d + c): go on ringing while the chance per second of an answer
exceeds the chance per second of work of starting anew, the time away included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trsim.errors import UsageError
from trsim.theory.pickup import PickUp, PointLaw, SmoothLaw

_SCANNED: Final = 200
"""Points of a smooth law at which its curve is looked at before the optimum is worked out."""
_FARTHEST: Final = 34.0
"""Log odds of the outermost of them: a chance of 2e-15 lies beyond."""


def _check_time(what: str, value: float) -> None:
    if not 0 <= value < math.inf:
        raise UsageError(f"{what} must be finite and >= 0, not {value!r}")


def _check_share(what: str, value: float, most: float) -> None:
    if not 0 <= value <= most:
        raise UsageError(
            f"{what} must be a probability{' below 1' if most < 1 else ''}, not {value!r}"
        )


@dataclass(frozen=True, slots=True)
class Away:
    """What a failed offer costs the worker.

    Attributes
    ----------
    mean_s : float
        Mean time until the worker is available again [s], >= 0.
    chance : float
        Probability of being sent away at all.
    """

    mean_s: float = 0.0
    chance: float = 1.0

    def __post_init__(self) -> None:
        _check_share("the chance of being sent away", self.chance, 1.0)
        _check_time("a mean time away", self.mean_s)

    @property
    def cost_s(self) -> float:
        """Mean time lost [s]."""
        return self.chance * self.mean_s


NOT_AWAY: Final = Away()
"""A failed offer costs nothing but the time it rang."""


@dataclass(frozen=True, slots=True)
class Offers:
    """How workers answer offers.

    Attributes
    ----------
    pick_up : SmoothLaw or PointLaw
        Law of the pick-up time of a present worker.
    handle_s : float
        Mean handling time of an accepted task [s], >= 0.
    absent : float
        Probability that the worker does not react at all, >= 0 and < 1.
    after_timeout : Away
        What a time-out costs.
    reject_share : float
        Probability that a worker who picks up rejects, >= 0 and < 1.
    reject_rate : float
        Rate of a clock that rejects before the worker picks up [1/s], >= 0.
    after_reject : Away
        What a reject costs.
    """

    pick_up: PickUp
    handle_s: float
    absent: float = 0.0
    after_timeout: Away = NOT_AWAY
    reject_share: float = 0.0
    reject_rate: float = 0.0
    after_reject: Away = NOT_AWAY

    def __post_init__(self) -> None:
        _check_time("a handling time", self.handle_s)
        _check_time("a reject rate", self.reject_rate)
        for what, share in (("absent", self.absent), ("reject_share", self.reject_share)):
            _check_share(what, share, math.nextafter(1.0, 0.0))


@dataclass(frozen=True, slots=True)
class BestTimeout:
    """The timeout with the least work per task.

    Attributes
    ----------
    timeout_s : float
        The timeout [s]; ``inf``: never time out; 0: the shorter the better, and the work is the
        limit.
    work_per_task_s : float
        Workers' time that a served task uses at this timeout [s].
    """

    timeout_s: float
    work_per_task_s: float


def offer_success(offers: Offers, timeout_s: float) -> float:
    """Return the probability that an offer is accepted before its timeout [s]."""
    _check_timeout(timeout_s)
    ringing = offers.pick_up.ringing(timeout_s, offers.reject_rate)
    return _present_and_picked(offers, timeout_s, ringing) * (1 - offers.reject_share)


def offer_length(offers: Offers, timeout_s: float) -> float:
    """Return how long an offer lasts on average with a timeout [s]."""
    _check_timeout(timeout_s)
    # A worker who is absent is waited for until the timeout, also an infinite one.
    unanswered = offers.absent * timeout_s if offers.absent else 0.0
    return unanswered + (1 - offers.absent) * offers.pick_up.ringing(timeout_s, offers.reject_rate)


def work_per_task(offers: Offers, timeout_s: float) -> float:
    """Return workers' time that a finally served task uses with a timeout [s]; may be ``inf``."""
    success, cost_s = _success_and_cost(offers, timeout_s)
    return offers.handle_s + cost_s / success if success else math.inf


def capacity(offers: Offers, workers: int, timeout_s: float) -> float:
    """Return the largest rate of tasks that a number of workers can serve [1/s].

    It is 0 where no task is ever served, and ``inf`` where tasks need no time at all.
    """
    if workers < 0:
        raise UsageError(f"there cannot be {workers!r} workers")
    work = work_per_task(offers, timeout_s)
    return workers / work if work else math.inf


def timeout_curve(offers: Offers, timeouts_s: Sequence[float]) -> tuple[float, ...]:
    """Return the work per task [s] for each of several timeouts [s]."""
    return tuple(work_per_task(offers, timeout_s) for timeout_s in timeouts_s)


def slope(offers: Offers, timeout_s: float) -> float:
    """Return N' a - N a' at a timeout [s], which has the sign of the derivative of the work.

    Raises
    ------
    UsageError
        The pick-up law has no density.
    """
    law = offers.pick_up
    if not isinstance(law, SmoothLaw):
        raise UsageError("a law of single points has no density, so the curve has no slope")
    _check_timeout(timeout_s)
    g, rate = offers.absent, offers.reject_rate
    kept = math.exp(-rate * timeout_s)
    density = law.density(timeout_s)
    success, cost_s = _success_and_cost(offers, timeout_s)
    d_success = (1 - g) * (1 - offers.reject_share) * kept * density
    d_open = -(1 - g) * kept * (density + rate * law.survival(timeout_s))
    d_cost = (
        _open(offers, timeout_s)
        + offers.after_timeout.cost_s * d_open
        - offers.after_reject.cost_s * (d_success + d_open)
    )
    return d_cost * success - cost_s * d_success


def best_timeout(offers: Offers) -> BestTimeout:
    """Return the timeout with the least work per task, which is the one with the most capacity.

    Notes
    -----
    The curve is looked at over the whole law; the optimum is then the zero of :func:`slope` beside
    the lowest point.  A law of points has its optimum at a point, because between two of them an
    offer only rings longer.  Corollaries: exponential pick-up and nobody absent: never time out;
    exponential pick-up, some absent, no time away: the shorter the better; some absent and time
    away, or a mode in the law: in between.  Where all are equally good, ``inf`` is returned.
    """
    never = BestTimeout(math.inf, work_per_task(offers, math.inf))
    at_once = BestTimeout(0.0, _limit_at_zero(offers))
    inner = _lowest(offers)
    # What differs by less is rounding, as where all timeouts are equally good.
    least = min(each.work_per_task_s for each in (never, at_once, inner)) * (1 + 1e-12)
    ends = (each for each in (never, at_once) if each.work_per_task_s <= least)
    return next(ends, inner)


def _still_ringing(offers: Offers, timeout_s: float) -> float:
    """Return the chance that a present worker has not reacted by a timeout [s]."""
    if math.isinf(timeout_s):
        return 0.0
    return math.exp(-offers.reject_rate * timeout_s) * offers.pick_up.survival(timeout_s)


def _open(offers: Offers, timeout_s: float) -> float:
    return offers.absent + (1 - offers.absent) * _still_ringing(offers, timeout_s)


def _present_and_picked(offers: Offers, timeout_s: float, ringing_s: float) -> float:
    """Return the chance that the worker is present and picks up, to accept or to reject."""
    law, rate = offers.pick_up, offers.reject_rate
    picked = law.cdf(timeout_s)
    if rate:
        # By parts; the sum is arranged so that little is lost for short timeouts.
        later = law.survival(timeout_s)
        picked -= (math.expm1(-rate * timeout_s) * later if later else 0.0) + rate * ringing_s
    return (1 - offers.absent) * max(picked, 0.0)


def _success_and_cost(offers: Offers, timeout_s: float) -> tuple[float, float]:
    """Return the chance of an accept, and workers' time that an offer costs before it [s]."""
    _check_timeout(timeout_s)
    present = 1 - offers.absent
    ringing_s = offers.pick_up.ringing(timeout_s, offers.reject_rate)
    picked = _present_and_picked(offers, timeout_s, ringing_s)
    # Not as the rest of the chances: for short timeouts nothing would be left of it.
    rejected = offers.reject_share * picked + present * offers.reject_rate * ringing_s
    waited_s = offers.absent * timeout_s if offers.absent else 0.0
    cost_s = (
        waited_s
        + present * ringing_s
        + offers.after_timeout.cost_s * _open(offers, timeout_s)
        + offers.after_reject.cost_s * rejected
    )
    return (1 - offers.reject_share) * picked, cost_s


def _limit_at_zero(offers: Offers) -> float:
    law = offers.pick_up
    if isinstance(law, PointLaw):
        return work_per_task(offers, 0.0)
    density = law.density(0.0)
    if offers.after_timeout.cost_s or not density:
        return math.inf
    # Per second of ringing: density · (1 - g)(1 - ρ) accepts, and rejects of both kinds.
    present, accepts = 1 - offers.absent, (1 - offers.absent) * (1 - offers.reject_share)
    rejects = present * (offers.reject_share + offers.reject_rate / density)
    return offers.handle_s + (1 / density + offers.after_reject.cost_s * rejects) / accepts


def _lowest(offers: Offers) -> BestTimeout:
    law = offers.pick_up
    if isinstance(law, PointLaw):
        return _lowest_point(offers, law)
    return _lowest_smooth(offers, law)


def _lowest_point(offers: Offers, law: PointLaw) -> BestTimeout:
    # The longest of equally good ones: the last of the lowest.
    times = sorted({*law.times_s}, reverse=True)
    works = timeout_curve(offers, times)
    index = min(range(len(works)), key=works.__getitem__)
    return BestTimeout(times[index], works[index])


def _lowest_smooth(offers: Offers, law: SmoothLaw) -> BestTimeout:
    from scipy.optimize import brentq

    odds = (_FARTHEST * (2 * j / (_SCANNED - 1) - 1) for j in range(_SCANNED))
    times = sorted({law.quantile(1 / (1 + math.exp(-each))) for each in odds})
    works = timeout_curve(offers, times)
    index = min(range(len(works)), key=works.__getitem__)
    low, high = times[max(index - 1, 0)], times[min(index + 1, len(times) - 1)]
    best = BestTimeout(times[index], works[index])
    if slope(offers, low) < 0 < slope(offers, high):
        zero = float(brentq(lambda time: slope(offers, time), low, high, xtol=1e-12))
        at_zero = BestTimeout(zero, work_per_task(offers, zero))
        best = min(best, at_zero, key=lambda each: each.work_per_task_s)
        if abs(at_zero.work_per_task_s - best.work_per_task_s) <= 1e-13 * best.work_per_task_s:
            best = at_zero
    return best


def _check_timeout(timeout_s: float) -> None:
    if not timeout_s >= 0:
        raise UsageError(f"a timeout must be >= 0 s, not {timeout_s!r}")
