"""Workers who are away after a missed or rejected offer, and when they come back.

An absence begins with a miss that puts the worker into the timeout activity, or with the worker's
own rejection into an activity.  It ends when the worker is in another activity, whoever moved it;
a further miss begins a new absence, so the return delay starts again.  Where the workspace leaves
unavailable workers in their activity, a miss of such a worker begins nothing and restarts nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from trsim.core.commands import SetActivity
from trsim.core.spec import WorkspaceSpec
from trsim.world.distributions import Distribution
from trsim.world.draws import Draws, Purpose
from trsim.world.due import Due, Guard
from trsim.world.durations import DrawnDuration, drawn_duration
from trsim.world.plan import WorldPlan
from trsim.world.shifts import prescribed_activity

PRESENT = -1
"""In place of an activity: the worker is not away."""


class Absences:
    """The absences of all workers of a run.

    Parameters
    ----------
    plan : WorldPlan
        Workers, their behaviors and shifts.
    draws : Draws
        The uniforms of the replication.
    spec : WorkspaceSpec
        Activities, where workers begin, and where a miss puts them.
    next_rank : callable
        Gives each way back its place among the commands of one instant.

    Notes
    -----
    The delay of a worker's absence ``k`` has the uniform of its group, its index and ``k``.
    """

    __slots__ = (
        "_activity",
        "_away_in",
        "_delays",
        "_expected_ms",
        "_latest",
        "_moves_who_missed",
        "_next_rank",
        "_plan",
        "_timeout_activity",
    )

    def __init__(
        self, plan: WorldPlan, draws: Draws, spec: WorkspaceSpec, next_rank: Callable[[], int]
    ) -> None:
        self._plan = plan
        self._timeout_activity = spec.timeout_activity
        self._moves_who_missed = (True,) * len(spec.activities)
        if spec.rules.timeout_activity_only_if_available:
            self._moves_who_missed = spec.present_activities()
        self._activity = [worker.activity for worker in spec.workers]
        self._next_rank = next_rank
        self._latest = [-1] * len(plan.workers)
        self._away_in = [PRESENT] * len(plan.workers)
        # When the world means to reject a reservation.  An operator can reject it before, and
        # that is no habit of the worker.
        self._expected_ms: dict[int, int] = {}
        self._delays: dict[tuple[int, str], tuple[DrawnDuration | None, DrawnDuration | None]] = {}
        for worker in plan.workers:
            habit = plan.behaviors[worker.behavior]
            self._delays[worker.behavior, worker.group] = (
                _delay(habit.after_timeout, draws, worker.group),
                _delay(habit.after_reject, draws, worker.group),
            )

    def after_miss(self, worker: int, at_ms: int) -> Due | None:
        """Begin an absence with a missed offer; return the way back, None if there is none.

        The row of the miss comes before that of the worker's move.
        """
        if not self._moves_who_missed[self._activity[worker]]:
            return None
        plan = self._plan.workers[worker]
        delay, _ = self._delays[plan.behavior, plan.group]
        return self._begin(worker, self._timeout_activity, delay, at_ms)

    def expect_rejection(self, worker: int, reservation: int, at_ms: int) -> None:
        """Take note that a worker is going to reject, where that begins an absence."""
        behavior = self._plan.behaviors[self._plan.workers[worker].behavior]
        if behavior.reject_activity >= 0:
            self._expected_ms[reservation] = at_ms

    def after_rejection(self, worker: int, reservation: int, at_ms: int) -> Due | None:
        """Begin an absence if the rejection was the worker's own; return the way back or None."""
        if self._expected_ms.pop(reservation, None) != at_ms:
            return None
        plan = self._plan.workers[worker]
        _, delay = self._delays[plan.behavior, plan.group]
        activity = self._plan.behaviors[plan.behavior].reject_activity
        return self._begin(worker, activity, delay, at_ms)

    def forget_rejection(self, reservation: int) -> None:
        """Take note that a reservation ended before its worker could reject it."""
        self._expected_ms.pop(reservation, None)

    def moved(self, worker: int, activity: int) -> None:
        """Take note that a worker entered an activity; in another one it is away no more."""
        self._activity[worker] = activity
        if activity != self._away_in[worker]:
            self._away_in[worker] = PRESENT

    def is_away(self, worker: int, stamp: int) -> bool:
        """Whether an absence of a worker, told by its number, still lasts."""
        # An operator who takes a worker's offers away in the instant of the worker's own rejection
        # has moved it elsewhere before: then the activity is not that of the absence.
        return stamp == self._latest[worker] and self._away_in[worker] == self._activity[worker]

    def _begin(
        self, worker: int, activity: int, delay: DrawnDuration | None, at_ms: int
    ) -> Due | None:
        self._latest[worker] = occasion = self._latest[worker] + 1
        self._away_in[worker] = activity
        if delay is None:
            return None
        plan = self._plan.workers[worker]
        back_ms = at_ms + delay(plan.index, occasion)
        command = SetActivity(worker, prescribed_activity(plan, back_ms))
        return Due(back_ms, self._next_rank(), command, Guard.STILL_AWAY, worker, occasion)


def _delay(law: Distribution | None, draws: Draws, group: str) -> DrawnDuration | None:
    return None if law is None else drawn_duration(law, draws, Purpose.RETURN, group)
