"""Workflows that nobody here wrote (see NOTICE): all load, run, and show what is odd about them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from trsim.analysis.accounting import check_accounting
from trsim.experiments.run import run
from trsim.routing.workflow import KnownWorker, WorkflowDocument
from trsim.routing.workflow_lint import lint_workflow
from trsim.routing.workflow_reader import read_workflow
from trsim.scenario.lint_files import lint_file
from trsim.scenario.load import load_scenario

FOLDER = Path(__file__).parent
WORKFLOWS = {path.stem: path for path in sorted((FOLDER / "workflows").glob("*.json"))}
SCENARIOS = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
OFFERS_S = {"01": 15, "02": 15, "03": 15, "05": 20, "07": 300, "15": 20, "16": 20}
"""How long the sources let an offer stand [s]; elsewhere they say nothing."""

FILTERS = "filters.{}.targets.{}."
TRAPS: dict[str, list[tuple[str, str]]] = {
    "01": [
        ("unknown-key", "filters.0.timeout"),
        ("unknown-key", "filters.1.timeout"),
        ("default-filter-key", "default_filter.timeout"),
        ("last-target-timeout", FILTERS.format(0, 1) + "timeout"),
        ("last-target-timeout", FILTERS.format(1, 1) + "timeout"),
    ],
    "02": [
        ("unknown-key", "default_filter.Expression"),
        ("default-filter-key", "default_filter.timeout"),
        ("last-target-timeout", FILTERS.format(0, 1) + "timeout"),
        ("offer-outlasts-target", FILTERS.format(0, 0) + "timeout"),
        ("repeated-target", "filters.1.targets.1"),
        ("last-target-timeout", FILTERS.format(1, 1) + "timeout"),
        ("offer-outlasts-target", FILTERS.format(1, 0) + "timeout"),
    ],
    "03": [
        ("last-target-timeout", FILTERS.format(0, 1) + "timeout"),
        ("last-target-timeout", FILTERS.format(1, 1) + "timeout"),
    ],
    "04": [("no-default-filter", "")],
    "05": [("offer-outlasts-target", FILTERS.format(0, 0) + "timeout")],
    "06": [],
    "07": [],
    "08": [
        ("missing-list", FILTERS.format(0, 0) + "expression"),
        ("unused-default-filter", "default_filter"),
    ],
    "09": [],
    "10": [
        ("delay-step", FILTERS.format(0, 0) + "expression"),
        ("delay-step", FILTERS.format(1, 0) + "expression"),
        ("unused-default-filter", "default_filter"),
    ],
    "11": [
        *(("missing-list", FILTERS.format(number, 0) + "expression") for number in (1, 2, 3)),
        ("no-default-filter", ""),
        ("known-worker-forever", FILTERS.format(0, 0) + "known_worker_sid"),
    ],
    "12": [
        ("offer-outlasts-target", FILTERS.format(0, 0) + "timeout"),
        ("offer-outlasts-target", FILTERS.format(1, 0) + "timeout"),
    ],
    "13": [("known-worker-forever", FILTERS.format(0, 0) + "known_worker_sid")],
    "14": [
        (rule, FILTERS.format(0, number) + "expression")
        for number in (0, 1, 2)
        for rule in ("both-missing", "missing-list")
    ],
    "15": [
        ("alias", "filters.0.friendly_name"),
        ("last-target-timeout", FILTERS.format(0, 1) + "timeout"),
        ("alias", "filters.1.friendly_name"),
        ("last-target-timeout", FILTERS.format(1, 1) + "timeout"),
    ],
    "16": [
        ("default-filter-key", "default_filter.timeout"),
        ("last-target-timeout", FILTERS.format(0, 0) + "timeout"),
        ("offer-outlasts-target", FILTERS.format(0, 0) + "timeout"),
        ("unused-default-filter", "default_filter"),
    ],
}
"""By number of the file: rule and path below ``task_routing`` of everything that is found."""


def read(stem: str) -> tuple[WorkflowDocument, Any]:
    data = json.loads(WORKFLOWS[stem].read_text(encoding="utf-8"))
    document, problems = read_workflow(data, None)
    assert document is not None, problems
    return document, data


def of_number(number: str) -> WorkflowDocument:
    return read(next(stem for stem in WORKFLOWS if stem.startswith(number)))[0]


def test_every_workflow_has_its_scenario_and_its_traps() -> None:
    assert list(WORKFLOWS) == list(SCENARIOS)
    assert [stem[:2] for stem in WORKFLOWS] == list(TRAPS) == [f"{n:02}" for n in range(1, 17)]


@pytest.mark.parametrize("stem", WORKFLOWS)
def test_what_is_odd_is_found_at_its_place(stem: str) -> None:
    document, data = read(stem)
    _, said = read_workflow(data, None)
    offer_ms = 1000 * OFFERS_S.get(stem[:2], 120)
    found = (*said, *lint_workflow(document, data, offer_ms))
    paths = [(problem.rule, ".".join(map(str, problem.path[1:]))) for problem in found]
    assert Counter(paths) == Counter(TRAPS[stem[:2]])


@pytest.mark.parametrize("stem", WORKFLOWS)
def test_strict_reading_takes_them_too(stem: str) -> None:
    _, data = read(stem)
    assert read_workflow(data, None, strict=True)[0] is not None


@pytest.mark.parametrize("stem", SCENARIOS)
def test_its_scenario_says_the_same_in_the_file_of_the_workflow(stem: str) -> None:
    findings = lint_file(str(SCENARIOS[stem]))
    assert findings is not None
    assert "error" not in {finding.level for finding in findings}
    prefix = "workflows.main.configuration.task_routing"
    there = [f for f in findings if f.problem.file.endswith(".json")]
    assert all(f.problem.line > 0 and f.problem.path.startswith(prefix) for f in there)
    known = Counter(rule for rule, _ in TRAPS[stem[:2]])
    # Only the scenario knows its workers: none has the third address of 14.
    known += Counter({"unserved-target": 1} if stem.startswith("14") else {})
    assert Counter(finding.rule for finding in there) == known


@pytest.mark.parametrize("stem", SCENARIOS)
def test_it_runs_and_adds_up(stem: str) -> None:
    model = load_scenario(SCENARIOS[stem]).compile()
    result = run(model)
    assert check_accounting(result.log, result.horizon_ms) == ()
    assert run(model).fingerprint() == result.fingerprint()


def test_an_empty_target_keeps_the_queue_and_drops_the_known_worker() -> None:
    known, after = of_number("12").filters[0].targets
    assert known.known_worker == KnownWorker(("originalRouting", "workerSid"), by_name=False)
    assert (after.queue, after.known_worker, after.timeout_s) == (known.queue, None, None)


def test_numbers_and_texts_are_the_same_numbers() -> None:
    first, last = of_number("03").filters[0].targets
    assert (first.priority, first.timeout_s) == (5, 30)
    assert (last.priority, last.timeout_s) == (1, 30)


def test_the_priority_of_a_default_filter_acts_and_its_timeout_does_not() -> None:
    default = of_number("02").default
    assert default is not None
    assert (default.priority, default.timeout_s, default.expression) == (1, None, None)


def test_lower_case_and_and_operators_without_blanks() -> None:
    expression = of_number("08").filters[0].targets[0].expression
    assert expression is not None
    task = {"caller": "+1", "do_not_contact": ["WK2"]}
    assert expression.matches_pair(task, {"contact_uri": "+2", "sid": "WK1"})
    assert not expression.matches_pair(task, {"contact_uri": "+1", "sid": "WK1"})
    assert not expression.matches_pair(task, {"contact_uri": "+2", "sid": "WK2"})
    assert not expression.matches_pair({"caller": "+1"}, {"contact_uri": "+2", "sid": "WK1"})
