"""The table of steps: when it is shown, what it shows, how long it may get."""

from __future__ import annotations

import dataclasses
import re

from rich.console import Console, Group

from tests.analysis.diary import Diary, criteria
from trsim.analysis.results import Provenance, Result
from trsim.analysis.steps import RoutingFacts, StepPlace
from trsim.analysis.study import Study
from trsim.report.step_table import MOST_STEPS, step_table

TWO = (StepPlace("main", "Bills", 0, "billing"), StepPlace("main", "Bills", 1, "sales"))


def drawn(study: Study, width: int = 80) -> list[str]:
    console = Console(width=width, markup=False, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(Group(*step_table(study)))
    return [line.rstrip() for line in capture.get().splitlines()]


def study_of(places: tuple[StepPlace, ...], *diaries: Diary) -> Study:
    about, facts, limits = Provenance("Desk", "", 1), RoutingFacts(places), criteria(100_000)
    runs = [Result(about, n, diary.log, limits, facts) for n, diary in enumerate(diaries)]
    return Study(
        provenance=about,
        criteria=limits,
        fingerprints=tuple(run.fingerprint() for run in runs),
        measures=tuple(run.measures for run in runs),
        group_measures=tuple(run.group_measures for run in runs),
        run_caveats=tuple(run.run_caveats for run in runs),
        results=tuple(runs[:1]),
        routing=facts,
        step_counts=tuple(run.step_counts for run in runs),
    )


def ended_by_workflow() -> Diary:
    """Four tasks: accepted in the first target, twice to the end of the second, open there."""
    diary = Diary()
    diary.accept(1_000, diary.offer(0, diary.create(0)))
    for _ in range(2):
        task = diary.create(0)
        diary.move(10_000, task, 1)
        diary.end_workflow(20_000, task)
    diary.move(12_000, diary.create(2_000), 1)
    return diary


def test_each_target_has_a_row_and_the_last_timeout_its_sentence() -> None:
    lines = drawn(study_of(TWO, ended_by_workflow()))
    assert lines[1].split() == ["Steps", "entered", "offers", "cepted", "out", "on", "celed"]
    assert lines[2].split() == ["Bills", "#1:", "billing", "4", "1", "1", "3", "0", "0"]
    assert lines[3].split() == ["Bills", "#2:", "sales", "3", "0", "0", "2", "0", "0"]
    assert lines[4:] == ["silently canceled at the end of the workflow: 2 (50.0 %)"]


def test_replications_are_averaged() -> None:
    lines = drawn(study_of(TWO, ended_by_workflow(), Diary()))
    assert lines[2].split()[3:] == ["2", "0.50", "0.50", "1.50", "0", "0"]
    assert lines[4] == "silently canceled at the end of the workflow: 1 (50.0 %)"


def test_tasks_skipped_out_of_the_workflow_are_told_apart() -> None:
    diary = ended_by_workflow()
    diary.skip_out(30_000, diary.create(30_000))
    lines = drawn(study_of(TWO, diary))
    assert lines[4:] == [
        "silently canceled at the end of the workflow: 2 (40.0 %)",
        "skipped out of the workflow, and so canceled: 1 (20.0 %)",
    ]


def test_there_is_no_table_unless_some_workflow_has_several_targets() -> None:
    alone = (
        StepPlace("main", "default filter", 0, "billing", is_default=True),
        StepPlace("night", "default filter", 0, "sales", is_default=True),
    )
    assert drawn(study_of(alone, ended_by_workflow())) == []
    assert drawn(study_of((), ended_by_workflow())) == []
    unknown = dataclasses.replace(study_of(TWO, ended_by_workflow()), step_counts=())
    assert drawn(unknown) == []


def test_workflows_are_named_where_there_are_several_of_them() -> None:
    places = (*TWO, *(place._replace(configuration="night") for place in TWO))
    lines = drawn(study_of(places, ended_by_workflow()))
    assert [lines[2], lines[5]] == ["main", "night"]


def test_long_names_are_cut_off_and_steer_no_terminal() -> None:
    places = (
        StepPlace("main", "Technical, premium customers", 0, "\x1b[2J" + "queue" * 9),
        TWO[1],
    )
    lines = drawn(study_of(places, ended_by_workflow()))
    assert lines[2].startswith(r"Technical, prem… #1: \x1b[2Jqueue")
    assert "…" in lines[2][20:]
    assert max(map(len, lines)) <= 80


def test_of_many_targets_those_with_the_most_visits_are_shown() -> None:
    idle = [StepPlace("main", f"Filter {n}", 0, "sales") for n in range(MOST_STEPS + 3)]
    lines = drawn(study_of((*TWO, *idle), ended_by_workflow()))
    shown = [line for line in lines if re.search(r" #\d: ", line)]
    assert len(shown) == MOST_STEPS
    assert shown[0].startswith("Bills #1: billing")
    assert lines[-2] == "5 more targets are not shown; 5 of them were never tried"
