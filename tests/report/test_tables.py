"""Tables for the console: what they show, how they read, and what they never hide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

import trsim
from tests.analysis.diary import Diary
from tests.analysis.test_attribution import desk, stream, worker
from trsim.analysis.study import Study
from trsim.analysis.trust_kinds import Caveat, Doubt
from trsim.core.states import Reason
from trsim.eventlog import EventLog
from trsim.report.figures import figure
from trsim.report.goals import judge
from trsim.report.tables import full_overview, overview

StudyOf = Callable[..., Study]


def drawn(part: RenderableType, width: int = 80) -> str:
    console = Console(width=width, markup=False, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(part)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def line_of(text: str, kpi: str) -> str:
    return " ".join(
        next(line for line in text.splitlines() if line.strip().startswith(kpi)).split()
    )


def test_one_run_answers_the_main_questions_on_one_screen(
    two_tasks: EventLog, study_of: StudyOf
) -> None:
    text = drawn(overview(study_of(two_tasks)))
    assert len(text.splitlines()) <= 40
    assert line_of(text, "offered") == "offered 2"
    assert line_of(text, "service_level") == "service_level 0.0 % within 20s (offered)"
    assert line_of(text, "abandonment").startswith("abandonment 50.0 %")
    assert line_of(text, "canceled") == "canceled 1 1 hung up"
    assert line_of(text, "mean_wait") == "mean_wait 33.1 s"
    assert line_of(text, "timeout_share") == "timeout_share 50.0 %"
    assert line_of(text, "lost_ringing_time").startswith("lost_ringing_time 15.0 s")
    assert line_of(text, "absent_after_timeout").startswith("absent_after_timeout 35.0 s")
    assert line_of(text, "occupancy").startswith("occupancy 53.0 %")


def test_one_run_says_that_it_has_no_interval(two_tasks: EventLog, study_of: StudyOf) -> None:
    text = drawn(overview(study_of(two_tasks)))
    assert "1 run of 5m, seed 7" in text
    assert "1 run: no interval" in text
    assert "95 %" not in text


def test_several_runs_show_their_number_and_intervals(
    two_tasks: EventLog, quickstart: EventLog, study_of: StudyOf
) -> None:
    text = drawn(overview(study_of(two_tasks, quickstart, two_tasks)), width=120)
    assert "3 replications of 5m, seed 7" in text
    assert "95 % interval" in text
    assert line_of(text, "offered") == "offered 1.67 0.23 to 3.10"
    assert "no interval" not in text


def test_open_tasks_are_always_shown(
    two_tasks: EventLog, study_of: StudyOf, log_of: Callable[..., EventLog]
) -> None:
    assert line_of(drawn(overview(study_of(two_tasks))), "open") == "open 0 at the end: none"
    rows = [tuple(row) for row in two_tasks.rows() if row.at_ms < 100_000]
    text = drawn(overview(study_of(log_of(rows))))
    assert line_of(text, "open") == "open 1 at the end: 1 assigned"


def test_tasks_in_no_queue_are_told_beside_the_queues(study_of: StudyOf) -> None:
    diary = Diary()
    diary.create(0)
    assert "in no queue" not in drawn(overview(study_of(diary.log)))
    for _ in range(2):
        diary.accept(5_000, diary.offer(1_000, diary.route_to_worker(1_000, worker=0)))
    text = drawn(overview(study_of(diary.log)))
    assert line_of(text, "billing").startswith("billing 1 ")
    assert line_of(text, "sales").startswith("sales 0 ")
    assert "Tasks routed to workers, in no queue: 2" in text


def test_set_ups_are_shown_where_there_are_any(study_of: StudyOf) -> None:
    diary = Diary()
    offer = diary.offer(0, diary.create(0))
    assert "setup" not in drawn(full_overview(study_of(diary.log)))
    diary.hold(3_000, offer)
    diary.accept(8_000, offer)
    text = drawn(full_overview(study_of(diary.log)))
    assert line_of(text, "mean_setup_time").startswith("mean_setup_time 5.0 s")
    assert line_of(text, "setup_time") == "setup_time 5.0 s worker time being connected"


def test_every_cause_of_cancellation_has_its_words(study_of: StudyOf) -> None:
    diary = Diary()
    for reason in (Reason.NO_MATCHING_FILTER, Reason.ROUTING_TARGET, Reason.WORKFLOW_SKIPPED):
        diary.cancel(1_000, diary.create(0), reason)
    text = line_of(drawn(overview(study_of(diary.log)), width=200), "canceled")
    assert text == (
        "canceled 3 1 skipped out of the workflow, 1 matched no filter any more, "
        "1 routed directly, not reserved in time"
    )


def test_reasons_to_doubt_come_last(study_of: StudyOf, log_of: Callable[..., EventLog]) -> None:
    text = drawn(overview(study_of(log_of([]))), width=120)
    assert text.splitlines()[-1].startswith("Warning: no tasks were offered")


def test_a_figure_that_does_not_exist_is_a_dash(
    study_of: StudyOf, log_of: Callable[..., EventLog]
) -> None:
    assert line_of(drawn(overview(study_of(log_of([])))), "mean_wait") == "mean_wait -"


def test_goals_are_judged_beside_the_figures(two_tasks: EventLog, study_of: StudyOf) -> None:
    study = study_of(two_tasks)
    goals = [("service_level", ">= 80%"), ("mean_wait", "< 60s")]
    text = drawn(overview(study, judge(goals, study.kpis())))
    assert "service_level >= 80%  MISSED  0.0 %" in text
    assert "mean_wait < 60s       met     33.1 s" in text


def test_a_goal_that_chance_may_have_decided_says_so(
    two_tasks: EventLog, quickstart: EventLog, study_of: StudyOf
) -> None:
    study = study_of(two_tasks, quickstart)
    text = drawn(overview(study, judge([("mean_wait", "< 60s")], study.kpis())), width=120)
    assert "reaches to the other side" in text


def test_names_are_shown_as_they_are(two_tasks: EventLog, study_of: StudyOf) -> None:
    assert drawn(overview(study_of(two_tasks))).startswith("Support [bold]desk[/bold]\n")


def test_warm_up_is_mentioned(two_tasks: EventLog, study_of: StudyOf) -> None:
    text = drawn(overview(study_of(two_tasks, warm_up_ms=60_000)))
    assert "tasks of the first 1m are not counted" in text
    assert line_of(text, "offered") == "offered 1"


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_console(
    two_tasks: EventLog, quickstart: EventLog, study_of: StudyOf, width: int
) -> None:
    text = drawn(overview(study_of(two_tasks, quickstart)), width=width)
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8312, "share", "83.1 %"),
        (1234.5, "s", "1,234 s"),
        (12.0, "tasks", "12"),
        (12.345, "tasks", "12.3"),
        (1.234, "reservations", "1.23"),
        (2749.67, "tasks", "2,750"),
        (1_234_567.0, "tasks", "1,234,567"),
        (None, "share", "-"),
    ],
)
def test_a_figure_has_its_unit(value: float | None, unit: str, text: str) -> None:
    assert figure(value, unit) == text


def test_the_other_service_levels_stand_beside_the_chosen_one(
    two_tasks: EventLog, study_of: StudyOf
) -> None:
    text = drawn(full_overview(study_of(two_tasks)), width=200)
    # Task 0 is assigned after 54 s, task 1 hangs up after 12.25 s: 0 / 1, 0 / (2 - 1), 1 / 2.
    assert line_of(text, "by other definitions") == (
        "by other definitions: answered 0.0 %, excluding_short 0.0 %, including_short 50.0 %"
    )


def test_costs_are_shown_where_they_are_known(two_tasks: EventLog, study_of: StudyOf) -> None:
    assert "Costs" not in drawn(full_overview(study_of(two_tasks)))
    workers = {"Ann": worker("first", wage="36/h"), "Bob": worker("second")}
    study = trsim.replicate(desk(workers=workers, tasks={"calls": stream(0, 10, value=8)}))
    text = drawn(full_overview(study))
    # Ann is there for 5 min and takes one of two tasks.
    assert "Costs" in text
    assert line_of(text, "cost_of_staff") == "cost_of_staff 3"
    assert line_of(text, "cost_per_assigned") == "cost_per_assigned 1.50"
    assert line_of(text, "value_of_answered") == "value_of_answered 16"
    assert "cost_of_abandoned" not in text


def test_the_full_tables_say_what_the_first_ones_leave_out(
    two_tasks: EventLog, study_of: StudyOf
) -> None:
    study = study_of(two_tasks)
    first, full = drawn(overview(study)), drawn(full_overview(study))
    assert "mean_answer_time" not in first
    assert "mean_answer_time" in full
    assert line_of(full, "service_level") == (
        "service_level 0.0 % assigned within 20s / offered tasks (offered)"
    )


def test_a_growing_queue_has_no_mean_wait(two_tasks: EventLog, study_of: StudyOf) -> None:
    caveat = Caveat(Doubt.UNSTABLE, "it grew")
    study = replace(study_of(two_tasks), run_caveats=((caveat,),))
    text = drawn(full_overview(study, judge([("mean_wait", "< 60s")], study.kpis())))
    assert line_of(text, "mean_wait") == "mean_wait grows"
    assert line_of(text, "wait_p95") == "wait_p95 grows"
    assert line_of(text, "offered") == "offered 2"
    assert "mean_wait < 60s  MISSED  it grows for as long as the run lasts" in text
