"""Reference cases as scenarios: one builder for each model."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Params = Mapping[str, Any]
Content = dict[str, Any]
"""A scenario as a dictionary of the file's shape."""

SHIPPED = Path(__file__).parents[2] / "scenarios"
SECOND_CLASS = 1
"""Place of the second class in its pair."""


def seconds(value: float) -> str:
    """Return a duration as it is written."""
    return f"{value:.6f}s"


def exponential(mean: float) -> Content:
    return {"distribution": "exponential", "mean": seconds(mean)}


def poisson(rate: float, until: float | None = None) -> Content:
    """Return Poisson arrivals at a rate [1/s], up to an instant [s] or for ever."""
    text = f"{86_400 * rate:.6f}/d"
    if until is None:
        return {"process": "poisson", "rate": text}
    steps = [{"from": "0s", "rate": text}, {"from": seconds(until), "rate": "0/h"}]
    return {"process": "poisson", "rates": steps}


def handling(params: Params) -> Content:
    """Return the law of the handling time: exponential unless a variation is given."""
    mean, cv2 = params["handle"], params.get("handle_cv2", 1.0)
    if cv2 == 0:
        return {"distribution": "constant", "value": seconds(mean)}
    if cv2 == 1:
        return exponential(mean)
    return {"distribution": "lognormal", "mean": seconds(mean), "cv": cv2**0.5}


def answering(params: Params) -> Content:
    """Return how workers react to offers."""
    answer: Any = "0s"
    if "answer" in params:
        answer = exponential(params["answer"])
    elif "answer_median" in params:
        answer = {
            "distribution": "lognormal",
            "median": seconds(params["answer_median"]),
            "sigma": params["answer_sigma"],
        }
    behavior: Content = {
        "answer_delay": answer,
        "no_answer_probability": params.get("absent", 0.0),
    }
    if "reject_rate" in params:
        behavior["reject_clock"] = exponential(1 / params["reject_rate"])
    if "off" in params:
        behavior["return_delay"] = {"after_timeout": exponential(params["off"])}
    return behavior


def desk(params: Params, span: tuple[float, float]) -> Content:
    """Return one queue and its equal workers, without tasks.

    Workers who miss an offer leave if the case says for how long, else they stay available.
    """
    warm_up, horizon = span
    missed = "Missed" if "off" in params else "Available"
    return {
        "trsim": 1,
        "horizon": seconds(warm_up + horizon),
        "warm_up": seconds(warm_up),
        "workspace": {
            "activities": {"Available": True, "Missed": False},
            "default_activity": "Missed",
            "timeout_activity": missed,
        },
        "task_queues": {"everyone": {"max_reserved_workers": params.get("offers", 1)}},
        "workflows": {
            "front_door": {
                "task_reservation_timeout": f"{params.get('timeout', 60.0):g}s",
                "configuration": {"task_routing": {"default_filter": {"queue": "everyone"}}},
            }
        },
        "behaviors": {"desk": answering(params)},
        "workers": {"agent": {"count": params["n"], "behavior": "desk"}},
        "tasks": {},
        "kpis": {"service_level_threshold": seconds(params.get("t", 20.0))},
    }


def stream(params: Params, number: str = "", **more: Any) -> Content:
    """Return a stream of tasks; ``number`` is the class in the names of rate and patience."""
    result: Content = {
        "arrivals": poisson(params[f"lam{number}"]),
        "talk_time": handling(params),
        "timeout": "14d",
        **more,
    }
    if f"patience{number}" in params:
        result["patience"] = exponential(params[f"patience{number}"])
    if "balk" in params:
        result["balk_probability"] = params["balk"]
    return result


def pool(params: Params, span: tuple[float, float]) -> Content:
    """One class of tasks, equal workers."""
    return {**desk(params, span), "tasks": {"calls": stream(params)}}


def two_classes(params: Params, span: tuple[float, float]) -> Content:
    """Two classes of tasks of one queue; the first goes first."""
    first, second = stream(params, "1", priority=1), stream(params, "2", priority=0)
    return {**desk(params, span), "tasks": {"first": first, "second": second}}


