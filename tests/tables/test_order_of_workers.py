"""Twilio, "Order workers": which worker gets the task."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tables.desk import asked, head, one_filter, play

EVERYBODY = {"Q": {"max_reserved_workers": 50}}


def order(order_by: str, attributes: list[dict[str, Any]]) -> list[int]:
    """Return the workers in the order in which a batch asks them."""
    of = head(
        {f"w{i}": {"activity": "Available", "attributes": a} for i, a in enumerate(attributes)},
        queues=EVERYBODY,
        task_routing=one_filter({"queue": "Q", "order_by": order_by}),
    )
    return [worker for _, worker in asked(play(of, ["0 create A"]))]


@pytest.mark.parametrize(
    ("order_by", "attributes", "expected"),
    [
        pytest.param(
            "worker.finance ASC, worker.support ASC",
            [{"finance": 10, "support": 8}, {"finance": 10, "support": 5}],
            [1, 0],
            id="the documented example",
        ),
        pytest.param("worker.n ASC", [{"n": 2}, {"n": 1}, {"n": 3}], [1, 0, 2], id="rising"),
        pytest.param("worker.n DESC", [{"n": 2}, {"n": 1}, {"n": 3}], [2, 0, 1], id="falling"),
        pytest.param("worker.n", [{"n": 2}, {"n": 1}], [1, 0], id="rising unless told"),
        pytest.param("worker.n desc", [{"n": 1}, {"n": 2}], [1, 0], id="in any case"),
        pytest.param("worker.n ASC", [{}, {"n": 2}, {"n": 1}], [2, 1, 0], id="missing, rising"),
        pytest.param("worker.n DESC", [{}, {"n": 1}, {"n": 2}], [2, 1, 0], id="missing, falling"),
        pytest.param("worker.n DESC", [{"n": None}, {"n": 1}], [1, 0], id="null is missing"),
        pytest.param("worker.n DESC", [{}, {}], [0, 1], id="nobody has it"),
        pytest.param("worker.n ASC", [{"n": 2}, {"n": 1.5}], [0, 1], id="a broken number"),
        pytest.param("worker.n ASC", [{"n": 2}, {"n": "1"}], [0, 1], id="a number as a text"),
        pytest.param("worker.n ASC", [{"n": 2}, {"n": True}], [0, 1], id="true is no number"),
        pytest.param("worker.n ASC", [{"n": 1}, {"n": -5}], [1, 0], id="a negative number"),
        pytest.param(
            "worker.n ASC, worker.m DESC",
            [{"n": "x", "m": 1}, {"n": 0, "m": 2}, {"n": 9, "m": 3}],
            [2, 1, 0],
            id="only one clause is ignored",
        ),
        pytest.param(
            "worker.skills.sales DESC",
            [{"skills": {"sales": 1}}, {"skills": {"sales": 4}}, {"skills": {}}],
            [1, 0, 2],
            id="a path",
        ),
        pytest.param(
            "worker.a ASC, worker.b DESC, worker.c ASC",
            [{"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 2, "c": 2}, {"a": 1, "b": 2, "c": 1}],
            [2, 1, 0],
            id="three clauses",
        ),
    ],
)
def test_order_by(order_by: str, attributes: list[dict[str, Any]], expected: list[int]) -> None:
    assert order(order_by, attributes) == expected


@pytest.mark.parametrize(
    ("idle_key", "expected"),
    [
        # Never reserved, then by the latest reservation: 0 (b), 10 (c), 20 (d), 30 (a).
        pytest.param("last_reserved", "ebcda", id="last_reserved"),
        # By the end of the last one or the return: 0 (e), 11 (c), 31 (a), 40 (b), 50 (d).
        pytest.param("since_free", "ecabd", id="since_free"),
    ],
)
def test_idleness(idle_key: str, expected: str) -> None:
    of = head(
        {name: {"activity": "Available"} for name in "abcde"},
        queues=EVERYBODY,
        rules={"idle_key": idle_key},
    )
    # Each is asked in turn by being named: routed directly.
    commands = [
        "0 create B to=b",
        "0 accept r0",
        "10 create C to=c",
        "11 cancel C",
        "20 create D to=d",
        "21 cancel D",
        "30 create A to=a",
        "31 cancel A",
        "40 complete B",
        "45 activity d Break",
        "50 activity d Available",
        "60 create E",
    ]
    workers = [worker for _, worker in asked(play(of, commands))][4:]
    assert "".join("abcde"[worker] for worker in workers) == expected
