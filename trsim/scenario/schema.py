"""The whole scenario as it is written."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from trsim.scenario.blocks import Block, Series, reading
from trsim.scenario.fields import Date, Milliseconds, Name, PositiveMilliseconds, Text, TimeZone
from trsim.scenario.problems import shown
from trsim.scenario.schema_people import MAX_WORKERS, BehaviorBlock, WorkerBlock
from trsim.scenario.schema_tasks import Goal, KpiBlock, StreamBlock
from trsim.scenario.schema_timetable import TimetableBlock
from trsim.scenario.schema_workspace import (
    MAX_QUEUES,
    TaskChannelBlock,
    TaskQueueBlock,
    WorkflowBlock,
    WorkspaceBlock,
)

FORMAT_VERSION = 1
"""The version of the file format that this package reads."""
_MAX_SEED = 2**63 - 1
_MAX_REPLICATIONS = 1_000_000
_MAX_ENTRIES = 100_000


def _version(value: Any) -> int:
    if isinstance(value, bool) or value != FORMAT_VERSION:
        raise ValueError(
            f"this is format version {FORMAT_VERSION} of scenarios (found {shown(value)}, "
            f"write trsim: {FORMAT_VERSION})"
        )
    return FORMAT_VERSION


class ScenarioBlock(Block):
    """A scenario file."""

    trsim: Annotated[int, reading(_version), WithJsonSchema({"const": FORMAT_VERSION})]
    """Version of the file format."""
    name: Text = "Scenario"
    description: Text = ""
    horizon: PositiveMilliseconds
    """Simulated span, [0, horizon)."""
    warm_up: Milliseconds = 0
    """Tasks created earlier are left out of the KPIs."""
    start: Date | None = None
    """Wall-clock label of time 0."""
    time_zone: TimeZone | None = None
    """IANA name, such as Europe/Vienna; with `start`."""
    seed: Annotated[int, Field(ge=0, le=_MAX_SEED)] = 0
    """Root of all random numbers."""
    replications: Annotated[int, Field(ge=1, le=_MAX_REPLICATIONS)] = 1
    workspace: WorkspaceBlock = WorkspaceBlock()
    task_channels: Annotated[dict[Name, TaskChannelBlock], Field(max_length=100)] = Field(
        default_factory=dict
    )
    """Further channels, or settings; default, voice, sms, chat and video exist anyway."""
    task_queues: Annotated[dict[Name, TaskQueueBlock], Field(min_length=1, max_length=MAX_QUEUES)]
    workflows: Annotated[dict[Name, WorkflowBlock], Field(min_length=1, max_length=MAX_QUEUES)]
    behaviors: Annotated[dict[Name, BehaviorBlock], Field(max_length=_MAX_ENTRIES)] = Field(
        default_factory=dict
    )
    workers: Annotated[dict[Name, WorkerBlock], Field(max_length=MAX_WORKERS)]
    tasks: Annotated[dict[Name, StreamBlock], Field(max_length=_MAX_ENTRIES)]
    timetable: Annotated[Series[TimetableBlock], Field(max_length=_MAX_ENTRIES)] = ()
    kpis: KpiBlock = KpiBlock()
    goals: Annotated[dict[Name, Goal], Field(max_length=1_000)] = Field(default_factory=dict)
    """Conditions on KPIs; a run that misses one ends with exit code 3."""
