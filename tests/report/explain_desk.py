"""Small scenarios whose tasks are explained, and their timelines in short."""

from __future__ import annotations

from typing import Any

import trsim
from trsim.model import Model
from trsim.report.explain import explain
from trsim.report.explain_entry import Entry


def scenario(**sections: Any) -> dict[str, Any]:
    """Return a scenario: Ann and Bob in one queue, one call at 0 s, whole seconds everywhere.

    Sections that are given take the place of these.
    """
    return {
        "trsim": 1,
        "name": "Desk",
        "horizon": "10m",
        "workspace": {
            "activities": {"Available": True, "Break": False, "Missed": False},
            "default_activity": "Break",
            "timeout_activity": "Missed",
        },
        "task_queues": {"all": {"target_workers": "1==1"}},
        "workflows": flow([{"expression": "1==1", "targets": [{"queue": "all"}]}]),
        "behaviors": {"phone": {"answer_delay": "4s"}, "deaf": behavior("no_answer")},
        "workers": {"Ann": {"behavior": "phone"}, "Bob": {"behavior": "phone"}},
        "tasks": {"calls": stream()},
        **sections,
    }


def flow(filters: list[dict[str, Any]], timeout: str = "20s", **more: Any) -> dict[str, Any]:
    """Return a section with one workflow."""
    routing = {"filters": filters, **more}
    return {
        "main": {
            "task_reservation_timeout": timeout,
            "configuration": {"task_routing": routing},
        }
    }


def behavior(*answers: Any) -> dict[str, Any]:
    """Return a behavior that gives some answers, and then answers after 4 s."""
    return {"answers": list(answers), "answer_delay": "4s"}


def stream(*times: str, **more: Any) -> dict[str, Any]:
    """Return a stream of calls of one minute each."""
    return {
        "task_channel": "voice",
        "arrivals": {"process": "at", "times": list(times or ("0s",))},
        "talk_time": "1m",
        **more,
    }


def run(sections: dict[str, Any]) -> tuple[Model, list[Any]]:
    """Return the model of a scenario, and the rows of its run."""
    model = trsim.Scenario.from_dict(sections).compile()
    return model, list(trsim.run(model).log.rows())


def told(sections: dict[str, Any], task: int = 0, *, everybody: bool = False) -> list[Entry]:
    """Return the timeline of a task."""
    model, rows = run(sections)
    return list(explain(model, rows, task, everybody=everybody))


def short(entries: list[Entry]) -> list[tuple[float, str]]:
    """Return age in seconds and kind of every entry."""
    return [(entry.age_ms / 1000, entry.kind.value) for entry in entries]


def one(entries: list[Entry], kind: str, at: float | None = None) -> Entry:
    """Return the only entry of a kind, at an age if one is given."""
    found = [
        entry for entry in entries if entry.kind.value == kind and at in (None, entry.age_ms / 1000)
    ]
    assert len(found) == 1, [(entry.age_ms, entry.text) for entry in entries]
    return found[0]
