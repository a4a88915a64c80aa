"""Workspace, channels, queues and workflows as they are written."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from trsim.scenario.blocks import Block, fail, not_yet, reading
from trsim.scenario.fields import Milliseconds, Name, Probability, Text
from trsim.scenario.problems import shown
from trsim.scenario.values import duration_text

DEFAULT_ACTIVITIES = {"Offline": False, "Unavailable": False, "Available": True}
"""Activities of a new workspace (Twilio, "Workspaces resource")."""
DEFAULT_CHANNELS = ("default", "voice", "sms", "chat", "video")
"""Channels of a new workspace (Twilio, "TaskChannels resource")."""
MAX_RESERVED = 50
MAX_ACTIVITIES = 100
MAX_QUEUES = 5_000
DEFAULT_ASSIGNMENT_LIMIT = 1_000

_SHORTEST_OFFER_MS, _LONGEST_OFFER_MS = 1_000, 86_400_000


def _offer(milliseconds: int) -> int:
    if not _SHORTEST_OFFER_MS <= milliseconds <= _LONGEST_OFFER_MS or milliseconds % 1000:
        raise fail(f"must be whole seconds, 1s to 86400s (found {duration_text(milliseconds)})")
    return milliseconds


def _limit(value: Any) -> int | None:
    if value == "none":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_000_000:
        raise ValueError(f"must be a whole number 1 to 1000000, or none (found {shown(value)})")
    return value


class RoutingRulesBlock(Block):
    """Switches for what TaskRouter's documents leave open."""

    on_reservation_failure: Literal["stay", "advance"] = "stay"
    """Where a task waits after its last open reservation failed."""
    idle_key: Literal["last_reserved", "since_free"] = "last_reserved"
    """What "idle the longest" means."""
    assignment_limit: Annotated[
        int | None,
        reading(_limit),
        PlainSerializer(lambda limit: "none" if limit is None else limit),
        WithJsonSchema(
            {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "const": "none"}]}
        ),
    ] = DEFAULT_ASSIGNMENT_LIMIT
    """How often a task may be reserved before it is canceled."""
    deadline_while_reserved: Annotated[Literal["after"], not_yet("after")] = "after"
    strict_expressions: Annotated[Literal[False], not_yet(False)] = False
    redrive_timeout_base: Annotated[Literal["task_age"], not_yet("task_age")] = "task_age"
    reoffer_delay: Annotated[Milliseconds, not_yet("0s")] = 0
    routing_latency: Annotated[Milliseconds, not_yet("0s")] = 0
    timeout_activity_only_if_available: Annotated[Literal[False], not_yet(False)] = False
    merged_ttl_reason: Annotated[Literal[False], not_yet(False)] = False


class WorkspaceBlock(Block):
    """The workspace; what is left out is as TaskRouter creates it."""

    multi_task_enabled: bool = True
    prioritize_queue_order: Annotated[Literal["FIFO"], not_yet("FIFO")] = "FIFO"
    activities: (
        Annotated[dict[Name, bool], Field(min_length=1, max_length=MAX_ACTIVITIES)] | None
    ) = None
    """Name: may workers in it be offered tasks."""
    default_activity: Text = "Offline"
    """Activity of workers outside their shifts."""
    timeout_activity: Text = "Offline"
    """Where a missed reservation puts the worker."""
    routing_rules: RoutingRulesBlock = RoutingRulesBlock()


class TaskChannelBlock(Block):
    """Settings of a task channel."""

    setup_delay: Annotated[Milliseconds, not_yet("0s")] = 0
    setup_failure_probability: Annotated[Probability, not_yet(0, "0%")] = 0.0
    channel_optimized_routing: Annotated[Literal[False], not_yet(False)] = False


class TaskQueueBlock(Block):
    """A queue and the workers who serve it."""

    target_workers: Text = "1==1"
    """Expression over worker attributes; an empty one matches nobody."""
    max_reserved_workers: Annotated[int, Field(ge=1, le=MAX_RESERVED)] = 1
    """How many workers are asked at the same time."""
    task_order: Annotated[Literal["FIFO"], not_yet("FIFO")] = "FIFO"
    reservation_activity: Text | None = None
    """Single-tasking workspaces: activity of a worker who is asked."""
    assignment_activity: Text | None = None
    """Single-tasking workspaces: activity of a worker who accepted."""


def _document(value: Any) -> Any:
    if not isinstance(value, dict):
        raise fail(
            f"must be TaskRouter's document, the name of a JSON file or its text "
            f"(found {shown(value)})"
        )
    return value


Document: TypeAlias = Annotated[
    dict[str, Any],
    BeforeValidator(_document),
    WithJsonSchema(
        {
            "description": "TaskRouter's workflow document, the name of a JSON file, or its text.",
            "anyOf": [{"type": "object", "required": ["task_routing"]}, {"type": "string"}],
        }
    ),
]


class WorkflowBlock(Block):
    """A workflow."""

    task_reservation_timeout: Annotated[Milliseconds, AfterValidator(_offer)] = 120_000
    """How long an offer stands: whole seconds, 1s to 86400s."""
    configuration: Document
    """TaskRouter's own document; the numbers in it are seconds, as TaskRouter reads them."""
    sids: dict[Text, Text] = Field(default_factory=dict)
    """Queue names by the SIDs that a pasted configuration uses."""
