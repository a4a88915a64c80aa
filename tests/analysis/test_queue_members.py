"""When workers belonged to queues; :mod:`tests.analysis.test_queue_series` sees what follows."""

from __future__ import annotations

import trsim
from tests.analysis.test_attribution import at, bob, desk
from trsim.analysis.queue_members import read_members
from trsim.model import Model


def members(model: Model) -> list[list[tuple[int, ...]]]:
    """Return worker, start and end of each stay [s], queue by queue."""
    found = read_members(trsim.run(model).log, model, model.horizon_ms)
    return [
        sorted((w, a // 1000, b // 1000) for w, a, b in zip(*map(list, spans), strict=True))
        for spans in found
    ]


def test_workers_stay_where_nothing_changes() -> None:
    assert members(desk()) == [[(0, 0, 300)], [(1, 0, 300)]]


def test_attributes_bring_a_worker_from_queue_to_queue_and_back() -> None:
    first, second = {"team": "first"}, {"team": "second"}
    there_and_back = [bob(90, attributes=first), bob(100, attributes=second)]
    assert members(desk(timetable=there_and_back)) == [
        [(0, 0, 300), (1, 90, 100)],
        [(1, 0, 90), (1, 100, 300)],
    ]


def test_what_lasts_no_time_is_left_out() -> None:
    at_once = [bob(90, attributes={"team": "first"}), bob(90, attributes={"team": "second"})]
    assert members(desk(timetable=at_once)) == [[(0, 0, 300)], [(1, 0, 300)]]


def test_an_expression_changes_for_everybody() -> None:
    entry = at(90, task_queue="first", target_workers="team == 'second'")
    assert members(desk(timetable=[entry]))[0] == [(0, 0, 90), (1, 90, 300)]
