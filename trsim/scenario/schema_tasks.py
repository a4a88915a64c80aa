"""Streams of tasks, KPIs and goals as they are written."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from trsim.scenario.blocks import Block, exactly_one, fail, reading
from trsim.scenario.fields import (
    MAX_INTEGER,
    Attributes,
    Factor,
    Milliseconds,
    PastMilliseconds,
    Probability,
    Text,
)
from trsim.scenario.problems import shown
from trsim.scenario.schema_arrivals import Arrivals
from trsim.scenario.schema_laws import TimeLaw
from trsim.scenario.values import duration, duration_text

LONGEST_TTL_MS = 1_209_600_000
"""Longest time to live (Twilio, "Tasks resource") [ms]."""
_MAX_VALUES = 1_000
_TOTAL = 1e-6


def _ttl(milliseconds: int) -> int:
    if not 1 <= milliseconds <= LONGEST_TTL_MS:
        raise fail(f"must be longer than 0s, at most 14d (found {duration_text(milliseconds)})")
    return milliseconds


def _shares(shares: dict[str, float]) -> dict[str, float]:
    total = math.fsum(shares.values())
    if abs(total - 1) > _TOTAL:
        raise fail(f"the probabilities of an attribute's values must sum to 1 (found {total:.6g})")
    return shares


Shares: TypeAlias = Annotated[
    dict[str, Probability],
    Field(min_length=1, max_length=_MAX_VALUES),
    AfterValidator(_shares),
]


Priority: TypeAlias = Annotated[int, Field(ge=0, le=MAX_INTEGER)]


class RoutingTargetBlock(Block):
    """Where tasks are routed directly, around the filters of their workflow."""

    worker: Text | None = None
    queue: Text | None = None
    workflow: Text | None = None
    """The same as naming the workflow of the stream."""

    @model_validator(mode="after")
    def _one(self) -> RoutingTargetBlock:
        exactly_one(self, ("worker",), ("queue",), ("workflow",))
        return self


class StreamBlock(Block):
    """A stream of arriving tasks."""

    workflow: Text | None = None
    """May be left out where there is only one."""
    task_channel: Text = "default"
    attributes: Attributes = Field(default_factory=dict)
    attribute_mix: Annotated[dict[str, Shares], Field(max_length=100)] = Field(default_factory=dict)
    """Further attributes: probabilities of their values, drawn independently."""
    priority: Priority = 0
    timeout: Annotated[Milliseconds, AfterValidator(_ttl)] = 86_400_000
    """Time to live."""
    arrivals: Arrivals
    balk_probability: Probability = 0.0
    """Share that leaves at once if no reservation is made in the instant of creation."""
    patience: TimeLaw | None = None
    """From creation to acceptance; left out: nobody hangs up."""
    talk_time: TimeLaw | None = None
    """From acceptance to the end of the conversation."""
    wrap_up_time: TimeLaw | None = None
    """After-work; left out: completed without it."""
    virtual_start_offset: PastMilliseconds = 0
    """From creation back to the instant that counts for the place in a queue."""
    routing_target: RoutingTargetBlock | None = None
    """Routes tasks directly."""
    ignore_capacity: bool | None = None
    """Routed to a worker: whatever the worker's activity and load; left out: true."""
    value: Factor | None = None
    """What an assigned task is worth [money]; left out: not told."""
    abandonment_cost: Factor | None = None
    """What it costs if the customer hangs up [money]; left out: not told."""

    @model_validator(mode="after")
    def _talks(self) -> StreamBlock:
        if self.talk_time is None:
            rows = self.arrivals.rows if self.arrivals.process == "trace" else None
            if rows is None or any(row.talk_time is None for row in rows):
                raise fail("talk_time is missing; only a trace with talk_time can do without")
        return self

    @model_validator(mode="after")
    def _routed(self) -> StreamBlock:
        target = self.routing_target
        if self.ignore_capacity is not None and (target is None or target.worker is None):
            raise fail("goes with a routing_target that names a worker", "ignore_capacity")
        direct = None if target is None else target.workflow
        if direct is not None and self.workflow not in (None, direct):
            both = f"{shown(self.workflow)} and {shown(direct)}"
            raise fail(f"workflow and routing_target name two workflows ({both})", "routing_target")
        return self

    @property
    def entered(self) -> str | None:
        """The workflow of its tasks, None for the only one there is."""
        if self.workflow is None and self.routing_target is not None:
            return self.routing_target.workflow
        return self.workflow


_TASK = re.compile(r"(.+)/([0-9]{1,9})")


def _task(value: Any) -> str:
    if not isinstance(value, str) or not _TASK.fullmatch(value):
        raise ValueError(f"must be stream/number, such as billing_calls/17 (found {shown(value)})")
    return value


TaskOfStream: TypeAlias = Annotated[
    str,
    reading(_task),
    WithJsonSchema({"type": "string", "pattern": "^.+/[0-9]{1,9}$"}),
]
"""Stream and number of a task, from 0."""


def task_of(text: str) -> tuple[str, int]:
    """Return stream and number of ``"billing_calls/17"``; the first task is number 0."""
    stream, _, number = text.rpartition("/")
    return stream, int(number)


class KpiBlock(Block):
    """How KPIs are counted."""

    service_level_threshold: Milliseconds = 20_000
    """Longest wait that counts as in time."""
    service_level_definition: Literal[
        "offered", "answered", "excluding_short", "including_short"
    ] = "offered"


_CONDITION = re.compile(r"(<=|>=|<|>) ?(.+)")
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?%?")


def _condition(value: Any) -> str:
    found = _CONDITION.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        sign, bound = found.groups()
        if not _PLAIN.fullmatch(bound):
            duration(bound)
        return f"{sign} {bound}"
    raise ValueError(f"must be a condition such as '>= 80%' or '< 20s' (found {shown(value)})")


Goal: TypeAlias = Annotated[
    str,
    reading(_condition),
    WithJsonSchema({"type": "string", "pattern": "^(<=|>=|<|>) ?.+$", "examples": [">= 80%"]}),
]
