"""The mistakes people make most, and what they are told: the whole line, or nothing.

Each case spoils the desk in one place; the messages about it are listed in full.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import load, problems, spoiled, written
from trsim.cli.loading import load as load_for_run
from trsim.errors import ScenarioError, UsageError
from trsim.scenario.load import Scenario
from trsim.world.arrivals import PoissonArrivals
from trsim.world.mixed import Empirical
from trsim.world.recorded_arrivals import TraceArrivals

RATE = "rate: 60/h"
PROCESS = "process: poisson, rate: 60/h"
ARRIVALS = "{process: poisson, rate: 60/h}"
PATIENCE = "patience: 3m"
GOALS = '{service_level: ">= 80%"}'
MOVE = "worker: Alice, activity: Offline"
COUNTS = "{process: counts, file: data.csv, column: calls, interval: 15m"
OBSERVED = "patience: {distribution: empirical, file: data.csv, column: a, unit: s}"
FACTORS = (
    "{process: poisson, rate: 60/h, busyness: {distribution: empirical, file: data.csv, column: a"
)
BEHAVIORS = """\
behaviors:
  phone:
    answer_delay: {distribution: exponential, mean: 5s}
    no_answer_probability: 5%
    return_delay: {after_timeout: 1m}
"""
TARGETS = "workflows.main.configuration.task_routing.filters[0].targets"


@pytest.fixture(autouse=True)
def beside_the_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(*edits: tuple[str, str]) -> list[str]:
    found = [str(problem) for problem in problems(spoiled(*edits), Path())]
    assert all(len(line.split("\n")[0]) <= 200 for line in found)
    return [line.removeprefix("desk.yaml:") for line in found]


def warned(*edits: tuple[str, str]) -> list[str]:
    warnings = load(spoiled(*edits), Path()).compile().warnings
    return [line.removeprefix("desk.yaml:") for line in warnings]


def table(text: str) -> None:
    Path("data.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    count: 3", "   count: 3", "30:5: the indentation differs from the lines above"),
        (
            "    behavior: phone\n    shifts",
            "   behavior: phone\n    shifts",
            "30:4: the indentation differs from the lines above",
        ),
        (
            "          - expression",
            "         - expression",
            "19:13: the indentation differs from the lines above",
        ),
        (
            "workers:\n",
            "workers:\n  - Bob\n",
            "28:3: a key stands among list items; the indentation differs from the lines above?",
        ),
        (
            "    count: 3\n",
            "    count: 3\n    - more\n",
            "30:5: a list item stands among keys; the indentation differs from the lines above?",
        ),
        (
            "\"skills HAS 'billing'\"}",
            "\"skills HAS 'billing'}",
            "10:29: this quotation mark is closed in line 18 only; is one missing?",
        ),
        ('80%"}', "80%}", "42:24: this quotation mark is never closed"),
        (
            "{product: billing}",
            "{product: billing",
            "36:17: this '{' is not closed, or a ',' is missing before line 37",
        ),
        (
            "{queue: everyone}]",
            "{queue: everyone}",
            "19:22: this '[' is not closed, or a ',' is missing before line 20",
        ),
        ('80%"}', '80%"', "42:8: this '{' is never closed"),
        (
            "cv: 1.0}",
            "cv: 1.0}}",
            "39:60: this '}' closes nothing",
        ),
        (
            "mean: 2m, cv",
            "mean: 2m cv",
            "39:53: a ',' is missing before this place, or a text with ':' is not in quotes",
        ),
        (
            "\"product == 'billing'\"",
            "'product' == \"billing\"",
            "18:35: the text goes on behind its closing quotation mark; quote all of it",
        ),
        (
            "seed: 3",
            "seed: - 3",
            "5:7: a list cannot begin behind a key; write '-' at the beginning of a line",
        ),
        ("seed: 3", "seed:3", "5:1: a blank is missing behind the ':'"),
        ("    count: 3", "    count:3", "29:5: a blank is missing behind the ':'"),
        ("    count: 3", "    count", "29:5: a ':' and a blank are missing behind this key"),
        *(
            (
                GOALS,
                text,
                f"{place}: a value cannot begin with {text[place_of]!r}; put it in quotes",
            )
            for text, place, place_of in (
                ("{service_level: >= 80%}", "42:24", 16),
                ("{service_level: %}", "42:24", 16),
                ("{service_level: @x}", "42:24", 16),
                ("{service_level: `x`}", "42:24", 16),
                ("{service_level: *}", "42:24", 16),
                ("\n  service_level: >= 80%", "43:18", 18),
                ("\n  service_level: > 80%", "43:18", 18),
                ("\n  service_level: %x", "43:18", 18),
                ("\n  service_level: @x", "43:18", 18),
                ("\n  service_level: `x`", "43:18", 18),
                ("\n  service_level: & b", "43:18", 18),
                ("\n  service_level: | a", "43:18", 18),
            )
        ),
    ],
)
def test_what_is_no_yaml(old: str, new: str, expected: str) -> None:
    place, reason = expected.split(": ", maxsplit=1)
    assert said((old, new)) == [f"{place}: not valid YAML: {reason}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Keys
        ("horizon: 1h", "horizont: 1h", "3:1: horizont: unknown key (did you mean 'horizon'?)"),
        (
            RATE,
            "rat: 60/h",
            "37:34: tasks.calls.arrivals.rat: unknown key (did you mean 'rate'?)",
        ),
        (
            "behavior: phone}",
            "behavior: phon}",
            "27:54: workers.Alice.behavior: there is no behavior 'phon' (did you mean 'phone'?)",
        ),
        (
            PROCESS,
            "process:poisson, rate: 60/h",
            "37:5: tasks.calls.arrivals: a blank is missing behind the ':' in 'process:poisson'",
        ),
        (
            RATE,
            "rate:60/h",
            '37:34: tasks.calls.arrivals."rate:60/h": unknown key: a blank is missing behind the '
            "':' in 'rate:60/h'",
        ),
        (
            "distribution: lognormal",
            "distribtion: lognormal",
            "39:5: tasks.calls.talk_time: the key 'distribution' is missing (found 'distribtion')",
        ),
        (
            "- expression:",
            "- expresion:",
            "18:24: workflows.main.configuration.task_routing.filters[0].expresion: unknown key "
            "(did you mean 'expression'?); a filter needs an expression, as a text "
            "(TaskRouter error 20001)",
        ),
        (
            "default_filter: {queue: everyone}",
            "default_filter: {queue:everyone}",
            '20:26: workflows.main.configuration.task_routing.default_filter."queue:everyone": '
            "a blank is missing behind the ':' in 'queue:everyone'; a default filter must name a "
            "queue (TaskRouter erro…",
        ),
        # Values
        (
            "timeout: 60",
            "timeout: 60s",
            f"19:49: {TARGETS}[0].timeout: must be a whole number of seconds, without unit, "
            "1 … 2147483647, not '60s' (TaskRouter error 20001)",
        ),
        *(
            (
                "horizon: 1h",
                f"horizon: {text}",
                f"3:10: horizon: must be a duration such as 30s or 1h30m (found '{text}'; "
                f"write {meant})",
            )
            for text, meant in (
                ("4min", "4m"),
                ("10 h", "10h"),
                ("1h 30min", "1h30m"),
                ("1,5h", "1.5h"),
                ("2 days", "2d"),
                ("PT1H", "1h"),
            )
        ),
        *(
            (
                RATE,
                f"rate: '{text}'",
                "37:40: tasks.calls.arrivals.rate: must be a rate such as 90/h "
                f"(found '{text}'; write {meant})",
            )
            for text, meant in (("20/min", "20/m"), ("20 per hour", "20/h"), ("1,5 /h", "1.5/h"))
        ),
        *(
            (
                "5%",
                text,
                "24:28: behaviors.phone.no_answer_probability: must be a probability, 0 … 1 or 5% "
                f"(found '{text}'; write {meant})",
            )
            for text, meant in (("5 %", "5%"), ("0,5%", "0.5%"))
        ),
        (
            "Available: true",
            "Available: yes",
            "7:27: workspace.activities.Available: must be true or false (found 'yes'; write true)",
        ),
        # Times
        *(
            (
                "2026-03-02T08:00",
                text,
                "4:8: start: a zone behind a time is not read; the zone goes into time_zone "
                f"(found '{text}')",
            )
            for text in ("2026-03-02T08:00Z", "2026-03-02T08:00+01:00", "2026-03-02T08:00-05:00")
        ),
        (
            '"08:30"',
            "08:30+01:00",
            "41:10: timetable[0].at: a zone behind a time is not read; the zone goes into "
            "time_zone (found '08:30+01:00')",
        ),
        (
            '"08:30"',
            "08:30-09:00",
            "41:10: timetable[0].at: must be a time of day such as 08:00 (found '08:30-09:00')",
        ),
        (
            RATE,
            'rates: [{from: "07:00", rate: 1/h}, {from: "08:30", rate: 2/h}]',
            "37:49: tasks.calls.arrivals.rates[0].from: 07:00 means the next day, since the run "
            "starts at 08:00, but 08:30 stands behind it; steps must follow each other",
        ),
        # Laws
        (
            PATIENCE,
            "patience: exponential",
            "38:15: tasks.calls.patience: a law is a mapping: write {distribution: exponential, …}",
        ),
        (
            ARRIVALS,
            "poisson",
            "37:15: tasks.calls.arrivals: must be a mapping: write {process: poisson, …}",
        ),
        (
            RATE,
            "rate: 60/h, rates: [1/h]",
            "37:5: tasks.calls.arrivals: rate and rates exclude each other; needs rate, or rates, "
            "or interval and rates",
        ),
        (
            MOVE,
            "worker: Alice, cancel: calls/1",
            "41:5: timetable[0]: worker and cancel exclude each other",
        ),
        *(
            (PATIENCE, f"patience: {{distribution: {law}}}", expected)
            for law, expected in (
                (
                    "uniform, low: 3m, high: 2m",
                    "38:54: tasks.calls.patience.high: must be more than low, 3m (found 2m)",
                ),
                (
                    "triangular, low: 1m, mode: 9m, high: 2m",
                    "38:57: tasks.calls.patience.mode: must be between low, 1m, and high, 2m "
                    "(found 9m)",
                ),
                (
                    "exponential, mean: 0s",
                    "38:49: tasks.calls.patience.mean: must be > 0s (found 0s)",
                ),
                (
                    "normal, mean: 1m, sd: 0s",
                    "38:52: tasks.calls.patience.sd: must be > 0s (found 0s)",
                ),
                (
                    "normal, mean: 0s, cv: 1",
                    "38:44: tasks.calls.patience.mean: must be > 0s (found 0s)",
                ),
                (
                    "gamma, mean: 1m, cv: 11",
                    "38:51: tasks.calls.patience.cv: must be 0.0032 … 10 (found 11.0)",
                ),
                (
                    "gamma, mean: 1m, shape: 0.001",
                    "38:54: tasks.calls.patience.shape: must be 0.01 … 100000 (found 0.001)",
                ),
                (
                    "empirical, values: [1s], weights: [0]",
                    "38:55: tasks.calls.patience.weights: must have a positive finite sum",
                ),
                (
                    "exponential, rate: 4/m",
                    "38:43: tasks.calls.patience.rate: unknown key: a law takes the mean, 1/rate "
                    "(write mean: 15s)",
                ),
                (
                    "exponential, rate: 4",
                    "38:43: tasks.calls.patience.rate: unknown key: a law takes the mean, 1/rate",
                ),
            )
        ),
        (
            RATE,
            "rate: 60/h, busyness: {distribution: uniform, low: 3, high: 2}",
            "37:94: tasks.calls.arrivals.busyness.high: must be more than low, 3.0 (found 2.0)",
        ),
        # Names
        (
            "seed: 3",
            "task_channels: {Voice: {}, voice: {}}",
            "5:17: task_channels.Voice: two task channels have one name, or differ by case only: "
            "'Voice' and 'voice', which TaskRouter has anyway",
        ),
        # Direct routing
        (
            "workflow: main",
            "workflow: main\n    routing_target: {queue: billing, worker: Alice}",
            "35:5: tasks.calls.routing_target: worker and queue exclude each other; needs worker, "
            "or queue, or workflow",
        ),
        # The timetable
        (
            MOVE,
            "task: calls/1, worker: Alice, priority: 1",
            "41:5: timetable[0]: worker and task exclude each other",
        ),
        (
            MOVE,
            "queue: billing, max_reserved_workers: 2",
            "41:19: timetable[0].queue: unknown key (did you mean 'task_queue'?)",
        ),
        (
            MOVE,
            "transfer: calls/1, worker: Alice",
            "41:19: timetable[0].transfer: unknown key: transfers are not simulated",
        ),
    ],
)
def test_advice(old: str, new: str, expected: str) -> None:
    assert said((old, new)) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("behaviors:", "behaviours:", "21:1: behaviours: unknown key (did you mean 'behaviors'?)"),
        (
            "task_queues:",
            "task_queue:",
            "9:1: task_queue: unknown key (did you mean 'task_queues'?)",
        ),
        ("start:", "strt:", "4:1: strt: unknown key (did you mean 'start'?)"),
        (
            "  activities: {",
            "  activites: {",
            "7:3: workspace.activites: unknown key (did you mean 'activities'?)",
        ),
        (
            "activity: Missed",
            "activity: Missed\n  default_activty: Missed",
            "9:3: workspace.default_activty: unknown key (did you mean 'default_activity'?)",
        ),
        (
            "    count: 3",
            "    count: many",
            "29:12: workers.agent.count: must be a whole number (found 'many')",
        ),
        (
            BEHAVIORS,
            "",
            "22:54: workers.Alice.behavior: there is no behavior 'phone' (there are none)",
        ),
    ],
)
def test_consequences_are_not_told(old: str, new: str, expected: str) -> None:
    assert said((old, new), ("worker: Alice,", "worker: agent-2,")) == [expected]


@pytest.mark.parametrize("line", ["", "    workflow:\n", "    workflow: null\n"])
def test_one_of_two_workflows_must_be_named(line: str) -> None:
    other = "  other: {configuration: {task_routing: {default_filter: {queue: everyone}}}}\n"
    assert said(("workflows:\n", f"workflows:\n{other}"), ("    workflow: main\n", line)) == [
        "34:3: tasks.calls: workflow is missing (allowed: other, main)"
    ]
    load(spoiled(("    workflow: main\n", line)), Path())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("trsim: 1", "trsim:"),
        ("horizon: 1h", "horizon:"),
        ("behavior: phone}", "behavior: }"),
        ("mean: 5s", "mean: "),
        ("answer_delay: {distribution: exponential, mean: 5s}", "answer_delay:"),
        (ARRIVALS, ""),
        ("distribution: lognormal", "distribution: "),
        (", cv: 1.0", ", cv: "),
        ("    talk_time: {distribution: lognormal, mean: 2m, cv: 1.0}", "    talk_time:"),
        ("expression: \"product == 'billing'\"", "expression:"),
        ("default_filter: {queue: everyone}", "default_filter: {queue: }"),
        ('at: "08:30"', "at: "),
        ("activity: Offline}", "activity: }"),
        ('to: "09:00"', "to: "),
        (PROCESS, "process: counts, counts: [1], interval: "),
        (PROCESS, "process: renewal, interarrival: "),
        (PROCESS, "process: at, times: "),
        (PROCESS, "process: trace, rows: [{at: }]"),
    ],
)
def test_a_required_key_without_a_value_is_refused(old: str, new: str) -> None:
    assert len(said((old, new))) == 1


def test_setting_an_item_of_a_list_that_is_absent() -> None:
    move = '  - {at: "08:30", worker: Alice, activity: Offline}\n'
    scenario = load(spoiled((f"timetable:\n{move}", "")), Path())
    with pytest.raises(UsageError, match="timetable is absent, so it has no items"):
        scenario.replace({"timetable[0].at": "1h"})


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (
            [(PROCESS, 'process: at, times: [5m, "09:30", 70m]')],
            [
                "37:41: tasks.calls.arrivals.times[1]: never happens (2 of 3 in the list): "
                "09:30 is at or after the horizon"
            ],
        ),
        (
            [(PROCESS, 'process: at, times: [5m, "07:00"]')],
            [
                "37:41: tasks.calls.arrivals.times[1]: never happens (1 of 2 in the list): 07:00 "
                "means the next day, since the run starts at 08:00; that is at or after the horizon"
            ],
        ),
        (
            [(PROCESS, "process: trace, rows: [{at: 5m}, {at: 1h}]")],
            [
                "37:49: tasks.calls.arrivals.rows[1]: never happens (1 of 2 in the list): 1h is at "
                "or after the horizon"
            ],
        ),
        (
            [(PROCESS, "process: counts, interval: 40m, counts: [1, 2, 0, 4]")],
            [
                "37:63: tasks.calls.arrivals.counts[2]: never happens: intervals from this one on "
                "begin at or after the horizon (4 tasks)"
            ],
        ),
        ([(PROCESS, "process: counts, interval: 40m, counts: [1, 2, 0, 0]")], []),
        (
            [(RATE, 'rates: [{from: "07:00", rate: 1/h}]')],
            [
                "37:49: tasks.calls.arrivals.rates[0].from: never happens: 07:00 means the next "
                "day, since the run starts at 08:00; that is at or after the horizon"
            ],
        ),
        (
            [('at: "08:30"', 'at: "07:30"')],
            [
                "41:10: timetable[0].at: never happens: 07:30 means the next day, since the run "
                "starts at 08:00; that is at or after the horizon"
            ],
        ),
        (
            [(PROCESS, "process: at, times: [5m, 6m]"), (MOVE, "cancel: calls/2")],
            ["41:27: timetable[0].cancel: never happens: 'calls' makes 2 tasks, 0 to 1"],
        ),
        ([(PROCESS, "process: at, times: [5m, 6m]"), (MOVE, "cancel: calls/1")], []),
        (
            [(PROCESS, "process: trace, rows: [{at: 5m}]"), (MOVE, "cancel: calls/1")],
            ["41:27: timetable[0].cancel: never happens: 'calls' makes 1 task, 0 to 0"],
        ),
        (
            [
                (PROCESS, "process: counts, interval: 40m, counts: [1, 2]"),
                (MOVE, "cancel: calls/3"),
            ],
            ["41:27: timetable[0].cancel: never happens: 'calls' makes 3 tasks, 0 to 2"],
        ),
        ([(MOVE, "cancel: calls/100000")], []),
        (
            [("{queue: everyone}]", "{queue:everyone}]")],
            [
                f'19:55: {TARGETS}[1]."queue:everyone": unknown key, which TaskRouter keeps and '
                "ignores; a blank is missing behind its ':'"
            ],
        ),
    ],
)
def test_what_never_happens(edits: list[tuple[str, str]], expected: list[str]) -> None:
    assert warned(*edits) == expected


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        (
            "t,calls\n0s,3\n15m,3\n0s,4\n",
            (ARRIVALS, f"{COUNTS}, time_column: t}}"),
            "data.csv:4:1: tasks.calls.arrivals.file: two rows are for one interval; the first is "
            "in line 2",
        ),
        (
            "t,calls\n0s,3\n",
            (ARRIVALS, f"{COUNTS}, time_column: tme}}"),
            "37:92: tasks.calls.arrivals.time_column: 'data.csv': the file has no column 'tme' "
            "(allowed: t, calls)",
        ),
        (
            "t,calls\n0s,1,5\n",
            (ARRIVALS, f"{COUNTS}}}"),
            "data.csv:2:1: tasks.calls.arrivals.file: has 3 cells, the first line 2; decimals take "
            "a point, and texts with commas quotation marks",
        ),
        (
            "b;a\n1;1,5\n",
            (PATIENCE, OBSERVED),
            "data.csv:2:3: tasks.calls.patience.file: in column 'a': decimals take a point (found "
            "'1,5'; write 1.5)",
        ),
        (
            "b;a\n",
            (PATIENCE, OBSERVED),
            "38:47: tasks.calls.patience.file: 'data.csv': the file has no rows below the names of "
            "its columns",
        ),
        (
            "t,calls\n2026-03-02T08:00,3\n",
            (ARRIVALS, f"{COUNTS}, time_column: t, date: 2026-01-01}}"),
            "37:101: tasks.calls.arrivals.date: 'data.csv': the file has no row of this date "
            "(found 2026-01-01)",
        ),
        (
            "t,calls\n2026-03-01T08:00,3\n",
            (ARRIVALS, f"{COUNTS}, time_column: t}}"),
            "37:92: tasks.calls.arrivals.time_column: 'data.csv': all rows of the file are before "
            "start",
        ),
        (
            "a\n0.9\n",
            (ARRIVALS, f"{FACTORS}, unit: s}}}}"),
            "37:115: tasks.calls.arrivals.busyness.unit: 'data.csv': factors have no unit; leave "
            "it out",
        ),
        (
            "a\n0.9\n2m\n",
            (ARRIVALS, f"{FACTORS}}}}}"),
            "data.csv:3:1: tasks.calls.arrivals.busyness.file: in column 'a': must be a number "
            ">= 0 (found '2m')",
        ),
        (
            "at\n2026-03-02T08:10:00+01:00\n",
            (ARRIVALS, "{process: trace, file: data.csv}"),
            "data.csv:2:1: tasks.calls.arrivals.rows[0].at: a zone behind a time is not read; the "
            "zone goes into time_zone (found '2026-03-02T08:10:00+01:00')",
        ),
        (
            "t,calls\n2026-03-02T08:00,3\n",
            (ARRIVALS, "{process: counts, file: data.csv, column: calls, time_column: t}"),
            "37:5: tasks.calls.arrivals.interval: is missing",
        ),
    ],
)
def test_tables(text: str, edit: tuple[str, str], expected: str) -> None:
    table(text)
    assert said(edit) == [expected]


def test_a_wrong_start_is_told_once() -> None:
    table("t,calls\n2026-03-02T08:00,3\n")
    wrong = ("2026-03-02T08:00\n", "2026-03-32T08:00\n")
    assert said((ARRIVALS, f"{COUNTS}, time_column: t}}"), wrong) == [
        "4:8: start: there is no such date (found '2026-03-32T08:00')"
    ]


def test_factors_of_a_table() -> None:
    table("a\n0.9\n1e-1\n3\n")
    scenario = load(spoiled((ARRIVALS, f"{FACTORS}}}}}")), Path())
    arrivals = scenario.compile().world.streams[0].arrivals
    assert isinstance(arrivals, PoissonArrivals)
    assert arrivals.busyness == Empirical((0.9, 0.1, 3.0))


def test_a_z_is_read_past_in_a_trace() -> None:
    table("at\n2026-03-02T08:10:00Z\n08:20Z\n")
    scenario = load(spoiled((ARRIVALS, "{process: trace, file: data.csv}")), Path())
    arrivals = scenario.compile().world.streams[0].arrivals
    assert isinstance(arrivals, TraceArrivals)
    assert [row.at_ms for row in arrivals.rows] == [600_000, 1_200_000]


def test_places_of_key_paths(tmp_path: Path) -> None:
    scenario = load(spoiled(), Path())
    assert scenario.place("tasks.calls.patience") == ("desk.yaml", 38, 15)
    assert scenario.place(("workers", "agent")) == ("desk.yaml", 28, 3)
    assert scenario.place("workers.agent.activity") == ("desk.yaml", 28, 3)
    data = {"trsim": 1, "horizon": "1h", "task_queues": {"q": {}}, "workers": {}, "tasks": {}}
    document = {"task_routing": {"default_filter": {"queue": "q"}}}
    data["workflows"] = {"w": {"configuration": document}}
    assert Scenario.from_dict(data).place("horizon") == ("scenario", 0, 0)


def test_a_goal_for_nothing_has_a_place() -> None:
    file = written(spoiled(("{service_level:", "{servce_level:")), Path())
    with pytest.raises(ScenarioError) as caught:
        load_for_run(str(file))
    (problem,) = caught.value.problems
    assert str(problem).startswith("desk.yaml:42:23: goals.servce_level: ")


SIDS = "    sids: {WK01: Alice}\n    configuration:"


def test_sids_that_contradict_each_other() -> None:
    other = """\
  other:
    sids: {WA01: Offline, WK01: agent-1, WK02: Alice}
    configuration: {task_routing: {default_filter: {queue: billing}}}
