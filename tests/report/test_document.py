"""The JSON document of a study."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from trsim.analysis.frames import STEP_COLUMNS
from trsim.analysis.kpi import always
from trsim.analysis.kpis import KPIS
from trsim.analysis.steps import RoutingFacts, StepPlace
from trsim.analysis.study import Study
from trsim.eventlog import EventLog
from trsim.report.document import FORMAT, FORMAT_VERSION, json_document
from trsim.report.goals import judge

StudyOf = Callable[..., Study]


def refuse_constant(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


def read(text: str) -> dict[str, Any]:
    document = json.loads(text, parse_constant=refuse_constant)
    assert isinstance(document, dict)
    return document


def test_the_document_names_its_format_and_where_it_comes_from(
    two_tasks: EventLog, study_of: StudyOf
) -> None:
    document = read(json_document(study_of(two_tasks), warnings=["x.yaml:3:1: odd"]))
    assert (document["format"], document["version"]) == (FORMAT, FORMAT_VERSION)
    about = document["provenance"]
    assert (about["scenario"], about["seed"], about["digest"]) == (
        "Support [bold]desk[/bold]",
        7,
        "abc",
    )
    assert about["fingerprints"] == [two_tasks.fingerprint()]
    assert set(about["versions"]) == {"python", "trsim"}
    assert document["warnings"] == ["x.yaml:3:1: odd"]
    assert document["caveats"]


def test_every_kpi_is_there_and_what_is_unknown_is_null(
    study_of: StudyOf, log_of: Callable[..., EventLog]
) -> None:
    document = read(json_document(study_of(log_of([]))))
    figures = {entry["name"]: entry for entry in document["kpis"]}
    # Costs are left out where nothing is known of wages and values.
    assert list(figures) == [kpi.name for kpi in KPIS if kpi.given is always]
    assert figures["mean_wait"]["estimate"] is None
    assert figures["offered"]["estimate"] == 0


def test_queues_and_streams_have_their_own_figures(two_tasks: EventLog, study_of: StudyOf) -> None:
    document = read(json_document(study_of(two_tasks)))
    offered = [row for row in document["by_queue"] if row["kpi"] == "offered"]
    assert [(row["queue"], row["estimate"]) for row in offered] == [("everyone", 2)]
    assert {row["stream"] for row in document["by_stream"]} == {"calls"}


def test_targets_have_their_place_and_their_counts(two_tasks: EventLog, study_of: StudyOf) -> None:
    assert read(json_document(study_of(two_tasks)))["steps"] == []
    facts = RoutingFacts((StepPlace("incoming", "default filter", 0, "everyone", is_default=True),))
    result = dataclasses.replace(study_of(two_tasks).results[0], routing=facts)
    study = dataclasses.replace(
        study_of(two_tasks), routing=facts, step_counts=(result.step_counts,)
    )
    (step,) = read(json_document(study))["steps"]
    assert list(step) == list(STEP_COLUMNS)
    assert (step["configuration"], step["filter"], step["queue"]) == (
        "incoming",
        "default filter",
        "everyone",
    )
    # Task 0 is offered twice and accepted, task 1 hangs up.
    assert (step["entered"], step["offers"], step["accepted"], step["canceled"]) == (2, 2, 1, 1)


def test_goals_are_judged(two_tasks: EventLog, study_of: StudyOf) -> None:
    study = study_of(two_tasks)
    judgments = judge([("service_level", ">= 80%")], study.kpis())
    assert read(json_document(study, judgments=judgments))["goals"] == [
        {
            "kpi": "service_level",
            "condition": ">= 80%",
            "estimate": 0.0,
            "met": False,
            "doubtful": False,
        }
    ]
