"""Behaviors and workers as they are written."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator

from trsim.scenario.blocks import Block, Series, Shorthand, fail
from trsim.scenario.clock import Offset
from trsim.scenario.fields import Attributes, Milliseconds, Probability, Rate, Text, When
from trsim.scenario.schema_laws import TimeLaw

MAX_WORKERS = 100_000
_MAX_SHIFTS = 10_000
_MAX_ANSWERS = 100_000


class ReturnDelay(Block):
    """How long workers stay away."""

    after_timeout: TimeLaw | None = None
    """After a missed offer; left out: they never come back by themselves."""
    after_reject: TimeLaw | None = None
    """After rejecting into `reject_activity`."""


class AnswerBlock(Block):
    """One scripted reply."""

    accept: Milliseconds | None = None
    """Accepts after this time."""
    reject: Milliseconds | None = None
    """Rejects after this time."""
    no_answer: Literal[True] | None = None
    """Nobody reacts."""

    @model_validator(mode="after")
    def _one(self) -> AnswerBlock:
        given = [self.accept is not None, self.reject is not None, self.no_answer is not None]
        if sum(given) != 1:
            raise fail("must be no_answer, {accept: 4s} or {reject: 2s}")
        return self


def _answer(value: Any) -> Any:
    if value == "no_answer":
        return {"no_answer": True}
    return value


Answer: TypeAlias = Annotated[
    AnswerBlock,
    Shorthand(
        _answer,
        lambda data: "no_answer" if data.get("no_answer") else data,
        {"type": "string", "const": "no_answer"},
    ),
]


class BehaviorBlock(Block):
    """How people react to an offer."""

    answer_delay: TimeLaw
    """From the offer to the reply."""
    no_answer_probability: Probability = 0.0
    """Share of all offers nobody reacts to."""
    reject_probability: Probability = 0.0
    """Share of all offers turned down."""
    reject_delay: TimeLaw | None = None
    """From the offer to the rejection; left out: as long as an answer takes."""
    reject_clock: TimeLaw | None = None
    """Instead of `reject_probability`: rejects if this is over before the answer."""
    reject_activity: Text | None = None
    """Activity named when rejecting."""
    return_delay: ReturnDelay = ReturnDelay()
    answers: Annotated[Series[Answer], Field(max_length=_MAX_ANSWERS)] = ()
    """Replies to the first, second, … offer; then the laws."""

    @model_validator(mode="after")
    def _together(self) -> BehaviorBlock:
        total = self.no_answer_probability + self.reject_probability
        if total > 1 + 1e-9:
            raise fail(
                f"no_answer_probability and reject_probability exceed 1 together (found {total:g})"
            )
        if self.reject_clock is not None:
            if self.reject_probability > 0 or self.reject_delay is not None:
                raise fail("reject_clock stands instead of reject_probability and reject_delay")
        elif self.reject_delay is not None and self.reject_probability == 0 and not self.answers:
            raise fail("reject_delay needs a reject_probability")
        if self.return_delay.after_reject is not None and self.reject_activity is None:
            raise fail("return_delay.after_reject needs a reject_activity")
        return self


class WorkerChannelBlock(Block):
    """A worker's channel."""

    capacity: Annotated[int, Field(ge=0, le=MAX_WORKERS)] = 1
    """Tasks the worker can hold at once on this channel."""
    available: bool = True
    """Whether the channel is switched on."""


WorkerChannel: TypeAlias = Annotated[
    WorkerChannelBlock,
    Shorthand(
        lambda value: {"capacity": value},
        lambda data: data if "available" in data else data.get("capacity", 1),
        {"type": "integer", "minimum": 0, "maximum": MAX_WORKERS},
    ),
]


class ShiftBlock(Block):
    """A span on duty: times of day (every day) or offsets (once)."""

    from_: Annotated[When, Field(alias="from")]
    to: When
    activity: Text | None = None
    """Activity on duty; left out: the first available one."""

    @model_validator(mode="after")
    def _span(self) -> ShiftBlock:
        if type(self.from_) is not type(self.to):
            raise fail("from and to must both be times of day, both offsets or both dates")
        if isinstance(self.from_, Offset) and self.from_.ms >= self.to.ms:
            raise fail(f"to must come after from (found {self.from_} to {self.to})")
        return self


class WorkerBlock(Block):
    """One worker, or a group of equal ones."""

    count: Annotated[int, Field(ge=1, le=MAX_WORKERS)] | None = None
    """Makes a group: its workers get the name with a number."""
    attributes: Attributes = Field(default_factory=dict)
    channels: dict[Text, WorkerChannel] = Field(default_factory=dict)
    """Capacity by channel; 1 where nothing is said."""
    behavior: Text
    activity: Text | None = None
    """Activity at the start."""
    shifts: Annotated[Series[ShiftBlock], Field(min_length=1, max_length=_MAX_SHIFTS)] | None = None
    """Left out: on duty throughout."""
    wage: Rate | None = None
    """Money per time on duty, such as 25/h; left out: no cost of staff is told."""
