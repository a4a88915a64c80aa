"""What lies between a worker's acceptance and the connection: how long it takes, whether it fails.

The uniforms belong to the stream, the task's number, the attempt and the place in the batch; the
channel's plan turns them into a delay and an outcome.

Source: Twilio, "Reservations resource" (a reservation whose call or conversation is being set up
does not time out; a set-up that fails cancels it).
"""

from __future__ import annotations

from trsim.world.draws import Draws, Purpose
from trsim.world.durations import DrawnDuration, drawn_duration
from trsim.world.plan import SetUpPlan


class SetUp:
    """The set-ups of one channel for the tasks of one stream.

    Parameters
    ----------
    plan : SetUpPlan
        The channel's plan.
    draws : Draws
        The uniforms of the replication.
    stream : str
        Name of the stream whose tasks are accepted.
    """

    __slots__ = ("_delay", "_failed_below", "_failure")

    def __init__(self, plan: SetUpPlan, draws: Draws, stream: str) -> None:
        self._delay: DrawnDuration | None = None
        if plan.delay is not None:
            self._delay = drawn_duration(plan.delay, draws, Purpose.SET_UP_DELAY, stream)
        self._failed_below = plan.failure_probability
        self._failure = draws.source(Purpose.SET_UP_FAILURE, stream).at

    def delay_ms(self, number: int, attempt: int, place: int) -> int:
        """Return how long the reservation is on hold [ms], 0 where it is not.

        Parameters
        ----------
        number : int
            The task's number in its stream.
        attempt : int
            Batches of reservations made for the task before this one.
        place : int
            Place of the reservation in its batch.
        """
        return 0 if self._delay is None else self._delay(number, attempt, place)

    def fails(self, number: int, attempt: int, place: int) -> bool:
        """Whether the reservation is canceled instead of accepted; told as for the delay."""
        probability = self._failed_below
        return probability > 0.0 and self._failure(number, attempt, place) < probability
