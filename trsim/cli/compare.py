"""``trsim compare``: what difference a setting makes, on the same customers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.cli.loading import load
from trsim.cli.work import work_options
from trsim.errors import OutputError, Problem, ScenarioError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from trsim.analysis.comparison import Comparison
    from trsim.model import Model
    from trsim.scenario.load import Scenario

_WITH = re.compile(r"\s*(?P<name>[^:=\"']*[^:=\"'\s])\s*:(?P<setting>.*)", re.DOTALL)
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """What follows ``trsim compare``."""

    scenarios: tuple[str, ...]
    settings: tuple[str, ...]
    alternatives: tuple[str, ...]
    replications: int | None
    seed: int | None
    until: str | None
    kpis: str | None
    everything: bool
    confidence: float
    as_json: bool
    plot: str | None
    processes: int | None
    dask: str | None
    quiet: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """A scenario to be compared, with its model."""

    scenario: Scenario
    model: Model


@click.command("compare", cls=RichCommand)
@click.argument("scenarios", metavar="SCENARIO…", nargs=-1, required=True)
@click.option(
    "--set",
    "settings",
    metavar="PATH=VALUE",
    multiple=True,
    envvar="TRSIM_COMPARE_SET",
    help="Change a value; all of them together are the second setting, next to SCENARIO as it is.",
)
@click.option(
    "--with",
    "alternatives",
    metavar="NAME:PATH=VALUE",
    multiple=True,
    envvar="TRSIM_COMPARE_WITH",
    help="The same under a name; those of one name belong together, so that SCENARIO can be "
    "compared with several settings at once.",
)
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(min=1),
    help="Runs of each setting; left out: as the first scenario says, but at least 10.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Root seed of all settings.")
@click.option(
    "--until",
    metavar="DURATION",
    envvar="TRSIM_COMPARE_UNTIL",
    help="Simulate up to here instead of the horizon, e.g. 2h.",
)
@click.option("--kpis", metavar="NAME,…", help="Figures to compare instead of the main ones.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    envvar="TRSIM_COMPARE_ALL",
    help="Compare all figures.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    help="Of the intervals.",
)
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_COMPARE_JSON", help="Print one JSON document."
)
@click.option("--plot", metavar="FILE", help="Draw the differences, into a .png or .svg file.")
@work_options
def compare(**options: Any) -> None:
    """Show what difference settings make, on the same customers.

    Compares the first SCENARIO with every other, or one SCENARIO with itself changed by --set or
    --with.  Differences are taken replication by replication on common random numbers.
    """
    _compare(CompareOptions(**options))


def _compare(options: CompareOptions) -> None:
    from trsim.cli.streams import show, talk, visible, write

    kpis = _wanted(options)
    settings = _settings(options)
    _check_alike(settings)
    _check_given(settings, kpis or ())
    if options.plot is not None:
        _check_plot(options.plot, len(settings) - 1)
    if not options.quiet:
        for remark in _remarks(settings, options.seed):
            talk(visible(remark))
    comparison = _compared(settings, options)
    shown = comparison.kpis if options.everything else kpis
    if options.as_json:
        from trsim.report.comparison_document import comparison_document

        write(
            comparison_document(
                comparison,
                shown or comparison.kpis,
                confidence=options.confidence,
                warnings={name: each.model.warnings for name, each in settings.items()},
            )
        )
    else:
        from trsim.report.comparison_table import compared

        show(compared(comparison, shown, confidence=options.confidence))
    if options.plot is not None:
        written = _plotted(comparison, kpis, options)
        if not options.quiet:
            talk(visible(f"wrote {written}"))


def _remarks(settings: dict[str, Setting], seed: int | None) -> Iterator[str]:
    """Yield what the loader found suspicious, and which seeds of settings are not used."""
    base, first = next(iter(settings.items()))
    for name, setting in settings.items():
        for warning in setting.model.warnings:
            yield f"warning: {name}: {warning}"
        if seed is None and setting.model.seed != first.model.seed:
            yield (
                f"warning: {name}: its seed {setting.model.seed} is not used; all settings run "
                f"with {first.model.seed}, that of {base}, and so meet the same customers"
            )


def _plotted(comparison: Comparison, kpis: tuple[str, ...] | None, options: CompareOptions) -> Path:
    """Draw the figures asked for, or the main ones; of all figures no plot could be read."""
    from trsim.plots.canvas import save_figure
    from trsim.plots.differences import differences
    from trsim.report.comparison_table import main_differences

    names = main_differences(comparison) if kpis is None else kpis
    figure = differences(comparison, names, confidence=options.confidence)
    assert options.plot is not None, "nothing is drawn unless a file is named"
    return save_figure(figure, options.plot)


def _check_plot(file: str, settings: int) -> None:
    """Refuse what cannot be drawn before anything runs.

    Raises
    ------
    UsageError
        The file has an unknown ending, or there are too many settings.
    OutputError
        Its folder is not there.
    """
    from pathlib import Path

    from trsim.plots.canvas import format_of
    from trsim.plots.differences import MOST_SETTINGS

    format_of(file)
    if settings > MOST_SETTINGS:
        raise UsageError(
            f"--plot shows {MOST_SETTINGS} settings beside the base at most, not {settings}"
        )
    if not Path(file).parent.is_dir():
        raise OutputError(f"cannot write {file}: there is no folder {Path(file).parent}")


def _check_given(settings: dict[str, Setting], kpis: Sequence[str]) -> None:
    """Refuse figures that need something the scenarios do not give, such as wages."""
    from trsim.analysis.kpis import definition

    for name, setting in settings.items():
        for kpi in kpis:
            if not definition(kpi).given(setting.model):
                raise UsageError(
                    f"{name} has no figure {kpi!r}: the scenario does not give what it needs "
                    f"({definition(kpi).formula})"
                )


def _wanted(options: CompareOptions) -> tuple[str, ...] | None:
    """Return the figures asked for, None if none are named."""
    if options.kpis is None:
        return None
    if options.everything:
        raise UsageError("--kpis names some figures and --all means all: choose one of them")
    from trsim.analysis.kpis import definition, threshold_name
    from trsim.experiments.figures import THRESHOLDS_S

    names = tuple(dict.fromkeys(name.strip() for name in options.kpis.split(",")))
    kept = [threshold_name(seconds) for seconds in THRESHOLDS_S]
    for name in names:
        definition(name)
        if "@" in name and name not in kept:
            raise UsageError(f"{name} is not kept of replications, only {', '.join(kept)}")
    return names


def _compared(settings: dict[str, Setting], options: CompareOptions) -> Comparison:
    from trsim.cli.work import evaluator
    from trsim.experiments.compare import compare as compare_models

    with evaluator(processes=options.processes, dask=options.dask, quiet=options.quiet) as evaluate:
        return compare_models(
            {name: setting.model for name, setting in settings.items()},
            replications=options.replications,
            seed=options.seed,
            evaluator=evaluate,
        )


def _settings(options: CompareOptions) -> dict[str, Setting]:
    """Return the settings to be compared by their names, the base first."""
    files, changes = options.scenarios, _changes(options)
    if len(files) > 1 and changes:
        raise UsageError(
            f"--set and --with make other settings out of one scenario, but {len(files)} were "
            "given: name one of them, or leave the options out"
        )
    if len(files) == 1 and not changes:
        raise UsageError(
            f"there is nothing to compare {files[0]} with: name a second scenario, or change a "
            "value with --set PATH=VALUE"
        )
    if changes:
        base = _stem(files[0])
        while base in changes:
            base += " (as it is)"
        return {
            base: _loaded(files[0], (), options.until),
            **{name: _loaded(files[0], each, options.until) for name, each in changes.items()},
        }
    return {
        name: _loaded(file, (), options.until)
        for name, file in zip(_file_names(files), files, strict=True)
    }


def _loaded(file: str, changes: Sequence[str], until: str | None) -> Setting:
    return Setting(*load(file, changes, until))


def _changes(options: CompareOptions) -> dict[str, list[str]]:
    """Return the changed values of every setting beside the base, by its name."""
    named: dict[str, list[str]] = {}
    for text in options.alternatives:
        found = _WITH.fullmatch(text)
        if found is None:
            from trsim.scenario.problems import shown

            raise UsageError(
                "--with is NAME:PATH=VALUE, such as --with long:workers.agent.count=45 "
                f"(found {shown(text)})"
            )
        named.setdefault(found["name"], []).append(found["setting"])
    if not options.settings:
        return named
    name = _name_of(options.settings)
    if name in named:
        raise UsageError(f"--with names a setting {name!r}, which is what --set is called")
    return {name: list(options.settings), **named}


def _name_of(settings: Sequence[str]) -> str:
    """Return a short name for changed values: their last keys with what they are set to."""
    parts = []
    for setting in settings:
        path, _, value = setting.partition("=")
        parts.append(f"{path.rpartition('.')[2].strip()}={value.strip()}")
    name = ", ".join(parts)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _stem(file: str) -> str:
    from pathlib import Path

    return Path(file).stem or file


def _file_names(files: Sequence[str]) -> list[str]:
    """Return a name for each file, short where short names tell them apart."""
    stems = [_stem(file) for file in files]
    names: list[str] = []
    for file, stem in zip(files, stems, strict=True):
        name = stem if stems.count(stem) == 1 or len(set(files)) == 1 else file
        copies = 1
        wanted = name
        while wanted in names:
            copies += 1
            wanted = f"{name} ({copies})"
        names.append(wanted)
    return names


def _check_alike(settings: dict[str, Setting]) -> None:
    """Refuse settings that do not count the same, with the places that say so.

    Raises
    ------
    ScenarioError
        Horizons, warm-ups or definitions of the service level differ.
    """
    from trsim.analysis.comparison import common_facts
    from trsim.experiments.run import plan

    facts = {
        name: common_facts(plan(setting.model, None, None).criteria)
        for name, setting in settings.items()
    }
    base = next(iter(settings))
    problems = []
    for name, setting in settings.items():
        for what, path in _PLACES.items():
            if facts[name][what] == facts[base][what]:
                continue
            file, line, column = setting.scenario.place(path)
            problems.append(
                Problem(
                    file,
                    line,
                    column,
                    path,
                    f"settings that are compared need one {what}, but it is {facts[name][what]} "
                    f"in {name} and {facts[base][what]} in {base}{_REMEDIES[what]}",
                )
            )
    if problems:
        raise ScenarioError(problems)


_PLACES = {"horizon": "horizon", "warm-up": "warm_up", "service level": "kpis"}
_REMEDIES = {
    "horizon": "; --until gives all of them the same",
    "warm-up": "",
    "service level": ": the difference would be one of definitions",
}
