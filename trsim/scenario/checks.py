"""What a scenario that fits the schema can still have wrong: times, spans, sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trsim.scenario.mixes import mix_problem
from trsim.scenario.names import ACTIVITY_SID, WORKER_SID, all_activities
from trsim.scenario.problems import Path, shown
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.timeline import Timeline

MAX_TASKS = 100_000_000
"""Most tasks that one stream may list or count."""


def content_problems(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    """Yield key path and reason of what is wrong with a scenario that fits the schema."""
    timeline = Timeline(scenario)
    if scenario.warm_up >= scenario.horizon:
        yield ("warm_up",), "must be shorter than horizon"
    if scenario.time_zone is not None and scenario.start is None:
        yield ("time_zone",), "needs start"
    for name, worker in scenario.workers.items():
        timeline.shifts(worker, ("workers", name))
    for name, stream in scenario.tasks.items():
        path = ("tasks", name)
        mix = mix_problem(stream)
        if mix is not None:
            yield (*path, "attribute_mix"), mix
        yield from _arrivals(stream.arrivals, (*path, "arrivals"), timeline)
    yield from _activities(scenario)
    yield from _sids(scenario)
    for number, entry in enumerate(scenario.timetable):
        timeline.at_ms(entry.at, ("timetable", number, "at"))
    yield from timeline.problems


def _arrivals(arrivals: Any, path: Path, timeline: Timeline) -> Iterator[tuple[Path, str]]:
    if arrivals.process == "poisson":
        timeline.pieces(arrivals, path)
    elif arrivals.process == "at":
        timeline.instants(arrivals.times, (*path, "times"))
    elif arrivals.process == "trace":
        for number, row in enumerate(arrivals.rows or ()):
            timeline.at_ms(row.at, (*path, "rows", number, "at"))
    elif arrivals.process == "counts":
        total = sum(arrivals.counts or ())
        if total > MAX_TASKS:
            yield (*path, "counts"), f"at most {MAX_TASKS} tasks in all (found {total})"


def _sids(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    """SIDs of activities and workers that contradict each other; workflows share them."""
    meant: dict[str, str] = {}
    worker_sids: dict[str, str] = {}
    for workflow, block in scenario.workflows.items():
        for sid, name in block.sids.items():
            path: Path = ("workflows", workflow, "sids", sid)
            if not sid.startswith((ACTIVITY_SID, WORKER_SID)):
                continue
            if meant.setdefault(sid, name) != name:
                yield path, f"stands for {shown(meant[sid])} already (found {shown(name)})"
            elif sid.startswith(WORKER_SID) and worker_sids.setdefault(name, sid) != sid:
                yield path, f"{shown(name)} has the SID {worker_sids[name]} already"
    for name, sid in worker_sids.items():
        worker = scenario.workers.get(name)
        own = sid if worker is None else worker.attributes.get("sid", sid)
        if own != sid:
            reason = f"must be {shown(sid)} as in the sids of a workflow (found {shown(own)})"
            yield ("workers", name, "attributes", "sid"), reason


def _activities(scenario: ScenarioBlock) -> Iterator[tuple[Path, str]]:
    workspace = scenario.workspace
    activities = all_activities(workspace.activities, multi_task=workspace.multi_task_enabled)
    if not any(activities.values()):
        yield (
            ("workspace", "activities"),
            "one activity at least must be available, as in Available: true",
        )
    for number, entry in enumerate(scenario.timetable):
        if entry.reject_pending_reservations and activities.get(str(entry.activity)):
            yield (
                ("timetable", number, "reject_pending_reservations"),
                f"needs an activity that is not available (found {shown(entry.activity)})",
            )
