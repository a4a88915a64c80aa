"""``trsim schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import click
from rich_click import RichCommand


@click.command("schema", cls=RichCommand)
def schema() -> None:
    """Print the JSON Schema of scenario files.

    Save it as scenario.schema.json beside a scenario, and editors complete and check while you
    type.
    """
    import json

    from trsim.cli.streams import write
    from trsim.scenario.json_schema import json_schema

    write(json.dumps(json_schema(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
