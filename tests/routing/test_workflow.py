"""Workflow documents: what is read, what is refused and where, what is only remarked upon."""

from __future__ import annotations

from typing import Any

import pytest

from trsim.routing.workflow import DocumentProblem, Target, WorkflowDocument, read_workflow

QUEUES = {"sales": 0, "support": 1, "everyone": 2}
ALL = "1 == 1"


def routing(**keys: Any) -> dict[str, Any]:
    return {"task_routing": keys}


def one_filter(*targets: Any, **keys: Any) -> dict[str, Any]:
    return routing(filters=[{"expression": ALL, "targets": list(targets), **keys}])


def accepted(document: object) -> WorkflowDocument:
    found, problems = read_workflow(document, QUEUES)
    assert found is not None, problems
    return found


def only_problem(document: object) -> DocumentProblem:
    _, problems = read_workflow(document, QUEUES)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_complete_document() -> None:
    document = accepted(
        routing(
            filters=[
                {
                    "filter_friendly_name": "buyers",
                    "expression": "kind == 'sales'",
                    "targets": [
                        {"queue": "sales", "timeout": 30, "priority": 5},
                        {"priority": "10", "timeout": "60"},
                        {"queue": "everyone"},
                        {},
                    ],
                },
                {"friendly_name": "the rest", "expression": ALL, "targets": [{"queue": "support"}]},
            ],
            default_filter={"queue": "everyone", "priority": 1},
        )
    )
    buyers, rest = document.filters
    assert buyers.name == "buyers"
    assert buyers.expression.matches({"kind": "sales"})
    assert buyers.targets == (
        Target(0, 5, 30),
        Target(0, 10, 60),  # the queue is inherited; numeric strings are numbers
        Target(2),
        Target(2),
    )
    assert (rest.name, rest.targets) == ("the rest", (Target(1),))
    assert document.default == Target(2, 1)


@pytest.mark.parametrize("filters", [None, []])
def test_a_default_filter_is_enough(filters: object) -> None:
    assert accepted(routing(filters=filters, default_filter={"queue": "sales"})) == (
        WorkflowDocument((), Target(0))
    )


@pytest.mark.parametrize("key", ["filter_friendly_name", "friendly_name"])
def test_an_unnamed_filter_is_named_by_its_place(key: str) -> None:
    document = one_filter({"queue": "sales"}, **{key: None})
    assert accepted(document).filters[0].name == "filter 0"


def test_a_filter_with_a_queue_alone_has_one_target() -> None:
    document = routing(filters=[{"expression": ALL, "queue": "sales", "priority": 2, "timeout": 9}])
    assert accepted(document).filters[0].targets == (Target(0, 2, 9),)
    assert "read as a filter with that one target" in only_problem(document).reason


TARGET = ("task_routing", "filters", 0, "targets", 0)
FATAL: dict[str, tuple[object, tuple[str | int, ...], str]] = {
    "nothing": (None, (), "a mapping with the key 'task_routing'"),
    "no task_routing": ({"filters": []}, (), "a mapping with the key 'task_routing'"),
    "a list": (routing() | {"task_routing": []}, ("task_routing",), "not a list"),
    "empty": (routing(), ("task_routing",), "neither filters nor a default_filter"),
    "filters as a mapping": (routing(filters={}), ("task_routing", "filters"), "not a mapping"),
    "filters as a number": (routing(filters=0), ("task_routing", "filters"), "not a number"),
    "filters as false": (routing(filters=False), ("task_routing", "filters"), "true or false"),
    "filter as text": (routing(filters=["x"]), ("task_routing", "filters", 0), "not a text"),
    "no targets": (
        routing(filters=[{"expression": ALL}]),
        ("task_routing", "filters", 0, "targets"),
        "at least one target",
    ),
    "empty targets": (one_filter(), ("task_routing", "filters", 0, "targets"), "at least one"),
    "target as nothing": (one_filter(None), TARGET, "not nothing"),
    "no expression": (
        routing(filters=[{"targets": [{"queue": "sales"}]}]),
        ("task_routing", "filters", 0, "expression"),
        "needs an expression",
    ),
    "broken expression": (
        one_filter({"queue": "sales"}, expression="kind =="),
        ("task_routing", "filters", 0, "expression"),
        "^",
    ),
    "no queue": (one_filter({}), TARGET, "the first target must name a queue"),
    "unknown queue": (
        one_filter({"queue": "suport"}),
        (*TARGET, "queue"),
        "there is no queue 'suport'; queues are 'sales', 'support', 'everyone' "
        "(did you mean 'support'?)",
    ),
    "queue by number": (one_filter({"queue": 1}), (*TARGET, "queue"), "there is no queue 1"),
    "timeout 0": (one_filter({"queue": "sales", "timeout": 0}), (*TARGET, "timeout"), "1 …"),
    "timeout as a fraction": (
        one_filter({"queue": "sales", "timeout": 1.5}),
        (*TARGET, "timeout"),
        "not 1.5",
    ),
    "timeout as true": (
        one_filter({"queue": "sales", "timeout": True}),
        (*TARGET, "timeout"),
        "not True",
    ),
    "timeout as a word": (
        one_filter({"queue": "sales", "timeout": "10s"}),
        (*TARGET, "timeout"),
        "not '10s'",
    ),
    "negative priority": (
        one_filter({"queue": "sales", "priority": -1}),
        (*TARGET, "priority"),
        "0 …",
    ),
    "priority beyond the limit": (
        one_filter({"queue": "sales", "priority": 2**31}),
        (*TARGET, "priority"),
        "2147483647",
    ),
    "target expression": (
        one_filter({"queue": "sales", "expression": ALL}),
        (*TARGET, "expression"),
        "not supported",
    ),
    "skip_if": (
        one_filter({"queue": "sales", "skip_if": ALL}),
        (*TARGET, "skip_if"),
        "not supported",
    ),
    "order_by": (
        one_filter({"queue": "sales", "order_by": "worker.x"}),
        (*TARGET, "order_by"),
        "not supported",
    ),
    "known worker": (
        one_filter({"queue": "sales", "known_worker_sid": "task.x"}),
        (*TARGET, "known_worker_sid"),
        "not supported",
    ),
    "default as a list": (
        routing(default_filter=[]),
        ("task_routing", "default_filter"),
        "not a list",
    ),
    "default without a queue": (
        routing(default_filter={}),
        ("task_routing", "default_filter"),
        "a default filter must name a queue",
    ),
    "default to nowhere": (
        routing(default_filter={"queue": "x"}),
        ("task_routing", "default_filter", "queue"),
        "there is no queue 'x'",
    ),
    "default with known worker": (
        routing(default_filter={"queue": "sales", "known_worker_friendly_name": "task.x"}),
        ("task_routing", "default_filter", "known_worker_friendly_name"),
        "not supported",
    ),
}


