"""What is legal in a scenario and probably not meant: each rule once on and once off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import load, spoiled, written
from trsim.scenario.lint_files import lint_file
from trsim.scenario.lint_findings import ALL_RULES, Finding

MIX = "attribute_mix: {product: {billing: 60%, x: 40%}}"
UNTIMED = "default_filter: {queue: everyone, timeout: 5}"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], []),
        (
            [("    return_delay: {after_timeout: 1m}\n", "")],
            ["desk.yaml:22:3: behaviors.phone: a worker who misses an offer never comes back"],
        ),
        (
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("    no_answer_probability: 5%\n", ""),
                ("{distribution: exponential, mean: 5s}", "5s"),
            ],
            [],
        ),
        (
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("timeout_activity: Missed", "timeout_activity: Available"),
            ],
            [],
        ),
        (
            # The group is left alone even where the timetable brings Alice back.
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("worker: Alice, activity: Offline", "worker: Alice, activity: Available"),
            ],
            ["desk.yaml:22:3: behaviors.phone: a worker who misses an offer never comes back"],
        ),
        (
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("worker: Alice, activity: Offline", "worker: Alice, activity: Available"),
                ("  agent:\n    count: 3\n    behavior: phone\n", ""),
                ('    shifts: [{from: "08:00", to: "09:00"}]\n', ""),
            ],
            [],
        ),
        (
            [("        default_filter: {queue: everyone}\n", ""), ("== 'billing'\"", "== 'b'\"")],
            ["desk.yaml:32:3: tasks.calls: all of its tasks are refused"],
        ),
        (
            [
                ("        default_filter: {queue: everyone}\n", ""),
                ("attributes: {product: billing}", MIX),
            ],
            ["desk.yaml:32:3: tasks.calls: 0.4 of its tasks are refused"],
        ),
        (
            [("skills HAS 'billing'", "skills HAS 'biling'")],
            ["desk.yaml:10:3: task_queues.billing: no worker is eligible for this queue"],
        ),
        (
            [("    patience: 3m\n", ""), ("60/h", "120/h")],
            ["desk.yaml:33:3: tasks.calls: nobody gives up, and the offered load on 'voice' is 4 "],
        ),
        ([("60/h", "600/h")], []),
        (
            [
                ("    patience: 3m\n", ""),
                (
                    "{distribution: lognormal, mean: 2m, cv: 1.0}",
                    "{distribution: pareto, shape: 0.9, minimum: 1s}",
                ),
            ],
            ["nobody gives up, and the offered load on 'voice' is inf"],
        ),
        (
            [('at: "08:30"', 'at: "09:30"')],
            ["desk.yaml:41:10: timetable[0].at: never happens: 09:30 is at or after the horizon"],
        ),
        (
            [("max_reserved_workers: 2", "reservation_activity: Missed")],
            ["desk.yaml:11:36: task_queues.everyone.reservation_activity: has no effect"],
        ),
        (
            [
                (
                    "default_filter: {queue: everyone}",
                    UNTIMED,
                )
            ],
            ["default_filter.timeout: has no effect"],
        ),
        ([("timeout: 60}", "timout: 60}")], ["targets[0].timout: unknown key"]),
        (
            [("skills HAS 'billing'", "skills HAS 'billing' ; x")],
            ["desk.yaml:10:29: task_queues.billing.target_workers: at character 22: ';'"],
        ),
    ],
)
def test_warnings(
    edits: list[tuple[str, str]],
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    warnings = load(spoiled(*edits), Path()).compile().warnings
    for words in expected:
        assert any(words in warning for warning in warnings), warnings
    if not expected:
        assert warnings == ()


TARGETS = "[{queue: billing, timeout: 60}, {queue: everyone}]"
CONFIGURATION = "workflows.main.configuration.task_routing"


def findings(folder: Path, *edits: tuple[str, str]) -> list[Finding]:
    """Lint the desk with texts replaced; the words of all rules exist."""
    found = lint_file(str(written(spoiled(*edits), folder)))
    assert found is not None
    assert all(finding.rule in ALL_RULES for finding in found)
    return found


def only(folder: Path, *edits: tuple[str, str]) -> Finding:
    (finding,) = findings(folder, *edits)
    return finding


def rules(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.problem.path) for finding in found]


def test_the_desk_has_nothing(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


def test_what_the_document_says_is_found_with_the_timeout_of_its_workflow(tmp_path: Path) -> None:
    short = [("timeout: 60}, {queue: everyone}", "timeout: 5}, {queue: everyone, timeout: 5}")]
    found = findings(tmp_path, *short)
    targets = f"{CONFIGURATION}.filters[0].targets"
    assert rules(found) == [
        ("offer-outlasts-target", f"{targets}[0].timeout"),
        ("last-target-timeout", f"{targets}[1].timeout"),
    ]
    assert found[0].problem.reason == (
        "offers (20 s) outlast this target: after a miss targets[1] is never tried, and the task "
        "is canceled at age 20 s"
    )
    assert (found[0].problem.line, found[0].level) == (19, "warning")


def test_released_offers_outlast_nothing(tmp_path: Path) -> None:
    release = "  routing_rules: {deadline_while_reserved: release}\ntask_queues:"
    found = findings(
        tmp_path, ("timeout: 60}, {queue", "timeout: 5}, {queue"), ("task_queues:", release)
    )
    assert rules(found) == []


def test_a_configuration_of_the_timetable_is_linted_with_its_own_timeout(tmp_path: Path) -> None:
    entry = """timetable:
  - at: "08:20"
    workflow: main
    task_reservation_timeout: 70s
    configuration:
      task_routing:
        filters: [{expression: "1==1", targets: [{queue: billing, timeout: 60}, {queue: everyone}]}]
