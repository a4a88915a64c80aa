"""Where waiting comes from: the wait of each task, split into parts without a remainder.

Who was asked, and for how long, is read off the tables of tasks and reservations; who was free
while a task was pending is folded by :mod:`trsim.analysis.attribution_fold`.  Pending time,
reserved time and the wait are measured apart, in whole milliseconds, and that they agree is
checked for every task.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from trsim.analysis.attribution_fold import fold_pending
from trsim.analysis.spans import Flags, Ints
from trsim.analysis.tables import ReservationTable, TaskTable, read_tables
from trsim.core.events import NOTHING
from trsim.core.states import ReservationStatus
from trsim.errors import UsageError
from trsim.eventlog import EventLog, Names
from trsim.eventlog.names import decoded
from trsim.model import Model

if TYPE_CHECKING:
    import pandas as pd


class WaitPart(NamedTuple):
    """One part of a wait."""

    label: str
    """Its name for people."""
    text: str
    """What it is."""


WAIT_PARTS: Mapping[str, WaitPart] = {
    "ringing": WaitPart(
        "ringing at the one who took it",
        "reserved, from the offers among which the accepted one was, to the moment that worker "
        "took the task",
    ),
    "setup": WaitPart(
        "set-up",
        "on hold at the one who took it, until the call or conversation stood",
    ),
    "lost_offers": WaitPart(
        "ringing for nothing",
        "reserved, on hold included, by offers none of which was accepted before the horizon",
    ),
    "for_deadline": WaitPart(
        "waiting for a deadline",
        "pending, and nobody could have been asked in its target, but somebody in a target to "
        "which deadlines lead from there",
    ),
    "nobody_free": WaitPart(
        "nobody available",
        "pending, and nobody could have been asked in its target or in those to which deadlines "
        "lead from there",
    ),
    "held_back": WaitPart(
        "held back",
        "pending although somebody in its target could have been asked; only reoffer_delay and "
        "routing_latency do that, so 0 without them",
    ),
}
"""The parts of a wait, in the order of reports."""


class WaitTotal(NamedTuple):
    """A wait and its parts, summed over tasks [ms]; the parts add up to the wait."""

    tasks: int
    """How many tasks."""
    wait_ms: int
    ringing_ms: int
    setup_ms: int
    lost_offers_ms: int
    for_deadline_ms: int
    nobody_free_ms: int
    held_back_ms: int


@dataclass(frozen=True, slots=True)
class WaitShares:
    """The wait of each task and its parts; every array is int64, of shape (n_tasks,).

    A wait lasts from creation to acceptance, cancellation or removal, or to the horizon for a task
    that still waits.  The parts, defined in :data:`WAIT_PARTS`, add up to it in every row.

    Notes
    -----
    A target is ahead of a task if it is a later one of the same filter and every target from the
    present one up to it has a timeout: this is where the task comes by waiting.  Somebody could
    have been asked in a target if queue, known worker, expression, activity and capacity would have
    let a reservation be made there at that moment (Twilio, "Workflow configuration",
    "Multitasking").  Whether that worker would have answered, and who else would then have waited,
    is another question: the parts say what was, not what would have been.
    """

    names: Names
    """What the numbers stand for."""
    task: Ints
    """Number of the task."""
    queue: Ints
    """Queue where its wait ended, or where it waits still; -1: routed to a worker."""
    stream: Ints
    """Arrival stream."""
    wait_ms: Ints
    ringing_ms: Ints
    setup_ms: Ints
    lost_offers_ms: Ints
    for_deadline_ms: Ints
    nobody_free_ms: Ints
    held_back_ms: Ints

    def __len__(self) -> int:
        return self.task.size

    def where(self, kept: Flags) -> WaitShares:
        """Return the tasks for which ``kept``, of shape (n_tasks,), is true."""
        columns = {name: getattr(self, name)[kept] for name in _COLUMNS}
        return WaitShares(names=self.names, **columns)

    def total(self) -> WaitTotal:
        """Return the sums over all tasks."""
        return WaitTotal(len(self), *(int(getattr(self, name).sum()) for name in _TIMES))

    def by_queue(self) -> dict[int, WaitTotal]:
        """Return the sums by queue, in order; -1 stands for tasks routed to a worker.

        The whole wait of a task counts for the queue where it ended.
        """
        return self._by(self.queue)

    def by_stream(self) -> dict[int, WaitTotal]:
        """Return the sums by arrival stream, in order; -1 stands for tasks of no stream."""
        return self._by(self.stream)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each task: number, queue, stream, and seconds as ``…_s``."""
        import pandas as pd

        columns: dict[str, Any] = {
            "task": self.task,
            "queue": decoded(self.queue, self.names.queues),
            "stream": decoded(self.stream, self.names.streams),
        }
        for name in _TIMES:
            columns[_in_seconds(name)] = getattr(self, name) / 1000
        return pd.DataFrame(columns)

    def totals_frame(self) -> pd.DataFrame:
        """Return the sums over all tasks, by queue and by stream: a row each, seconds as ``…_s``.

        Column ``by`` says what the row is about (``all``, ``queue`` or ``stream``), column ``name``
        which; the name is missing for all, for no queue and for no stream.
        """
        import pandas as pd

        rows: list[tuple[str, str | None, WaitTotal]] = [("all", None, self.total())]
        for number, total in self.by_queue().items():
            rows.append(("queue", _name(self.names.queues, number), total))
        for number, total in self.by_stream().items():
            rows.append(("stream", _name(self.names.streams, number), total))
        columns: dict[str, Any] = {
            "by": pd.Series([by for by, _, _ in rows], dtype="str"),
            "name": pd.Series([name for _, name, _ in rows], dtype="str"),
            "tasks": np.array([total.tasks for _, _, total in rows], dtype=np.int64),
        }
        for name in _TIMES:
            sums = [getattr(total, name) / 1000 for _, _, total in rows]
            columns[_in_seconds(name)] = np.array(sums, dtype=np.float64)
        return pd.DataFrame(columns)

    def _by(self, owner: Ints) -> dict[int, WaitTotal]:
        owners, place, tasks = np.unique(owner, return_inverse=True, return_counts=True)
        sums = np.zeros((len(_TIMES), owners.size), dtype=np.int64)
        for row, name in zip(sums, _TIMES, strict=True):
            np.add.at(row, place, getattr(self, name))
        counted = zip(owners.tolist(), tasks.tolist(), sums.T.tolist(), strict=True)
        return {number: WaitTotal(count, *times) for number, count, times in counted}


