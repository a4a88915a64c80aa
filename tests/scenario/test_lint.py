from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import load, spoiled

MIX = "attribute_mix: {product: {billing: 60%, x: 40%}}"
UNTIMED = "default_filter: {queue: everyone, timeout: 5}"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], []),
        (
            [("    return_delay: {after_timeout: 1m}\n", "")],
            ["desk.yaml:22:3: behaviors.phone: a worker who misses an offer never comes back"],
        ),
        (
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("    no_answer_probability: 5%\n", ""),
                ("{distribution: exponential, mean: 5s}", "5s"),
            ],
            [],
        ),
        (
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("timeout_activity: Missed", "timeout_activity: Available"),
            ],
            [],
        ),
        (
            # The group is left alone even where the timetable brings Alice back.
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("worker: Alice, activity: Offline", "worker: Alice, activity: Available"),
            ],
            ["desk.yaml:22:3: behaviors.phone: a worker who misses an offer never comes back"],
        ),
        (
            [
                ("    return_delay: {after_timeout: 1m}\n", ""),
                ("worker: Alice, activity: Offline", "worker: Alice, activity: Available"),
                ("  agent:\n    count: 3\n    behavior: phone\n", ""),
                ('    shifts: [{from: "08:00", to: "09:00"}]\n', ""),
            ],
            [],
        ),
        (
            [("        default_filter: {queue: everyone}\n", ""), ("== 'billing'\"", "== 'b'\"")],
            ["desk.yaml:32:3: tasks.calls: all of its tasks are refused"],
        ),
        (
            [
                ("        default_filter: {queue: everyone}\n", ""),
                ("attributes: {product: billing}", MIX),
            ],
            ["desk.yaml:32:3: tasks.calls: 0.4 of its tasks are refused"],
        ),
        (
            [("skills HAS 'billing'", "skills HAS 'biling'")],
            ["desk.yaml:10:3: task_queues.billing: no worker is eligible for this queue"],
        ),
        (
            [("    patience: 3m\n", ""), ("60/h", "120/h")],
            ["desk.yaml:33:3: tasks.calls: nobody gives up, and the offered load on 'voice' is 4 "],
        ),
        ([("60/h", "600/h")], []),
        (
            [
                ("    patience: 3m\n", ""),
                (
                    "{distribution: lognormal, mean: 2m, cv: 1.0}",
                    "{distribution: pareto, shape: 0.9, minimum: 1s}",
                ),
            ],
            ["nobody gives up, and the offered load on 'voice' is inf"],
        ),
        (
            [('at: "08:30"', 'at: "09:30"')],
            ["desk.yaml:41:10: timetable[0].at: never happens: 09:30 is at or after the horizon"],
        ),
        (
            [("max_reserved_workers: 2", "reservation_activity: Missed")],
            ["desk.yaml:11:36: task_queues.everyone.reservation_activity: has no effect"],
        ),
        (
            [
                (
                    "default_filter: {queue: everyone}",
                    UNTIMED,
                )
            ],
            ["default_filter.timeout: has no effect"],
        ),
        ([("timeout: 60}", "timout: 60}")], ["targets[0].timout: unknown key"]),
        (
            [("skills HAS 'billing'", "skills HAS 'billing' ; x")],
            ["desk.yaml:10:29: task_queues.billing.target_workers: at character 22: ';'"],
        ),
        (
            [("skills HAS 'billing'", "activity_name == 'Available'")],
            ["'activity_name' is the activity at the start; who serves a queue is fixed"],
        ),
    ],
)
def test_warnings(
    edits: list[tuple[str, str]],
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    warnings = load(spoiled(*edits), Path()).compile().warnings
    for words in expected:
        assert any(words in warning for warning in warnings), warnings
    if not expected:
        assert warnings == ()
