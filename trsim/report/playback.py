"""A page that plays a run after the fact, and the data in it.

The page is one file without outside addresses; its script folds the events embedded in it by the
table of :mod:`trsim.report.playback_kinds`.

The data is one JSON object.  ``events`` is a flat list of integers: for each event the time since
the one before [ms] (since ``from_ms`` for the first), its kind, and the values of the kind's
fields.  Tasks and offers are written as distance from the newest one, because that takes fewer
digits.  ``opening`` is the scene just before ``from_ms``.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, takewhile
from typing import Any, Final

from trsim.analysis.wait_kpis import SERVICE_LEVELS
from trsim.core.states import Reason
from trsim.errors import UsageError
from trsim.eventlog import EventLog, Names
from trsim.report.playback_kinds import KINDS
from trsim.report.playback_scene import LIVE_OFFER, LIVE_TASK, Scene
from trsim.report.playback_steps import Step, steps
from trsim.report.wording import Clock, printable

MOST_BYTES: Final = 2_000_000
"""Greatest size of a page; what does not fit is cut off at its end, and the page says so."""
GENERATOR: Final = "trsim playback"
"""How a page tells that it is one of ours."""

_ONE_MS = 1000
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a playback needs to know of a run beside its log.

    Attributes
    ----------
    title : str
        Name of the scenario.
    start : str or None
        Wall-clock label of time 0, ISO 8601.
    horizon_ms : int
        End of the run [ms].
    warm_up_ms : int
        Tasks created earlier do not count for the service level [ms].
    threshold_ms : int
        Longest wait that counts as in time [ms].
    service_level : str
        A definition of :data:`trsim.analysis.wait_kpis.SERVICE_LEVELS`.
    off_activities : tuple of int
        Activities of workers outside their shifts.
    """

    title: str
    start: str | None
    horizon_ms: int
    warm_up_ms: int
    threshold_ms: int
    service_level: str = "offered"
    off_activities: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Playback:
    """What a page shows.

    Attributes
    ----------
    data : dict
        What is embedded in the page.
    from_ms : int
        Begin of what it shows [ms].
    to_ms : int
        Its end, from which on nothing is shown [ms].
    n_events : int
        Number of its events.
    remarks : tuple of str
        What the page leaves out, if anything; the page shows them.
    """

    data: dict[str, Any]
    from_ms: int
    to_ms: int
    n_events: int
    remarks: tuple[str, ...]

    def page(self) -> str:
        """Return the page, an HTML document."""
        return _page(self.data)


def playback(
    log: EventLog,
    occasion: Occasion,
    *,
    from_ms: int = 0,
    to_ms: int | None = None,
    most_bytes: int = MOST_BYTES,
) -> Playback:
    """Return what a page shows of a run.

    Parameters
    ----------
    log : EventLog
        The run.
    occasion : Occasion
        Its circumstances.
    from_ms : int
        Begin of what is shown, >= 0 [ms].
    to_ms : int, optional
        Its end, > ``from_ms`` and <= the horizon [ms]; events at this instant are not shown.
        Left out: the horizon.
    most_bytes : int
        Greatest size of the page.  Where the events do not fit, those of the last instants are
        left out, and a remark says so.

    Raises
    ------
    UsageError
        The times are out of bounds.
    """
    horizon_ms = occasion.horizon_ms
    end_ms = horizon_ms if to_ms is None else to_ms
    if not 0 <= from_ms < end_ms <= horizon_ms:
        raise UsageError(
            f"a playback begins before it ends, and both lie within the run's {horizon_ms} ms; "
            f"from_ms is {from_ms} and to_ms {end_ms}"
        )
    scene = Scene(
        len(log.names.workers),
        warm_up_ms=occasion.warm_up_ms,
        threshold_ms=occasion.threshold_ms,
    )
    happened = takewhile(lambda step: step.at_ms < end_ms, steps(log.rows()))
    shown: Iterator[Step] = iter(())
    for step in happened:
        if step.at_ms >= from_ms:
            shown = chain((step,), happened)
            break
        scene.apply(step)
    data = _frame(log.names, occasion, scene)
    # A remark that says where the page was cut takes some hundred bytes as well.
    room = most_bytes - len(_page(data).encode()) - 500
    events, n_events, cut_ms = _encoded(shown, from_ms, scene, room)
    clock = Clock.for_instants(occasion.start, [from_ms, end_ms, cut_ms or 0, horizon_ms])
    remarks = tuple(_remarks(clock, (from_ms, end_ms), cut_ms, horizon_ms))
    end_ms = end_ms if cut_ms is None else cut_ms
    data |= {"from_ms": from_ms, "to_ms": end_ms, "remarks": remarks, "events": events}
    return Playback(data, from_ms, end_ms, n_events, remarks)