behaviors:
"""
    first = "    sids: {WA01: Missed, WK01: Alice}\n    configuration:"
    calls = ("    workflow: main\n", "    workflow: other\n")
    assert said(("    configuration:", first), ("behaviors:\n", other), calls) == [
        "23:18: workflows.other.sids.WA01: stands for 'Missed' already (found 'Offline')",
        "23:33: workflows.other.sids.WK01: stands for 'Alice' already (found 'agent-1')",
        "23:48: workflows.other.sids.WK02: 'Alice' has the SID WK01 already",
    ]


def test_a_sid_beside_another() -> None:
    own = ("Alice: {attributes: {skills: [billing]}", "Alice: {attributes: {sid: WK02}")
    assert said(("    configuration:", SIDS), own) == [
        "28:29: workers.Alice.attributes.sid: must be 'WK01' as in the sids of a workflow "
        "(found 'WK02')"
    ]


def test_two_workflows_of_one_stream() -> None:
    other = "  other: {configuration: {task_routing: {default_filter: {queue: billing}}}}\n"
    target = "    workflow: main\n    routing_target: {workflow: other}\n"
    assert said(("behaviors:\n", other + "behaviors:\n"), ("    workflow: main\n", target)) == [
        "36:5: tasks.calls.routing_target: workflow and routing_target name two workflows "
        "('main' and 'other')"
    ]


def test_strict_expressions_are_read_completely() -> None:
    strict = ("timeout_activity: Missed", "routing_rules: {strict_expressions: true}")
    loose = ("skills HAS 'billing'", "skills HAS 'billing' ; x")
    filter_ = ("product == 'billing'", "product == 'billing', 'sales'")
    assert [line.split("\n")[0] for line in said(strict, loose, filter_)] == [
        "10:29: task_queues.billing.target_workers: at character 22: ';' cannot be read",
        "18:25: workflows.main.configuration.task_routing.filters[0].expression: at character 21: "
        "expected AND, OR or the end, found ',' (TaskRouter error 20001)",
    ]
    assert len(warned(loose, filter_)) == 3