@pytest.mark.parametrize("name", FATAL)
def test_what_taskrouter_refuses_is_refused_at_its_place(name: str) -> None:
    document, path, reason = FATAL[name]
    problem = only_problem(document)
    assert problem.fatal
    assert problem.path == path
    assert reason in problem.reason
    assert read_workflow(document, QUEUES)[0] is None


REMARKS: dict[str, tuple[object, tuple[str | int, ...], str]] = {
    "unknown key at the top": (
        {**routing(default_filter={"queue": "sales"}), "note": 1},
        ("note",),
        "keeps and ignores",
    ),
    "misspelt key": (
        one_filter({"queue": "sales", "priorty": 3}),
        (*TARGET, "priorty"),
        "did you mean 'priority'?",
    ),
    "Expression on a default filter": (
        routing(default_filter={"queue": "sales", "Expression": ALL}),
        ("task_routing", "default_filter", "Expression"),
        "keeps and ignores",
    ),
    "timeout on a filter": (
        one_filter({"queue": "sales"}, timeout=10),
        ("task_routing", "filters", 0, "timeout"),
        "keeps and ignores",
    ),
    "skip_if on a filter": (
        one_filter({"queue": "sales"}, skip_if=ALL),
        ("task_routing", "filters", 0, "skip_if"),
        "keeps and ignores",
    ),
    "timeout on a default filter": (
        routing(default_filter={"queue": "sales", "timeout": 10}),
        ("task_routing", "default_filter", "timeout"),
        "no effect",
    ),
    "skip_if on a default filter": (
        routing(default_filter={"queue": "sales", "skip_if": ALL}),
        ("task_routing", "default_filter", "skip_if"),
        "no effect",
    ),
    "unreachable target": (
        one_filter({"queue": "sales"}, {"queue": "support", "timeout": 5}),
        ("task_routing", "filters", 0, "targets", 1),
        "never reached by a timeout: target 0 has none",
    ),
}


@pytest.mark.parametrize("name", REMARKS)
def test_what_taskrouter_takes_in_silence_is_remarked_upon(name: str) -> None:
    document, path, reason = REMARKS[name]
    problem = only_problem(document)
    assert not problem.fatal
    assert problem.path == path
    assert reason in problem.reason
    accepted(document)


def test_remarks_on_an_expression_come_with_their_character() -> None:
    document = one_filter({"queue": "sales"}, expression="kind == 'a' , 'b'")
    problem = only_problem(document)
    assert not problem.fatal
    assert problem.path == ("task_routing", "filters", 0, "expression")
    assert problem.reason.startswith("at character ")


@pytest.mark.parametrize("key", ["skip_if", "order_by", "known_worker_sid"])
def test_a_bare_filter_drops_nothing_in_silence(key: str) -> None:
    document = routing(filters=[{"expression": ALL, "queue": "sales", key: "x"}])
    found, problems = read_workflow(document, QUEUES)
    assert found is None
    assert ("task_routing", "filters", 0, key) in {p.path for p in problems if p.fatal}


def test_all_problems_are_listed_and_none_twice() -> None:
    document = routing(
        filters=[
            {
                "expression": ALL,
                "targets": [
                    {"queue": "nowhere", "timeout": "soon"},
                    {"priority": -1},  # inherits a queue that is unknown: said once
                ],
            },
            {"expression": 5, "targets": [{"queue": "sales"}]},
        ],
        default_filter={"queue": "elsewhere"},
    )
    _, problems = read_workflow(document, QUEUES)
    assert [problem.path[1:] for problem in problems] == [
        ("filters", 0, "targets", 0, "queue"),
        ("filters", 0, "targets", 0, "timeout"),
        ("filters", 0, "targets", 1, "priority"),
        ("filters", 1, "expression"),
        ("default_filter", "queue"),
    ]
