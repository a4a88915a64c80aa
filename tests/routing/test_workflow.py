"""Workflow documents: what is read, what is refused and where, what is only remarked upon."""

from __future__ import annotations

from typing import Any

import pytest

from trsim.routing.workflow import KnownWorker, OrderClause, Target, WorkflowDocument
from trsim.routing.workflow_problems import RULES
from trsim.routing.workflow_reader import DocumentProblem, read_workflow

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
        "(TaskRouter error 20001) (did you mean 'support'?)",
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
    "target expression without prefix": (
        one_filter({"queue": "sales", "expression": "agent_id == 5"}),
        (*TARGET, "expression"),
        "begins with task. or worker.",
    ),
    "target expression as a number": (
        one_filter({"queue": "sales", "expression": 1}),
        (*TARGET, "expression"),
        "not a number",
    ),
    "skip_if about a task": (
        one_filter({"queue": "sales", "skip_if": "task.age > 5"}),
        (*TARGET, "skip_if"),
        "skip_if knows only",
    ),
    "skip_if as true": (
        one_filter({"queue": "sales", "skip_if": True}),
        (*TARGET, "skip_if"),
        "not true or false",
    ),
    "order_by without worker": (
        one_filter({"queue": "sales", "order_by": "level ASC"}),
        (*TARGET, "order_by"),
        "at character 1: expected a path that begins with worker., found 'level'",
    ),
    "order_by as a list": (
        one_filter({"queue": "sales", "order_by": ["worker.x"]}),
        (*TARGET, "order_by"),
        "not a list",
    ),
    "known worker without task": (
        one_filter({"queue": "sales", "known_worker_sid": "agent_sid"}),
        (*TARGET, "known_worker_sid"),
        "expected a path that begins with task., found 'agent_sid'",
    ),
    "known worker as a mapping": (
        one_filter({"queue": "sales", "known_worker_friendly_name": {}}),
        (*TARGET, "known_worker_friendly_name"),
        "not a mapping",
    ),
    "two known workers": (
        one_filter(
            {
                "queue": "sales",
                "known_worker_friendly_name": "task.name",
                "known_worker_sid": "task.sid",
            }
        ),
        (*TARGET, "known_worker_friendly_name"),
        "exclude each other",
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
    "default with a broken known worker": (
        routing(default_filter={"queue": "sales", "known_worker_friendly_name": "worker.x"}),
        ("task_routing", "default_filter", "known_worker_friendly_name"),
        "task.",
    ),
    "default with a broken expression": (
        routing(default_filter={"queue": "sales", "expression": "skills HAS"}),
        ("task_routing", "default_filter", "expression"),
        "^",
    ),
}


@pytest.mark.parametrize("name", FATAL)
def test_what_taskrouter_refuses_is_refused_at_its_place(name: str) -> None:
    document, path, reason = FATAL[name]
    problem = only_problem(document)
    assert problem.fatal
    assert problem.path == path
    assert reason in problem.reason
    assert "(TaskRouter error 20001)" in problem.reason.split("\n")[0]
    assert (problem.level, problem.rule in RULES) == ("error", True)
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
    "a target expression with a rest": (
        one_filter({"queue": "sales", "expression": "worker.level == 1, 2"}),
        (*TARGET, "expression"),
        "at character 18: the expression ends before",
    ),
}


@pytest.mark.parametrize("name", REMARKS)
def test_what_taskrouter_takes_in_silence_is_remarked_upon(name: str) -> None:
    document, path, reason = REMARKS[name]
    problem = only_problem(document)
    assert not problem.fatal
    assert problem.path == path
    assert reason in problem.reason
    assert (problem.level, problem.rule in RULES) == ("warning", True)
    accepted(document)


def test_remarks_on_an_expression_come_with_their_character() -> None:
    document = one_filter({"queue": "sales"}, expression="kind == 'a' , 'b'")
    problem = only_problem(document)
    assert not problem.fatal
    assert problem.path == ("task_routing", "filters", 0, "expression")
    assert problem.reason.startswith("at character ")


