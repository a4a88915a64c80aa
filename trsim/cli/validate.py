"""``trsim validate``: all problems of scenario files, without running them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import click
from rich_click import RichCommand

from trsim.cli.loading import load
from trsim.errors import ScenarioError
from trsim.report.wording import printable

FORMAT, FORMAT_VERSION = "trsim validate", 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one file."""

    file: str
    error: ScenarioError | None
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        problems = () if self.error is None else self.error.problems
        return {
            "file": self.file,
            "valid": self.error is None,
            "problems": [asdict(problem) for problem in problems],
            "warnings": list(self.warnings),
        }


@click.command("validate", cls=RichCommand)
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@click.option(
    "--json", "as_json", is_flag=True, envvar="TRSIM_VALIDATE_JSON", help="Print one JSON document."
)
def validate(scenarios: tuple[str, ...], as_json: bool) -> None:
    """Check scenario files and name all their problems.

    Ends with exit code 2 if one of them cannot be used; warnings do not change it.
    """
    from trsim.cli.streams import talk, visible, write

    verdicts = [_verdict(name) for name in scenarios]
    if as_json:
        write(_document(verdicts))
    for verdict in verdicts:
        if as_json:
            break
        for warning in verdict.warnings:
            talk(visible(f"warning: {warning}"))
        if verdict.error is not None:
            talk(visible(str(verdict.error)))
        else:
            write(f"{printable(verdict.file)}: valid\n")
    if any(verdict.error is not None for verdict in verdicts):
        raise click.exceptions.Exit(ScenarioError.exit_code)


def _verdict(name: str) -> Verdict:
    try:
        _, model = load(name)
        return Verdict(name, None, model.warnings)
    except ScenarioError as error:
        return Verdict(name, error, ())


def _document(verdicts: list[Verdict]) -> str:
    document = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "valid": all(verdict.error is None for verdict in verdicts),
        "files": [verdict.as_dict() for verdict in verdicts],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
