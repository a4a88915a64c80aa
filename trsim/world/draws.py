"""Uniforms that belong to identities, and the one place where seconds become milliseconds.

A uniform is a pure function of (seed, replication, purpose, name, number, attempt, place), so
neither the order of events nor a change elsewhere in a scenario moves it, and any engine can
reproduce it:

- The first four become the 128-bit key of a Philox4x64-10 generator: the first 16 bytes of the
  BLAKE2b hash of ``trsim/1 <seed> <replication> <purpose> <name>`` in UTF-8, read as one
  little-endian integer.
- The last three are a place in its output: word ``number % 4`` of the block whose counter words
  are ``(number // 4 + 1, attempt, place, 0)``.  The 1 is NumPy's: ``Philox(counter=c)`` counts
  up before it makes its first block.
- The upper 52 of the word's 64 bits become ``(bits + 0.5) / 2**52``, which is never 0 or 1.  With
  53 bits and a half the sum would need 54 binary digits and could round up to 1.

Nothing else in trsim makes random numbers.

Sources: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3";
NumPy, "Philox counter-based RNG".
"""

from __future__ import annotations

from array import array
from enum import Enum
from hashlib import blake2b

import numpy as np

from trsim.errors import UsageError

SMALLEST = 2.0**-53
"""Smallest uniform that can be drawn; the largest is ``1 - SMALLEST``."""

_BITS_DROPPED = np.uint64(12)
_STEP = 2.0**-52
# First attempts come in order of number, so long blocks pay; later ones are scattered, and one
# task may be offered a thousand times.
_FIRST_SHIFT = 10
_FIRST_MASK = (1 << _FIRST_SHIFT) - 1
_LATER_SHIFT = 6
_LATER_MASK = (1 << _LATER_SHIFT) - 1
_FIRST_BLOCKS_KEPT = 64
_LATER_BLOCKS_KEPT = 2_048


class Purpose(Enum):
    """What a uniform decides; the value is part of the key."""

    ARRIVAL = "arrival"
    """When a task arrives: number = the task's number in its stream."""
    BUSYNESS = "busyness"
    """How busy a day is: number = the day."""
    ATTRIBUTES = "attributes"
    """Which attribute set a task has."""
    BALK = "balk"
    """Whether the customer leaves at once unless somebody is reserved."""
    PATIENCE = "patience"
    """How long the customer waits at most."""
    TALK = "talk"
    """Talk time."""
    WRAP_UP = "wrap_up"
    """Wrap-up time."""
    ANSWER_OUTCOME = "answer_outcome"
    """Whether an offer is accepted, rejected or ignored: number, attempt, place in the batch."""
    ANSWER_DELAY = "answer_delay"
    """How long the answer to an offer takes: number, attempt, place."""
    REJECT_DELAY = "reject_delay"
    """How long a rejection takes, where it has a law of its own: number, attempt, place."""
    REJECT_CLOCK = "reject_clock"
    """When an unanswered offer would be rejected: number, attempt, place."""
    RETURN = "return"
    """How long a worker stays away: name = the group, number = index, attempt = occasion."""
    SET_UP_DELAY = "set_up_delay"
    """How long an accepted offer is on hold: number, attempt, place."""
    SET_UP_FAILURE = "set_up_failure"
    """Whether the set-up of an accepted offer fails: number, attempt, place."""


