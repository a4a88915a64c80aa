"""Arrival processes as they are written."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from trsim.errors import UsageError
from trsim.scenario.blocks import Block, Series, Shorthand, exactly_one, fail, not_yet
from trsim.scenario.fields import (
    MAX_INTEGER,
    Attributes,
    Date,
    Milliseconds,
    PositiveMilliseconds,
    Rate,
    Text,
    When,
)
from trsim.scenario.laws import distribution
from trsim.scenario.schema_laws import FactorLaw, TimeLaw
from trsim.scenario.values import RATE_PATTERN, duration_text
from trsim.world.arrivals import RenewalArrivals

_MAX_PIECES = 100_000
_MAX_TASKS = 1_000_000
MAX_COUNT = 10_000_000
"""Most arrivals in one interval."""


class RateBlock(Block):
    """A rate, or a step: a rate from an instant on until the next step, the last to the end."""

    from_: Annotated[When | None, Field(alias="from")] = None
    rate: Rate


RateStep: TypeAlias = Annotated[
    RateBlock,
    Shorthand(
        lambda value: {"rate": value},
        lambda data: data if data.get("from") else data["rate"],
        {"type": "string", "pattern": f"^{RATE_PATTERN}$"},
    ),
]


class Poisson(Block):
    """A Poisson process: one rate, a rate for each interval, or steps."""

    process: Literal["poisson"]
    rate: Rate | None = None
    interval: PositiveMilliseconds | None = None
    """Length of the intervals of `rates`; after the last the rate is 0."""
    rates: Annotated[Series[RateStep], Field(min_length=1, max_length=_MAX_PIECES)] | None = None
    repeat: PositiveMilliseconds | None = None
    """The pattern of `rates` begins again after this time."""
    interpolate: Annotated[Literal["none"], not_yet("none")] = "none"
    busyness: FactorLaw | None = None
    """Law of a factor on all rates of a day, drawn anew every 24 h."""

    @model_validator(mode="after")
    def _shape(self) -> Poisson:
        exactly_one(self, ("rate",), ("rates",), ("interval", "rates"))
        if self.rates is None:
            if self.repeat is not None:
                raise fail("repeat needs rates; one rate never changes")
            return self
        n_steps = sum(rate.from_ is not None for rate in self.rates)
        if n_steps and self.interval is not None:
            raise fail("steps {from, rate} have no interval")
        if n_steps < len(self.rates) and self.interval is None:
            raise fail("rates need an interval, or a from each: {from, rate}")
        if self.interval is not None and self.repeat is not None:
            pattern = self.interval * len(self.rates)
            if self.repeat < pattern:
                raise fail(
                    f"repeat must not be shorter than the pattern of {duration_text(pattern)} "
                    f"(found {duration_text(self.repeat)})"
                )
        return self


class Renewal(Block):
    """Independent gaps of one law."""

    process: Literal["renewal"]
    interarrival: TimeLaw

    @model_validator(mode="after")
    def _not_too_fast(self) -> Renewal:
        try:
            RenewalArrivals(distribution(self.interarrival))
        except UsageError:
            reason = "the mean gap must be at least 1ms, or too many tasks would arrive"
            raise fail(reason, "interarrival") from None
        return self


class Counts(Block):
    """A given number of tasks in each interval, at random instants within it."""

    process: Literal["counts"]
    counts: (
        Annotated[
            Series[Annotated[int, Field(ge=0, le=MAX_COUNT)]],
            Field(min_length=1, max_length=_MAX_PIECES),
        ]
        | None
    ) = None
    """Tasks in the first, second, … interval from the start on."""
    interval: PositiveMilliseconds
    file: Text | None = None
    """CSV file with a line of column names, relative to the scenario."""
    column: Text | None = None
    time_column: Text | None = None
    """Column that says when each interval begins; without it, rows follow each other."""
    date: Date | None = None
    """The day of the file that is the first day of the run."""

    @model_validator(mode="after")
    def _source(self) -> Counts:
        exactly_one(self, ("counts",), ("file", "column"))
        if self.file is None and (self.time_column is not None or self.date is not None):
            raise fail("time_column and date belong to a file (found counts)")
        if self.date is not None and self.time_column is None:
            raise fail("date needs a time_column")
        return self


class At(Block):
    """Tasks at given instants."""

    process: Literal["at"]
    times: Annotated[Series[When], Field(max_length=_MAX_TASKS)]


class TraceRow(Block):
    """One recorded task; what is left out is drawn from the laws of the stream."""

    at: When
    channel: Text | None = None
    priority: Annotated[int, Field(ge=0, le=MAX_INTEGER)] | None = None
    talk_time: Milliseconds | None = None
    wrap_up_time: Milliseconds | None = None
    patience: Milliseconds | None = None
    attributes: Attributes | None = None


class Trace(Block):
    """Recorded tasks, listed or from a CSV file."""

    process: Literal["trace"]
    rows: Annotated[Series[TraceRow], Field(max_length=_MAX_TASKS)] | None = None
    file: Text | None = None
    """CSV file with a line of column names, relative to the scenario."""
    unit: Literal["ms", "s", "m", "h"] | None = None
    """Unit of bare numbers in the file."""

    @model_validator(mode="after")
    def _source(self) -> Trace:
        exactly_one(self, ("rows",), ("file",))
        if self.unit is not None and self.file is None:
            raise fail("unit belongs to a file (found rows)")
        return self


Arrivals: TypeAlias = Annotated[
    Poisson | Renewal | Counts | At | Trace, Field(discriminator="process")
]
