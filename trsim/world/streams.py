"""One stream of tasks in a run: which task it creates next, and what that task's life is like."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from trsim.core.commands import CreateTask
from trsim.world.arrivals import Arrival
from trsim.world.behavior import Replies
from trsim.world.distributions import Distribution
from trsim.world.draws import Draws, Purpose
from trsim.world.due import Due, Guard
from trsim.world.durations import DrawnDuration, drawn_duration
from trsim.world.parameters import cumulative_shares
from trsim.world.plan import BehaviorPlan, SetUpPlan, StreamPlan
from trsim.world.set_ups import SetUp

_NOTHING_GIVEN = Arrival(0)[1:]
_ALWAYS = Guard.ALWAYS
# One due and one command a task: the constructor of a NamedTuple takes twice as long.
_new = tuple.__new__


class Stream:
    """A stream of tasks with the uniforms of its tasks.

    Parameters
    ----------
    place : int
        The stream's number in the plan.
    plan : StreamPlan
        Its laws.
    behaviors : tuple of BehaviorPlan
        Those that its tasks may meet.
    draws : Draws
        The uniforms of the replication.
    set_ups : tuple of SetUpPlan
        By channel; empty: no channel needs one.

    Attributes
    ----------
    replies : tuple of Replies
        How the workers of each behavior answer to this stream's tasks.
    set_ups : tuple of SetUp
        By channel, what follows a worker's acceptance; empty: nothing does.
    """

    __slots__ = (
        "_attribute_ends",
        "_attribute_uniform",
        "_balk_uniform",
        "_draws",
        "_given",
        "_patience",
        "_place",
        "_plan",
        "_talk",
        "_wrap_up",
        "replies",
        "set_ups",
    )

    def __init__(
        self,
        place: int,
        plan: StreamPlan,
        behaviors: tuple[BehaviorPlan, ...],
        draws: Draws,
        set_ups: tuple[SetUpPlan, ...] = (),
    ) -> None:
        def drawn(law: Distribution | None, purpose: Purpose) -> DrawnDuration | None:
            return None if law is None else drawn_duration(law, draws, purpose, plan.name)

        self._place = place
        self._plan = plan
        self._draws = draws
        self._talk = drawn_duration(plan.talk_time, draws, Purpose.TALK, plan.name)
        self._wrap_up = drawn(plan.wrap_up_time, Purpose.WRAP_UP)
        self._patience = drawn(plan.patience, Purpose.PATIENCE)
        self._balk_uniform = draws.source(Purpose.BALK, plan.name).at
        self._attribute_uniform = draws.source(Purpose.ATTRIBUTES, plan.name).at
        self._attribute_ends = cumulative_shares(plan.name, plan.attribute_weights)
        assert len(self._attribute_ends) == len(plan.attribute_sets), "one weight per attribute set"
        # By number, what a trace laid down for tasks that were handed over but not yet created.
        self._given: dict[int, Arrival] = {}
        self.replies = tuple(Replies(behavior, draws, plan.name) for behavior in behaviors)
        self.set_ups = tuple(SetUp(set_up, draws, plan.name) for set_up in set_ups)

    def creations(self, horizon_ms: int, rank: int) -> Iterator[Due]:
        """Yield the creations of the stream's tasks in time order, all with the same rank."""
        plan, place = self._plan, self._place
        workflow, ttl_ms, lead_ms = plan.workflow, plan.ttl_ms, plan.lead_ms
        queue, worker, ignore_capacity = plan.target_queue, plan.target_worker, plan.ignore_capacity
        process = plan.arrivals.arrivals(self._draws, plan.name, horizon_ms)
        for number, arrival in enumerate(process):
            channel, priority = plan.channel, plan.priority
            attributes: int | None = None
            if arrival[1:] != _NOTHING_GIVEN:
                self._given[number] = arrival
                channel = channel if arrival.channel is None else arrival.channel
                priority = priority if arrival.priority is None else arrival.priority
                attributes = arrival.attributes
            if attributes is None:
                attributes = self._attribute_set(number)
            # fmt: off
            command = _new(CreateTask, (workflow, channel, attributes, priority, ttl_ms, place,
                                        number, lead_ms, queue, worker, ignore_capacity))
            # fmt: on
            yield _new(Due, (arrival[0], rank, command, _ALWAYS, -1, -1))

    def take_given(self, number: int) -> Arrival | None:
        """Return what a trace laid down for a task, once."""
        return self._given.pop(number, None) if self._given else None

    def balks(self, number: int) -> bool:
        """Whether the task leaves at once unless it is offered in the instant of creation."""
        probability = self._plan.balk_probability
        return probability > 0.0 and self._balk_uniform(number) < probability

    def patience_ms(self, number: int, given: Arrival | None) -> int | None:
        """Return how long the customer waits at most [ms], None for ever."""
        if given is not None and given.patience_ms is not None:
            return given.patience_ms
        return None if self._patience is None else self._patience(number)

    def talk_ms(self, number: int, given: Arrival | None) -> int:
        """Return the talk time of a task [ms]."""
        if given is not None and given.talk_time_ms is not None:
            return given.talk_time_ms
        return self._talk(number)

    def has_wrap_up(self, given: Arrival | None) -> bool:
        """Whether a task passes through wrapping, be it for 0 s."""
        return self._wrap_up is not None or (
            given is not None and given.wrap_up_time_ms is not None
        )

    def wrap_up_ms(self, number: int, given: Arrival | None) -> int:
        """Return the wrap-up time of a task [ms], 0 where the stream has none."""
        if given is not None and given.wrap_up_time_ms is not None:
            return given.wrap_up_time_ms
        return 0 if self._wrap_up is None else self._wrap_up(number)

    def _attribute_set(self, number: int) -> int:
        sets = self._plan.attribute_sets
        if len(sets) == 1:
            return sets[0]
        return sets[bisect_right(self._attribute_ends, self._attribute_uniform(number))]