class UniformSource:
    """Uniforms of one purpose and name, looked up by number, attempt and place.

    Parameters
    ----------
    key : int
        Key of the Philox generator, 0 … 2**128 - 1.

    Notes
    -----
    Values are made in blocks and kept while memory allows: at most 64 blocks of 1,024 first
    attempts and 2,048 blocks of 64 later ones, under 2 MB in all.  No value depends on that.
    """

    __slots__ = ("_counter", "_first", "_generator", "_later", "_state")

    def __init__(self, key: int) -> None:
        self._generator = np.random.Philox(key=key, counter=0)
        self._state = self._generator.state
        self._counter = self._state["state"]["counter"]
        self._first: dict[int, array[float]] = {}
        self._later: dict[tuple[int, int, int], array[float]] = {}

    def at(self, number: int, attempt: int = 0, place: int = 0) -> float:
        """Return the uniform of a number, an attempt and a place in the batch.

        Parameters
        ----------
        number : int
            Task's number in its stream, worker's index in its group, or day; >= 0.
        attempt : int
            Batches of reservations made for the task before, or the worker's occasion; >= 0.
        place : int
            Place among the reservations of one batch, >= 0.

        Returns
        -------
        float
            In (0, 1), a multiple of ``2**-53``.
        """
        if attempt or place:
            return self._at_later(number, attempt, place)
        values = self._first.get(number >> _FIRST_SHIFT)
        if values is None:
            if len(self._first) >= _FIRST_BLOCKS_KEPT:
                self._first.clear()
            block = number >> _FIRST_SHIFT
            values = self._first[block] = self._make(block << _FIRST_SHIFT, 0, 0, _FIRST_MASK + 1)
        return values[number & _FIRST_MASK]

    def _at_later(self, number: int, attempt: int, place: int) -> float:
        block = number >> _LATER_SHIFT
        values = self._later.get((block, attempt, place))
        if values is None:
            if len(self._later) >= _LATER_BLOCKS_KEPT:
                self._later.clear()
            values = self._make(block << _LATER_SHIFT, attempt, place, _LATER_MASK + 1)
            self._later[block, attempt, place] = values
        return values[number & _LATER_MASK]

    def _make(self, first: int, attempt: int, place: int, count: int) -> array[float]:
        """Return the uniforms of ``count`` numbers from ``first``, a multiple of 4."""
        # Moving one generator costs 2 µs, making a new one 12.
        counter = self._counter
        counter[0], counter[1], counter[2] = first >> 2, attempt, place
        self._generator.state = self._state
        raw = self._generator.random_raw(count) >> _BITS_DROPPED
        return array("d", ((raw + 0.5) * _STEP).tobytes())


class Draws:
    """All uniforms of one replication.

    Parameters
    ----------
    seed : int
        Root seed, >= 0.
    replication : int
        Number of the replication, >= 0.

    Raises
    ------
    UsageError
        If one of them is negative.

    Examples
    --------
    >>> talk = Draws(seed=7, replication=0).source(Purpose.TALK, "billing")
    >>> talk.at(16)
    0.052241056155191035
    >>> talk.at(16) == Draws(7, 0).source(Purpose.TALK, "billing").at(16)
    True
    """

    __slots__ = ("_replication", "_seed", "_sources")

    def __init__(self, seed: int, replication: int) -> None:
        for name, value in (("seed", seed), ("replication", replication)):
            if value < 0:
                raise UsageError(f"{name} must be a whole number >= 0; found {value!r}")
        self._seed = int(seed)
        self._replication = int(replication)
        self._sources: dict[tuple[Purpose, str], UniformSource] = {}

    def source(self, purpose: Purpose, name: str) -> UniformSource:
        """Return the uniforms of a purpose for a stream or a group of workers.

        Ask once and keep the answer: the key is hashed the first time, and found in a table after.
        """
        source = self._sources.get((purpose, name))
        if source is None:
            source = UniformSource(self._key(purpose, name))
            self._sources[purpose, name] = source
        return source

    def _key(self, purpose: Purpose, name: str) -> int:
        # The name comes last, so that blanks in it cannot make two identities alike.
        identity = f"trsim/1 {self._seed} {self._replication} {purpose.value} {name}"
        return int.from_bytes(blake2b(identity.encode(), digest_size=16).digest(), "little")


def to_ms(seconds: float, purpose: Purpose) -> int:
    """Return a drawn duration in whole milliseconds, rounded half up.

    Parameters
    ----------
    seconds : float
        Duration [s], finite and >= 0.
    purpose : Purpose
        What was drawn, for the message.

    Returns
    -------
    int
        ``floor(1000 * seconds + 0.5)`` [ms]; a positive duration below 0.5 ms becomes 0.

    Raises
    ------
    AssertionError
        If the duration is negative, infinite or not a number.

    Examples
    --------
    >>> to_ms(1.2345, Purpose.TALK)
    1235
    """
    # An explicit raise stays in force under python -O; NaN fails both comparisons.
    if not 0.0 <= seconds < 1e300:
        raise AssertionError(
            f"{purpose.value}: a duration must be finite and >= 0 s; got {seconds!r}"
        )
    return int(seconds * 1000.0 + 0.5)