"""
    found = findings(tmp_path, ("timetable:\n", entry))
    path = "timetable[0].configuration.task_routing.filters[0].targets[0].timeout"
    assert rules(found) == [("offer-outlasts-target", path)]
    assert (found[0].level, "(70 s)" in found[0].problem.reason) == ("note", True)


def test_the_expression_of_a_queue_is_remarked_upon_with_its_rule(tmp_path: Path) -> None:
    finding = only(tmp_path, ("skills HAS 'billing'", "skills HAS 'billing' ;"))
    assert (finding.rule, finding.problem.path) == (
        "unread-text",
        "task_queues.billing.target_workers",
    )


def test_an_activity_that_workers_can_have_serves_a_queue(tmp_path: Path) -> None:
    assert findings(tmp_path, ("skills HAS 'billing'", "activity_name == 'Missed'")) == []
    finding = only(tmp_path, ("skills HAS 'billing'", "activity_name == 'Mised'"))
    assert (finding.rule, finding.problem.path) == ("unserved-queue", "task_queues.billing")


@pytest.mark.parametrize(
    "entry",
    [
        "{worker: agent-2, attributes: {skills: [tax]}}",
        "{task_queue: billing, target_workers: 1==1}",
    ],
    ids=["worker", "queue"],
)
def test_a_queue_that_is_served_later_is_served(entry: str, tmp_path: Path) -> None:
    edits = [("skills HAS 'billing'", "skills HAS 'tax'")]
    assert rules(findings(tmp_path, *edits)) == [("unserved-queue", "task_queues.billing")]
    later = ("timetable:\n", 'timetable:\n  - {at: "08:20", ' + entry[1:] + "\n")
    assert findings(tmp_path, *edits, later) == []


def test_workers_are_told_apart_by_name_where_an_expression_does(tmp_path: Path) -> None:
    assert findings(tmp_path, ("skills HAS 'billing'", "friendly_name == 'agent-3'")) == []
    finding = only(tmp_path, ("skills HAS 'billing'", "friendly_name == 'agent-4'"))
    assert finding.rule == "unserved-queue"


def test_tasks_that_fall_to_the_default_filter_are_a_note(tmp_path: Path) -> None:
    mix = ("attributes: {product: billing}", "attribute_mix: {product: {billing: 60%, x: 40%}}")
    finding = only(tmp_path, mix)
    assert (finding.level, finding.rule, finding.problem.path) == (
        "note",
        "default-filter-reached",
        "tasks.calls",
    )
    assert finding.problem.reason.startswith("0.4 of its tasks match no filter")
    assert load(spoiled(mix), tmp_path).compile().warnings == ()


def test_tasks_that_nobody_takes_are_refused(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        ("        default_filter: {queue: everyone}\n", ""),
        ("== 'billing'\"", "== 'b'\""),
    )
    assert rules(found)[-1] == ("refused-tasks", "tasks.calls")
    assert found[-1].problem.reason.startswith("all of its tasks are refused")


@pytest.mark.parametrize("target", ["{queue: everyone}", "{worker: Alice}"])
def test_tasks_that_are_routed_directly_need_no_filter(target: str, tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        ("        default_filter: {queue: everyone}\n", ""),
        ("== 'billing'\"", "== 'b'\""),
        ("    task_channel: voice\n", f"    task_channel: voice\n    routing_target: {target}\n"),
    )
    assert [finding.rule for finding in found] == ["no-default-filter"]


def test_the_attributes_of_recorded_tasks_count(tmp_path: Path) -> None:
    trace = (
        "{process: trace, rows: [{at: 1m}, {at: 2m, attributes: {product: x}}, "
        "{at: 3m, attributes: {product: x}}, {at: 4m, attributes: {product: x}}]}"
    )
    finding = only(tmp_path, ("{process: poisson, rate: 60/h}", trace))
    assert finding.rule == "default-filter-reached"
    assert finding.problem.reason.startswith("0.75 of its tasks match no filter")


NOT_IN = (
    TARGETS,
    "[{queue: billing, expression: worker.sid NOT IN task.seen, timeout: 60}, {queue: everyone}]",
)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ("{product: billing}", "no task that comes here has a list 'task.seen'"),
        ("{product: billing, seen: WK1}", "no task that comes here has a list 'task.seen'"),
        ("{product: billing, seen: []}", None),
    ],
)
def test_tasks_without_the_list_of_a_not_in(
    attributes: str, words: str | None, tmp_path: Path
) -> None:
    edits = [NOT_IN, ("attributes: {product: billing}", f"attributes: {attributes}")]
    found = [f for f in findings(tmp_path, *edits) if f.rule == "task-without-list"]
    assert bool(found) is (words is not None)
    if words:
        assert found[0].problem.path == f"{CONFIGURATION}.filters[0].targets[0].expression"
        assert found[0].problem.reason == f"{words}: NOT IN is false for all of them"


def test_some_tasks_without_the_list(tmp_path: Path) -> None:
    other = """tasks:
  more:
    attributes: {product: billing, seen: [WK1]}
    arrivals: {process: at, times: [1m]}
    patience: 1m
    talk_time: 1m
