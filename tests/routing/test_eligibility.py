"""Who may be asked, and everything that stands in the way."""

from __future__ import annotations

import pytest

from tests.routing.centre import OFFLINE, Centre
from trsim.core import commands
from trsim.core.sids import sid
from trsim.routing.eligibility import Eligibility, Obstacle
from trsim.routing.worker_views import WorkerViews

TARGET = {
    "queue": "A",
    "expression": "worker.level >= task.level",
    "known_worker_friendly_name": "task.agent",
}


def centre() -> Centre:
    return Centre(
        {"A": "skills HAS 'a'"},
        [{"filters": [{"expression": "1==1", "targets": [TARGET]}]}],
        tasks=[{"level": 2, "agent": "Worker 0"}],
        workers=[
            {"skills": ["a"], "level": 2},
            {"skills": ["a"], "level": 3},
            {"skills": ["b"], "level": 1},
        ],
    )


def obstacles(of: Centre, worker: int, task: int = 0) -> set[Obstacle]:
    found = Eligibility(of.routing(), of.ledger).obstacles(worker, task)
    assert len(set(found)) == len(found)
    return set(found)


def test_every_obstacle_is_named() -> None:
    place = centre()
    place.absent(0, 1, 2)
    place.create()
    assert obstacles(place, 0) == {Obstacle.UNAVAILABLE}
    assert obstacles(place, 1) == {Obstacle.NOT_THE_KNOWN_WORKER, Obstacle.UNAVAILABLE}
    assert obstacles(place, 2) == {
        Obstacle.NOT_IN_QUEUE,
        Obstacle.NOT_THE_KNOWN_WORKER,
        Obstacle.EXPRESSION,
        Obstacle.UNAVAILABLE,
    }
    place.do(commands.SetChannelAvailable(0, 0, False))
    place.do(commands.SetCapacity(0, 0, 0))
    assert obstacles(place, 0) == {
        Obstacle.UNAVAILABLE,
        Obstacle.CHANNEL_OFF,
        Obstacle.NO_CAPACITY,
    }


def test_a_task_routed_to_a_worker_knows_only_that_one() -> None:
    place = centre()
    place.absent(2)
    task = place.create(target_worker=2, ignore_capacity=False)
    assert obstacles(place, 2, task) == {Obstacle.UNAVAILABLE}
    assert obstacles(place, 0, task) == {Obstacle.OTHER_WORKER}
    forced = place.create(target_worker=2)
    assert obstacles(place, 2, forced) == set()
    assert place.asked() == [(forced, 2)]


def test_members_of_a_queue_count_in_any_activity() -> None:
    place = centre()
    place.absent(0)
    assert Eligibility(place.routing(), place.ledger).queue_members(0) == [0, 1]


@pytest.mark.parametrize(
    ("capacity", "load", "percentage"),
    [(1, 0, 100), (1, 1, 0), (3, 1, 66), (4, 2, 50), (4, 3, 25)],
)
def test_a_worker_is_seen_with_its_channels(capacity: int, load: int, percentage: int) -> None:
    place = Centre({"A": "1==1"}, [{"default_filter": {"queue": "A"}}], capacity=capacity)
    for _ in range(load):
        place.create()
    view = WorkerViews(place.routing(), place.ledger).for_target(0)
    assert view["channel"] == {
        "voice": {
            "configured_capacity": capacity,
            "assigned_tasks": 0,
            "available_capacity_percentage": percentage,
        }
    }


def test_a_worker_is_its_attributes_over_what_the_workspace_knows() -> None:
    place = Centre(
        {"A": "1==1"},
        [{"default_filter": {"queue": "A"}}],
        workers=[{}, {"sid": "WKown", "activity_name": "mine"}],
    )
    place.do(commands.SetActivity(0, OFFLINE))
    views = WorkerViews(place.routing(), place.ledger)
    assert views.for_queue(0) == {
        "sid": sid("WK", 0),
        "friendly_name": "Worker 0",
        "activity_sid": sid("WA", OFFLINE),
        "activity_name": "Offline",
    }
    own = views.for_queue(1)
    assert (own["sid"], own["activity_name"], own["friendly_name"]) == ("WKown", "mine", "Worker 1")
