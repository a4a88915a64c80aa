"""The router: compiled tables, the way through filters and targets, deadlines passed over."""

from __future__ import annotations

import pickle

import pytest

from tests.core.setting import Branch, Flow, Queue, Setting, Step, Worker
from trsim.core import commands
from trsim.core.router import Placement, Router
from trsim.core.workspace import Workspace
from trsim.errors import UnknownObject
from trsim.routing.router import NO_TIMEOUT, WorkflowRouter

SETTING = Setting(
    available=(True, False),
    timeout_activity=1,
    n_channels=2,
    n_kinds=4,
    queues=(Queue((0, 1), 3), Queue((1, 2)), Queue(())),
    flows=(
        Flow(
            5_000,
            (
                Branch((0, 1), (Step(0, 7, 10), Step(1, None, 20))),  # steps 0 and 1
                Branch((1,), (Step(2, None, 5),)),  # step 2
                Branch((0, 2), (Step(1, None, 1), Step(2, 0, 30))),  # steps 3 and 4
            ),
            Step(2, 3),  # step 5
        ),
        Flow(9_000, (Branch((0,), (Step(0), Step(1, timeout_s=4))),)),  # steps 6 and 7
    ),
    workers=tuple(Worker(1, (1, 1), (True, True)) for _ in range(4)),
)


@pytest.fixture
def router() -> WorkflowRouter:
    return WorkflowRouter(SETTING.routing())


def waiting(kind: int, workflow: int = 0) -> Workspace:
    """Return a workspace in which task 0 of a kind was created at 1,000 and nobody is there."""
    workspace = SETTING.workspace(lambda row: None)
    workspace.handle(commands.CreateTask(workflow, 0, kind), 1_000)
    return workspace


def test_it_has_the_shape_the_core_asks_for(router: WorkflowRouter) -> None:
    shaped: Router = router
    assert shaped.places.n_lines == 6


def test_steps_are_numbered_through_with_cumulative_timeouts() -> None:
    routing = SETTING.routing()
    assert routing.step_queue == (0, 1, 2, 1, 2, 2, 0, 1)
    assert routing.step_priority == (7, -1, -1, -1, 0, 3, -1, -1)
    assert routing.step_limit_ms == (
        10_000,
        30_000,
        5_000,
        1_000,
        31_000,
        NO_TIMEOUT,
        NO_TIMEOUT,
        4_000,  # a target without a timeout adds nothing to the sum
    )
    assert routing.step_labels[:2] == ("f0 / b0 / target 0", "f0 / b0 / target 1")
    assert routing.step_labels[5] == "f0 / default filter"
    assert routing.queue_members == ((0, 1), (1, 2), ())


def test_workers_of_equal_queues_share_a_pool_on_each_channel() -> None:
    places = SETTING.routing().places
    assert (places.n_lines, places.n_pools) == (6, 6)
    # Worker 0 is in queue 0, worker 1 in both, worker 2 in queue 1, worker 3 in none.
    assert tuple(places.worker_pool) == (0, 1, 2, 3, 4, 5, -1, -1)
    assert tuple(places.pool_lines) == ((0,), (1,), (0, 2), (1, 3), (2,), (3,))
    assert tuple(places.line_channel) == (0, 1, 0, 1, 0, 1)


def test_a_compiled_routing_can_be_pickled_and_gives_the_same_answers() -> None:
    again = WorkflowRouter(pickle.loads(pickle.dumps(SETTING.routing())))
    assert [again.first(0, kind) for kind in range(4)] == [
        Placement(0, 0),
        Placement(0, 0),
        Placement(3, 0),
        Placement(5, 0),
    ]


def test_the_first_matching_filter_is_used_else_the_default_else_none(
    router: WorkflowRouter,
) -> None:
    assert router.first(0, 0) == Placement(0, 0)
    assert router.first(0, 2) == Placement(3, 0)
    assert router.first(0, 3) == Placement(5, 0)
    assert router.first(1, 3) is None


def test_an_attribute_set_that_is_not_there_is_named(router: WorkflowRouter) -> None:
    with pytest.raises(UnknownObject, match="attribute set 4"):
        router.first(0, 4)


@pytest.mark.parametrize(
    ("kind", "now_ms", "expected"),
    [
        (0, 11_000, Placement(1, 0)),  # the next target
        (0, 30_999, Placement(1, 0)),  # late, but its deadline still lies ahead
        (0, 31_000, Placement(3, 30_000)),  # it has come: the next matching filter goes on
        (0, 32_000, Placement(4, 30_000)),  # and its first target is over too
        (0, 62_000, None),  # everything is over
        (1, 31_000, Placement(2, 30_000)),  # kind 1 also matches the second filter
        (1, 36_000, None),  # and not the third; the default filter is not for timeouts
        (2, 2_000, Placement(4, 0)),
    ],
)
def test_where_a_task_goes_after_its_deadline(
    router: WorkflowRouter, kind: int, now_ms: int, expected: Placement | None
) -> None:
    assert router.after_deadline(waiting(kind).ledger, 0, now_ms) == expected


@pytest.mark.parametrize(
    ("kind", "workflow", "now_ms", "expected"),
    [
        (0, 0, 2_000, Placement(1, 0)),  # before its own deadline
        (0, 0, 31_000, None),  # not into another filter
        (3, 0, 2_000, None),  # a default filter has no next target
        (0, 1, 2_000, Placement(7, 0)),  # even one that no timeout would reach
        (0, 1, 5_000, None),
    ],
)
def test_the_next_target_of_the_same_filter(
    router: WorkflowRouter, kind: int, workflow: int, now_ms: int, expected: Placement | None
) -> None:
    ledger = waiting(kind, workflow).ledger
    assert router.next_target(ledger, 0, now_ms) == expected


def test_the_offset_adds_up_over_filters() -> None:
    workspace = waiting(1)
    workspace.advance(31_001)
    ledger = workspace.ledger
    assert (ledger.task_step[0], ledger.task_offset_ms[0]) == (2, 30_000)
    assert ledger.task_deadline_ms[0] == 1_000 + 30_000 + 5_000


def test_asking_again_is_free(router: WorkflowRouter) -> None:
    assert router.first(0, 0) is router.first(0, 0)
