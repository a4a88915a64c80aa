"""The timetable as it is written: what operators do, one thing per entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from trsim.scenario.blocks import Block, fail
from trsim.scenario.fields import Attributes, Text, When
from trsim.scenario.schema_people import MAX_WORKERS
from trsim.scenario.schema_tasks import Priority, TaskOfStream
from trsim.scenario.schema_workspace import MAX_RESERVED, Document, OfferTime

_NEEDS: Mapping[str, str] = {
    "worker": "activity, attributes, or task_channel with capacity or available",
    "cancel": "",
    "task": "attributes or priority",
    "task_queue": "max_reserved_workers or target_workers",
    "workflow": "task_reservation_timeout, configuration or re_evaluate_tasks",
}
"""What an entry can be about, and what it can say of it."""
_GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "activity": ("worker",),
    "reject_pending_reservations": ("worker",),
    "task_channel": ("worker",),
    "capacity": ("worker",),
    "available": ("worker",),
    "attributes": ("worker", "task"),
    "priority": ("task",),
    "reason": ("cancel",),
    "max_reserved_workers": ("task_queue",),
    "target_workers": ("task_queue",),
    "task_reservation_timeout": ("workflow",),
    "configuration": ("workflow",),
    "re_evaluate_tasks": ("workflow",),
}


class TimetableBlock(Block):
    """What an operator does to a worker, a task, a queue or a workflow, and when."""

    at: When
    worker: Text | None = None
    """One worker, or all of a group."""
    activity: Text | None = None
    """Where the worker goes."""
    reject_pending_reservations: bool = False
    """Rejects the worker's pending offers; only with an unavailable activity."""
    attributes: Attributes | None = None
    """All attributes of the worker or task from now on."""
    task_channel: Text | None = None
    """The worker's channel that changes."""
    capacity: Annotated[int, Field(ge=0, le=MAX_WORKERS)] | None = None
    """Tasks the worker can hold at once on the channel."""
    available: bool | None = None
    """Whether the worker's channel is switched on."""
    cancel: TaskOfStream | None = None
    """Stream and number of a task to cancel, from 0."""
    reason: Text | None = None
    """A note on the cancellation."""
    task: TaskOfStream | None = None
    """Stream and number of a task to change, from 0."""
    priority: Priority | None = None
    """Priority of the task from now on."""
    task_queue: Text | None = None
    max_reserved_workers: Annotated[int, Field(ge=1, le=MAX_RESERVED)] | None = None
    """How many workers are asked at the same time."""
    target_workers: Text | None = None
    """Expression over worker attributes; an empty one matches nobody."""
    workflow: Text | None = None
    task_reservation_timeout: OfferTime | None = None
    """How long offers made from now on stand."""
    configuration: Document | None = None
    """TaskRouter's own document, for tasks that come from now on."""
    re_evaluate_tasks: bool = False
    """Drives waiting tasks through the configuration in force."""

    @model_validator(mode="after")
    def _one_thing(self) -> TimetableBlock:
        given = self._given()
        subjects = [key for key in _NEEDS if key in given]
        said = [key for key in _GOES_WITH if key in given]
        if not subjects:
            if said:
                raise fail(f"needs {' or '.join(_GOES_WITH[said[0]])} beside it", said[0])
            *most, last = _NEEDS
            raise fail(f"needs {', '.join(most)} or {last}")
        if len(subjects) > 1:
            raise fail(f"{subjects[0]} and {subjects[1]} exclude each other")
        subject = subjects[0]
        for key in said:
            if subject not in _GOES_WITH[key]:
                raise fail(f"goes with {' or '.join(_GOES_WITH[key])}, not with {subject}", key)
        if _NEEDS[subject] and not said:
            raise fail(f"{subject} needs {_NEEDS[subject]}")
        if subject == "worker":
            self._one_change(given)
        return self

    def _given(self) -> frozenset[str]:
        """Return the keys that say something."""
        fields = type(self).model_fields.items()
        return frozenset(key for key, field in fields if getattr(self, key) != field.default)

    def _one_change(self, given: frozenset[str]) -> None:
        if "reject_pending_reservations" in given and "activity" not in given:
            raise fail("needs activity beside it", "reject_pending_reservations")
        for key in ("capacity", "available"):
            if key in given and "task_channel" not in given:
                raise fail("needs task_channel beside it", key)
        if "task_channel" in given and not given & {"capacity", "available"}:
            raise fail("needs capacity or available beside it", "task_channel")
        for keys in (("activity", "attributes", "task_channel"), ("capacity", "available")):
            both = [key for key in keys if key in given]
            if len(both) > 1:
                raise fail(f"{both[0]} and {both[1]} need an entry each")
