"""Exact figures of waiting lines and of offers, computed a second time.

The reference cases are numbers; what stands here derives many of them anew, so that a wrong
constant is noticed, and gives the bounds that every run must keep.

Sources: Erlang (1917), loss and delay formulas; Palm (1957) and Garnett, Mandelbaum and Reiman
(2002), impatient customers; Pollaczek (1930) and Khinchine (1932), one server; Cobham (1954),
priorities.  Figures of offers follow by renewal arguments.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from scipy.integrate import quad

Law = Callable[[float], float]
"""Distribution function of the time until a worker who is present answers [s]."""


def erlang_b(servers: int, load: float) -> float:
    """Return the share of arrivals that find all servers busy and leave."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Return the share of arrivals that wait."""
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


class Impatient(NamedTuple):
    """What becomes of customers who may give up."""

    p_wait: float
    abandonment: float
    mean_wait: float
    """Of all [s]."""


def erlang_a(lam: float, handle: float, patience: float, servers: int) -> Impatient:
    """Return the figures of M/M/n+M from its birth-death chain, cut where nothing is left."""
    weights = [1.0]
    longest = servers + 60 + int(6 * lam * patience)
    for k in range(1, longest):
        leaving = min(k, servers) / handle + max(k - servers, 0) / patience
        weights.append(weights[-1] * lam / leaving)
    total = math.fsum(weights)
    p_wait = math.fsum(weights[servers:]) / total
    queue = math.fsum((k - servers) * w for k, w in enumerate(weights) if k > servers) / total
    return Impatient(p_wait, queue / patience / lam, queue / lam)


def one_server_wait(lam: float, mean: float, second_moment: float) -> float:
    """Return the mean wait of M/G/1 (Pollaczek, Khinchine)."""
    return lam * second_moment / (2 * (1 - lam * mean))


def two_class_waits(lam1: float, lam2: float, handle: float, servers: int) -> tuple[float, float]:
    """Return the mean waits of two classes that do not interrupt each other (Cobham)."""
    load1, load = lam1 * handle / servers, (lam1 + lam2) * handle / servers
    residual = erlang_c(servers, load * servers) * handle / servers
    return residual / (1 - load1), residual / ((1 - load1) * (1 - load))


def exponential(mean: float) -> Law:
    """Return the exponential law."""
    return lambda x: 1 - math.exp(-x / mean)


def lognormal(median: float, sigma: float) -> Law:
    """Return the lognormal law."""
    return lambda x: 0.5 * math.erfc(-math.log(x / median) / sigma / math.sqrt(2)) if x > 0 else 0.0


class Offer(NamedTuple):
    """One offer, or one round of simultaneous offers."""

    accepted: float
    """Probability."""
    standing: float
    """Mean time until it is over [s]."""


def offer(law: Law, absent: float, timeout: float, workers: int = 1) -> Offer:
    """Return how a round of offers to some workers ends."""

    def nobody_yet(x: float) -> float:
        return math.pow(1 - (1 - absent) * law(x), workers)

    standing, _ = quad(nobody_yet, 0, timeout, epsabs=1e-12, epsrel=1e-12)
    return Offer(1 - nobody_yet(timeout), standing)


def answered_within(law: Law, absent: float, timeout: float, t: float) -> float:
    """Return the share answered within t where somebody is always free."""
    failed, rest = divmod(t, timeout)
    miss = 1 - (1 - absent) * law(timeout)
    return 1 - math.pow(miss, failed) * (1 - (1 - absent) * law(rest))


def completion_moments(
    law: Law, absent: float, timeout: float, handle: float, handle_cv2: float
) -> tuple[float, float]:
    """Return mean and second moment of offers and handling of a task on one worker."""
    accepted = (1 - absent) * law(timeout)
    missed = 1 - accepted

    def tail(x: float) -> float:
        return 1 - law(x) / law(timeout)

    answer, _ = quad(tail, 0, timeout, epsabs=1e-12)
    answer_square, _ = quad(lambda x: 2 * x * tail(x), 0, timeout, epsabs=1e-12)
    # Misses are geometric and each lasts exactly the timeout.
    lost = timeout * missed / accepted
    variance = timeout**2 * missed / accepted**2 + answer_square - answer**2
    mean = lost + answer + handle
    variance += handle_cv2 * handle**2
    return mean, variance + mean**2


def worker_time(law: Law, absent: float, timeout: float, handle: float, off: float) -> float:
    """Return the worker time that a task costs: offers, absences after misses, handling."""
    accepted, standing = offer(law, absent, timeout)
    return handle + (standing + (1 - accepted) * off) / accepted
