"""The way through filters and targets: deadlines passed over, skips, starting again."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.routing.centre import Centre
from trsim.core import commands
from trsim.core.router import Placement, Router
from trsim.core.spec import RedriveBase, RoutingRules
from trsim.core.states import Reason
from trsim.errors import UnknownObject
from trsim.routing.compiled import NO_TIMEOUT
from trsim.routing.router import WorkflowRouter

KINDS = ({"kind": 0}, {"kind": 1}, {"kind": 2}, {"kind": 3})
FIRST: dict[str, Any] = {
    "filters": [
        {
            "expression": "kind IN [0, 1]",
            "targets": [
                {"queue": "A", "priority": 7, "timeout": 10},
                {"queue": "B", "timeout": 20},
            ],
        },
        {"expression": "kind == 1", "targets": [{"queue": "C", "timeout": 5}]},
        {
            "expression": "kind IN [0, 2]",
            "targets": [{"queue": "B", "timeout": 1}, {"queue": "C", "priority": 0, "timeout": 30}],
        },
    ],
    "default_filter": {"queue": "C", "priority": 3},
}
SECOND: dict[str, Any] = {
    "filters": [
        {"expression": "kind == 0", "targets": [{"queue": "A"}, {"queue": "B", "timeout": 4}]}
    ]
}
NOBODY = {"A": "1==0", "B": "1==0", "C": "1==0"}


def nobody_there(rules: RoutingRules | None = None) -> Centre:
    return Centre(NOBODY, [FIRST, SECOND], tasks=KINDS, rules=rules or RoutingRules())


def waiting(kind: int, configuration: int = 0) -> Centre:
    """Return a workspace in which task 0 of a kind was created at 1,000 and nobody is there."""
    centre = nobody_there()
    centre.do(commands.UpdateWorkflow(0, configuration), 0)
    centre.create(kind, 1_000)
    return centre


def test_it_has_the_shape_the_core_asks_for() -> None:
    shaped: Router = nobody_there().router
    assert shaped.catalog == (2, 3, 4, 1)


def test_steps_are_numbered_through_with_cumulative_timeouts() -> None:
    router, routing = nobody_there().router, nobody_there().routing()
    assert router.step_queue == (0, 1, 2, 1, 2, 2, 0, 1)
    assert router.step_priority == (7, -1, -1, -1, 0, 3, -1, -1)
    assert router.step_configuration == (0, 0, 0, 0, 0, 0, 1, 1)
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
    assert routing.step_labels[5] == "flow 0 / default filter"


def test_a_compiled_routing_can_be_pickled_and_gives_the_same_answers() -> None:
    again = WorkflowRouter(pickle.loads(pickle.dumps(nobody_there().routing())))
    assert [again.first(0, kind) for kind in range(4)] == [
        Placement(0, 0),
        Placement(0, 0),
        Placement(3, 0),
        Placement(5, 0),
    ]


def test_no_filter_and_no_default_filter_is_no_target() -> None:
    assert nobody_there().router.first(1, 3) is None


def test_an_attribute_set_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownObject, match="attribute set 4"):
        nobody_there().create(4)


@pytest.mark.parametrize(
    ("kind", "now_ms", "expected"),
    [
        (0, 11_000, Placement(1, 0)),  # the next target
        (0, 30_999, Placement(1, 0)),  # late, but its deadline still lies ahead
        (0, 31_000, Placement(3, 30_000)),  # it has come: the next matching filter goes on
        (0, 32_000, Placement(4, 30_000)),  # and its first target is over too
        (0, 62_000, Reason.WORKFLOW_TIMEOUT),  # everything is over
        (1, 31_000, Placement(2, 30_000)),  # kind 1 also matches the second filter
        (1, 36_000, Reason.WORKFLOW_TIMEOUT),  # not the third; no default after a timeout
        (2, 2_000, Placement(4, 0)),
    ],
)
def test_where_a_task_goes_after_its_deadline(
    kind: int, now_ms: int, expected: Placement | Reason
) -> None:
    assert waiting(kind).router.after_timeout(0, now_ms) == expected


@pytest.mark.parametrize(
    ("kind", "configuration", "now_ms", "expected"),
    [
        (0, 0, 2_000, Placement(1, 0)),  # before its own deadline
        (0, 0, 31_000, None),  # not into another filter
        (3, 0, 2_000, None),  # a default filter has no next target
        (0, 1, 2_000, Placement(7, 0)),  # even one that no timeout would reach
        (0, 1, 5_000, None),
    ],
)
def test_the_next_target_of_the_same_filter(
    kind: int, configuration: int, now_ms: int, expected: Placement | None
) -> None:
    assert waiting(kind, configuration).router.next_target(0, now_ms) == expected


@pytest.mark.parametrize(
    ("kind", "configuration", "now_ms", "expected"),
    [
        (0, 0, 2_000, Placement(1, 0)),  # skipped, then the next target
        (0, 0, 31_000, Placement(3, 30_000)),  # whose deadline has come: that is a timeout
        (2, 0, 2_000, Placement(4, 0)),
        (3, 1, 2_000, None),
    ],
)
def test_where_a_task_goes_after_a_skip(
    kind: int, configuration: int, now_ms: int, expected: Placement | None
) -> None:
    if expected is None:
        assert nobody_there().do(commands.UpdateWorkflow(0, 1)) is None
        return
    assert waiting(kind, configuration).router.after_skip(0, now_ms) == expected


def last_target(kind: int) -> Centre:
    """Return a workspace in which task 0, created at 1,000, is in its first filter's last."""
    centre = waiting(kind)
    centre.workspace.advance(11_001)
    assert centre.ledger.task_step[0] == 1
    return centre


