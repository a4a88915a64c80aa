"""KPIs of what became of tasks, and of how long they were worked on.

Source of the names of causes and ends: Twilio, "TaskQueue Statistics" and "Task lifecycle and
state".
"""

from __future__ import annotations

from typing import Final

import numpy as np

from trsim.analysis.kpi import Fraction, Kind, Kpi, Measure, number, ratio, seconds
from trsim.analysis.sample import Sample
from trsim.analysis.steps import WORKFLOW_ENDS
from trsim.core.states import REMOVED, Reason, TaskStatus

_OPEN = (TaskStatus.PENDING, TaskStatus.RESERVED, TaskStatus.ASSIGNED, TaskStatus.WRAPPING)


def _offered(sample: Sample) -> Fraction:
    return number(len(sample.tasks))


def _refused(sample: Sample) -> Fraction:
    return number(sample.refused)


def _assigned(sample: Sample) -> Fraction:
    return number(np.count_nonzero(sample.tasks.assigned_ms >= 0))


def _ending(*statuses: int) -> Measure:
    def measure(sample: Sample) -> Fraction:
        return number(np.count_nonzero(np.isin(sample.tasks.status, statuses)))

    return measure


def _canceled_for(reason: Reason) -> Measure:
    def measure(sample: Sample) -> Fraction:
        return number(np.count_nonzero(sample.tasks.reason == reason))

    return measure


def _silently_canceled(sample: Sample) -> Fraction:
    ends = np.count_nonzero(np.isin(sample.tasks.reason, WORKFLOW_ENDS))
    return ratio(ends, len(sample.tasks))


def _talk_time(sample: Sample) -> Fraction:
    tasks = sample.tasks
    wrapped = tasks.wrapping_ms >= 0
    straight = ~wrapped & (tasks.status == TaskStatus.COMPLETED)
    talked = (tasks.wrapping_ms - tasks.assigned_ms)[wrapped].sum()
    talked += (tasks.ended_ms - tasks.assigned_ms)[straight].sum()
    return seconds(talked, np.count_nonzero(wrapped | straight))


def _wrap_up_time(sample: Sample) -> Fraction:
    tasks = sample.tasks
    done = (tasks.wrapping_ms >= 0) & (tasks.status == TaskStatus.COMPLETED)
    return seconds((tasks.ended_ms - tasks.wrapping_ms)[done].sum(), np.count_nonzero(done))


def _handle_time(sample: Sample) -> Fraction:
    tasks = sample.tasks
    done = tasks.status == TaskStatus.COMPLETED
    return seconds((tasks.ended_ms - tasks.assigned_ms)[done].sum(), np.count_nonzero(done))


def _count(name: str, text: str, formula: str, measure: Measure) -> Kpi:
    return Kpi(name, "tasks", Kind.AVERAGED, text, formula, measure)


def _cause(reason: Reason, text: str) -> Kpi:
    formula = f"number of task.canceled with reason {reason.label}"
    return _count(f"canceled_{reason.label}", text, formula, _canceled_for(reason))


def _still(status: TaskStatus, text: str) -> Kpi:
    formula = f"number of tasks that are {status.label} at the horizon"
    return _count(f"open_{status.label}", text, formula, _ending(status))


def _duration(name: str, text: str, formula: str, measure: Measure) -> Kpi:
    return Kpi(name, "s", Kind.POOLED, text, formula, measure)


TASK_KPIS: Final = (
    _count(
        "offered",
        "Tasks created; refused ones are not among them.",
        "number of task.created",
        _offered,
    ),
    _count(
        "refused",
        "Tasks that no filter of their workflow took, so that they were never created.",
        "number of task.refused",
        _refused,
    ),
    _count(
        "assigned",
        "Offered tasks that a worker accepted, whatever became of them.",
        "number of tasks with a reservation.accepted",
        _assigned,
    ),
    _count(
        "completed",
        "Offered tasks that were completed.",
        "number of task.completed",
        _ending(TaskStatus.COMPLETED),
    ),
    _count(
        "canceled",
        "Offered tasks that ended before assignment, for any cause.",
        "number of task.canceled",
        _ending(TaskStatus.CANCELED),
    ),
    _cause(Reason.HANGUP, "Abandoned: the customer gave up before assignment."),
    _cause(Reason.OPERATOR, "Canceled by an operator."),
    _cause(Reason.TTL, "Canceled at the end of their time to live."),
    _cause(Reason.WORKFLOW_TIMEOUT, "Canceled when the last target of the workflow timed out."),
    _cause(Reason.WORKFLOW_SKIPPED, "Canceled when the last target of the workflow was skipped."),
    _cause(
        Reason.NO_MATCHING_FILTER,
        "Canceled when they were evaluated again and no filter matched; refused ones are apart.",
    ),
    _cause(Reason.ASSIGNMENT_LIMIT, "Canceled after as many offers as the workspace allows."),
    _cause(
        Reason.TTL_OR_ASSIGNMENT_LIMIT,
        "Canceled for either, where the workspace gives one reason for both.",
    ),
    _cause(Reason.ROUTING_TARGET, "Routed directly, and not reserved in time."),
    Kpi(
        "silently_canceled",
        "share",
        Kind.POOLED,
        "Share of offered tasks that the end of their workflow canceled, which nobody is told of.",
        "(canceled_workflow_timeout + canceled_workflow_skipped) / offered",
        _silently_canceled,
    ),
    _count(
        "removed",
        "Offered tasks that were removed before they were completed or canceled.",
        "number of task.deleted and task.system-deleted of open tasks",
        _ending(REMOVED),
    ),
    _count(
        "open",
        "Offered tasks neither completed, canceled nor removed at the horizon.",
        "offered - completed - canceled - removed",
        _ending(*_OPEN),
    ),
    _still(TaskStatus.PENDING, "Tasks that wait at the horizon, nobody being asked."),
    _still(TaskStatus.RESERVED, "Tasks that wait at the horizon while somebody is asked."),
    _still(TaskStatus.ASSIGNED, "Tasks being worked on at the horizon."),
    _still(TaskStatus.WRAPPING, "Tasks in wrap-up at the horizon."),
    _duration(
        "mean_talk_time",
        "Mean talk time of tasks whose conversation is over.",
        "sum of (wrapping, or completed without wrap-up, - assigned) / number of those tasks",
        _talk_time,
    ),
    _duration(
        "mean_wrap_up_time",
        "Mean wrap-up time of tasks that went through wrap-up.",
        "sum of (completed - wrapping) / number of completed tasks that were wrapping",
        _wrap_up_time,
    ),
    _duration(
        "mean_handle_time",
        "Mean of talk and wrap-up time together, over completed tasks.",
        "sum of (completed - assigned) / completed",
        _handle_time,
    ),
)
