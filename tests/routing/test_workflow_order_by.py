"""``order_by`` and paths into attributes."""

from __future__ import annotations

import pytest

from trsim.errors import ExpressionError
from trsim.routing.order_by import parse_attribute_path, parse_order_by
from trsim.routing.workflow import OrderClause

LEVEL = OrderClause(("level",))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("worker.level", (LEVEL,)),
        ("worker.level ASC", (LEVEL,)),
        ("  worker.level   asc  ", (LEVEL,)),
        ("worker.level Desc", (OrderClause(("level",), True),)),
        ("worker.level,worker.cost DESC", (LEVEL, OrderClause(("cost",), True))),
        # The example of Twilio, "Workflow configuration".
        (
            "worker.finance ASC, worker.support ASC",
            (OrderClause(("finance",)), OrderClause(("support",))),
        ),
        ("worker.routing.levels.988EN", (OrderClause(("routing", "levels", "988EN")),)),
        ("worker.grades[0].value DESC", (OrderClause(("grades", 0, "value"), True),)),
    ],
)
def test_clauses(text: str, clauses: tuple[OrderClause, ...]) -> None:
    assert parse_order_by(text) == clauses


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "expected a clause"),
        ("   ", 0, "expected a clause"),
        ("worker.level,", 13, "expected a clause"),
        (",worker.level", 0, "expected a clause"),
        ("level", 0, "begins with worker., found 'level'"),
        ("task.level", 0, "begins with worker., found 'task.level'"),
        ("workers.level", 0, "did you mean worker?"),
        ("Worker.level", 0, "did you mean worker?"),
        ("worker", 0, "begins with worker."),
        ("worker.", 6, "a path has names"),
        ("worker..level", 6, "a path has names"),
        ("worker.skill-level", 12, "a name has no hyphens"),
        ("worker.level[x]", 12, "a path has names"),
        ("worker.level DSC", 13, "found 'DSC'; did you mean DESC?"),
        ("worker.level worker.cost", 13, "expected ASC, DESC or ',', found 'worker.cost'"),
        ("worker.a ASC DESC", 13, "expected ',' or the end, found 'DESC'"),
        ("worker.a, worker.b UP", 19, "expected ASC, DESC or ','"),
    ],
)
def test_what_is_refused_is_refused_at_its_character(text: str, position: int, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_order_by(text)
    assert caught.value.position == position
    assert reason in caught.value.reason


def test_paths() -> None:
    assert parse_attribute_path(" task.a.b[12] ", "task") == ("a", "b", 12)
    with pytest.raises(ExpressionError):
        parse_attribute_path("task.a b", "task")
