"""What a distribution says against its parameters, in the words and units of a file."""

from __future__ import annotations

import re
from typing import Any

from trsim.scenario.problems import shown
from trsim.scenario.values import seconds_text

_FAULT = re.compile(r"\w+: (?P<name>\w+) must (?P<rule>.+); found .+", re.DOTALL)
_QUANTITIES = frozenset(
    ("value", "mean", "low", "mode", "high", "sd", "median", "scale", "minimum")
)
"""Parameters that are durations in laws of durations."""


def law_fault(text: str, law: Any, *, of_time: bool) -> tuple[str, str]:
    """Return the reason and the key it belongs to, which is empty where it is the whole law.

    Parameters
    ----------
    text : str
        What the distribution says, in seconds.
    law : block of :mod:`trsim.scenario.schema_laws`
        The law as it is written.
    of_time : bool
        Whether its values are durations.
    """
    found = _FAULT.fullmatch(text)
    if found is None:
        return text, ""
    name, rule = found["name"], found["rule"]
    if name in ("center", "spread"):  # the normal law is written with other names
        name = "sd" if name == "spread" and law.sd is not None else "mean"
    value = getattr(law, name, None)
    if isinstance(value, tuple):
        return f"must {rule}", name
    if value is None and name == "shape":  # that of a gamma law by mean and cv
        return f"must be 0.0032 … 10 (found {shown(law.cv)})", "cv"
    if value is None:
        return text, ""
    rule = re.sub(r"^be | \(.*\)", "", rule)
    if name in ("high", "mode"):
        low, high = (_written(bound, of_time=of_time) for bound in (law.low, law.high))
        rule = (
            f"more than low, {low}" if name == "high" else f"between low, {low}, and high, {high}"
        )
    elif rule in ("> 0", ">= 0") and name in _QUANTITIES and of_time:
        rule += "s"
    is_time = of_time and name in _QUANTITIES
    return f"must be {rule} (found {_written(value, of_time=is_time)})", name


def _written(value: float, *, of_time: bool) -> str:
    return seconds_text(value) if of_time else shown(value)
