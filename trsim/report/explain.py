"""The timeline of one task: what became of it, and why.

:func:`explain` is a pure function of a model and the rows of a run.  It folds the log and asks
routing's own functions at the task's moments, so it can say nothing that the engine did not do.

Sources: Twilio, "Task lifecycle and state", "Workflow configuration", "Task evaluation".
"""

from __future__ import annotations

from collections.abc import Iterable

from trsim.core.events import EventType, Row
from trsim.core.replay import Replay
from trsim.core.states import Reason
from trsim.errors import UsageError
from trsim.model import Model
from trsim.report.explain_entry import Entry, Kind, Vocabulary
from trsim.report.explain_expressions import attributes_text
from trsim.report.explain_life import Life
from trsim.report.explain_scene import Scene
from trsim.report.explain_way import Way
from trsim.report.wording import Clock


def explain(
    model: Model,
    rows: Iterable[Row],
    task: int,
    *,
    clock: Clock | None = None,
    everybody: bool = False,
) -> tuple[Entry, ...]:
    """Return what befell a task, in time order, with the reasons.

    Parameters
    ----------
    model : Model
        The model that was run.
    rows : iterable of Row
        The rows of the run, from the first one on.
    task : int
        Number of the task, in creation order.
    clock : Clock, optional
        How instants are spelled; left out: in full.
    everybody : bool
        Whether lists name everybody, however long they get.

    Raises
    ------
    UsageError
        No task of this number was created.
    """
    words = Vocabulary(model, clock or _clock(model), everybody)
    ledger = Replay(model.spec)
    scene = Scene(words, ledger, task)
    life = Life(scene)
    # Up to its creation rows are folded only; of what came before, the ledger knows enough.
    log = iter(rows)
    for row in log:
        if row.task == task and row.event == EventType.TASK_CREATED:
            life.before(row)
            ledger.apply(row)
            life.after(row)
            break
        ledger.apply(row)
    else:
        raise UsageError(f"there is no task {task}: {ledger.tasks_created:,} were created")
    for row in log:
        if life.ended_ms is not None and row.at_ms > life.ended_ms:
            break
        life.before(row)
        ledger.apply(row)
        life.after(row)
    life.close(model.horizon_ms)
    return tuple(scene.entries)


def explain_refusal(
    model: Model, rows: Iterable[Row], stream: int, number: int, *, clock: Clock | None = None
) -> tuple[Entry, ...]:
    """Return why a task was refused.

    Parameters
    ----------
    model : Model
        The model that was run.
    rows : iterable of Row
        The rows of the run, from the first one on.
    stream, number : int
        The task's stream, and its number in it.
    clock : Clock, optional
        How instants are spelled; left out: in full.

    Raises
    ------
    UsageError
        This task was not refused.
    """
    words = Vocabulary(model, clock or _clock(model))
    ledger = Replay(model.spec)
    name = words.task_of(stream, number)
    for row in rows:
        if row.event == EventType.TASK_REFUSED and (row.stream, row.number) == (stream, number):
            break
        ledger.apply(row)
    else:
        raise UsageError(f"task {name} was not refused")
    attributes = model.routing.plan.attribute_sets[row.attributes]
    configuration = ledger.workflow_configuration[row.workflow]
    tests = Way(words, ledger).tests_from_top(configuration, row.attributes, -1)
    details = (f"attributes: {attributes_text(attributes)}", *tests)
    text = f"{name} is refused: {Reason.NO_MATCHING_FILTER.text}; it never comes into being"
    return (
        Entry(row.at_ms, 0, Kind.REFUSED, text, details),
        Entry(row.at_ms, 0, Kind.OUTCOME, "refused"),
    )


def _clock(model: Model) -> Clock:
    return Clock.for_instants(model.start, [1, model.horizon_ms - 1])