def test_everything_a_target_can_have() -> None:
    target = (
        accepted(
            one_filter(
                {
                    "queue": "sales",
                    "expression": "task.language IN worker.languages",
                    "skip_if": "workers.available == 0 OR 1 == 1",
                    "order_by": "worker.skills.sales DESC, worker.cost",
                    "known_worker_friendly_name": "task.agents[1].name",
                }
            )
        )
        .filters[0]
        .targets[0]
    )
    assert target.expression is not None
    assert target.expression.matches_pair({"language": "es"}, {"languages": ["es"]})
    assert not target.expression.matches_pair({"language": "es"}, {"languages": ["en"]})
    assert target.skip_if is not None
    assert target.skip_if.matches({"workers": {"available": 2}})
    assert target.order_by == (OrderClause(("skills", "sales"), True), OrderClause(("cost",)))
    assert target.known_worker == KnownWorker(("agents", 1, "name"), by_name=True)


def test_only_the_queue_is_inherited() -> None:
    first = {
        "queue": "sales",
        "expression": "worker.level > 3",
        "skip_if": ALL,
        "order_by": "worker.level",
        "known_worker_sid": "task.agent",
        "priority": 3,
    }
    second = accepted(one_filter(first, {})).filters[0].targets[1]
    assert second == Target(0)


def test_a_default_filter_acts_on_all_but_timeout_and_skip_if() -> None:
    default = accepted(
        routing(
            default_filter={
                "queue": "support",
                "priority": "4",
                "expression": "worker.level > 3",
                "order_by": "worker.level",
                "known_worker_sid": "task.agent",
                "timeout": "never",
                "skip_if": "nonsense",
            }
        )
    ).default
    assert default is not None
    assert (default.queue, default.priority, default.timeout_s) == (1, 4, None)
    assert default.skip_if is None
    assert default.expression is not None
    assert default.expression.matches_pair({}, {"level": 4})
    assert default.order_by == (OrderClause(("level",)),)
    assert default.known_worker == KnownWorker(("agent",), by_name=False)


def test_a_bare_filter_has_the_keys_of_its_target() -> None:
    document = routing(
        filters=[
            {
                "expression": "kind == 'a'",
                "queue": "support",
                "skip_if": ALL,
                "order_by": "worker.level",
                "known_worker_sid": "task.agent",
            }
        ]
    )
    (rule,) = accepted(document).filters
    assert rule.expression.matches({"kind": "a"})
    (target,) = rule.targets
    assert target.expression is None  # the filter's, not the target's
    assert (target.skip_if is not None, len(target.order_by)) == (True, 1)
    assert target.known_worker == KnownWorker(("agent",), by_name=False)


def test_null_is_as_good_as_left_out() -> None:
    keys = ("expression", "skip_if", "order_by", "known_worker_sid", "timeout", "priority")
    assert accepted(one_filter({"queue": "sales", **dict.fromkeys(keys)})).filters[0].targets == (
        Target(0),
    )


def test_without_queues_every_name_is_one() -> None:
    document = one_filter({"queue": "b"}, {"queue": "a"}, {}, {"queue": "b"})
    found, problems = read_workflow(document, None)
    assert found is not None
    assert [target.queue for target in found.filters[0].targets] == [0, 1, 1, 0]
    assert problems == ()
    assert read_workflow(one_filter({"queue": 7}), None)[0] is None


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"expression": "worker.flag! = true"}, "expression"),
        ({"skip_if": "1 == 1 ;"}, "skip_if"),
    ],
    ids=["target", "skip_if"],
)
def test_strict_reading_refuses_what_production_tolerates(keys: dict[str, str], key: str) -> None:
    document = one_filter({"queue": "sales", **keys})
    found, (remark,) = read_workflow(document, QUEUES)
    assert found is not None
    assert (remark.fatal, remark.rule, remark.path[-1]) == (False, "unread-text", key)
    found, (error,) = read_workflow(document, QUEUES, strict=True)
    assert found is None
    assert (error.fatal, error.rule, error.path[-1]) == (True, "expression-syntax", key)


def test_strictness_stays_with_the_expression() -> None:
    found, _ = read_workflow(one_filter({"queue": "sales"}), QUEUES, strict=True)
    assert found is not None
    assert found.filters[0].expression.strict


def test_a_hyphen_in_a_name_has_its_own_rule() -> None:
    problem = only_problem(one_filter({"queue": "sales"}, expression="skill-level > 3"))
    assert problem.rule == "hyphenated-name"
    assert "a name has no hyphens" in problem.reason


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
