"""Streams of tasks, the timetable, KPIs and goals as they are written."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from trsim.scenario.blocks import Block, fail, not_yet, reading
from trsim.scenario.fields import MAX_INTEGER, Attributes, Milliseconds, Probability, Text, When
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


class StreamBlock(Block):
    """A stream of arriving tasks."""

    workflow: Text | None = None
    """May be left out where there is only one."""
    task_channel: Text = "default"
    attributes: Attributes = Field(default_factory=dict)
    attribute_mix: Annotated[dict[str, Shares], Field(max_length=100)] = Field(default_factory=dict)
    """Further attributes: probabilities of their values, drawn independently."""
    priority: Annotated[int, Field(ge=0, le=MAX_INTEGER)] = 0
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
    virtual_start_offset: Annotated[Any, not_yet(None)] = None
    routing_target: Annotated[Any, not_yet(None)] = None
    ignore_capacity: Annotated[Any, not_yet(None)] = None

    @model_validator(mode="after")
    def _talks(self) -> StreamBlock:
        if self.talk_time is None:
            rows = self.arrivals.rows if self.arrivals.process == "trace" else None
            if rows is None or any(row.talk_time is None for row in rows):
                raise fail("talk_time is missing; only a trace with talk_time can do without")
        return self


_TASK = re.compile(r"(.+)/([0-9]{1,9})")


def _task(value: Any) -> str:
    if not isinstance(value, str) or not _TASK.fullmatch(value):
        raise ValueError(f"must be stream/number, such as billing_calls/17 (found {shown(value)})")
    return value


def task_of(text: str) -> tuple[str, int]:
    """Return stream and number of ``"billing_calls/17"``; the first task is number 0."""
    stream, _, number = text.rpartition("/")
    return stream, int(number)


class TimetableBlock(Block):
    """What an operator does, and when: moves a worker or cancels a task."""

    at: When
    worker: Text | None = None
    activity: Text | None = None
    reject_pending_reservations: bool = False
    """Rejects the worker's pending offers; only with an unavailable activity."""
    cancel: (
        Annotated[
            str,
            reading(_task),
            WithJsonSchema({"type": "string", "pattern": "^.+/[0-9]{1,9}$"}),
        ]
        | None
    ) = None
    """Stream and number of a task, from 0."""
    reason: Text | None = None
    """A note on the cancellation."""
    workflow: Annotated[Any, not_yet(None)] = None
    task_reservation_timeout: Annotated[Any, not_yet(None)] = None
    re_evaluate_tasks: Annotated[Any, not_yet(None)] = None
    task_queue: Annotated[Any, not_yet(None)] = None
    max_reserved_workers: Annotated[Any, not_yet(None)] = None

    @model_validator(mode="after")
    def _one_thing(self) -> TimetableBlock:
        moves = self.worker is not None and self.activity is not None and self.cancel is None
        cancels = self.cancel is not None and self.worker is None and self.activity is None
        if self.cancel is not None and (self.worker is not None or self.activity is not None):
            other = "worker" if self.worker is not None else "activity"
            raise fail(f"{other} and cancel exclude each other")
        if not moves and not cancels:
            raise fail("needs worker and activity, or cancel")
        if cancels and self.reject_pending_reservations:
            raise fail("reject_pending_reservations goes with worker and activity")
        if moves and self.reason is not None:
            raise fail("reason goes with cancel")
        return self


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