def _frame(names: Names, occasion: Occasion, opening: Scene) -> dict[str, Any]:
    """Return the data of a page without its events."""
    start = None if occasion.start is None else datetime.fromisoformat(occasion.start)
    formula, meaning = SERVICE_LEVELS[occasion.service_level]
    kinds = ("activities", "channels", "queues", "workflows", "workers", "streams")
    return {
        "title": printable(occasion.title),
        # The script reads labels off this number as if it were UTC: no zone enters.
        "start_ms": None
        if start is None
        else round((start.replace(tzinfo=None) - _EPOCH).total_seconds() * _ONE_MS),
        "from_ms": 0,
        "to_ms": 0,
        "horizon_ms": occasion.horizon_ms,
        "warm_up_ms": occasion.warm_up_ms,
        "threshold_ms": occasion.threshold_ms,
        "service_level": [occasion.service_level, formula, meaning],
        "names": {kind: [printable(name) for name in getattr(names, kind)] for kind in kinds},
        "available": [int(is_available) for is_available in names.available],
        "off": list(occasion.off_activities),
        "reasons": [reason.text for reason in Reason],
        "live": {"task": LIVE_TASK, "offer": LIVE_OFFER},
        "kinds": [kind._asdict() for kind in KINDS],
        "remarks": (),
        "opening": opening.as_dict(),
        "events": (),
    }


def _encoded(
    shown: Iterable[Step], from_ms: int, opening: Scene, room: int
) -> tuple[list[int], int, int | None]:
    """Return the events as integers, their number, and where they were cut [ms], if they were.

    A page is cut between two instants, never inside one.
    """
    events: list[int] = []
    instant_ms, instant_length, instant_events, n_events = from_ms, 0, 0, 0
    newest = {"task": opening.newest_task, "offer": opening.newest_offer}
    for step in shown:
        if step.at_ms > instant_ms:
            instant_length, instant_events = len(events), n_events
        kind = KINDS[step.kind]
        if kind.makes:
            newest[kind.makes] += 1
        values = [step.at_ms - instant_ms, step.kind]
        values += [
            newest[field] - value if field in newest else value
            for field, value in zip(kind.fields, step.values, strict=True)
        ]
        instant_ms = step.at_ms
        room -= sum(len(str(value)) + 1 for value in values)
        if room < 0:
            return events[:instant_length], instant_events, step.at_ms
        events += values
        n_events += 1
    return events, n_events, None


def _remarks(
    clock: Clock, span: tuple[int, int], cut_ms: int | None, horizon_ms: int
) -> Iterable[str]:
    """Yield what a page leaves out of the run."""
    from_ms, to_ms = span
    if span != (0, horizon_ms):
        yield (
            f"This is {clock.label(from_ms)} to {clock.label(to_ms)} of a run that goes on from "
            f"{clock.label(0)} to {clock.label(horizon_ms)}; the counters begin with the run."
        )
    if cut_ms is not None:
        yield (
            f"Cut off: what happened from {clock.label(cut_ms)} on did not fit into one page. "
            f"A page made with --from shows it."
        )


def _page(data: dict[str, Any]) -> str:
    """Return a page with its data."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.from_string(_part("playback.html")).render(
        title=data["title"],
        generator=GENERATOR,
        style=Markup(_part("playback.css")),
        scripts=[Markup(_part(name)) for name in ("playback_scene.js", "playback.js")],
        data=Markup(script_json(data)),
    )


def script_json(data: object) -> str:
    r"""Return JSON that can stand inside a script element, whatever the texts in it are.

    Examples
    --------
    >>> print(script_json({"name": "</script>"}))
    {"name":"\u003c/script\u003e"}
    """
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # These characters occur inside of JSON's texts only, and could end the element.
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@cache
def _part(name: str) -> str:
    """Return a part of the page, as it is shipped."""
    return (importlib.resources.files("trsim.report") / "pages" / name).read_text("utf-8")
