"""What a document says and probably does not mean: each rule once on and once off."""

from __future__ import annotations

from typing import Any

import pytest

from trsim.routing.workflow_lint import lint_workflow
from trsim.routing.workflow_problems import RULES, DocumentProblem
from trsim.routing.workflow_reader import read_workflow

ALL, NONE = "1 == 1", "1==0"
END = {"queue": "all"}
Where = tuple[str | int, ...]


def rule(*targets: dict[str, Any], expression: str = "kind == 'a'", **keys: Any) -> dict[str, Any]:
    return {"expression": expression, "targets": list(targets), **keys}


def lint(
    *filters: dict[str, Any], default: Any = "all", offer_s: float | None = 10
) -> list[DocumentProblem]:
    """Lint a document; `default` is the queue of the default filter or the filter itself."""
    if isinstance(default, str):
        default = {"queue": default}
    source = {"task_routing": {"filters": list(filters), "default_filter": default}}
    document, problems = read_workflow(source, None)
    assert document is not None, problems
    offer_ms = None if offer_s is None else round(offer_s * 1000)
    found = list(lint_workflow(document, source, offer_ms))
    assert all(problem.rule in RULES and not problem.fatal for problem in found)
    return found


def rules(problems: list[DocumentProblem]) -> list[tuple[str, Where]]:
    return [(problem.rule, problem.path[2:]) for problem in problems]


def test_a_plain_document_has_nothing() -> None:
    assert lint(rule({"queue": "a", "timeout": 30}, END)) == []


def test_targets_behind_one_that_is_never_left() -> None:
    first, second = lint(rule({"queue": "a"}, {"queue": "b", "timeout": 5}, END))
    assert rules([first, second]) == [
        ("unreachable-target", (0, "targets", 1)),
        ("unreachable-target", (0, "targets", 2)),
    ]
    assert first.reason.startswith("is never reached: targets[0] has neither timeout nor skip_if")


def test_a_target_that_can_be_skipped_is_left() -> None:
    assert lint(rule({"queue": "a", "skip_if": ALL}, END)) == []


def test_a_skip_that_never_comes_leaves_nothing() -> None:
    assert rules(lint(rule({"queue": "a", "skip_if": NONE}, END))) == [
        ("skip-if-never", (0, "targets", 0, "skip_if")),
        ("unreachable-target", (0, "targets", 1)),
    ]


def test_a_last_target_with_a_timeout() -> None:
    (problem,) = lint(rule({"queue": "a", "timeout": 30}, {"timeout": 40, "priority": 2}))
    assert rules([problem]) == [("last-target-timeout", (0, "targets", 1, "timeout"))]
    assert problem.reason == (
        "a task that still waits is canceled at age 70 s; the default filter is not used after a "
        "timeout"
    )


def test_a_filter_below_may_catch_it() -> None:
    timed = rule({"queue": "a", "timeout": 30})
    (problem,) = lint(timed, rule(END, expression="kind != 'b'"))
    assert "at age 30 s unless a filter below matches; the default" in problem.reason
    assert lint(timed, rule(END, expression=ALL), default=None) == []


@pytest.mark.parametrize(
    ("timeouts", "offer_s", "at", "words"),
    [
        # Two targets that end at 5 s and 10 s: an offer of the first second is over at 15 s.
        ((5, 5), 15, 0, "miss targets[1] is never tried, and the task is canceled at age 15 s"),
        # 20 s is the age at which the target ends, too: no second offer.
        ((20,), 20, 0, "(20 s) last as long as this target: after a miss the task is canceled"),
        # The third target ends at 30 s, after the offer: only the second is passed over.
        ((5, 5, 20), 15, 0, "targets[1] is never tried, and the task leaves at age 15 s"),
        # The first target has room for an offer, the second begins at 60 s and has none.
        ((60, 10, 5), 15, 1, "targets[2] is never tried, and the task is canceled at age 75 s"),
    ],
)
def test_offers_that_outlast_their_target(
    timeouts: tuple[int, ...], offer_s: float, at: int, words: str
) -> None:
    filters = rule(*({"queue": f"q{n}", "timeout": t} for n, t in enumerate(timeouts)))
    found = [p for p in lint(filters, offer_s=offer_s) if p.rule == "offer-outlasts-target"]
    (problem,) = found
    assert problem.path[2:] == (0, "targets", at, "timeout")
    assert words in problem.reason
    assert problem.level == "warning"


def test_an_offer_that_skips_nothing_is_a_note() -> None:
    (problem,) = lint(rule({"queue": "a", "timeout": 5}, END))
    assert (problem.rule, problem.level) == ("offer-outlasts-target", "note")
    assert lint(rule({"queue": "a", "timeout": 10}, END)) == []


def test_released_offers_outlast_nothing() -> None:
    assert lint(rule({"queue": "a", "timeout": 5}, END), offer_s=None) == []


