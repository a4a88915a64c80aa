"""A law with its uniforms: the durations that tasks, offers and absences get."""

from __future__ import annotations

from typing import Protocol

from trsim.world.distributions import Constant, Distribution
from trsim.world.draws import Draws, Purpose, to_ms


class DrawnDuration(Protocol):
    """Gives the duration of a number, an attempt and a place [ms]."""

    def __call__(self, number: int, attempt: int = 0, place: int = 0) -> int:
        """Return the duration [ms], >= 0."""


def drawn_duration(law: Distribution, draws: Draws, purpose: Purpose, name: str) -> DrawnDuration:
    """Return a function that draws durations of one purpose and name, in whole milliseconds.

    Parameters
    ----------
    law : Distribution
        Law of the durations.
    draws : Draws
        The uniforms of the replication.
    purpose : Purpose
        What the durations are for.
    name : str
        The stream or group of workers they belong to.

    Notes
    -----
    A constant law leaves its uniforms undrawn.  Nothing shifts, because a uniform belongs to its
    number and not to a call.

    Examples
    --------
    >>> from trsim.world.distributions import Exponential
    >>> talk_ms = drawn_duration(Exponential(300.0), Draws(7, 0), Purpose.TALK, "billing")
    >>> talk_ms(16), talk_ms(17), talk_ms(16)
    (16097, 810410, 16097)
    """
    if isinstance(law, Constant):
        constant_ms = to_ms(law.value, purpose)

        def constant(number: int, attempt: int = 0, place: int = 0) -> int:
            return constant_ms

        return constant
    quantile, uniform = law.quantile, draws.source(purpose, name).at

    # A closure: attributes of an object would cost a tenth more on every draw.
    def drawn(number: int, attempt: int = 0, place: int = 0) -> int:
        return to_ms(quantile(uniform(number, attempt, place)), purpose)

    return drawn
