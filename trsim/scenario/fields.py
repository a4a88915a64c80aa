"""The kinds of values a scenario is made of, as pydantic types.

Each states its own bounds, reads what the file holds, writes it back canonically, and describes
to editors what may be written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from trsim.scenario import values
from trsim.scenario.blocks import reading
from trsim.scenario.clock import (
    Instant,
    Moment,
    Offset,
    TimeOfDay,
    instant,
    refuse_zone,
    zone,
)
from trsim.scenario.problems import shown

MAX_NAME = 64
"""Characters of a friendly name (Twilio, "Limits")."""
MAX_ATTRIBUTES = 4096
"""Characters of an object's attributes as JSON (Twilio, "Limits")."""
MAX_TEXT = 65_536
MAX_INTEGER = 2**31 - 1


def _text_schema(pattern: str, example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^(?:{pattern})$",
            "examples": [example],
            "description": description,
        }
    )


_DURATION = f"(?=.){values.DURATION_PATTERN}"
DURATION_SCHEMA: JsonSchemaValue = {"type": "string", "pattern": f"^{_DURATION}$"}


def _written(write: Callable[[Any], str]) -> PlainSerializer:
    return PlainSerializer(write, return_type=str)


Milliseconds = Annotated[
    int,
    reading(values.duration_ms),
    _written(values.duration_text),
    _text_schema(_DURATION, "1h30m", "A duration; units ms s m h d w."),
]
"""A duration in whole milliseconds, >= 0."""

Seconds = Annotated[
    float,
    reading(lambda value: values.duration(value).total_seconds()),
    _written(values.seconds_text),
    _text_schema(_DURATION, "2m30s", "A duration; units ms s m h d w."),
]
"""A duration [s] that need not be whole milliseconds, as parameters of laws."""


def _positive(value: Any) -> int:
    result = values.duration_ms(value)
    if result == 0:
        raise ValueError(f"must be longer than 0s (found {shown(value)})")
    return result


PositiveMilliseconds = Annotated[
    int,
    reading(_positive),
    _written(values.duration_text),
    _text_schema(_DURATION, "15m", "A duration > 0; units ms s m h d w."),
]


def _lead(value: Any) -> int:
    is_negative = isinstance(value, str) and value.startswith("-")
    if is_negative and value.startswith("--"):
        raise ValueError(f"must be 0s, or a duration with one minus (found {shown(value)})")
    milliseconds = values.duration_ms(value[1:] if is_negative else value)
    if milliseconds and not is_negative:
        raise ValueError(f"must be 0s or negative (found {shown(value)}; write -{value})")
    return -milliseconds


def _lead_text(milliseconds: int) -> str:
    return f"-{values.duration_text(-milliseconds)}" if milliseconds else "0s"


PastMilliseconds = Annotated[
    int,
    reading(_lead),
    _written(_lead_text),
    _text_schema(f"-{_DURATION}|0(?:ms|[smhdw])", "-5m", "0s, or a duration with a minus."),
]
"""An offset into the past in whole milliseconds, <= 0."""

Rate = Annotated[
    float,
    reading(values.rate),
    _written(values.rate_text),
    _text_schema(values.RATE_PATTERN, "90/h", "A rate per ms, s, m, h, d or w."),
]
"""A rate [1/s], 0 … 1e12."""

Probability = Annotated[
    float,
    reading(values.probability),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "pattern": f"^{values.PERCENT_PATTERN}$", "examples": ["5%"]},
            ],
            "description": "A probability, 0 … 1 or in per cent.",
        }
    ),
]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"must be a number (found {shown(value)})")
    if not -1e15 < value < 1e15:
        raise ValueError(f"must be a number between -1e15 and 1e15 (found {shown(value)})")
    return float(value)


def _shape(value: Any) -> float:
    number = _number(value)
    if not number > 0:
        raise ValueError(f"must be a number > 0 (found {shown(value)})")
    return number


def _factor(value: Any) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError(f"must be a number >= 0 (found {shown(value)})")
    return number


PositiveNumber = Annotated[
    float, reading(_shape), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
"""A pure number > 0, such as a shape."""
Factor = Annotated[float, reading(_factor), WithJsonSchema({"type": "number", "minimum": 0})]
"""A pure number >= 0, such as a weight."""


def _instant_value(value: Any) -> Instant:
    return value if isinstance(value, (Offset, TimeOfDay, Moment)) else instant(value)


When = Annotated[
    Any,
    reading(_instant_value),
    _written(str),
    _text_schema(
        f"{_DURATION}|{values.CLOCK_PATTERN}|{values.MOMENT_PATTERN}",
        "08:00",
        "A time since the start, a time of day or a date with a time of day.",
    ),
]
"""An :data:`~trsim.scenario.clock.Instant`."""


def _moment(value: Any) -> Moment:
    date = values.moment(value) if isinstance(value, str) else None
    if date is None:
        refuse_zone(str(value))
        raise ValueError(f"must be a date and time such as 2026-03-02T08:00 (found {shown(value)})")
    return Moment(date)


Date = Annotated[
    Any,
    reading(_moment),
    _written(str),
    _text_schema(values.MOMENT_PATTERN, "2026-03-02T08:00", "A date, with or without a time."),
]
"""A :class:`~trsim.scenario.clock.Moment`."""
TimeZone = Annotated[str, reading(zone)]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise ValueError(f"a name is a text without blanks at its ends (found {shown(value)})")
    if len(value) > MAX_NAME:
        raise ValueError(f"a name has at most {MAX_NAME} characters (found {len(value)})")
    if not value.isprintable():
        raise ValueError(f"a name holds printable characters only (found {shown(value)})")
    return value


Name = Annotated[
    str,
    reading(_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME}),
]
"""A friendly name."""
Text = Annotated[str, Field(max_length=MAX_TEXT)]


def _attributes(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a mapping of attributes (found {shown(value)})")
    length = len(json.dumps(value, ensure_ascii=False, allow_nan=False))
    if length > MAX_ATTRIBUTES:
        raise ValueError(
            f"attributes have at most {MAX_ATTRIBUTES} characters as JSON (found {length})"
        )
    return value


Attributes = Annotated[
    dict[str, Any],
    reading(_attributes),
    WithJsonSchema({"type": "object", "description": "Attributes, as in JSON."}),
]
