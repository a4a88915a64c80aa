"""TaskRouter's own statistics, in its own names, as pure functions of an event log.

Cumulative statistics count what happened in a window of time; real-time statistics describe the
state at an instant.  Both say what TaskRouter's REST interface would have answered, so they round
to whole seconds and know neither warm-up nor intervals; for judging a scenario there are the KPIs
of :mod:`trsim.analysis`.  ``docs/statistics.md`` lists every field.

Sources: Twilio, "Workspace Statistics", "TaskQueue Statistics", "Workflow Statistics" and "Worker
Statistics" resources.
"""

from trsim.statistics.cumulative import (
    TaskQueueCumulativeStatistics,
    WorkersCumulativeStatistics,
    WorkflowCumulativeStatistics,
    WorkspaceCumulativeStatistics,
    task_queue_cumulative,
    worker_cumulative,
    workers_cumulative,
    workflow_cumulative,
    workspace_cumulative,
)
from trsim.statistics.membership import members_at
from trsim.statistics.realtime import (
    TaskQueueRealTimeStatistics,
    WorkersRealTimeStatistics,
    WorkflowRealTimeStatistics,
    WorkspaceRealTimeStatistics,
    task_queue_real_time,
    workers_real_time,
    workflow_real_time,
    workspace_real_time,
)
from trsim.statistics.shape import (
    ActivityDuration,
    ActivityStatistic,
    SplitCounts,
    SplitSides,
    WaitDuration,
)
from trsim.statistics.window import EPOCH, Query, Window

__all__ = [
    "EPOCH",
    "ActivityDuration",
    "ActivityStatistic",
    "Query",
    "SplitCounts",
    "SplitSides",
    "TaskQueueCumulativeStatistics",
    "TaskQueueRealTimeStatistics",
    "WaitDuration",
    "Window",
    "WorkersCumulativeStatistics",
    "WorkersRealTimeStatistics",
    "WorkflowCumulativeStatistics",
    "WorkflowRealTimeStatistics",
    "WorkspaceCumulativeStatistics",
    "WorkspaceRealTimeStatistics",
    "members_at",
    "task_queue_cumulative",
    "task_queue_real_time",
    "worker_cumulative",
    "workers_cumulative",
    "workers_real_time",
    "workflow_cumulative",
    "workflow_real_time",
    "workspace_cumulative",
    "workspace_real_time",
]
