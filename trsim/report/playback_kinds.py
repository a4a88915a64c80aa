"""The kinds of events that a playback is made of, what each does to the scene, and its words.

The table is the whole rule book of a playback: it goes into the page, where the page's script
folds events by it as :class:`~trsim.report.playback_scene.Scene` does here.  An event is a time, a
kind and the numbers of the kind's fields; what it does follows from the kind alone:

* ``makes`` a task or an offer, numbered one up from the newest, with the fields as its facts;
* ``task_status`` and ``offer_status`` are what its task and its offer have afterwards, a field
  ``status`` likewise for the task where the kind does not settle it; ``queue`` and ``priority``
  are those of the task from now on;
* ``stops_timer``: the offer no longer runs out;
* ``activity`` is that of the worker from now on, and ``missed`` says whether a missed offer put
  the worker there;
* ``counts`` names the counter that goes up by one.

An event about an offer is one about the offer's task and worker.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from trsim.core.states import REMOVED, ReservationStatus, TaskStatus


class Kind(NamedTuple):
    """One kind of event."""

    name: str
    fields: tuple[str, ...]
    """What an event of the kind carries, in this order."""
    words: str
    """What the ticker says, with the names of things in braces."""
    makes: str = ""
    """``task``, ``offer`` or nothing."""
    task_status: int = -1
    """A :class:`~trsim.core.states.TaskStatus`, or -1: as before."""
    offer_status: int = -1
    """A :class:`~trsim.core.states.ReservationStatus`, or -1: as before."""
    counts: str = ""
    stops_timer: bool = False
    missed: bool = False


_T, _R = TaskStatus, ReservationStatus
_NEW = ("stream", "number", "channel", "priority")
_FAILED = ("offer", "status")

KINDS: Final = (
    Kind("signed_in", ("worker", "activity"), "{worker} starts in {activity}"),
    Kind("moved", ("worker", "activity"), "{worker} is in {activity} now"),
    Kind(
        "benched",
        ("worker", "activity"),
        "{worker} is in {activity} now, because of the missed offer",
        missed=True,
    ),
    Kind("created", _NEW, "{task} is created", "task", _T.PENDING, counts="offered"),
    Kind(
        "created_for_queue",
        (*_NEW, "queue"),
        "{task} is created, straight for queue {queue}",
        "task",
        _T.PENDING,
        counts="offered",
    ),
    Kind(
        "created_for_worker",
        (*_NEW, "worker"),
        "{task} is created, straight for {worker}",
        "task",
        _T.PENDING,
        counts="offered",
    ),
    Kind("queued", ("task", "queue", "priority"), "{task} waits in queue {queue}"),
    Kind("target_over", ("task", "queue"), "{task}: its time in queue {queue} is over"),
    Kind("updated", ("task", "priority"), "{task} is updated; its priority is {priority}"),
    Kind("unreserved", ("task",), "{task} was routed directly, and not reserved in time"),
    Kind(
        "asked",
        ("task", "worker", "limit"),
        "{worker} is asked for {task}, with {limit} to answer",
        "offer",
        _T.RESERVED,
        _R.PENDING,
    ),
    Kind(
        "held", ("offer",), "{worker} takes {task}; the connection is being made", stops_timer=True
    ),
    Kind(
        "accepted",
        ("offer",),
        "{worker} accepts {task}",
        task_status=_T.ASSIGNED,
        offer_status=_R.ACCEPTED,
        counts="answered",
    ),
    Kind(
        "rejected",
        _FAILED,
        "{worker} turns {task} down",
        offer_status=_R.REJECTED,
        counts="rejected",
    ),
    Kind(
        "missed",
        _FAILED,
        "{worker} misses {task}: no answer in time",
        offer_status=_R.TIMEOUT,
        counts="missed",
    ),
    Kind("withdrawn", _FAILED, "{worker} no longer has {task}", offer_status=_R.CANCELED),
    Kind(
        "rescinded",
        _FAILED,
        "{worker} is no longer asked for {task}: somebody else accepted",
        offer_status=_R.RESCINDED,
    ),
    Kind(
        "wrapping",
        ("offer",),
        "{worker} ends the conversation and does after-work for {task}",
        task_status=_T.WRAPPING,
        offer_status=_R.WRAPPING,
    ),
    Kind(
        "completed",
        ("offer",),
        "{worker} completes {task}",
        task_status=_T.COMPLETED,
        offer_status=_R.COMPLETED,
        counts="completed",
    ),
    Kind(
        "abandoned",
        ("task",),
        "{task} is abandoned: the customer hung up",
        task_status=_T.CANCELED,
        counts="abandoned",
    ),
    Kind(
        "dropped",
        ("task", "reason"),
        "{task} is canceled by its workflow: {reason}",
        task_status=_T.CANCELED,
        counts="dropped",
    ),
    Kind(
        "canceled",
        ("task", "reason"),
        "{task} is canceled: {reason}",
        task_status=_T.CANCELED,
        counts="canceled",
    ),
    Kind("deleted", ("task",), "{task} is deleted", task_status=REMOVED, counts="removed"),
    Kind(
        "expired",
        ("task",),
        "{task} is removed by the system, 24 h after its assignment",
        task_status=REMOVED,
        counts="removed",
    ),
    Kind(
        "refused",
        ("stream", "number"),
        "{task} is refused: no filter takes it",
        counts="refused",
    ),
    Kind("attributes", ("worker",), "{worker} has new attributes"),
    Kind("capacity", ("worker", "channel", "value"), "{worker} has capacity {value} on {channel}"),
    Kind("switched_on", ("worker", "channel"), "{worker} is available on {channel}"),
    Kind("switched_off", ("worker", "channel"), "{worker} is no longer available on {channel}"),
    Kind("members", ("queue",), "queue {queue} has another expression for its workers"),
    Kind("batch", ("queue", "value"), "queue {queue} asks up to {value} workers at once"),
    Kind("workflow", ("workflow",), "workflow {workflow} is updated"),
    Kind("again", ("workflow",), "waiting tasks of workflow {workflow} start from the top"),
)
"""All kinds; events name them by their place here."""

KIND_NUMBER: Final = {kind.name: number for number, kind in enumerate(KINDS)}
COUNTERS: Final = tuple(dict.fromkeys(kind.counts for kind in KINDS if kind.counts))
"""Names of the counters."""
