"""What the shift plan prescribes for a worker, and when that changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from trsim.world.plan import WorkerPlan


def prescribed_activity(plan: WorkerPlan, at_ms: int) -> int:
    """Return the activity that the shift plan prescribes at an instant.

    Parameters
    ----------
    plan : WorkerPlan
        The worker; its shifts are sorted and do not overlap.
    at_ms : int
        The instant [ms]; a shift holds from its start up to, not including, its end.
    """
    shifts = plan.shifts
    if shifts is None:
        return plan.duty_activity
    place = bisect_right(shifts, at_ms, key=lambda shift: shift.start_ms) - 1
    if place >= 0 and at_ms < shifts[place].end_ms:
        return shifts[place].activity
    return plan.off_activity


def activity_changes(plan: WorkerPlan, horizon_ms: int) -> Iterator[tuple[int, int]]:
    """Yield the instants in (0, horizon) at which the prescribed activity changes, and to what.

    A shift that follows another without a gap and with the same activity changes nothing: a
    worker who is away over that instant is not called back.
    """
    present = prescribed_activity(plan, 0)
    for place, shift in enumerate(plan.shifts or ()):
        following = plan.shifts[place + 1 : place + 2] if plan.shifts else ()
        steps = [(shift.start_ms, shift.activity)]
        if not following or following[0].start_ms > shift.end_ms:
            steps.append((shift.end_ms, plan.off_activity))
        for at_ms, activity in steps:
            if at_ms >= horizon_ms:
                return
            if at_ms > 0 and activity != present:
                present = activity
                yield at_ms, activity
