"""A short life, worked out by hand, so that the second opinion is not itself only believed.

Quickstart: a call comes at 10 s and is offered to Alice, who misses it for 15 s.  She is set back
to Available at 60 s, is offered it again, accepts after 4 s and talks for 120 s; the run ends at
300 s.
"""

from __future__ import annotations

import pytest

from tests.second_opinion.folders import SHIPPED, Case, Folder, write
from tests.second_opinion.opinion import Opinion
from tests.second_opinion.tally import Crowd, Tally

QUICKSTART = next(path for path in SHIPPED if path.stem == "quickstart")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return write(Case(QUICKSTART), tmp_path_factory.mktemp("run") / "folder")


@pytest.fixture(scope="module")
def opinion(folder: Folder) -> Opinion:
    return Opinion(folder.events, folder.result.criteria)


FIGURES = {
    "offered": (1, 1),
    "mean_wait": (54_000, 1000),
    "wait_p50": (54_000, 1000),
    "wait_to_first_offer": (0, 1000),
    "service_level_offered": (0, 1),
    "mean_talk_time": (120_000, 1000),
    "mean_wrap_up_time": (0, 0),
    "mean_queue_length": (54_000, 300_000),
    "mean_pending": (35_000, 300_000),
    "max_queue_length": (1, 1),
    "wait_ringing": (4_000, 1000),
    "wait_lost_offers": (15_000, 1000),
    "wait_pending": (35_000, 1000),
    "offers_per_task": (2, 1),
    "timeout_share": (1, 2),
    "mean_answer_time": (4_000, 1000),
    "mean_ringing_time": (19_000, 2000),
    "reoffered_same_worker": (1, 1),
}


def test_tasks_and_offers(opinion: Opinion) -> None:
    figures = opinion.figures()
    assert {name: figures[name] for name in FIGURES} == FIGURES


WORKER_TIME = {
    "busy_time": (120_000, 1000),
    "ringing_time": (19_000, 1000),
    "idle_time": (10_000, 1000),  # before the call; then she is Offline, at last Busy
    "away_time": (151_000, 1000),
    "occupancy": (120_000, 130_000),  # she rings in Reserved, which is no available activity
    "ringing_share": (19_000, 149_000),
    "lost_ringing_time": (15_000, 1000),
    "absent_after_timeout": (35_000, 1000),
    "absent_after_reject": (0, 1000),
    "gini_load": (0, 240_000),
}


def test_worker_time(opinion: Opinion) -> None:
    figures = opinion.worker_time()
    assert {name: figures[name] for name in WORKER_TIME} == WORKER_TIME


def test_areas(folder: Folder) -> None:
    tally = Tally(folder.result.log.rows(), 20_000, 100_000)
    areas = {name: crowd.area for name, crowd in tally.crowds.items() if crowd.area}
    assert areas == {
        "waiting": 44_000,
        "queue 0": 44_000,
        "task pending": 35_000,
        "task reserved": 9_000,
        "task assigned": 36_000,
        "offers pending": 9_000,
        "offers ringing": 9_000,
        "offers in hand": 36_000,
        "worker 0 in hand": 36_000,
    }


def test_the_two_sides_of_littles_law_are_two() -> None:
    crowd = Crowd(0, 100)
    crowd.comes(1, 10)
    crowd.comes(2, 40)
    crowd.leaves(1, 60)
    assert crowd.number == 1
    crowd.number += 1  # somebody counted twice from here on
    crowd.close()
    assert (crowd.area, crowd.spent()) == (30 + 2 * 20 + 2 * 40, 50 + 60)
