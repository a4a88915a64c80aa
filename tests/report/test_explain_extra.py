"""One more task in a model: what it is like, and that it changes nothing but what it does."""

from __future__ import annotations

from typing import Any

import pytest

import trsim
from tests.report.explain_desk import flow, scenario, stream
from trsim.core.events import EventType
from trsim.errors import UsageError
from trsim.model import Model
from trsim.report.explain_extra import ExtraTask, with_task

POISSON = {"process": "poisson", "rate": "60/h"}
LAW = {"distribution": "exponential", "mean": "1m"}


def model(**sections: Any) -> Model:
    """Return a model with three streams in two workflows."""
    streams = {
        "billing": stream(arrivals=POISSON, attributes={"product": "billing"}, patience=LAW),
        "sales": stream(arrivals=POISSON, attributes={"product": "sales"}, priority=4),
        "chats": stream(
            arrivals=POISSON,
            attributes={"product": "sales"},
            task_channel="chat",
            workflow="second",
        ),
    }
    for name in ("billing", "sales"):
        streams[name]["workflow"] = "main"
    filters = [{"expression": "1==1", "targets": [{"queue": "all"}]}]
    workflows = {**flow(filters), "second": flow(filters)["main"]}
    data = scenario(workflows=workflows, tasks=streams, **sections)
    return trsim.Scenario.from_dict(data).compile()


@pytest.mark.parametrize(
    ("wanted", "like"),
    [
        ({"attributes": {"product": "sales"}}, "sales"),
        ({"attributes": {"product": "sales"}, "workflow": "second"}, "chats"),
        ({"attributes": {"product": "sales"}, "channel": "chat"}, "chats"),
        ({"attributes": {"product": "other"}}, "billing"),
    ],
    ids=["attributes", "workflow", "channel", "the first of equals"],
)
def test_the_task_follows_the_laws_of_the_stream_most_like_it(
    wanted: dict[str, Any], like: str
) -> None:
    extended = with_task(model(), ExtraTask(at_ms=1_000, **wanted))
    assert extended.remarks == (
        f"An additional task; patience, talk time and the like as in {like}.",
    )


def test_the_task_is_created_as_it_was_described() -> None:
    wanted = ExtraTask({"product": "new"}, 30_000, "main", "chat", 9)
    extended = with_task(model(), wanted)
    rows = trsim.run(extended.model).log.rows()
    created = next(row for row in rows if row.stream == extended.stream)
    names = [channel.name for channel in extended.model.spec.channels]
    assert (created.at_ms, created.number, created.priority) == (30_000, 0, 9)
    assert names[created.channel] == "chat"
    plan = extended.model.routing.plan
    assert plan.attribute_sets[created.attributes] == {"product": "new"}


def test_the_priority_is_that_of_the_stream_unless_it_is_given() -> None:
    extended = with_task(model(), ExtraTask({"product": "sales"}, 0))
    assert extended.model.world.streams[-1].priority == 4


def test_known_attributes_get_no_second_number() -> None:
    before = model()
    extended = with_task(before, ExtraTask({"product": "billing"}, 0))
    assert extended.model.routing.plan.attribute_sets == before.routing.plan.attribute_sets


def test_all_other_customers_stay_as_they_are() -> None:
    before = model()
    extended = with_task(before, ExtraTask({"product": "billing"}, 60_000)).model
    arrived = [
        [
            (row.at_ms, row.stream, row.number, row.attributes)
            for row in trsim.run(one).log.rows()
            if row.event == EventType.TASK_CREATED and row.stream < 3
        ]
        for one in (before, extended)
    ]
    assert arrived[0] == arrived[1]
    assert len(arrived[0]) > 10


def test_a_second_stream_of_the_name_is_avoided() -> None:
    data = scenario(tasks={"explained": stream()})
    extended = with_task(trsim.Scenario.from_dict(data).compile(), ExtraTask({}, 0))
    assert [one.name for one in extended.model.world.streams] == ["explained", "explained'"]


def test_recorded_talk_times_are_not_invented() -> None:
    trace = {"process": "trace", "rows": [{"at": "1s", "talk_time": "30s"}]}
    data = scenario(tasks={"calls": {"task_channel": "voice", "arrivals": trace}})
    extended = with_task(trsim.Scenario.from_dict(data).compile(), ExtraTask({}, 0))
    assert extended.remarks[1] == (
        "Talks of calls are recorded one by one: this one takes no time."
    )


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"workflow": "mian"}, "there is no workflow 'mian' .*did you mean 'main'"),
        ({"channel": "voicce"}, "there is no task channel 'voicce' .*did you mean 'voice'"),
        ({"at_ms": 600_000}, "within the run"),
    ],
    ids=["workflow", "channel", "instant"],
)
def test_what_is_not_there_is_refused(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        with_task(model(), ExtraTask(**{"attributes": {}, "at_ms": 0, **wanted}))
