"""Results and studies: tables for people, breakdowns, pickling, HTML."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle

import pytest

import trsim
from tests.analysis.diary import BUSY_HOUR_ENDS_MS, NAMES, Diary, busy_hour, criteria
from tests.analysis.test_attribution import desk, stream
from tests.analysis.test_kpis import EXPECTED
from trsim.analysis import frames
from trsim.analysis.kpi_table import KpiTable
from trsim.analysis.kpis import KPIS
from trsim.analysis.results import Provenance, Result
from trsim.analysis.steps import RoutingFacts, StepPlace, routing_facts
from trsim.analysis.study import Study
from trsim.analysis.trust_kinds import Doubt
from trsim.core.events import EventType
from trsim.errors import UsageError
from trsim.eventlog import EventLog, Names

PROVENANCE = Provenance("A <b>desk</b> & more", "abc", 7)


def result_of(diary: Diary, horizon_ms: int = BUSY_HOUR_ENDS_MS, number: int = 0) -> Result:
    return Result(PROVENANCE, number, diary.log, criteria(horizon_ms))


def study_of(*results: Result) -> Study:
    return Study(
        provenance=PROVENANCE,
        criteria=results[0].criteria,
        fingerprints=tuple(result.fingerprint() for result in results),
        measures=tuple(result.measures for result in results),
        group_measures=tuple(result.group_measures for result in results),
        run_caveats=tuple(result.run_caveats for result in results),
        results=results[:1],
    )


def waiting_once(wait_ms: int) -> Diary:
    diary = Diary()
    task = diary.create(0)
    diary.accept(wait_ms, diary.offer(0, task))
    diary.complete(wait_ms + 1_000, task)
    return diary


def test_kpis_of_one_run_have_no_interval_and_say_so() -> None:
    table = result_of(busy_hour()).kpis()
    # The costs are left out: nothing is known of wages and values.
    assert [value.name for value in table] == [kpi.name for kpi in KPIS if kpi.name in EXPECTED]
    for value in table:
        expected = EXPECTED[value.name]
        assert value.estimate == (None if expected is None else pytest.approx(expected))
        n = 0 if expected is None else 1
        assert (value.low, value.high, value.half_width, value.n) == (None, None, None, n)
        assert value.definition.unit == value.unit
    assert "no intervals" in table.note
    assert "one replication" in repr(table)


def test_warm_up_and_threshold_can_be_chosen() -> None:
    result = result_of(busy_hour())
    table = result.kpis(warm_up_s=20, service_level_threshold_s=60)
    assert table["offered"].estimate == 4
    assert (table.warm_up_s, table.threshold_s) == (20, 60)
    # Tasks 3 (operator, 30 s), 4 (open, 60 s: left out), 5 (open, 15 s: left out), 6 (2 s).
    assert table["service_level"].estimate == 1 / 2
    assert result.kpis()["offered"].estimate == 7


@pytest.mark.parametrize("warm_up_s", [-1, 100, math.nan, math.inf])
def test_a_warm_up_out_of_bounds_is_refused(warm_up_s: float) -> None:
    with pytest.raises(UsageError, match=r"warm_up_s must lie in \[0, 100.0\)"):
        result_of(busy_hour()).kpis(warm_up_s=warm_up_s)


@pytest.mark.parametrize("threshold_s", [-1, math.nan, math.inf])
def test_a_threshold_out_of_bounds_is_refused(threshold_s: float) -> None:
    with pytest.raises(UsageError, match="service_level_threshold_s must be >= 0"):
        result_of(busy_hour()).kpis(service_level_threshold_s=threshold_s)


def test_service_level_follows_the_chosen_definition() -> None:
    diary = busy_hour()
    for name in ("offered", "answered", "excluding_short", "including_short"):
        limits = dataclasses.replace(criteria(BUSY_HOUR_ENDS_MS), service_level=name)
        table = Result(PROVENANCE, 0, diary.log, limits).kpis()
        assert table.service_level == name
        assert table["service_level"].estimate == EXPECTED[f"service_level_{name}"]


def test_the_table_of_tasks() -> None:
    tasks = result_of(busy_hour()).tasks
    assert list(tasks.columns) == list(frames.TASK_COLUMNS)
    second = tasks.iloc[1]
    assert (second["queue"], second["worker"], second["status"]) == ("sales", "Ann", "completed")
    assert (second["wait_s"], second["talk_s"]) == (60.0, 25.0)
    assert math.isnan(second["wrap_up_s"])
    assert tasks["reason"].iloc[2] == "hangup"
    assert math.isnan(tasks["wait_s"].iloc[4])
    assert tasks["wait_s"].mean() == EXPECTED["mean_wait"]
    assert tasks["counted"].all()


def test_the_table_of_reservations() -> None:
    offers = result_of(busy_hour()).reservations
    assert list(offers.columns) == list(frames.RESERVATION_COLUMNS)
    assert offers["answer"].tolist() == [
        "accepted",
        "timeout",
        "rejected",
        "accepted",
        "pending",
        "accepted",
    ]
    assert offers["ringing_s"].tolist()[:4] == [4, 20, 6, 3]
    assert math.isnan(offers["ringing_s"].iloc[4])


def test_the_table_of_workers_adds_up_to_the_kpis() -> None:
    workers = result_of(busy_hour()).workers
    assert list(workers.columns)[: len(frames.WORKER_COLUMNS)] == list(frames.WORKER_COLUMNS)
    assert workers["offers"].tolist() == [4, 2]
    assert workers["timed_out"].tolist() == [0, 1]
    for column, kpi in (
        ("busy_s", "busy_time"),
        ("ringing_s", "ringing_time"),
        ("lost_ringing_s", "lost_ringing_time"),
        ("absent_after_timeout_s", "absent_after_timeout"),
        ("absent_after_reject_s", "absent_after_reject"),
        ("offers", "reservations_created"),
        ("accepted", "reservations_accepted"),
    ):
        assert workers[column].sum() == EXPECTED[kpi]
    assert workers["in Missed [s]"].tolist() == [0, 30]
    assert workers["occupancy"].tolist() == [48 / 86, 0]
    # The one miss is Bob's, who was available in 28-50 and 80-100, as Ann was but for 46-60.
    assert workers["black_hole_index"].tolist() == [0, (1 / 1) / (42 / (42 + 86))]


def test_without_a_miss_nobody_is_a_black_hole() -> None:
    assert result_of(waiting_once(4_000)).workers["black_hole_index"].isna().all()


def test_the_table_of_stays_in_activities() -> None:
    stays = result_of(busy_hour()).activities
    assert list(stays.columns) == list(frames.ACTIVITY_COLUMNS)
    rows = list(stays.astype({"worker": str, "activity": str, "why": str}).itertuples(index=False))
    assert [tuple(row) for row in rows] == [
        ("Ann", "Available", True, 0, 46, "start"),
        ("Ann", "Break", False, 46, 60, "rejection"),
        ("Ann", "Available", True, 60, 100, "other"),
        ("Bob", "Offline", False, 0, 28, "start"),
        ("Bob", "Available", True, 28, 50, "other"),
        ("Bob", "Missed", False, 50, 80, "missed offer"),
        ("Bob", "Available", True, 80, 100, "other"),
    ]


def test_set_ups_have_their_columns() -> None:
    diary = Diary()
    offer = diary.offer(0, diary.create(0))
    diary.hold(3_000, offer)
    diary.accept(8_000, offer)
    result = result_of(diary)
    row = result.reservations.iloc[0]
    assert (row["on_hold_s"], row["ringing_s"], row["setup_s"]) == (3, 3, 5)
    assert result.workers["setup_s"].tolist() == [5, 0]
    assert math.isnan(result_of(busy_hour()).reservations["setup_s"].iloc[0])


def test_tasks_outside_queues_have_no_queue_in_their_tables() -> None:
    diary = Diary()
    diary.accept(1_000, diary.offer(0, diary.route_to_worker(0, worker=0)))
    result = result_of(diary)
    assert result.tasks["queue"].isna().all()
    assert result.reservations["queue"].isna().all()
    assert result.reservations["step"].tolist() == [-1]


def test_attributes_are_those_of_the_creation() -> None:
    names = dataclasses.replace(NAMES, attribute_sets=("{}", '{"a": 1}'))
    log = EventLog(names)
    for row in waiting_once(4_000).log.rows():
        log.append(tuple(row))
        if row.event == EventType.TASK_CREATED:
            updated = row._replace(event=EventType.TASK_UPDATED, attributes=1, stream=-1, number=-1)
            log.append(tuple(updated))
    tasks = Result(PROVENANCE, 0, log, criteria(10_000)).tasks
    assert tasks["attributes"].tolist() == ["{}"]
    assert tasks["status"].tolist() == ["completed"]


def test_the_table_of_steps() -> None:
    places = (StepPlace("main", "Bills", 0, "billing"), StepPlace("main", "Bills", 1, "sales"))
    result = dataclasses.replace(result_of(busy_hour()), routing=RoutingFacts(places))
    steps = result.steps
    assert list(steps.columns) == list(frames.STEP_COLUMNS)
    assert steps["queue"].tolist() == ["billing", "sales"]
    assert steps["target"].tolist() == [0, 1]
    # In billing: 0 and 6 accepted, 1 timed out, 2 and 3 canceled, 4 and 5 open.
    assert steps["entered"].tolist() == [7, 1]
    assert steps["accepted"].tolist() == [2, 1]
    assert steps["timed_out"].tolist() == [1, 0]
    assert steps["canceled"].tolist() == [2, 0]
    assert steps["open"].tolist() == [2, 0]
    assert steps["offers"].tolist() == [5, 1]
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_log_of_unknown_workflows_has_a_table_without_steps() -> None:
    steps = result_of(busy_hour()).steps
    assert list(steps.columns) == list(frames.STEP_COLUMNS)
    assert len(steps) == 0


def test_a_study_has_the_means_of_the_steps() -> None:
    facts = RoutingFacts((StepPlace("main", "Bills", 0, "billing"),))
    runs = [
        dataclasses.replace(result_of(diary), routing=facts) for diary in (busy_hour(), Diary())
    ]
    study = dataclasses.replace(
        study_of(*runs), routing=facts, step_counts=tuple(run.step_counts for run in runs)
    )
    assert study.step_means[0]["entered"] == 7 / 2
    assert study.step_means[0]["timed_out"] == 1 / 2
    assert study_of(*runs).step_means == ()


def test_a_worker_who_was_never_there_has_no_occupancy() -> None:
    workers = result_of(Diary(ann=1, bob=1), 10_000).workers
    assert workers["occupancy"].isna().all()


def test_breakdowns_are_tidy() -> None:
    by_queue = result_of(busy_hour()).by_queue()
    chosen = by_queue[(by_queue["queue"] == "sales") & (by_queue["kpi"] == "asa")]
    assert chosen["estimate"].tolist() == [60]
    by_stream = result_of(busy_hour()).by_stream()
    mails = by_stream[by_stream["stream"] == "mails"].set_index("kpi")["estimate"]
    assert (mails["offered"], mails["abandonment"], mails["refused"]) == (2, 0.5, 1)
    assert "occupancy" not in mails
    no_streams = dataclasses.replace(NAMES, streams=())
    empty = Result(PROVENANCE, 0, EventLog(no_streams), criteria(1_000))
    assert len(empty.by_stream()) == 0


def test_results_outlive_everything() -> None:
    result = result_of(busy_hour())
    before = result.kpis()
    assert len(result.tasks) == 7
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert again.kpis() == before
    assert again.names == NAMES
    study = study_of(result, result_of(waiting_once(4_000)))
    assert pickle.loads(pickle.dumps(study)).kpis() == study.kpis()


def test_nothing_unescaped_reaches_a_page() -> None:
    hostile = "<script>alert('x')</script>"
    names = Names(**{**NAMES.as_dict(), "queues": (hostile, "b"), "workers": (hostile, "c")})
    log = EventLog(names)
    for row in busy_hour().log.rows():
        log.append(tuple(row))
    for thing in (
        Result(Provenance(hostile, "", 1), 0, log, criteria(100_000)),
        study_of(result_of(busy_hour())),
    ):
        page = thing._repr_html_()
        assert "<script>" not in page
        assert "<b>" not in page
        assert "asa" in page


def test_results_know_the_model_that_was_run() -> None:
    result = trsim.run(desk())
    # Rings 4 s; the second one waits 20 s for Ann, who has the first, then Bob is asked.
    assert result.attribution.ringing_ms.tolist() == [4_000, 4_000]
    assert result.attribution.for_deadline_ms.tolist() == [0, 20_000]
    assert result.attribution is result.attribution
    assert result.routing == routing_facts(desk())
    with pytest.raises(UsageError, match="only with the model"):
        _ = result_of(busy_hour()).attribution


def test_results_and_studies_with_a_model_can_be_pickled() -> None:
    result = trsim.run(desk())
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert again.kpis() == result.kpis()
    assert again.attribution.to_frame().equals(result.attribution.to_frame())
    assert again.queues.equals(result.queues)
    study = trsim.replicate(desk(), replications=2, keep=2)
    thawed = pickle.loads(pickle.dumps(study))
    assert thawed.kpis() == study.kpis()
    assert thawed.results == study.results
    assert thawed.results[1].attribution.wait_ms.tolist() == [4_000, 24_000]


def test_figures_by_an_attribute_of_tasks() -> None:
    gold = {"tier": "gold", "customer": {"city": "Graz"}}
    tasks = {"gold": stream(0, 10, attributes=gold), "others": stream(150)}
    by_tier = trsim.run(desk(tasks=tasks)).by("tier")
    waits = by_tier[by_tier["kpi"] == "mean_wait"]
    assert waits["value"].tolist() == ["gold", "(missing)"]
    assert waits["estimate"].tolist() == [(4 + 24) / 2, 4]
    assert "occupancy" not in by_tier["kpi"].tolist()
    by_city = trsim.run(desk(tasks=tasks)).by("customer.city")
    offered = by_city[by_city["kpi"] == "offered"]
    assert dict(zip(offered["value"], offered["estimate"], strict=True)) == {
        "Graz": 2,
        "(missing)": 1,
    }
    with pytest.raises(UsageError, match="did you mean 'tier'"):
        trsim.run(desk(tasks=tasks)).by("teir")


def test_a_study_has_figures_by_an_attribute_if_it_kept_its_logs() -> None:
    law = {"distribution": "exponential", "mean": "10s"}
    tasks = {"gold": stream(0, attributes={"tier": "gold"}, talk_time=law), "others": stream(150)}
    study = trsim.replicate(desk(tasks=tasks), replications=3, keep=3)
    columns = study.by("tier").set_index(["value", "kpi"])
    estimate, half_width = columns["estimate"], columns["half_width"]
    assert estimate["gold", "mean_wait"] == 4
    assert columns["n"]["(missing)", "offered"] == 3
    each = [run.by("tier").set_index(["value", "kpi"]) for run in study.results]
    talks = [run["estimate"]["gold", "mean_talk_time"] for run in each]
    assert estimate["gold", "mean_talk_time"] == pytest.approx(sum(talks) / 3)
    assert half_width["gold", "mean_talk_time"] > 0
    assert each[1]["half_width"].isna().all()
    with pytest.raises(UsageError, match="but 1 were kept; replicate with keep=3"):
        trsim.replicate(desk(tasks=tasks), replications=3).by("tier")


def test_refused_tasks_count_with_their_attributes() -> None:
    names = dataclasses.replace(NAMES, attribute_sets=('{"tier": 1}', '{"tier": 2}'))
    log = EventLog(names)
    diary = waiting_once(4_000)
    diary.refuse(5_000)
    for row in diary.log.rows():
        refused = row.event == EventType.TASK_REFUSED
        log.append(tuple(row._replace(attributes=1) if refused else row))
    by_tier = Result(PROVENANCE, 0, log, criteria(10_000)).by("tier")
    rows = by_tier[by_tier["kpi"].isin(("offered", "refused"))]
    assert rows["value"].tolist() == ["1", "1", "2", "2"]
    assert rows["estimate"].tolist() == [1, 0, 0, 1]


def test_a_notebook_shows_the_main_figures_and_the_rest_on_demand() -> None:
    page = result_of(busy_hour())._repr_html_()
    main, rest = page.split("<details>")
    assert "service_level (offered, within 20 s)" in main
    assert "max_queue_length" not in main
    assert "max_queue_length" in rest
    # Colors are those of the page around, light or dark.
    assert "#" not in page
    assert ">low<" not in page
    two = study_of(result_of(busy_hour()), result_of(busy_hour()))._repr_html_()
    assert ">low<" in two


def test_a_study_pools_shares_and_averages_counts() -> None:
    # Waits 4, 10 and (two tasks) 1 and 3 s: mean wait 18 / 4, not the mean of 4, 10 and 2.
    third = waiting_once(1_000)
    third.accept(8_000, third.offer(5_000, third.create(5_000)))
    study = study_of(
        *(result_of(diary, 20_000) for diary in (waiting_once(4_000), waiting_once(10_000), third))
    )
    table = study.kpis()
    assert study.replications == 3
    assert table["mean_wait"].estimate == 18 / 4
    assert table["offered"].estimate == 4 / 3
    assert table["offered"].n == 3
    # Percentiles are those of each replication, averaged: 4, 10 and 1 (of 1 and 3).
    assert table["wait_p50"].estimate == 5
    assert table["max_wait"].estimate == 17 / 3
    assert table["longest_open_wait"].estimate is None
    low, high = table["mean_wait"].low, table["mean_wait"].high
    assert low is not None
    assert high is not None
    assert low < 4.5 < high
    narrower = study.kpis(confidence=0.5)["mean_wait"].half_width
    assert (narrower or 0) < (high - low) / 2
    assert "3 replications, 95 % confidence intervals" in table.note
    assert "3 replications" in repr(study)


def test_a_study_of_one_says_what_its_run_says() -> None:
    result = result_of(busy_hour())
    study = study_of(result)
    assert study.kpis() == result.kpis()
    assert study.caveats == result.caveats
    assert study.caveats[-1].doubt is Doubt.ONE_REPLICATION
    assert study.by_queue().equals(result.by_queue())
    assert study.by_stream().equals(result.by_stream())


def test_replications_as_a_long_table() -> None:
    study = study_of(result_of(waiting_once(4_000)), result_of(waiting_once(6_000)))
    frame = study.per_replication()
    assert list(frame.columns) == ["replication", "kpi", "unit", "value"]
    assert frame[frame["kpi"] == "asa"]["value"].tolist() == [4, 6]
    assert frame[frame["kpi"] == "longest_open_wait"]["value"].isna().all()


def test_a_table_of_kpis_is_plain_json_without_nan() -> None:
    table = result_of(Diary(), 1_000).kpis()
    text = json.dumps(table.as_dict(), allow_nan=False)
    content = {row["name"]: row for row in json.loads(text)["kpis"]}
    assert content["asa"]["estimate"] is None
    assert content["offered"]["estimate"] == 0
    frame = table.to_frame()
    assert frame["estimate"].dtype == "float64"
    columns = ["kpi", "unit", "estimate", "low", "high", "half_width", "n", "missing"]
    assert list(frame.columns) == columns
    with pytest.raises(UsageError, match="did you mean 'asa'"):
        table["asaa"]
    assert isinstance(table, KpiTable)
