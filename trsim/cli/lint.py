"""``trsim lint``: what is wrong or suspicious in scenarios and workflow documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from trsim.errors import ScenarioError, UsageError

if TYPE_CHECKING:
    from trsim.scenario.lint_findings import Finding

FORMAT, FORMAT_VERSION = "trsim lint", 1


@click.command("lint", cls=RichCommand)
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option(
    "--ignore",
    metavar="RULE",
    multiple=True,
    help="Leave out warnings and notes of a rule; can be given several times.",
)
@click.option(
    "--reservation-timeout",
    "offer_s",
    metavar="SECONDS",
    type=click.IntRange(1, 86_400),
    help="How long an offer stands under a bare workflow document.  [default: as the file says, "
    "else 120]",
    show_default=False,
)
@click.option("--rules", "show_rules", is_flag=True, help="List all rules and end.")
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_LINT_JSON", help="Print one JSON document."
)
def lint(
    paths: tuple[str, ...],
    ignore: tuple[str, ...],
    offer_s: int | None,
    show_rules: bool,
    as_json: bool,
) -> None:
    """Say what scenarios and workflow documents probably do not mean.

    A PATH is a scenario, a workflow document of TaskRouter (bare, as a JSON text, or as its API
    carries it), or a folder with such files.  Ends with exit code 2 if one of them cannot be
    used; warnings and notes do not change it.
    """
    from trsim.cli.streams import talk, visible, write
    from trsim.report.wording import printable

    if show_rules:
        write(_rules())
        return
    if not paths:
        raise UsageError("lint needs a PATH: a scenario, a workflow document or a folder")
    _check_rules(ignore)
    files, found = 0, []
    for findings in _linted(paths, None if offer_s is None else 1000 * offer_s):
        files += 1
        found += [f for f in findings if f.level == "error" or f.rule not in ignore]
    counts = {level: sum(f.level == level for f in found) for level in _levels()}
    if as_json:
        write(_document(files, counts, found))
    else:
        for finding in found:
            write("".join(f"{printable(line)}\n" for line in _text(finding).split("\n")))
        talk(visible(_summary(files, counts)))
    if counts["error"]:
        raise click.exceptions.Exit(ScenarioError.exit_code)


def _levels() -> tuple[str, ...]:
    from trsim.scenario.lint_findings import LEVELS

    return LEVELS


def _check_rules(rules: tuple[str, ...]) -> None:
    """Refuse names of rules that do not exist."""
    from trsim.scenario.lint_findings import ALL_RULES
    from trsim.scenario.problems import nearest

    for rule in rules:
        if rule not in ALL_RULES:
            guess = nearest(rule, ALL_RULES)
            hint = f"did you mean {guess!r}?" if guess else "trsim lint --rules lists them"
            raise UsageError(f"there is no rule {rule!r}; {hint}")


def _linted(paths: tuple[str, ...], offer_ms: int | None) -> Iterator[list[Finding]]:
    """Yield what is found in each file."""
    from trsim.scenario.lint_files import lint_file, lint_folder

    for path in paths:
        if Path(path).is_dir():
            yield from lint_folder(path, offer_ms=offer_ms)
        else:
            yield lint_file(path, offer_ms=offer_ms) or []


def _text(finding: Finding) -> str:
    """Return a finding as a line ``file:line:column: level [rule] key.path: reason``."""
    problem = finding.problem
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    path = f"{problem.path}: " if problem.path else ""
    return f"{place}: {finding.level} [{finding.rule}] {path}{problem.reason}"


def _summary(files: int, counts: dict[str, int]) -> str:
    said = ", ".join(_counted(number, level) for level, number in counts.items())
    return f"{_counted(files, 'file')}: {said}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _rules() -> str:
    from trsim.scenario.lint_findings import ALL_RULES

    width = max(map(len, ALL_RULES))
    return "".join(f"{rule:{width}}  {what}\n" for rule, what in sorted(ALL_RULES.items()))


def _document(files: int, counts: dict[str, int], found: list[Finding]) -> str:
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "files": files,
        "counts": counts,
        "findings": [
            {"level": finding.level, "rule": finding.rule, **_fields(finding)} for finding in found
        ],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _fields(finding: Finding) -> dict[str, Any]:
    problem = finding.problem
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "reason": problem.reason,
    }
