"""Timelines as text and as a document, and how their tasks and clocks are found."""

from __future__ import annotations

import pytest

import trsim
from tests.report.explain_desk import flow, scenario, stream
from trsim.errors import UsageError
from trsim.report.explain_entry import Entry, Kind
from trsim.report.explain_find import clock_for, find_task, name_of
from trsim.report.explain_text import Timeline, timeline_document, timeline_text
from trsim.report.wording import Clock

TIMELINE = Timeline(
    "Desk",
    3,
    "calls/2",
    (
        Entry(10_000, 0, Kind.CREATED, "calls/2 is created", ("attributes: none",)),
        Entry(75_000, 65_000, Kind.ACCEPTED, "Ann accepts after 4s " + "and more " * 6),
    ),
    ("A remark.",),
)


def test_a_timeline_is_a_line_for_each_entry_and_its_details_below() -> None:
    assert timeline_text(TIMELINE, Clock(None, False, False), width=60) == (
        "Task 3 (calls/2) in Desk\n"
        "A remark.\n"
        "\n"
        "+00:10    0s  created   calls/2 is created\n"
        "          - attributes: none\n"
        "+01:15  1m5s  accepted  Ann accepts after 4s and more and more\n"
        "                        and more and more and more and more\n"
    )


def test_a_page_can_be_too_narrow() -> None:
    text = timeline_text(TIMELINE, Clock(None, False, False), width=10)
    assert "Ann accepts after 4s and more and more\n" in text


def test_of_a_long_timeline_the_middle_is_left_out() -> None:
    entries = tuple(Entry(n, n, Kind.WAITS, f"entry {n}") for n in range(203))
    long = Timeline("Desk", 0, "", entries)
    lines = timeline_text(long, Clock(None), width=80).splitlines()
    assert len(lines) == 2 + 200 + 1
    assert lines[151].endswith("entry 149")
    assert lines[152].strip() == "(3 entries are left out here; --all shows them)"
    assert lines[153].endswith("entry 153")
    whole = timeline_text(long, Clock(None), width=80, complete=True).splitlines()
    assert len(whole) == 2 + 203


def test_a_document_has_plain_values() -> None:
    document = timeline_document(TIMELINE, "2026-03-02T08:00:00")
    assert document["entries"][1]["at_s"] == 75.0
    assert document["entries"][0] == {
        "at_s": 10.0,
        "age_s": 0.0,
        "kind": "created",
        "text": "calls/2 is created",
        "details": ["attributes: none"],
    }
    del document["entries"]
    assert document == {
        "format": "trsim explain",
        "version": 1,
        "scenario": "Desk",
        "start": "2026-03-02T08:00:00",
        "task": 3,
        "name": "calls/2",
        "remarks": ["A remark."],
    }


def test_a_refused_task_has_no_number() -> None:
    refused = Timeline("Desk", None, "calls/2", TIMELINE.entries)
    text = timeline_text(refused, Clock(None), width=80)
    assert text.startswith("calls/2 in Desk\n")


def result(*times: str) -> tuple[trsim.Model, trsim.EventLog]:
    """Return a run in which only tasks of stream ``good`` are not refused."""
    filters = [{"expression": "k == 1", "targets": [{"queue": "all"}]}]
    streams = {"bad": stream(), "good": stream(*times, attributes={"k": 1})}
    data = scenario(start="2026-03-02T08:00", workflows=flow(filters), tasks=streams, horizon="20m")
    model = trsim.Scenario.from_dict(data).compile()
    return model, trsim.run(model).log


def test_a_task_is_found_by_stream_and_number() -> None:
    _, log = result("1s", "2s")
    assert find_task(log, 1, 1) == 1
    assert find_task(log, 0, 0) is None
    assert name_of(log, 1) == "good/1"
    with pytest.raises(
        UsageError, match=r"no task good/2 in the run; its tasks are good/0 … good/1"
    ):
        find_task(log, 1, 2)
    with pytest.raises(UsageError, match=r"no task 2 in the run; its tasks are 0 … 1"):
        name_of(log, 2)


def test_the_clock_is_as_short_as_the_instants_allow() -> None:
    model, log = result("1s")
    assert clock_for(model, log, 0).label(5_000) == "08:00:05"
    assert clock_for(model, log, None).label(5_000) == "08:00:05"
    model, log = result("1.5s")
    assert clock_for(model, log, 0).label(5_500) == "08:00:05.500"