def n_model(params: Params, span: tuple[float, float]) -> Content:
    """Specialists serve the first class, generalists both and the second class first.

    A task of the first class looks for a specialist before all others: its first target has a
    timeout of 1 s, short beside all other times, which are ``slowed``.
    """
    slowed = params["slowed"]
    slow = {
        name: value * slowed for name, value in params.items() if name[:8] in ("handle", "patience")
    }
    slow |= {name: params[name] / slowed for name in ("lam1", "lam2")}
    warm_up, horizon = span
    content = desk({"n": 1}, (slowed * warm_up, slowed * horizon))
    content["task_queues"] = {
        "specialists": {"target_workers": "skill == 'one'"},
        "generalists": {"target_workers": "skill == 'both'"},
        "everyone": {},
    }
    content["workflows"]["front_door"]["configuration"]["task_routing"] = {
        "filters": [
            {
                "expression": "class == 1",
                "targets": [{"queue": "specialists", "timeout": 1}, {"queue": "everyone"}],
            },
            {"expression": "class == 2", "targets": [{"queue": "generalists"}]},
        ]
    }
    content["workers"] = {
        "specialist": {
            "count": params["specialists"],
            "attributes": {"skill": "one"},
            "behavior": "desk",
        },
        "generalist": {
            "count": params["generalists"],
            "attributes": {"skill": "both"},
            "behavior": "desk",
        },
    }
    content["tasks"] = {
        "first": stream(slow, "1", priority=0, attributes={"class": 1}),
        "second": stream(slow, "2", priority=1, attributes={"class": 2}),
    }
    return content


def skills(params: Params, span: tuple[float, float]) -> Content:
    """W3: two skills, urgent tasks, missed and rejected offers, impatience, wrap-up."""
    content = desk({"n": 1, "off": 120.0, "timeout": 15.0, "answer": 5.0, "absent": 0.05}, span)
    content["workspace"]["routing_rules"] = {"idle_key": "since_free"}
    content["behaviors"]["desk"]["reject_probability"] = 0.1
    content["task_queues"] = {skill: {"target_workers": f"skills HAS '{skill}'"} for skill in "AB"}
    content["workflows"]["front_door"]["configuration"]["task_routing"] = {
        "filters": [
            {
                "expression": f"skill == '{skill}' AND urgency == '{urgency}'",
                "targets": [{"queue": skill, "priority": int(urgency == "high")}],
            }
            for skill in "AB"
            for urgency in ("high", "low")
        ]
    }
    content["workers"] = {
        name: {"count": count, "attributes": {"skills": list(name)}, "behavior": "desk"}
        for name, count in (("AB", 70), ("A", 15), ("B", 15))
    }
    calls = stream({"lam": 0.36, "handle": 240.0, "patience": 300.0})
    calls["wrap_up_time"] = exponential(30.0)
    calls["attribute_mix"] = {
        "skill": {"A": 0.5, "B": 0.5},
        "urgency": {"high": 0.2, "low": 0.8},
    }
    content["tasks"] = {"calls": calls}
    return content


def day(params: Params, span: tuple[float, float]) -> Content:
    """A day from empty; the last hour of the span has no arrivals, so that all calls end."""
    content = pool(params, span)
    content["tasks"]["calls"]["arrivals"] = poisson(params["lam"], 3600 * params["hours"])
    return content


def bank(params: Params, span: tuple[float, float]) -> Content:
    """The shipped rebuilding of the published bank."""
    content: Content = YAML(typ="safe").load(SHIPPED / "bank_day.yaml")
    return content


def bank_hours(params: Params, span: tuple[float, float]) -> Content:
    """The same bank without a factor on the day."""
    content = copy.deepcopy(bank(params, span))
    del content["tasks"]["calls"]["arrivals"]["busyness"]
    return content


def growing_staff(params: Params, span: tuple[float, float]) -> Content:
    """Days of five hours with arrivals, each day from empty; who came stays to midnight."""
    timed = {
        "lam": 1.0,
        "handle": 60 * params["handle_min"],
        "patience": 60 * params["patience_min"],
    }
    content = desk({"n": 1}, span)
    content["start"] = "2026-03-02T00:00"
    content["tasks"] = {"calls": stream(timed)}
    content["tasks"]["calls"]["arrivals"] = {
        "process": "poisson",
        "interval": "1h",
        "rates": [f"{rate}/h" for rate in params["rates_per_hour"]],
        "repeat": "24h",
    }
    before, content["workers"] = 0, {}
    for hour, staff in enumerate(params["staff"]):
        if staff > before:
            content["workers"][f"from_{hour}"] = {
                "count": staff - before,
                "behavior": "desk",
                "shifts": [{"from": f"{hour:02}:00", "to": "24:00"}],
            }
        before = staff
    return content


BUILDERS: Mapping[str, Callable[[Params, tuple[float, float]], Content]] = {
    build.__name__: build
    for build in (pool, two_classes, n_model, skills, day, bank, bank_hours, growing_staff)
}
