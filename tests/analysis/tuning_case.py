"""A tuning made by hand: six timeouts, of which the fourth is recommended."""

from __future__ import annotations

from dataclasses import replace

from trsim.analysis.intervals import Interval
from trsim.analysis.tuning import (
    Change,
    Pareto,
    Pick,
    Question,
    Theory,
    TriedPoint,
    TunedParameter,
    Tuning,
    Verdict,
)

LABEL = "workflows.front_door.task_reservation_timeout"
TIMEOUTS = (5, 15, 20, 24, 30, 60)
LOST = (0.31, 0.173, 0.168, 0.167, 0.169, 0.19)
IN_TIME = (0.29, 0.548, 0.545, 0.547, 0.553, 0.562)
VERDICTS = (
    Verdict.WORSE,
    Verdict.WORSE,
    Verdict.NOT_TOLD_APART,
    Verdict.RECOMMENDED,
    Verdict.NOT_TOLD_APART,
    Verdict.WORSE,
)

QUESTION = Question(
    scenario="Desk",
    digest="0" * 64,
    seed=1,
    parameters=(TunedParameter(LABEL, "s", 5, 60, "15s"),),
    objective="abandonment",
    unit="share",
    maximize=False,
    conditions=(),
    indifference=0.005,
    confidence=0.95,
    budget="2,000 replications",
)


def point(index: int) -> TriedPoint:
    return TriedPoint(
        values=(f"{TIMEOUTS[index]}s",),
        numbers=(float(TIMEOUTS[index]),),
        replications=40,
        objective=Interval(LOST[index], 0.004, 40),
        verdict=VERDICTS[index],
        eliminated_at=10 if index == 0 else None,
    )


def tuning(**changes: object) -> Tuning:
    """Return the tuning, some of its fields changed."""
    lost = Pick("abandonment", "share", False, 3, (2, 3, 4), LOST, 40)
    in_time = Pick("service_level@20s", "share", True, 5, (4, 5), IN_TIME, 40)
    made = Tuning(
        question=QUESTION,
        points=tuple(point(index) for index in range(6)),
        today=1,
        recommended=3,
        least_violating=None,
        promise_kept=True,
        rounds=2,
        confirmation=(
            Change("abandonment", "share", 0.173, 0.167, Interval(-0.006, 0.003, 100)),
            Change("mean_wait", "s", 20.6, 20.1, Interval(-0.5, 0.6, 100)),
        ),
        confirmed_on=100,
        picks=(lost, in_time),
        pareto=Pareto(lost, in_time, (3, 4, 5)),
        theory=Theory(22.24, 95.4, "a miss costs a minute"),
        warnings=(),
        replications_used=700,
        reproducible=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
