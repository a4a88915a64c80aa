"""What happens next in the life of a task: offers answered, talks ended, customers gone.

The methods named after events take a row of the log and return what follows from it.  Tasks that
belong to no stream of the plan have no consequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from trsim.core.commands import (
    AcceptReservation,
    CancelReservation,
    CancelTask,
    Command,
    CompleteTask,
    HoldReservation,
    RejectReservation,
    UpdateTask,
    WrapUpTask,
)
from trsim.core.events import FIELDS
from trsim.core.states import Reason
from trsim.core.writer import RowTuple
from trsim.world.absences import Absences
from trsim.world.arrivals import Arrival
from trsim.world.behavior import Reply, Script
from trsim.world.due import Due, Guard
from trsim.world.plan import CancelEntry, StandingEntry, TimetableEntry, UpdateEntry, WorldPlan
from trsim.world.set_ups import SetUp
from trsim.world.streams import Stream

_AT_MS, _TASK, _RESERVATION, _WORKER, _CHANNEL, _UNTIL_MS = (
    FIELDS.index(name) for name in ("at_ms", "task", "reservation", "worker", "channel", "until_ms")
)
_STREAM, _NUMBER = FIELDS.index("stream"), FIELDS.index("number")
# Bound to names of the module: looking up a member of an enum takes time on every row.
_RESERVATION_PENDING, _NEVER_RESERVED = Guard.RESERVATION_PENDING, Guard.NEVER_RESERVED
_TASK_OPEN, _TASK_HELD = Guard.TASK_OPEN, Guard.TASK_HELD
_HANGUP, _OPERATOR = Reason.HANGUP, Reason.OPERATOR
# Four dues and four commands a task: the constructor of a NamedTuple takes twice as long.
_new = tuple.__new__


class _Life:
    """What the world keeps of a task until it ends."""

    __slots__ = ("attempt", "first", "given", "number", "open", "stream")

    def __init__(self, stream: Stream, number: int, given: Arrival | None) -> None:
        self.stream = stream
        self.number = number
        self.given = given
        self.attempt = -1  # number of the latest batch of reservations
        self.first = -1  # first reservation of that batch
        self.open = 0  # reservations of that batch that were not turned down, missed or canceled


_Entries = list[tuple[int, CancelEntry | UpdateEntry]]
"""Entries of the timetable with their ranks."""


class Lives:
    """The lives of all tasks that are not ended yet.

    Parameters
    ----------
    plan : WorldPlan
        Workers, behaviors and the timetable.
    streams : sequence of Stream
        The streams of the plan.
    absences : Absences
        Is told of rejections that the world intends.
    next_rank : callable
        Gives each due its place among the commands of one instant.
    """

    __slots__ = (
        "_absences",
        "_behavior",
        "_entries",
        "_lives",
        "_next_rank",
        "_reject_activity",
        "_scripts",
        "_streams",
    )

    def __init__(
        self,
        plan: WorldPlan,
        streams: Sequence[Stream],
        absences: Absences,
        next_rank: Callable[[], int],
    ) -> None:
        self._streams = streams
        self._absences = absences
        self._next_rank = next_rank
        self._behavior = [worker.behavior for worker in plan.workers]
        self._reject_activity = [behavior.reject_activity for behavior in plan.behaviors]
        answers = (plan.behaviors[behavior].answers for behavior in self._behavior)
        self._scripts = [Script(given) if given else None for given in answers]
        self._entries = _entries_by_task(plan.timetable)
        self._lives: dict[int, _Life] = {}

    def created(self, row: RowTuple) -> Sequence[Due]:
        """Begin a life: what operators do to the task, balking, and the end of patience."""
        place = row[_STREAM]
        if place < 0:
            return ()
        at_ms, task, number = row[_AT_MS], row[_TASK], row[_NUMBER]
        stream = self._streams[place]
        given = stream.take_given(number)
        self._lives[task] = _Life(stream, number, given)
        dues = []
        if self._entries:
            for rank, entry in self._entries.pop((place, number), ()):
                # An operator cannot act on what is not there yet.
                if entry.at_ms >= at_ms:
                    dues.append(_operators_due(entry, rank, task))
        hangup = _new(CancelTask, (task, _HANGUP))
        if stream.balks(number):
            dues.append(Due(at_ms, self._next_rank(), hangup, _NEVER_RESERVED, task))
        patience_ms = stream.patience_ms(number, given)
        if patience_ms is not None:
            until_ms = at_ms + patience_ms
            dues.append(_new(Due, (until_ms, self._next_rank(), hangup, _TASK_OPEN, task, -1)))
        return dues

    def offered(self, row: RowTuple) -> Sequence[Due]:
        """Answer an offer, unless nobody reacts or the answer would come too late."""
        life = self._lives.get(row[_TASK])
        if life is None:
            return ()
        reservation, worker = row[_RESERVATION], row[_WORKER]
        if not life.open:
            life.attempt += 1
            life.first = reservation
        life.open += 1
        reply = self._reply(life, reservation, worker)
        if reply is None:
            return ()
        accepts, delay_ms = reply
        at_ms = row[_AT_MS] + delay_ms
        if at_ms > row[_UNTIL_MS]:
            return ()
        command: Command
        if accepts:
            set_up = _set_up(life, row)
            if set_up is None:
                command = _new(AcceptReservation, (reservation,))
            else:
                command = _begin_of_set_up(life, reservation, set_up)
        else:
            self._absences.expect_rejection(worker, reservation, at_ms)
            activity = self._reject_activity[self._behavior[worker]]
            command = RejectReservation(reservation, activity)
        rank = self._next_rank()
        return (_new(Due, (at_ms, rank, command, _RESERVATION_PENDING, reservation, -1)),)

    def on_hold(self, row: RowTuple) -> Sequence[Due]:
        """Set up the connection, and then accept, or cancel the offer if that fails."""
        life = self._lives.get(row[_TASK])
        set_up = None if life is None else _set_up(life, row)
        if life is None or set_up is None:
            return ()
        reservation = row[_RESERVATION]
        at_ms = row[_AT_MS] + set_up.delay_ms(*_offer_of(life, reservation))
        command = _end_of_set_up(life, reservation, set_up)
        return (Due(at_ms, self._next_rank(), command, _RESERVATION_PENDING, reservation),)

    def offer_failed(self, row: RowTuple) -> None:
        """Take note that an offer was turned down, missed or canceled."""
        life = self._lives.get(row[_TASK])
        if life is not None:
            life.open -= 1

    def accepted(self, row: RowTuple) -> Sequence[Due]:
        """End the talk, into wrap-up where there is one."""
        task = row[_TASK]
        life = self._lives.get(task)
        if life is None:
            return ()
        at_ms = row[_AT_MS] + life.stream.talk_ms(life.number, life.given)
        command: Command
        if life.stream.has_wrap_up(life.given):
            command = _new(WrapUpTask, (task,))
        else:
            command = _new(CompleteTask, (task,))
        return (_new(Due, (at_ms, self._next_rank(), command, _TASK_HELD, task, -1)),)

    def wrapping(self, row: RowTuple) -> Sequence[Due]:
        """End the wrap-up."""
        task = row[_TASK]
        life = self._lives.get(task)
        if life is None:
            return ()
        at_ms = row[_AT_MS] + life.stream.wrap_up_ms(life.number, life.given)
        command = _new(CompleteTask, (task,))
        return (_new(Due, (at_ms, self._next_rank(), command, _TASK_HELD, task, -1)),)

    def ended(self, row: RowTuple) -> Sequence[Due]:
        """Forget a task that is completed, canceled or removed."""
        self._lives.pop(row[_TASK], None)
        return ()

    def refused(self, row: RowTuple) -> Sequence[Due]:
        """Forget what was laid down for a task that was never created."""
        place, number = row[_STREAM], row[_NUMBER]
        if place >= 0:
            self._streams[place].take_given(number)
            self._entries.pop((place, number), None)
        return ()

    def _reply(self, life: _Life, reservation: int, worker: int) -> Reply | None:
        script = self._scripts[worker]
        if script is not None and not script.is_over():
            return script.take()
        replies = life.stream.replies[self._behavior[worker]]
        return replies.to_offer(life.number, life.attempt, reservation - life.first)


def _offer_of(life: _Life, reservation: int) -> tuple[int, int, int]:
    """Return number, attempt and place, by which what belongs to an offer is drawn."""
    return life.number, life.attempt, reservation - life.first


def _set_up(life: _Life, row: RowTuple) -> SetUp | None:
    """Return what follows an acceptance on the channel of a row, None if nothing does."""
    set_ups = life.stream.set_ups
    return set_ups[row[_CHANNEL]] if set_ups else None


def _begin_of_set_up(life: _Life, reservation: int, set_up: SetUp) -> Command:
    """Return what is asked when a worker takes the task."""
    if set_up.delay_ms(*_offer_of(life, reservation)) > 0:
        return HoldReservation(reservation)
    return _end_of_set_up(life, reservation, set_up)


def _end_of_set_up(life: _Life, reservation: int, set_up: SetUp) -> Command:
    """Return what is asked when the set-up is over."""
    if set_up.fails(*_offer_of(life, reservation)):
        return CancelReservation(reservation)
    return AcceptReservation(reservation)


def _operators_due(entry: CancelEntry | UpdateEntry, rank: int, task: int) -> Due:
    """Return what an operator does to a task, now that its number is known."""
    if isinstance(entry, CancelEntry):
        return Due(entry.at_ms, rank, CancelTask(task, _OPERATOR), _TASK_OPEN, task)
    command = UpdateTask(task, entry.attributes, entry.priority)
    return Due(entry.at_ms, rank, command, Guard.TASK_UNFINISHED, task)


def _entries_by_task(timetable: Iterable[TimetableEntry]) -> dict[tuple[int, int], _Entries]:
    """Return the entries about tasks, in their order, by the stream and number of the task."""
    found: dict[tuple[int, int], _Entries] = {}
    for rank, entry in enumerate(timetable):
        if not isinstance(entry, StandingEntry):
            found.setdefault((entry.stream, entry.number), []).append((rank, entry))
    return found
