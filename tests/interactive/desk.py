"""A desk whose waits can be worked out by hand.

Calls come at 0 s and 10 s.  A worker answers 4 s after being asked and talks for 60 s.  With one
worker the first call waits 4 s; the second one is offered when the worker is free again, at 64 s,
so it waits 58 s.  With two workers both wait 4 s.
"""

from __future__ import annotations

from typing import Any

from trsim.scenario.load import Scenario

TIMEOUT = "workflows.front_door.task_reservation_timeout"
COUNT = "workers.desk.count"
NO_ANSWER = "behaviors.phone.no_answer_probability"


def desk(**sections: Any) -> Scenario:
    """Return the desk, with some sections of its file replaced."""
    targets = [{"queue": "everyone"}]
    filters = [{"filter_friendly_name": "All", "expression": "1==1", "targets": targets}]
    data: dict[str, Any] = {
        "trsim": 1,
        "name": "Desk <1>",
        "horizon": "5m",
        "seed": 3,
        "task_queues": {"everyone": {"target_workers": "1==1"}},
        "workflows": {
            "front_door": {
                "task_reservation_timeout": "20s",
                "configuration": {"task_routing": {"filters": filters}},
            }
        },
        "behaviors": {"phone": {"answer_delay": "4s", "no_answer_probability": "0%"}},
        "workers": {"desk": {"count": 1, "behavior": "phone"}},
        "tasks": {"calls": {"arrivals": {"process": "at", "times": ["0s", "10s"]}, **TALK}},
    }
    return Scenario.from_dict({**data, **sections})


TALK: dict[str, Any] = {"talk_time": "60s"}


def streams(**arrivals: Any) -> dict[str, Any]:
    """Return a section of tasks with a stream of Poisson arrivals for each name."""
    return {
        name: {"arrivals": {"process": "poisson", **law}, **TALK} for name, law in arrivals.items()
    }
