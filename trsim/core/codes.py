"""The enums as plain integers, for the engine.

Reading a member through its enum costs ten times a module's name, and the rules read members all
the time.  The enums stay the definition; nothing is defined here.
"""

from __future__ import annotations

from typing import Final

from trsim.core.events import EventType
from trsim.core.ordering import DeadlineClass
from trsim.core.states import ReservationStatus, ReservationStep, TaskStatus, TaskStep

TASK_PENDING: Final = int(TaskStatus.PENDING)
TASK_RESERVED: Final = int(TaskStatus.RESERVED)
TASK_ASSIGNED: Final = int(TaskStatus.ASSIGNED)
TASK_WRAPPING: Final = int(TaskStatus.WRAPPING)
TASK_COMPLETED: Final = int(TaskStatus.COMPLETED)
TASK_CANCELED: Final = int(TaskStatus.CANCELED)

RESERVATION_PENDING: Final = int(ReservationStatus.PENDING)
RESERVATION_ACCEPTED: Final = int(ReservationStatus.ACCEPTED)

STEP_RESERVE: Final = int(TaskStep.RESERVE)
STEP_ASSIGN: Final = int(TaskStep.ASSIGN)
STEP_WRAP_UP: Final = int(TaskStep.WRAP_UP)
STEP_COMPLETE: Final = int(TaskStep.COMPLETE)
STEP_CANCEL: Final = int(TaskStep.CANCEL)
STEP_DELETE: Final = int(TaskStep.DELETE)
STEP_EXPIRE: Final = int(TaskStep.EXPIRE)
STEP_PURGE: Final = int(TaskStep.PURGE)

MOVE_ACCEPT: Final = int(ReservationStep.ACCEPT)
MOVE_REJECT: Final = int(ReservationStep.REJECT)
MOVE_TIME_OUT: Final = int(ReservationStep.TIME_OUT)
MOVE_CANCEL: Final = int(ReservationStep.CANCEL)
MOVE_RESCIND: Final = int(ReservationStep.RESCIND)
MOVE_WRAP_UP: Final = int(ReservationStep.WRAP_UP)
MOVE_COMPLETE: Final = int(ReservationStep.COMPLETE)

EVENT_TASK_CREATED: Final = int(EventType.TASK_CREATED)
EVENT_WORKFLOW_ENTERED: Final = int(EventType.WORKFLOW_ENTERED)
EVENT_WORKFLOW_TARGET_MATCHED: Final = int(EventType.WORKFLOW_TARGET_MATCHED)
EVENT_TASK_QUEUE_ENTERED: Final = int(EventType.TASK_QUEUE_ENTERED)
EVENT_TASK_QUEUE_TIMEOUT: Final = int(EventType.TASK_QUEUE_TIMEOUT)
EVENT_TASK_QUEUE_MOVED: Final = int(EventType.TASK_QUEUE_MOVED)
EVENT_WORKFLOW_TIMEOUT: Final = int(EventType.WORKFLOW_TIMEOUT)
EVENT_RESERVATION_CREATED: Final = int(EventType.RESERVATION_CREATED)
EVENT_RESERVATION_ACCEPTED: Final = int(EventType.RESERVATION_ACCEPTED)
EVENT_RESERVATION_REJECTED: Final = int(EventType.RESERVATION_REJECTED)
EVENT_RESERVATION_TIMEOUT: Final = int(EventType.RESERVATION_TIMEOUT)
EVENT_RESERVATION_CANCELED: Final = int(EventType.RESERVATION_CANCELED)
EVENT_RESERVATION_RESCINDED: Final = int(EventType.RESERVATION_RESCINDED)
EVENT_RESERVATION_WRAPUP: Final = int(EventType.RESERVATION_WRAPUP)
EVENT_RESERVATION_COMPLETED: Final = int(EventType.RESERVATION_COMPLETED)
EVENT_TASK_WRAPUP: Final = int(EventType.TASK_WRAPUP)
EVENT_TASK_COMPLETED: Final = int(EventType.TASK_COMPLETED)
EVENT_TASK_UPDATED: Final = int(EventType.TASK_UPDATED)
EVENT_TASK_CANCELED: Final = int(EventType.TASK_CANCELED)
EVENT_TASK_DELETED: Final = int(EventType.TASK_DELETED)
EVENT_TASK_SYSTEM_DELETED: Final = int(EventType.TASK_SYSTEM_DELETED)
EVENT_TASK_PURGED: Final = int(EventType.TASK_PURGED)
EVENT_TASK_REFUSED: Final = int(EventType.TASK_REFUSED)
EVENT_WORKER_CREATED: Final = int(EventType.WORKER_CREATED)
EVENT_WORKER_ACTIVITY_UPDATE: Final = int(EventType.WORKER_ACTIVITY_UPDATE)
EVENT_WORKER_ATTRIBUTES_UPDATE: Final = int(EventType.WORKER_ATTRIBUTES_UPDATE)
EVENT_WORKER_CAPACITY_UPDATE: Final = int(EventType.WORKER_CAPACITY_UPDATE)
EVENT_WORKER_CHANNEL_AVAILABILITY_UPDATE: Final = int(EventType.WORKER_CHANNEL_AVAILABILITY_UPDATE)
EVENT_RESERVATION_ON_HOLD: Final = int(EventType.RESERVATION_ON_HOLD)
EVENT_RESERVATION_FAILED: Final = int(EventType.RESERVATION_FAILED)
EVENT_TASK_QUEUE_EXPRESSION_UPDATED: Final = int(EventType.TASK_QUEUE_EXPRESSION_UPDATED)
EVENT_TASK_QUEUE_UPDATED: Final = int(EventType.TASK_QUEUE_UPDATED)
EVENT_WORKFLOW_UPDATED: Final = int(EventType.WORKFLOW_UPDATED)
EVENT_WORKFLOW_REEVALUATED: Final = int(EventType.WORKFLOW_REEVALUATED)
EVENT_WORKFLOW_SKIPPED: Final = int(EventType.WORKFLOW_SKIPPED)

DEADLINE_RESERVATION: Final = int(DeadlineClass.RESERVATION)
DEADLINE_TARGET: Final = int(DeadlineClass.TARGET)
DEADLINE_TTL: Final = int(DeadlineClass.TTL)
DEADLINE_EXPIRY: Final = int(DeadlineClass.EXPIRY)
DEADLINE_PURGE: Final = int(DeadlineClass.PURGE)
DEADLINE_REOFFER: Final = int(DeadlineClass.REOFFER)
DEADLINE_DIRECT: Final = int(DeadlineClass.DIRECT)
DEADLINE_ROUTING: Final = int(DeadlineClass.ROUTING)
