"""What names mean in each scope, and which names a scope refuses."""

from __future__ import annotations

import pytest

from trsim.errors import ExpressionError
from trsim.routing.expressions import Scope, parse_expression


def test_a_path_goes_through_objects_and_arrays_only() -> None:
    attributes = {"a": [{"b": "x"}, "yes"], "o": {"0": "zero", "k": None}, "s": "text", "t": ("u",)}
    for text, expected in [
        ("a[0].b == 'x'", True),
        ("a[1] == 'yes'", True),
        ("a[2] == null", True),
        (f"a[{'9' * 300}] == null", True),
        ("a.b == null", True),
        ("a.0 == null", True),
        ("o.0 == 'zero'", True),
        ("o[0] == null", True),
        ("o.k == null", True),
        ("o.k.x == null", True),
        ("s[0] == null", True),
        ("s.x == null", True),
        ("t[0] == 'u'", True),
        ("t HAS 'u'", True),
        ("a[00] == null", False),
    ]:
        assert parse_expression(text, Scope.WORKER).matches(attributes) is expected, text


def test_a_filter_tolerates_the_prefix_unless_the_attribute_exists() -> None:
    expression = parse_expression("task.type == 'x'", Scope.TASK)
    assert expression.names == (("task", "type"),)
    assert expression.matches({"type": "x"})
    assert expression.matches({"task": {"type": "x"}, "type": "y"})
    assert not expression.matches({"task": {"type": "y"}, "type": "x"})
    assert not expression.matches({"task": None, "type": "x"})
    assert parse_expression("task == 'x'", Scope.TASK).matches({"task": "x"})
    assert parse_expression("task[0] == 'x'", Scope.TASK).matches({"task": ["x"]})
    assert not parse_expression("task.type == 'x'", Scope.WORKER).matches({"type": "x"})


def test_a_pair_keeps_task_and_worker_apart() -> None:
    expression = parse_expression("task.a == 1 AND worker.a == 2", Scope.PAIR)
    assert expression.matches_pair({"a": 1}, {"a": 2})
    assert not expression.matches_pair({"a": 2}, {"a": 1})
    literal = parse_expression("worker.a IN [task.a, task.task.a, 3]", Scope.PAIR)
    assert literal.matches_pair({"task": {"a": 2}}, {"a": 2})
    assert not literal.matches_pair({"worker": {"a": 2}}, {"a": 2})


def test_presence_counts_workers() -> None:
    expression = parse_expression("workers.available == 0 OR workers.WA12 >= 2", Scope.PRESENCE)
    assert expression.matches({"workers": {"available": 0, "WA12": 0}})
    assert expression.matches({"workers": {"available": 3, "WA12": 2}})
    assert not expression.matches({"workers": {"available": 3}})
    assert parse_expression("1 == 1", Scope.PRESENCE).matches({})


@pytest.mark.parametrize(
    ("scope", "text", "position", "part"),
    [
        (Scope.PAIR, "agent_id == 5", 0, "begins with task. or worker., found 'agent_id'"),
        (Scope.PAIR, "task.a == b.c", 10, "found 'b.c'"),
        (Scope.PAIR, "task == 5", 0, "found 'task'"),
        (Scope.PAIR, "worker[0] == 5", 0, "found 'worker[0]'"),
        (Scope.PAIR, "Worker.sid == 5", 0, "did you mean worker?"),
        (Scope.PAIR, "1 == 1 OR 1 IN [2, [tsk.a]]", 20, "did you mean task?"),
        (Scope.PAIR, "workers.available == 0", 0, "did you mean worker?"),
        (Scope.PRESENCE, "level > 3", 0, "found 'level'"),
        (Scope.PRESENCE, "worker.available == 0", 0, "did you mean workers?"),
        (Scope.PRESENCE, "workers == 0", 0, "found 'workers'"),
        (Scope.PRESENCE, "workers[0] == 0", 0, "found 'workers[0]'"),
        (Scope.PRESENCE, "workers.available.x == 0", 0, "found 'workers.available.x'"),
        (Scope.PRESENCE, "task.a == 0", 0, "found 'task.a'"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_names_that_a_scope_refuses(
    scope: Scope, text: str, position: int, part: str, strict: bool
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, scope, strict=strict)
    assert caught.value.position == position
    assert part in caught.value.reason


def test_what_is_ignored_needs_no_legal_names() -> None:
    expression = parse_expression("task.a == 1, agent == 5", Scope.PAIR)
    assert expression.names == (("task", "a"),)
