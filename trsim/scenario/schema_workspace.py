"""Workspace, channels, queues and workflows as they are written."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from trsim.scenario.blocks import Block, fail, reading
from trsim.scenario.fields import Milliseconds, Name, Probability, Text
from trsim.scenario.problems import shown
from trsim.scenario.schema_laws import TimeLaw
from trsim.scenario.values import duration_text

DEFAULT_ACTIVITIES = {"Offline": False, "Unavailable": False, "Available": True}
"""Activities of a new workspace (Twilio, "Workspaces resource")."""
DEFAULT_CHANNELS = ("default", "voice", "sms", "chat", "video")
"""Channels of a new workspace (Twilio, "TaskChannels resource")."""
MAX_RESERVED = 50
MAX_ACTIVITIES = 100
MAX_QUEUES = 5_000
DEFAULT_ASSIGNMENT_LIMIT = 1_000
MOST_ASSIGNMENTS = 100_000

_SHORTEST_OFFER_MS, _LONGEST_OFFER_MS = 1_000, 86_400_000


def _offer(milliseconds: int) -> int:
    if not _SHORTEST_OFFER_MS <= milliseconds <= _LONGEST_OFFER_MS or milliseconds % 1000:
        raise fail(f"must be whole seconds, 1s to 86400s (found {duration_text(milliseconds)})")
    return milliseconds


def _limit(value: Any) -> int | None:
    if value == "none":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_ASSIGNMENTS:
        allowed = f"a whole number 1 to {MOST_ASSIGNMENTS}, or none"
        raise ValueError(f"must be {allowed} (found {shown(value)})")
    return value


OfferTime: TypeAlias = Annotated[Milliseconds, AfterValidator(_offer)]
"""How long an offer stands [ms]: whole seconds, 1 s to 86,400 s (Twilio, "Workflow resource")."""
Order: TypeAlias = Literal["FIFO", "LIFO"]


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
            {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": MOST_ASSIGNMENTS},
                    {"type": "string", "const": "none"},
                ]
            }
        ),
    ] = DEFAULT_ASSIGNMENT_LIMIT
    """How often a task may be reserved before it is canceled."""
    deadline_while_reserved: Literal["after", "release"] = "after"
    """What a target's deadline does while offers are open: it waits for them, or ends them."""
    redrive_timeout_base: Literal["task_age", "reset"] = "task_age"
    """From which age timeouts count for a task that is evaluated again from the top."""
    reoffer_delay: Milliseconds = 0
    """How long a task is offered to nobody after its last open offer failed."""
    routing_latency: Milliseconds = 0
    """How long a match that has become possible takes to be made."""
    strict_expressions: bool = False
    """Refuse expressions that TaskRouter takes but reads in part only."""
    timeout_activity_only_if_available: bool = False
    """Leave a worker who missed an offer, and is not available any more, where it is."""
    merged_ttl_reason: bool = False
    """One common reason for the end of the time to live and for the assignment limit."""


class WorkspaceBlock(Block):
    """The workspace; what is left out is as TaskRouter creates it."""

    multi_task_enabled: bool = True
    prioritize_queue_order: Order = "FIFO"
    """Which kind of queues a worker who serves both empties first."""
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

    setup_delay: TimeLaw | None = None
    """From a worker's acceptance to the connection; the offer is on hold meanwhile."""
    setup_failure_probability: Probability = 0.0
    """Share of acceptances whose set-up fails: the offer is canceled."""
    channel_optimized_routing: bool = False
    """Only reservations on this channel decide who has been idle the longest on it."""


class TaskQueueBlock(Block):
    """A queue and the workers who serve it."""

    target_workers: Text = "1==1"
    """Expression over worker attributes; an empty one matches nobody."""
    max_reserved_workers: Annotated[int, Field(ge=1, le=MAX_RESERVED)] = 1
    """How many workers are asked at the same time."""
    task_order: Order = "FIFO"
    """FIFO: higher priority, then longer wait; LIFO: the newest, whatever the priority."""
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
            "anyOf": [
                {"type": "object", "required": ["task_routing"]},
                {"type": "object", "required": ["configuration"]},
                {"type": "object", "required": ["Configuration"]},
                {"type": "string"},
            ],
        }
    ),
]


class WorkflowBlock(Block):
    """A workflow."""

    task_reservation_timeout: OfferTime = 120_000
    """How long an offer stands: whole seconds, 1s to 86400s."""
    configuration: Document
    """TaskRouter's own document; the numbers in it are seconds, as TaskRouter reads them."""
    sids: dict[Text, Text] = Field(default_factory=dict)
    """Names of queues, activities and workers by SIDs that configurations and tasks use."""
