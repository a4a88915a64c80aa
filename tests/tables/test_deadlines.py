"""Twilio, "Task evaluation": deadlines are sums of timeouts, compared with the task's age."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tables.desk import ended, entered, head, one_filter, play

FAR_S = 1_000


def target(queue: str, timeout: int | None, **further: Any) -> dict[str, Any]:
    return {"queue": queue, **({} if timeout is None else {"timeout": timeout}), **further}


@pytest.mark.parametrize("age_s", [0, 0.25, 33])
@pytest.mark.parametrize(
    ("timeouts", "enters", "ends"),
    [
        pytest.param([10, 10, 10], [0, 10, 20], 30, id="the documented example"),
        pytest.param([1], [0], 1, id="one"),
        pytest.param([1, 2, 3, 4], [0, 1, 3, 6], 10, id="growing"),
        pytest.param([9, 1], [0, 9], 10, id="shrinking"),
        pytest.param([None], [0], None, id="none"),
        pytest.param([5, None, 5], [0, 5], None, id="nothing behind one without timeout"),
    ],
)
def test_nobody_is_there(
    age_s: float, timeouts: list[int | None], enters: list[int], ends: int | None
) -> None:
    """Whenever a task is created, it changes targets at the sums."""
    of = head({}, task_routing=one_filter(*(target("Q", timeout) for timeout in timeouts)))
    rows = play(of, [f"{age_s} create A", f"{age_s + FAR_S} wait"])
    created_ms = int(age_s * 1000)
    assert entered(rows) == [(created_ms + 1000 * s, step) for step, s in enumerate(enters)]
    assert ended(rows) == ([] if ends is None else [created_ms + 1000 * ends])


@pytest.mark.parametrize(
    ("timeouts", "skipped", "steps"),
    [
        pytest.param([10, 10], [0], [(0, 0), (0, 1)], id="the first of two"),
        pytest.param([10, 10, 10], [1], [(0, 0), (10, 1), (10, 2)], id="the second"),
        pytest.param([10, 10, 10], [0, 1], [(0, 0), (0, 1), (0, 2)], id="the first two"),
        pytest.param([10, 5, 7], [0, 2], [(0, 0), (0, 1), (15, 2)], id="the first and the last"),
        pytest.param([None, 5], [0], [(0, 0), (0, 1)], id="one without timeout"),
    ],
)
def test_a_skipped_target_counts_in_the_sum(
    timeouts: list[int | None], skipped: list[int], steps: list[tuple[int, int]]
) -> None:
    targets = [
        target("Q", timeout, **({"skip_if": "1 == 1"} if i in skipped else {}))
        for i, timeout in enumerate(timeouts)
    ]
    rows = play(head({}, task_routing=one_filter(*targets)), ["0 create A", f"{FAR_S} wait"])
    assert entered(rows) == [(1000 * at, step) for at, step in steps]
    total = sum(timeout or 0 for timeout in timeouts)
    last_is_skipped = len(timeouts) - 1 in skipped
    assert ended(rows) == [1000 * (steps[-1][0] if last_is_skipped else total)]


@pytest.mark.parametrize(
    ("fails_at", "enters"),
    [
        pytest.param("9.999", [(0, 0), (10_000, 1), (20_000, 2)], id="before the first"),
        pytest.param("10", [(0, 0), (10_000, 1), (20_000, 2)], id="at the first"),
        pytest.param("19.999", [(0, 0), (19_999, 1), (20_000, 2)], id="before the second"),
        pytest.param("20", [(0, 0), (20_000, 2)], id="at the second"),
        pytest.param("29.999", [(0, 0), (29_999, 2)], id="before the last"),
        pytest.param("30", [(0, 0)], id="at the last"),
        pytest.param("31", [(0, 0)], id="after the last"),
    ],
)
def test_a_late_failure_passes_over(fails_at: str, enters: list[tuple[int, int]]) -> None:
    of = head(
        {"w": {"activity": "Available"}},
        queues={"Q": {}, "Empty": {"workers": []}},
        task_routing=one_filter(target("Q", 10), target("Empty", 10), target("Empty", 10)),
    )
    rows = play(of, ["0 create A", f"{fails_at} reject r0 Offline", f"{FAR_S} wait"])
    assert entered(rows) == enters
    assert ended(rows) == [max(30_000, int(float(fails_at) * 1000))]


@pytest.mark.parametrize(
    ("at", "base", "step", "until", "offset"),
    [
        pytest.param("3", "task_age", 2, 5_000, 0, id="first target, by age"),
        pytest.param("3", "reset", 2, 8_000, 3_000, id="first target, counted anew"),
        pytest.param("5", "task_age", 3, 25_000, 0, id="at its deadline, by age"),
        pytest.param("5", "reset", 2, 10_000, 5_000, id="at its deadline, counted anew"),
        pytest.param("24.999", "task_age", 3, 25_000, 0, id="just in time, by age"),
        pytest.param("24.999", "reset", 2, 29_999, 24_999, id="counted anew, late"),
        pytest.param("25", "task_age", 4, 32_000, 25_000, id="in the next filter"),
    ],
)
def test_driven_from_the_top(at: str, base: str, step: int, until: int, offset: int) -> None:
    """The filter that matches has the timeouts 5 and 20, the one behind it 7."""
    of = head(
        {},
        kinds=["old", "new"],
        rules={"redrive_timeout_base": base},
        task_routing={
            "filters": [
                {"expression": "kind == 'old'", "targets": [target("Q", 40), target("Q", 40)]},
                {"expression": "kind == 'new'", "targets": [target("Q", 5), target("Q", 20)]},
                {"expression": "kind != 'old'", "targets": [target("Q", 7)]},
            ]
        },
    )
    rows = play(of, ["0 create A kind=old", f"{at} update A kind=new"])
    found = rows[-1]
    assert (found.step, found.until_ms, max(found.offset_ms, 0)) == (step, until, offset)
