"""Three calls at one worker, worked out by hand for two speeds of answering.

Calls come after 10, 11 and 12 minutes, the worker talks 2 minutes and there is no wrap-up.

====================  =====================  =====================
answers after         4 s                    6 s
====================  =====================  =====================
first call  (600 s)   accepted at 604        606
second call (660 s)   offered 724, acc. 728  offered 726, acc. 732
third call  (720 s)   offered 848, acc. 852  offered 852, acc. 858
waits                 4, 68, 132 s           6, 72, 138 s
mean wait             68 s                   72 s
ringing               4 s a call             6 s a call
nobody free           64 s a call            66 s a call
====================  =====================  =====================
"""

from __future__ import annotations

from trsim.model import Model
from trsim.scenario.load import Scenario


def calls(answer_delay: str = "4s", **changes: object) -> Model:
    """Return the model; changes are keys of the scenario."""
    return Scenario.from_dict(
        {
            "trsim": 1,
            "name": "Three calls",
            "horizon": "1h",
            "task_queues": {"support": {"target_workers": "1==1"}},
            "workflows": {
                "front_door": {
                    "configuration": {"task_routing": {"default_filter": {"queue": "support"}}}
                }
            },
            "behaviors": {"phone": {"answer_delay": answer_delay}},
            "workers": {"Ann": {"behavior": "phone"}},
            "tasks": {
                "calls": {
                    "workflow": "front_door",
                    "arrivals": {"process": "at", "times": ["10m", "11m", "12m"]},
                    "talk_time": "2m",
                }
            },
            **changes,
        }
    ).compile()
