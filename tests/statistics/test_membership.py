"""Who was in a queue at an instant."""

from __future__ import annotations

import pytest

from tests.statistics.book import ANN, AVAILABLE, BOB, CAT, NAMES, OFFLINE, SALES, SUPPORT, Book
from trsim.core.events import EventType
from trsim.core.spec import ActivitySpec, ChannelSpec, QueueSpec, WorkerSpec, WorkspaceSpec
from trsim.model import Model
from trsim.routing.compiled import compile_routing
from trsim.routing.expressions import Scope, parse_expression
from trsim.routing.plan import RoutingPlan
from trsim.statistics import members_at
from trsim.world.plan import WorldPlan

EXPRESSIONS = ("level > 1", "activity_name == 'Available'", "friendly_name == 'Cat'")


@pytest.fixture
def model() -> Model:
    """Ann and Bob have level 2 and 1; Cat has none.  The third expression is not in force."""
    spec = WorkspaceSpec(
        activities=tuple(map(ActivitySpec, NAMES.activities, NAMES.available)),
        channels=tuple(ChannelSpec(name) for name in NAMES.channels),
        queues=tuple(QueueSpec(name) for name in NAMES.queues),
        workflows=(),
        workers=tuple(
            WorkerSpec(name, OFFLINE, (1, 1), (True, True), attributes)
            for attributes, name in enumerate(NAMES.workers)
        ),
        timeout_activity=OFFLINE,
    )
    plan = RoutingPlan(
        configurations=(),
        configuration_names=(),
        queue_expressions=tuple(parse_expression(text, Scope.WORKER) for text in EXPRESSIONS),
        attribute_sets=(),
        worker_attribute_sets=({"level": 2}, {"level": 1}, {}),
    )
    world = WorldPlan(streams=(), behaviors=(), workers=())
    return Model("Desk", spec, compile_routing(spec, plan), world, horizon_ms=60_000)


@pytest.mark.parametrize(
    ("at_ms", "support", "sales"),
    [
        (0, (ANN,), (ANN, BOB)),
        (9_999, (ANN,), (ANN, BOB)),
        (10_000, (ANN, CAT), (ANN, BOB)),
        (20_000, (ANN, CAT), (ANN,)),
        (30_000, (CAT,), (ANN,)),
    ],
)
def test_members_follow_attributes_activities_and_expressions(
    model: Model, at_ms: int, support: tuple[int, ...], sales: tuple[int, ...]
) -> None:
    book = Book()
    for worker, activity in ((ANN, AVAILABLE), (BOB, AVAILABLE), (CAT, OFFLINE)):
        book.worker(0, worker, activity, new=True)
    task = book.create(1_000)
    book.offer(1_000, task, ANN)
    # Cat takes over what Ann has; Bob goes; support asks for Cat by name.
    book.write(10_000, EventType.WORKER_ATTRIBUTES_UPDATE, worker=CAT, value=0)
    book.worker(20_000, BOB, OFFLINE)
    book.write(30_000, EventType.TASK_QUEUE_EXPRESSION_UPDATED, queue=SUPPORT, value=2)
    assert members_at(book.log, model, SUPPORT, at_ms) == support
    assert members_at(book.log, model, SALES, at_ms) == sales
