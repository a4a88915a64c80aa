"""How a worker reacts to an offer: the worker's law turns the task's uniforms into a reply.

The uniforms belong to the stream, the task's number, the attempt and the place in the batch, so
the j-th offer of a task meets the same luck whoever is asked.  Which worker was asked decides only
what that luck means.
"""

from __future__ import annotations

from trsim.world.distributions import Distribution
from trsim.world.draws import Draws, Purpose
from trsim.world.durations import DrawnDuration, drawn_duration
from trsim.world.plan import BehaviorPlan, ScriptedAnswer

Reply = tuple[bool, int]
"""Whether the worker would accept, and how long after the offer it would say so [ms].  A plain
tuple, because one is made for every offer."""


class Replies:
    """The replies of one behavior to the tasks of one stream.

    Parameters
    ----------
    plan : BehaviorPlan
        The behavior; its scripted answers are not looked at here.
    draws : Draws
        The uniforms of the replication.
    stream : str
        Name of the stream whose tasks are offered.

    Notes
    -----
    One uniform decides the outcome: below ``no_answer_probability`` nobody reacts; in the next
    ``reject_probability`` the worker rejects; else it accepts.  With a reject clock the worker
    rejects when the clock is over strictly before the answer, compared in whole milliseconds.
    """

    __slots__ = (
        "_answer",
        "_certain",
        "_clock",
        "_ignored_below",
        "_outcome",
        "_reject",
        "_rejected_below",
    )

    def __init__(self, plan: BehaviorPlan, draws: Draws, stream: str) -> None:
        def drawn(law: Distribution, purpose: Purpose) -> DrawnDuration:
            return drawn_duration(law, draws, purpose, stream)

        self._ignored_below = plan.no_answer_probability
        self._rejected_below = plan.no_answer_probability
        self._clock: DrawnDuration | None = None
        if plan.reject_clock is None:
            self._rejected_below += plan.reject_probability
        else:
            self._clock = drawn(plan.reject_clock, Purpose.REJECT_CLOCK)
        self._certain = self._rejected_below <= 0.0
        self._outcome = draws.source(Purpose.ANSWER_OUTCOME, stream).at
        self._answer = drawn(plan.answer_delay, Purpose.ANSWER_DELAY)
        self._reject = self._answer
        if plan.reject_delay is not None:
            self._reject = drawn(plan.reject_delay, Purpose.REJECT_DELAY)

    def to_offer(self, number: int, attempt: int, place: int) -> Reply | None:
        """Return the reply to an offer, or None if nobody reacts.

        Parameters
        ----------
        number : int
            The task's number in its stream.
        attempt : int
            Batches of reservations made for the task before this one.
        place : int
            Place of the reservation in its batch.
        """
        if not self._certain:
            u = self._outcome(number, attempt, place)
            if u < self._rejected_below:
                if u < self._ignored_below:
                    return None
                return False, self._reject(number, attempt, place)
        answer_ms = self._answer(number, attempt, place)
        if self._clock is not None:
            clock_ms = self._clock(number, attempt, place)
            if clock_ms < answer_ms:
                return False, clock_ms
        return True, answer_ms


class Script:
    """Answers laid down for a worker's first, second, … reservation of the run.

    Parameters
    ----------
    answers : tuple of ScriptedAnswer
        In the order of the worker's reservations.
    """

    __slots__ = ("_answers", "_given")

    def __init__(self, answers: tuple[ScriptedAnswer, ...]) -> None:
        self._answers = answers
        self._given = 0

    def is_over(self) -> bool:
        """Whether the worker follows the laws from now on."""
        return self._given >= len(self._answers)

    def take(self) -> Reply | None:
        """Return the next scripted reply, or None if nobody reacts."""
        answer = self._answers[self._given]
        self._given += 1
        return None if answer.accept is None else (answer.accept, answer.delay_ms)
