"""The shift plan: what it prescribes, and when that changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.world.setting import AVAILABLE, BREAK, OFFLINE
from trsim.world.plan import Shift, WorkerPlan
from trsim.world.shifts import activity_changes, prescribed_activity


def on_shifts(*spans: tuple[int, int, int]) -> WorkerPlan:
    shifts = tuple(Shift(*span) for span in spans)
    return WorkerPlan("agent", 0, 0, shifts=shifts, off_activity=OFFLINE)


def test_a_shift_is_half_open() -> None:
    worker = on_shifts((100, 200, AVAILABLE), (300, 400, BREAK))
    found = [prescribed_activity(worker, at) for at in (0, 99, 100, 199, 200, 299, 300, 400)]
    assert found == [
        OFFLINE, OFFLINE, AVAILABLE, AVAILABLE, OFFLINE, OFFLINE, BREAK, OFFLINE
    ]  # fmt: skip
    assert list(activity_changes(worker, 10**6)) == [
        (100, AVAILABLE), (200, OFFLINE), (300, BREAK), (400, OFFLINE)
    ]  # fmt: skip


def test_without_shifts_a_worker_is_on_duty_throughout() -> None:
    worker = WorkerPlan("agent", 0, 0, duty_activity=BREAK, off_activity=OFFLINE)
    assert prescribed_activity(worker, 10**12) == BREAK
    assert list(activity_changes(worker, 10**15)) == []
    never = WorkerPlan("agent", 0, 0, shifts=(), off_activity=OFFLINE)
    assert prescribed_activity(never, 0) == OFFLINE
    assert list(activity_changes(never, 10**15)) == []


def test_nothing_changes_at_instant_zero() -> None:
    assert list(activity_changes(on_shifts((0, 50, AVAILABLE)), 10**6)) == [(50, OFFLINE)]
    assert list(activity_changes(on_shifts((-50, 0, AVAILABLE)), 10**6)) == []
    assert list(activity_changes(on_shifts((-50, 10, AVAILABLE)), 10**6)) == [(10, OFFLINE)]


def test_shifts_that_touch() -> None:
    same = on_shifts((0, 50, AVAILABLE), (50, 90, AVAILABLE))
    assert list(activity_changes(same, 10**6)) == [(90, OFFLINE)]
    other = on_shifts((0, 50, AVAILABLE), (50, 90, BREAK))
    assert list(activity_changes(other, 10**6)) == [(50, BREAK), (90, OFFLINE)]


def test_the_horizon_is_not_reached() -> None:
    worker = on_shifts((100, 200, AVAILABLE))
    assert list(activity_changes(worker, 200)) == [(100, AVAILABLE)]
    assert list(activity_changes(worker, 100)) == []


@st.composite
def rosters(draw: st.DrawFn) -> WorkerPlan:
    bounds = sorted(draw(st.lists(st.integers(-20, 200), max_size=10)))
    spans = [
        (start, end, draw(st.sampled_from((AVAILABLE, BREAK, OFFLINE))))
        for start, end in zip(bounds[::2], bounds[1::2], strict=False)
        if start < end
    ]
    return on_shifts(*spans)


@given(rosters())
def test_following_the_changes_gives_what_is_prescribed(worker: WorkerPlan) -> None:
    changes = dict(activity_changes(worker, 250))
    activity = prescribed_activity(worker, 0)
    assert 0 not in changes
    for at in range(250):
        before, activity = activity, changes.get(at, activity)
        assert activity == prescribed_activity(worker, at)
        assert at not in changes or activity != before
