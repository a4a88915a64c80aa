"""Parts of waits as key figures; :mod:`tests.analysis.test_attribution` tells the story.

Of two calls the first one rings 4 s.  The second one waits 20 s in the target of Ann, who is busy,
although Bob in the next target is free, and then rings 4 s at Bob's.
"""

from __future__ import annotations

import pytest

import trsim
from tests.analysis.test_attribution import desk, stream
from trsim.analysis.kpis import CAUSES, share_name


def test_parts_are_means_over_tasks_and_shares_of_all_waiting() -> None:
    table = trsim.run(desk()).kpis()
    assert table["wait_per_task"].estimate == (4 + 24) / 2
    seconds = {name: table[name].estimate for name in CAUSES}
    assert seconds == {
        "wait_ringing": (4 + 4) / 2,
        "wait_set_up": 0,
        "wait_lost_offers": 0,
        "wait_for_deadline": 20 / 2,
        "wait_nobody_free": 0,
        "wait_held_back": 0,
    }
    assert table["wait_ringing_share"].estimate == 8 / 28
    assert table["wait_for_deadline_share"].estimate == 20 / 28


def test_queues_and_streams_have_their_own() -> None:
    tasks = {"calls": stream(0, 10), "late": stream(150)}
    result = trsim.run(desk(tasks=tasks))
    by_queue = result.by_queue().set_index(["queue", "kpi"])["estimate"]
    # The whole wait of the second call counts in the queue where it ended.
    assert by_queue["first", "wait_per_task"] == (4 + 4) / 2
    assert by_queue["second", "wait_for_deadline"] == 20
    by_stream = result.by_stream().set_index(["stream", "kpi"])["estimate"]
    assert by_stream["calls", "wait_for_deadline_share"] == 20 / 28
    assert by_stream["late", "wait_ringing_share"] == 1


def test_only_tasks_after_the_warm_up_are_counted() -> None:
    table = trsim.run(desk()).kpis(warm_up_s=5)
    assert table["wait_per_task"].estimate == 24
    assert table["wait_ringing"].estimate == 4


def test_a_wait_that_goes_on_counts_up_to_the_horizon() -> None:
    table = trsim.run(desk(), until_s=15).kpis()
    assert table["wait_per_task"].estimate == (4 + 5) / 2
    assert table["wait_for_deadline"].estimate == 5 / 2
    assert table["mean_wait"].estimate == 4


def test_replications_have_intervals() -> None:
    tasks = {"calls": stream(0, talk_time={"distribution": "exponential", "mean": "1m"})}
    study = trsim.replicate(desk(tasks=tasks), replications=3)
    value = study.kpis()["wait_ringing"]
    assert (value.estimate, value.half_width, value.n) == (4, 0, 3)


def test_without_tasks_there_is_no_figure() -> None:
    table = trsim.run(desk(tasks={})).kpis()
    for name in CAUSES:
        assert table[name].estimate is None
        assert table[share_name(name)].estimate is None


@pytest.mark.parametrize("name", CAUSES)
def test_each_part_says_what_it_is(name: str) -> None:
    table = trsim.run(desk()).kpis()
    assert "wait" in table[name].definition.text
    assert name in table[share_name(name)].definition.text
