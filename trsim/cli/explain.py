"""``trsim explain``: the timeline of one task in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.loading import load
from trsim.cli.named import instant_ms, named_task, task_of
from trsim.errors import UsageError

if TYPE_CHECKING:
    from trsim.eventlog import EventLog
    from trsim.model import Model
    from trsim.report.explain_text import Timeline
    from trsim.report.wording import Clock

_WIDEST = 110
_OR_ATTRIBUTES = "attributes such as product=billing"


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """What follows ``trsim explain``."""

    source: str
    task: str
    at: str | None
    workflow: str | None
    channel: str | None
    priority: int | None
    seed: int | None
    settings: tuple[str, ...]
    everybody: bool
    as_json: bool
    quiet: bool

    @property
    def adds_a_task(self) -> bool:
        """Whether a task is described, and not one of the run named."""
        return "=" in self.task or not self.task.strip()


@click.command("explain", cls=RichCommand)
@click.argument("source", metavar="SOURCE")
@click.option(
    "--task",
    metavar="TASK",
    required=True,
    help="A task of the run, such as billing_calls/17 or its number 17; or attributes of one more "
    "task, such as product=billing,tier=gold, which is created at --at.",
)
@click.option(
    "--at",
    metavar="T",
    help="When the additional task is created: a time of day or a date with one, if the scenario "
    "has a start, or the time since the start, such as 1h30m.",
)
@click.option("--workflow", metavar="NAME", help="Workflow of the additional task.")
@click.option("--channel", metavar="NAME", help="Task channel of the additional task.")
@click.option("--priority", type=click.IntRange(min=0), help="Priority of the additional task.")
@click.option("--seed", type=click.IntRange(min=0), help="Root seed; wins over the scenario's.")
@click.option(
    "--set",
    "settings",
    metavar="PATH=VALUE",
    multiple=True,
    envvar="TRSIM_EXPLAIN_SET",
    help="Change a value of the scenario, for example --set workers.agent.count=45.",
)
@click.option(
    "--all",
    "everybody",
    is_flag=True,
    help="Name everybody and tell everything, however much it is.",
)
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_EXPLAIN_JSON", help="Print one JSON document."
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks.")
def explain(**options: Any) -> None:
    """Tell what becomes of one task, and why.

    SOURCE is a scenario, which is simulated, or a folder that 'trsim run --out' wrote.
    """
    _explain(ExplainOptions(**options))


def _explain(options: ExplainOptions) -> None:
    from trsim.cli.streams import data_width, talk, visible, write
    from trsim.report.explain_text import timeline_document, timeline_text

    _check(options)
    told = _of_folder(options) if Path(options.source).is_dir() else _of_scenario(options)
    if not options.quiet and not Path(options.source).is_dir():
        for warning in told.model.warnings:
            talk(visible(f"warning: {warning}"))
    if options.as_json:
        document = timeline_document(told.timeline, told.model.start)
        write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return
    width = min(data_width(), _WIDEST)
    write(timeline_text(told.timeline, told.clock, width=width, complete=options.everybody))


@dataclass(frozen=True, slots=True)
class _Told:
    """A timeline, and the model it is about."""

    model: Model
    timeline: Timeline
    clock: Clock


def _check(options: ExplainOptions) -> None:
    """Refuse options that do not go together."""
    given = {
        "--at": options.at,
        "--workflow": options.workflow,
        "--channel": options.channel,
        "--priority": options.priority,
    }
    described = [name for name, value in given.items() if value is not None]
    if not options.adds_a_task and described:
        raise UsageError(
            f"{described[0]} goes with an additional task, such as --task product=billing; "
            f"{options.task!r} names a task of the run"
        )
    if options.adds_a_task and options.at is None:
        raise UsageError("an additional task needs --at: when it is created")
    if Path(options.source).is_dir() and (
        options.adds_a_task or options.seed is not None or options.settings
    ):
        raise UsageError(
            f"{options.source} is a run that is over: name one of its tasks, without --seed and "
            "--set; give a scenario to simulate"
        )


def _of_scenario(options: ExplainOptions) -> _Told:
    """Simulate a scenario, with one more task if one is described, and tell."""
    from trsim.experiments.run import names_of

    scenario, model = load(options.source, options.settings)
    if not options.adds_a_task:
        # A misspelled stream is refused before the work is done.
        named_task(options.task, names_of(model).streams, _OR_ATTRIBUTES)
        return _told(model, _simulated(model, options), options.task, options)
    from trsim.report.explain_extra import ExtraTask, with_task

    at_ms = instant_ms("--at", str(options.at), scenario, model.horizon_ms)
    if at_ms == model.horizon_ms:
        raise UsageError(f"--at {options.at} is the end of the run: nothing is created any more")
    wanted = ExtraTask(
        _attributes(options.task), at_ms, options.workflow, options.channel, options.priority
    )
    extended = with_task(model, wanted)
    stream = extended.model.world.streams[extended.stream]
    log = _simulated(extended.model, options)
    return _told(extended.model, log, f"{stream.name}/0", options, extended.remarks)


def _simulated(model: Model, options: ExplainOptions) -> EventLog:
    from trsim.cli.progress import progress_bar
    from trsim.cli.stopping import stop_if_asked
    from trsim.experiments.run import run

    with progress_bar(quiet=options.quiet) as show_progress:

        def progress(done: float) -> None:
            stop_if_asked()
            if show_progress is not None:
                show_progress(done)

        return run(model, seed=options.seed, progress=progress).log


def _of_folder(options: ExplainOptions) -> _Told:
    """Read the run that a folder keeps, and tell."""
    from trsim.experiments.openrun import open_run

    kept = open_run(options.source)
    return _told(kept.model, kept.result.log, options.task, options)


def _told(
    model: Model,
    log: EventLog,
    named: str,
    options: ExplainOptions,
    remarks: tuple[str, ...] = (),
) -> _Told:
    """Return the timeline of a task that is named."""
    from trsim.report import explain as telling
    from trsim.report.explain_find import clock_for, name_of
    from trsim.report.explain_text import Timeline

    wanted = named_task(named, log.names.streams, _OR_ATTRIBUTES)
    task = task_of(log, wanted)
    if task is None:
        stream, number = wanted
        assert stream is not None, "what was refused has no number in the run"
        clock = clock_for(model, log, None)
        entries = telling.explain_refusal(model, log.rows(), stream, number, clock=clock)
        name = f"{log.names.streams[stream]}/{number}"
    else:
        name = name_of(log, task)
        clock = clock_for(model, log, task)
        entries = telling.explain(model, log.rows(), task, clock=clock, everybody=options.everybody)
    return _Told(model, Timeline(model.name, task, name, entries, remarks), clock)


def _attributes(text: str) -> dict[str, object]:
    """Return the attributes that a text such as ``product=billing,tier=gold`` gives."""
    from trsim.errors import ScenarioError
    from trsim.scenario.load import parse_setting
    from trsim.scenario.mixes import canonical
    from trsim.scenario.problems import shown

    found: dict[str, Any] = {}
    for part in _parts(text):
        if "=" not in part:
            said = "an attribute is name=value, such as product=billing"
            raise UsageError(f"--task: {said} (found {shown(part.strip())})")
        path, value = parse_setting(part)
        *above, name = path.split(".")
        inner: Any = found
        for step in above:
            inner = inner.setdefault(step, {}) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or name in inner:
            raise UsageError(f"--task gives the attribute {shown(path)} twice")
        inner[name] = value
    try:
        canonical(found)
    except (ValueError, TypeError, ScenarioError) as fault:
        raise UsageError(f"--task: {fault}") from None
    return found


def _parts(text: str) -> list[str]:
    """Return the parts of a list between commas that stand in no brackets and no quotes."""
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        if char == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]