def test_a_last_target_that_can_be_skipped() -> None:
    last = rule({"queue": "a", "skip_if": ALL})
    (problem, note) = lint(last, default=None)[::-1]
    assert rules([problem]) == [("last-target-skipped", (0, "targets", 0, "skip_if"))]
    assert (note.rule, note.level) == ("no-default-filter", "note")
    assert lint(last) == []  # the default filter takes what is skipped


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("workers.available == 0", True),
        ("workers.available = 0", True),
        ("workers.available < 1", True),
        ("0 >= workers.available", True),
        ("workers.unavailable > 3 OR workers.available == 0", True),
        ("workers.available == 1", False),
        ("workers.available > 0", False),
        ("workers.unavailable == 0", False),
        ("1==1", False),
    ],
)
def test_counting_workers_who_are_busy(text: str, found: bool) -> None:
    problems = lint(rule({"queue": "a", "skip_if": text}, END))
    path = (0, "targets", 0, "skip_if")
    assert rules(problems) == ([("skip-if-counts-busy", path)] if found else [])


def test_a_target_that_asks_nobody() -> None:
    delay = lint(rule({"queue": "a", "expression": NONE, "timeout": 600}, END), offer_s=900)
    assert rules(delay) == [("delay-step", (0, "targets", 0, "expression"))]
    assert (delay[0].level, "a delay of 600 s" in delay[0].reason) == ("note", True)
    (forever,) = lint(rule({"queue": "a", "expression": "1==0 AND worker.x == 1"}))
    assert (forever.rule, forever.level) == ("target-asks-nobody", "warning")
    (skipped,) = lint(rule({"queue": "a", "expression": NONE, "skip_if": ALL}, END))
    assert skipped.reason.endswith("nobody is asked, and the target is skipped")


@pytest.mark.parametrize("key", ["known_worker_sid", "known_worker_friendly_name"])
def test_a_known_worker_without_a_way_out(key: str) -> None:
    known = {"queue": "a", key: "task.agent"}
    (problem,) = lint(rule(known))
    assert rules([problem]) == [("known-worker-forever", (0, "targets", 0, key))]
    assert "40152" in problem.reason
    assert lint(rule({**known, "timeout": 30}, {})) == []
    assert lint(rule({**known, "skip_if": ALL}, {})) == []


def test_filters_that_nobody_reaches() -> None:
    everything = rule(END, expression="1==1 OR kind == 'a'")
    found = lint(everything, rule(END), default=None)
    assert rules(found) == [("shadowed-filter", (1,))]
    assert "filters[0] takes every task and keeps it" in found[0].reason
    twice = lint(rule(END), rule(END, expression=" kind ==  'a'"))
    assert rules(twice) == [("shadowed-filter", (1,))]
    assert "filters[0] has the same expression" in twice[0].reason


def test_a_filter_that_can_be_left_hides_nothing() -> None:
    skipped = rule({"queue": "a", "skip_if": ALL}, expression=ALL)
    assert lint(skipped, rule(END), default="all") == []


def test_a_filter_that_takes_nothing() -> None:
    assert rules(lint(rule(END, expression=NONE))) == [("filter-never-matches", (0, "expression"))]


def test_a_default_filter_that_nobody_reaches_is_a_note() -> None:
    (note,) = lint(rule(END, expression=ALL))
    assert (note.rule, note.level, note.path[1]) == (
        "unused-default-filter",
        "note",
        "default_filter",
    )


def test_a_default_filter_that_asks_nobody() -> None:
    default = {"queue": "all", "expression": NONE, "known_worker_sid": "task.agent"}
    assert [problem.rule for problem in lint(default=default)] == [
        "known-worker-forever",
        "target-asks-nobody",
    ]


def test_an_old_name_is_a_note() -> None:
    (note,) = lint(rule(END, friendly_name="leads"))
    assert (note.rule, note.level, note.path[2:]) == ("alias", "note", (0, "friendly_name"))
    assert lint(rule(END, friendly_name="x", filter_friendly_name="y")) == []


def test_a_target_that_changes_nothing() -> None:
    assert rules(lint(rule({"queue": "a", "timeout": 30}, {"timeout": 30}, END))) == [
        ("repeated-target", (0, "targets", 1))
    ]
    raised = rule({"queue": "a", "timeout": 30}, {"timeout": 30, "priority": 5}, END)
    assert lint(raised) == []


def test_an_order_over_texts() -> None:
    found = lint(rule({"queue": "a", "order_by": "worker.level, worker.friendly_name DESC"}))
    assert rules(found) == [("order-by-text", (0, "targets", 0, "order_by"))]


def test_a_bare_filter_is_its_own_target() -> None:
    (problem,) = lint({"expression": ALL, "queue": "a", "timeout": 30}, default=None)
    assert rules([problem]) == [("last-target-timeout", (0, "timeout"))]
