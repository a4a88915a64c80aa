"""Everything that can be wrong with one scenario file, and what is said about it.

Each case spoils the desk in one place; line, column, key path and the beginning of the reason of
every problem are listed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.desk import DESK, problems, spoiled

QUEUES = DESK[DESK.index("task_queues:\n") : DESK.index("workflows:\n")]
DOCUMENT = DESK[DESK.index("    configuration:\n") : DESK.index("behaviors:\n")]
WORKERS = DESK[DESK.index("workers:\n") : DESK.index("tasks:\n")]
AGENTS = DESK[DESK.index("  agent:\n") : DESK.index("tasks:\n")]

Expected = tuple[str, str, str]
"""Line and column, key path, and a part of the reason."""


class Case:
    """One way to spoil the desk."""

    def __init__(self, name: str, old: str, new: str, *expected: Expected) -> None:
        self.name = name
        self.old = old
        self.new = new
        self.expected = expected


CASES = [
    Case(
        "misspelled key at the top",
        "horizon: 1h",
        "horizn: 1h",
        ("3:1", "horizn", "unknown key (did you mean 'horizon'?)"),
    ),
    Case("missing horizon", "horizon: 1h\n", "", ("1:1", "horizon", "is missing")),
    Case("missing version", "trsim: 1\n", "", ("1:1", "trsim", "is missing")),
    Case("missing queues", QUEUES, "", ("1:1", "task_queues", "is missing")),
    Case(
        "missing workers",
        WORKERS,
        "",
        ("1:1", "workers", "is missing"),
    ),
    Case(
        "misspelled key of a worker",
        "count: 3",
        "cuont: 3",
        ("29:5", "workers.agent.cuont", "unknown key"),
    ),
    Case(
        "misspelled key of a queue",
        "max_reserved_workers",
        "max_reserved_worker",
        ("11:14", "task_queues.everyone.max_reserved_worker", "unknown key"),
    ),
    Case(
        "misspelled key of a stream",
        "patience: 3m",
        "patience_: 3m",
        ("38:5", "tasks.calls.patience_", "unknown key"),
    ),
    Case(
        "misspelled key of a law",
        "mean: 5s",
        "meen: 5s",
        ("23:47", "behaviors.phone.answer_delay.meen", "unknown key"),
    ),
    Case(
        "misspelled key of an arrival process",
        "rate: 60/h",
        "rates: 60/h",
        ("37:41", "tasks.calls.arrivals.rates", "must be a list"),
    ),
    Case(
        "misspelled key of a behavior",
        "no_answer_probability",
        "no_answer_probabilty",
        ("24:5", "behaviors.phone.no_answer_probabilty", "unknown key"),
    ),
    Case(
        "misspelled key of a shift",
        'to: "09:00"',
        'til: "09:00"',
        ("31:14", "workers.agent.shifts[0].to", "is missing"),
        ("31:30", "workers.agent.shifts[0].til", "unknown key"),
    ),
    Case(
        "misspelled key of the workspace",
        "timeout_activity",
        "timout_activity",
        ("8:3", "workspace.timout_activity", "unknown key"),
    ),
    Case(
        "misspelled key of a workflow",
        "task_reservation_timeout",
        "reservation_timeout",
        ("14:5", "workflows.main.reservation_timeout", "unknown key"),
    ),
    Case(
        "misspelled section",
        "behaviors:",
        "behaviours:",
        ("21:1", "behaviours", "unknown key (did you mean 'behaviors'?)"),
    ),
    Case(
        "missing behavior of a worker",
        "    count: 3\n    behavior: phone\n",
        "    count: 3\n",
        ("28:3", "workers.agent.behavior", "is missing"),
    ),
    Case(
        "missing talk time",
        "    talk_time: {distribution: lognormal, mean: 2m, cv: 1.0}\n",
        "",
        ("33:3", "tasks.calls", "talk_time is missing"),
    ),
    Case(
        "missing arrivals",
        "    arrivals: {process: poisson, rate: 60/h}\n",
        "",
        ("33:3", "tasks.calls.arrivals", "is missing"),
    ),
    Case(
        "missing configuration",
        DOCUMENT,
        "",
        ("13:3", "workflows.main.configuration", "is missing"),
    ),
    Case(
        "duplicate key at the top",
        "name: Desk",
        "name: Desk\nname: Other",
        ("3:1", "name", "duplicate key 'name'"),
    ),
    Case(
        "duplicate key in a flow mapping",
        "mean: 5s",
        "mean: 5s, mean: 6s",
        ("23:57", "behaviors.phone.answer_delay.mean", "duplicate key 'mean'"),
    ),
    Case(
        "duplicate worker",
        "  agent:\n",
        "  Alice: {behavior: phone}\n  agent:\n",
        ("28:3", "workers.Alice", "duplicate key 'Alice'"),
    ),
    Case("key without value", "seed: 3", "seed:", ("5:1", "seed", "must be a whole number")),
    Case("block without content", AGENTS, "  agent:\n", ("28:3", "workers.agent", "is empty")),
    Case("missing key", "seed: 3", ": 3", ("5:1", "", "a key is missing before ':'")),
    Case(
        "complex key",
        "seed: 3",
        "? [a, b]\n: 3",
        ("5:3", "", "a key must be a text, found a mapping or list"),
    ),
    Case(
        "mapping as a key",
        "seed: 3",
        "{a: b}: 3",
        ("5:1", "", "a key must be a text, found a mapping or list"),
    ),
    Case(
        "version as text",
        "trsim: 1",
        "trsim: one",
        ("1:8", "trsim", "this is format version 1 of scenarios"),
    ),
    Case(
        "wrong version",
        "trsim: 1",
        "trsim: 2",
        ("1:8", "trsim", "this is format version 1 of scenarios"),
    ),
    Case(
        "true as version",
        "trsim: 1",
        "trsim: true",
        ("1:8", "trsim", "this is format version 1 of scenarios"),
    ),
    Case("name as number", "name: Desk", "name: 12", ("2:7", "name", "must be a text")),
    Case("seed as text", "seed: 3", "seed: three", ("5:7", "seed", "must be a whole number")),
    Case("seed as fraction", "seed: 3", "seed: 3.5", ("5:7", "seed", "must be a whole number")),
    Case("seed as exponent", "seed: 3", "seed: 1e3", ("5:7", "seed", "must be a whole number")),
    Case(
        "seed with underscore", "seed: 3", "seed: 1_000", ("5:7", "seed", "must be a whole number")
    ),
    Case("seed negative", "seed: 3", "seed: -3", ("5:7", "seed", "must be at least 0")),
    Case(
        "seed huge",
        "seed: 3",
        "seed: 123456789012345678901234567890",
        ("5:7", "seed", "a whole number has at most 15 digits"),
    ),
    Case(
        "seed of 5,000 digits",
        "seed: 3",
        "seed: " + "9" * 5000,
        ("5:7", "seed", "a whole number has at most 15 digits"),
    ),
    Case("seed as truth value", "seed: 3", "seed: true", ("5:7", "seed", "must be a whole number")),
    Case("seed as list", "seed: 3", "seed: [3]", ("5:1", "seed", "must be a whole number")),
    Case(
        "replications zero",
        "seed: 3",
        "replications: 0",
        ("5:15", "replications", "must be at least 1"),
    ),
    Case(
        "replications 1e9",
        "seed: 3",
        "replications: 1000000000",
        ("5:15", "replications", "must be at most 1000000"),
    ),
    Case(
        "count zero", "count: 3", "count: 0", ("29:12", "workers.agent.count", "must be at least 1")
    ),
    Case(
        "count negative",
        "count: 3",
        "count: -1",
        ("29:12", "workers.agent.count", "must be at least 1"),
    ),
    Case(
        "count huge",
        "count: 3",
        "count: 1000000000",
        ("29:12", "workers.agent.count", "must be at most 100000"),
    ),
    Case(
        "count one above the limit",
        "count: 3",
        "count: 100001",
        ("29:12", "workers.agent.count", "must be at most 100000"),
    ),
    Case(
        "all workers above the limit",
        "count: 3",
        "count: 100000",
        ("28:3", "workers.agent", "more than 100000 workers in all"),
    ),
    Case(
        "count as text",
        "count: 3",
        'count: "3"',
        ("29:12", "workers.agent.count", "must be a whole number"),
    ),
    Case(
        "count as fraction",
        "count: 3",
        "count: 3.0",
        ("29:12", "workers.agent.count", "must be a whole number"),
    ),
    Case(
        "truth value as text",
        "Available: true",
        "Available: yes",
        ("7:27", "workspace.activities.Available", "must be true or false"),
    ),
    Case(
        "truth value as number",
        "Available: true",
        "Available: 1",
        ("7:27", "workspace.activities.Available", "must be true or false"),
    ),
    Case(
        "list for a mapping",
        "behaviors:\n  phone:\n",
        "behaviors:\n  - phone:\n",
        ("21:1", "behaviors", "must be a mapping"),
    ),
    Case(
        "text for a mapping",
        "    return_delay: {after_timeout: 1m}",
        "    return_delay: 1m",
        ("25:19", "behaviors.phone.return_delay", "must be a mapping"),
    ),
    Case(
        "text for a list",
        'shifts: [{from: "08:00", to: "09:00"}]',
        "shifts: none",
        ("31:13", "workers.agent.shifts", "must be a list"),
    ),
    Case(
        "mapping for a list",
        'timetable:\n  - {at: "08:30", worker: Alice, activity: Offline}',
        "timetable: {}",
        ("40:1", "timetable", "must be a list"),
    ),
    Case(
        "attributes as list",
        "attributes: {product: billing}",
        "attributes: [billing]",
        ("36:5", "tasks.calls.attributes", "must be a mapping of attributes"),
    ),
    Case(
        "attributes too long",
        "attributes: {product: billing}",
        "attributes: {product: '" + "x" * 4090 + "'}",
        ("36:5", "tasks.calls.attributes", "attributes have at most 4096 characters as JSON"),
    ),
    Case(
        "reserved workers zero",
        "max_reserved_workers: 2",
        "max_reserved_workers: 0",
        ("11:36", "task_queues.everyone.max_reserved_workers", "must be at least 1"),
    ),
    Case(
        "reserved workers 51",
        "max_reserved_workers: 2",
        "max_reserved_workers: 51",
        ("11:36", "task_queues.everyone.max_reserved_workers", "must be at most 50"),
    ),
    Case(
        "priority above the limit",
        "task_channel: voice",
        "priority: 2147483648",
        ("35:15", "tasks.calls.priority", "must be at most 2147483647"),
    ),
    Case(
        "priority negative",
        "task_channel: voice",
        "priority: -1",
        ("35:15", "tasks.calls.priority", "must be at least 0"),
    ),
    Case(
        "unknown word",
        "seed: 3",
        "kpis: {service_level_definition: ofered}",
        (
            "5:34",
            "kpis.service_level_definition",
            "must be offered or answered or excluding_short or including_",
        ),
    ),
    Case(
        "name too long",
        "  billing: {",
        "  " + "b" * 65 + ": {",
        (
            "10:3",
            "task_queues.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…",
            "a name has at most 64 characters",
        ),
        (
            "19:31",
            "workflows.main.configuration.task_routing.filters[0].targets[0].queue",
            "there is no queue 'billing'",
        ),
    ),
    Case(
        "name of blanks",
        "  billing: {",
        '  " ": {',
        ("10:3", 'task_queues." "', "a name is a text without blanks at its ends"),
        (
            "19:31",
            "workflows.main.configuration.task_routing.filters[0].targets[0].queue",
            "there is no queue 'billing'",
        ),
    ),
    Case(
        "not a number",
        "cv: 1.0",
        "cv: .nan",
        ("39:56", "tasks.calls.talk_time.cv", "a number must be finite"),
    ),
    Case(
        "infinite",
        "cv: 1.0",
        "cv: .inf",
        ("39:56", "tasks.calls.talk_time.cv", "a number must be finite"),
    ),
    Case(
        "minus infinite",
        "cv: 1.0",
        "cv: -.INF",
        ("39:56", "tasks.calls.talk_time.cv", "a number must be finite"),
    ),
    Case(
        "overflowing",
        "cv: 1.0",
        "cv: 1e400",
        ("39:56", "tasks.calls.talk_time.cv", "a number is too large, or has too many digits"),
    ),
    Case(
        "overflowing, YAML 1.1 style",
        "cv: 1.0",
        "cv: 1.0e+400",
        ("39:56", "tasks.calls.talk_time.cv", "a number is too large, or has too many digits"),
    ),
    Case(
        "negative cv",
        "cv: 1.0",
        "cv: -1.0",
        ("39:56", "tasks.calls.talk_time.cv", "must be a number > 0"),
    ),
    Case(
        "zero cv", "cv: 1.0", "cv: 0", ("39:56", "tasks.calls.talk_time.cv", "must be a number > 0")
    ),
    Case(
        "cv as text",
        "cv: 1.0",
        'cv: "1.0"',
        ("39:56", "tasks.calls.talk_time.cv", "must be a number"),
    ),
    Case(
        "extreme cv",
        "cv: 1.0",
        "cv: 1e200",
        ("39:56", "tasks.calls.talk_time.cv", "must be a number between -1e15 and 1e15"),
    ),
    Case(
        "bare duration",
        "horizon: 1h",
        "horizon: 3600",
        ("3:10", "horizon", "a duration needs a unit"),
    ),
    Case(
        "duration as text without unit",
        "horizon: 1h",
        'horizon: "60"',
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "duration in years",
        "horizon: 1h",
        "horizon: 1y",
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "duration in months",
        "horizon: 1h",
        "horizon: 1mm",
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "duration with a blank",
        "horizon: 1h",
        "horizon: 1 h",
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "ISO duration",
        "horizon: 1h",
        "horizon: PT1H",
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "clock time for a duration",
        "horizon: 1h",
        "horizon: 1:30",
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "negative duration",
        "patience: 3m",
        "patience: -3m",
        ("38:15", "tasks.calls.patience", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "zero horizon", "horizon: 1h", "horizon: 0s", ("3:10", "horizon", "must be longer than 0s")
    ),
    Case(
        "endless horizon",
        "horizon: 1h",
        "horizon: 999999999999999d",
        ("3:10", "horizon", "a duration is at most 36500d"),
    ),
    Case(
        "horizon above the limit",
        "horizon: 1h",
        "horizon: 36501d",
        ("3:10", "horizon", "a duration is at most 36500d"),
    ),
    Case(
        "horizon finer than a tick",
        "horizon: 1h",
        "horizon: 0.5ms",
        ("3:10", "horizon", "must be whole milliseconds"),
    ),
    Case(
        "units from short to long",
        "horizon: 1h",
        "horizon: 30m1h",
        ("3:10", "horizon", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "warm-up as long as the run",
        "seed: 3",
        "warm_up: 1h",
        ("5:10", "warm_up", "must be shorter than horizon"),
    ),
    Case(
        "reservation timeout too short",
        "20s",
        "0s",
        ("14:31", "workflows.main.task_reservation_timeout", "must be whole seconds, 1s to 86400s"),
    ),
    Case(
        "reservation timeout too long",
        "20s",
        "86401s",
        ("14:31", "workflows.main.task_reservation_timeout", "must be whole seconds, 1s to 86400s"),
    ),
    Case(
        "reservation timeout not in whole seconds",
        "20s",
        "1500ms",
        ("14:31", "workflows.main.task_reservation_timeout", "must be whole seconds, 1s to 86400s"),
    ),
    Case(
        "time to live too long",
        "task_channel: voice",
        "timeout: 15d",
        ("35:14", "tasks.calls.timeout", "must be longer than 0s, at most 14d"),
    ),
    Case(
        "time to live zero",
        "task_channel: voice",
        "timeout: 0s",
        ("35:14", "tasks.calls.timeout", "must be longer than 0s, at most 14d"),
    ),
    Case(
        "law that rounds to nothing",
        "mean: 5s",
        "mean: 0.1ms",
        ("23:5", "behaviors.phone.answer_delay", "a law's mean must be 0s or at least 0.5ms"),
    ),
    Case(
        "bare rate",
        "rate: 60/h",
        "rate: 60",
        ("37:40", "tasks.calls.arrivals.rate", "must be a rate such as 90/h"),
    ),
    Case(
        "rate in years",
        "rate: 60/h",
        "rate: 60/y",
        ("37:40", "tasks.calls.arrivals.rate", "must be a rate such as 90/h"),
    ),
    Case(
        "negative rate",
        "rate: 60/h",
        "rate: -60/h",
        ("37:40", "tasks.calls.arrivals.rate", "must be a rate such as 90/h"),
    ),
    Case(
        "rate too high",
        "rate: 60/h",
        "rate: 999999999999999/ms",
        ("37:40", "tasks.calls.arrivals.rate", "a rate is at most 1e+12/s"),
    ),
    Case(
        "share above one",
        "5%",
        "5",
        ("24:28", "behaviors.phone.no_answer_probability", "must be a probability, 0 "),
    ),
    Case(
        "share of 500%",
        "5%",
        "500%",
        ("24:28", "behaviors.phone.no_answer_probability", "must be a probability, 0 "),
    ),
    Case(
        "negative share",
        "5%",
        "-0.1",
        ("24:28", "behaviors.phone.no_answer_probability", "must be a probability, 0 "),
    ),
    Case(
        "share as word",
        "5%",
        "often",
        ("24:28", "behaviors.phone.no_answer_probability", "must be a probability, 0 "),
    ),
    Case(
        "shares above one together",
        "no_answer_probability: 5%",
        "no_answer_probability: 60%\n    reject_probability: 60%",
        ("22:3", "behaviors.phone", "no_answer_probability and reject_probability exceed 1 togeth"),
    ),
    Case(
        "mix that does not sum to 1",
        "task_channel: voice",
        "attribute_mix: {tier: {gold: 0.1, basic: 0.8}}",
        (
            "35:21",
            "tasks.calls.attribute_mix.tier",
            "the probabilities of an attribute's values must sum to 1",
        ),
    ),
    Case(
        "mix without values",
        "task_channel: voice",
        "attribute_mix: {tier: {}}",
        ("35:21", "tasks.calls.attribute_mix.tier", "must have at least 1 entry (found 0)"),
    ),
    Case(
        "mix of an attribute that is there",
        "task_channel: voice",
        "attribute_mix: {product: {a: 1}}",
        ("35:5", "tasks.calls.attribute_mix", "'product' is among the attributes, too"),
    ),
    Case(
        "unknown law",
        "distribution: lognormal",
        "distribution: lognormel",
        ("39:31", "tasks.calls.talk_time.distribution", "there is no distribution 'lognormel'"),
    ),
    Case(
        "law without name",
        "{distribution: exponential, mean: 5s}",
        "{mean: 5s}",
        ("23:5", "behaviors.phone.answer_delay", "the key 'distribution' is missing"),
    ),
    Case(
        "law as number",
        "patience: 3m",
        "patience: 3",
        ("38:15", "tasks.calls.patience", "a duration needs a unit"),
    ),
    Case(
        "law as list",
        "patience: 3m",
        "patience: [3m]",
        ("38:5", "tasks.calls.patience", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "too many parameters",
        "cv: 1.0",
        "cv: 1.0, sigma: 2.0",
        ("39:5", "tasks.calls.talk_time", "mean and sigma exclude each other; needs mean and cv"),
    ),
    Case(
        "too few parameters",
        ", cv: 1.0",
        "",
        ("39:5", "tasks.calls.talk_time", "needs mean and cv, or median and sigma"),
    ),
    Case(
        "bounds the wrong way",
        "patience: 3m",
        "patience: {distribution: uniform, low: 3m, high: 2m}",
        ("38:54", "tasks.calls.patience.high", "must be more than low, 3m (found 2m)"),
    ),
    Case(
        "mode outside",
        "patience: 3m",
        "patience: {distribution: triangular, low: 1m, mode: 9m, high: 2m}",
        (
            "38:57",
            "tasks.calls.patience.mode",
            "must be between low, 1m, and high, 2m (found 9m)",
        ),
    ),
    Case(
        "erlang of half a phase",
        "patience: 3m",
        "patience: {distribution: erlang, k: 0.5, mean: 1m}",
        ("38:41", "tasks.calls.patience.k", "must be a whole number"),
    ),
    Case(
        "mixture with too few weights",
        "patience: 3m",
        "patience: {distribution: mixture, components: [1m, 2m], weights: [1]}",
        (
            "38:5",
            "tasks.calls.patience",
            "mixture: there must be at least one component and as many we",
        ),
    ),
    Case(
        "mixture with a bad part",
        "patience: 3m",
        "patience: {distribution: mixture, weights: [1, 1], "
        "components: [1m, {distribution: gamma, mean: 3}]}",
        ("38:101", "tasks.calls.patience.components[1].mean", "a duration needs a unit"),
    ),
    Case(
        "empirical without values",
        "patience: 3m",
        "patience: {distribution: empirical, values: []}",
        ("38:41", "tasks.calls.patience.values", "must have at least 1 entry (found 0)"),
    ),
    Case(
        "empirical with a bare number",
        "patience: 3m",
        "patience: {distribution: empirical, values: [1m, 5]}",
        ("38:54", "tasks.calls.patience.values[1]", "a duration needs a unit"),
    ),
    Case(
        "empirical with too few weights",
        "patience: 3m",
        "patience: {distribution: empirical, values: [1m, 2m], weights: [1]}",
        ("38:5", "tasks.calls.patience", "needs a weight for each value"),
    ),
    Case(
        "unknown process",
        "process: poisson",
        "process: poison",
        ("37:25", "tasks.calls.arrivals.process", "there is no process 'poison'"),
    ),
    Case(
        "process without name",
        "process: poisson, ",
        "",
        ("37:5", "tasks.calls.arrivals", "the key 'process' is missing"),
    ),
    Case(
        "rates without interval",
        "rate: 60/h",
        "rates: [1/h, 2/h]",
        ("37:5", "tasks.calls.arrivals", "rates need an interval, or a from each: {from, rate}"),
    ),
    Case(
        "rate and rates",
        "rate: 60/h",
        "rate: 60/h, rates: [1/h], interval: 1h",
        ("37:5", "tasks.calls.arrivals", "rate and rates exclude each other"),
    ),
    Case(
        "steps out of order",
        "rate: 60/h",
        "rates: [{from: 1h, rate: 1/h}, {from: 0h, rate: 2/h}]",
        ("37:72", "tasks.calls.arrivals.rates[1].from", "steps must follow each other"),
    ),
    Case(
        "repeat shorter than the pattern",
        "rate: 60/h",
        "rates: [1/h, 2/h], interval: 1h, repeat: 1h",
        ("37:5", "tasks.calls.arrivals", "repeat must not be shorter than the pattern of 2h"),
    ),
    Case(
        "busyness with a unit",
        "rate: 60/h",
        "rate: 60/h, busyness: {distribution: gamma, mean: 1s, shape: 4}",
        ("37:84", "tasks.calls.arrivals.busyness.mean", "must be a number"),
    ),
    Case(
        "negative counts",
        "process: poisson, rate: 60/h",
        "process: counts, interval: 1h, counts: [3, -1]",
        ("37:59", "tasks.calls.arrivals.counts[1]", "must be at least 0"),
    ),
    Case(
        "counts without interval",
        "process: poisson, rate: 60/h",
        "process: counts, counts: [3, 1]",
        ("37:5", "tasks.calls.arrivals.interval", "is missing"),
    ),
    Case(
        "gaps too short",
        "process: poisson, rate: 60/h",
        "process: renewal, interarrival: 0s",
        ("37:48", "tasks.calls.arrivals.interarrival", "the mean gap must be at least 1ms"),
    ),
    Case(
        "time before the start",
        "process: poisson, rate: 60/h",
        "process: at, times: [2026-03-01T08:00]",
        ("37:37", "tasks.calls.arrivals.times[0]", "lies before start"),
    ),
    Case(
        "date that no calendar has",
        "process: poisson, rate: 60/h",
        "process: at, times: [2026-02-30T08:00]",
        ("37:37", "tasks.calls.arrivals.times[0]", "there is no such date"),
    ),
    Case(
        "time of day that no clock shows",
        '"08:00"',
        '"08:60"',
        ("31:21", "workers.agent.shifts[0].from", "must be a time of day such as 08:00"),
    ),
    Case(
        "time of day without zero",
        '"08:00"',
        '"8:00"',
        ("31:21", "workers.agent.shifts[0].from", "must be a time of day such as 08:00"),
    ),
    Case(
        "clock times without start",
        "start: 2026-03-02T08:00\n",
        "",
        ("30:14", "workers.agent.shifts[0]", "a clock time needs start"),
    ),
    Case(
        "start as time of day",
        "2026-03-02T08:00",
        "08:00",
        ("4:8", "start", "must be a date and time such as 2026-03-02T08:00"),
    ),
    Case(
        "start that no calendar has",
        "2026-03-02T08:00",
        "2026-13-02T08:00",
        ("4:8", "start", "there is no such date"),
    ),
    Case(
        "unknown time zone",
        "seed: 3",
        "time_zone: Europe/Wien",
        ("5:12", "time_zone", "there is no time zone of this name"),
    ),
    Case(
        "time zone that is a path",
        "seed: 3",
        "time_zone: ../../etc/passwd",
        ("5:12", "time_zone", "there is no time zone of this name"),
    ),
    Case(
        "time zone without start",
        "start: 2026-03-02T08:00\n",
        "time_zone: Europe/Vienna\n",
        ("4:12", "time_zone", "needs start"),
        ("31:14", "workers.agent.shifts[0]", "a clock time needs start"),
    ),
    Case(
        "shifts that overlap",
        '"09:00"}',
        '"09:00"}, {from: "08:30", to: "10:00"}',
        ("31:44", "workers.agent.shifts[1]", "shifts overlap: 08:00 to 09:00 and 08:30 to 10:00"),
    ),
    Case(
        "shift that ends before it begins",
        '{from: "08:00", to: "09:00"}',
        "{from: 2h, to: 1h}",
        ("31:14", "workers.agent.shifts[0]", "to must come after from"),
    ),
    Case(
        "shift of two kinds",
        '{from: "08:00", to: "09:00"}',
        '{from: "08:00", to: 1h}',
        (
            "31:14",
            "workers.agent.shifts[0]",
            "from and to must both be times of day, both offsets or both ",
        ),
    ),
    Case(
        "unknown queue in a workflow",
        "queue: billing,",
        "queue: biling,",
        (
            "19:31",
            "workflows.main.configuration.task_routing.filters[0].targets[0].queue",
            "there is no queue 'biling'",
        ),
    ),
    Case(
        "unknown queue of the default filter",
        "default_filter: {queue: everyone}",
        "default_filter: {queue: evryone}",
        (
            "20:33",
            "workflows.main.configuration.task_routing.default_filter.queue",
            "there is no queue 'evryone'",
        ),
    ),
    Case(
        "unknown workflow",
        "workflow: main",
        "workflow: mian",
        ("34:15", "tasks.calls.workflow", "there is no workflow 'mian'"),
    ),
    Case(
        "unknown behavior",
        "behavior: phone}",
        "behavior: phon}",
        ("27:54", "workers.Alice.behavior", "there is no behavior 'phon'"),
    ),
    Case(
        "unknown activity",
        "timeout_activity: Missed",
        "timeout_activity: Mised",
        ("8:21", "workspace.timeout_activity", "there is no activity 'Mised'"),
    ),
    Case(
        "unknown default activity",
        "timeout_activity: Missed",
        "default_activity: Offlin",
        ("8:21", "workspace.default_activity", "there is no activity 'Offlin'"),
    ),
    Case(
        "no default activity",
        "Offline: false, ",
        "",
        ("6:1", "workspace", "default_activity is Offline unless named, and there is no su"),
        ("41:44", "timetable[0].activity", "there is no activity 'Offline'"),
    ),
    Case(
        "unknown activity in the timetable",
        "activity: Offline}",
        "activity: Offlin}",
        ("41:44", "timetable[0].activity", "there is no activity 'Offlin'"),
    ),
    Case(
        "unknown channel",
        "task_channel: voice",
        "task_channel: vioce",
        ("35:19", "tasks.calls.task_channel", "there is no task channel 'vioce'"),
    ),
    Case(
        "unknown channel of a worker",
        "    count: 3\n",
        "    count: 3\n    channels: {vioce: 1}\n",
        ("30:16", "workers.agent.channels.vioce", "there is no task channel 'vioce'"),
    ),
    Case(
        "unknown worker",
        "worker: Alice",
        "worker: Alce",
        ("41:27", "timetable[0].worker", "there is no worker 'Alce'"),
    ),
    Case(
        "unknown worker of a group",
        "worker: Alice",
        "worker: agent-4",
        ("41:27", "timetable[0].worker", "there is no worker 'agent-4'"),
    ),
    Case(
        "unknown stream",
        "worker: Alice, activity: Offline",
        "cancel: cals/3",
        ("41:27", "timetable[0].cancel", "there is no task stream 'cals'"),
    ),
    Case(
        "cancel without number",
        "worker: Alice, activity: Offline",
        "cancel: calls",
        ("41:27", "timetable[0].cancel", "must be stream/number, such as billing_calls/17"),
    ),
    Case(
        "unknown activity when rejecting",
        "    no_answer_probability: 5%",
        "    reject_activity: Braek",
        ("24:22", "behaviors.phone.reject_activity", "there is no activity 'Braek'"),
    ),
    Case(
        "names that differ by case only",
        "  everyone: {",
        "  Billing: {",
        (
            "11:3",
            "task_queues.Billing",
            "two task queues have one name, or differ by case only: 'Bill",
        ),
        (
            "19:62",
            "workflows.main.configuration.task_routing.filters[0].targets[1].queue",
            "there is no queue 'everyone'",
        ),
        (
            "20:33",
            "workflows.main.configuration.task_routing.default_filter.queue",
            "there is no queue 'everyone'",
        ),
    ),
    Case(
        "workers that differ by case only",
        "  Alice: {",
        "  AGENT-1: {behavior: phone}\n  Alice: {",
        ("29:3", "workers.agent", "two workers have one name, or differ by case only: 'agent-1'"),
    ),
    Case(
        "activities that differ by case only",
        "Missed: false}",
        "Missed: false, MISSED: true}",
        (
            "7:64",
            "workspace.activities.MISSED",
            "two activities have one name, or differ by case only: 'MISSE",
        ),
    ),
    Case(
        "no activity available",
        "Available: true",
        "Available: false",
        (
            "7:3",
            "workspace.activities",
            "one activity at least must be available, as in Available: tr",
        ),
    ),
    Case(
        "expression that ends early",
        "skills HAS 'billing'",
        "skills HAS",
        (
            "10:29",
            "task_queues.billing.target_workers",
            "at character 11: expected an attribute or a constant, found ",
        ),
    ),
    Case(
        "expression without operator",
        "product == 'billing'",
        "product",
        (
            "18:25",
            "workflows.main.configuration.task_routing.filters[0].expression",
            "at character 8: expected a comparison operator, found the en",
        ),
    ),
    Case(
        "expression as number",
        "\"product == 'billing'\"",
        "5",
        (
            "18:25",
            "workflows.main.configuration.task_routing.filters[0].expression",
            "a filter needs an expression, as a text",
        ),
    ),
    Case(
        "expression injection",
        "skills HAS 'billing'",
        "__import__('os').system('true')",
        (
            "10:29",
            "task_queues.billing.target_workers",
            "at character 11: expected a comparison operator, found '('",
        ),
    ),
    Case(
        "document without task_routing",
        "task_routing:\n        filters",
        "task_ruting:\n        filters",
        (
            "16:7",
            "workflows.main.configuration.task_ruting",
            "unknown key (did you mean 'task_routing'?); a workflow document is a mapping with",
        ),
    ),
    Case(
        "document as list",
        DOCUMENT,
        "    configuration: [1]\n",
        (
            "15:5",
            "workflows.main.configuration",
            "must be TaskRouter's document, the name of a JSON file or it",
        ),
    ),
    Case(
        "targets missing",
        "            targets: [{queue: billing, timeout: 60}, {queue: everyone}]\n",
        "",
        (
            "18:13",
            "workflows.main.configuration.task_routing.filters[0].targets",
            "a filter needs a list of at least one target",
        ),
    ),
    Case(
        "target timeout with unit",
        "timeout: 60",
        "timeout: 60s",
        (
            "19:49",
            "workflows.main.configuration.task_routing.filters[0].targets[0].timeout",
            "must be a whole number of seconds, without unit, 1 … 2147483647, not '60s'",
        ),
    ),
    Case(
        "target timeout zero",
        "timeout: 60",
        "timeout: 0",
        (
            "19:49",
            "workflows.main.configuration.task_routing.filters[0].targets[0].timeout",
            "must be a whole number 1 ",
        ),
    ),
    Case(
        "unknown SID",
        "{queue: billing,",
        "{queue: WQ0123,",
        (
            "19:31",
            "workflows.main.configuration.task_routing.filters[0].targets[0].queue",
            "there is no queue 'WQ0123'",
        ),
    ),
    Case(
        "SID of an unknown queue",
        "    configuration:",
        "    sids: {WQ0123: biling}\n    configuration:",
        ("15:20", "workflows.main.sids.WQ0123", "there is no task queue 'biling'"),
    ),
    Case(
        "JSON text that ends early",
        DOCUMENT,
        "    configuration: '{\"task_routing\": {'\n",
        (
            "15:20",
            "workflows.main.configuration.task_routing",
            "line 1, column 19 of the JSON text: a key in double quotes i",
        ),
    ),
    Case(
        "reject activity missing",
        "after_timeout: 1m",
        "after_timeout: 1m, after_reject: 1m",
        ("22:3", "behaviors.phone", "return_delay.after_reject needs a reject_activity"),
    ),
    Case(
        "clock and share of rejections",
        "    no_answer_probability: 5%",
        "    reject_clock: 5s\n    reject_probability: 5%",
        ("22:3", "behaviors.phone", "reject_clock stands instead of reject_probability and reject"),
    ),
    Case(
        "unknown scripted answer",
        "    no_answer_probability: 5%",
        "    answers: [acept]",
        ("24:15", "behaviors.phone.answers[0]", "must be a mapping"),
    ),
    Case(
        "two scripted answers in one",
        "    no_answer_probability: 5%",
        "    answers: [{accept: 1s, reject: 2s}]",
        ("24:15", "behaviors.phone.answers[0]", "must be no_answer, {accept: 4s} or {reject: 2s}"),
    ),
    Case(
        "capacity negative",
        "    count: 3\n",
        "    count: 3\n    channels: {voice: -1}\n",
        ("30:23", "workers.agent.channels.voice", "must be at least 0"),
    ),
    Case(
        "goal without sign",
        '">= 80%"',
        '"80%"',
        ("42:24", "goals.service_level", "must be a condition such as '>= 80%' or '< 20s'"),
    ),
    Case(
        "goal with a wrong bound",
        '">= 80%"',
        '">= much"',
        ("42:24", "goals.service_level", "must be a duration such as 30s or 1h30m"),
    ),
    Case(
        "LIFO in small letters",
        "max_reserved_workers: 2",
        "task_order: lifo",
        (
            "11:26",
            "task_queues.everyone.task_order",
            "must be FIFO or LIFO (found 'lifo'; did you mean 'LIFO'?)",
        ),
    ),
    Case(
        "order of a queue that is none",
        "max_reserved_workers: 2",
        "task_order: SIRO",
        ("11:26", "task_queues.everyone.task_order", "must be FIFO or LIFO (found 'SIRO')"),
    ),
    Case(
        "order of the workspace",
        "timeout_activity: Missed",
        "prioritize_queue_order: true",
        ("8:27", "workspace.prioritize_queue_order", "must be FIFO or LIFO (found true)"),
    ),
    Case(
        "set-up delay without unit",
        "seed: 3",
        "task_channels: {voice: {setup_delay: 2}}",
        (
            "5:38",
            "task_channels.voice.setup_delay",
            "a duration needs a unit (found 2; write 2s for seconds; units are ms s m h",
        ),
    ),
    Case(
        "set-up delay of a wrong law",
        "seed: 3",
        "task_channels: {voice: {setup_delay: {distribution: exponental, mean: 2s}}}",
        (
            "5:53",
            "task_channels.voice.setup_delay.distribution",
            "there is no distribution 'exponental' (did you mean 'exponential'?)",
        ),
    ),
    Case(
        "set-up delay from a file that is not there",
        "seed: 3",
        "task_channels: {voice: {setup_delay: {distribution: empirical, file: a.csv, column: a}}}",
        (
            "5:70",
            "task_channels.voice.setup_delay.file",
            "'a.csv': cannot be read: No such file or directory",
        ),
    ),
    Case(
        "set-up failure in per cent without sign",
        "seed: 3",
        "task_channels: {voice: {setup_failure_probability: 5}}",
        (
            "5:52",
            "task_channels.voice.setup_failure_probability",
            "must be a probability, 0 … 1 or 5% (found 5; write 5% for per cent)",
        ),
    ),
    Case(
        "channel optimized by a word",
        "seed: 3",
        "task_channels: {fax: {channel_optimized_routing: yes}}",
        (
            "5:50",
            "task_channels.fax.channel_optimized_routing",
            "must be true or false (found 'yes'; write true)",
        ),
    ),
    Case(
        "unknown setting of a channel",
        "seed: 3",
        "task_channels: {voice: {setup_time: 2s}}",
        ("5:25", "task_channels.voice.setup_time", "unknown key (did you mean 'setup_delay'?)"),
    ),
    Case(
        "deadlines while reserved",
        "timeout_activity: Missed",
        "routing_rules: {deadline_while_reserved: during}",
        (
            "8:44",
            "workspace.routing_rules.deadline_while_reserved",
            "must be after or release (found 'during')",
        ),
    ),
    Case(
        "base of re-driven timeouts",
        "timeout_activity: Missed",
        "routing_rules: {redrive_timeout_base: age}",
        (
            "8:41",
            "workspace.routing_rules.redrive_timeout_base",
            "must be task_age or reset (found 'age')",
        ),
    ),
    Case(
        "strict expressions by a word",
        "timeout_activity: Missed",
        "routing_rules: {strict_expressions: on}",
        (
            "8:39",
            "workspace.routing_rules.strict_expressions",
            "must be true or false (found 'on'; write true)",
        ),
    ),
    Case(
        "re-offer delay without unit",
        "timeout_activity: Missed",
        "routing_rules: {reoffer_delay: 2}",
        (
            "8:34",
            "workspace.routing_rules.reoffer_delay",
            "a duration needs a unit (found 2; write 2s for seconds; units are ms s m h",
        ),
    ),
    Case(
        "negative routing latency",
        "timeout_activity: Missed",
        "routing_rules: {routing_latency: -1s}",
        (
            "8:36",
            "workspace.routing_rules.routing_latency",
            "must be a duration such as 30s or 1h30m (found '-1s'; negative is not possi",
        ),
    ),
    Case(
        "timeout activity by a number",
        "timeout_activity: Missed",
        "routing_rules: {timeout_activity_only_if_available: 1}",
        (
            "8:55",
            "workspace.routing_rules.timeout_activity_only_if_available",
            "must be true or false (found 1)",
        ),
    ),
    Case(
        "merged reason by a text",
        "timeout_activity: Missed",
        "routing_rules: {merged_ttl_reason: Task TTL Exceeded}",
        (
            "8:38",
            "workspace.routing_rules.merged_ttl_reason",
            "must be true or false (found 'Task TTL Exceeded')",
        ),
    ),
    Case(
        "assignment limit too high",
        "timeout_activity: Missed",
        "routing_rules: {assignment_limit: 100001}",
        (
            "8:37",
            "workspace.routing_rules.assignment_limit",
            "must be a whole number 1 to 100000, or none (found 100001)",
        ),
    ),
    Case(
        "virtual start in the future",
        "task_channel: voice",
        "virtual_start_offset: 5m",
        (
            "35:27",
            "tasks.calls.virtual_start_offset",
            "must be 0s or negative (found '5m'; write -5m)",
        ),
    ),
    Case(
        "virtual start without unit",
        "task_channel: voice",
        "virtual_start_offset: -5",
        (
            "35:27",
            "tasks.calls.virtual_start_offset",
            "a duration needs a unit (found -5; write -5s for seconds; units are ms s m",
        ),
    ),
    Case(
        "virtual start of two signs",
        "task_channel: voice",
        "virtual_start_offset: --5m",
        (
            "35:27",
            "tasks.calls.virtual_start_offset",
            "must be 0s, or a duration with one minus (found '--5m')",
        ),
    ),
    Case(
        "routed to nobody",
        "task_channel: voice",
        "routing_target: {}",
        (
            "35:5",
            "tasks.calls.routing_target",
            "needs worker, or queue, or workflow (found none of them)",
        ),
    ),
    Case(
        "routed to two",
        "task_channel: voice",
        "routing_target: {worker: Alice, queue: billing}",
        (
            "35:5",
            "tasks.calls.routing_target",
            "worker and queue exclude each other; needs worker, or queue, or workflow",
        ),
    ),
    Case(
        "routed to a name",
        "task_channel: voice",
        "routing_target: Alice",
        ("35:21", "tasks.calls.routing_target", "must be a mapping (found 'Alice')"),
    ),
    Case(
        "routed to an unknown worker",
        "task_channel: voice",
        "routing_target: {worker: Alce}",
        (
            "35:30",
            "tasks.calls.routing_target.worker",
            "there is no worker 'Alce' (allowed: Alice, agent; did you mean 'Alice'?)",
        ),
    ),
    Case(
        "routed to a group",
        "task_channel: voice",
        "routing_target: {worker: agent}",
        (
            "35:30",
            "tasks.calls.routing_target.worker",
            "'agent' is a group; name one of agent-1 … agent-3",
        ),
    ),
    Case(
        "routed to an unknown queue",
        "task_channel: voice",
        "routing_target: {queue: biling}",
        (
            "35:29",
            "tasks.calls.routing_target.queue",
            "there is no task queue 'biling' (allowed: billing, everyone; did you mean '",
        ),
    ),
    Case(
        "routed to a task queue by the long word",
        "task_channel: voice",
        "routing_target: {task_queue: billing}",
        (
            "35:22",
            "tasks.calls.routing_target.task_queue",
            "unknown key (allowed: worker, queue, workflow; did you mean 'queue'?)",
        ),
    ),
    Case(
        "routed to an unknown workflow",
        "workflow: main",
        "routing_target: {workflow: mian}",
        (
            "34:32",
            "tasks.calls.routing_target.workflow",
            "there is no workflow 'mian' (did you mean 'main'?)",
        ),
    ),
    Case(
        "ignored capacity without target",
        "task_channel: voice",
        "ignore_capacity: true",
        ("35:22", "tasks.calls.ignore_capacity", "goes with a routing_target that names a worker"),
    ),
    Case(
        "ignored capacity of a queue",
        "task_channel: voice",
        "routing_target: {queue: billing}\n    ignore_capacity: false",
        ("36:22", "tasks.calls.ignore_capacity", "goes with a routing_target that names a worker"),
    ),
    Case(
        "transfers of a stream",
        "task_channel: voice",
        "transfer_probability: 5%",
        ("35:5", "tasks.calls.transfer_probability", "unknown key: transfers are not simulated"),
    ),
    Case(
        "transfer in the timetable",
        "worker: Alice, activity: Offline",
        "transfer: calls/3",
        ("41:19", "timetable[0].transfer", "unknown key: transfers are not simulated"),
    ),
    Case(
        "transfer of a task",
        "worker: Alice, activity: Offline",
        "task: calls/3, transfer: {worker: Alice}",
        ("41:34", "timetable[0].transfer", "unknown key: transfers are not simulated"),
    ),
    Case(
        "entry about nothing",
        ", worker: Alice, activity: Offline",
        "",
        ("41:5", "timetable[0]", "needs worker, cancel, task, task_queue or workflow"),
    ),
    Case(
        "activity of nobody",
        "worker: Alice, activity: Offline",
        "activity: Offline",
        ("41:29", "timetable[0].activity", "needs worker beside it"),
    ),
    Case(
        "worker without a change",
        "worker: Alice, activity: Offline",
        "worker: Alice",
        (
            "41:5",
            "timetable[0]",
            "worker needs activity, attributes, or task_channel with capacity or availab",
        ),
    ),
    Case(
        "two changes of a worker",
        "worker: Alice, activity: Offline",
        "worker: Alice, activity: Offline, attributes: {}",
        ("41:5", "timetable[0]", "activity and attributes need an entry each"),
    ),
    Case(
        "two changes of a channel",
        "worker: Alice, activity: Offline",
        "worker: Alice, task_channel: chat, capacity: 2, available: true",
        ("41:5", "timetable[0]", "capacity and available need an entry each"),
    ),
    Case(
        "channel without a change",
        "worker: Alice, activity: Offline",
        "worker: Alice, task_channel: chat",
        ("41:48", "timetable[0].task_channel", "needs capacity or available beside it"),
    ),
    Case(
        "capacity without channel",
        "worker: Alice, activity: Offline",
        "worker: Alice, capacity: 2",
        ("41:44", "timetable[0].capacity", "needs task_channel beside it"),
    ),
    Case(
        "availability without channel",
        "worker: Alice, activity: Offline",
        "worker: Alice, available: false",
        ("41:45", "timetable[0].available", "needs task_channel beside it"),
    ),
    Case(
        "capacity below nothing",
        "worker: Alice, activity: Offline",
        "worker: Alice, task_channel: chat, capacity: -1",
        ("41:64", "timetable[0].capacity", "must be at least 0 (found -1)"),
    ),
    Case(
        "unknown channel in the timetable",
        "worker: Alice, activity: Offline",
        "worker: Alice, task_channel: caht, capacity: 2",
        (
            "41:48",
            "timetable[0].task_channel",
            "there is no task channel 'caht' (allowed: default, voice, sms, chat, video;",
        ),
    ),
    Case(
        "channel by the short word",
        "worker: Alice, activity: Offline",
        "worker: Alice, channel: chat, capacity: 2",
        ("41:34", "timetable[0].channel", "unknown key (did you mean 'task_channel'?)"),
    ),
    Case(
        "rejecting without activity",
        "worker: Alice, activity: Offline",
        "worker: Alice, attributes: {}, reject_pending_reservations: true",
        ("41:79", "timetable[0].reject_pending_reservations", "needs activity beside it"),
    ),
    Case(
        "attributes in the timetable as text",
        "worker: Alice, activity: Offline",
        "worker: Alice, attributes: skills",
        ("41:46", "timetable[0].attributes", "must be a mapping of attributes (found 'skills')"),
    ),
    Case(
        "priority of a worker",
        "worker: Alice, activity: Offline",
        "worker: Alice, activity: Offline, priority: 3",
        ("41:63", "timetable[0].priority", "goes with task, not with worker"),
    ),
    Case(
        "reason without cancel",
        "worker: Alice, activity: Offline",
        "task: calls/3, priority: 3, reason: urgent",
        ("41:55", "timetable[0].reason", "goes with cancel, not with task"),
    ),
    Case(
        "task without a change",
        "worker: Alice, activity: Offline",
        "task: calls/3",
        ("41:5", "timetable[0]", "task needs attributes or priority"),
    ),
    Case(
        "task without number",
        "worker: Alice, activity: Offline",
        "task: calls, priority: 3",
        (
            "41:25",
            "timetable[0].task",
            "must be stream/number, such as billing_calls/17 (found 'calls')",
        ),
    ),
    Case(
        "task of an unknown stream",
        "worker: Alice, activity: Offline",
        "task: cals/3, priority: 3",
        ("41:25", "timetable[0].task", "there is no task stream 'cals' (did you mean 'calls'?)"),
    ),
    Case(
        "priority too high",
        "worker: Alice, activity: Offline",
        "task: calls/3, priority: 2147483648",
        ("41:44", "timetable[0].priority", "must be at most 2147483647 (found 2147483648)"),
    ),
    Case(
        "cancel and task",
        "worker: Alice, activity: Offline",
        "cancel: calls/3, task: calls/3, priority: 1",
        ("41:5", "timetable[0]", "cancel and task exclude each other"),
    ),
    Case(
        "unknown queue in the timetable",
        "worker: Alice, activity: Offline",
        "task_queue: biling, max_reserved_workers: 2",
        (
            "41:31",
            "timetable[0].task_queue",
            "there is no task queue 'biling' (allowed: billing, everyone; did you mean '",
        ),
    ),
    Case(
        "queue without a change",
        "worker: Alice, activity: Offline",
        "task_queue: billing",
        ("41:5", "timetable[0]", "task_queue needs max_reserved_workers or target_workers"),
    ),
    Case(
        "queue by the short word",
        "worker: Alice, activity: Offline",
        "queue: billing, max_reserved_workers: 2",
        ("41:19", "timetable[0].queue", "unknown key (did you mean 'task_queue'?)"),
    ),
    Case(
        "too many reserved from now on",
        "worker: Alice, activity: Offline",
        "task_queue: billing, max_reserved_workers: 51",
        ("41:62", "timetable[0].max_reserved_workers", "must be at most 50 (found 51)"),
    ),
    Case(
        "bad expression in the timetable",
        "worker: Alice, activity: Offline",
        "task_queue: billing, target_workers: 'skills HAS'",
        (
            "41:56",
            "timetable[0].target_workers",
            "at character 11: expected an attribute or a constant, found the end",
        ),
    ),
    Case(
        "unknown workflow in the timetable",
        "worker: Alice, activity: Offline",
        "workflow: mian, re_evaluate_tasks: true",
        ("41:29", "timetable[0].workflow", "there is no workflow 'mian' (did you mean 'main'?)"),
    ),
    Case(
        "workflow without a change",
        "worker: Alice, activity: Offline",
        "workflow: main, re_evaluate_tasks: false",
        (
            "41:5",
            "timetable[0]",
            "workflow needs task_reservation_timeout, configuration or re_evaluate_tasks",
        ),
    ),
    Case(
        "reservation timeout in the timetable",
        "worker: Alice, activity: Offline",
        "workflow: main, task_reservation_timeout: 1.5s",
        (
            "41:61",
            "timetable[0].task_reservation_timeout",
            "must be whole seconds, 1s to 86400s (found 1.5s)",
        ),
    ),
    Case(
        "later configuration that is not there",
        "worker: Alice, activity: Offline",
        "workflow: main, configuration: later.json",
        (
            "41:50",
            "timetable[0].configuration",
            "'later.json': cannot be read: No such file or directory",
        ),
    ),
    Case(
        "configuration as a number",
        "worker: Alice, activity: Offline",
        "workflow: main, configuration: 3",
        (
            "41:50",
            "timetable[0].configuration",
            "must be TaskRouter's document, the name of a JSON file or its text (found 3",
        ),
    ),
    Case(
        "configuration with an unknown queue",
        "worker: Alice, activity: Offline",
        "workflow: main, configuration: {task_routing: {default_filter: {queue: biling}}}",
        (
            "41:90",
            "timetable[0].configuration.task_routing.default_filter.queue",
            "there is no queue 'biling'; queues are 'billing', 'everyone' (TaskRouter er",
        ),
    ),
    Case(
        "wrapped configuration that is no JSON",
        "worker: Alice, activity: Offline",
        "workflow: main, configuration: {Configuration: '{task'}",
        (
            "41:66",
            "timetable[0].configuration",
            "line 1, column 2 of the JSON text: cannot be read as JSON (found 'task')",
        ),
    ),
    Case(
        "wrapped workflow with a wrong document",
        "worker: Alice, activity: Offline",
        "workflow: main, configuration: {configuration: '{\"filters\": []}'}",
        (
            "41:66",
            "timetable[0].configuration",
            "a workflow document is a mapping with the key 'task_routing' (TaskRouter er",
        ),
    ),
    Case(
        "SID of something else",
        "    configuration:",
        "    sids: {WX01: billing}\n    configuration:",
        (
            "15:12",
            "workflows.main.sids.WX01",
            "a SID begins with WQ (of a queue), WA (of an activity) or WK (of a worker)",
        ),
    ),
    Case(
        "SID of an unknown activity",
        "    configuration:",
        "    sids: {WA01: Mised}\n    configuration:",
        (
            "15:18",
            "workflows.main.sids.WA01",
            "there is no activity 'Mised' (allowed: Available, Offline, Missed; did you",
        ),
    ),
    Case(
        "SID of an unknown worker",
        "    configuration:",
        "    sids: {WK01: Alce}\n    configuration:",
        (
            "15:18",
            "workflows.main.sids.WK01",
            "there is no worker 'Alce' (allowed: Alice, agent; did you mean 'Alice'?)",
        ),
    ),
    Case(
        "SID of a group",
        "    configuration:",
        "    sids: {WK01: agent}\n    configuration:",
        ("15:18", "workflows.main.sids.WK01", "'agent' is a group; name one of agent-1 … agent-3"),
    ),
    Case(
        "two SIDs of a worker",
        "    configuration:",
        "    sids: {WK01: Alice, WK02: Alice}\n    configuration:",
        ("15:31", "workflows.main.sids.WK02", "'Alice' has the SID WK01 already"),
    ),
    Case(
        "linear rates",
        "rate: 60/h",
        "rates: [1/h, 2/h], interval: 1h, interpolate: linear",
        ("37:80", "tasks.calls.arrivals.interpolate", "interpolate 'linear' is not supported yet"),
    ),
    Case(
        "tab for indentation",
        "  agent:\n    count",
        "  agent:\n\tcount",
        ("29:1", "", "not valid YAML: a tab cannot stand here"),
    ),
    Case(
        "tab after a colon",
        "seed: 3",
        "seed:\t3",
        ("5:6", "", "not valid YAML: a tab cannot stand here"),
    ),
    Case(
        "wrong indentation",
        "    count: 3",
        "   count: 3",
        ("30:5", "", "not valid YAML: the indentation differs from the lines above"),
    ),
    Case(
        "colon in a text",
        "name: Desk",
        "name: Desk: one",
        ("2:11", "", "not valid YAML: this ':' has no place here; quote the text"),
    ),
    Case(
        "open quotation mark",
        "name: Desk",
        'name: "Desk',
        ("2:7", "", "not valid YAML: this quotation mark is closed in line 10 only"),
    ),
    Case(
        "open bracket",
        "seed: 3",
        "seed: [3",
        ("5:7", "", "not valid YAML: this '[' is not closed, or a ',' is missing before line 6"),
    ),
    Case(
        "unknown anchor",
        "seed: 3",
        "seed: *three",
        ("5:7", "seed", "there is no anchor 'three' before this place"),
    ),
    Case(
        "anchor inside itself",
        "attributes: {product: billing}",
        "attributes: &a {product: *a}",
        ("36:30", "tasks.calls.attributes.product", "the alias 'a' stands inside its own anchor"),
    ),
    Case(
        "object tag",
        "seed: 3",
        "seed: !!python/object/apply:os.system ['true']",
        ("5:7", "seed", "the tag '!!python/object/apply:os.system' is not allowed her"),
    ),
    Case(
        "tag of our own",
        "seed: 3",
        "seed: !three 3",
        ("5:7", "seed", "the tag '!three' is not allowed here"),
    ),
    Case(
        "tag that does not fit",
        "seed: 3",
        "seed: !!int three",
        ("5:7", "seed", "the tag '!!int' is not allowed here"),
    ),
    Case(
        "binary tag",
        "name: Desk",
        "name: !!binary R0lGODlhDAAMAIQAAP",
        ("2:7", "name", "the tag '!!binary' is not allowed here"),
    ),
    Case(
        "date tag",
        "name: Desk",
        "name: !!timestamp 2001-99-99",
        ("2:7", "name", "the tag '!!timestamp' is not allowed here"),
    ),
    Case(
        "second document", "seed: 3", "---\nseed: 3", ("5:1", "", "a second document begins here")
    ),
    Case(
        "merge of a text",
        "seed: 3",
        "<<: text",
        ("5:1", '"<<"', "a merge key '<<' takes a mapping or a list of mappings"),
    ),
    Case(
        "escaped control character",
        "name: Desk",
        'name: "a\\e[31m"',
        ("2:7", "name", "a control character cannot be used"),
    ),
    Case(
        "escaped nothing",
        "name: Desk",
        'name: "a\\0b"',
        ("2:7", "name", "a control character cannot be used"),
    ),
    Case(
        "escape beyond Unicode",
        "name: Desk",
        'name: "\\UFFFFFFFF"',
        ("2:5", "", "not valid YAML at or after this place"),
    ),
    Case(
        "half a surrogate pair",
        "name: Desk",
        'name: "\\ud800"',
        ("2:7", "name", "half of a surrogate pair is no character"),
    ),
    Case(
        "raw control character",
        "name: Desk",
        "name: a\x1b[31m",
        ("2:8", "", "the control character U+001B cannot be used"),
    ),
    Case(
        "raw NUL",
        "name: Desk",
        "name: a\x00b",
        ("2:8", "", "the control character U+0000 cannot be used"),
    ),
    Case(
        "line separator",
        "name: Desk",
        "name: a\u2028b",
        ("2:8", "", "the control character U+2028 cannot be used"),
    ),
    Case(
        "byte order mark inside",
        "name: Desk",
        "name: a\ufeffb",
        ("2:8", "", "the control character U+FEFF cannot be used"),
    ),
    Case(
        "reserved character",
        "name: Desk",
        "name: @desk",
        ("2:7", "", "not valid YAML: a value cannot begin with '@'; put it in quotes"),
    ),
    Case(
        "YAML 1.1 by its own word",
        "trsim: 1\n",
        "%YAML 1.1\n---\ntrsim: 1\n",
        ("2:1", "", "is YAML 1.1 by its own word"),
    ),
    Case(
        "configuration above the folder",
        DOCUMENT,
        "    configuration: ../main.json\n",
        (
            "15:20",
            "workflows.main.configuration",
            "'../main.json': a file must lie in the folder of the scenari",
        ),
    ),
    Case(
        "configuration that is not there",
        DOCUMENT,
        "    configuration: main.json\n",
        (
            "15:20",
            "workflows.main.configuration",
            "'main.json': cannot be read: No such file or directory",
        ),
    ),
    Case(
        "absolute path",
        "process: poisson, rate: 60/h",
        "process: trace, file: /etc/passwd",
        (
            "37:38",
            "tasks.calls.arrivals.file",
            "'/etc/passwd': a file must lie in the folder of the scenario",
        ),
    ),
    Case(
        "path through a folder",
        "process: poisson, rate: 60/h",
        "process: trace, file: a/../../b.csv",
        (
            "37:38",
            "tasks.calls.arrivals.file",
            "'a/../../b.csv': a file must lie in the folder of the scenar",
        ),
    ),
    Case(
        "path with backslashes",
        "process: poisson, rate: 60/h",
        "process: trace, file: '..\\b.csv'",
        (
            "37:38",
            "tasks.calls.arrivals.file",
            "'..\\\\b.csv': a file must lie in the folder of the scenario",
        ),
    ),
    Case(
        "home folder",
        "process: poisson, rate: 60/h",
        "process: trace, file: ~root/b.csv",
        (
            "37:38",
            "tasks.calls.arrivals.file",
            "'~root/b.csv': a file must lie in the folder of the scenario",
        ),
    ),
    Case(
        "folder for a file",
        "process: poisson, rate: 60/h",
        "process: trace, file: .",
        ("37:38", "tasks.calls.arrivals.file", "'.': cannot be read: it is not a regular file"),
    ),
    Case(
        "empty file name",
        "process: poisson, rate: 60/h",
        "process: trace, file: ''",
        ("37:38", "tasks.calls.arrivals.file", "'': a file must lie in the folder of the scenario"),
    ),
    Case(
        "column missing",
        "patience: 3m",
        "patience: {distribution: empirical, file: a.csv}",
        ("38:5", "tasks.calls.patience", "needs values, or file and column (found file)"),
    ),
]


def test_there_are_many_kinds() -> None:
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_malformed_scenario_is_refused(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = problems(spoiled((case.old, case.new)), Path())
    places = [(f"{problem.line}:{problem.column}", problem.path) for problem in found]
    assert places == [(place, path) for place, path, _ in case.expected]
    for problem, (place, _, words) in zip(found, case.expected, strict=True):
        first = str(problem).split("\n", maxsplit=1)[0]
        assert first.startswith(f"desk.yaml:{place}: ")
        assert words in problem.reason
        assert len(first) <= 200
        assert str(problem).replace("\n", "").isprintable()