def test_a_skipped_last_target_counts_from_the_present_age() -> None:
    assert last_target(0).router.after_skip(0, 15_000) == Placement(3, 14_000)
    assert last_target(1).router.after_skip(0, 15_000) == Placement(2, 14_000)


def test_after_the_last_skip_comes_the_default_filter() -> None:
    centre = waiting(1)
    centre.workspace.advance(31_001)
    assert centre.ledger.task_step[0] == 2
    assert centre.router.after_skip(0, 32_000) == Placement(5, 31_000)


def test_without_a_default_filter_the_last_skip_is_the_end() -> None:
    centre = waiting(0, 1)
    assert centre.router.next_target(0, 1_500) == Placement(7, 0)
    centre.ledger.task_step[0] = 7
    assert centre.router.after_skip(0, 1_500) is Reason.WORKFLOW_SKIPPED


@pytest.mark.parametrize(
    ("base", "now_ms", "expected"),
    [
        (RedriveBase.TASK_AGE, 5_000, Placement(0, 0)),
        (RedriveBase.TASK_AGE, 11_000, Placement(1, 0)),  # its deadline, age 10 s, has come
        (RedriveBase.TASK_AGE, 31_000, Placement(3, 30_000)),
        (RedriveBase.TASK_AGE, 99_000, Reason.WORKFLOW_TIMEOUT),
        (RedriveBase.RESET, 99_000, Placement(0, 98_000)),
    ],
)
def test_where_a_task_starts_again(
    base: RedriveBase, now_ms: int, expected: Placement | Reason
) -> None:
    centre = nobody_there(RoutingRules(redrive_timeout_base=base))
    centre.create(0, 1_000)
    assert centre.router.from_top(0, now_ms) == expected


def test_new_attributes_that_match_no_filter_lead_to_the_default_filter_or_out() -> None:
    centre = waiting(0)
    centre.ledger.task_attributes[0] = 3
    assert centre.router.from_top(0, 2_000) == Placement(5, 0)
    centre = waiting(0, 1)
    centre.ledger.task_attributes[0] = 3
    assert centre.router.from_top(0, 2_000) is Reason.NO_MATCHING_FILTER


def test_the_offset_adds_up_over_filters() -> None:
    centre = waiting(1)
    centre.workspace.advance(31_001)
    ledger = centre.ledger
    assert (ledger.task_step[0], ledger.task_offset_ms[0]) == (2, 30_000)
    assert ledger.task_deadline_ms[0] == 1_000 + 30_000 + 5_000


def test_asking_again_is_free() -> None:
    router = nobody_there().router
    assert router.first(0, 0) is router.first(0, 0)
