"""Remarks on comparisons that are legal and probably not meant."""

from __future__ import annotations

import pytest

from trsim.routing.expressions import Remark, Scope, parse_expression

W, T, P, S = Scope.WORKER, Scope.TASK, Scope.PAIR, Scope.PRESENCE


@pytest.mark.parametrize(
    ("scope", "text", "position", "part"),
    [
        (W, "a<-1", 1, "'<-' is read as IN; for a negative number write a blank: '< -'"),
        (W, "a >-1", 2, "'>-' is read as HAS; for a negative number write a blank: '> -'"),
        (W, '1 == "1"', 2, "constants of different types: a number beside a string"),
        (W, "'key' > 1", 6, "constants of different types"),
        (W, "true != 'true'", 5, "a string beside true or false"),
        (W, "a IN [1, 'b', null]", 2, "constants of different types: a number beside a string"),
        (W, "5 IN ['5', a]", 2, "constants of different types"),
        (W, "[1] HAS 'x'", 4, "constants of different types"),
        (W, "a <- 5", 2, "always false: IN needs an array on its right"),
        (W, "a IN 'foobar'", 2, "always false: IN needs an array on its right"),
        (W, "a NOT IN 5", 2, "always false: NOT IN needs an array on its right"),
        (W, "a NOT IN null", 2, "always false: NOT IN needs an array on its right"),
        (W, "'x' HAS a", 4, "always false: HAS needs an array on its left"),
        (W, "a HAS ['x']", 2, "always false: HAS looks for one element"),
        (W, "a == ['x']", 2, "== does not compare arrays; use HAS or IN"),
        (W, "[] != a", 3, "!= does not compare arrays; use HAS or IN"),
        (W, "a < true", 2, "always false: < does not compare true or false"),
        (W, "null >= a", 5, "always false: >= does not compare null"),
        (W, "a CONTAINS ['x']", 2, "always false: CONTAINS does not compare an array"),
        (W, "a not in excluded", 2, "NOT IN is false, not true, wherever 'excluded' is missing"),
        (P, "worker.sid NOT IN task.list[0]", 11, "wherever 'task.list[0]' is missing"),
        (P, "task.agent == worker.id", 11, "also true where both attributes are missing"),
        (W, "a = b", 2, "also true where both attributes are missing"),
        (T, "sid = b", 4, "also true where both attributes are missing"),
        (W, r"a == 'x\'", 5, "a backslash escapes nothing"),
        (W, r"a IN ['x', '\']", 11, "a backslash escapes nothing"),
        (T, "task.type == 'x'", 0, "a filter names task attributes without 'task.'"),
        (T, "worker.skills HAS 'x'", 0, "a filter knows no workers; 'worker.'"),
        (T, "workers.available == 0", 0, "a filter knows no workers; 'workers.'"),
        (W, "worker.skills HAS 'x'", 0, "a queue names worker attributes without 'worker.'"),
        (W, "1==1 AND task.type == 'x'", 9, "a queue names worker attributes and knows no task"),
        (S, "workers.avialable == 0", 0, "did you mean available?"),
        (S, "workers.busy == 0", 0, "only the counts available, unavailable and WA…"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_remarks(scope: Scope, text: str, position: int, part: str, strict: bool) -> None:
    (remark,) = parse_expression(text, scope, strict=strict).remarks
    assert remark.position == position
    assert part in remark.reason


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (W, "1==1"),
        (W, "level == '5'"),
        (W, "a < -1"),
        (W, "a <- [1]"),
        (W, "a >- b"),
        (W, "a>-b"),
        (W, "a >- 1"),
        (W, "a IN [1, 2.5, null, b]"),
        (W, "[] != null"),
        (W, "null == []"),
        (W, "a == null AND b != null"),
        (W, "a != b"),
        (W, "sid == a"),
        (W, "a CONTAINS 5"),
        (W, "a NOT IN ['x']"),
        (W, r"a == '\d'"),
        (T, "task == 'x'"),
        (T, "worker == 'x'"),
        (T, "tasks.x == 'x'"),
        (W, "worker == 'x'"),
        (P, "task.target == worker.sid"),
        (P, "worker.friendly_name == task.name"),
        (P, "worker.channel.voice.assigned_tasks == task.limit"),
        (S, "workers.available == 0 OR workers.WA00000000000000000000000000000001 <= 1"),
        (S, "workers.available == workers.unavailable"),
    ],
)
def test_silence(scope: Scope, text: str) -> None:
    assert parse_expression(text, scope, strict=True).remarks == ()


def test_remarks_come_in_the_order_of_the_text() -> None:
    remarks = parse_expression("worker.a ! = 'x' OR b<-1 OR 1 == '1', 'b'", W).remarks
    assert [remark.position for remark in remarks] == [0, 9, 21, 30, 36]
    assert remarks[0] == Remark(0, remarks[0].reason)