_COLUMNS = tuple(field.name for field in fields(WaitShares) if field.name != "names")
_TIMES = WaitTotal._fields[1:]
_PARTS = _TIMES[1:]


def attribute_waits(log: EventLog, model: Model, horizon_ms: int) -> WaitShares:
    """Return the waits of all tasks of a run, each split into its parts.

    Parameters
    ----------
    log : EventLog
        All rows of the run.
    model : Model
        The model that was run.
    horizon_ms : int
        End of the run, after the last row [ms].

    Returns
    -------
    WaitShares
        One row for each created task, in creation order, as in the table of tasks.

    Raises
    ------
    UsageError
        The log is not one of the model, or goes on beyond the horizon.
    """
    names, routing = log.names, model.routing
    if names.workers != routing.workers or names.steps != routing.step_labels:
        raise UsageError(
            f"the log is not one of the model {model.name!r}: its workers or targets are others"
        )
    last_ms = int(log.column("at_ms")[-1]) if len(log) else -1
    if last_ms >= horizon_ms:
        raise UsageError(
            f"the horizon must lie after the last row of the log, at {last_ms / 1000} s, not at "
            f"{horizon_ms / 1000} s"
        )
    tasks, reservations = read_tables(log)
    pending = fold_pending(log, model, horizon_ms)
    asked = _Asked(tasks, reservations, horizon_ms)
    end_ms = np.where(tasks.waiting, horizon_ms, tasks.wait_ended_ms)
    held_back, for_deadline = pending.held_back_ms, pending.for_deadline_ms
    shares = WaitShares(
        names=names,
        task=tasks.task,
        queue=tasks.queue,
        stream=tasks.stream,
        wait_ms=end_ms - tasks.created_ms,
        ringing_ms=asked.ringing_ms,
        setup_ms=asked.setup_ms,
        lost_offers_ms=asked.lost_offers_ms,
        for_deadline_ms=for_deadline,
        nobody_free_ms=pending.pending_ms - held_back - for_deadline,
        held_back_ms=held_back,
    )
    remainder = shares.wait_ms - sum(getattr(shares, name) for name in _PARTS)
    assert not np.any(remainder), "a task waits pending or reserved, and in no other way"
    return shares


class _Asked:
    """How long somebody was reserved for each task, by what came of it [ms].

    Parameters
    ----------
    tasks : TaskTable
    reservations : ReservationTable
        Of the same log.
    horizon_ms : int
        End of the run [ms].
    """

    def __init__(self, tasks: TaskTable, reservations: ReservationTable, horizon_ms: int) -> None:
        offers, n_tasks = reservations, len(tasks)
        opens = np.flatnonzero(offers.opens_batch == 1)
        ended = np.where(offers.answered_ms == NOTHING, horizon_ms, offers.answered_ms)
        # A batch lasts until none of its offers stands; after an acceptance no other one does.
        batch_ended = np.maximum.reduceat(ended, opens) if opens.size else ended
        reserved = np.zeros(n_tasks, dtype=np.int64)
        np.add.at(reserved, offers.place[opens], batch_ended - offers.created_ms[opens])
        taken = offers.where(offers.answered_by(ReservationStatus.ACCEPTED))
        taken_ms = taken.rang_until_ms
        self.ringing_ms = np.zeros(n_tasks, dtype=np.int64)
        self.ringing_ms[taken.place] = taken_ms - taken.created_ms
        self.setup_ms = np.zeros(n_tasks, dtype=np.int64)
        self.setup_ms[taken.place] = taken.answered_ms - taken_ms
        self.lost_offers_ms = reserved - self.ringing_ms - self.setup_ms


def attribution_text(width: int = 80) -> str:
    """Return the parts of a wait and what they mean, as text for people.

    Parameters
    ----------
    width : int
        Longest line, >= 40.
    """
    paragraph = textwrap.TextWrapper(
        width, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
    )
    blocks = (
        "\n".join([f"{name} [s]", *paragraph.wrap(f"{part.label}: {part.text}")])
        for name, part in WAIT_PARTS.items()
    )
    return "\n\n".join(blocks)


def _in_seconds(name: str) -> str:
    return f"{name.removesuffix('_ms')}_s"


def _name(names: tuple[str, ...], number: int) -> str | None:
    return None if number == NOTHING else names[number]
