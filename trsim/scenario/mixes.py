"""Attribute sets of a stream: its attributes combined with the values of its mix."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from trsim.scenario.fields import MAX_ATTRIBUTES
from trsim.scenario.scalars import plain_scalar
from trsim.scenario.schema_tasks import StreamBlock

MAX_SETS = 10_000
"""Most attribute sets of one stream."""


def n_sets(stream: StreamBlock) -> int:
    """Return how many attribute sets a stream can have."""
    return math.prod(len(shares) for shares in stream.attribute_mix.values())


def attribute_sets(stream: StreamBlock) -> Iterator[tuple[dict[str, Any], float]]:
    """Yield the attribute sets of a stream with their probabilities.

    Notes
    -----
    The values of different attributes are independent, so a set's probability is a product.  A
    value is written as a key and means what it would mean as an unquoted word: ``true`` is true
    and ``3`` a number.  Shares are scaled to sum to exactly 1 up to rounding.
    """
    names = list(stream.attribute_mix)
    choices = []
    for shares in stream.attribute_mix.values():
        total = math.fsum(shares.values())
        choices.append([(plain_scalar(value), share / total) for value, share in shares.items()])
    for combination in itertools.product(*choices):
        mixed = {name: value for name, (value, _) in zip(names, combination, strict=True)}
        yield {**stream.attributes, **mixed}, math.prod(share for _, share in combination)


def canonical(attributes: Mapping[str, Any]) -> str:
    """Return a text that is the same for equal attributes in any order."""
    return json.dumps(attributes, sort_keys=True, ensure_ascii=False, allow_nan=False)


def mix_problem(stream: StreamBlock) -> str | None:
    """Return what is wrong with a mix, None if nothing is."""
    if n_sets(stream) > MAX_SETS:
        return f"at most {MAX_SETS} combinations of values (found {n_sets(stream)})"
    both = [name for name in stream.attribute_mix if name in stream.attributes]
    if both:
        return f"{both[0]!r} is among the attributes, too"
    try:
        longest = max(len(canonical(attributes)) for attributes, _ in attribute_sets(stream))
    except ValueError as fault:
        return str(fault)
    if longest > MAX_ATTRIBUTES:
        return f"with the attributes, at most {MAX_ATTRIBUTES} characters as JSON (found {longest})"
    return None
