"""``trsim diagram``: the state machines, drawn from the tables the engine runs on."""

from __future__ import annotations

import click
from rich_click import RichCommand


@click.command("diagram", cls=RichCommand)
@click.argument("machine", type=click.Choice(("task", "reservation")), required=False)
@click.option(
    "--format",
    "language",
    type=click.Choice(("mermaid", "dot")),
    default="mermaid",
    envvar="TRSIM_DIAGRAM_FORMAT",
    help="Language of the diagram.",
)
def diagram(machine: str | None, language: str) -> None:
    """Print the states of tasks and reservations.

    Without MACHINE: both, in Markdown for mermaid, with the rule that couples them.
    """
    from trsim.cli.streams import write
    from trsim.report import diagram as drawing

    if language == "dot":
        machines = drawing.MACHINES if machine is None else (machine,)
        write("".join(drawing.dot(name) for name in machines))
    elif machine is None:
        write(drawing.markdown())
    else:
        write(drawing.mermaid(machine))
