"""Stories of single tasks, worked out by hand on tiny scenarios."""

from __future__ import annotations

from typing import Any

import pytest

from tests.report.explain_desk import behavior, flow, one, run, scenario, short, stream, told
from trsim.errors import UsageError
from trsim.report.explain import explain, explain_refusal

ALWAYS = "1==1"
THREE = [
    {
        "filter_friendly_name": "Three",
        "expression": ALWAYS,
        "targets": [{"queue": f"q{n}", "timeout": 10} for n in (1, 2, 3)],
    }
]
THREE_QUEUES = {f"q{n}": {"target_workers": f"n == {n}"} for n in (1, 2, 3)}
IN_FIRST = {"Ann": {"behavior": "deaf", "attributes": {"n": 1}}}
AWAY = {"Ann": {"behavior": "phone", "activity": "Break", "attributes": {"n": 1}}}


def rules(**switches: Any) -> dict[str, Any]:
    workspace: dict[str, Any] = scenario()["workspace"]
    return {**workspace, "routing_rules": switches}


def targets(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return flow([{"expression": ALWAYS, "targets": list(given)}], **more)


def test_a_task_that_is_taken_at_once() -> None:
    entries = told(scenario())
    assert short(entries) == [
        (0, "created"),
        (0, "entered"),
        (0, "reserved"),
        (4, "accepted"),
        (64, "completed"),
        (64, "outcome"),
    ]
    assert entries[0].text == "calls/0 is created on channel voice"
    assert entries[0].details == (
        "attributes: none",
        "workflow main, priority 0",
        "time to live: until age 24h",
    )
    assert entries[2].text == "Ann is asked and has 20s to answer; until +00:20.000"
    assert entries[2].details == (
        "2 can be asked: Ann (never asked before), Bob (never asked before)",
        "Ann comes first: 2 are equally idle, and it is the first of them by creation",
    )
    assert entries[3].text == "Ann accepts after 4s (task assigned)"
    assert entries[-1].text == "accepted by Ann after 4s; 1 offer"


def test_deadlines_that_pass_during_an_offer_are_looked_at_when_it_fails() -> None:
    """Case 3 of the lifecycle pages: targets of 10 s each, an offer of 25 s."""
    entries = told(
        scenario(task_queues=THREE_QUEUES, workflows=flow(THREE, "25s"), workers=IN_FIRST)
    )
    assert short(entries) == [
        (0, "created"),
        (0, "entered"),
        (0, "reserved"),
        (25, "missed"),
        (25, "deadline"),
        (25, "entered"),
        (25, "waits"),
        (30, "deadline"),
        (30, "workflow ends"),
        (30, "canceled"),
        (30, "outcome"),
    ]
    assert one(entries, "missed").text == (
        "Ann did not answer within 25s; Ann goes to Missed and is not available"
    )
    assert one(entries, "deadline", 25).text == (
        "target 1 of 3 of filter Three times out at age 10s (+00:10.000): the deadline passed "
        "while the task was reserved, and is looked at now, at age 25s"
    )
    third = one(entries, "entered", 25)
    assert third.text == (
        "enters target 3 of 3 of filter Three: queue q3, until age 30s (+00:30.000)"
    )
    assert third.details == (
        "target 2 of 3 of filter Three (queue q2) is passed over: its deadline was age 20s",
        "deadline: 10s + 10s + 10s = age 30s",
    )
    assert one(entries, "canceled").text == (
        "the workflow has timed out: canceled with 'Task canceled on Workflow timeout'"
    )
    assert entries[-1].text == "not accepted, ended after 30s; 1 offer, missed"


def test_targets_behind_the_last_deadline_are_named_when_the_workflow_ends() -> None:
    entries = told(
        scenario(task_queues=THREE_QUEUES, workflows=flow(THREE, "35s"), workers=IN_FIRST)
    )
    assert one(entries, "workflow ends", 35).details == (
        "target 2 of 3 of filter Three (queue q2) is passed over: its deadline was age 20s",
        "target 3 of 3 of filter Three (queue q3) is passed over: its deadline was age 30s",
    )


def test_an_offer_that_outlives_the_deadline_and_is_accepted() -> None:
    entries = told(
        scenario(
            task_queues=THREE_QUEUES,
            workflows=flow(THREE, "25s"),
            workers={"Ann": {"behavior": "slow", "attributes": {"n": 1}}},
            behaviors={"slow": behavior({"accept": "12s"})},
        )
    )
    accepted = one(entries, "accepted", 12)
    assert accepted.details == (
        "the target's deadline, age 10s, passed during the offer and has no effect",
    )


def test_advance_sends_a_task_on_after_a_failure() -> None:
    """Case 1a of "Task evaluation", with the offer at 0 s."""
    entries = told(
        scenario(
            workspace=rules(on_reservation_failure="advance"),
            task_queues=THREE_QUEUES,
            workflows=flow(THREE, "5s"),
            workers=IN_FIRST,
        )
    )
    second = one(entries, "entered", 5)
    assert second.details == (
        "a failed offer sends it to the next target (on_reservation_failure: advance)",
        "deadline: 10s + 10s = age 20s",
    )
    one(entries, "canceled", 30)


def test_release_ends_the_offer_at_the_deadline() -> None:
    entries = told(
        scenario(
            workspace=rules(deadline_while_reserved="release"),
            task_queues=THREE_QUEUES,
            workflows=flow(THREE, "25s"),
            workers=IN_FIRST,
        )
    )
    assert one(entries, "offer canceled", 10).text == (
        "Ann is no longer asked: the target's deadline ends the offer "
        "(deadline_while_reserved: release)"
    )
    assert one(entries, "deadline", 10).text == (
        "target 1 of 3 of filter Three times out at age 10s"
    )


def test_a_worker_who_rejects_is_asked_again_until_the_deadline_is_looked_at() -> None:
    """Case 7: rejections at 4, 8, 12 and 16 s in a target of 15 s."""
    entries = told(
        scenario(
            workflows=targets({"queue": "all", "timeout": 15}),
            behaviors={"no": {"answer_delay": "4s", "reject_probability": "100%"}},
            workers={"Ann": {"behavior": "no"}},
        )
    )
    assert [age for age, kind in short(entries) if kind == "rejected"] == [4, 8, 12, 16]
    assert one(entries, "rejected", 4).text == "Ann turns it down after 4s"
    assert one(entries, "reserved", 4).details == ("Ann is the only one who can be asked",)
    assert "looked at now, at age 16s" in one(entries, "deadline", 16).text
    assert entries[-1].text == "not accepted, ended after 16s; 4 offers, all rejected"


def test_another_worker_is_asked_after_a_rejection() -> None:
    entries = told(scenario(behaviors={"phone": behavior({"reject": "3s"})}))
    assert one(entries, "reserved", 3).details == (
        "2 can be asked: Bob (never asked before), Ann (last asked at +00:00.000)",
        "Bob comes first: the only one never asked before",
    )


TWO_QUEUES = {"all": {"target_workers": "n == 1"}, "other": {"target_workers": "n == 2"}}


def test_a_target_that_is_skipped() -> None:
    """Case 8: nobody of the first queue is available; the second deadline is 10 s + 10 s."""
    entries = told(
        scenario(
            task_queues=TWO_QUEUES,
            workflows=targets(
                {"queue": "all", "timeout": 10, "skip_if": "workers.available == 0"},
                {"queue": "other", "timeout": 10},
            ),
            workers=AWAY,
        )
    )
    skipped = one(entries, "skipped", 0)
    assert skipped.text == (
        "skips target 1 of 2 of the filter: skip_if workers.available == 0 is true: "
        "workers.available is 0"
    )
    assert skipped.details == (
        "nobody could be asked at once",
        "1 in Break, which is not available: Ann",
    )
    assert [entry.details for entry in entries if entry.kind.value == "entered"][1] == (
        "deadline: 10s + 10s = age 20s",
    )
    assert entries[-1].age_ms == 20_000


def test_a_target_is_not_skipped_while_all_are_busy() -> None:
    entries = told(
        scenario(
            task_queues=TWO_QUEUES,
            workflows=targets(
                {"queue": "all", "timeout": 10, "skip_if": "workers.available == 0"},
                {"queue": "other"},
            ),
            workers={"Ann": {"behavior": "phone", "attributes": {"n": 1}}},
            tasks={"calls": stream("0s", "1s")},
        ),
        task=1,
    )
    assert one(entries, "waits", 0).details == (
        "1 busy, no capacity left on voice: Ann",
        "skip_if workers.available == 0 is false: workers.available is 1 "
        "(1 worker available, all busy)",
    )


def test_the_default_filter_is_open_after_a_skip() -> None:
    """Case 9: into the default filter at 0 s, canceled by its time to live."""
    entries = told(
        scenario(
            task_queues=TWO_QUEUES,
            workflows=targets(
                {"queue": "all", "skip_if": ALWAYS}, default_filter={"queue": "other"}
            ),
            workers=AWAY,
            tasks={"calls": stream(timeout="60s")},
        )
    )
    assert [entry.details for entry in entries if entry.kind.value == "entered"][1] == (
        "the last target was skipped, so the filter counts as not matched",
        "no filter below matches, so the default filter takes it",
    )
    assert one(entries, "canceled", 60).text == (
        "its time to live is over: canceled with 'Task TTL Exceeded'"
    )


def test_a_task_that_is_skipped_out_of_the_workflow() -> None:
    entries = told(scenario(workflows=targets({"queue": "all", "skip_if": ALWAYS}), workers=AWAY))
    assert [kind for _, kind in short(entries)][2:] == [
        "skipped",
        "workflow ends",
        "canceled",
        "outcome",
    ]


def test_the_next_matching_filter_is_used_after_a_timeout_and_never_the_default() -> None:
    filters = [
        {"filter_friendly_name": name, "expression": expression, "targets": [target]}
        for name, expression, target in (
            ("A", ALWAYS, {"queue": "all", "timeout": 60}),
            ("B", "k == 2", {"queue": "all", "timeout": 60}),
            ("C", "k == 3", {"queue": "all", "timeout": 30}),
        )
    ]
    entries = told(
        scenario(
            workflows=flow(filters, default_filter={"queue": "all"}),
            workers=AWAY,
            tasks={"calls": stream(attributes={"k": 3})},
        )
    )
    assert one(entries, "entered", 60).details == (
        "filter B does not match: k == 2 is false: k is 3",
        "filter C matches: k == 3 is true: k is 3",
        "deadline: 1m (age from which this filter counts) + 30s = age 1m30s",
    )
    assert one(entries, "workflow ends", 90).details == (
        "the default filter is not used after a timeout",
    )


def test_filters_are_tested_from_the_top_with_the_values_they_saw() -> None:
    filters = [
        {"expression": "product == 'billing'", "targets": [{"queue": "all"}]},
        {"expression": "product == 'sales' AND vip == true", "targets": [{"queue": "all"}]},
    ]
    entries = told(
        scenario(
            workflows=flow(filters, default_filter={"queue": "all", "priority": 3}),
            tasks={"calls": stream(attributes={"product": "sales"})},
        )
    )
    entered = one(entries, "entered")
    assert entered.text == "enters the default filter: queue all, sets priority 3, no timeout"
    assert entered.details == (
        "filter 1 of 2 does not match: product == 'billing' is false: product is 'sales'",
        "filter 2 of 2 does not match: product == 'sales' AND vip == true is false: vip is missing",
        "no filter matches, so the default filter takes it",
    )


def test_a_task_routed_to_a_worker() -> None:
    entries = told(
        scenario(
            workers={"Ann": {"behavior": "deaf", "activity": "Break"}},
            tasks={"calls": stream(routing_target={"worker": "Ann"})},
        )
    )
    assert one(entries, "entered").text == (
        "is routed directly to Ann alone, around all filters and queues"
    )
    assert one(entries, "entered").details == ("canceled unless a reservation is made by age 1m",)
    assert one(entries, "reserved", 20).details == (
        "Ann is asked whatever Ann's activity and load are",
    )
    one(entries, "accepted", 24)


def test_a_task_routed_to_a_worker_who_is_away() -> None:
    entries = told(
        scenario(
            workers={**AWAY, "Bob": {"behavior": "phone"}},
            tasks={"calls": stream(routing_target={"worker": "Ann"}, ignore_capacity=False)},
        )
    )
    assert one(entries, "waits", 0).details == ("1 in Break, which is not available: Ann",)
    one(entries, "not reserved", 60)
    assert "RoutingTarget SLA" in one(entries, "canceled", 60).text


def test_a_task_routed_to_a_queue() -> None:
    entries = told(scenario(tasks={"calls": stream(routing_target={"queue": "all"})}))
    assert one(entries, "entered").text == ("is routed directly to queue all, around all filters")
    one(entries, "accepted", 4)


def test_new_attributes_start_the_workflow_again() -> None:
    """Evaluated again at 30 s: the first target of the second filter ended at 20 s."""
    filters = [
        {"expression": "k == 1", "targets": [{"queue": "all", "timeout": 60}]},
        {
            "expression": "k == 2",
            "targets": [{"queue": "other", "timeout": 20}, {"queue": "all", "timeout": 40}],
        },
    ]
    entries = told(
        scenario(
            task_queues=TWO_QUEUES,
            workflows=flow(filters),
            workers=AWAY,
            tasks={"calls": stream(attributes={"k": 1})},
            timetable=[{"at": "30s", "task": "calls/0", "attributes": {"k": 2}}],
        )
    )
    updated = one(entries, "updated", 30)
    assert updated.text == "an operator changes it: attributes are now k 2"
    assert updated.details == ("its workflow starts again from the top",)
    assert one(entries, "entered", 30).details == (
        "filter 1 of 2 does not match: k == 1 is false: k is 2",
        "filter 2 of 2 matches: k == 2 is true: k is 2",
        "target 1 of 2 of filter 2 of 2 (queue other) is passed over: its deadline was age 20s",
        "deadline: 20s + 40s = age 1m",
    )
    one(entries, "deadline", 60)


def test_a_new_configuration_takes_up_waiting_tasks() -> None:
    later = {"filters": [{"expression": ALWAYS, "targets": [{"queue": "all", "priority": 7}]}]}
    entries = told(
        scenario(
            workers=AWAY,
            timetable=[
                {
                    "at": "20s",
                    "workflow": "main",
                    "re_evaluate_tasks": True,
                    "configuration": {"task_routing": later},
                },
                {"at": "25s", "task": "calls/0", "priority": 3},
                {"at": "26s", "worker": "Ann", "activity": "Available"},
            ],
        )
    )
    assert one(entries, "evaluated again", 20).text.startswith(
        "workflow main is updated: it starts again from the top of configuration main"
    )
    assert "sets priority 7" in one(entries, "entered", 20).text
    assert one(entries, "updated", 25).details == (
        "a priority has no effect while its target sets one",
    )
    assert one(entries, "reserved", 26).details[0] == "possible now: Ann goes to Available"


def test_an_update_that_finds_no_filter_ends_the_task() -> None:
    filters = [{"expression": "k == 1", "targets": [{"queue": "all"}]}]
    entries = told(
        scenario(
            workflows=flow(filters),
            workers=AWAY,
            tasks={"calls": stream(attributes={"k": 1})},
            timetable=[{"at": "30s", "task": "calls/0", "attributes": {}}],
        )
    )
    assert one(entries, "canceled", 30).details == (
        "the filter does not match: k == 1 is false: k is missing",
        "no filter matches, and there is no default filter",
    )


def test_an_offer_on_hold_that_fails_and_one_that_succeeds() -> None:
    """Accepted after 4 s, set up for 30 s: what fails does so at 34 s."""
    fails = {"voice": {"setup_delay": "30s", "setup_failure_probability": "100%"}}
    entries = told(scenario(task_channels=fails), task=0)
    assert "the reservation's timer stops for good" in one(entries, "on hold", 4).text
    canceled = one(entries, "offer canceled", 34)
    assert canceled.text == "Ann is no longer asked: the set-up of the channel failed"
    assert one(entries, "reserved", 34).text.startswith("Bob is asked")

    entries = told(scenario(task_channels={"voice": {"setup_delay": "30s"}}))
    assert one(entries, "accepted", 34).text == (
        "Ann is connected, 34s after being asked (task assigned)"
    )


def test_a_batch_is_told_as_one() -> None:
    entries = told(
        scenario(task_queues={"all": {"target_workers": ALWAYS, "max_reserved_workers": 3}})
    )
    assert one(entries, "reserved").text == (
        "2 workers are asked at once and have 20s to answer: Ann, Bob; until +00:20.000"
    )
    assert one(entries, "rescinded", 4).text == "Bob is no longer asked: somebody else accepted"
    assert entries[-1].text == "accepted by Ann after 4s; 2 offers (1 rescinded)"


def test_a_rest_after_a_failure_and_a_slow_router_are_named() -> None:
    behaviors = {"phone": behavior({"reject": "2s"})}
    alone = {"Ann": {"behavior": "phone"}}
    entries = told(
        scenario(workspace=rules(reoffer_delay="7s"), behaviors=behaviors, workers=alone)
    )
    assert one(entries, "rejected", 2).details == (
        "offered to nobody until +00:09.000, for 7s (reoffer_delay)",
    )
    one(entries, "reserved", 9)
    assert not [kind for _, kind in short(entries) if kind == "waits"]

    entries = told(
        scenario(workspace=rules(routing_latency="500ms"), behaviors=behaviors, workers=alone)
    )
    assert one(entries, "reserved", 0.5).details[-1] == (
        "a match takes 500ms to be made (routing_latency)"
    )


def test_the_assignment_limit_is_named() -> None:
    entries = told(
        scenario(
            workspace=rules(assignment_limit=2),
            behaviors={"no": {"answer_delay": "2s", "reject_probability": "100%"}},
            workers={"Ann": {"behavior": "no"}},
        )
    )
    assert one(entries, "canceled", 4).text.startswith(
        "it was reserved as often as the workspace allows"
    )


def test_tasks_ahead_and_tasks_that_overtake_are_counted() -> None:
    """Ann is busy: calls/1 waits longer than calls/2, and a VIP comes behind both."""
    entries = told(
        scenario(
            workers={"Ann": {"behavior": "phone"}},
            tasks={"calls": stream("0s", "1s", "2s"), "vip": stream("3s", priority=5)},
        ),
        task=2,
    )
    assert one(entries, "waits", 0).details == (
        "1 busy, no capacity left on voice: Ann",
        "1 task ahead of it in the queue, waiting longer",
    )
    # Ann takes calls/0 at 0, the VIP at 64 and calls/1 at 128 s.
    reserved = one(entries, "reserved", 190)
    assert reserved.details[0] == "possible now: Ann is done with task 1"
    assert reserved.details[-1] == (
        "1 task created later went first in the queue, of higher priority than its 0"
    )


def test_somebody_who_hangs_up_in_the_instant_of_creation_waited_for_nobody() -> None:
    entries = told(scenario(workers=AWAY, tasks={"calls": stream(balk_probability="100%")}))
    assert [kind for _, kind in short(entries)][2:] == ["waits", "canceled", "outcome"]
    assert one(entries, "canceled").text == "the customer hangs up: canceled with 'hangup'"


def test_a_task_that_is_still_open() -> None:
    entries = told(scenario(workers=AWAY))
    assert entries[-1].text == (
        "still pending at the end of the run, after 10m; never offered to anybody"
    )


def test_single_tasking_workers_go_where_the_queue_sends_them() -> None:
    workspace = {
        "multi_task_enabled": False,
        "activities": {"Available": True, "Away": False, "Reserved": False, "Busy": False},
        "default_activity": "Away",
        "timeout_activity": "Away",
    }
    entries = told(scenario(workspace=workspace, tasks={"calls": stream("0s", "1s", "2s")}), 2)
    assert one(entries, "waits", 0).details == ("2 in Reserved, which is not available: Ann, Bob",)
    entries = told(scenario(workspace=workspace))
    assert one(entries, "reserved").text.endswith("; Ann goes to Reserved")
    assert one(entries, "accepted").text.endswith("; Ann goes to Busy")


def test_a_refused_task_is_told_from_its_row() -> None:
    filters = [{"expression": "k == 1", "targets": [{"queue": "all"}]}]
    model, rows = run(scenario(workflows=flow(filters)))
    refused, outcome = explain_refusal(model, rows, 0, 0)
    assert refused.text.startswith("calls/0 is refused: Task did not match any filter")
    assert refused.details == (
        "attributes: none",
        "the filter does not match: k == 1 is false: k is missing",
        "no filter matches, and there is no default filter",
    )
    assert outcome.text == "refused"
    with pytest.raises(UsageError, match="calls/1 was not refused"):
        explain_refusal(model, rows, 0, 1)


def test_a_task_that_is_not_there() -> None:
    model, rows = run(scenario())
    with pytest.raises(UsageError, match="there is no task 1: 1 were created"):
        explain(model, rows, 1)


def test_a_skip_with_nothing_but_passed_deadlines_ahead_is_a_timeout() -> None:
    """Ann rejects into Break at 15 s; the second target ended at 10 s."""
    entries = told(
        scenario(
            workflows=targets(
                {"queue": "all", "skip_if": ALWAYS},
                {"timeout": 10},
                default_filter={"queue": "all"},
            ),
            behaviors={"no": {**behavior({"reject": "15s"}), "reject_activity": "Break"}},
            workers={"Ann": {"behavior": "no"}},
        )
    )
    assert short(entries)[3:] == [
        (15, "rejected"),
        (15, "skipped"),
        (15, "workflow ends"),
        (15, "canceled"),
        (15, "outcome"),
    ]
    assert one(entries, "rejected").text == (
        "Ann turns it down after 15s; Ann goes to Break and is not available"
    )
    assert one(entries, "workflow ends").details == (
        "target 2 of 2 of the filter (queue all) is passed over: its deadline was age 10s",
        "the default filter is not used after a timeout",
    )


def test_an_old_task_can_be_timed_out_by_an_evaluation() -> None:
    later = {"filters": [{"expression": ALWAYS, "targets": [{"queue": "all", "timeout": 10}]}]}
    update = {"at": "20s", "workflow": "main", "configuration": {"task_routing": later}}
    entries = told(
        scenario(workers=AWAY, timetable=[{**update, "re_evaluate_tasks": True}]),
    )
    ends = one(entries, "workflow ends", 20)
    assert ends.text == "every target of the filters that match has timed out already"
    assert ends.details == ("the filter matches, but all its deadlines have passed: 1==1 is true",)


def test_a_reserved_task_takes_up_a_configuration_when_its_offer_fails() -> None:
    later = {"filters": [{"expression": ALWAYS, "targets": [{"queue": "all", "priority": 7}]}]}
    update = {"at": "5s", "workflow": "main", "configuration": {"task_routing": later}}
    entries = told(
        scenario(
            behaviors={"no": behavior({"reject": "10s"})},
            workers={"Ann": {"behavior": "no"}},
            timetable=[{**update, "re_evaluate_tasks": True}],
        )
    )
    assert one(entries, "evaluated again", 5).text.endswith("if its offers fail")
    assert "sets priority 7" in one(entries, "entered", 10).text


def test_nothing_is_read_after_the_end_of_the_task() -> None:
    model, rows = run(scenario(tasks={"calls": stream("0s", "5m")}))
    log = iter(rows)
    assert explain(model, log, 0)[-1].age_ms == 64_000
    assert next(log).at_ms >= 300_000
