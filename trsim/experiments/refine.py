"""Points around the best one so far, closer together than those that were tried."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Final

from trsim.experiments.parameters import Parameter
from trsim.experiments.trials import Trials

MOST_NEW: Final = 8
"""Most new points of a round."""


def can_be_refined(parameter: Parameter) -> bool:
    """Tell whether there are allowed values between those of a parameter."""
    if not parameter.is_numeric or parameter.allowed is not None:
        return False
    known = sorted(parameter.number(value) for value in parameter.values)
    between = (
        parameter.number(parameter.written((low + high) / 2)) for low, high in pairwise(known)
    )
    return any(number not in known for number in between)


def refined_points(trials: Trials, best: int, room: int) -> tuple[int, ...]:
    """Return new points between a point and its neighbors, at most `room` of them.

    One parameter: evenly spread between the neighbors that were tried on both sides; two: the
    middles to the neighbors, and all combinations of them.
    """
    parameters = trials.parameters
    most = min(MOST_NEW, max(room, 0))
    choices = [_choices(trials, best, index, most) for index in range(len(parameters))]
    found: list[int] = []
    for numbers in product(*choices):
        if len(found) == most:
            break
        known = len(trials.values)
        values = tuple(
            parameter.written(number) if number != own else value
            for parameter, number, own, value in zip(
                parameters, numbers, trials.numbers[best], trials.values[best], strict=True
            )
        )
        if (point := trials.add(values)) == known:
            found.append(point)
    return tuple(found)


def _choices(trials: Trials, best: int, index: int, most: int) -> list[float]:
    """Return numbers of one parameter around the best point, its own first."""
    parameter, own = trials.parameters[index], trials.numbers[best][index]
    if math.isnan(own) or not can_be_refined(parameter):
        return [own]
    tried = sorted({numbers[index] for numbers in trials.numbers if not math.isnan(numbers[index])})
    low = max((number for number in tried if number < own), default=own)
    high = min((number for number in tried if number > own), default=own)
    if len(trials.parameters) > 1:
        raw = [(low + own) / 2, (own + high) / 2]
    else:
        raw = [low + (high - low) * part / (most + 1) for part in range(1, most + 1)]
    numbers = [parameter.number(parameter.written(number)) for number in raw]
    return list(dict.fromkeys([own, *(number for number in numbers if low < number < high)]))