"""
    found = findings(tmp_path, NOT_IN, ("tasks:\n", other))
    (finding,) = [f for f in found if f.rule == "task-without-list"]
    assert finding.problem.reason.startswith("some of the tasks that come here have no list")


@pytest.mark.parametrize(
    ("edits", "found"),
    [
        ([], False),
        ([("    task_channel: voice\n", "    task_channel: voice\n    priority: 2\n")], True),
        ([("{queue: billing, timeout: 60}", "{queue: billing, timeout: 60, priority: 5}")], True),
        ([("{queue: billing, timeout: 60}", "{queue: billing, timeout: 60, priority: 0}")], False),
        ([("{queue: everyone}]", "{queue: everyone, priority: 5}]")], False),
    ],
    ids=["none", "of the stream", "of the target", "zero", "of another queue"],
)
def test_priorities_in_a_lifo_queue(
    edits: list[tuple[str, str]], found: bool, tmp_path: Path
) -> None:
    lifo = ("skills HAS 'billing'\"}", "skills HAS 'billing'\", task_order: LIFO}")
    expected = [("lifo-ignores-priority", "task_queues.billing.task_order")] if found else []
    assert rules(findings(tmp_path, lifo, *edits)) == expected


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("worker.level > 3", True),
        ("worker.skills HAS task.product", False),
        ("worker.skills HAS task.topic", True),
        ("worker.friendly_name == 'agent-1'", True),  # not in this queue
        ("worker.friendly_name == 'Alice'", False),
        ("worker.channel.voice.available_capacity_percentage == 100", False),
    ],
)
def test_a_target_that_no_worker_satisfies(expression: str, found: bool, tmp_path: Path) -> None:
    timed = TARGETS.replace("timeout", f'expression: "{expression}", timeout')
    path = f"{CONFIGURATION}.filters[0].targets[0].expression"
    expected = [("unserved-target", path)] if found else []
    assert rules(findings(tmp_path, (TARGETS, timed))) == expected


def test_attributes_that_a_task_gets_later_count(tmp_path: Path) -> None:
    timed = TARGETS.replace("timeout", 'expression: "worker.skills HAS task.topic", timeout')
    assert only(tmp_path, (TARGETS, timed)).rule == "unserved-target"
    entry = '{at: "08:20", task: calls/3, attributes: {product: billing, topic: billing}}'
    later = ("timetable:\n", f"timetable:\n  - {entry}\n")
    assert findings(tmp_path, (TARGETS, timed), later) == []


def test_one_cause_is_said_once(tmp_path: Path) -> None:
    found = [finding for finding in findings(tmp_path, NOT_IN) if finding.level == "warning"]
    assert [finding.rule for finding in found] == ["task-without-list"]


@pytest.mark.parametrize(
    ("attributes", "found"), [("{product: billing}", True), ("{product: billing, a: WK1}", False)]
)
def test_tasks_that_name_no_known_worker(attributes: str, found: bool, tmp_path: Path) -> None:
    known = TARGETS.replace("timeout", "known_worker_sid: task.a, timeout")
    edits = [(TARGETS, known), ("attributes: {product: billing}", f"attributes: {attributes}")]
    path = f"{CONFIGURATION}.filters[0].targets[0].known_worker_sid"
    assert rules(findings(tmp_path, *edits)) == ([("known-worker-unnamed", path)] if found else [])


def test_a_task_that_never_comes_cannot_be_changed(tmp_path: Path) -> None:
    finding = only(
        tmp_path,
        ("{process: poisson, rate: 60/h}", "{process: at, times: [1m, 2m]}"),
        ('{at: "08:30", worker: Alice, activity: Offline}', "{at: 3m, task: calls/2, priority: 4}"),
    )
    assert rules([finding]) == [("never-happens", "timetable[0].task")]


def test_a_shorter_timeout_of_the_timetable_can_be_missed(tmp_path: Path) -> None:
    edits = [
        ("    return_delay: {after_timeout: 1m}\n", ""),
        ("    no_answer_probability: 5%\n", ""),
        ("{distribution: exponential, mean: 5s}", "5s"),
    ]
    assert findings(tmp_path, *edits) == []
    shorter = '{at: "08:10", workflow: main, task_reservation_timeout: 4s}'
    entry = ("timetable:\n", f"timetable:\n  - {shorter}\n")
    assert only(tmp_path, *edits, entry).rule == "no-return-after-miss"


def test_a_broken_scenario_is_an_error_at_its_place(tmp_path: Path) -> None:
    found = findings(tmp_path, ("horizon: 1h", "horizen: 1h"))
    assert {(finding.level, finding.rule) for finding in found} == {("error", "invalid-scenario")}
    assert any(finding.problem.path == "horizen" for finding in found)


def test_a_warning_is_whole_however_deep_the_file_lies(tmp_path: Path) -> None:
    spoilt = spoiled(("    return_delay: {after_timeout: 1m}\n", ""))
    deep = tmp_path / ("deep" * 30) / ("down" * 30) / "new\nline"
    deep.mkdir(parents=True)
    (short,) = load(spoilt, tmp_path).compile().warnings
    (long,) = load(spoilt, deep).compile().warnings
    _, place, said = short.partition("desk.yaml")
    assert place
    assert "\n" not in long
    assert long.partition("desk.yaml") == (f"{deep}/".replace("\n", "\\n"), place, said)
    assert said.endswith("is not available")
